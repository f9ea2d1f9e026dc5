// Finds the members-only line and divides the text at it.
import type { Token } from "marked"
import type { Access, Article } from "./article.ts"
import { childrenOf, lexMarkdown, walkTokens } from "./lex-markdown.ts"
import { editDistance, type Mistake, mostMistakes, quote } from "./mistakes.ts"

interface Divided extends Pick<Article, "division" | "open" | "members"> {
  readonly mistakes: readonly Mistake[]
}

/**
 * Divides a body at its first top-level members-only line, so that `open + members` is the body. With `access: members`
 * but no line, `open` is the first paragraph (or `<p>`) and `members` the whole body. A members-only line that does not
 * divide the text, or a similar comment, is a mistake: a slip must never publish what an editor wanted to hide.
 * @param tokens the body's tokens, if already lexed; otherwise the body is lexed only if needed
 */
export function divideBody(body: string, access: Access, tokens?: readonly Token[]): Divided {
  // The lexer turns every line ending into LF.
  const text = body.includes("\r") ? body.replace(/\r\n?/g, "\n") : body
  const candidates = findCandidates(text)
  const whole = { division: "none", open: body, members: null } as const
  if (candidates.length === 0 && access === "open") return { ...whole, mistakes: [] }
  const blocks = tokens ?? lexMarkdown(body)
  const { at, wrong } = findLine(text, blocks, candidates)
  const mistakes = wrong
    .slice(0, mostMistakes)
    .map((candidate) => explain(candidate, offsetIn(body, text, candidate.index)))
  if (at !== null) {
    const cut = offsetIn(body, text, at)
    return { division: "line", open: body.slice(0, cut), members: body.slice(cut), mistakes }
  }
  if (access === "open") return { ...whole, mistakes }
  const first = blocks.find(({ type, raw }) => type === "paragraph" || /^ {0,3}<p[\s>]/i.test(raw))
  const [open = ""] = first?.type === "html" ? (/^.*?<\/p>/is.exec(first.raw) ?? []) : [first?.raw]
  return { division: "teaser", open, members: body, mistakes }
}

/** Converts an offset in a text with only LF line endings to one in the text as written. */
function offsetIn(written: string, text: string, offset: number): number {
  if (written.length === text.length) return offset
  let at = 0
  for (let read = 0; read < offset; read++) at += written.startsWith("\r\n", at) ? 2 : 1
  return at
}

/** A comment that is a members-only line, or that an editor may have meant as one. */
interface Candidate {
  readonly index: number
  readonly text: string
  /** Whether it is spelled correctly; it may still be in the wrong place. */
  readonly exact: boolean
}

const spelling = /^<!--[ \t]*members-only[ \t]*-->$/
// `<!--` and what typos and word processors make of it: `<!-`, `<--`, `<! --`, `&lt;!--`, an en dash for two hyphens.
const opener = /(?:<|&lt;)[ \t]?[!\-–—−‐‑][ \t!\-–—−‐‑]*/g
const closer = /[-–—−‐‑]{0,4}[ \t]?!?(?:>|&gt;)|[<\n]/
const longest = 80

/** Every comment in the text that says `members-only` or something similar. */
export function findCandidates(text: string): Candidate[] {
  const found: Candidate[] = []
  if (!text.includes("<") && !text.includes("&lt;")) return found
  for (const { 0: start, index } of text.matchAll(opener)) {
    const inside = index + start.length
    const rest = text.slice(inside, inside + longest)
    // The words may begin on the line after `<!--`.
    const blank = rest.length - rest.trimStart().length
    const end = closer.exec(rest.slice(blank))
    if (end === null && rest.length === longest) continue
    const length = blank + (end?.index ?? rest.length - blank)
    if (!resembles(rest.slice(0, length))) continue
    const written = text.slice(index, inside + length + (end && /[>;]$/.test(end[0]) ? end[0].length : 0))
    found.push({ index, text: written, exact: spelling.test(written) })
  }
  return found
}

const both = /members?.{0,10}only|only.{0,10}members?/
const alone =
  /^(?:begin|start|end|for|only|the|reservee?|pour|aux|les)*(?:members?|membres?|subscribers?|abonnes?|paywall)(?:only|seulement|content|part|section|text|line|area|below|from|here|begins?|starts?|ends?)*$/

function resembles(comment: string): boolean {
  const plain = comment.normalize("NFKD").toLowerCase()
  const letters = plain.replace(/[^a-z]/g, "")
  if (letters.length < 5 || letters.length > 30) return false
  if (letters.length <= 24 && both.test(letters)) return true
  return alone.test(letters) || editDistance(letters, "membersonly", 3) <= 3
}

/** The offset of the first dividing line, or null, and the candidates before it that are not shown as code. */
function findLine(text: string, blocks: readonly Token[], candidates: readonly Candidate[]) {
  const wrong: Candidate[] = []
  let start = 0
  let next = 0
  for (const token of blocks) {
    const end = start + token.raw.length
    // The blocks' `raw` strings, joined, must equal the text. Otherwise the offsets are unreliable.
    if (!text.startsWith(token.raw, start)) break
    const first = next
    while (next < candidates.length && (candidates[next] as Candidate).index < end) next++
    const inBlock = candidates.slice(first, next)
    const at = dividingOffset(token, text, start, inBlock)
    const shown = inBlock.length === 0 ? [] : findShown(token, inBlock.length)
    wrong.push(...inBlock.filter(({ index }, order) => !shown[order] && (at === null || index < at)))
    if (at !== null) return { at, wrong }
    start = end
  }
  return { at: null, wrong: [...wrong, ...candidates.slice(next)] }
}

const wholeLine = /^ {0,3}<!--[ \t]*members-only[ \t]*-->[ \t]*$/

/** The offset of the first dividing line in a top-level block, or null. */
function dividingOffset(token: Token, text: string, start: number, candidates: readonly Candidate[]): number | null {
  for (const { index, exact } of candidates) {
    if (!exact) continue
    const lineStart = text.lastIndexOf("\n", index) + 1
    const lineEnd = text.indexOf("\n", index)
    if (!wholeLine.test(text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd))) continue
    // CommonMark §4.6: a comment ends a paragraph even when indented by up to 3 spaces, which marked overlooks.
    if (token.type === "paragraph" || (token.type === "html" && lineStart === start)) return lineStart
  }
  return null
}

/** For each candidate in a block, whether it is shown as code, in a code span or closed fence. Empty if uncertain. */
function findShown(token: Token, count: number): boolean[] {
  const shown: boolean[] = []
  walkTokens([token], (inner) => {
    if (childrenOf(inner).length > 0) return
    for (const _ of findCandidates(inner.raw)) shown.push(inner.type === "codespan" || isClosedFence(inner))
  })
  return shown.length === count ? shown : []
}

/** Unclosed fences and indented code do not count: either may be a slip, which would make the members' text public. */
export function isClosedFence(token: Token): boolean {
  if (token.type !== "code" || token.codeBlockStyle === "indented") return false
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(token.raw)?.[1] ?? ""
  const lines = token.raw.trimEnd().split("\n")
  const last = (lines.at(-1) ?? "").trim()
  return fence !== "" && lines.length > 1 && last.length >= fence.length && last === fence.charAt(0).repeat(last.length)
}

function explain({ text, exact }: Candidate, offset: number): Mistake {
  const [message, fix] = exact
    ? [
        "the members-only line is inside another element, so it does not divide the text",
        "write `<!-- members-only -->` on a line of its own, outside lists, quotes, tables, HTML and unclosed code fences; to show it as text, put it in a code fence",
      ]
    : [
        `${quote(text)} looks like the members-only line, but is not`,
        "write `<!-- members-only -->`, or remove the comment",
      ]
  return { offset, field: "body", message, fix }
}
