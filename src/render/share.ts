// Links and buttons that share, save and give an article. Nothing is loaded from other sites.
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html } from "./html.ts"
import { personalPath } from "./layout.ts"

/** Links that share an address by email or on the services that readers use. */
export function renderShareLinks(url: string, title: string, language: string): Html {
  const address = encode(url)
  const words = encode(title.toWellFormed())
  const link = (name: string, href: string) => html`<li><a href="${href}">${name}</a></li>`
  return html`<ul class="plain">${link(message(language, "shareByEmail"), `mailto:?subject=${words}&body=${address}`)}${link(
    "WhatsApp",
    `https://wa.me/?text=${words}%20${address}`,
  )}${link("Facebook", `https://www.facebook.com/sharer/sharer.php?u=${address}`)}${link(
    "X",
    `https://x.com/intent/post?text=${words}&url=${address}`,
  )}${link("Telegram", `https://t.me/share/url?url=${address}&text=${words}`)}</ul>`
}

/** Buttons that share and copy an address, by default the page's. The script shows those that the browser supports. */
export function renderShareButtons(language: string, url?: string): Html {
  const text = url !== undefined && html` type="button" data-text="${url}"`
  return html`<p class="tools"><button class="small quiet" hidden data-do="share"${text}>${message(language, "share")}</button> <button class="small quiet" hidden data-do="copy"${text} data-done="${message(language, "copied")}" aria-live="polite">${message(language, "copyLink")}</button></p>`
}

/**
 * The button that saves an article, and the message shown once it is saved (the server redirects to `#saved_`). `give`:
 * whether to link to the form for giving the article. The markup is the same for all members, who share cached pages.
 */
export function renderOwnButtons(path: string, give: boolean, language: string, site: SiteConfig): Html {
  const to = (page: string) => personalPath(page, language, site)
  const query = `?path=${encodeURIComponent(path)}`
  return html`<form class="save noprint" method="post" action="${to("/account/save")}${query}"><button class="small quiet" data-done="${message(language, "saved")}">${message(language, "saveArticle")}</button></form>${
    give &&
    html`<a class="button small quiet noprint" href="${to("/account/give")}${query}" rel="nofollow">${message(language, "giveArticle")}</a>`
  }<a class="flash" id="saved_" href="${to("/sign-in")}#saved_">${message(language, "savedTitle")}</a>`
}

/** Percent-encodes a text, apostrophes included, so that it is safe in an attribute. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27")
}
