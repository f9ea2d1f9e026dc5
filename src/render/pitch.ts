// The box on other pages that offers membership.
import { formatAddress } from "../site/format-address.ts"
import { formatPrice, memoBySite, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderMessage } from "./components.ts"
import { type Html, html } from "./html.ts"

/** A box that describes membership and links to the join page. The script hides it from members. */
export const renderPitch = memoBySite((site, language: string): Html => {
  const price = formatPrice(site.membership.price, language)
  return html`<section class="box noprint pitch"><h2>${message(language, "joinTitle")}</h2><p>${message(language, "membershipPitch", { price })} ${describeBenefits(language, site)}</p><p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinButton", { price })}</a></p></section>`
})

/** What members get. */
export function describeBenefits(language: string, site: SiteConfig): Html {
  const digest = html`<a href="${formatAddress({ kind: "digest", language }, site)}">${inLanguage(site.digest.name, language, site)}</a>`
  return renderMessage(language, "membershipBenefits", "digest", digest)
}
