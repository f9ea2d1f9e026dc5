// A letter to one reader: the same few blocks as plain text and as HTML, in the reader's language and direction.
import { direction } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"

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
  /** Why the reader gets it, and how to end that. */
  readonly footer: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Writes a draft out as text and HTML. Readable without pictures; nothing is loaded from anywhere. */
export function writeLetter(draft: Draft, site: SiteConfig): Letter {
  const { to, subject, headers } = draft
  const letter = { to, subject, text: writeText(draft, site), html: writeHtml(draft, site) }
  return headers === undefined ? letter : { ...letter, headers }
}

function writeText({ paragraphs, button, footer }: Draft, site: SiteConfig): string {
  const blocks = [...paragraphs, ...(button === undefined ? [] : [`${button.label}:\n${button.url}`])]
  return `${[...blocks, `-- \n${[`${site.name} · ${site.origin}`, ...footer].join("\n")}`].join("\n\n")}\n`
}

function writeHtml({ language, subject, paragraphs, button, footer }: Draft, site: SiteConfig): string {
  const link =
    button === undefined
      ? ""
      : `<p style="margin:28px 0"><a href="${escapeMarkup(button.url)}" style="background:#b4481f;color:#fff;padding:12px 20px;text-decoration:none;font-weight:600;font-family:sans-serif">${escapeMarkup(button.label)}</a></p>
<p style="font-size:13px;color:#555;word-break:break-all" dir="ltr">${escapeMarkup(button.url)}</p>`
  return `<!doctype html>
<html lang="${escapeMarkup(language)}" dir="${direction(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeMarkup(subject)}</title></head>
<body style="margin:0;padding:24px;background:#fbfaf5;color:#14161a;font:17px/1.6 Georgia,serif">
<div style="max-width:560px;margin:0 auto">
<p style="font-size:22px;font-weight:700;border-bottom:4px double #14161a;padding-bottom:8px">${escapeMarkup(site.name)}</p>
${paragraphs.map((text) => `<p>${escapeMarkup(text)}</p>`).join("\n")}
${link}
<p style="font-size:13px;color:#555;border-top:1px solid #ccc;padding-top:12px;font-family:sans-serif">${[`${site.name} · ${site.origin}`, ...footer].map(escapeMarkup).join("<br>")}</p>
</div>
</body>
</html>
`
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? "")
}
