// Writes an email as plain text and as HTML, in the reader's language and text direction, and sends it.
import { type Html, html, raw } from "../render/html.ts"
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

/** The content of an email, as plain text that is escaped for HTML here. */
export interface Content {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** The one action that the email asks for. */
  readonly button?: { readonly label: string; readonly url: string }
  /** Paragraphs after the button. */
  readonly closing?: readonly string[]
  /** Why the reader received it, and how to unsubscribe. URLs of this site become links. */
  readonly footer: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes an email without pictures, which loads nothing from the network. */
export function writeEmail({ email, language }: Reader, content: Content, site: SiteConfig): Email {
  const { subject, headers } = content
  const written = { text: writeText(content, language, site), html: writeHtml(content, language, site) }
  return { to: email, subject, ...written, ...(headers && { headers }) }
}

function writeText({ paragraphs, button, closing = [], footer }: Content, language: string, site: SiteConfig): string {
  const link = button === undefined ? [] : [`${button.label}\n${button.url}`]
  const name = `${site.name} – ${inLanguage(site.tagline, language, site)}`
  // Mail programs grey out or collapse everything after a line of "-- " (RFC 3676 §4.3).
  const signature = `-- \n${[name, site.origin, ...footer].join("\n")}`
  return `${[...paragraphs, ...link, ...closing, signature].join("\n\n")}\n`
}

// Colours are in style attributes for mail programs that strip style sheets. This style sheet overrides them in dark
// mode.
const sheet = raw(`:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){body,.paper{background:#14161a!important;color:#e8e4da!important}
.name,.name a{color:#e8e4da!important;border-color:#e8e4da!important}.soft,.soft a{color:#aaa496!important;border-color:#3b3d40!important}
.button{background:#f2a184!important;color:#14161a!important}}`)
const sans = raw(`font-family:system-ui,'Segoe UI',Roboto,sans-serif`)

function writeHtml(content: Content, language: string, site: SiteConfig): string {
  const { subject, paragraphs, button, closing = [], footer } = content
  const face = raw(languageOf(language).emailFont ?? "serif")
  const small = [inLanguage(site.tagline, language, site), ...footer].map((text) => linkAddresses(text, site))
  const page = html`<!doctype html>
<html lang="${language}" dir="${direction(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${subject}</title>
<style>${sheet}</style></head>
<body style="margin:0;padding:0;background:#fbfaf5;color:#1c1a15">
<div class="paper" dir="${direction(language)}" style="max-width:560px;margin:0 auto;padding:28px 20px;background:#fbfaf5;color:#1c1a15;font:17px/1.6 ${face};overflow-wrap:break-word">
<p class="name" style="margin:0 0 24px;font-size:24px;font-weight:700;line-height:1.3;border-bottom:4px double #1c1a15;padding-bottom:8px"><a href="${site.origin}" style="color:#1c1a15;text-decoration:none">${site.name}</a></p>
${[paragraphs.map(writeParagraph), button === undefined ? null : writeButton(button), closing.map(writeParagraph)]}
<p class="soft" style="margin:32px 0 0;border-top:1px solid #d8d1c1;padding-top:14px;font-size:13px;line-height:1.6;color:#5e584b;${sans}">${small.map((line, index) => html`${index > 0 && raw("<br>")}${line}`)}</p>
</div>
</body>
</html>
`
  return page.markup
}

function writeParagraph(text: string): Html {
  return html`<p style="margin:0 0 16px">${text}</p>\n`
}

/** A link that looks like a button, with its URL below for readers who cannot click it. */
function writeButton({ label, url }: { readonly label: string; readonly url: string }): Html {
  return html`<p style="margin:26px 0 14px"><a class="button" href="${url}" style="display:inline-block;background:#a1361a;color:#ffffff;padding:12px 22px;border-radius:2px;text-decoration:none;font-weight:600;font-size:16px;${sans}">${label}</a></p>
<p class="soft" style="margin:0 0 24px;font-size:13px;line-height:1.5;color:#5e584b;word-break:break-all;${sans}"><span dir="ltr">${url}</span></p>\n`
}

/** Turns this site's URLs in a text into links. */
function linkAddresses(text: string, site: SiteConfig): Html[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part) =>
      part.startsWith(`${site.origin}/`)
        ? html`<a href="${part}" dir="ltr" style="color:#5e584b;word-break:break-all">${part}</a>`
        : html`${part}`,
    )
}

/** Resolves to what the binding answers. @throws if it rejects the email */
export type Send = (email: Email) => Promise<{ readonly messageId?: string } | undefined>

/** The part of the Cloudflare Email Service binding that we use. */
export interface EmailBinding {
  send(message: {
    from: { email: string; name: string }
    to: string
    subject: string
    text: string
    html: string
    headers?: Record<string, string>
  }): Promise<{ messageId?: string } | undefined>
}

/** Sends emails through the binding, from the newsroom's address. */
export function createSend(binding: EmailBinding, site: SiteConfig): Send {
  return async ({ to, subject, text, html, headers }) => {
    const from = { email: site.contact, name: site.name }
    return binding.send({ from, to, subject, text, html, headers: { "Auto-Submitted": "auto-generated", ...headers } })
  }
}
