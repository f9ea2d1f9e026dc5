// The members-only line: where it stands, and the two texts that it makes.
import { marked, type Token } from "marked"
import type { Division } from "./article.ts"

/** A mistake in the body at an offset of the text. */
export interface BodyMistake {
  readonly offset: number
  readonly message: string
  readonly fix: string
}

export interface Divided {
  readonly division: Division
  readonly open: string
  readonly members: string | null
  readonly mistakes: readonly BodyMistake[]
}

const line = /^ {0,3}<!--[ \t]*members-only[ \t]*-->[ \t]*(?=\r?\n|$)/
const anywhere = /<!--[ \t]*members-only[ \t]*-->/g
/** Comments that an editor may have meant as the line. */
const lookAlike = /<!--?\s*(?:members?|membres?|subscribers?)[\s_-]*(?:only|content|part|line|seulement)?\s*-{1,2}>?/gi

/**
 * Divides a body at its first members-only line at the top level. With the line, `open + members` is the body;
 * `access: members` without it gives everyone the first paragraph, and `members` is the whole body.
 */
export function divideBody(body: string, access: "open" | "members"): Divided {
  const suspicious = /<!--?\s*(?:members?|membres?|subscribers?)/i.test(body)
  if (!suspicious && access === "open") return { division: "none", open: body, members: null, mistakes: [] }
  const tokens = marked.lexer(body)
  const at = suspicious ? findLine(body, tokens) : -1
  const mistakes = suspicious ? findLookAlikes(body, tokens, at) : []
  if (at !== -1) return { division: "line", open: body.slice(0, at), members: body.slice(at), mistakes }
  if (access === "members") return { division: "teaser", open: firstParagraph(tokens), members: body, mistakes }
  return { division: "none", open: body, members: null, mistakes }
}

/** Top-level blocks with their offsets; offsets fail (null) only where the lexer changed the text, as with tabs or CR. */
function* blocks(body: string, tokens: readonly Token[]): Generator<{ token: Token; start: number; end: number }> {
  let cursor = 0
  for (const token of tokens) {
    const span = spanOf(body, token.raw, cursor)
    yield { token, start: cursor, end: span }
    cursor = span
  }
}

/** Where the raw text of a block ends in the body; the lexer reads CRLF as LF, so both are walked together. */
function spanOf(body: string, raw: string, start: number): number {
  let at = start
  for (let i = 0; i < raw.length; i++) {
    if (body.charCodeAt(at) === 13 && raw.charCodeAt(i) === 10) {
      at += body.charCodeAt(at + 1) === 10 ? 2 : 1
    } else at++
  }
  return at
}

function findLine(body: string, tokens: readonly Token[]): number {
  for (const { token, start, end } of blocks(body, tokens)) {
    if (token.type !== "html") continue
    const text = body.slice(start, end)
    if (line.test(text)) return start
  }
  return -1
}

function findLookAlikes(body: string, tokens: readonly Token[], at: number): BodyMistake[] {
  const mistakes: BodyMistake[] = []
  for (const { token, start, end } of blocks(body, tokens)) {
    if (at !== -1 && start >= at) break
    if (token.type === "code") continue
    const text = stripCode(body.slice(start, end))
    for (const found of text.matchAll(anywhere))
      mistakes.push({
        offset: start + found.index,
        message: "the members-only line stands inside something else",
        fix: "put `<!-- members-only -->` on a line of its own, with empty lines around it, outside lists, quotes and HTML",
      })
    for (const found of text.matchAll(lookAlike)) {
      if (/^<!--[ \t]*members-only[ \t]*-->$/.test(found[0])) continue
      mistakes.push({
        offset: start + found.index,
        message: `\`${found[0].trim().slice(0, 60)}\` looks like the members-only line but is not`,
        fix: "write exactly `<!-- members-only -->`, or remove the comment",
      })
    }
  }
  return mistakes
}

/** Code spans and fences inside a block, blanked: what stands there is literal. */
function stripCode(text: string): string {
  return text.replace(/(`+|~~~+)(?:(?!\1)[\s\S]){0,20000}\1/g, (code) => " ".repeat(code.length))
}

function firstParagraph(tokens: readonly Token[]): string {
  const paragraph = tokens.find((token) => token.type === "paragraph")
  return paragraph === undefined ? "" : paragraph.raw
}
