// Bounds on a text before it is parsed: a Worker cannot time out its own code, and markdown parsers are slow on some texts.
//
// What is slow in marked, measured at 18.2.1: emphasis takes time by the square of its runs in a paragraph; brackets and
// the like by their number times the paragraph's length; containers by their depth times what is inside them; a table
// by its columns times its rows, however short a row is; a list item by the square of its lines. In the sanitizer's parser
// (htmlparser2 12) each element takes time by how many are open. Each has a budget for the whole text that keeps an
// accepted text well under a second, and that the densest of real articles uses a fiftieth of.
import { isRuler, type Line, readLine } from "./line.ts"
import type { Mistake } from "./report.ts"

/** Quotes and lists inside each other. */
const deepest = 50
/** `****…`: longer rulers of one sign are refused too. */
const longestRun = 400

/** What a text may spend. */
const budget = {
  emphasis: 2_000_000,
  brackets: 400_000_000,
  containers: 6_000_000,
  cells: 200_000,
  references: 10_000_000,
  lines: 50_000,
  run: 4_000_000,
}
/** What the open elements of a text may come to, counted at each of them. */
const mostOpen = 100_000_000
type Cost = keyof typeof budget
const costs = Object.keys(budget) as Cost[]

const mends: Readonly<Record<Cost, readonly [message: string, fix: string]>> = {
  emphasis: [
    "has too many `*`, `_` or `~` in its paragraphs",
    "divide long paragraphs with empty lines, or use a code fence",
  ],
  brackets: ["has too many brackets, `!` or backticks in its paragraphs", "divide long paragraphs with empty lines"],
  containers: ["has too much inside deep lists or quotes", "nest less deeply, or divide the article"],
  cells: ["has a table that is too large", "divide the table"],
  lines: ["has more than 50,000 lines", "divide the article"],
  run: ["has too many lines without an empty one between", "divide them with empty lines"],
  references: ["uses long references too often", "shorten the addresses and titles of `[reference]: …` lines"],
}

/** What is out of bounds in a body: at most one mistake. Linear in the text. */
export function checkBounds(body: string): Mistake | null {
  const spent: Record<Cost, number> = {
    emphasis: 0,
    brackets: 0,
    containers: 0,
    cells: 0,
    references: 0,
    lines: 0,
    run: 0,
  }
  const text: Text = { links: 0, longestReference: 0 }
  let chunk = newChunk(0)
  for (let start = 0; start < body.length; ) {
    const stop = body.indexOf("\n", start)
    const end = stop === -1 ? body.length : stop
    const line = readLine(body, start, end)
    if (line.run > longestRun) return mistake(start, "has a very long run of one sign", `write at most ${longestRun}`)
    if (line.depth > deepest)
      return mistake(start, "has lists or quotes that are nested too deeply", `nest at most ${deepest} deep`)
    if (line.blank || line.item === "bullet" || (line.item === "number" && chunk.inList)) {
      const over = spend(chunk, start, spent, text)
      if (over !== null) return mistake(chunk.start, ...mends[over])
      chunk = newChunk(start)
    }
    addLine(chunk, line, body, start, end)
    start = end + 1
  }
  const over = spend(chunk, body.length, spent, text)
  return over === null ? checkElements(body) : mistake(chunk.start, ...mends[over])
}

const tag = /<(\/?)([a-z][a-z\d]*)/gi
const empty = /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/

/** The elements of raw HTML: an end tag counts where it closes the innermost one. */
function checkElements(body: string): Mistake | null {
  const open: string[] = []
  let spent = 0
  for (const { 1: slash, 2: written = "", index } of body.matchAll(tag)) {
    const name = written.toLowerCase()
    if (slash !== "") {
      if (open.at(-1) === name) open.pop()
      continue
    }
    if (!empty.test(name)) open.push(name)
    spent += open.length
    if (spent > mostOpen)
      return mistake(index, "has too many HTML elements that are not closed", "close them: `</li>`, `</td>`, `</p>`")
  }
  return null
}

function mistake(offset: number, message: string, fix: string): Mistake {
  return { offset, field: "body", message, fix }
}

/** Lines without an empty one between: no paragraph is longer. */
interface Chunk {
  readonly start: number
  lines: number
  emphasis: number
  brackets: number
  /** Begins with a list's item: then numbers begin items too. */
  inList: boolean
  /** The deepest line counts for all: a paragraph's later lines need no marks. -1: no line yet. */
  depth: number
  /** Of the depth, what is marked on one line: marked reads what is inside once for each mark. */
  marks: number
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
    lines: 0,
    emphasis: 0,
    brackets: 0,
    inList: false,
    depth: -1,
    marks: 0,
    columns: 0,
    cells: 0,
    links: 0,
    reference: -1,
    longestReference: 0,
  }
}

function addLine(chunk: Chunk, line: Line, body: string, start: number, end: number): void {
  if (!line.blank && chunk.depth === -1) chunk.inList = line.item !== null
  chunk.lines++
  chunk.emphasis += line.emphasis
  chunk.brackets += line.brackets
  chunk.links += line.links
  if (!line.blank) chunk.depth = Math.max(chunk.depth, line.depth + line.indent / 2)
  chunk.marks = Math.max(chunk.marks, line.depth)
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
  const times = 1 + chunk.marks
  spent.emphasis += times * chunk.emphasis ** 2
  spent.brackets += times * chunk.brackets * length
  spent.containers += (1 + Math.max(0, chunk.depth)) * length
  spent.cells += chunk.cells
  spent.lines += chunk.lines
  spent.run += chunk.lines ** 2
  spent.references = text.links * text.longestReference
  for (const cost of costs) if (spent[cost] > budget[cost]) return cost
  return null
}
