// Lexes Markdown, with footnotes (`[^label]`, `[^label]: …`). Walks and locates tokens. Only this file calls the lexer.
import {
  Lexer,
  Marked,
  type MarkedExtension,
  type Token,
  Tokenizer,
  type TokenizerThis,
  type Tokens,
  type TokensList,
} from "marked"
import { findOpen } from "./html-tags.ts"
import { decodeReferences } from "./text.ts"

/** How a footnote's definition is stored among the text's link references. */
export interface Definition {
  href: string
  title: null
  note: readonly Token[]
}

const label = String.raw`\[\^([^\s[\]\\]{1,99})\]`
const definitionStart = new RegExp(`^ {0,3}${label}:[ \\t]*`)
const reference = new RegExp(`^${label}`)
const indent = /^(?: {4}| {0,3}\t)/
// What ends the lazy continuation lines of a definition's paragraph.
const interrupts = new RegExp(
  `^ {0,3}(?:${label}:|#{1,6}(?:[ \\t]|$)|>|\`\`\`|~~~|[-*+] |\\d{1,9}[.)] |<|([-*_])([ \\t]*\\2){2,}[ \\t]*$)`,
)

/** The key of a footnote among marked's link references. It begins with ^. */
export const noteKey = (name: string): string => `^${name.toLowerCase().toUpperCase().toLowerCase()}`

// Definitions are stored with marked's own link references, so that marked treats `[^label]` as one unit when it pairs
// emphasis delimiters.
function takeDefinition(this: TokenizerThis, source: string): Tokens.Generic | undefined {
  const start = definitionStart.exec(source)
  const state = this.lexer.state as State
  if (start === null || state.inNote) return undefined
  const { text, length } = takeLines(source, start[0].length)
  const { top } = state
  state.top = true
  state.inNote = true
  const tokens = this.lexer.blockTokens(text, [])
  state.inNote = false
  state.top = top
  const links = this.lexer.tokens.links as unknown as Record<string, Definition>
  links[noteKey(start[1] ?? "")] ??= { href: "", title: null, note: tokens }
  return { type: "note", raw: source.slice(0, length), tokens }
}

function takeLines(source: string, from: number): { text: string; length: number } {
  let text = ""
  let length = from
  let afterBlank = false
  for (const [line] of source.slice(from).matchAll(/[^\n]*(?:\n|$)/g)) {
    const isBlank = /^[ \t]*\n?$/.test(line)
    const inside = length === from ? "" : indent.exec(line)?.[0]
    if (!isBlank && inside === undefined && (afterBlank || interrupts.test(line))) break
    text += isBlank ? line.slice(-1) : line.slice(inside?.length)
    afterBlank = isBlank
    length += line.length
  }
  return { text, length }
}

/** marked's state, plus whether the lexer is inside a note, and whether it reads only part of a text. */
type State = Lexer["state"] & { inNote?: boolean; isPart?: boolean }

type MarkedTokenizer = TokenizerThis["lexer"]["tokenizer"]

/**
 * Reads references whose definitions are outside this part of the text: footnote marks and pictures disappear, and
 * `[words][label]` becomes its words. `[words]` alone stays, as it may be just text in brackets.
 */
function takeDangling({ lexer, rules }: MarkedTokenizer, source: string, links: object, mark?: string) {
  if (!(lexer.state as State).isPart) return false as const
  const found = rules.inline.reflink.exec(source) ?? rules.inline.nolink.exec(source)
  const [raw = "", words = "", label] = mark ? [mark] : found?.[0].endsWith("[]") || found?.[2] ? found : []
  const key = (label || words).replace(/\s+/g, " ").toLowerCase()
  if (raw === "" || Object.hasOwn(links, key)) return false as const
  const tokens = mark || raw.startsWith("!") ? [] : lexer.inlineTokens(words)
  return { type: "dangling", raw, text: words, tokens } as unknown as Tokens.Text
}

/** Reads only the words of `[words][^1]`, as the rest is a footnote mark. */
function takeWords({ lexer, rules }: MarkedTokenizer, source: string, links: object) {
  const [whole = "", words = "", label = ""] = rules.inline.reflink.exec(source) ?? []
  if (!whole.startsWith("[") || !label.startsWith("^") || !Object.hasOwn(links, noteKey(label.slice(1)))) return null
  const raw = whole.slice(0, whole.lastIndexOf("[^"))
  return { type: "dangling", raw, text: words, tokens: lexer.inlineTokens(words) } as unknown as Tokens.Text
}

const footnotes: MarkedExtension = {
  extensions: [{ name: "note", level: "block", tokenizer: takeDefinition }],
  tokenizer: {
    // A note defined inside another note is treated neither as a note nor as a link reference.
    def: (source) => (definitionStart.test(source) ? undefined : false),
    reflink(source, links) {
      // "Peace![^1]" is an exclamation mark and a note, not a picture.
      if (source.startsWith("![^")) return { type: "text", raw: "!", text: "!" }
      const found = reference.exec(source)
      if (found === null) return takeWords(this, source, links) ?? takeDangling(this, source, links)
      const key = noteKey(found[1] ?? "")
      if (!Object.hasOwn(links, key)) return takeDangling(this, source, links, found[0])
      // A link cannot contain a footnote's link: this makes marked leave the outer one as text.
      this.lexer.state.linkEmitted = true
      return { type: "noteReference", raw: found[0], text: key } as unknown as Tokens.Text
    },
  },
}

/** Reads and removes the id that an author gave a heading: `## Words {#id}`, `{: #id}`, `{#id .class}`. */
function takeId(lexer: Lexer, heading: Tokens.Heading | undefined): Tokens.Heading | undefined {
  // Searching from the end is linear, whatever white space the heading contains.
  const at = heading?.text.lastIndexOf("{") ?? -1
  const [waiting] = lexer.inlineQueue.slice(-1)
  if (heading === undefined || at === -1 || waiting?.tokens !== heading.tokens) return heading
  const id = /^\{:?[ \t]*#([^\s{}]+)(?:[ \t][^{}]*)?\}$/.exec(heading.text.slice(at))?.[1]
  if (id === undefined || !/^$|[ \t]/.test(heading.text.charAt(at - 1))) return heading
  waiting.src = heading.text.slice(0, at).trimEnd()
  return Object.assign(heading, { id, text: waiting.src })
}

// Without this limit, looking for the end of each bare address would be quadratic in the text.
const longestAddress = 2000
const bareAddress = /https?:\/\/|www\./i
// Bare addresses end at spaces, direction marks and non-ASCII punctuation, though a dash may join two words; at an
// unpaired bracket; at a footnote mark; and at a backslash, except before punctuation.
const endsAddress = String.raw`\s<>"\x60\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff`
const beyondAscii = String.raw`(?![\0-\x7f]|[–·‐][\p{L}\p{N}])[\p{P}\p{Z}\uff5e]`
const withinAddress = String.raw`(?!${beyondAscii})[^${endsAddress}[\]{}\\]|\\[!-/:;=?@[\]^_\x60{-~]`
const writtenAddress = new RegExp(
  String.raw`^(?:${withinAddress}|\[(?!\^)(?:${withinAddress})*\]|\{(?:${withinAddress})*\})*`,
  "u",
)

/** The beginning of `source`, up to where a bare address must end. */
function cutAddress(source: string): string {
  const [written = ""] = writtenAddress.exec(source.slice(0, longestAddress)) ?? []
  // `&nbsp;` ends an address, just as a no-break space does.
  for (const { 0: found, index } of written.matchAll(/&[^&;\s]+;/g))
    if (writtenAddress.exec(decodeReferences(found))?.[0] === "") return written.slice(0, index)
  return written
}

const additions: MarkedExtension = {
  tokenizer: {
    heading(source) {
      return takeId(this.lexer, Tokenizer.prototype.heading.call(this, source))
    },
    lheading(source) {
      return takeId(this.lexer, Tokenizer.prototype.lheading.call(this, source))
    },
    tag(source) {
      const found = Tokenizer.prototype.tag.call(this, source)
      // `<a name="…">` is not a link, so addresses after it may become links.
      if (found && /^<a\s(?![^>]*href)/i.test(found.raw)) this.lexer.state.inLink = false
      return found
    },
    url(source) {
      if (!/^(?:https?:\/\/|www\.)/i.test(source)) return undefined
      const found = Tokenizer.prototype.url.call(this, cutAddress(source))
      if (!found) return found
      const text = decodeReferences(found.text.replace(/\\(?=[!-/:-@[-`{-~]|$)/g, ""))
      return { ...found, href: /^www\./i.test(text) ? `http://${text}` : text, text, autolink: true }
    },
  },
}

// CommonMark with GFM's tables, strikethrough and autolinks (for web addresses only).
const parser = new Marked({ gfm: true }, footnotes, additions)
const { block, inline } = Lexer.rules
// A paragraph ends where a footnote definition begins.
const paragraph = new RegExp(block.gfm.paragraph.source.replace("(?!", `(?! {0,3}\\[\\^[^\\s[\\]\\\\]{1,99}\\]:|`))
// Bare addresses may have a host in any script.
const bareUrl = /^((?:https?:\/\/|www\.))(?:[\p{L}\p{N}-]+\.?)+[^\s<]*/iu
// Text up to possible markup, or to the two spaces of a hard line break. marked's own rule looks for bare addresses at
// every letter of every text, which takes a quarter of the total time.
const plainText = /^(?:`+|~+|[^`~])(?:(?=[`~])|(?= {2,}\n)|(?:[^\\<![`*~_ ]+| +(?=[^ \n]|$)| (?=\n))*)/
const upToAddress = new RegExp(
  plainText.source.replace("_ ]+", "_ hw]+|(?!(?<![a-z\\d]|< ?)(?:https?:\\/\\/|www\\.))[hw]"),
  "i",
)
// How the line below an underlined heading or a table's header ends. In a text without one, the rules for both are
// replaced by ones that fail at once: marked's own read every paragraph.
const underline = /[-=][:|\s]*$/m
const neither = { lheading: /^(?!)/, table: /^(?!)/ }

/**
 * Lexes a text into blocks with their inline tokens. Only for texts within the limits (bounds.ts).
 * @param isPart whether this is the beginning of a longer text, the rest of which may contain definitions
 */
export function lexMarkdown(text: string, isPart = false): TokensList {
  const lexer = new Lexer(parser.defaults)
  Object.assign(lexer.state, { isPart })
  const { tokenizer } = parser.defaults
  const inlineRules = { ...inline.gfm, url: bareUrl }
  const blockRules = { ...block.gfm, paragraph, ...(underline.test(text) ? {} : neither) }
  if (tokenizer) tokenizer.rules = { ...tokenizer.rules, block: blockRules, inline: inlineRules }
  // The same as marked's `lex`, except that only blocks with a bare address get the slower rule for text.
  lexer.blockTokens(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text, lexer.tokens)
  for (const { src, tokens } of lexer.inlineQueue) {
    inlineRules.text = bareAddress.test(src) ? upToAddress : plainText
    lexer.state.inRawBlock = false
    lexer.inlineTokens(src, tokens)
  }
  lexer.inlineQueue = []
  return lexer.tokens
}

/** Visits every token in text order, parents first. (marked's own walk is quadratic.) */
export function walkTokens(tokens: readonly Token[], visit: (token: Token) => void): void {
  for (const token of tokens) {
    visit(token)
    for (const inner of childrenOf(token)) walkTokens(inner, visit)
  }
}

/** Like `walkTokens`, but skips tokens that readers do not see. */
export function walkShown(tokens: readonly Token[], visit: (token: Token) => void): void {
  for (const token of withoutDropped(tokens)) {
    visit(token)
    for (const inner of childrenOf(token)) walkShown(inner, visit)
  }
}

/** Whether readers see nothing of a block where it stands: a blank line, a definition or a comment. */
export function isUnseen({ type, raw }: Token): boolean {
  return /^(?:space|def|note)$/.test(type) || (type === "html" && raw.replace(/<!--.*?-->/gs, "").trim() === "")
}

/** The tokens without those inside an element that pages leave out with its content, such as `<svg>`. */
export function withoutDropped(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some(({ type }) => type === "html")) return tokens
  let open = ""
  return tokens.filter(({ type, raw }) => {
    const inside = open !== ""
    const ends = raw.toLowerCase().includes(`</${open}`)
    if (!inside || ends) open = type === "html" ? findOpen(raw) : ""
    return !inside
  })
}

/** The lists of tokens inside a token; empty for a leaf. */
export function childrenOf(token: Token): (readonly Token[])[] {
  if (token.type === "list") return [(token as Tokens.List).items]
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table
    return [header, ...rows].flatMap((cells) => cells.map((cell) => cell.tokens))
  }
  return "tokens" in token && token.tokens ? [token.tokens] : []
}

/**
 * Returns a function that converts an index in a token's source to an offset in the text, whatever its line endings.
 * Tokens lack the markers and indents of the containers around them, so each of their lines is searched for.
 */
export function createLocator(text: string, tokens: readonly Token[]): (token: Token, index?: number) => number {
  let places: ReturnType<typeof placeLines> | null = null
  return (token, index = 0) => {
    places ??= placeLines(text, tokens)
    const before = token.raw.slice(0, index).split("\n")
    const [at = 0, indent = 0] = places.get(token)?.[before.length - 1] ?? []
    return at + Math.max(0, (before.at(-1)?.length ?? 0) - indent)
  }
}

/** For each line of each token, where its words begin in the text, and how far they are indented in the token. */
function placeLines(text: string, tokens: readonly Token[]) {
  const places = new Map<Token, readonly (readonly [at: number, indent: number])[]>()
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
      const lines = token.raw.split("\n").map((line) => {
        const words = line.trim()
        const at = find(words, end)
        end = at + words.length
        return [at, line.length - line.trimStart().length] as const
      })
      places.set(token, lines)
      let inside = lines[0]?.[0] ?? end
      for (const inner of childrenOf(token)) inside = place(inner, inside)
    }
    return end
  }
  place(tokens, 0)
  return places
}
