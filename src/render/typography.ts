// Smart punctuation for the text's language: curly quotes, dashes and ellipses. Also decodes character references.
import { decodeReferences, reference } from "../article/text.ts"
import { memo } from "../site/memo.ts"
import { type Language, languageOf } from "../site/messages.ts"

type Quotes = NonNullable<Language["quotes"]>

const something = /["'&]|--|\.\.\./
const marks = `${reference.source}|["']|-{2,}|\\.{3,}`
// Addresses with a scheme, `www.`, `name@host` and `host.name/path`.
const address = String.raw`(?:[a-z][a-z\d+.-]*:\/\/|www\.|[\w.+-]+@\w|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\/)[^\s<>"]*`
const inProse = new RegExp(marks, "g")
const besideAddresses = new RegExp(`(?<![\\w.+-])${address}|${marks}`, "gi")
// Characters that can precede an opening quote: white space, opening brackets and quotes, dashes and the like.
const opens = /[\s\p{Ps}\p{Pi}\p{Pd}¿¡•|/]/u
const endsSentence = /[.,;:!?…)]/
const space = /\s/
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u
// Chinese, Japanese and Korean need no space beside a quote.
const wide = /[\u2e80-\u9fff\uac00-\ud7af\uff01-\uff9f]/
const ofMarkup = /[<>=]/
// An apostrophe at the start of a word: the '90s, 'tis, rock 'n' roll.
const elided = /^(?:\d\ds?|tis|twas|twere|til|em|cause|n['’]?)(?![\p{L}\p{N}])/iu

/** A pattern for the spaces at which lines must not break in a language, or null. */
const tiesOf = memo((language: string) => {
  const { ties } = languageOf(language)
  return ties === undefined ? null : new RegExp(ties, "gu")
})

/** The block that contains the text, and its state just before the text. */
export interface Block {
  readonly language: string
  /** The character before the text on the page: "(" or ")" for an opening or closing quote; "" at the start. */
  before: string
  /** Number of open double quotes. */
  openQuotes: number
}

/**
 * The text with smart punctuation, and with character references decoded. `more`: whether more follows in the block.
 * Marks that are not sentence punctuation (in an address, in `<a b="c">`, in 6" and `a"b`) stay as written, as do
 * quotes in right-to-left languages and quotes written as references.
 */
export function smarten(written: string, more: boolean, block: Block): string {
  const { before, language } = block
  const ties = tiesOf(language)
  const text = ties === null ? written : written.replace(ties, "\u00a0")
  block.before = lastCharacter(text) || before
  if (!something.test(text)) return text
  const { quotes } = languageOf(language)
  let behind = { end: 0, character: before }
  return text.replace(/[/@]/.test(text) ? besideAddresses : inProse, (mark: string, index: number) => {
    const previous = (index > behind.end && lastCharacter(text.slice(behind.end, index))) || behind.character
    const end = index + mark.length
    const after = end === text.length ? "" : String.fromCodePoint(text.codePointAt(end) ?? 0)
    const write = (written: string, character = lastCharacter(written)) => {
      behind = { end, character }
      if (after === "") block.before = character
      return written
    }
    if (mark.startsWith("&")) return write(decodeReferences(mark))
    if (mark === "...") return write("…")
    if (mark === "--" || mark === "---")
      return write(isLine(text, index, after, before, more) ? mark : dash(mark, previous, after))
    if (quotes === undefined || (mark !== '"' && mark !== "'")) return write(mark)
    const follows = after === "" ? more : !space.test(after)
    let opening = follows && (previous === "" || opens.test(previous))
    // A quote after a dash opens, except as in: "I thought—", she said.
    const ends = mark === '"' ? block.openQuotes > 0 && !letterOrDigit.test(after) : endsSentence.test(after)
    if (ends && /[\p{Pd}/]/u.test(previous)) opening = false
    // A quote also opens if the space before it is missing or not needed.
    if (mark === '"' && block.openQuotes === 0 && (endsSentence.test(previous) || wide.test(previous)))
      opening ||= letterOrDigit.test(after)
    // The mark in 5'10" stays straight; the one in 10'000, as written in Switzerland, becomes an apostrophe.
    if (mark === "'" && /\d/.test(previous) && /^\d\d?(?!\d)/.test(text.slice(end, end + 3))) return write(mark)
    if (opening && elided.test(text.slice(end, end + 7)) && mark === "'") return write("’", ")")
    const written =
      mark === '"' ? double(opening, previous, after, block, quotes) : single(opening, previous, after, quotes)
    return written === mark ? write(mark) : write(written, opening ? "(" : ")")
  })
}

/** The last visible character; "" if there is none. */
function lastCharacter(text: string): string {
  // The characters that are skipped (format characters), and surrogates, are beyond ASCII.
  const last = text.slice(-1)
  if (last <= "\x7f") return last
  return Array.from(text.slice(-16).replace(/\p{Cf}+$/u, "")).at(-1) ?? ""
}

// Whether the line contains only dashes.
function isLine(text: string, index: number, after: string, before: string, more: boolean): boolean {
  if (after !== "\n" && (after !== "" || more)) return false
  const line = text.slice(text.lastIndexOf("\n", index - 1) + 1, index)
  return line.trim() === "" && (line.length < index || before === "")
}

// `--flag` is a command-line option, `-->` an arrow; `a -- b` and `1990--1995` are dashes.
function dash(mark: string, previous: string, after: string): string {
  if (previous === "-" || previous === "<" || after === ">") return mark
  if (mark === "---") return "—"
  return (previous === "" || space.test(previous)) && letterOrDigit.test(after) ? mark : "–"
}

// In Russian and German, a quotation within another takes the inner marks.
function double(opening: boolean, previous: string, after: string, block: Block, quotes: Quotes): string {
  const isInWord = letterOrDigit.test(after) && !/[.,!?…]/.test(previous) && !wide.test(previous + after)
  if (opening) block.openQuotes++
  else if (block.openQuotes === 0 || space.test(previous) || isInWord) return '"'
  const isInner = block.openQuotes > 1 && quotes.open !== "“"
  if (opening) return isInner ? quotes.openSingle : quotes.open
  block.openQuotes--
  return isInner ? quotes.closeSingle : quotes.close
}

function single(opening: boolean, previous: string, after: string, quotes: Quotes): string {
  if (opening) return quotes.openSingle
  if (previous === "" || space.test(previous) || ofMarkup.test(previous) || ofMarkup.test(after)) return "'"
  if (letterOrDigit.test(after) && /[.,;:!?]/.test(previous)) return "'"
  return letterOrDigit.test(after) || (letterOrDigit.test(previous) && quotes.closeSingle === "’")
    ? "’"
    : quotes.closeSingle
}
