// Extracts and counts an article's words, for its reading time and the search index. Not used for readers' pages.
import { decodeReferences, unspaced } from "./text.ts"

const tag = /<\/?([a-z][a-z\d]*)(?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*\s*>/g
const alternative = /<img [^>]*?alt="([^"]*)"/g
const betweenWords = new Set(
  "a abbr b bdi bdo cite code data del dfn em i ins kbd mark q s samp small span strong sub sup time u var wbr".split(
    " ",
  ),
)
const marksOfNotes = /<sup class="note">.*?<\/sup>| ?<a [^>]*role="doc-backlink"[^>]*>.*?<\/a>/g

/** The text that readers see in an article's HTML, and the alt texts of its pictures. */
export function readHtml(html: string): { text: string; alternatives: string[] } {
  const text = html
    .replace(marksOfNotes, "")
    .replace(tag, (_tag, name: string) => (betweenWords.has(name) ? "" : " "))
    .replace(/\s+/g, " ")
    .trim()
  const alternatives = Array.from(html.matchAll(alternative), ([, words = ""]) => decodeReferences(words))
  return { text: decodeReferences(text), alternatives: alternatives.filter(Boolean) }
}

// What a word may begin and continue with. ASCII is tried first: looking up Unicode properties is slow.
const begins = "(?:[a-zA-Z0-9]|(?![\\0-\\x7f])[\\p{L}\\p{N}])"
const goesOn = "(?:[a-zA-Z0-9'’]|(?![\\0-\\x7f])[\\p{L}\\p{N}\\p{M}])"
const wordOrAddress = new RegExp(`https?://[^\\s)>\\]]+|${begins}${goesOn}*`, "gu")
const mayBeUnspaced = /[\u0e00-\u1fff\u2e80-\uffff]/

/** A rough word count: runs of letters and digits outside web addresses; in unspaced scripts, two characters a word. */
export function countWords(text: string): number {
  let words = 0
  for (const word of text.match(wordOrAddress) ?? []) if (!word.includes("://")) words++
  const characters = mayBeUnspaced.test(text) ? (text.match(unspaced)?.length ?? 0) : 0
  return words + Math.floor(characters / 2)
}
