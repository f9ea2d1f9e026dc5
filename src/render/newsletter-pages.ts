// The newsletter: its form and box, its page, and the pages that its emails link to.
import { formatAddress } from "../site/format-address.ts"
import { direction, memoBySite, message, ownLanguageName } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderButtonForm } from "./components.ts"
import { type Html, html, raw } from "./html.ts"
import { alternatesOf, renderLayout, renderTextPage } from "./layout.ts"

/** What was typed, and what is wrong with it. */
interface FormFault {
  readonly email: string
  readonly error: string
}

export function renderNewsletterForm(language: string, site: SiteConfig, fault: FormFault | null = null): Html {
  const action = formatAddress({ kind: "newsletter", language }, site)
  return html`<form method="post" action="${action}"><label class="ui" for="email_">${message(language, "emailLabel")}</label>${
    fault !== null && html`<p class="ui tag" id="error_">${fault.error}</p>`
  }<input id="email_" name="email" type="email" required maxlength="254" autocomplete="email" dir="ltr"${
    fault !== null && html` value="${fault.email}" aria-invalid="true" aria-describedby="error_" autofocus`
  }><button>${message(language, "newsletterButton")}</button></form>`
}

/** What the newsletter is, and the form to sign up. */
export const renderNewsletterBox = memoBySite((site, language: string) => renderBox(site, language, "h2", null))

function renderBox(site: SiteConfig, language: string, heading: "h1" | "h2", fault: FormFault | null): Html {
  const tag = raw(heading)
  return html`<section class="box noprint"><${tag}>${message(language, "newsletterTitle")}</${tag}>
<p>${message(language, "newsletterText")}</p>
${renderNewsletterForm(language, site, fault)}</section>`
}

/** The page of the form; with a fault, the form again and what was wrong. */
export function renderNewsletterPage(language: string, site: SiteConfig, fault: FormFault | null = null): string {
  const address = { kind: "newsletter", language } as const
  const title = message(language, "newsletterTitle")
  const description = message(language, "newsletterText")
  const main = html`<div class="narrow">${renderBox(site, language, "h1", fault)}</div>`
  const indexed = { description, path: formatAddress(address, site), alternates: alternatesOf(address, site) }
  return renderLayout({ language, title, main, ...(fault === null && indexed) }, site)
}

interface Notice {
  readonly language: string
  readonly title: string
  readonly text: string
  readonly below?: Html
}

/** A page with one sentence, and perhaps a form below. */
export function renderNotice({ language, title, text, below }: Notice, site: SiteConfig): string {
  const content = html`<p class="standfirst">${text}</p>
${below}`
  return renderTextPage({ language, title, content }, site)
}

interface PreferencesView {
  readonly language: string
  /** Where the forms go, with the subscriber's token. */
  readonly unsubscribe: string
  readonly preferences: string
  readonly lists: readonly { readonly list: string; readonly name: string; readonly on: boolean }[]
  /** The list that the email was from: its button comes first. */
  readonly asked: string | null
  /** The language of the emails. */
  readonly emailLanguage: string
  readonly saved: boolean
}

/** What an email links to: unsubscribe from this list, or change the others. */
export function renderPreferences(view: PreferencesView, site: SiteConfig): string {
  const { language, unsubscribe, preferences, lists } = view
  const asked = lists.find(({ list, on }) => on && list === view.asked)
  const stop = ({ list, name }: { list: string; name: string }, quiet: boolean) =>
    renderButtonForm(unsubscribe, { list }, message(language, "newsletterUnsubscribe", { list: name }), quiet)
  const start = ({ list, name }: { list: string; name: string }) =>
    renderButtonForm(preferences, { start: list }, message(language, "newsletterStart", { list: name }), true)
  const title = asked
    ? message(language, "newsletterUnsubscribeTitle", { list: asked.name })
    : message(language, "newsletterLettersTitle")
  const content = html`${view.saved && html`<p class="notice" role="status">${message(language, "newsletterSaved")}</p>`}${
    asked &&
    html`<p class="standfirst">${message(language, "newsletterUnsubscribeText")}</p>
${stop(asked, false)}`
  }
${lists.filter((one) => one !== asked).map((one) => (one.on ? stop(one, true) : start(one)))}
<section class="box">${renderLanguages(view, site)}</section>`
  return renderTextPage({ language, title, content }, site)
}

function renderLanguages({ language, preferences, emailLanguage }: PreferencesView, site: SiteConfig): Html {
  const options = site.languages.map(
    (other) =>
      html`<option value="${other}" lang="${other}" dir="${direction(other)}"${other === emailLanguage && raw(" selected")}>${ownLanguageName(other)}</option>`,
  )
  return html`<form method="post" action="${preferences}"><label class="ui" for="language_">${message(language, "newsletterLanguage")}</label><select id="language_" name="language">${options}</select><button>${message(language, "newsletterSave")}</button></form>`
}
