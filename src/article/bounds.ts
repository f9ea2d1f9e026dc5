// Bounds on a text before it is parsed: a Worker cannot time out its own code, and markdown parsers are slow on some texts.
//
// What is slow in marked, measured at 18.2.1: emphasis takes time by the square of its runs in a paragraph; brackets and
// the like by their number times the paragraph's length; containers by their depth times what is inside them; a table
// by its columns times its rows, however short a row is. Each has a budget for the whole text that keeps an accepted
// text well under a second, and that the densest of real articles uses a fiftieth of.
import type { Mistake } from "./report.ts"

/** Quotes and lists inside each other. */
const deepest = 50
/** `****…`: longer rulers of one sign are refused too. */
const longestRun = 400

/** What a text may spend. */
const budget = {
  emphasis: 1_000_000,
  brackets: 400_000_000,
  containers: 30_000_000,
  cells: 200_000,
  references: 10_000_000,
}
type Cost = keyof typeof budget

const mends: Readonly<Record<Cost, readonly [message: string, fix: string]>> = {
  emphasis: [
    "has too many `*`, `_` or `~` in its paragraphs",
    "divide long paragraphs with empty lines, or use a code fence",
  ],
  brackets: ["has too many brackets, `!` or backticks in its paragraphs", "divide long paragraphs with empty lines"],
  containers: ["has too much inside deep lists or quotes", "nest less deeply, or divide the article"],
  cells: ["has a table that is too large", "divide the table"],
  references: ["uses long references too often", "shorten the addresses and titles of `[reference]: …` lines"],
}

const code = (sign: string): number => sign.charCodeAt(0)
const [newline, tab, space] = [10, 9, 32]
const emphasis = new Set([..."*_~"].map(code))
const brackets = new Set([..."[]<!`\\&("].map(code))

/** What is out of bounds in a body: at most one mistake. Linear in the text. */
export function checkBounds(body: string): Mistake | null {
  const spent: Record<Cost, number> = { emphasis: 0, brackets: 0, containers: 0, cells: 0, references: 0 }
  const text: Text = { links: 0, longestReference: 0 }
  let chunk = newChunk(0)
  for (let start = 0; start < body.length; ) {
    const stop = body.indexOf("\n", start)
    const end = stop === -1 ? body.length : stop
    const line = readLine(body, start, end)
    if (line.run > longestRun) return mistake(start, "has a very long run of one sign", `write at most ${longestRun}`)
    if (line.depth > deepest)
      return mistake(start, "has lists or quotes that are nested too deeply", `nest at most ${deepest} deep`)
    if (line.blank || line.startsBlock) {
      const over = spend(chunk, start, spent, text)
      if (over !== null) return mistake(chunk.start, ...mends[over])
      chunk = newChunk(start)
    }
    addLine(chunk, line, body, start, end)
    start = end + 1
  }
  const over = spend(chunk, body.length, spent, text)
  return over === null ? null : mistake(chunk.start, ...mends[over])
}

function mistake(offset: number, message: string, fix: string): Mistake {
  return { offset, field: "body", message, fix }
}

/** Lines without an empty one between: no paragraph is longer. */
interface Chunk {
  readonly start: number
  emphasis: number
  brackets: number
  /** The deepest line counts for all: a paragraph's later lines need no marks. */
  depth: number
  /** Of a table: 0 before its ruler. */
  columns: number
  cells: number
  links: number
  /** Where the last line that may be a reference's definition began; -1: none. */
  reference: number
  longestReference: number
}

interface Text {
  links: number
  longestReference: number
}

function newChunk(start: number): Chunk {
  return {
    start,
    emphasis: 0,
    brackets: 0,
    depth: 0,
    columns: 0,
    cells: 0,
    links: 0,
    reference: -1,
    longestReference: 0,
  }
}

function addLine(chunk: Chunk, line: Line, body: string, start: number, end: number): void {
  chunk.emphasis += line.emphasis
  chunk.brackets += line.brackets
  chunk.links += line.links
  chunk.depth = Math.max(chunk.depth, line.depth + line.indent / 2)
  chunk.cells += chunk.columns
  if (line.pipes > 0 && isRuler(body, start, end)) chunk.columns = Math.max(chunk.columns, line.pipes + 1)
  if (line.reference) {
    endReference(chunk, start)
    chunk.reference = start
  }
}

function endReference(chunk: Chunk, end: number): void {
  if (chunk.reference !== -1) chunk.longestReference = Math.max(chunk.longestReference, end - chunk.reference)
}

/** Adds a chunk to what is spent; names what is overspent. */
function spend(chunk: Chunk, end: number, spent: Record<Cost, number>, text: Text): Cost | null {
  const length = end - chunk.start
  endReference(chunk, end)
  text.links += chunk.links
  text.longestReference = Math.max(text.longestReference, chunk.longestReference)
  spent.emphasis += chunk.emphasis ** 2
  spent.brackets += chunk.brackets * length
  spent.containers += (1 + chunk.depth) * length
  spent.cells += chunk.cells
  spent.references = text.links * text.longestReference
  for (const cost of Object.keys(budget) as Cost[]) if (spent[cost] > budget[cost]) return cost
  return null
}

interface Line {
  readonly blank: boolean
  /** A bullet with at most 3 spaces before it begins a block of its own, in a paragraph too. */
  readonly startsBlock: boolean
  /** Marks of lists and quotes at its beginning. */
  readonly depth: number
  /** Columns before its text. */
  readonly indent: number
  /** Runs of emphasis signs. */
  readonly emphasis: number
  readonly brackets: number
  readonly pipes: number
  /** `[` that may be links. */
  readonly links: number
  readonly reference: boolean
  /** The longest run of one sign. */
  readonly run: number
}

function readLine(body: string, start: number, end: number): Line {
  const prefix = readPrefix(body, start, end)
  const counts = { emphasis: 0, brackets: 0, pipes: 0, links: 0, run: 0, reference: false }
  let last = -1
  let run = 0
  for (let at = start; at < end; at++) {
    const sign = body.charCodeAt(at)
    run = sign === last ? run + 1 : 1
    if (run > counts.run && (emphasis.has(sign) || brackets.has(sign))) counts.run = run
    if (emphasis.has(sign)) {
      if (run === 1) counts.emphasis++
    } else if (brackets.has(sign)) {
      counts.brackets++
      if (sign === 91) counts.links++
    } else if (sign === 124) counts.pipes++
    else if (sign === 58 && last === 93) counts.reference = true
    last = sign
  }
  return { ...prefix, ...counts }
}

const bulletStart = /^ {0,3}[-*+] /

/** The marks of containers that a line begins with. */
function readPrefix(
  body: string,
  start: number,
  end: number,
): Pick<Line, "blank" | "startsBlock" | "depth" | "indent"> {
  let depth = 0
  let indent = 0
  let at = start
  while (at < end) {
    const sign = body.charCodeAt(at)
    if (sign === space || sign === 13) indent++
    else if (sign === tab) indent += 4
    else {
      const mark = markLength(body, at, end)
      if (mark === 0) break
      depth++
      at += mark - 1
    }
    at++
  }
  const blank = at === end && depth === 0
  // `- - -` and `* * *` are rulers.
  if (
    at === end &&
    depth > 2 &&
    /^ {0,3}([-*])(?:[ \t]*\1)+[ \t\r]*$/.test(body.slice(start, Math.min(end, start + 1000)))
  )
    depth = 1
  const startsBlock = depth > 0 && bulletStart.test(body.slice(start, start + 5))
  return { blank, startsBlock, depth, indent: blank ? 0 : indent }
}

/** The length of `>`, `-` or `1.` at a place; 0 when there is none. */
function markLength(body: string, at: number, end: number): number {
  const sign = body.charCodeAt(at)
  if (sign === 62) return 1
  let after = at
  if (sign === 42 || sign === 43 || sign === 45) after++
  else {
    while (after - at < 9 && after < end && isDigit(body.charCodeAt(after))) after++
    if (after === at || (body[after] !== "." && body[after] !== ")")) return 0
    after++
  }
  const next = body.charCodeAt(after)
  return after >= end || next === space || next === tab || next === 13 || next === newline ? after - at : 0
}

function isDigit(sign: number): boolean {
  return sign >= 48 && sign <= 57
}

/** May the line be the ruler below a table's head? */
function isRuler(body: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const sign = body.charCodeAt(at)
    if (sign !== 45 && sign !== 124 && sign !== 58 && sign !== 62 && sign !== space && sign !== tab && sign !== 13)
      return false
  }
  return true
}
