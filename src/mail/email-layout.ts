// Lays out every email as plain text and HTML, in the reader's language and text direction, and sends it.
import { escapeHtml, type Html, html, raw } from "../render/html.ts"
import { formatAddress } from "../site/format-address.ts"
import { direction, languageOf } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"

/** The recipient, and which of the site's languages to write in. */
export interface Reader {
  readonly email: string
  readonly language: string
}

export interface Email {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Additional headers, such as List-Unsubscribe. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A link on its own line. The URL may contain a placeholder. */
export interface Link {
  readonly label: string
  readonly url: string
}

/** The content of an email, as plain text. This file escapes it for HTML. */
export interface Content {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** The one action that the email asks for. */
  readonly button?: Link
  /** Paragraphs after the button. */
  readonly closing?: readonly string[]
  /** Why the reader received the email, and how to unsubscribe. */
  readonly footer: readonly (string | Link)[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes an email of a few paragraphs. */
export function writeEmail({ email, language }: Reader, content: Content, site: SiteConfig): Email {
  const { subject, headers, paragraphs, button, closing = [], footer } = content
  const link = button === undefined ? [] : [textLink(button)]
  const main = html`${renderTitle(subject, language)}
${paragraphs.map(renderParagraph)}${button && renderButton(button)}${closing.map(renderParagraph)}`
  return {
    to: email,
    subject,
    text: frameText([...paragraphs, ...link, ...closing], footer, language, site),
    html: frameHtml({ language, subject, preheader: paragraphs[0] ?? "", main, footer }, site),
    ...(headers && { headers }),
  }
}

/** Headers that let a mail program unsubscribe with one click (RFC 2369 §3.2, RFC 8058). */
export function unsubscribeHeaders(url: string): Record<string, string> {
  return { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
}

/** How many characters a line of plain text may have. */
export const lineWidth = 72

/** Breaks a text's lines at spaces, after at most `width` characters. URLs stay whole. */
export function wrap(text: string, width = lineWidth): string {
  const long = new RegExp(`.{${width + 1},}`, "g")
  const part = new RegExp(`(.{1,${width}})(?: +|$)`, "g")
  return text.replace(long, (line) => line.replace(part, "$1\n").trimEnd())
}

export function underline(text: string, line: "=" | "-"): string {
  return `${text}\n${line.repeat(Math.min(text.length, lineWidth))}`
}

/** A link in plain text, its URL on a line of its own. */
export function textLink({ label, url }: Link): string {
  return `${label}\n${url}`
}

export function frontOf(language: string, site: SiteConfig): string {
  return site.origin + formatAddress({ kind: "front", language }, site)
}

/** An email in plain text: its blocks, then the signature. */
export function frameText(blocks: readonly string[], footer: Content["footer"], language: string, site: SiteConfig) {
  const lines = footer.map((line) => (typeof line === "string" ? line : textLink(line)))
  const about = [`${site.name} – ${inLanguage(site.tagline, language, site)}`, frontOf(language, site), ...lines]
  if (site.postalAddress !== undefined) about.push(site.postalAddress)
  // Mail programs grey out or collapse everything after a line of "-- " (RFC 3676 §4.3).
  return `${wrap([...blocks, `-- \n${about.join("\n")}`].join("\n\n"))}\n`
}

/** The colours of an email, light and dark: the same as the site's (render/styles/base.ts). */
const colours = {
  paper: ["background", "#fbfaf5", "#14161a"],
  ink: ["color", "#1c1a15", "#e8e4da"],
  soft: ["color", "#5e584b", "#aaa496"],
  accent: ["color", "#a1361a", "#f2a184"],
  wash: ["background", "#f3eee1", "#1e2126"],
  line: ["border-color", "#d8d1c1", "#3b3d40"],
  rule: ["border-color", "#1c1a15", "#e8e4da"],
  mark: ["border-color", "#a1361a", "#f2a184"],
  button: ["background", "#a1361a", "#f2a184"],
  label: ["color", "#ffffff", "#14161a"],
} as const
type Colour = keyof typeof colours

/**
 * The attributes that give an element these colours: inline styles, since some mail programs strip style sheets, and
 * classes for dark mode. For a border, `style` must set its style and width.
 */
export function paint(names: `${Colour}` | `${Colour} ${Colour}`, style = ""): Html {
  const own = names.split(" ").map((name) => {
    const [property, light] = colours[name as Colour]
    return `${property}:${light}`
  })
  return raw(` class="${names}" style="${[style, ...own].filter(Boolean).join(";")}"`)
}

const dark = Object.entries(colours).map(([name, [property, , value]]) => {
  const rule = `.${name}{${property}:${value}!important}`
  return { rule, inOutlook: `[data-ogs${property === "background" ? "b" : "c"}] ${rule}` }
})
// Apple Mail, Thunderbird and others use the media query. Outlook on the web and on phones marks the elements that it
// darkens. The last rule undoes the blue links into which Apple Mail turns addresses and dates.
const sheet = raw(`:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){${dark.map(({ rule }) => rule).join("")}}
${dark.map(({ inOutlook }) => inOutlook).join("")}
a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important}`)

export const sans = raw("font-family:system-ui,'Segoe UI',Roboto,sans-serif")

/** Invisible characters, which no mail program collapses, to keep the body's text out of the inbox preview. */
const padding = "\u034f\u200c\u00a0".repeat(80)

interface Frame {
  readonly language: string
  readonly subject: string
  /** The line that the inbox shows beside the subject. */
  readonly preheader: string
  readonly main: Html
  readonly footer: Content["footer"]
}

/** A whole email in HTML, around `main`. It loads nothing from the network. */
export function frameHtml({ language, subject, preheader, main, footer }: Frame, site: SiteConfig): string {
  const dir = direction(language)
  const front = frontOf(language, site)
  const face = raw(`font-family:${languageOf(language).emailFont ?? "serif"}`)
  const about = [html`<b>${site.name}</b> – ${inLanguage(site.tagline, language, site)}`, ...footer.map(renderLine)]
  if (site.postalAddress !== undefined) about.push(html`<span dir="auto">${site.postalAddress}</span>`)
  // Webmail drops the attributes of <html> and <body>, so the <div> repeats them.
  const page = html`<!doctype html>
<html lang="${language}" dir="${dir}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${subject}</title>
<style>${sheet}</style>
</head>
<body${paint("paper", "margin:0;padding:0;-webkit-text-size-adjust:100%")}>
<div role="article" aria-roledescription="email" aria-label="${subject}" lang="${language}" dir="${dir}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preheader} ${padding}</div>
<table role="presentation"${paint("paper", "width:100%;table-layout:fixed;border-collapse:collapse")}>
<tr><td style="padding:24px 16px 40px">
<table role="presentation" style="width:580px;max-width:100%;margin:0 auto;table-layout:fixed;border-collapse:collapse">
<tr><td${paint("rule", `padding:0 0 8px;border-bottom:4px double;font-size:34px;font-weight:700;line-height:1.1;letter-spacing:-.025em;${face.markup}`)}><a${paint("ink", "text-decoration:none")} href="${front}">${site.name}</a></td></tr>
<tr><td${paint("ink", `padding:0 0 36px;font-size:18px;line-height:${dir === "rtl" ? 1.85 : 1.6};overflow-wrap:break-word;word-break:break-word;${face.markup}`)}>
${main}</td></tr>
<tr><td${paint("soft rule", `padding:16px 0 0;border-top:4px double;font-size:13px;line-height:1.6;overflow-wrap:break-word;word-break:break-word;${sans.markup}`)}>
${about.map((line) => html`<p style="margin:0 0 6px">${line}</p>\n`)}</td></tr>
</table>
</td></tr>
</table>
</div>
</body>
</html>
`
  return page.markup
}

/** The style of a heading. Arabic needs more line spacing. */
export function headingStyle(size: number, margin: string, language: string): string {
  return `margin:${margin};font-size:${size}px;line-height:${direction(language) === "rtl" ? 1.45 : 1.25}`
}

export function renderTitle(title: string, language: string): Html {
  return html`<h1 style="${headingStyle(30, "24px 0 18px", language)}">${title}</h1>`
}

function renderParagraph(text: string): Html {
  return html`<p style="margin:0 0 16px">${text}</p>\n`
}

/** A URL as an attribute's value. Keeps control characters, because edition-email.ts uses one as a placeholder. */
const attributeOf = (url: string) => raw(escapeHtml(url))

function renderLine(line: string | Link): Html {
  return typeof line === "string"
    ? html`${line}`
    : html`<a${paint("soft")} href="${attributeOf(line.url)}">${line.label}</a>`
}

/** A link that looks like a button, with its URL below for readers who cannot click it. */
function renderButton({ label, url }: Link): Html {
  return html`<table role="presentation" style="margin:26px 0 14px;border-collapse:collapse"><tr><td${paint("button", "border-radius:2px")}><a${paint("label", `display:inline-block;padding:12px 22px;font-weight:600;font-size:16px;line-height:1.5;text-decoration:none;${sans.markup}`)} href="${url}">${label}</a></td></tr></table>
<p${paint("soft", `margin:0 0 24px;font-size:13px;line-height:1.5;word-break:break-all;${sans.markup}`)}><span dir="ltr">${url}</span></p>\n`
}

/** A name in a header: quoted, or encoded if it is not ASCII (RFC 5322 §3.2.5, RFC 2047 §5). */
export function encodePhrase(text: string): string {
  if (/^[ -~]*$/.test(text)) return `"${text.replace(/["\\]/g, "\\$&")}"`
  // An encoded word holds at most 45 bytes: 11 characters of any script.
  const bytes = (part: string) => String.fromCharCode(...new TextEncoder().encode(part))
  return Array.from(text.matchAll(/.{1,11}/gsu), ([part]) => `=?UTF-8?B?${btoa(bytes(part))}?=`).join(" ")
}

/** The headers of every email. They keep programs such as holiday notices from replying (RFC 3834 §5). */
export const automatic = { "Auto-Submitted": "auto-generated" }

/** Sends an email. Resolves to what the binding returns. @throws if the binding rejects the email */
export type Send = (email: Email) => Promise<{ readonly messageId?: string } | undefined>

/** Returns a function that sends emails through the binding, from the newsroom's address. */
export function createSend(binding: Pick<SendEmail, "send">, site: SiteConfig): Send {
  return async ({ to, subject, text, html, headers }) => {
    const from = { email: site.contact, name: site.name }
    return binding.send({ from, to, subject, text, html, headers: { ...automatic, ...headers } })
  }
}
