// The form that asks for an e-mail address: in a box of the public's pages, and again, with what was wrong, on its own page.
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html } from "./html.ts"

/** What was typed, and what is wrong with it. */
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
