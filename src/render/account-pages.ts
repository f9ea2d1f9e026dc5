// The account page, and its confirmation pages: save, give, delete.
import { languageOfPath } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatDate, formatPrice, type MessageKey, message, type Price } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { languageAttributes, renderButtonForm } from "./components.ts"
import { type Html, html } from "./html.ts"
import { alternatesOf, personalPath, renderLayout, renderTextPage } from "./layout.ts"
import { type Choices, renderChoices } from "./preferences.ts"
import { renderShareButtons, renderShareLinks } from "./share.ts"
import { renderSignOutForms } from "./sign-in-page.ts"

/** Times are milliseconds since the epoch. */
export interface Membership {
  /** When the membership ends; null: never; 0: there is none. */
  readonly until: number | null
  readonly source: "granted" | "paid" | null
  /** What happens to the subscription at the end of the period. */
  readonly renewal: "renews" | "cancels" | null
  /** Every subscription that may be charged again. */
  readonly payments: readonly Payment[]
  /** Whether there is anything to manage at Stripe, even if only receipts. */
  readonly billing: boolean
}

export interface Payment {
  readonly customer: string
  /** When the paid period ends; 0: not paid. */
  readonly until: number
  readonly cancels: boolean
  readonly price: Price | null
}

export interface GivenArticle {
  readonly id: string
  readonly title: string
  readonly path: string
  /** The gift link; null when it no longer works. */
  readonly url: string | null
  readonly expiresAt: number
  readonly state: "giftUntil" | "giftEnded" | "giftRevoked" | "goneTitle"
}

interface AccountView {
  readonly language: string
  readonly email: string
  readonly membership: Membership
  readonly saved: readonly { readonly path: string; readonly title: string }[]
  readonly gifts: readonly GivenArticle[]
  /** The private feed's address, or null. */
  readonly feed: string | null
  readonly newsletters: Choices
  readonly now: number
}

export function renderAccountPage(view: AccountView, site: SiteConfig): string {
  const { language, email } = view
  const title = message(language, "account")
  const main = html`<div class="intro narrow text"><h1>${title}</h1>
<p class="ui">${message(language, "accountOf", { email: `\u2068${email}\u2069` })}</p>
${renderMembership(view, site)}
${section(message(language, "newsletters"), renderChoices(view.newsletters, site), "newsletters_")}
${section(message(language, "savedTitle"), renderSaved(view, site), "saved_")}
${section(message(language, "giftsTitle"), renderGifts(view, site), "gifts_")}
${section(message(language, "feedTitle"), renderFeed(view, site), "feed_")}
${section(message(language, "signOut"), renderSignOutForms(language, site))}
${section(
  message(language, "dataTitle"),
  html`<p>${message(language, "exportText")}</p>
${button("/account/export", "exportButton", language, site)}
<p class="ui"><a href="${personalPath("/account/delete", language, site)}">${message(language, "deleteLink")}</a></p>`,
)}
</div>`
  const alternates = alternatesOf({ kind: "personal", language, page: "/account" }, site)
  return renderLayout({ language, title, alternates, signedIn: true, main }, site)
}

function button(page: string, key: MessageKey, language: string, site: SiteConfig, fields = {}): Html {
  return renderButtonForm(personalPath(page, language, site), fields, message(language, key), "quiet")
}

function section(title: string, content: Html, id?: string): Html {
  return html`<section class="after prose"${id !== undefined && html` id="${id}"`}><h2>${title}</h2>
${content}</section>`
}

function renderMembership(view: AccountView, site: SiteConfig): Html {
  const { language } = view
  const { source, billing, payments } = view.membership
  return html`<section class="box"><h2>${message(language, "membership")}</h2>
<p>${describeMembership(view, site)}</p>${
    source !== null && html`<p class="ui">${message(language, source === "paid" ? "paidByCard" : "paidByGrant")}</p>`
  }${
    payments.length > 0
      ? payments.map((payment) => renderPayment(payment, language, site))
      : billing && button("/account/billing", "billing", language, site)
  }${
    source === null &&
    html`<p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinTitle")}</a></p>`
  }</section>`
}

/** A subscription's price and renewal date, and the button that opens its billing portal. */
function renderPayment({ customer, until, cancels, price }: Payment, language: string, site: SiteConfig): Html {
  const what = price === null ? message(language, "subscription") : formatPrice(price, language)
  const state = until === 0 ? "paymentPending" : cancels ? "paymentEnds" : "paymentRenews"
  const text = message(language, state, { what, date: formatDate(until, language, site) })
  return html`<p class="ui">${text}</p>${button("/account/billing", "billing", language, site, { customer })}`
}

function describeMembership({ language, membership, now }: AccountView, site: SiteConfig): string {
  const { until, source, renewal } = membership
  if (until === null) return message(language, "membershipForever")
  if (until === 0) return message(language, "membershipNone")
  const date = formatDate(until, language, site)
  if (until <= now) return message(language, "membershipEnded", { date })
  if (source !== "paid" || renewal === null) return message(language, "membershipUntil", { date })
  return message(language, renewal === "renews" ? "membershipRenews" : "membershipCancels", { date })
}

function renderSaved({ language, saved }: AccountView, site: SiteConfig): Html {
  if (saved.length === 0) return html`<p class="ui">${message(language, "savedNone")}</p>`
  const action = personalPath("/account/unsave", language, site)
  return html`<ul class="list">${saved.map(
    ({ path, title }) =>
      html`<li>${linkTo(path, title, language, site)}<form method="post" action="${action}?path=${encodeURIComponent(path)}"><button class="quiet small" name="list" aria-label="${message(language, "removeNamed", { title })}">${message(language, "remove")}</button></form></li>`,
  )}</ul>`
}

/** A link to an article, whose language may be another than the page's. */
function linkTo(path: string, title: string, language: string, site: SiteConfig): Html {
  return html`<a href="${path}"${languageAttributes(languageOfPath(path, site), language)}>${title}</a>`
}

function renderGifts({ language, gifts }: AccountView, site: SiteConfig): Html {
  if (gifts.length === 0) return html`<p class="ui">${message(language, "giftsNone")}</p>`
  return html`<ul class="list">${gifts.map((gift) => renderGift(gift, language, site))}</ul>`
}

function renderGift(gift: GivenArticle, language: string, site: SiteConfig): Html {
  const { id, path, title, url, state } = gift
  const date = formatDate(gift.expiresAt, language, site)
  return html`<li>${linkTo(path, title, language, site)} <span class="kick">${message(language, state, { date })}</span>${
    (state === "giftUntil" || state === "goneTitle") &&
    html`<form method="post" action="${personalPath("/account/give/revoke", language, site)}"><input type="hidden" name="id" value="${id}">${
      url !== null &&
      html`<label class="ui" for="gift_${id}">${message(language, "giftLink")}</label><input id="gift_${id}" value="${url}" readonly dir="ltr">${renderShareButtons(language, url)}`
    }<button class="quiet small" aria-label="${message(language, "giftRevokeNamed", { title })}">${message(language, "giftRevoke")}</button></form>`
  }</li>`
}

function renderFeed({ language, feed, membership, now }: AccountView, site: SiteConfig): Html {
  const isMember = membership.until === null || membership.until > now
  const address = html`<label class="ui" for="address_">${message(language, "feedAddress")}</label><input id="address_" value="${feed ?? ""}" readonly dir="ltr">`
  return html`<p>${message(language, "feedText")}</p>
${feed !== null && html`<form method="post" action="${personalPath("/account/feed/revoke", language, site)}">${address}<button class="quiet">${message(language, "feedRevoke")}</button></form>`}${
  isMember
    ? button("/account/feed", feed === null ? "feedMake" : "feedReplace", language, site)
    : html`<p class="ui">${message(language, "membersDo")}</p>`
}`
}

export interface ArticleFormView {
  readonly language: string
  readonly path: string
  readonly title: string
  /** Why the request is refused, or null. */
  readonly refused: "membersDo" | "giveUsedUp" | null
  /** Maximum number of gifts in 30 days. */
  readonly most: number
}

/** Shows the new gift link, to copy or share. `until`: when it expires, in milliseconds. */
export function renderGiftPage(
  view: Pick<ArticleFormView, "language" | "path" | "title"> & { readonly url: string; readonly until: number },
  site: SiteConfig,
): string {
  const { language, path, title: article, url, until } = view
  const title = message(language, "giftReady")
  const content = html`<p class="standfirst">${linkTo(path, article, language, site)}</p>
<p>${message(language, "giftReadyText", { date: formatDate(until, language, site) })}</p>
<form><label class="ui" for="link_">${message(language, "giftLink")}</label><input id="link_" value="${url}" readonly dir="ltr"></form>
${renderShareButtons(language, url)}
${renderShareLinks(url, article, language)}
<p class="ui"><a href="${path}">${message(language, "backToArticle")}</a> ·\u00a0<a href="${personalPath("/account", language, site)}#gifts_">${message(language, "giftsTitle")}</a></p>`
  return renderTextPage({ language, title, page: "/account", signedIn: true, content }, site)
}

/** Asks for confirmation before an article is saved or a gift link is created. */
export function renderArticleForm(view: ArticleFormView, action: "save" | "give", site: SiteConfig): string {
  const { language, path, title: article, refused, most } = view
  const title = message(language, `${action}Title`)
  const content = html`<p class="standfirst">${linkTo(path, article, language, site)}</p>
${action === "give" && html`<p>${message(language, "giveText", { most })}</p>`}
${
  refused === null
    ? renderButtonForm(
        `${personalPath(`/account/${action}`, language, site)}?path=${encodeURIComponent(path)}`,
        {},
        message(language, action === "give" ? "giveButton" : "save"),
      )
    : html`<p class="notice ui" role="alert">${message(language, refused, { most })}</p>`
}
<p class="ui"><a href="${path}">${message(language, "backToArticle")}</a></p>`
  return renderTextPage({ language, title, page: "/account", signedIn: true, content }, site)
}

interface DeleteView {
  readonly language: string
  readonly email: string
  /** Whether Stripe payments end with the account, or stay because the site has no Stripe keys; null: no payments. */
  readonly payments: "end" | "stay" | null
  /** Why nothing was deleted: the box was not ticked, or Stripe did not respond. */
  readonly problem: "unchecked" | "trouble" | null
}

/** Asks for confirmation before the account is deleted. */
export function renderDeletePage({ language, email, payments, problem }: DeleteView, site: SiteConfig): string {
  const title = message(language, "deleteTitle")
  const content = html`<p><bdi dir="ltr"><b>${email}</b></bdi></p>
<p>${message(language, "deleteText")}</p>
${payments !== null && html`<p><b>${message(language, payments === "end" ? "deleteEnds" : "deleteStays", { contact: site.contact })}</b></p>`}
<form method="post" action="${personalPath("/account/delete", language, site)}">${
    problem !== null &&
    html`<p class="notice ui" id="problem_" role="alert">${message(language, problem === "trouble" ? "deleteTrouble" : "deleteUnchecked", { contact: site.contact })}</p>`
  }<label class="ui"><input type="checkbox" name="sure" value="1" required${problem === "unchecked" && html` aria-invalid="true" aria-describedby="problem_"`}> ${message(language, "deleteCheck")}</label><button>${message(language, "deleteLink")}</button></form>
<p class="ui"><a href="${personalPath("/account", language, site)}">${message(language, "backToAccount")}</a></p>`
  return renderTextPage({ language, title, page: "/account", signedIn: true, content }, site)
}
