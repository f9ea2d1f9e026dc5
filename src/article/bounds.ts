// Bounds on a text before it is parsed: a Worker cannot time out its own code, and markdown parsers are slow on some texts.
//
// What is slow in marked, measured at 18.2.1: emphasis takes time by the square of its runs in a paragraph; brackets and
// the like by their number times the paragraph's length; containers by their depth times what is inside them; a table
// by its columns times its rows, however short a row is; a list item by the square of its lines. In the sanitizer's parser
// (parse5 8) each element takes time by how many are open. Each has a budget for the whole text that keeps an
// accepted text well under a second, and that the densest of real articles uses a fiftieth of.
import type { Mistake } from "./mistakes.ts"

/** Quotes and lists inside each other. */
const deepest = 50
/** `****…`: longer rulers of one symbol are refused too. */
const longestRun = 400
/** The sum of the open elements of raw HTML, counted at each start tag. */
const mostOpen = 100_000_000

/** What a text may spend, and what to say to an author whose text spends more. */
const budgets = {
  emphasis: [
    2_000_000,
    "has too many `*`, `_` or `~` in its paragraphs",
    "divide long paragraphs, or use a code fence",
  ],
  brackets: [400_000_000, "has too many brackets, `!` or backticks in its paragraphs", "divide long paragraphs"],
  containers: [6_000_000, "has too much inside deep lists or quotes", "nest less deeply, or divide the article"],
  cells: [200_000, "has a table that is too large", "divide the table"],
  references: [10_000_000, "uses long references too often", "shorten the addresses and titles of `[reference]: …`"],
  lines: [50_000, "has more than 50,000 lines", "divide the article"],
  run: [4_000_000, "has too many lines without an empty one between them", "divide them with empty lines"],
} as const
type Cost = keyof typeof budgets

/** Lines without an empty one between them: no paragraph is longer. */
interface Chunk {
  readonly start: number
  readonly lines: string[]
  /** Begins with a list's item: numbers begin items too then. */
  readonly inList: boolean
  /** Marks and indent of the deepest line, which counts for all: a paragraph's later lines need no marks. */
  depth: number
  /** The most marks on one line: marked reads what is inside once for each mark. */
  marks: number
}

/** What is out of bounds in a body: at most one mistake. Linear in the text. */
export function checkBounds(body: string): Mistake | null {
  const spent = { emphasis: 0, brackets: 0, containers: 0, cells: 0, references: 0, lines: 0, run: 0 }
  const links = { count: 0, longest: 0 }
  let chunk: Chunk = { start: 0, lines: [], inList: false, depth: 0, marks: 0 }
  let start = 0
  for (const line of body.split("\n")) {
    const prefix = /^(?:[ \t\r]|>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$))*/.exec(line)?.[0] ?? ""
    // `- - -` and `* * *` are rulers.
    const isRuler = prefix.length === line.length && /^ {0,3}([-*])(?:[ \t]*\1){2,}[ \t\r]*$/.test(line.slice(0, 1000))
    const marks = isRuler ? 1 : (prefix.match(/>|[-*+]|\d+/g)?.length ?? 0)
    if (marks > deepest)
      return mistake(start, "has lists or quotes that are nested too deeply", `nest at most ${deepest} deep`)
    const blank = line.trim() === ""
    const item = /^ {0,3}(?:[-*+]|(\d{1,9})[.)]) /.exec(line)
    if (blank || (item !== null && (item[1] === undefined || chunk.inList))) {
      const over = spend(chunk, spent, links)
      if (over !== null) return over
      chunk = { start, lines: [], inList: !blank, depth: 0, marks: 0 }
    } else if (chunk.lines.every((before) => before.trim() === "")) chunk = { ...chunk, inList: item !== null }
    const indent = prefix.replace(/[^ \t\r]/g, "").replaceAll("\t", "    ").length
    if (!blank) chunk.depth = Math.max(chunk.depth, marks + indent / 2)
    chunk.marks = Math.max(chunk.marks, marks)
    chunk.lines.push(line)
    start += line.length + 1
  }
  return spend(chunk, spent, links) ?? checkElements(body)
}

/** Adds what a chunk costs. Returns a mistake when a budget is overspent. */
function spend(chunk: Chunk, spent: Record<Cost, number>, links: { count: number; longest: number }): Mistake | null {
  const { lines, start, marks, depth } = chunk
  const text = lines.join("\n")
  let emphasis = 0
  let brackets = 0
  for (const { 0: run, index } of text.matchAll(/([*_~[\]<!`\\&(|:])\1*/g)) {
    if (run.length > longestRun)
      return mistake(start + index, "has a very long run of one symbol", `write at most ${longestRun}`)
    if (/[*_~]/.test(run)) emphasis++
    else if (/[^|:]/.test(run)) brackets += run.length
  }
  links.count += text.split("[").length - 1
  const [, ...references] = text.split("]:")
  for (const { length } of references) links.longest = Math.max(links.longest, length)
  spent.emphasis += (1 + marks) * emphasis ** 2
  spent.brackets += (1 + marks) * brackets * text.length
  spent.containers += (1 + depth) * text.length
  spent.cells += countCells(lines)
  spent.lines += lines.length
  spent.run += lines.length ** 2
  spent.references = links.count * links.longest
  const over = (Object.keys(budgets) as Cost[]).find((cost) => spent[cost] > budgets[cost][0])
  return over === undefined ? null : mistake(start, budgets[over][1], budgets[over][2])
}

/** Below the row of dashes under a table's head each line is a row, with as many cells as the dashes have. */
function countCells(lines: readonly string[]): number {
  let columns = 0
  let cells = 0
  for (const line of lines) {
    cells += columns
    if (line.includes("|") && /^[-|:>\s]*$/.test(line)) columns = Math.max(columns, line.split("|").length)
  }
  return cells
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
