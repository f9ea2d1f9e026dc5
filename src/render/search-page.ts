// The search page: the box, and what was found.
import type { Entry } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderSearchForm } from "./boxes.ts"
import { renderEntry, renderPageLinks, renderTopics } from "./entries.ts"
import { type Html, html, raw } from "./html.ts"
import { renderLayout } from "./layout.ts"

export interface SearchView {
  readonly language: string
  readonly query: string
  /** `excerpt`: escaped, what matches within `<mark>`. */
  readonly results: readonly (Entry & { readonly excerpt: string })[]
  readonly page: number
  readonly more: boolean
  readonly region?: string | null
  readonly topic?: string | null
}

export function renderSearchPage(view: SearchView, site: SiteConfig): string {
  const { language, query, results, page, more, region = null, topic = null } = view
  const path = formatAddress({ kind: "search", language }, site)
  const parameters = [
    ["q", query],
    ["region", region],
    ["topic", topic],
  ].flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value.toWellFormed())}`] : []))
  const main = html`<div class="intro"><h1>${message(language, "search")}</h1>
${renderSearchForm(language, query, { region, topic }, site)}</div>
${
  query !== "" &&
  html`<h2 class="rule">${message(language, results.length === 0 ? "noResults" : "resultsFor", { query })}</h2>
${results.length === 0 && renderWaysOn(view, path, site)}<ul class="rows">${results.map((entry) =>
    renderEntry(entry, { heading: "h3", place: true, excerpt: raw(entry.excerpt) }, site),
  )}</ul>
${renderPageLinks(`${path}?${parameters.join("&")}`, page, more, language, ["previous", "next"])}`
}`
  return renderLayout(
    {
      language,
      title: query === "" ? message(language, "search") : `${query} – ${message(language, "search")}`,
      description: "",
      path,
      main,
      index: false,
    },
    site,
  )
}

/** Where to go when nothing was found: the same words everywhere, and the topics. */
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
