// The boxes at the end of other pages: the newsletter with its sign-up form, and the offer of membership.
import { formatAddress } from "../site/format-address.ts"
import { memoBySite } from "../site/memo.ts"
import { formatPrice, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderMessage } from "./components.ts"
import { type Html, html } from "./html.ts"

/** The email address entered, and what is wrong with it. */
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

/** A box that describes membership and links to the join page. The script hides it from members. */
export const renderPitch = memoBySite((site, language: string): Html => {
  const price = formatPrice(site.membership.price, language)
  return html`<section class="box noprint pitch"><h2>${message(language, "joinTitle")}</h2><p>${message(language, "membershipPitch", { price })} ${describeBenefits(language, site)}</p><p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinButton", { price })}</a></p></section>`
})

/** Describes what members get. */
export function describeBenefits(language: string, site: SiteConfig): Html {
  const digest = html`<a href="${formatAddress({ kind: "digest", language }, site)}">${inLanguage(site.digest.name, language, site)}</a>`
  return renderMessage(language, "membershipBenefits", "digest", digest)
}
