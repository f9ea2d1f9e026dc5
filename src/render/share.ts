// Passing an article on: plain links that any browser follows, and buttons that the script reveals where they work.
import type { Story } from "../article/article.ts"
import { formatList, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html, raw } from "./html.ts"

/** Share links; nothing of another site is loaded. */
export function renderShareLinks({ language, title, path }: Story, site: SiteConfig): Html {
  const url = site.origin + path
  const address = encode(url)
  const words = encode(title.toWellFormed())
  const link = (name: string, href: string) => html`<li><a href="${raw(href)}" rel="nofollow noopener">${name}</a></li>`
  return html`<section class="after noprint"><h2>${message(language, "share")}</h2>
<ul class="plain">${link(message(language, "shareByEmail"), `mailto:?subject=${words}&amp;body=${address}`)}${link(
    "WhatsApp",
    `https://wa.me/?text=${words}%20${address}`,
  )}${link("Facebook", `https://www.facebook.com/sharer/sharer.php?u=${address}`)}${link(
    "X",
    `https://x.com/intent/post?text=${words}&amp;url=${address}`,
  )}${link("Telegram", `https://t.me/share/url?url=${address}&amp;text=${words}`)}</ul>
<p class="tools"><button class="small quiet" hidden data-do="share" data-text="${url}">${message(language, "share")}</button> <button class="small quiet" hidden data-do="copy" data-text="${url}" data-done="${message(language, "copied")}" aria-live="polite">${message(language, "copyLink")}</button></p></section>`
}

/** Percent-encoded, the apostrophe too: nothing is left that an attribute must not hold. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27")
}

/** Longer texts are offered as markdown alone: the page would carry them twice. */
const longestCopy = 60_000

/** The text to paste, with the line of credit. `text`: the article's markup. */
export function renderRepublishBox(story: Story, text: string, site: SiteConfig): Html {
  const { language, path, title, authors } = story
  const url = site.origin + path
  const names = formatList(
    authors.map(({ name }) => name),
    language,
  )
  const here = text.replaceAll(' src="/', ` src="${site.origin}/`).replaceAll(' href="/', ` href="${site.origin}/`)
  const copy = html`<h1>${title}</h1>
${names !== "" && html`<p>${message(language, "byline", { authors: names })}</p>`}
${raw(here.trim())}
<p><a href="${url}">${message(language, "firstPublished", { name: site.name })}</a></p>`.markup
  return html`<details class="after noprint"><summary class="ui"><b>${message(language, "republish")}</b></summary>
${
  copy.length <= longestCopy &&
  html`<label for="copy_">${message(language, "republishIntro")}</label><textarea id="copy_" readonly dir="ltr">
${copy}</textarea><p><button class="small quiet" type="button" hidden data-do="copy" data-from="copy_" data-done="${message(language, "copied")}" aria-live="polite">${message(language, "copyText")}</button></p>`
}
<p class="ui"><a href="${path}.md">${message(language, "plainText")}</a></p></details>`
}
