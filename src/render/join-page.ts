// The page that offers membership: what members get, its price, a sample of the digest, questions and answers.
import { formatAddress } from "../site/format-address.ts"
import { formatPrice, type MessageKey, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderMessage } from "./components.ts"
import { renderSample, type Sample } from "./edition-pages.ts"
import { type Html, html } from "./html.ts"
import { alternatesOf, contactLink, personalPath, renderLayout } from "./layout.ts"

interface JoinView {
  readonly language: string
  /** Whether readers can pay online. */
  readonly checkout: boolean
  readonly isMember: boolean
  readonly sample: Sample
  /** How many articles a member may give in 30 days. */
  readonly gifts: number
}

export function renderJoinPage({ language, checkout, isMember, sample, gifts }: JoinView, site: SiteConfig): string {
  const address = { kind: "join", language } as const
  const path = formatAddress(address, site)
  const say = (key: MessageKey, words = {}) => message(language, key, words)
  const price = formatPrice(site.membership.price, language)
  const description = say("membershipPitch", { price })
  const contact = html`<a href="${contactLink(say("joinTitle"), site)}" dir="ltr">${site.contact}</a>`
  const write = (key: MessageKey) => renderMessage(language, key, "address", contact)
  const join = checkout
    ? html`<form method="post" action="${path}"><button>${say("joinButton", { price })}</button></form>`
    : html`<p><a class="button" href="${contactLink(say("joinTitle"), site)}">${say("joinTitle")}</a></p>
<p class="ui">${write("joinByLetter")}</p>`
  const part = (title: string, text: Html | string) => html`<div><h3>${title}</h3><p>${text}</p></div>`
  const letter = renderSample("digest", sample, language, site)
  const [account, signIn] = ["/account", "/sign-in"].map((page) => personalPath(page, language, site))
  const offer = html`<section class="box pitch"><h2>${price}</h2>
${join}
${checkout ? html`<p class="ui">${say("joinTerms")}</p>` : isLocal(site) && renderLocalHint(language)}
<p class="ui guest">${say("alreadyMember")} <a href="${signIn}" rel="nofollow">${say("signIn")}</a></p></section>`
  const main = html`<div class="offer"><div class="intro"><h1>${say(isMember ? "joinedTitle" : "joinTitle")}</h1>
<p class="standfirst">${description}</p></div>
${isMember ? html`<section class="box"><a class="button" href="${account}">${say("account")}</a></section>` : offer}
<section class="gains"><h2>${say("joinGets")}</h2>
<div class="parts">${part(say("joinRead"), say("joinReadText"))}${part(inLanguage(site.digest.name, language, site), say("digestText"))}${part(
    say("joinGifts", { most: gifts }),
    say("joinGiftsText"),
  )}${part(say("joinKeep"), say("joinKeepText"))}</div></section></div>
${letter.markup !== "" && html`<section class="preview"><h2 class="rule">${say("joinSample")}</h2>${letter}</section>`}
<section><h2 class="rule">${say("joinQuestions")}</h2>
<div class="parts answers">${
    checkout &&
    html`${part(say("joinPay"), say("joinPayText", { price }))}${part(say("joinCancel"), say("joinCancelText"))}`
  }${part(say("joinFree"), say("joinFreeText"))}${part(say("joinPassword"), say("joinPasswordText"))}${part(
    say("joinData"),
    say("joinDataText"),
  )}${part(say("joinMore"), write("joinMoreText"))}</div></section>
${!isMember && html`<section class="box close pitch"><h2>${say("joinClose")}</h2>${join}</section>`}`
  return renderLayout(
    {
      language,
      title: say(isMember ? "joinedTitle" : "joinTitle"),
      description,
      path,
      alternates: alternatesOf(address, site),
      sheet: ["form", "story", "reading", "letter"],
      signedIn: isMember,
      main,
    },
    site,
  )
}

/** Whether the site runs locally. */
const isLocal = (site: SiteConfig) => /^http:\/\/(?:localhost|127\.0\.0\.1)(?=[:/]|$)/.test(site.origin)

/** For someone trying the site locally: why there is no payment, and how to become a member. */
function renderLocalHint(language: string): Html {
  const command = html`<code dir="ltr">npx dateline members grant EMAIL</code>`
  return html`<p class="notice ui">${renderMessage(language, "joinLocal", "command", command)}</p>`
}
