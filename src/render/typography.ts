// Smart punctuation: curly quotes, dashes and ellipses, by the language of the text.
import { type Language, languageOf } from "../site/messages.ts"

type Quotes = NonNullable<Language["quotes"]>

const something = /["']|--|\.\.\./
const everything = /["']|-{2,}|\.{3,}/g
// What a quote can stand behind and still open: white space, an opening bracket or quote, a dash, a slash.
const opens = /[\s([{«“‘„‚–—/-]/
// Behind another quote only what begins a word opens; `"no"` in `('"no"')` closes twice.
const closers = /[\s"'.,;:!?)\]}»”’…]/
const space = /\s/
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u
const ofMarkup = /[<>=]/
// An apostrophe at the start of a word: the '90s, 'tis, rock 'n' roll.
const elided = /^(?:\d\ds?(?![\p{L}\p{N}])|(?:tis|twas|twere|til|em|cause|n['’])(?![\p{L}\p{N}]))/iu

/** The block that a text stands in, as far as it is written. */
interface Block {
  readonly language: string
  /** The character before the text on the page; "" at the start. */
  readonly before: string
  /** Double quotes that are open. */
  openQuotes: number
}

/**
 * The text with smart punctuation; `more`: something follows it in the same block. A mark that is no punctuation of a
 * sentence (in `<a b="c">`, in 6" and `a"b`) stays as written, and so do quotes of right-to-left languages.
 */
export function smarten(text: string, more: boolean, block: Block): string {
  if (!something.test(text)) return text
  const { language } = block
  const { quotes } = languageOf(language)
  return text.replace(everything, (mark: string, index: number) => {
    const previous = index === 0 ? block.before : text.charAt(index - 1)
    const after = text.charAt(index + mark.length)
    if (mark === "...") return "…"
    if (mark === "--" || mark === "---")
      return isLine(text, index, after, block.before, more) ? mark : dash(mark, previous, after)
    if (quotes === undefined || (mark !== '"' && mark !== "'")) return mark
    const opening =
      previous === '"' || previous === "'"
        ? after !== "" && !closers.test(after) && !ofMarkup.test(after)
        : (previous === "" || opens.test(previous)) && (after === "" ? more : !space.test(after))
    if (mark === '"') return double(opening, previous, after, block, quotes)
    return opening && elided.test(text.slice(index + 1, index + 8)) ? "’" : single(opening, previous, after, quotes)
  })
}

// A line of dashes alone.
function isLine(text: string, index: number, after: string, before: string, more: boolean): boolean {
  if (after !== "\n" && (after !== "" || more)) return false
  let start = index
  while (text.charAt(start - 1) === " ") start--
  return start === 0 ? before === "" : text.charAt(start - 1) === "\n"
}

// `--flag` is a command's option, `-->` an arrow; `a -- b` and `1990--1995` are dashes.
function dash(mark: string, previous: string, after: string): string {
  if (previous === "-" || previous === "<" || after === ">") return mark
  if (mark === "---") return "—"
  return (previous === "" || space.test(previous)) && letterOrDigit.test(after) ? mark : "–"
}

function double(opening: boolean, previous: string, after: string, block: Block, quotes: Quotes): string {
  if (opening) {
    block.openQuotes++
    return quotes.open
  }
  if (block.openQuotes === 0 || space.test(previous) || letterOrDigit.test(after)) return '"'
  block.openQuotes--
  return quotes.close
}

function single(opening: boolean, previous: string, after: string, quotes: Quotes): string {
  if (opening) return quotes.openSingle
  if (letterOrDigit.test(previous)) {
    if (ofMarkup.test(after)) return "'"
    return quotes.closeSingle === "’" || letterOrDigit.test(after) ? "’" : quotes.closeSingle
  }
  return previous === "" || space.test(previous) || letterOrDigit.test(after) ? "'" : quotes.closeSingle
}
