// Extracts and counts an article's words, for its reading time and the search index. Not used for readers' pages.
import { memo } from "../site/memo.ts"
import { decodeReferences, hasUnspaced, unspaced } from "./text.ts"

const alternative = /<img [^>]*?alt="([^"]*)"/g
const attributes = String.raw`(?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*\s*>`
const betweenWords =
  "a|abbr|b|bdi|bdo|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr"
const tagsBetweenWords = new RegExp(`</?(?:${betweenWords})${attributes}`, "g")
// At most 20 at a time: an unlimited run could overflow the expression's stack.
const otherTags = new RegExp(`(?:</?[a-z][a-z\\d]*${attributes}\\s*){1,20}`, "g")
// White space other than a single space. Once line breaks are spaces, most texts have none.
const wideSpace = /[^\S ]\s*| \s+/g
const hasWide = (text: string) => text.includes("  ") || /[^\S ]/.test(text)
const marksOfNotes = /<sup class="note">.*?<\/sup>| ?<a [^>]*role="doc-backlink"[^>]*>.*?<\/a>/g

/** The text that readers see in an article's HTML, and the alt texts of its pictures. */
export function readHtml(html: string): { text: string; alternatives: string[] } {
  const hasNotes = html.includes('<sup class="note">') || html.includes("doc-backlink")
  const text = (hasNotes ? html.replace(marksOfNotes, "") : html)
    .replace(tagsBetweenWords, "")
    .replace(otherTags, " ")
    .replaceAll("\n", " ")
  const pictures = html.includes("<img ") ? html.matchAll(alternative) : []
  const alternatives = Array.from(pictures, ([, words = ""]) => decodeReferences(words))
  return {
    text: decodeReferences((hasWide(text) ? text.replace(wideSpace, " ") : text).trim()),
    alternatives: alternatives.filter(Boolean),
  }
}

// A web address that does not begin within a word.
const addresses = /https?:\/\/(?<![\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*https?:\/\/)[^\s)>\]]+/gu

const [between, begins, goesOn] = [0, 1, 2]
/** Whether a word may begin with a character, or only go on with it. */
const kindOf = memo((code: number) => {
  const character = String.fromCodePoint(code)
  return /[\p{L}\p{N}]/u.test(character) ? begins : /['’\p{M}]/u.test(character) ? goesOn : between
})
const kindsOfAscii = Uint8Array.from({ length: 128 }, (_, code) => kindOf(code))

/** A rough word count: runs of letters and digits outside web addresses; in unspaced scripts, two characters a word. */
export function countWords(text: string): number {
  const characters = hasUnspaced(text) ? (text.match(unspaced)?.length ?? 0) : 0
  return countRuns(text.includes("://") ? text.replace(addresses, "") : text) + Math.floor(characters / 2)
}

/** A loop: a regular expression would look up the properties of every character, and copy every word. */
function countRuns(text: string): number {
  let runs = 0
  let before = between
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at)
    // For every character, `codePointAt` would take twice as long.
    if (code >= 0xd800) code = text.codePointAt(at) as number
    if (code > 0xffff) at++
    const kind = code < 128 ? (kindsOfAscii[code] as number) : kindOf(code)
    if (kind === goesOn) continue
    runs += kind & ~before
    before = kind
  }
  return runs
}
