// Finds tags and text in authors' raw HTML without parsing it in full: the sanitizer does that.
import { decodeReferences } from "./text.ts"

/** Elements that pages leave out together with their content. */
export const droppedElements: ReadonlySet<string> = new Set(
  (
    "script style textarea option select noscript title svg math iframe object embed template xmp noembed noframes " +
    "plaintext audio video canvas"
  ).split(" "),
)
const withoutContent = "embed"

// `<!-->` and `<!--->` are complete comments (HTML, CommonMark 0.31): what follows is not part of them.
const comments = /<!--(?:-?>|[\s\S]*?(?:-->|$))/g
// Quotes enclose a value only after `=`. Nothing after the name can fail and backtrack, so matching is linear.
const tags = /<(\/?)([a-z][\w:-]*)(?=[\s/>])((?:[^"'=>]|=\s*(?:"[^"]*"|'[^']*')|["'=])*)>?/gi
// The lookbehind lets a name match only from its start: otherwise a long name would be tried from each character.
const attribute = /(?<![^\s=/"'])([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g

type Attributes = ReadonlyMap<string, { value: string; from: number; to: number }>

/**
 * The tags in raw HTML, outside comments and the content of skipped elements. `to` is the end of the tag, or of the
 * content that is skipped after it. `isOpen`: the skipped element has no end tag.
 */
function* matchTags(html: string, skipped: ReadonlySet<string> = droppedElements) {
  const shown = html.replace(comments, (comment) => " ".repeat(comment.length))
  const lower = shown.toLowerCase()
  const pattern = new RegExp(tags)
  for (let found = pattern.exec(shown); found !== null; found = pattern.exec(shown)) {
    const [, slash, written = "", inside = ""] = found
    const name = written.toLowerCase()
    const isSkipped = slash === "" && skipped.has(name) && name !== withoutContent
    const end = isSkipped ? lower.indexOf(`</${name}`, pattern.lastIndex) : pattern.lastIndex
    const to = end === -1 ? html.length : end
    yield { isEnd: slash !== "", name, inside, from: found.index, to, isOpen: end === -1 }
    pattern.lastIndex = to
  }
}

/** The start tags in raw HTML, outside comments and dropped elements. Of repeated attributes, the first counts. */
export function findTags(html: string): { name: string; from: number; attributes: Attributes }[] {
  return Array.from(matchTags(html)).flatMap(({ isEnd, name, inside, from }) => {
    if (isEnd) return []
    const start = from + 1 + name.length
    const found = Array.from(inside.matchAll(attribute), ({ 0: whole, 1: key = "", index: at, ...values }) => {
      const written = values[2] ?? values[3] ?? values[4] ?? ""
      const to = start + at + whole.length - (values[4] === undefined ? 1 : 0)
      const value = decodeReferences(written).trim()
      return [key.toLowerCase(), { value, from: to - written.length, to }] as const
    })
    return [{ name, from, attributes: new Map(found.reverse()) }]
  })
}

/** The dropped element that raw HTML leaves open, or "". */
export const findOpen = (html: string) => Array.from(matchTags(html)).findLast(({ isOpen }) => isOpen)?.name ?? ""

const codeOrScript = /`[^`]*`|<(su[bp])\b[^<>]*>(?:([^\n]{0,80}?)<\/\1>|(?=[+−-]?\p{N}))/giu
const small = { sup: "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾", sub: "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎" }

/** Writes `10<sup>6</sup>` as 10⁶, for texts that lose their tags: it would read as 106. */
export function spellScripts(source: string): string {
  return source.replace(codeOrScript, (all, tag: string | undefined, inside: string | undefined) => {
    if (tag === undefined) return all
    const kind = tag.toLowerCase() as keyof typeof small
    const start = kind === "sup" ? "^" : "_"
    // Without an end tag, nothing says where the number ends.
    if (inside === undefined) return start
    const words = inside.replace(/<[^>]*>/g, "")
    if (!/\p{N}/u.test(words)) return all
    const spelled = Array.from(words, (one) => small[kind]["0123456789+-−()".indexOf(one)])
    return spelled.includes(undefined) ? start + words : spelled.join("")
  })
}

/**
 * The text of raw HTML, with `gap` for each character of tags, comments and skipped content.
 * @param besides further elements whose content is skipped
 */
export function readText(html: string, gap: string, besides: readonly string[] = []): string {
  let text = ""
  let at = 0
  for (const { from, to } of matchTags(html, new Set([...droppedElements, ...besides]))) {
    text += html.slice(at, from) + gap.repeat(to - from)
    at = to
  }
  return (text + html.slice(at)).replace(comments, (comment) => gap.repeat(comment.length))
}
