// Headings: their levels in the page's outline, and their ids.
import type { MarkedToken, Token, Tokens } from "marked"
import type { Rendering } from "./inline.ts"

const silent = new Set(["space", "def", "note", "hr"])

/** Does anything stand under the heading, up to the next that is as high? Each token is looked at six times at most. */
export function hasText(tokens: readonly Token[], index: number): boolean {
  const { depth } = tokens[index] as Tokens.Heading
  for (let next = index + 1; next < tokens.length; next++) {
    const token = tokens[next] as MarkedToken
    if (token.type === "heading" && token.depth <= depth) return false
    if (token.type !== "heading" && !silent.has(token.type)) return true
  }
  return false
}

/** The page's title is its one h1. What stands under what stays as it is; no level is skipped. */
export function outlineLevel(depth: number, above: number[]): number {
  while ((above.at(-1) ?? 0) >= depth) above.pop()
  above.push(depth)
  return Math.min(6, above.length + 1)
}

/** An id that no other heading of the text has, after its words. */
export function headingId(words: string, text: Rendering): string {
  const slug = `${text.idPrefix}h-${Array.from(joinWords(words)).slice(0, 80).join("")}`
  const taken = text.headingIdsTaken
  let id = slug
  let next = taken.get(slug) ?? 1
  while (taken.has(id)) id = `${slug}-${++next}`
  taken.set(slug, next)
  if (id !== slug) taken.set(id, 1)
  return id
}

const plain = /^[a-z\d]+(?: [a-z\d]+)*$/i

/** A heading's words in lower case, with hyphens between. Most need no look at Unicode's properties, which takes far longer. */
function joinWords(words: string): string {
  if (plain.test(words)) return words.toLowerCase().replaceAll(" ", "-")
  const parts = words
    .replace(/&[a-z\d]+;/gi, " ")
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
  return parts === null ? "section" : parts.join("-")
}
