// A member's account: standing, newsletters, saved articles, gifts, private feed, signing out, data.

import { formatAddress } from "../site/format-address.ts"
import { formatDate, formatPrice, message, type Price } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html, nothing } from "./html.ts"
import { renderButtonForm } from "./newsletter-pages.ts"
import { personalPath, renderPersonalPage } from "./personal-frame.ts"
import { renderSignOutForms } from "./sign-in-page.ts"

/** Times are milliseconds since the epoch. */
export interface Standing {
  /** The membership's end: 0: none; null: without end. */
  readonly until: number | null
  readonly source: "granted" | "paid" | null
  /** The subscription is renewed at its end; a cancelled one is not. */
  readonly renewal: "renews" | "cancels" | null
  /** Every subscription that may charge again. */
  readonly payments: readonly StandingPayment[]
  /** There is something at Stripe to manage: receipts at least. */
  readonly billing: boolean
}

export interface StandingPayment {
  readonly customer: string
  /** Paid up to then; 0: not paid. */
  readonly until: number
  readonly cancels: boolean
  readonly price: Price | null
}

export interface GivenArticle {
  readonly id: string
  readonly title: string
  readonly path: string
  /** The link to pass on; null when it opens nothing any more. */
  readonly url: string | null
  readonly expiresAt: number
  readonly revoked: boolean
}

export interface AccountView {
  readonly language: string
  readonly email: string
  readonly standing: Standing
  readonly saved: readonly { readonly path: string; readonly title: string }[]
  readonly gifts: readonly GivenArticle[]
  /** The private feed's address, or null. */
  readonly feed: string | null
  /** Where the letters that go to the member are chosen; null: none go. */
  readonly letters: string | null
  readonly now: number
}

export function renderAccountPage(view: AccountView, site: SiteConfig): string {
  const { language, email } = view
  const title = message(language, "account")
  const main = html`<div class="intro narrow text"><h1>${title}</h1>
<p class="ui">${message(language, "accountOf", { email: `\u2068${email}\u2069` })}</p>
${renderStanding(view, site)}
${section(
  message(language, "newsletters"),
  html`<p>${
    view.letters === null
      ? html`<a href="${formatAddress({ kind: "newsletter", language }, site)}">${message(language, "newsletterButton")}</a>`
      : html`<a href="${view.letters}">${message(language, "lettersChoose")}</a>`
  }</p>`,
)}
${section(message(language, "savedTitle"), renderSaved(view, site), "saved_")}
${section(message(language, "giftsTitle"), renderGifts(view, site), "gifts_")}
${section(message(language, "feedTitle"), renderFeed(view, site), "feed_")}
${section(message(language, "signOut"), renderSignOutForms(language, site))}
${section(
  message(language, "dataTitle"),
  html`<p>${message(language, "exportText")}</p>
<form method="post" action="${personalPath("/account/export", language, site)}"><button class="quiet">${message(language, "exportButton")}</button></form>
<p class="ui"><a href="${personalPath("/account/delete", language, site)}">${message(language, "deleteLink")}</a></p>`,
)}
</div>`
  return renderPersonalPage({ language, title, page: "/account", signedIn: true, main }, site)
}

function section(title: string, content: Html, id?: string): Html {
  return html`<section class="after prose"${id !== undefined && html` id="${id}"`}><h2>${title}</h2>
${content}</section>`
}

function renderStanding(view: AccountView, site: SiteConfig): Html {
  const { language, standing } = view
  const { source, billing, payments } = standing
  return html`<section class="box"><h2>${message(language, "standing")}</h2>
<p>${describeStanding(view, site)}</p>${
    source !== null && html`<p class="ui">${message(language, source === "paid" ? "paidByCard" : "paidByGrant")}</p>`
  }${
    payments.length > 0
      ? payments.map((payment) => renderPayment(payment, language, site))
      : billing && renderBilling(null, language, site)
  }${
    source === null &&
    html`<p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinTitle")}</a></p>`
  }</section>`
}

/** What one subscription charges, and the way to its billing portal. */
function renderPayment({ customer, until, cancels, price }: StandingPayment, language: string, site: SiteConfig): Html {
  const what = price === null ? message(language, "subscription") : formatPrice(price, language)
  const state = until === 0 ? "paymentPending" : cancels ? "paymentEnds" : "paymentRenews"
  const text = message(language, state, { what, date: formatDate(until, language, site) })
  return html`<p class="ui">${text}</p>${renderBilling(customer, language, site)}`
}

function renderBilling(customer: string | null, language: string, site: SiteConfig): Html {
  const fields: Record<string, string> = customer === null ? {} : { customer }
  return renderButtonForm(personalPath("/account/billing", language, site), fields, message(language, "billing"), true)
}

function describeStanding({ language, standing, now }: AccountView, site: SiteConfig): string {
  const { until, source, renewal } = standing
  if (until === null) return message(language, "standingForever")
  if (until === 0) return message(language, "standingNone")
  const date = formatDate(until, language, site)
  if (until <= now) return message(language, "standingEnded", { date })
  if (source !== "paid" || renewal === null) return message(language, "standingUntil", { date })
  return message(language, renewal === "renews" ? "standingRenews" : "standingCancels", { date })
}

function renderSaved({ language, saved }: AccountView, site: SiteConfig): Html {
  if (saved.length === 0) return html`<p class="ui">${message(language, "savedNone")}</p>`
  const action = personalPath("/account/unsave", language, site)
  return html`<ul class="list">${saved.map(
    ({ path, title }) =>
      html`<li><a href="${path}">${title}</a><form method="post" action="${action}"><input type="hidden" name="path" value="${path}"><button class="quiet small" aria-label="${message(language, "removeNamed", { title })}">${message(language, "remove")}</button></form></li>`,
  )}</ul>`
}

function renderGifts({ language, gifts }: AccountView, site: SiteConfig): Html {
  if (gifts.length === 0) return html`<p class="ui">${message(language, "giftsNone")}</p>`
  return html`<ul class="list">${gifts.map((gift) => renderGift(gift, language, site))}</ul>`
}

function renderGift(gift: GivenArticle, language: string, site: SiteConfig): Html {
  const { id, path, title, url, revoked } = gift
  const date = formatDate(gift.expiresAt, language, site)
  const state = revoked ? "giftRevoked" : url === null ? "giftEnded" : "giftUntil"
  return html`<li><a href="${path}">${title}</a> <span class="kick">${message(language, state, { date })}</span>${
    url !== null &&
    html`<form method="post" action="${personalPath("/account/give/revoke", language, site)}"><input type="hidden" name="id" value="${id}"><label class="ui" for="gift_${id}">${message(language, "giftLink")}</label><input id="gift_${id}" value="${url}" readonly dir="ltr"><button class="quiet small" aria-label="${message(language, "giftRevokeNamed", { title })}">${message(language, "giftRevoke")}</button></form>`
  }</li>`
}

function renderFeed({ language, feed, standing, now }: AccountView, site: SiteConfig): Html {
  const isMember = standing.until === null || standing.until > now
  const form = (page: string, key: "feedMake" | "feedReplace" | "feedRevoke", more: Html = nothing) =>
    html`<form method="post" action="${personalPath(page, language, site)}">${more}<button class="quiet">${message(language, key)}</button></form>`
  const address = html`<label class="ui" for="address_">${message(language, "feedAddress")}</label><input id="address_" value="${feed ?? ""}" readonly dir="ltr">`
  return html`<p>${message(language, "feedText")}</p>
${feed !== null && form("/account/feed/revoke", "feedRevoke", address)}${
  isMember
    ? form("/account/feed", feed === null ? "feedMake" : "feedReplace")
    : html`<p class="ui">${message(language, "membersDo")}</p>`
}`
}
