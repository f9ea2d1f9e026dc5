// Which newsletters a reader gets, in which language: the page that emails link to, and a section of the account page.
import { type List, nameList } from "../article/edition.ts"
import { formatAddress } from "../site/format-address.ts"
import { direction, message, ownLanguageName } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderNewsletterForm } from "./boxes.ts"
import { renderButtonForm } from "./components.ts"
import { type Html, html, raw } from "./html.ts"
import { renderTextPage } from "./layout.ts"

export interface Choices {
  readonly language: string
  readonly email: string
  /** The actions of the forms that end a subscription, and of those that start one or change the language. */
  readonly stop: string
  readonly change: string
  /** `may`: whether the reader may subscribe to the list. The digest is for members. */
  readonly lists: readonly { readonly list: List; readonly on: boolean; readonly may: boolean }[]
  /** The language of the emails, or null if there are none. */
  readonly emailLanguage: string | null
  /** Why no newsletters are sent to this address, or null. */
  readonly stoppedBy: "bounce" | "complaint" | null
}

/** The page that emails link to. `asked`: the list that the email belongs to; its button comes first. */
export function renderPreferences(
  choices: Choices & { readonly asked: string | null; readonly saved: boolean },
  site: SiteConfig,
): string {
  const { language, stop, lists, saved } = choices
  const asked = lists.find(({ list, on }) => on && list === choices.asked)
  const words = { list: nameList(asked?.list ?? "headlines", language, site) }
  const title = message(language, asked ? "newsletterUnsubscribeTitle" : "newsletterLettersTitle", words)
  const content = html`${saved && html`<p class="notice" role="status">${message(language, "newsletterSaved")}</p>`}${
    asked &&
    html`<p class="standfirst">${message(language, "newsletterUnsubscribeText")}</p>
${renderButtonForm(stop, { list: asked.list }, message(language, "newsletterUnsubscribe", words))}`
  }
${renderChoices({ ...choices, lists: lists.filter((one) => one !== asked) }, site)}`
  return renderTextPage({ language, title, content }, site)
}

/** The lists with their buttons, and the language of the emails. */
export function renderChoices(choices: Choices, site: SiteConfig): Html {
  const { language, email, lists, emailLanguage, stoppedBy } = choices
  return html`${
    stoppedBy !== null &&
    html`<div class="notice"><p>${message(language, stoppedBy === "bounce" ? "newsletterBounce" : "newsletterComplaint", { email: `\u2068${email}\u2069` })}</p>${renderNewsletterForm(language, site)}</div>`
  }
<ul class="list">${lists.map((one) => renderChoice(one, choices, site))}</ul>
${emailLanguage !== null && renderLanguages(choices, emailLanguage, site)}`
}

function renderChoice(
  { list, on, may }: Choices["lists"][number],
  { language, stop, change }: Choices,
  site: SiteConfig,
): Html {
  const words = { list: nameList(list, language, site) }
  const page = formatAddress({ kind: list === "digest" ? "digest" : "newsletter", language }, site)
  const state = on ? "newsletterOn" : may ? "newsletterOff" : "membersOnly"
  const button = on
    ? renderButtonForm(stop, { list }, message(language, "newsletterUnsubscribe", words), "quiet small")
    : may && renderButtonForm(change, { list }, message(language, "newsletterStart", words), "quiet small")
  return html`<li><a href="${page}">${words.list}</a> <span class="kick">${message(language, state)}</span>${button}</li>`
}

function renderLanguages({ language, change }: Choices, emailLanguage: string, site: SiteConfig): Html {
  const options = site.languages.map(
    (other) =>
      html`<option value="${other}" lang="${other}" dir="${direction(other)}"${other === emailLanguage && raw(" selected")}>${ownLanguageName(other)}</option>`,
  )
  return html`<form method="post" action="${change}"><label class="ui" for="language_">${message(language, "newsletterLanguage")}</label><select id="language_" name="language">${options}</select><button class="quiet">${message(language, "newsletterSave")}</button></form>`
}
