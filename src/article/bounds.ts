// Limits on a text before it is parsed: a Worker cannot time out its own code, and Markdown parsers can be slow.
//
// Costs in marked (measured with 18.2.1): emphasis is quadratic in a paragraph's delimiter runs. Brackets and similar
// marks cost their number times the paragraph's length; containers, their depth times the length of their content;
// tables, columns times rows, however short the rows. List items are quadratic in their lines. In the sanitizer's
// parser (parse5 8), the cost of each element grows with the number of open ones. Each cost has a budget per text, so
// that any accepted text is parsed in well under a second. The densest real articles use a fiftieth of it.
import type { Mistake } from "./mistakes.ts"

/** How deeply quotes and lists may be nested. */
const deepest = 50
/** The longest run of one symbol (`****…`). Longer thematic breaks are refused too. */
const longestRun = 400
/** The limit on raw HTML: the number of open elements, summed over all start tags. */
const mostOpen = 100_000_000

/** The budget for each cost, and the message and fix for authors who exceed it. */
const budgets = {
  emphasis: [2_000_000, "has too many `*`, `_` or `~` in its paragraphs", "split long paragraphs, or use a code fence"],
  brackets: [400_000_000, "has too many brackets, `!` or backticks in its paragraphs", "split long paragraphs"],
  containers: [
    6_000_000,
    "has too much text in deeply nested lists or quotes",
    "nest less deeply, or split the article",
  ],
  cells: [200_000, "has a table that is too large", "split the table"],
  references: [10_000_000, "uses long references too often", "shorten the addresses and titles of `[reference]: …`"],
  lines: [50_000, "has more than 50,000 lines", "split the article"],
  run: [4_000_000, "has too many lines without a blank line between them", "separate them with blank lines"],
} as const
type Cost = keyof typeof budgets

const costs = Object.keys(budgets) as Cost[]

/** A run of lines without a blank line: an upper bound for a paragraph. */
interface Chunk {
  readonly start: number
  lines: number
  /** Whether all of its lines are blank so far. */
  blank: boolean
  /** Whether the chunk begins with a list item: only then does a line that begins with a number start another item. */
  inList: boolean
  /** Markers and indent of the deepest line, assumed for all lines: a paragraph's later lines need no markers. */
  depth: number
  /** The most markers on one line: marked reads the content once per marker. */
  marks: number
}

const beginChunk = (start: number, inList: boolean): Chunk => {
  return { start, lines: 0, blank: true, inList, depth: 0, marks: 0 }
}

/** A line of text without a prefix. */
const plainLine = /^[^\s>*+\-\d]/
const linePrefix = /^(?:[ \t\r]|>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$))*/
const listItem = /^ {0,3}(?:[-*+]|(\d{1,9})[.)]) /

/** The first limit that a body exceeds, or null. Linear in the length of the text. */
export function checkBounds(body: string): Mistake | null {
  const spent = { emphasis: 0, brackets: 0, containers: 0, cells: 0, references: 0, lines: 0, run: 0 }
  const links = { count: 0, longest: 0 }
  let chunk = beginChunk(0, false)
  // `split` takes three times as long.
  for (let start = 0, end = 0; start <= body.length; start = end + 1) {
    end = body.indexOf("\n", start)
    if (end === -1) end = body.length
    const line = body.slice(start, end)
    const isPlain = plainLine.test(line)
    const prefix = isPlain || line === "" ? "" : (linePrefix.exec(line)?.[0] ?? "")
    const { marks, indent } = measure(prefix, line)
    if (marks > deepest)
      return mistake(start, "has lists or quotes that are nested too deeply", `use at most ${deepest} levels`)
    const blank = !isPlain && line.trim() === ""
    const item = marks === 0 ? null : listItem.exec(line)
    if (blank || (item !== null && (item[1] === undefined || chunk.inList))) {
      const over = spend(chunk, body.slice(chunk.start, Math.max(chunk.start, start - 1)), spent, links)
      if (over !== null) return over
      chunk = beginChunk(start, !blank)
    } else if (chunk.blank) chunk.inList = item !== null
    if (!blank) chunk.depth = Math.max(chunk.depth, marks + indent / 2)
    chunk.blank &&= blank
    chunk.marks = Math.max(chunk.marks, marks)
    chunk.lines++
  }
  const over = spend(chunk, body.slice(chunk.start), spent, links)
  return over ?? (body.includes("<") ? checkElements(body) : null)
}

/** The number of markers in a line's prefix, and the width of its white space. */
function measure(prefix: string, line: string): { marks: number; indent: number } {
  let marks = 0
  let indent = 0
  for (let at = 0; at < prefix.length; at++) {
    const character = prefix.charAt(at)
    // A number counts by its dot or bracket.
    if (">-*+.)".includes(character)) marks++
    else if (character === "\t") indent += 4
    else if (character === " " || character === "\r") indent++
  }
  // `- - -` and `* * *` are thematic breaks.
  const isRuler = marks > 2 && prefix.length === line.length && ruler.test(line.slice(0, 1000))
  return { marks: isRuler ? 1 : marks, indent }
}

const ruler = /^ {0,3}([-*])(?:[ \t]*\1){2,}[ \t\r]*$/
const runs = /([*_~[\]<!`\\&(|:])\1*/g

/** Adds the cost of a chunk. Returns a mistake if a budget is exceeded. */
function spend(
  { start, lines, marks, depth }: Chunk,
  text: string,
  spent: Record<Cost, number>,
  links: { count: number; longest: number },
): Mistake | null {
  let emphasis = 0
  let brackets = 0
  for (const run of text.match(runs) ?? []) {
    if (run.length > longestRun)
      return mistake(
        start + text.indexOf(run),
        "has a very long run of one symbol",
        `use at most ${longestRun} in a row`,
      )
    const symbol = run.charAt(0)
    if ("*_~".includes(symbol)) emphasis++
    else if (!"|:".includes(symbol)) brackets += run.length
    if (symbol === "[") links.count += run.length
  }
  if (text.includes("]:")) {
    const [, ...references] = text.split("]:")
    for (const { length } of references) links.longest = Math.max(links.longest, length)
  }
  spent.emphasis += (1 + marks) * emphasis ** 2
  spent.brackets += (1 + marks) * brackets * text.length
  spent.containers += (1 + depth) * text.length
  if (text.includes("|")) spent.cells += countCells(text.split("\n"))
  spent.lines += lines
  spent.run += lines ** 2
  spent.references = links.count * links.longest
  const over = costs.find((cost) => spent[cost] > budgets[cost][0])
  return over === undefined ? null : mistake(start, budgets[over][1], budgets[over][2])
}

/** Counts table cells. Each line below a delimiter row counts as a row with the same number of cells. */
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

/** Checks the elements of raw HTML. An end tag counts only if it closes the innermost open element. */
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
      return mistake(index, "has too many unclosed HTML elements", "close them: `</li>`, `</td>`, `</p>`")
  }
  return null
}

function mistake(offset: number, message: string, fix: string): Mistake {
  return { offset, field: "body", message, fix }
}
