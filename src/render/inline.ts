// The inline half of a text: emphasis, links, pictures, code, text with smart punctuation.
import type { MarkedToken, Token, Tokens } from "marked"
import type { MediaItem } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Notes, renderReference } from "./footnotes.ts"
import { escapeHtml } from "./html.ts"
import { encodeAddress, findPicture, hostOf, localAddress, placeOf, safeAddress } from "./links.ts"
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
  /** Ids for the headings of sections. */
  readonly headingIds?: boolean
  /** The text stands under a title, the one h1: its headings begin at h2 and skip no level. Off, it stands alone, as in CommonMark. */
  readonly titled?: boolean
  /** Figures with captions, tables in frames that the keyboard can scroll. */
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
  /** Attribute of code: it is left to right in right-to-left pages too. */
  readonly codeDirection: string
  /** The blocks are those of a quotation. */
  inQuotation: boolean
  tables: number
  /** The last character of the block so far, and how many quotes are open. */
  before: string
  openQuotes: number
  inLink: boolean
  /** The block holds HTML of its author's: the sanitizer must see it. */
  needsSanitizer: boolean
}

/** A block's inline tokens: quotes start afresh. */
export function renderInlineBlock(tokens: readonly Token[] | undefined, text: Rendering): string {
  text.before = ""
  text.openQuotes = 0
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
      return `<code${text.codeDirection}>${escapeHtml(token.text)}</code>`
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
  // Behind a raw <pre>, <code>, <kbd> or <script> tag, even one in a picture's alternative text, marked calls text escaped
  // that nobody has read: its references are still to be decoded, and its quotes stay straight. A numeric reference can
  // stand for a character that HTML can't hold.
  const own = token.raw.includes("&#") ? cleanText(decodeNumeric(token.text)) : token.text
  const written = text.smart && !token.escaped ? smarten(own, more, text) : own
  text.before = own.charAt(own.length - 1)
  return escapeNamed(written, text)
}

/** Escapes text; a rare named reference is left to the sanitizer, which knows them all. */
export function escapeNamed(written: string, text: Rendering): string {
  return escapeText(written, () => {
    text.needsSanitizer ||= text.sanitize
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
  return `<a href="${renderAddress(address, token.autolink === true, text)}"${attribute("title", token.title, text)}>${inside}</a>`
}

function renderAddress(address: string, literal: boolean, text: Rendering): string {
  const href = text.sanitize && address.startsWith("#") ? localAddress(address, text.idPrefix) : address
  return literal ? escapeHtml(href) : escapeText(href, () => !text.sanitize)
}

/** A picture in running text. One of another site becomes a link, one that can't be asked for its alternative text. */
function renderImage(token: Tokens.Image, text: Rendering): string {
  text.before = "x"
  const kept = renderKeptPicture(token, text, text.figures ? null : token.title)
  if (kept !== null) return kept
  const alt = attributeText(plainText(token.tokens), text)
  const address = decodeNumeric(token.href)
  if (address === "" && text.sanitize) return alt
  const safe = text.sanitize ? safeAddress(address) : (encodeAddress(address) ?? "")
  const place = text.sanitize ? placeOf(safe, text.site) : "here"
  if (safe === null || place === "nowhere" || (place === "elsewhere" && text.inLink)) return alt
  const escaped = renderAddress(safe, false, text)
  if (place === "here") return `<img src="${escaped}" alt="${alt}"${attribute("title", token.title, text)}>`
  return `<a href="${escaped}">${alt || escapeHtml(hostOf(safe))}</a>`
}

/** The `<img>` alone, or null when the site doesn't keep the picture. */
export function renderKeptPicture(token: Tokens.Image, text: Rendering, title: string | null): string | null {
  const picture = text.sanitize ? findPicture(token.href, text.media) : null
  if (picture === null) return null
  const alt = attributeText(plainText(token.tokens), text)
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
