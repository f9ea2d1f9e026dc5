// Renders an edition's introduction for email: Markdown as HTML with inline styles, and that HTML as plain text.
import { decodeHTMLStrict } from "entities/decode"
import { decodeReferences, useDecoder } from "../article/text.ts"
import { type Html, raw } from "../render/html.ts"
import type { MarkdownOptions } from "../render/inline.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { toAbsolute } from "../render/text-links.ts"
import { direction } from "../site/messages.ts"
import { headingStyle, lineWidth, paint, sans, underline, wrap } from "./email-layout.ts"

// Loaded in advance, so that rendering need not wait for the table of character references.
useDecoder(decodeHTMLStrict)

const attributes = / (?:id|class|align|scope)="[^"]*"/g
const backLinks = / ?<a [^>]*role="doc-backlink"[^>]*>.*?<\/a>/g
const noteMarks = /<sup[^>]*>(, )?<a [^>]*>(\d+)<\/a><\/sup>/g

/** The introduction as HTML, without styles, with absolute links, and without anchors, which do not work in email. */
export function renderIntroduction(
  source: string,
  options: Required<Pick<MarkdownOptions, "language" | "site" | "path">> & { isPart: boolean },
): string {
  const html = renderMarkdown(source, { ...options, media: {}, figures: false, plain: true })
  if (typeof html !== "string") throw new Error("Raw HTML in an introduction")
  const plain = html.replace(backLinks, "").replace(noteMarks, "<sup>$1$2</sup>").replace(attributes, "")
  return toAbsolute(plain, options.path, options.site)
}

const block = "margin:0 0 16px"
const cell = "padding:5px 6px;vertical-align:top;text-align:start;border-bottom:1px solid"

function stylesOf(language: string): Readonly<Record<string, Html>> {
  // Arabic has no italics.
  const [start, slant] = direction(language) === "rtl" ? ["right", "normal"] : ["left", "italic"]
  const styled = (style: string) => raw(` style="${style}"`)
  const heading = (size: number) => styled(headingStyle(size, "28px 0 10px", language))
  return {
    p: styled(block),
    h2: heading(23),
    h3: heading(20),
    h4: heading(18),
    h5: heading(18),
    h6: heading(18),
    ul: styled(`${block};padding:0;padding-${start}:24px`),
    ol: styled(`${block};padding:0;padding-${start}:24px`),
    li: styled("margin:0 0 6px"),
    blockquote: paint("mark", `${block};padding-${start}:18px;border-${start}:2px solid;font-style:${slant}`),
    a: paint("accent"),
    em: styled(`font-style:${slant}`),
    sup: styled("font-size:12px;line-height:1"),
    code: styled("font-family:Menlo,Consolas,monospace;font-size:16px"),
    pre: paint("wash", `${block};padding:12px 16px;line-height:1.5;white-space:pre-wrap`),
    hr: paint("mark", `width:48px;margin:28px 0;margin-${start}:0;border:0;border-top:5px solid`),
    table: styled(
      `${block};width:100%;table-layout:fixed;border-collapse:collapse;font-size:15px;line-height:1.5;${sans.markup}`,
    ),
    th: paint("line", cell),
    td: paint("line", cell),
    section: paint("line", "margin:28px 0 0;padding:14px 0 0;border-top:1px solid;font-size:15px"),
  }
}

/** Adds the email's styles to the HTML of `renderIntroduction`. */
export function styleIntroduction(html: string, language: string): Html {
  const styles = stylesOf(language)
  return raw(html.replace(/<([a-z]\w*)(?=[ >])/g, (tag, name: string) => tag + (styles[name]?.markup ?? "")))
}

const blocks = new Set("p h2 h3 h4 h5 h6 ul ol li blockquote pre hr tr section".split(" "))

/** Turns the HTML of `renderIntroduction` into plain text. A paragraph's links follow it, each on its own line. */
export function readIntroduction(html: string): string {
  let text = ""
  /** The paragraph so far, where its last link begins, that link's URL, and all the paragraph's links. */
  let words = ""
  let linkStart = 0
  let href = ""
  let links: string[] = []
  /** The line prefix for each open quotation and list item. An item's bullet is only on its first line. */
  const margins: string[] = []
  const numbers: number[] = []
  let bullet = ""
  let isCode = false
  let last = ""

  const end = (name: string) => {
    const whole = isCode ? words.replace(/\n$/, "") : [words.trim().replace(/ *\n */g, "\n"), ...links].join("\n")
    words = ""
    links = []
    if (whole.trim() === "") return
    const margin = margins.join("")
    const lines = (isCode ? whole : wrap(whole, lineWidth - margin.length)).split("\n")
    const first = margin.slice(0, margin.length - bullet.length) + bullet
    const isClose = (bullet !== "" && last === "li") || (name === "tr" && last === "tr")
    text += text === "" ? "" : isClose ? "\n" : "\n\n"
    text += lines.map((line, index) => (index === 0 ? first : margin) + line).join("\n")
    last = numbers.length > 0 ? "li" : name
    bullet = ""
  }

  for (const [piece, close, name = "", rest = ""] of html
    .replaceAll("<sup>, ", "<sup>")
    .matchAll(/<(\/?)([a-z]\w*)([^>]*)>|[^<]+/g)) {
    if (name === "") words += isCode ? decodeReferences(piece) : decodeReferences(piece).replace(/[ \t\n]+/g, " ")
    else if (name === "br") words = `${words.trimEnd()}\n`
    else if (name === "sup") words += close ? "]" : "["
    else if (name === "td" || name === "th") words = close ? words : words.trim() && `${words.trimEnd()} | `
    else if (name === "a" && !close) {
      href = decodeReferences(/ href="([^"]*)"/.exec(rest)?.[1] ?? "")
      linkStart = words.length
    } else if (name === "a") {
      const label = words.slice(linkStart).trim()
      if (label !== href) links.push(`${label} <${href}>`)
    } else if (blocks.has(name)) {
      if (name.startsWith("h") && close) words = underline(words.trim(), "-")
      end(name)
      if (name === "hr") words = "* * *"
      else if (name === "pre") isCode = !close
      else if (name === "ul" || name === "ol") {
        if (close) numbers.pop()
        else numbers.push(name === "ul" ? Number.NaN : Number(/ start="(\d+)"/.exec(rest)?.[1] ?? 1))
      } else if (name === "li" || name === "blockquote") {
        if (close) margins.pop()
        else if (name === "blockquote") margins.push("> ")
        else {
          const number = numbers.pop() ?? Number.NaN
          bullet = Number.isNaN(number) ? "- " : `${number}. `
          numbers.push(number + 1)
          margins.push(" ".repeat(bullet.length))
        }
      }
    }
  }
  end("")
  return text
}
