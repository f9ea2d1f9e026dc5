// The search page: the form, the number of results, and the results.
import type { Entry, Label } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { isolate, renderPageLinks, renderSearchForm, renderStory, renderTopics, topicName } from "./components.ts"
import { type Html, html, raw } from "./html.ts"
import { renderLayout } from "./layout.ts"

interface SearchView {
  readonly language: string
  readonly query: string
  readonly region?: string | null
  readonly topic?: string | null
  /** `excerpt`: text with U+0001 before and U+0002 after each match. */
  readonly results: readonly (Entry & { readonly excerpt: string })[]
  readonly page: number
  readonly more: boolean
  /** How many matches were found. `capped`: there may be more, and `results` come only from the newest matches. */
  readonly count: number
  readonly capped: boolean
  /** The topics to suggest if nothing was found. */
  readonly topics?: readonly Label[]
}

/** The search form and the results. */
export function renderSearchPage(view: SearchView, site: SiteConfig): string {
  const { language, query, results, page, more, capped } = view
  const path = formatAddress({ kind: "search", language }, site)
  const parameters = Object.entries({ q: query, region: view.region, topic: view.topic }).flatMap(([name, value]) =>
    value ? [`${name}=${encodeURIComponent(value.toWellFormed())}`] : [],
  )
  const main = html`<div class="intro"><h1><label for="q_">${message(language, "search")}</label></h1>
${renderSearchForm(language, query, site, renderFilters(view, site))}</div>
${
  query !== "" &&
  html`<h2 class="rule">${describeCount(view)}</h2>
${
  capped &&
  html`<p class="kick">${message(language, "moreMatches")}</p>
`
}${results.length === 0 && renderWaysOn(view, path, site)}<ul class="rows">${results.map((entry) =>
    renderStory(entry, { level: "row", heading: "h3", place: true, excerpt: renderExcerpt(entry.excerpt) }, site),
  )}</ul>
${renderPageLinks(`${path}?${parameters.join("&")}`, page, more, language, ["previous", "next"])}`
}`
  const heading = message(language, "search")
  const title = query === "" ? heading : `${query} – ${heading}`
  return renderLayout({ language, title, path, main, index: false, sheet: "listing" }, site)
}

/** Menus of regions and topics: those in the config, and the chosen topic even if the config lacks it. */
function renderFilters({ language, region, topic }: SearchView, site: SiteConfig): Html {
  const option = (value: string, name: string, chosen: boolean) =>
    html`<option value="${value}"${chosen && raw(" selected")}>${name}</option>`
  const regions = Object.keys(site.regions).map((one) => option(one, regionName(one, language, site), one === region))
  const slugs = Object.keys(site.topics)
  if (topic && !slugs.includes(topic)) slugs.push(topic)
  const topics = slugs
    .map((slug) => ({ slug, name: topicName({ slug, name: slug }, language, site) }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
    .map(({ slug, name }) => option(slug, name, slug === topic))
  return html`<select name="region" aria-label="${message(language, "regions")}"><option value="">${message(language, "anyRegion")}</option>${regions}</select><select name="topic" aria-label="${message(language, "topics")}"><option value="">${message(language, "anyTopic")}</option>${topics}</select>`
}

/** The number of results or, if that is not known exactly, the round number that it exceeds. */
function describeCount({ language, query: typed, count, capped }: SearchView): string {
  const query = isolate(typed, language)
  if (count === 0) return message(language, "noResults", { query })
  if (!capped || count === 1) return message(language, "resultsFor", { query, count })
  const step = 10 ** Math.floor(Math.log10(count - 1))
  return message(language, "moreResultsFor", { query, count: Math.floor((count - 1) / step) * step })
}

/** Where to go when nothing was found: the same query without filters, and the topics. */
function renderWaysOn(
  { language, query, region, topic, topics = [] }: SearchView,
  path: string,
  site: SiteConfig,
): Html {
  const everywhere = `${path}?q=${encodeURIComponent(query.toWellFormed())}`
  return html`${
    (region || topic) &&
    html`<p><a href="${everywhere}">${message(language, "searchEverywhere")}</a></p>
`
  }${
    topics.length > 0 &&
    html`<nav aria-label="${message(language, "topics")}">${renderTopics(topics, language, site)}</nav>
`
  }`
}

function renderExcerpt(excerpt: string): Html {
  const parts = excerpt.replaceAll("\u0002", "\u0001").split("\u0001")
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part))}`
}
