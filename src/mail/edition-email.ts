// Writes an edition as an email: once for all its recipients, then addressed to each.
import { type Edition, nameList, titleEdition } from "../article/edition.ts"
import { formatAddress, languagePrefix } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Email, writeEmail } from "./email.ts"

/** An edition as an email, with a placeholder where each recipient's own links go. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Where the letter's recipients unsubscribe, without their token. */
  readonly unsubscribe: string
  /** List-Id and other headers that are the same for all. */
  readonly headers: Readonly<Record<string, string>>
}

/** Stands for a recipient's token in a letter. Letters hold no other text of this form. */
const placeholder = "RECIPIENT-TOKEN"

/** Writes the letter of an edition: its recipients' text, so a digest must be the whole edition. */
export function writeLetter(edition: Edition, site: SiteConfig): Letter {
  const { list, language, content } = edition
  const name = nameList(list, language, site)
  const subject = titleEdition(edition, site)
  const unsubscribe = `${site.origin}${languagePrefix(language, site)}/newsletter/unsubscribe?list=${list}&token=${placeholder}`
  const stories = content.stories.map(({ title, summary, path }) => `${title}\n${summary}\n${site.origin}${path}`)
  const paragraphs = [...(content.intro === null ? [] : [content.intro]), ...stories]
  const footer = [message(language, "letterFooterStop", { url: unsubscribe, list: name })]
  const { text, html } = writeEmail({ email: "", language }, { subject, paragraphs, footer }, site)
  const front = formatAddress({ kind: "front", language }, site)
  return {
    subject,
    text,
    html,
    unsubscribe,
    headers: { "List-Id": `${name} <${list}.${new URL(site.origin + front).hostname}>` },
  }
}

/** The letter to one recipient. */
export function addressLetter(letter: Letter, to: { email: string; token: string }): Email {
  const fill = (text: string) => text.replaceAll(placeholder, to.token)
  const url = fill(letter.unsubscribe)
  const headers = { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
  return {
    to: to.email,
    subject: letter.subject,
    text: fill(letter.text),
    html: fill(letter.html),
    headers: { ...letter.headers, ...headers },
  }
}
