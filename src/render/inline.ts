// The inline half of a text: emphasis, links, pictures, code, text with smart punctuation.
import type { MarkedToken, Token, Tokens } from "marked"
import type { MediaItem } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"
import { escapeHtml } from "./escape.ts"
import { type Notes, renderReference } from "./footnotes.ts"
import { encodeAddress, findPicture, isExternal, isRemote, localAddress, safeAddress } from "./links.ts"
import { cleanText, decodeNumeric, escapeText } from "./references.ts"
import { smarten } from "./typography.ts"

export interface MarkdownOptions {
  readonly language: string
  /** The article's pictures, by address as written in the text. */
  readonly media: Readonly<Record<string, MediaItem>>
  readonly site: SiteConfig
  /** Stands before every id, where a page shows several texts. */
  readonly idPrefix?: string
  /** Smart punctuation. */
  readonly smart?: boolean
  /** Headings with ids, from h2. */
  readonly headingIds?: boolean
  /** Figures with captions, tables in frames, code that the keyboard can scroll. */
  readonly figures?: boolean
  /** Only safe addresses, our own pictures, allow-listed HTML. Off, the result is for comparing, never for a page. */
  readonly sanitize?: boolean
}

/** A text while it is rendered: its options, and what is known of it so far. */
export interface Rendering extends Required<MarkdownOptions> {
  readonly notes: Notes
  /** Next number for a heading's id that was met before, and ids taken. */
  readonly headingIdsTaken: Map<string, number>
  /** Depths of the headings that the current one stands under. */
  readonly headingDepths: number[]
  /** Markup that begins code: it is left to right in right-to-left pages too. */
  readonly codeTag: string
  tables: number
  /** The last character of the block so far, for quotes. */
  before: string
  inLink: boolean
  /** The text holds HTML of its author's: the sanitizer must see it. */
  needsSanitizer: boolean
}

/** A block's inline tokens: quotes start afresh. */
export function renderInlineBlock(tokens: readonly Token[] | undefined, text: Rendering): string {
  text.before = ""
  return renderInline(tokens ?? [], text)
}

function renderInline(tokens: readonly Token[], text: Rendering): string {
  let html = ""
  for (let index = 0; index < tokens.length; index++) {
    html += renderToken(tokens[index] as MarkedToken, index + 1 < tokens.length, text)
  }
  return html
}

function renderToken(token: MarkedToken, more: boolean, text: Rendering): string {
  switch (token.type) {
    case "text":
      return token.tokens === undefined ? renderText(token, more, text) : renderInline(token.tokens, text)
    case "escape":
      text.before = token.text
      return escapeHtml(token.text)
    case "strong":
      return `<strong>${renderInline(token.tokens, text)}</strong>`
    case "em":
      return `<em>${renderInline(token.tokens, text)}</em>`
    case "del":
      return `<del>${renderInline(token.tokens, text)}</del>`
    case "codespan":
      text.before = "x"
      return `${text.codeTag}${escapeHtml(token.text)}</code>`
    case "br":
      text.before = " "
      return "<br>\n"
    case "link":
      return renderLink(token, text)
    case "image":
      return renderImage(token, text)
    case "html":
      return renderHtml(token, text)
    case "checkbox":
      return token.checked ? "☑ " : "☐ "
    default:
      return renderOther(token as Token, text)
  }
}

function renderOther(token: Token, text: Rendering): string {
  if (token.type === "noteReference") return renderReference((token as Tokens.Generic).text, text.notes, text.idPrefix)
  throw new Error(`No markup for a token of type ${token.type}`)
}

function renderText(token: Tokens.Text, more: boolean, text: Rendering): string {
  // Between raw <pre>, <code>, <kbd> or <script> tags marked leaves text as written; it is the sanitizer's.
  if (token.escaped) return token.text
  const { before } = text
  let written = token.text
  text.before = written.charAt(written.length - 1)
  if (text.smart) written = smarten(written, before, more, text.language)
  // A numeric reference can stand for a character that HTML can't hold.
  if (token.raw.includes("&#")) written = cleanText(written)
  return escapeNamed(written, text)
}

/** Escapes text; a rare named reference is left to the sanitizer, which knows them all. */
export function escapeNamed(written: string, text: Rendering): string {
  return escapeText(written, () => {
    text.needsSanitizer = true
    return true
  })
}

const comment = /^\s*<!--/

/** Raw HTML, inline or a block. A comment is nothing. */
export function renderHtml(token: Tokens.HTML | Tokens.Tag, text: Rendering): string {
  // marked takes the line's end from a block; within <pre> it counts.
  const html = token.block ? `${token.text}\n` : token.text
  if (!text.sanitize) return html
  if (comment.test(html)) {
    const end = html.indexOf("-->", html.indexOf("<!--") + 2)
    if (end === -1 || html.slice(end + 3).trim() === "") return ""
  }
  text.needsSanitizer = true
  return html
}

function attribute(name: string, value: string | number | null | undefined, text: Rendering): string {
  if (value === null || value === undefined || value === "") return ""
  const escaped = typeof value === "number" ? value : escapeText(cleanText(decodeNumeric(value)), () => !text.sanitize)
  return ` ${name}="${escaped}"`
}

const noteBehind = /\]\[(\^[^\s[\]\\]{1,99})\]$/

function renderLink(token: Tokens.Link, text: Rendering): string {
  const label = (): string => (token.autolink ? escapeHtml(token.text) : renderInline(token.tokens, text))
  // `[words][^1]`: words, and a note.
  const behind = token.href === "" && noteBehind.exec(token.raw)
  if (behind) {
    const key = (behind[1] ?? "").toLowerCase().toUpperCase().toLowerCase()
    return label() + renderReference(key, text.notes, text.idPrefix)
  }
  const href = token.autolink ? token.href : decodeNumeric(token.href)
  const address = text.sanitize ? safeAddress(href) : encodeAddress(href)
  if (address === null || text.inLink) return label()
  text.inLink = true
  const inside = label()
  text.inLink = false
  if (token.autolink) text.before = "x"
  return `<a${linkAttributes(address, token.autolink === true, text)}${attribute("title", token.title, text)}>${inside}</a>`
}

function linkAttributes(address: string, literal: boolean, text: Rendering): string {
  const href = text.sanitize && address.startsWith("#") ? localAddress(address, text.idPrefix) : address
  const escaped = literal ? escapeHtml(href) : escapeText(href, () => !text.sanitize)
  return ` href="${escaped}"${text.sanitize && isExternal(address, text.site) ? ' rel="noopener"' : ""}`
}

/** A picture in running text; one on another site becomes a link, one that isn't there its alternative text. */
function renderImage(token: Tokens.Image, text: Rendering): string {
  text.before = "x"
  const picture = renderPicture(token, text, text.figures && text.sanitize ? null : token.title)
  if (picture !== null) return picture
  const alt = attributeText(plainText(token.tokens), text)
  const address = isRemote(token.href) ? safeAddress(decodeNumeric(token.href)) : null
  if (address === null || text.inLink) return alt
  return `<a${linkAttributes(address, false, text)}>${alt || escapeHtml(new URL(address, "https://x.invalid").host)}</a>`
}

/** The `<img>` alone, or null when the article has no such picture. */
export function renderPicture(token: Tokens.Image, text: Rendering, title: string | null): string | null {
  const alt = attributeText(plainText(token.tokens), text)
  if (!text.sanitize) {
    const src = encodeAddress(decodeNumeric(token.href)) ?? ""
    return `<img src="${escapeText(src, () => true)}" alt="${alt}"${attribute("title", title, text)}>`
  }
  const picture = findPicture(token.href, text.media)
  if (picture === null) return null
  const size = `${attribute("width", picture.width, text)}${attribute("height", picture.height, text)}`
  return `<img src="${escapeHtml(picture.src)}" alt="${alt}"${attribute("title", title, text)}${size} loading="lazy" decoding="async">`
}

function attributeText(written: string, text: Rendering): string {
  return escapeText(cleanText(written), () => !text.sanitize)
}

/** The words alone: for alternative texts and ids. */
export function plainText(tokens: readonly Token[] | undefined): string {
  let words = ""
  for (const token of (tokens ?? []) as MarkedToken[]) {
    if (token.type === "br") words += "\n"
    else if (token.type === "html") continue
    else if ("tokens" in token && token.tokens !== undefined) words += plainText(token.tokens)
    else if (token.type === "text" || token.type === "escape" || token.type === "codespan") words += token.text
  }
  return words
}
