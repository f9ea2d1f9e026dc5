// Renders Markdown as HTML. The sanitizer runs only on texts that contain raw HTML.
import type { MarkedToken, Token, Tokens } from "marked"
import { spellScripts } from "../article/html-tags.ts"
import { lexMarkdown } from "../article/lex-markdown.ts"
import { fileTypes } from "../article/media-types.ts"
import { findHeadingIds } from "../article/references.ts"
import { cleanText, decodeReferences, plainText, withAllReferences } from "../article/text.ts"
import { direction, message } from "../site/messages.ts"
import { escapeHtml } from "./html.ts"
import {
  columnSizes,
  fullSizes,
  type MarkdownOptions,
  type Note,
  type Rendering,
  referenceId,
  renderHtml,
  renderInlineBlock,
} from "./inline.ts"
import { renderImg } from "./picture.ts"
import { findPicture, resolvePicture } from "./text-links.ts"
import { smarten } from "./typography.ts"

/**
 * The text as HTML that is safe inside a page's `<div>`: well-formed, without scripts or third-party pictures. Returns
 * a promise only if code must be loaded first, for an isolate's first text with raw HTML or a rare character reference.
 */
export function renderMarkdown(source: string, options: MarkdownOptions): string | Promise<string> {
  return withAllReferences(() => renderSource(source, options))
}

function renderSource(source: string, options: MarkdownOptions): string | Promise<string> {
  const tokens = lexMarkdown(cleanText(options.plain ? spellScripts(source) : source), options.isPart)
  const text: Rendering = {
    idPrefix: "",
    isPart: false,
    titled: true,
    figures: true,
    exact: false,
    plain: false,
    ...options,
    ids: options.exact ? new Map() : findHeadingIds(tokens, options.idPrefix),
    definitions: tokens.links,
    notes: new Map(),
    headingDepths: [],
    codeDirection: direction(options.language) === "rtl" ? ' dir="auto"' : "",
    tables: 0,
    before: "",
    openQuotes: 0,
    inLink: false,
    needsSanitizer: false,
  }
  const blocks = renderBlocks(tokens, text)
  // Without a comma, adjacent references to notes 1 and 2 would read as 12.
  const html = (blocks + renderNotes(text)).replaceAll('</a></sup><sup class="note">', '</a></sup><sup class="note">, ')
  if (!text.needsSanitizer) return html
  const sanitize = (module: Sanitizer) => {
    loaded = module
    return module.sanitizeHtml(html, text, { reserved: new Set(text.ids.values()), notes: text.notes.size })
  }
  return loaded === null ? import("./sanitize.ts").then(sanitize) : sanitize(loaded)
}

type Sanitizer = typeof import("./sanitize.ts")

/** The sanitizer, once loaded: importing it again would take as long as rendering a short text. */
let loaded: Sanitizer | null = null

function renderBlocks(tokens: readonly Token[], text: Rendering): string {
  return tokens.map((token) => renderBlock(token as MarkedToken, text)).join("")
}

function renderBlock(token: MarkedToken, text: Rendering): string {
  switch (token.type) {
    case "paragraph":
      return renderParagraph(token, text)
    case "text":
      return token.tokens === undefined
        ? escapeHtml(decodeReferences(token.text))
        : renderInlineBlock(token.tokens, text)
    case "heading":
      return renderHeading(token, text)
    case "list":
      return renderList(token, text)
    case "blockquote":
      return renderQuotation(token, text)
    case "code":
      return renderCode(token, text)
    case "table":
      return renderTable(token, text)
    case "html":
      return renderHtml(token, text)
    case "hr":
      return "<hr>\n"
    case "checkbox":
      return token.checked ? "☑ " : "☐ "
    default:
      return ""
  }
}

function renderParagraph(token: Tokens.Paragraph, text: Rendering): string {
  if (text.figures && !text.plain && token.tokens.length === 1) {
    const [only] = token.tokens as [MarkedToken]
    const figure = renderFigure(only, text) ?? renderRecording(only, text)
    if (figure !== null) return figure
  }
  const inside = renderInlineBlock(token.tokens, text)
  // The paragraph contained only a comment, or a picture with neither a usable address nor a description.
  return inside === "" && !text.exact ? "" : `<p>${inside}</p>\n`
}

/** A paragraph's only token as a figure, if it is an article's picture that has a caption or is bold (full width). */
function renderFigure(only: MarkedToken, text: Rendering): string | null {
  const isFull = only.type === "strong" && only.tokens.length === 1
  const image = (isFull ? only.tokens[0] : only) as MarkedToken
  if (image?.type !== "image" || (!isFull && !image.title)) return null
  const picture = resolvePicture(decodeReferences(image.href), text)
  if (picture === null || !("width" in picture)) return null
  const start = { language: text.language, before: "", openQuotes: 0 }
  const caption = smarten(image.title ?? "", false, start)
  const img = renderImg(picture, { alt: plainText(image.tokens), sizes: isFull ? fullSizes : columnSizes })
  return `<figure${isFull ? ' class="full"' : ""}>${img}${
    caption && `<figcaption>${escapeHtml(caption)}</figcaption>`
  }</figure>\n`
}

/** A player, for a paragraph that is just one of the article's recordings or a link to one. Loads only when played. */
function renderRecording(only: MarkedToken, text: Rendering): string | null {
  if (only.type !== "image" && only.type !== "link") return null
  const { src, width, height } = findPicture(decodeReferences(only.href), text.media) ?? {}
  const [element = ""] = (src && fileTypes[src.slice(src.lastIndexOf(".") + 1)]?.split("/")) || []
  if (!/^(?:audio|video)$/.test(element)) return null
  const words = decodeReferences(only.title || plainText(only.tokens ?? []))
  const size = element === "video" ? ` width="${width}" height="${height}"` : ""
  const name = escapeHtml(words)
  return `<figure><${element} controls preload="none" src="${src}"${size}${name && ` aria-label="${name}"`}></${element}>${
    name && `<figcaption>${name}</figcaption>`
  }</figure>\n`
}

function renderQuotation(token: Tokens.Blockquote, text: Rendering): string {
  return (
    (text.figures && renderPullQuote(token, text)) || `<blockquote>\n${renderBlocks(token.tokens, text)}</blockquote>\n`
  )
}

/** A pull quote: one bold paragraph, optionally followed by its source. Null for any other quotation. */
function renderPullQuote({ tokens }: Tokens.Blockquote, text: Rendering): string | null {
  const [words, source, ...others] = tokens.filter(({ type }) => type !== "space") as MarkedToken[]
  if (words?.type !== "paragraph" || (source && source.type !== "paragraph") || others.length > 0) return null
  const [bold] = words.tokens as MarkedToken[]
  if (bold?.type !== "strong" || words.tokens.length > 1) return null
  const quote = `<p>${renderInlineBlock(bold.tokens, text)}</p>\n`
  return source === undefined
    ? `<blockquote class="pull">\n${quote}</blockquote>\n`
    : `<figure class="pull"><blockquote>\n${quote}</blockquote>\n<figcaption>${renderInlineBlock(source.tokens, text)}</figcaption></figure>\n`
}

function renderHeading(token: Tokens.Heading, text: Rendering): string {
  const inside = renderInlineBlock(token.tokens, text)
  const tag = `h${text.titled ? outlineLevel(token.depth, text.headingDepths) : token.depth}`
  const id = text.ids.get(token)
  return `<${tag}${id === undefined ? "" : ` id="${escapeHtml(id)}"`}>${inside}</${tag}>\n`
}

/** A heading's level in the page's outline, whose only h1 is the title. Keeps the nesting and skips no level. */
function outlineLevel(depth: number, above: number[]): number {
  while ((above.at(-1) ?? 0) >= depth) above.pop()
  above.push(depth)
  return Math.min(6, above.length + 1)
}

function renderList(token: Tokens.List, text: Rendering): string {
  const tag = token.ordered ? "ol" : "ul"
  const start = token.ordered && token.start !== 1 ? ` start="${token.start}"` : ""
  const items = token.items.map((item) => `<li>${renderBlocks(item.tokens, text)}</li>\n`)
  return `<${tag}${start}>\n${items.join("")}</${tag}>\n`
}

function renderCode(token: Tokens.Code, text: Rendering): string {
  const language = /^\S+/.exec(token.lang ?? "")?.[0]
  const name = language === undefined ? "" : ` class="language-${escapeHtml(decodeReferences(language))}"`
  const code = token.text === "" ? "" : `${token.text.replace(/\n$/, "")}\n`
  return `<pre${text.codeDirection}><code${name}>${escapeHtml(code)}</code></pre>\n`
}

function renderTable(token: Tokens.Table, text: Rendering): string {
  const head = renderRow(token.header, text)
  const rows = token.rows.map((row) => renderRow(row, text)).join("")
  const table = `<table>\n<thead>\n${head}</thead>\n${rows === "" ? "" : `<tbody>\n${rows}</tbody>\n`}</table>`
  if (!text.figures) return `${table}\n`
  text.tables++
  const name = `${message(text.language, "table")} ${text.tables}`
  return `<div class="table" role="region" tabindex="0" aria-label="${name}">${table}</div>\n`
}

function renderRow(cells: readonly Tokens.TableCell[], text: Rendering): string {
  const row = cells.map((cell) => {
    // An empty header cell labels nothing, so it is a plain cell.
    const tag = cell.header && (cell.text !== "" || !text.figures) ? "th" : "td"
    const scope = tag === "th" && text.figures ? ' scope="col"' : ""
    return `<${tag}${scope}${alignment(cell.align, text)}>${renderInlineBlock(cell.tokens, text)}</${tag}>\n`
  })
  return `<tr>\n${row.join("")}</tr>\n`
}

/** HTML no longer has `align`, so pages use a class. `right` means the end of the line in either writing direction. */
function alignment(align: Tokens.TableCell["align"], text: Rendering): string {
  if (align === null || (align === "left" && text.figures)) return ""
  return text.figures ? ` class="${align === "right" ? "end" : align}"` : ` align="${align}"`
}

/** The numbered list of footnotes, each with links back to its references; "" if there are none. */
function renderNotes(text: Rendering): string {
  const { notes, idPrefix, language } = text
  if (notes.size === 0) return ""
  // Footnotes may refer to footnotes: the map grows during the loop, so back links are added once all are known.
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
