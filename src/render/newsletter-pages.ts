// The pages behind the newsletter's form and the links of its letters.
import { direction, message, ownLanguageName } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { renderLayout } from "./layout.ts"
import { type FormFault, renderNewsletterForm } from "./newsletter-form.ts"

/** The form again, with what was wrong. */
export function renderSignUpAgain(language: string, fault: FormFault, site: SiteConfig): string {
  const title = message(language, "newsletterTitle")
  const main = html`<div class="narrow"><section class="box"><h1>${title}</h1>
<p>${message(language, "newsletterText")}</p>
${renderNewsletterForm(language, site, fault)}</section></div>`
  return renderLayout({ language, title, description: "", path: null, main }, site)
}

/** A page that says one thing, and may ask one thing. */
export interface Notice {
  readonly language: string
  readonly title: string
  readonly text: string
  readonly below?: Html
}

export function renderNotice({ language, title, text, below = nothing }: Notice, site: SiteConfig): string {
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
<p class="standfirst">${text}</p>
${below}</div>`
  return renderLayout({ language, title, description: "", path: null, main }, site)
}

/** A notice with the form to sign up. */
export function renderSignUpNotice(notice: Notice, site: SiteConfig): string {
  return renderNotice({ ...notice, below: renderNewsletterForm(notice.language, site) }, site)
}

/** A form that is a button alone. Hidden fields carry what it is about. */
export function renderButtonForm(
  action: string,
  fields: Readonly<Record<string, string>>,
  label: string,
  quiet = false,
): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="post" action="${action}">${hidden}<button${quiet && raw(` class="quiet"`)}>${label}</button></form>`
}

export interface LettersView {
  readonly language: string
  /** Where the forms go, the subscriber's token in it. */
  readonly unsubscribe: string
  readonly preferences: string
  readonly lists: readonly { readonly list: string; readonly name: string; readonly on: boolean }[]
  /** The list that the letter was of: its button comes first. */
  readonly asked: string | null
  /** The language that the letters come in. */
  readonly letters: string
  readonly saved: boolean
}

/** Where a link of a letter leads: end this list, or change the others. */
export function renderLetters(view: LettersView, site: SiteConfig): string {
  const { language } = view
  const asked = view.lists.find(({ list, on }) => on && list === view.asked) ?? null
  const title =
    asked === null
      ? message(language, "newsletterLettersTitle")
      : message(language, "newsletterUnsubscribeTitle", { list: asked.name })
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
${view.saved && html`<p class="notice" role="status">${message(language, "newsletterSaved")}</p>`}${
  asked !== null &&
  html`<p class="standfirst">${message(language, "newsletterUnsubscribeText")}</p>
${renderStop(view, asked, false)}`
}
${view.lists.filter((one) => one !== asked).map((one) => renderChoice(view, one))}
<section class="box">${renderLanguages(view, site)}</section></div>`
  return renderLayout({ language, title, description: "", path: null, main }, site)
}

type Choice = LettersView["lists"][number]

function renderStop(view: LettersView, { list, name }: Choice, quiet: boolean): Html {
  const label = message(view.language, "newsletterUnsubscribe", { list: name })
  return renderButtonForm(view.unsubscribe, { list }, label, quiet)
}

function renderChoice(view: LettersView, choice: Choice): Html {
  if (choice.on) return renderStop(view, choice, true)
  const label = message(view.language, "newsletterStart", { list: choice.name })
  return renderButtonForm(view.preferences, { start: choice.list }, label, true)
}

function renderLanguages({ language, preferences, letters }: LettersView, site: SiteConfig): Html {
  const options = site.languages.map(
    (other) =>
      html`<option value="${other}" lang="${other}" dir="${direction(other)}"${other === letters && raw(" selected")}>${ownLanguageName(other)}</option>`,
  )
  return html`<form method="post" action="${preferences}"><label class="ui" for="language_">${message(language, "newsletterLanguage")}</label><select id="language_" name="language">${options}</select><button>${message(language, "newsletterSave")}</button></form>`
}
