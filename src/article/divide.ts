// The members-only line: where it stands, and the two texts that it makes.
import type { Token } from "marked"
import type { Access, Division } from "./article.ts"
import { type Candidate, findCandidates } from "./look-alikes.ts"
import { type Mistake, quote } from "./report.ts"
import { childrenOf, lexMarkdown, walkTokens } from "./tokens.ts"

export interface Divided {
  readonly division: Division
  /** Markdown that everyone may read. */
  readonly open: string
  /** Markdown for members, or null. */
  readonly members: string | null
  readonly mistakes: readonly Mistake[]
}

/**
 * Divides a body at its first members-only line at the top level: then `open + members` is the body. `access: members`
 * without the line gives everyone the first paragraph, and `members` is the body. A line that does not divide, or a
 * comment that looks like the line, is a mistake: what an editor wanted hidden is never published by a slip.
 * @param tokens the body's, where they are at hand; an open text that holds nothing like the line is divided without
 */
export function divideBody(body: string, access: Access, tokens?: readonly Token[]): Divided {
  // The lexer reads every line ending as LF.
  const text = body.includes("\r") ? body.replace(/\r\n?/g, "\n") : body
  const candidates = findCandidates(text)
  if (candidates.length === 0 && access === "open") return { division: "none", open: body, members: null, mistakes: [] }
  const blocks = tokens ?? lexMarkdown(body)
  const found = candidates.length === 0 ? noLine : findLine(text, blocks, candidates)
  const mistakes = found.mistakes.map((mistake) => ({ ...mistake, offset: offsetIn(body, text, mistake.offset) }))
  if (found.at !== null) {
    const at = offsetIn(body, text, found.at)
    return { division: "line", open: body.slice(0, at), members: body.slice(at), mistakes }
  }
  if (access === "members") return { division: "teaser", open: firstParagraph(blocks), members: body, mistakes }
  return { division: "none", open: body, members: null, mistakes }
}

interface Found {
  /** Where the dividing line begins. */
  readonly at: number | null
  readonly mistakes: readonly Mistake[]
}

const noLine: Found = { at: null, mistakes: [] }

/** The first line that divides, and the candidates before it that don't. */
function findLine(text: string, blocks: readonly Token[], candidates: readonly Candidate[]): Found {
  const mistakes: Mistake[] = []
  let start = 0
  let next = 0
  for (const token of blocks) {
    const end = start + token.raw.length
    // The blocks' raw texts are the text: else no offset could be trusted.
    if (!text.startsWith(token.raw, start)) break
    const first = next
    while (next < candidates.length && (candidates[next] as Candidate).index < end) next++
    if (next > first) {
      const inBlock = candidates.slice(first, next)
      const at = dividingOffset(token, text, start, inBlock)
      const before = at === null ? inBlock : inBlock.filter(({ index }) => index < at)
      mistakes.push(...refuse(before, literals(token, inBlock.length), token))
      if (at !== null) return { at, mistakes }
    }
    start = end
  }
  mistakes.push(...refuse(candidates.slice(next), [], null))
  return { at: null, mistakes }
}

const wholeLine = /^ {0,3}<!--[ \t]*members-only[ \t]*-->[ \t]*$/

/** Where the first line of a top-level block that divides begins; null when none does. */
function dividingOffset(token: Token, text: string, start: number, candidates: readonly Candidate[]): number | null {
  for (const { index, exact } of candidates) {
    if (!exact) continue
    const lineStart = text.lastIndexOf("\n", index) + 1
    const lineEnd = text.indexOf("\n", index)
    if (!wholeLine.test(text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd))) continue
    if (token.type === "html" && lineStart === start) return lineStart
    // CommonMark 4.6: a comment ends a paragraph, indented up to 3 spaces too, which marked overlooks.
    if (token.type === "paragraph") return lineStart
  }
  return null
}

/** Of each candidate of a block: is it shown as it is, in a code span or a closed fence? Empty when there is no telling. */
function literals(token: Token, count: number): boolean[] {
  const shown: boolean[] = []
  walkTokens([token], (inner) => {
    if (childrenOf(inner).length > 0) return
    for (const _ of findCandidates(inner.raw)) shown.push(inner.type === "codespan" || isClosedFence(inner))
  })
  return shown.length === count ? shown : []
}

/** A fence that is never closed hides nothing: what follows would all be shown. An indent may be a slip. */
function isClosedFence(token: Token): boolean {
  if (token.type !== "code" || token.codeBlockStyle === "indented") return false
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(token.raw)?.[1] ?? ""
  const lines = token.raw.trimEnd().split("\n")
  const last = (lines.at(-1) ?? "").trim()
  return fence !== "" && lines.length > 1 && last.length >= fence.length && last === fence.charAt(0).repeat(last.length)
}

function refuse(candidates: readonly Candidate[], shown: readonly boolean[], token: Token | null): Mistake[] {
  return candidates.flatMap((candidate, index) => (shown[index] ? [] : [explain(candidate, token)]))
}

const alone = "write `<!-- members-only -->` on a line of its own, outside lists, quotes, tables and HTML"

function explain({ index, text, exact }: Candidate, token: Token | null): Mistake {
  const at = { offset: index, field: "body" }
  if (!exact)
    return {
      ...at,
      message: `${quote(text)} looks like the members-only line, but is not`,
      fix: "write `<!-- members-only -->`, or remove the comment",
    }
  if (token?.type === "code" && token.codeBlockStyle === "indented")
    return {
      ...at,
      message: "the members-only line is indented too far to divide the text",
      fix: "indent it by at most 3 spaces; to show it, use a code fence",
    }
  if (token?.type === "code")
    return {
      ...at,
      message: "the members-only line stands in a code fence that is not closed",
      fix: "close the fence above",
    }
  return {
    ...at,
    message: "the members-only line stands inside something else, and does not divide the text",
    fix: alone,
  }
}

/** The first block that is a paragraph. */
function firstParagraph(blocks: readonly Token[]): string {
  return blocks.find(({ type }) => type === "paragraph")?.raw ?? ""
}

/** An offset of the text with LF alone, in the body as written. */
function offsetIn(body: string, text: string, offset: number): number {
  if (body.length === text.length) return offset
  let at = 0
  for (let read = 0; read < offset; read++) at += body.startsWith("\r\n", at) ? 2 : 1
  return at
}
