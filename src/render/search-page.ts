// The search page: the form and the results.
import type { Entry } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderEntry, renderPageLinks, renderSearchForm, renderTopics, type Search } from "./components.ts"
import { type Html, html } from "./html.ts"
import { renderLayout } from "./layout.ts"

export interface SearchView extends Search {
  /** `excerpt`: text with U+0001 before and U+0002 after each match. */
  readonly results: readonly (Entry & { readonly excerpt: string })[]
  readonly page: number
  readonly more: boolean
}

export function renderSearchPage(view: SearchView, site: SiteConfig): string {
  const { language, query, results, page, more } = view
  const path = formatAddress({ kind: "search", language }, site)
  const parameters = Object.entries({ q: query, region: view.region, topic: view.topic }).flatMap(([name, value]) =>
    value ? [`${name}=${encodeURIComponent(value.toWellFormed())}`] : [],
  )
  const main = html`<div class="intro"><h1>${message(language, "search")}</h1>
${renderSearchForm(view, true, site)}</div>
${
  query !== "" &&
  html`<h2 class="rule">${message(language, results.length === 0 ? "noResults" : "resultsFor", { query })}</h2>
${results.length === 0 && renderWaysOn(view, path, site)}<ul class="rows">${results.map((entry) =>
    renderEntry(entry, { heading: "h3", place: true, excerpt: renderExcerpt(entry.excerpt) }, site),
  )}</ul>
${renderPageLinks(`${path}?${parameters.join("&")}`, page, more, language, ["previous", "next"])}`
}`
  const heading = message(language, "search")
  const title = query === "" ? heading : `${query} – ${heading}`
  return renderLayout({ language, title, path, main, index: false }, site)
}

/** Where to go when nothing was found: the same query without filters, and the topics. */
function renderWaysOn({ language, query, region, topic }: SearchView, path: string, site: SiteConfig): Html {
  const everywhere = `${path}?q=${encodeURIComponent(query.toWellFormed())}`
  const topics = Object.keys(site.topics).map((slug) => ({ slug, name: slug }))
  return html`${
    (region || topic) &&
    html`<p><a href="${everywhere}">${message(language, "searchEverywhere")}</a></p>
`
  }<nav aria-label="${message(language, "topics")}">${renderTopics(topics, language, site)}</nav>
`
}

function renderExcerpt(excerpt: string): Html {
  const parts = excerpt.replaceAll("\u0002", "\u0001").split("\u0001")
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part))}`
}
