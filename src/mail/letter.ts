// A letter to one reader: the same few blocks as plain text and as HTML, in the reader's language and direction.
import { escapeHtml } from "../render/escape.ts"
import { direction, languageOf } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"

/** What is sent, whoever carries it. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** More headers: List-Unsubscribe. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A letter before it is written out. Texts are plain; the HTML is escaped here. */
export interface Draft {
  readonly to: string
  readonly language: string
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** The one thing that the letter asks for. */
  readonly button?: { readonly label: string; readonly url: string }
  /** What stands after the button. */
  readonly closing?: readonly string[]
  /** Why the reader gets it, and how to end that. Addresses of this site become links. */
  readonly footer: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes a draft out as text and HTML. Readable without pictures; nothing is loaded from anywhere. */
export function writeLetter(draft: Draft, site: SiteConfig): Letter {
  const { to, subject, headers } = draft
  const letter = { to, subject, text: writeText(draft, site), html: writeHtml(draft, site) }
  return headers === undefined ? letter : { ...letter, headers }
}

function writeText({ language, paragraphs, button, closing = [], footer }: Draft, site: SiteConfig): string {
  const link = button === undefined ? [] : [`${button.label}\n${button.url}`]
  const name = `${site.name} – ${inLanguage(site.tagline, language, site)}`
  // "-- " and a line end: where a mail program greys or folds what follows (RFC 3676 §4.3).
  const signature = `-- \n${[name, site.origin, ...footer].join("\n")}`
  return `${[...paragraphs, ...link, ...closing, signature].join("\n\n")}\n`
}

// Colours stand in the style attributes for programs that drop style sheets; the sheet turns them over in the dark.
const sheet = `:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){body,.paper{background:#14161a!important;color:#e8e4da!important}
.name,.name a{color:#e8e4da!important;border-color:#e8e4da!important}.soft,.soft a{color:#aaa496!important;border-color:#3b3d40!important}
.button{background:#f2a184!important;color:#14161a!important}}`
const sans = `font-family:system-ui,'Segoe UI',Roboto,sans-serif`

function writeHtml(draft: Draft, site: SiteConfig): string {
  const { language, subject, paragraphs, button, closing = [], footer } = draft
  const face = languageOf(language).emailFont ?? "serif"
  const link = button === undefined ? [] : writeButton(button)
  const small = [inLanguage(site.tagline, language, site), ...footer].map((text) => linkAddresses(text, site))
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="${direction(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title>
<style>${sheet}</style></head>
<body style="margin:0;padding:0;background:#fbfaf5;color:#1c1a15">
<div class="paper" dir="${direction(language)}" style="max-width:560px;margin:0 auto;padding:28px 20px;background:#fbfaf5;color:#1c1a15;font:17px/1.6 ${face};overflow-wrap:break-word">
<p class="name" style="margin:0 0 24px;font-size:24px;font-weight:700;line-height:1.3;border-bottom:4px double #1c1a15;padding-bottom:8px"><a href="${escapeHtml(site.origin)}" style="color:#1c1a15;text-decoration:none">${escapeHtml(site.name)}</a></p>
${[...paragraphs.map(writeParagraph), ...link, ...closing.map(writeParagraph)].join("\n")}
<p class="soft" style="margin:32px 0 0;border-top:1px solid #d8d1c1;padding-top:14px;font-size:13px;line-height:1.6;color:#5e584b;${sans}">${small.join("<br>")}</p>
</div>
</body>
</html>
`
}

function writeParagraph(text: string): string {
  return `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`
}

/** A link that looks like a button, and the address under it for who cannot press one. */
function writeButton({ label, url }: { readonly label: string; readonly url: string }): string[] {
  const address = escapeHtml(url)
  return [
    `<p style="margin:26px 0 14px"><a class="button" href="${address}" style="display:inline-block;background:#a1361a;color:#ffffff;padding:12px 22px;border-radius:2px;text-decoration:none;font-weight:600;font-size:16px;${sans}">${escapeHtml(label)}</a></p>`,
    `<p class="soft" style="margin:0 0 24px;font-size:13px;line-height:1.5;color:#5e584b;word-break:break-all;${sans}"><span dir="ltr">${address}</span></p>`,
  ]
}

/** Text with this site's addresses in it as links. */
function linkAddresses(text: string, site: SiteConfig): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part) =>
      part.startsWith(`${site.origin}/`)
        ? `<a href="${escapeHtml(part)}" dir="ltr" style="color:#5e584b;word-break:break-all">${escapeHtml(part)}</a>`
        : escapeHtml(part),
    )
    .join("")
}
