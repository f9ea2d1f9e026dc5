// What a reader can ask for: membership, the newsletter.
import { formatAddress } from "../site/format-address.ts"
import { formatPrice, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { describeBenefits, renderByLetter, renderNewsletterBox } from "./boxes.ts"
import { type Html, html } from "./html.ts"
import { renderLayout } from "./layout.ts"

/** Why and how to become a member. */
export function renderJoinPage(
  { language, checkout }: { readonly language: string /** Members can pay here. */; readonly checkout: boolean },
  site: SiteConfig,
): string {
  const title = message(language, "joinTitle")
  const price = formatPrice(site.membership.price, language)
  const pitch = message(language, "membershipPitch", { price })
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
<p class="standfirst">${pitch}</p>
<p>${describeBenefits(language, site)}</p>
<section class="box"><h2>${price}</h2>
${checkout ? renderCheckout(language, price, site) : html`<p>${renderByLetter("joinByLetter", title, language, site)}</p>`}
<p class="ui">${message(language, "alreadyMember")} <a href="${formatAddress({ kind: "personal", language, page: "/sign-in" }, site)}" rel="nofollow">${message(language, "signIn")}</a></p></section></div>`
  return renderService("join", language, title, pitch, main, site)
}

function renderCheckout(language: string, price: string, site: SiteConfig): Html {
  const action = formatAddress({ kind: "join", language }, site)
  return html`<form method="post" action="${action}"><button>${message(language, "joinButton", { price })}</button></form>
<p class="ui">${message(language, "joinTerms")}</p>`
}

/** The daily headlines. */
export function renderNewsletterPage({ language }: { readonly language: string }, site: SiteConfig): string {
  const main = html`<div class="narrow">${renderNewsletterBox(site, language, "h1")}</div>`
  return renderService(
    "newsletter",
    language,
    message(language, "newsletterTitle"),
    message(language, "newsletterText"),
    main,
    site,
  )
}

function renderService(
  kind: "join" | "newsletter",
  language: string,
  title: string,
  description: string,
  main: Html,
  site: SiteConfig,
): string {
  const pathIn = (other: string) => formatAddress({ kind, language: other }, site)
  return renderLayout(
    {
      language,
      title,
      description,
      path: pathIn(language),
      main,
      alternates: site.languages.map((other) => ({ language: other, path: pathIn(other) })),
    },
    site,
  )
}
