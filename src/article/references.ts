// What a text refers to: its links and its pictures, and which of these need bytes from beside the file.
import type { Token } from "marked"
import type { ArticleAddress } from "../site/addresses.ts"
import { isPictureName, pictureExtensions } from "./picture-types.ts"
import { childrenOf, lexMarkdown, walkTokens } from "./tokens.ts"

// A look for the addresses in an author's raw HTML, not a parser: the sanitizer has one.
// `<!-->` and `<!--->` are whole comments (HTML, CommonMark 0.31): what follows them is there.
const comments = /<!--(?:-?>|[\s\S]*?(?:-->|$))/g
// A quote encloses a value behind `=` only. Nothing behind the parts can fail, so none is tried twice: linear.
const behindName = /((?:[^"'=>]|=\s*(?:"[^"]*"|'[^']*')|["'=])*)>?/.source
const tag = new RegExp(`<(a|img)(?=[\\s/])${behindName}`, "gi")

// A name begins where no other sign of a name stands before: without that a long one is tried from each of its signs.
const attribute = /(?<![^\s=/"'])([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g

/** The attribute's value, or null. @param inside what stands behind the name in a start tag */
function readAttribute(inside: string, name: string): string | null {
  for (const [, key, double, single, bare] of inside.matchAll(attribute))
    if (key?.toLowerCase() === name) return (double ?? single ?? bare ?? "").trim()
  return null
}

/** A link or picture of a text, its raw HTML too, as it is written. */
export interface Reference {
  readonly kind: "link" | "picture"
  readonly address: string
  /** A picture's. */
  readonly alt: string
  readonly token: Token
}

/** A text's links and pictures in order. */
export function findReferences(tokens: readonly Token[]): Reference[] {
  const found: Reference[] = []
  walkTokens(tokens, (token) => {
    if (token.type === "link") found.push({ kind: "link", address: token.href, alt: "", token })
    else if (token.type === "image") found.push({ kind: "picture", address: token.href, alt: token.text, token })
    else if (token.type === "html" && token.raw.includes("<")) {
      for (const [, name = "", inside = ""] of token.raw.replace(comments, "").matchAll(tag)) {
        const kind = name.toLowerCase() === "a" ? "link" : "picture"
        const address = readAttribute(inside, kind === "link" ? "href" : "src")
        if (address !== null) found.push({ kind, address, alt: readAttribute(inside, "alt") ?? "", token })
      }
    }
  })
  return found
}

/** Where a body's first picture of an address is. */
export function findPicture(body: string, src: string, tokens: readonly Token[] = lexMarkdown(body)): number {
  const picture = findReferences(tokens).find(({ kind, address }) => kind === "picture" && address === src)
  return picture === undefined ? 0 : createLocator(body, tokens)(picture.token, src)
}

/** Where tokens, and addresses inside them, begin in the body. */
export function createLocator(body: string, tokens: readonly Token[]): (token: Token, inside?: string) => number {
  // The lexer reads every line ending as LF.
  const text = body.replace(/\r\n?/g, "\n")
  const returns = Array.from(body.matchAll(/\r\n/g), ({ index }, before) => index - before)
  let places: Map<Token, number> | null = null
  return (token, inside = "") => {
    places ??= placeTokens(text, tokens)
    const from = places.get(token) ?? 0
    const at = text.slice(from, from + token.raw.length).indexOf(inside)
    // Raw HTML holds several: the next is looked for behind this one.
    if (token.type === "html" && at !== -1 && inside !== "") places.set(token, from + at + 1)
    const offset = from + Math.max(0, at)
    return offset + returns.filter((index) => index < offset).length
  }
}

/** The tokens' raw texts are the text but for the marks and indents of containers: so each line is looked for. */
function placeTokens(text: string, tokens: readonly Token[]): Map<Token, number> {
  const places = new Map<Token, number>()
  let misses = 100
  const find = (line: string, from: number): number => {
    if (text.startsWith(line, from)) return from
    const at = misses > 0 ? text.indexOf(line, from) : -1
    if (at === -1) misses--
    return at === -1 ? from : at
  }
  const place = (list: readonly Token[], from: number): number => {
    let end = from
    for (const token of list) {
      const lines = token.raw.split("\n").flatMap((line) => line.trim() || [])
      const start = find(lines[0] ?? "", end)
      places.set(token, start)
      end = start
      for (const line of lines) end = find(line, end) + line.length
      let inside = start
      for (const inner of childrenOf(token)) inside = place(inner, inside)
    }
    return end
  }
  place(tokens, 0)
  return places
}

/** Is the address relative to the file: neither `/…`, `#…` nor `https:…`? */
export function isRelative(src: string): boolean {
  return src !== "" && !/^(?:[/\\#?]|[a-z][a-z0-9+.-]*:)/i.test(src)
}

/** Relative addresses of pictures in the text, as written, each once. */
export function collectPictures(tokens: readonly Token[]): string[] {
  const pictures = findReferences(tokens).filter(({ kind, address }) => kind === "picture" && isRelative(address))
  return [...new Set(pictures.map(({ address }) => address))]
}

/** Why a picture cannot be taken from beside the article's file; null when it can. */
export function explainPicture(src: string, address: ArticleAddress | null): { message: string; fix: string } | null {
  const beside = "put the picture beside the file and write ./name.jpg"
  if (!isRelative(src)) return { message: "is not a picture beside the file", fix: beside }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f\\?#:*"<>|]/.test(src))
    return { message: "holds a character that file names cannot have on every system", fix: beside }
  if (!isPictureName(src))
    return { message: "is not a picture that the site shows", fix: `use ${pictureExtensions.join(", ")}` }
  if (address !== null && climbsOut(src, address.path)) return { message: "is outside the content folder", fix: beside }
  return null
}

function climbsOut(src: string, path: string): boolean {
  let depth = path.split("/").length - 2
  for (const segment of src.split("/")) {
    if (segment === "..") depth--
    else if (segment !== "." && segment !== "") depth++
    if (depth < 0) return true
  }
  return false
}
