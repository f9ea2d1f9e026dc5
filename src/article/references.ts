// What a text refers to: its links and its pictures, and which of these need bytes from beside the file.
import type { Token } from "marked"
import type { ArticleAddress } from "../site/addresses.ts"
import { isPictureName, pictureExtensions } from "./picture-types.ts"
import { walkTokens } from "./tokens.ts"

// A look for the addresses in an author's raw HTML, not a parser: the sanitizer has one.
// `<!-->` and `<!--->` are whole comments (HTML, CommonMark 0.31): what follows them is there.
const comments = /<!--(?:-?>|[\s\S]*?(?:-->|$))/g
// A quote encloses a value behind `=` only. Nothing behind the parts can fail, so none is tried twice: linear.
const behindName = /((?:[^"'=>]|=\s*(?:"[^"]*"|'[^']*')|["'=])*)>?/.source
const tags = {
  a: new RegExp(`<a(?=[\\s/])${behindName}`, "gi"),
  img: new RegExp(`<img(?=[\\s/])${behindName}`, "gi"),
}

/** What stands behind the name in each start tag of that name, comments aside. */
function findTags(html: string, name: keyof typeof tags): string[] {
  return Array.from(html.replace(comments, "").matchAll(tags[name]), ([, inside = ""]) => inside)
}

// A name begins where no other sign of a name stands before: without that a long one is tried from each of its signs.
const attribute = /(?<![^\s=/"'])([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g

/** The attribute's value, or null. @param inside as `findTags` gives it */
function readAttribute(inside: string, name: string): string | null {
  for (const [, key, double, single, bare] of inside.matchAll(attribute))
    if (key?.toLowerCase() === name) return (double ?? single ?? bare ?? "").trim()
  return null
}

/** The addresses of a text's links, of its raw HTML too, in order. */
export function findLinks(tokens: readonly Token[]): string[] {
  const links: string[] = []
  walkTokens(tokens, (token) => {
    if (token.type === "link") links.push(token.href)
    else if (token.type === "html" && token.raw.includes("<"))
      for (const inside of findTags(token.raw, "a")) links.push(readAttribute(inside, "href") ?? "")
  })
  return links
}

/** A text's pictures, of its raw HTML too, in order; `src` as written. */
export function findPictures(tokens: readonly Token[]): { src: string; alt: string }[] {
  const pictures: { src: string; alt: string }[] = []
  walkTokens(tokens, (token) => {
    if (token.type === "image") pictures.push({ src: token.href, alt: token.text })
    else if (token.type === "html" && token.raw.includes("<"))
      for (const inside of findTags(token.raw, "img")) {
        const src = readAttribute(inside, "src")
        if (src !== null) pictures.push({ src, alt: readAttribute(inside, "alt") ?? "" })
      }
  })
  return pictures
}

/** Is the address relative to the file: neither `/…`, `#…` nor `https:…`? */
export function isRelative(src: string): boolean {
  return src !== "" && !/^(?:[/\\#?]|[a-z][a-z0-9+.-]*:)/i.test(src)
}

/** Relative addresses of pictures in the text, as written, each once. */
export function collectPictures(tokens: readonly Token[]): string[] {
  const addresses = findPictures(tokens).map(({ src }) => src)
  return [...new Set(addresses.filter(isRelative))]
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
