// Renders inline content: emphasis, links, pictures, code, footnotes, smart punctuation.
import type { MarkedToken, Token, Tokens } from "marked"
import type { MediaItem } from "../article/article.ts"
import { readText } from "../article/html-tags.ts"
import type { Definition } from "../article/lex-markdown.ts"
import { decodeReferences, plainText } from "../article/text.ts"
import type { SiteConfig } from "../site/site.ts"
import { escapeHtml } from "./html.ts"
import { renderImg } from "./picture.ts"
import { encodeAddress, resolvePicture, takeAddress } from "./text-links.ts"
import { type Block, smarten } from "./typography.ts"

export interface MarkdownOptions {
  readonly language: string
  /** The article's pictures, keyed by their address as written in the text. */
  readonly media: Readonly<Record<string, MediaItem>>
  readonly site: SiteConfig
  /** The article's path, against which relative addresses are resolved. Without it, they stay as written. */
  readonly path?: string | undefined
  /** The text is only an article's beginning: link definitions may be in the rest, which the reader does not get. */
  readonly isPart?: boolean
  /** Prefix for every id, for pages that show several texts. */
  readonly idPrefix?: string
  /** The text is below the page's only h1, its title: headings start at h2 and skip no level. Off: as in CommonMark. */
  readonly titled?: boolean
  /** Renders figures with captions, and tables in frames that can be scrolled with the keyboard. */
  readonly figures?: boolean
  /**
   * Only for comparing with CommonMark, never for a page: allows any address, picture and HTML; adds no heading ids or
   * smart punctuation.
   */
  readonly exact?: boolean
  /** For emails and packs: pictures become links, and raw HTML is reduced to its text. */
  readonly plain?: boolean
}

/** A text being rendered: its options and the state so far. */
export interface Rendering extends Required<Omit<MarkdownOptions, "path">>, Block {
  readonly path?: string | undefined
  /** Footnote definitions, and the footnotes in order of first reference. */
  readonly definitions: Readonly<Record<string, unknown>>
  readonly notes: Map<string, Note>
  /** The ids of the text's headings. */
  readonly ids: ReadonlyMap<Token, string>
  /** Depths of the headings that enclose the current one in the outline. */
  readonly headingDepths: number[]
  /** Attribute for code, which runs left to right on right-to-left pages too. */
  readonly codeDirection: string
  tables: number
  inLink: boolean
  /** The text contains raw HTML, so it must be sanitized. */
  needsSanitizer: boolean
}

/** Renders a block's inline tokens. No quotes are open at its start. */
export function renderInlineBlock(tokens: readonly Token[] | undefined, text: Rendering): string {
  text.before = ""
  text.openQuotes = 0
  text.inLink = false
  return renderInline(tokens ?? [], text)
}

function renderInline(tokens: readonly Token[], text: Rendering): string {
  const last = tokens.length - 1
  return tokens.map((token, index) => renderToken(token as MarkedToken, index < last, text)).join("")
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
  // Reads `raw`, because marked has decoded some references in `text`. marked sets `escaped` on text after a raw <pre>,
  // <code>, <kbd> or <script> tag: quotes stay straight there.
  if (!text.exact && !token.escaped) return escapeHtml(smarten(token.raw, more, text))
  const own = decodeReferences(token.raw)
  text.before = own.charAt(own.length - 1)
  return escapeHtml(own)
}

const comment = /^\s*<!--/

/** Raw HTML, inline or as a block. Comments are dropped. */
export function renderHtml(token: Tokens.HTML | Tokens.Tag, text: Rendering): string {
  // marked strips a block's final newline, which matters inside <pre>.
  const html = token.block ? `${token.text}\n` : token.text
  if (text.exact) return html
  if (text.plain) {
    if (!token.block) return /^<br\b/i.test(html) ? "<br>\n" : ""
    const words = decodeReferences(readText(token.raw, " "))
      .replace(/[ \t\n]+/g, " ")
      .trim()
    return words && `<p>${escapeHtml(words)}</p>\n`
  }
  if (comment.test(html)) {
    const end = html.indexOf("-->", html.indexOf("<!--") + 2)
    if (end === -1 || html.slice(end + 3).trim() === "") return ""
  }
  text.needsSanitizer = true
  if (/^<br\b/i.test(html)) text.before = " "
  // A link written as raw HTML must not contain Markdown links.
  if (/^<\/?a[\s>]/i.test(html)) text.inLink = /^<a\s[^>]*href/i.test(html)
  return html
}

function renderLink(token: Tokens.Link, text: Rendering): string {
  const label = (): string => (token.autolink ? escapeHtml(token.text) : renderInline(token.tokens, text))
  const written = token.autolink ? token.href : decodeReferences(token.href)
  const href = text.exact ? encodeAddress(written) : takeAddress(written, text)
  // CommonMark does not link bare URLs.
  const isBare = token.autolink && !token.raw.startsWith("<")
  if (href === null || text.inLink || (isBare && text.exact)) return label()
  text.inLink = true
  const inside = label()
  text.inLink = false
  if (token.autolink) text.before = "x"
  const title = token.title ? ` title="${escapeHtml(decodeReferences(token.title))}"` : ""
  return `<a href="${escapeHtml(href)}"${title}>${inside}</a>`
}

/** The `sizes` attribute for a picture in the text column, and for one at full width. */
export const columnSizes = "(min-width: 42em) 38rem, 92vw"
export const fullSizes = "(min-width: 60em) 53.5rem, 100vw"

/** A picture in running text: a link if it is on another site, its alternative text if the address is unusable. */
function renderImage(token: Tokens.Image, text: Rendering): string {
  text.before = "x"
  const alt = plainText(token.tokens)
  const address = decodeReferences(token.href)
  const picture = text.exact ? { src: encodeAddress(address) ?? "" } : resolvePicture(address, text)
  // Away from the page, a relative address that is not one of the article's pictures leads nowhere.
  const isLost = picture !== null && "src" in picture && text.plain && !/^(?:\/|https?:)/i.test(picture.src)
  if (picture === null || isLost) return escapeHtml(alt)
  if ("src" in picture && !text.plain)
    return renderImg(picture, {
      alt,
      sizes: columnSizes,
      title: text.figures && "width" in picture ? null : token.title && decodeReferences(token.title),
    })
  const [href, name] = "src" in picture ? [picture.src, picture.src] : [picture.href, picture.host]
  const words = escapeHtml(alt || name)
  return text.inLink ? words : `<a href="${escapeHtml(href)}">${words}</a>`
}

/** A footnote that the text refers to. */
export interface Note {
  readonly number: number
  readonly tokens: readonly Token[]
  references: number
}

/** A superscript number that links to the footnote. */
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

export function referenceId(note: Note, prefix: string, time: number): string {
  return `${prefix}fn-${note.number}-ref${time === 1 ? "" : `-${time}`}`
}
