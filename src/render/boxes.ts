// The boxes that ask something of a reader: the wall, the newsletter, membership, search.
import { formatAddress } from "../site/format-address.ts"
import { formatPrice, message } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderMessage, topicName } from "./entries.ts"
import { type Html, html, raw } from "./html.ts"
import { keepMarkup } from "./keep-markup.ts"
import { renderNewsletterForm } from "./newsletter-form.ts"

/** Where the public's text of a members' article ends. */
export function renderWall(path: string, language: string, site: SiteConfig): Html {
  return html`<section class="paywall box noprint" aria-labelledby="wall_">
<h2 id="wall_">${message(language, "membersOnlyTitle")}</h2>
<p>${message(language, "membersOnlyText", { price: formatPrice(site.membership.price, language) })} ${describeBenefits(language, site)}</p>
<p><a class="button" href="${joinPath(language, site)}">${message(language, "joinTitle")}</a></p>
<p class="ui">${message(language, "alreadyMember")} <a href="${formatAddress({ kind: "personal", language, page: "/sign-in" }, site)}?next=${encodeURIComponent(path)}" rel="nofollow">${message(language, "signIn")}</a></p>
</section>`
}

/** Why somebody who is no member reads a members' article. */
export function renderGiftNote(language: string, site: SiteConfig): Html {
  return html`<p class="notice ui">${message(language, "giftText")} <a href="${joinPath(language, site)}">${message(language, "joinTitle")}</a></p>
`
}

/** What a member may do with an article: each leads to a page of their own, for this one is every member's. */
export function renderMemberLinks(path: string, language: string, site: SiteConfig): Html {
  const to = (page: string) =>
    `${formatAddress({ kind: "personal", language, page }, site)}?path=${encodeURIComponent(path)}`
  return html`<ul class="plain noprint"><li><a href="${to("/account/save")}" rel="nofollow">${message(language, "saveArticle")}</a></li><li><a href="${to("/account/give")}" rel="nofollow">${message(language, "giveArticle")}</a></li></ul>
`
}

/** The daily headlines: what they are, and the form. */
export const renderNewsletterBox = keepMarkup((site, language: string, heading: "h1" | "h2") => {
  const tag = raw(heading)
  return html`<section class="box noprint"><${tag}>${message(language, "newsletterTitle")}</${tag}>
<p>${message(language, "newsletterText")}</p>
${renderNewsletterForm(language, site)}</section>`
})

/** What membership is, and the way to it. */
export const renderPitch = keepMarkup((site, language: string) => {
  const price = formatPrice(site.membership.price, language)
  return html`<section class="box noprint"><h2>${message(language, "joinTitle")}</h2>
<p>${message(language, "membershipPitch", { price })} ${describeBenefits(language, site)}</p>
<p><a class="button" href="${joinPath(language, site)}">${message(language, "joinButton", { price })}</a></p></section>`
})

/** What members get. */
export function describeBenefits(language: string, site: SiteConfig): string {
  return message(language, "membershipBenefits", { digest: inLanguage(site.digest.name, language, site) })
}

/** What is done by writing to the newsroom, and its address. */
export function renderByLetter(key: "joinByLetter", subject: string, language: string, site: SiteConfig): Html {
  const address = html`<a href="${letterTo(subject, site)}" dir="ltr">${site.contact}</a>`
  return renderMessage(language, key, "address", address)
}

function joinPath(language: string, site: SiteConfig): string {
  return formatAddress({ kind: "join", language }, site)
}

/** A search form. `region`: what is chosen; undefined: no choice is offered. */
export function renderSearchForm(
  language: string,
  query: string,
  choice: { region?: string | null; topic?: string | null } | null,
  site: SiteConfig,
): Html {
  const regions = Object.keys(site.regions).map(
    (region) =>
      html`<option value="${region}"${region === choice?.region && raw(" selected")}>${regionName(region, language, site)}</option>`,
  )
  return html`<form role="search" action="${formatAddress({ kind: "search", language }, site)}"><label class="ui" for="q_">${message(language, "searchLabel")}</label><input id="q_" name="q" type="search" value="${query}" required maxlength="200">${
    choice !== null &&
    html`<select name="region" aria-label="${message(language, "regions")}"><option value="">${message(language, "anyRegion")}</option>${regions}</select>${renderTopicChoice(language, choice.topic ?? null, site)}`
  }<button>${message(language, "search")}</button></form>`
}

/** The topics that the site's config names; one that only articles name is among them while it is chosen. */
function renderTopicChoice(language: string, chosen: string | null, site: SiteConfig): Html {
  const slugs = Object.keys(site.topics)
  if (chosen !== null && !slugs.includes(chosen)) slugs.push(chosen)
  const options = slugs
    .map((slug) => ({ slug, name: topicName({ slug, name: slug }, language, site) }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
    .map(({ slug, name }) => html`<option value="${slug}"${slug === chosen && raw(" selected")}>${name}</option>`)
  return html`<select name="topic" aria-label="${message(language, "topics")}"><option value="">${message(language, "anyTopic")}</option>${options}</select>`
}

/** A letter to the newsroom with its subject filled in. */
export function letterTo(subject: string, site: SiteConfig): string {
  return `mailto:${site.contact}?subject=${encodeURIComponent(subject)}`
}
