// Bounds on a text before it is parsed: a Worker cannot time out its own code, and some inputs make any parser slow.
import type { Mistake } from "./report.ts"

/** Markdown of one article, bytes. */
export const mostBytes = 1024 * 1024
const deepest = 40
const mostInARow = 400
const mostInABlock = 3_000

/** What is out of bounds in a body: at most one mistake. Linear in the text. */
export function checkBounds(body: string): Mistake | null {
  if (body.length > mostBytes) return mistake(0, "the text is longer than 1 MiB", "divide it into several articles")
  let block = newBlock()
  let start = 0
  while (start <= body.length) {
    const stop = body.indexOf("\n", start)
    const end = stop === -1 ? body.length : stop
    const found = checkLine(body, start, end, block)
    if (found !== null) return found
    if (isBlank(body, start, end)) block = newBlock()
    start = end + 1
    if (stop === -1) break
  }
  return null
}

interface Block {
  counts: Map<number, number>
}

function newBlock(): Block {
  return { counts: new Map() }
}

// Characters that open something inline: unclosed runs of them are what makes parsers look ahead again and again.
const delimiters = new Set([..."*_[]<`~!("].map((character) => character.charCodeAt(0)))

function checkLine(body: string, start: number, end: number, block: Block): Mistake | null {
  let depth = 0
  let indent = 0
  let leading = true
  let run = 0
  let last = -1
  for (let at = start; at < end; at++) {
    const code = body.charCodeAt(at)
    if (leading) {
      if (code === 62 || code === 42 || code === 43 || code === 45) depth++
      else if (code === 32) indent++
      else if (code === 9) indent += 4
      else leading = false
      if (depth > deepest && isNesting(body, start, at))
        return mistake(start, "quotes or lists are nested too deeply", "nest at most 40 deep")
      if (indent > 400) return mistake(start, "a line is indented too far", "indent less: lists may nest 40 deep")
    }
    run = code === last ? run + 1 : 1
    last = code
    if (!delimiters.has(code)) continue
    if (run > mostInARow) return mistake(at, `${mostInARow} times \`${body[at]}\` in a row`, "shorten the run")
    const count = (block.counts.get(code) ?? 0) + 1
    block.counts.set(code, count)
    if (count > mostInABlock)
      return mistake(
        at,
        `more than ${mostInABlock} \`${body[at]}\` in one paragraph`,
        "divide the paragraph with empty lines, or put the text into a code block",
      )
  }
  return null
}

function isNesting(body: string, start: number, at: number): boolean {
  const marks = body.slice(start, at + 1)
  return !/^ {0,3}(?:[-*+][ \t]*){3,}$/.test(marks) || /^(?:[-*+>] ?){41}/.test(marks)
    ? !/^([-*_])\1*$/.test(marks.trim())
    : false
}

function isBlank(body: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = body.charCodeAt(at)
    if (code !== 32 && code !== 9 && code !== 13) return false
  }
  return true
}

function mistake(offset: number, message: string, fix: string): Mistake {
  return { offset, field: "body", message, fix }
}
