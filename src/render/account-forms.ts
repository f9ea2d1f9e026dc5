// Pages of the account that ask before they do something: save, give, delete.

import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html } from "./html.ts"
import { personalPath, renderPersonalPage } from "./personal-frame.ts"

export interface ArticleFormView {
  readonly language: string
  readonly path: string
  readonly title: string
  /** Why it cannot be done, if so. */
  readonly refused: "membersDo" | "giveUsedUp" | null
  /** Gifts that 30 days allow. */
  readonly most: number
}

/** Save this article? */
export function renderSavePage(view: ArticleFormView, site: SiteConfig): string {
  return renderArticleForm(view, "/account/save", "saveTitle", null, "save", site)
}

/** Give this article? */
export function renderGivePage(view: ArticleFormView, site: SiteConfig): string {
  return renderArticleForm(view, "/account/give", "giveTitle", "giveText", "giveButton", site)
}

function renderArticleForm(
  { language, path, title, refused, most }: ArticleFormView,
  page: string,
  heading: "saveTitle" | "giveTitle",
  text: "giveText" | null,
  button: "save" | "giveButton",
  site: SiteConfig,
): string {
  const main = html`<div class="intro prose narrow"><h1>${message(language, heading)}</h1>
<p class="standfirst"><a href="${path}">${title}</a></p>
${text !== null && html`<p>${message(language, text, { most })}</p>`}
${
  refused !== null
    ? html`<p class="notice ui" role="alert">${message(language, refused, { most })}</p>`
    : html`<form method="post" action="${personalPath(page, language, site)}"><input type="hidden" name="path" value="${path}"><button>${message(language, button)}</button></form>`
}
${backLink(language, site)}</div>`
  return renderPersonalPage(
    { language, title: message(language, heading), page: "/account", signedIn: true, main },
    site,
  )
}

export interface DeleteView {
  readonly language: string
  readonly email: string
  /** What becomes of payments at Stripe: they end with the account, or stay, since the site has no keys for it; null: there are none. */
  readonly payments: "end" | "stay" | null
  /** Why the form did not do it: its box was not ticked, or Stripe does not answer. */
  readonly problem: "unchecked" | "trouble" | null
}

/** Delete your account? */
export function renderDeletePage({ language, email, payments, problem }: DeleteView, site: SiteConfig): string {
  const title = message(language, "deleteTitle")
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
<p><bdi dir="ltr"><b>${email}</b></bdi></p>
<p>${message(language, "deleteText")}</p>
${payments !== null && html`<p><b>${message(language, payments === "end" ? "deleteEnds" : "deleteStays", { contact: site.contact })}</b></p>`}
<form method="post" action="${personalPath("/account/delete", language, site)}">${
    problem !== null &&
    html`<p class="notice ui" id="problem_" role="alert">${message(language, problem === "trouble" ? "deleteTrouble" : "deleteUnchecked", { contact: site.contact })}</p>`
  }<label class="ui"><input type="checkbox" name="sure" value="1" required${problem === "unchecked" && html` aria-invalid="true" aria-describedby="problem_"`}> ${message(language, "deleteCheck")}</label><button>${message(language, "deleteLink")}</button></form>
${backLink(language, site)}</div>`
  return renderPersonalPage({ language, title, page: "/account", signedIn: true, main }, site)
}

/** The account is gone. */
export function renderDeletedPage(language: string, site: SiteConfig): string {
  const title = message(language, "deleted")
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
<p class="standfirst">${message(language, "deletedText")}</p>
<p><a class="button" href="${formatAddress({ kind: "front", language }, site)}">${message(language, "home")}</a></p></div>`
  return renderPersonalPage({ language, title, page: "/account", signedIn: false, main }, site)
}

function backLink(language: string, site: SiteConfig): Html {
  return html`<p class="ui"><a href="${personalPath("/account", language, site)}">${message(language, "backToAccount")}</a></p>`
}
