// The newsletter sign-up form, and the box and page that contain it.
import { formatAddress } from "../site/format-address.ts"
import { memoBySite, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html, raw } from "./html.ts"
import { alternatesOf, renderLayout } from "./layout.ts"

/** The address entered, and what is wrong with it. */
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

/** A box that describes the newsletter, with the sign-up form. */
export const renderNewsletterBox = memoBySite((site, language: string) => renderBox(site, language, "h2", null))

function renderBox(site: SiteConfig, language: string, heading: "h1" | "h2", fault: FormFault | null): Html {
  const tag = raw(heading)
  return html`<section class="box noprint"><${tag}>${message(language, "newsletterTitle")}</${tag}>
<p>${message(language, "newsletterText")}</p>
${renderNewsletterForm(language, site, fault)}</section>`
}

/** The sign-up page. With a fault, the form is shown again with the error. */
export function renderNewsletterPage(language: string, site: SiteConfig, fault: FormFault | null = null): string {
  const address = { kind: "newsletter", language } as const
  const title = message(language, "newsletterTitle")
  const description = message(language, "newsletterText")
  const main = html`<div class="narrow">${renderBox(site, language, "h1", fault)}</div>`
  const indexed = { description, path: formatAddress(address, site), alternates: alternatesOf(address, site) }
  return renderLayout({ language, title, main, ...(fault === null && indexed) }, site)
}
