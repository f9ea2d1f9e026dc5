// The file as text, and where its front matter stands: between a first line `---` and the next `---` (or `...`).
import type { Mistake } from "./report.ts"

/** Markdown of one article, bytes of UTF-8. */
export const mostBytes = 1024 * 1024
const mostFrontBytes = 64 * 1024

/** A file's text, or what is wrong with its bytes. A byte order mark stays in the text. */
export function decodeSource(source: string | Uint8Array): { text: string } | { mistake: Mistake } {
  if (typeof source === "string") {
    if (isLonger(source, mostBytes)) return { mistake: tooLong }
    return source.isWellFormed() ? { text: source } : { mistake: notText("half a character (a lone surrogate) in it") }
  }
  if (source.length > mostBytes) return { mistake: tooLong }
  if ((source[0] === 0xff && source[1] === 0xfe) || (source[0] === 0xfe && source[1] === 0xff))
    return { mistake: notText("saved as UTF-16") }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source) }
  } catch {
    return { mistake: notText("not UTF-8 text") }
  }
}

const tooLong = fileMistake("is larger than 1 MiB", "divide it into several articles")

function notText(what: string): Mistake {
  return fileMistake(`is ${what}`.replace("is half", "has half"), "save it as UTF-8")
}

function fileMistake(message: string, fix: string, offset = 0): Mistake {
  return { offset, field: "file", message, fix }
}

/** Takes the text more than `most` bytes of UTF-8? */
function isLonger(text: string, most: number): boolean {
  if (text.length * 3 <= most) return false
  return text.length > most || new TextEncoder().encode(text).length > most
}

export interface Fences {
  /** Where the YAML begins. */
  readonly frontStart: number
  readonly frontEnd: number
  readonly bodyStart: number
}

const opening = /^---[ \t]*\r?\n/
const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m
const otherLanguage = /^(?:---[ \t]*[\w-]+|\+\+\+|;;;|\{[ \t]*\r?\n)/
// A second block that begins with a key: two files were joined, and which of the two should count nobody can know.
const secondFront = /^---[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*["']?[\w-]+["']?[ \t]*:/

/** Where front matter and body are, or why there is no telling. A mistake beside fences is one too. */
export function findFences(text: string): { fences: Fences | null; mistake: Mistake | null } {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const first = opening.exec(text.slice(mark, mark + 1000))
  if (first === null) return { fences: null, mistake: explainStart(text.slice(mark, mark + 200)) }
  const frontStart = mark + first[0].length
  const found = closing.exec(text.slice(frontStart, frontStart + mostFrontBytes + 10))
  const front = text.slice(frontStart, frontStart + (found?.index ?? mostFrontBytes + 1))
  if (isLonger(front, mostFrontBytes))
    return { fences: null, mistake: fileMistake("has front matter of more than 64 KiB", closeIt) }
  if (found === null) return { fences: null, mistake: fileMistake("has front matter that does not end", closeIt) }
  const frontEnd = frontStart + found.index
  const bodyStart = frontEnd + found[0].length
  const second = secondFront.exec(text.slice(bodyStart, bodyStart + mostFrontBytes))
  const again = second && closing.test(text.slice(bodyStart + 4, bodyStart + mostFrontBytes))
  const mistake = again ? fileMistake("has a second front matter", "keep one `---` block", bodyStart) : null
  return { fences: { frontStart, frontEnd, bodyStart }, mistake }
}

const closeIt = "end the front matter with a line `---`"
const beginSo = "begin with a line `---`, then `title: …` and the other keys, then a line `---`"

function explainStart(start: string): Mistake {
  if (start.trim() === "") return fileMistake("is empty", beginSo)
  const language = otherLanguage.exec(start)?.[0].trim()
  if (language !== undefined) return fileMistake(`begins with \`${language}\`: front matter is YAML only`, beginSo)
  if (/^\s+---/.test(start)) return fileMistake("begins with an empty line or a space", "move `---` to the very start")
  return fileMistake("has no front matter", beginSo)
}
