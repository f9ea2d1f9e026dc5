// The pictures of a text: which addresses in it need bytes from beside the file.
import type { Token } from "marked"
import type { ArticleAddress } from "../site/addresses.ts"
import { isPictureName, pictureExtensions } from "./picture-types.ts"
import { findTags, readAttribute } from "./raw-tags.ts"
import { walkTokens } from "./tokens.ts"

export interface BodyPicture {
  /** As written. */
  readonly src: string
  readonly alt: string
}

/** Every picture of a text, of its raw HTML too, in order. */
export function findPictures(tokens: readonly Token[]): BodyPicture[] {
  const pictures: BodyPicture[] = []
  walkTokens(tokens, (token) => {
    if (token.type === "image") pictures.push({ src: token.href, alt: token.text })
    else if (token.type === "html" && token.raw.includes("<")) pictures.push(...findInHtml(token.raw))
  })
  return pictures
}

function findInHtml(html: string): BodyPicture[] {
  const pictures: BodyPicture[] = []
  for (const attributes of findTags(html, "img")) {
    const src = readAttribute(attributes, "src")
    if (src !== null) pictures.push({ src, alt: readAttribute(attributes, "alt") ?? "" })
  }
  return pictures
}

/** Is the address relative to the file: neither `/…`, `#…` nor `https:…`? */
export function isRelative(src: string): boolean {
  return src !== "" && !/^(?:[/\\#?]|[a-z][a-z0-9+.-]*:)/i.test(src)
}

/** Relative addresses of pictures in the text, as written, each once. */
export function collectPictures(tokens: readonly Token[]): string[] {
  return [
    ...new Set(
      findPictures(tokens)
        .map(({ src }) => src)
        .filter(isRelative),
    ),
  ]
}

/** Why a picture cannot be taken from beside the article's file; null when it can. */
export function explainPicture(src: string, address: ArticleAddress | null): { message: string; fix: string } | null {
  const beside = "put the picture beside the file and write ./name.jpg"
  if (!isRelative(src)) return { message: "is not a picture beside the file", fix: beside }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f\\?#:*"<>|]/.test(src))
    return { message: "holds a sign that a file's name cannot have everywhere", fix: beside }
  if (!isPictureName(src))
    return { message: "is not a picture that the site shows", fix: `use ${pictureExtensions.join(", ")}` }
  if (address !== null && climbsOut(src, address.path))
    return { message: "is outside of the content folder", fix: beside }
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
