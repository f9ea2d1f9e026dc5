// The newsletter sign-up form, and the box that contains it.
import { formatAddress } from "../site/format-address.ts"
import { memoBySite, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html } from "./html.ts"

/** The address entered, and what is wrong with it. */
export interface FormFault {
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

/** A box that describes the newsletter, with the sign-up form. */
export const renderNewsletterBox = memoBySite((site, language: string) => {
  const page = formatAddress({ kind: "newsletter", language }, site)
  return html`<section class="box noprint"><h2>${message(language, "newsletterTitle")}</h2><p>${message(language, "newsletterText")} <a href="${page}">${message(language, "newsletterSee")}</a></p>${renderNewsletterForm(language, site)}</section>`
})
