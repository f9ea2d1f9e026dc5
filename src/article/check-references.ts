// Finds a text's references and anchors, and says why a picture's address is wrong. Not used for readers' pages.
import type { Token, TokensList } from "marked"
import type { Article } from "./article.ts"
import { findTags } from "./html-tags.ts"
import { lexMarkdown, walkShown } from "./lex-markdown.ts"
import { fileTypes, isPictureName, isRecordingName, pictureExtensions } from "./media-types.ts"
import type { Refusal } from "./mistakes.ts"
import { anchorId, findAddresses, findHeadingIds } from "./references.ts"

/** The offset of the first picture or recording with this address, or 0. */
export function findPicture(body: string, src: string): number {
  const found = findAddresses(lexMarkdown(body), body)
  return found.find(({ kind, address }) => kind !== "definition" && address === src)?.from ?? 0
}

/** The tokens of an article's text, or null if it cannot be read, which the parser or rendering reports. */
export function lexBody({ body, division }: Article): TokensList | null {
  try {
    return division === "unread" ? null : lexMarkdown(body)
  } catch {
    return null
  }
}

/** The ids in this text that links can lead to. */
export function findAnchors(tokens: readonly Token[]): Set<string> {
  const named: string[] = []
  walkShown(tokens, (token) => {
    if (token.type === "html")
      for (const { name, attributes } of findTags(token.raw))
        for (const key of name === "a" ? ["id", "name"] : ["id"]) {
          const written = attributes.get(key)?.value
          if (written) named.push(anchorId(written))
        }
  })
  return new Set([...findHeadingIds(tokens).values(), ...named])
}

/** Whether the address is relative to the file: not `/…`, `#…` or `https:…`. */
export const isRelative = (src: string): boolean => src !== "" && !/^(?:[/\\#?]|[a-z][a-z0-9+.-]*:)/i.test(src)

/** Why an address cannot be a picture (or, with `inText`, a recording) beside the file; null if it can. */
export function explainPicture(src: string, file: string | null, inText = false): Refusal | null {
  const beside = "put the picture in the same folder as this file, and write ./name.jpg"
  if (!isRelative(src)) return { message: "is not a picture beside the file", fix: beside }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
  if (/[\u0000-\u001f\u007f\\?#:*"<>|]/.test(src))
    return { message: "contains a character that some systems do not allow in file names", fix: beside }
  if (!isPictureName(src) && !(inText && isRecordingName(src)))
    return {
      message: `is not a supported type of picture${inText ? " or recording" : ""}`,
      fix: `use ${(inText ? Object.keys(fileTypes) : pictureExtensions).join(", ")}`,
    }
  if (file !== null && climbsOut(src, file)) return { message: "is outside the content folder", fix: beside }
  return null
}

function climbsOut(src: string, file: string): boolean {
  let depth = file.split("/").length - 1
  for (const segment of src.split("/")) {
    if (segment === "..") depth--
    else if (segment !== "." && segment !== "") depth++
    if (depth < 0) return true
  }
  return false
}
