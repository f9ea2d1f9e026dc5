// Smart punctuation: curly quotes, dashes and ellipses, by the language of the text.
import { direction } from "../site/messages.ts"

/** Double open, double close, single open, single close. */
type Quotes = readonly [string, string, string, string]

const english: Quotes = ["“", "”", "‘", "’"]
const german: Quotes = ["„", "“", "‚", "‘"]
const russian: Quotes = ["«", "»", "„", "“"]
const quotesOf = new Map<string, Quotes>([
  ["de", german],
  ["ru", russian],
  ["uk", russian],
  ["tg", russian],
])

const something = /["']|--|\.\.\./
const everything = /["']|-{2,}|\.{3,}/g
// What a quote can stand behind and still open: white space, an opening bracket or quote, a dash, a slash.
const opens = /[\s([{<«“‘„‚–—/-]/
// Behind another quote only what begins a word opens; `"no"` in `('"no"')` closes twice.
const closers = /[\s"'.,;:!?)\]}»”’…]/
const space = /\s/
const letterOrDigit = /[\p{L}\p{M}\p{N}]/u
// An apostrophe at the start of a word: the '90s, 'tis, rock 'n' roll.
const elided = /^(?:\d\ds?(?![\p{L}\p{N}])|(?:tis|twas|twere|til|em|cause|n['’])(?![\p{L}\p{N}]))/iu

/**
 * The text with smart punctuation. `before` is the character that stands before it on the page ("" at the start of a
 * block), `more` whether something follows it in the same block. Quotes of right-to-left languages stay as they are.
 */
export function smarten(text: string, before: string, more: boolean, language: string): string {
  if (!something.test(text)) return text
  const quotes = direction(language) === "rtl" ? null : (quotesOf.get(language.split("-", 1)[0] ?? "") ?? english)
  return text.replace(everything, (mark: string, index: number) => {
    const previous = index === 0 ? before : text.charAt(index - 1)
    const after = text.charAt(index + mark.length)
    if (mark === "...") return "…"
    if (mark === "---") return "—"
    // `--flag` is a command's option; `a -- b` and `1990--1995` are dashes.
    if (mark === "--") return (previous === "" || space.test(previous)) && letterOrDigit.test(after) ? mark : "–"
    if (quotes === null || (mark !== '"' && mark !== "'")) return mark
    const behindQuote = previous === '"' || previous === "'"
    const opening = behindQuote
      ? after !== "" && !closers.test(after)
      : (previous === "" || opens.test(previous)) && (after === "" ? more : !space.test(after))
    if (mark === '"') return opening ? quotes[0] : quotes[1]
    if (letterOrDigit.test(previous)) return "’" === quotes[3] || letterOrDigit.test(after) ? "’" : quotes[3]
    if (!opening) return quotes[3]
    return elided.test(text.slice(index + 1, index + 8)) ? "’" : quotes[2]
  })
}
