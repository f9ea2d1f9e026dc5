// The inline half of a text: emphasis, links, pictures, code, footnotes, text with smart punctuation.
import type { MarkedToken, Token, Tokens } from "marked"
import type { MediaItem } from "../article/article.ts"
import { decodeReferences, plainText } from "../article/text.ts"
import { type Definition, noteKey } from "../article/tokens.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { escapeHtml } from "./html.ts"
import { encodeAddress, resolvePicture, takeAddress } from "./links.ts"
import { type Block, smarten } from "./typography.ts"

export interface MarkdownOptions {
  readonly language: string
  /** The article's pictures, by address as written in the text. */
  readonly media: Readonly<Record<string, MediaItem>>
  readonly site: SiteConfig
  /** The article's path, which relative addresses start from. Without, they stay as written. */
  readonly path?: string | undefined
  /** The text is the beginning of one: definitions may be in the rest, which the reader does not get. */
  readonly isPart?: boolean
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
export interface Rendering extends Required<Omit<MarkdownOptions, "path">>, Block {
  readonly language: string
  readonly path?: string | undefined
  /** Definitions of footnotes, and the footnotes in the order of their first reference. */
  readonly definitions: Readonly<Record<string, unknown>>
  readonly notes: Map<string, Note>
  /** Next number for a heading's id that was met before, and ids taken. */
  readonly headingIdsTaken: Map<string, number>
  /** Depths of the headings that the current one stands under. */
  readonly headingDepths: number[]
  /** Attribute of code: it is left to right in right-to-left pages too. */
  readonly codeDirection: string
  /** The blocks are those of a quotation. */
  inQuotation: boolean
  tables: number
  inLink: boolean
  /** The block holds HTML of its author's: the sanitizer must see it. */
  needsSanitizer: boolean
}

/** A block's inline tokens: quotes start afresh. */
export function renderInlineBlock(tokens: readonly Token[] | undefined, text: Rendering): string {
  text.before = ""
  text.openQuotes = 0
  text.inLink = false
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
  if (token.type === "noteReference") return renderReference((token as Tokens.Generic).text, text)
  if (token.type === "dangling") return renderInline((token as Tokens.Generic).tokens ?? [], text)
  throw new Error(`No markup for a token of type ${token.type}`)
}

function renderText(token: Tokens.Text, more: boolean, text: Rendering): string {
  // `raw`, because in `text` marked has decoded some references. It calls what is behind a raw <pre>, <code>, <kbd> or
  // <script> tag escaped: quotes stay straight there.
  if (text.smart && !token.escaped) return escapeHtml(smarten(token.raw, more, text))
  const own = decodeReferences(token.raw)
  text.before = own.charAt(own.length - 1)
  return escapeHtml(own)
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
  // An author's link holds no others.
  if (/^<\/?a[\s>]/i.test(html)) text.inLink = /^<a\s[^>]*href/i.test(html)
  return html
}

function attribute(name: string, value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === "") return ""
  return ` ${name}="${escapeHtml(decodeReferences(`${value}`))}"`
}

const noteBehind = /\]\[\^([^\s[\]\\]{1,99})\]$/

function renderLink(token: Tokens.Link, text: Rendering): string {
  const label = (): string => (token.autolink ? escapeHtml(token.text) : renderInline(token.tokens, text))
  // `[words][^1]`: words, and a note.
  const behind = token.href === "" && noteBehind.exec(token.raw)
  if (behind) return label() + renderReference(noteKey(behind[1] ?? ""), text)
  const written = token.autolink ? token.href : decodeReferences(token.href)
  const href = text.sanitize ? takeAddress(written, text) : encodeAddress(written)
  // Off, the text is CommonMark's, without bare links.
  const isBare = token.autolink && !token.raw.startsWith("<")
  if (href === null || text.inLink || (isBare && !text.sanitize)) return label()
  text.inLink = true
  const inside = label()
  text.inLink = false
  if (token.autolink) text.before = "x"
  return `<a href="${escapeHtml(href)}"${attribute("title", token.title)}>${inside}</a>`
}

/** A picture in running text. One of another site becomes a link, one that can't be asked for its alternative text. */
function renderImage(token: Tokens.Image, text: Rendering): string {
  text.before = "x"
  const alt = plainText(token.tokens)
  const address = decodeReferences(token.href)
  const picture = text.sanitize ? resolvePicture(address, text) : { src: encodeAddress(address) ?? "" }
  if (picture === null) return escapeHtml(alt)
  if ("src" in picture) return renderPicture(picture, alt, text.figures && "width" in picture ? null : token.title)
  const words = escapeHtml(alt || picture.host)
  return text.inLink ? words : `<a href="${escapeHtml(picture.href)}">${words}</a>`
}

/** The `<img>`: its size is known where the site keeps the picture. */
export function renderPicture(
  picture: { src: string; width?: number | null; height?: number | null },
  alt: string,
  title: string | null,
): string {
  const { src, width, height } = picture
  const kept =
    width === undefined
      ? ""
      : `${attribute("width", width)}${attribute("height", height)} loading="lazy" decoding="async"`
  return `<img src="${escapeHtml(src)}" alt="${escapeHtml(alt)}"${attribute("title", title)}${kept}>`
}

/** A footnote that the text refers to. */
interface Note {
  readonly number: number
  readonly tokens: readonly Token[]
  references: number
}

/** A raised number that leads to the footnote. */
function renderReference(key: string, { notes, definitions, idPrefix }: Rendering): string {
  let note = notes.get(key)
  if (note === undefined) {
    note = { number: notes.size + 1, tokens: (definitions[key] as Definition).note, references: 0 }
    notes.set(key, note)
  }
  note.references++
  const { number } = note
  return `<sup class="note"><a href="#${idPrefix}fn-${number}" id="${referenceId(note, idPrefix, note.references)}" role="doc-noteref">${number}</a></sup>`
}

function referenceId(note: Note, prefix: string, time: number): string {
  return `${prefix}fn-${note.number}-ref${time === 1 ? "" : `-${time}`}`
}

/** The numbered list of footnotes, each with links back to where the text refers to it; "" when there are none. */
export function renderNotes(
  text: Rendering,
  renderBlocks: (tokens: readonly Token[], text: Rendering) => string,
): string {
  const { notes, idPrefix, language } = text
  if (notes.size === 0) return ""
  // Notes may refer to notes: the map grows while it is walked, and the links back are written when all are known.
  const texts: [Note, string][] = []
  for (const note of notes.values()) texts.push([note, renderBlocks(note.tokens, text)])
  let items = ""
  for (const [note, inside] of texts) {
    let back = ""
    for (let time = 1; time <= note.references; time++)
      back += ` <a href="#${referenceId(note, idPrefix, time)}" role="doc-backlink" aria-label="${escapeHtml(message(language, "backToText"))}">↩\ufe0e</a>`
    const whole = inside.endsWith("</p>\n") ? `${inside.slice(0, -5)}${back}</p>` : `${inside}<p>${back.trim()}</p>`
    items += `<li id="${idPrefix}fn-${note.number}">${whole}</li>\n`
  }
  return `<section class="notes" role="doc-endnotes" aria-label="${escapeHtml(message(language, "footnotes"))}"><ol>\n${items}</ol></section>\n`
}
