// The page that offers membership, and the box that links to it.
import { formatAddress } from "../site/format-address.ts"
import { formatPrice, memoBySite, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderMessage } from "./components.ts"
import { type Html, html } from "./html.ts"
import { alternatesOf, contactLink, personalPath, renderTextPage } from "./layout.ts"

/** Why and how to become a member. `checkout`: whether readers can pay online. */
export function renderJoinPage(
  { language, checkout }: { readonly language: string; readonly checkout: boolean },
  site: SiteConfig,
): string {
  const address = { kind: "join", language } as const
  const path = formatAddress(address, site)
  const title = message(language, "joinTitle")
  const price = formatPrice(site.membership.price, language)
  const description = message(language, "membershipPitch", { price })
  const contact = html`<a href="${contactLink(title, site)}" dir="ltr">${site.contact}</a>`
  const content = html`<p class="standfirst">${description}</p>
<p>${describeBenefits(language, site)}</p>
<section class="box"><h2>${price}</h2>
${
  checkout
    ? html`<form method="post" action="${path}"><button>${message(language, "joinButton", { price })}</button></form>
<p class="ui">${message(language, "joinTerms")}</p>`
    : html`<p>${renderMessage(language, "joinByLetter", "address", contact)}</p>`
}
<p class="ui">${message(language, "alreadyMember")} <a href="${personalPath("/sign-in", language, site)}" rel="nofollow">${message(language, "signIn")}</a></p></section>`
  return renderTextPage({ language, title, description, path, content, alternates: alternatesOf(address, site) }, site)
}

/** A box that describes membership and links to the join page. */
export const renderPitch = memoBySite((site, language: string): Html => {
  const price = formatPrice(site.membership.price, language)
  return html`<section class="box noprint pitch"><h2>${message(language, "joinTitle")}</h2>
<p>${message(language, "membershipPitch", { price })} ${describeBenefits(language, site)}</p>
<p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinButton", { price })}</a></p></section>`
})

/** What members get. */
export function describeBenefits(language: string, site: SiteConfig): Html {
  const digest = html`<a href="${formatAddress({ kind: "digest", language }, site)}">${inLanguage(site.digest.name, language, site)}</a>`
  return renderMessage(language, "membershipBenefits", "digest", digest)
}
