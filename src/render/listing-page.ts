// Pages that list articles by region, country, topic or author; search results; corrections.
import type { Entry, Label } from "../article/article.ts"
import type { LandingAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import {
  currencyName,
  formatList,
  formatNumber,
  languageName,
  languageOf,
  type MessageKey,
  message,
} from "../site/messages.ts"
import {
  type Country,
  countriesOf,
  countryByCode,
  countryBySlug,
  countryName,
  regionOfCountry,
} from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import {
  listingName,
  pageAddress,
  renderCoordinates,
  renderMap,
  renderPageLinks,
  renderRegionMap,
  renderSearchForm,
  renderStory,
  renderTopics,
  renderTrail,
  renderWrittenDate,
  type Search,
  trailOf,
} from "./components.ts"
import { type Html, html, nothing, type Printable, raw } from "./html.ts"
import { describeTrail, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, contactLink, renderLayout } from "./layout.ts"
import { renderNewsletterBox } from "./newsletter-pages.ts"

interface ListingView {
  readonly address: LandingAddress
  /** The name of the topic or author; places take theirs from `address`. */
  readonly title: string
  readonly entries: readonly Entry[]
  /** Starts at 1. */
  readonly page: number
  readonly more: boolean
  readonly topics: readonly Label[]
  /** Topics or authors with similar names, each with its own page. */
  readonly namesakes?: readonly Label[]
}

export function renderListingPage(view: ListingView, site: SiteConfig): string {
  const { address, title, page, more, topics } = view
  const { language } = address
  const place = address.kind === "region" || address.kind === "country"
  const country = address.kind === "country" ? countryBySlug(address.country) : null
  const name = listingName(address, title, site)
  const path = formatAddress(address, site)
  const trail = place
    ? trailOf(address.region, address.kind === "country" ? address.country : null, language, site)
    : []
  const step = (to: number, rel: string) => html`<link rel="${rel}" href="${site.origin + pageAddress(path, to)}">`
  const main = html`${place && renderTrail(trail, true, language)}
${!place && html`<p class="kick">${message(language, address.kind === "author" ? "authors" : "topics")}</p>`}${address.kind === "country" && renderCoordinates(address.country, language)}<h1 class="here">${name}</h1>
${renderNamesakes(view, site)}
<div${place && raw(` class="duo"`)}>${
    place &&
    html`<aside>${
      country === null
        ? renderRegionMap(address.region, language, site)
        : [renderMap(country, language), renderFacts(country, language, site)]
    }</aside>`
  }<div>${renderEntries(view, site)}
${renderPageLinks(path, page, more, language)}</div></div>
${address.kind === "region" && renderCountries(address.region, language, site)}
${topics.length > 0 && html`<section class="noprint"><h2 class="rule">${message(language, "topics")}</h2>${renderTopics(topics, language, site)}</section>`}
<div class="boxes">${renderNewsletterBox(site, language)}</div>`
  const numbered = page === 1 ? "" : ` (${message(language, "page", { page })})`
  return renderLayout(
    {
      language,
      title: name + numbered,
      description: describeListing(address, name) + numbered,
      path: pageAddress(path, page),
      main,
      head: html`${page > 1 && step(page - 1, "prev")}${more && step(page + 1, "next")}${
        place &&
        html`
${renderJsonLd(describeTrail(trail, site))}`
      }`,
      alternates: place && page === 1 ? alternatesOf(address, site) : [],
      feed: { of: path, title: `${site.name}: ${name}` },
      region: place ? address.region : null,
      sheet: "listing",
    },
    site,
  )
}

function renderNamesakes({ address, namesakes = [] }: ListingView, site: SiteConfig): Html {
  if (namesakes.length === 0) return nothing
  const links = namesakes.map(
    ({ slug, name }) =>
      html`<li><a href="${formatAddress({ ...address, slug } as LandingAddress, site)}">${name}</a></li>`,
  )
  return html`<nav class="ui" aria-label="${message(address.language, "namesakes")}"><p>${message(address.language, "namesakes")}</p><ul class="plain">${links}</ul></nav>`
}

function describeListing({ kind, language }: LandingAddress, name: string): string {
  const key = kind === "author" ? "byAuthor" : kind === "topic" ? "onTopic" : "inPlace"
  return message(language, key, { author: name, topic: name, place: name })
}

function renderEntries({ address, entries }: ListingView, site: SiteConfig): Html {
  const { language } = address
  if (entries.length === 0) return html`<p class="standfirst">${message(language, "nothingYet")}</p>`
  const style = { level: "row", heading: "h2", place: address.kind !== "country" } as const
  return html`<ul class="rows">${entries.map((entry) => renderStory(entry, style, site))}</ul>`
}

function renderCountries(region: string, language: string, site: SiteConfig): Html {
  const countries = countriesOf(region, site)
  if (countries.length === 0) return nothing
  const names = countries
    .map((country) => ({ name: countryName(country, language), slug: country.slug }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
  return html`<nav class="noprint" aria-labelledby="countries_"><h2 class="rule" id="countries_">${message(language, "countries")}</h2><ul class="plain">${names.map(
    ({ name, slug }) =>
      html`<li><a href="${formatAddress({ kind: "country", language, region, country: slug }, site)}">${name}</a></li>`,
  )}</ul></nav>`
}

function renderFacts(country: Country, language: string, site: SiteConfig): Html {
  const { capital, area, languages, currency } = country
  const spoken = languages.slice(0, 6).map((code) => languageName(code, language))
  const fact = (key: MessageKey, value: Printable) => value && html`<dt>${message(language, key)}</dt><dd>${value}</dd>`
  return html`<figure><dl class="facts" aria-label="${message(language, "keyFacts")}">${[
    fact("capital", languageOf(language).latinNames && capital),
    fact("area", area && message(language, "areaValue", { area: formatNumber(area, language) })),
    fact("spokenLanguages", formatList(spoken, language)),
    fact("currency", currency && currencyName(currency, language)),
    fact("neighbours", renderNeighbours(country, language, site)),
  ]}</dl><figcaption>${message(language, "factsCredit")}</figcaption></figure>`
}

function renderNeighbours({ neighbours }: Country, language: string, site: SiteConfig): Html | null {
  if (neighbours.length === 0) return null
  const names = neighbours.map((code) => {
    const country = countryByCode(code) as Country
    const region = regionOfCountry(country.slug, site)
    const name = countryName(country, language)
    if (region === null) return html`${name}`
    return html`<a href="${formatAddress({ kind: "country", language, region, country: country.slug }, site)}">${name}</a>`
  })
  return raw(
    formatList(
      names.map(({ markup }) => markup),
      language,
    ),
  )
}

interface SearchView extends Search {
  /** `excerpt`: text with U+0001 before and U+0002 after each match. */
  readonly results: readonly (Entry & { readonly excerpt: string })[]
  readonly page: number
  readonly more: boolean
  /** Only the newest 1,000 matches were ranked. */
  readonly capped: boolean
}

/** The search form and the results. */
export function renderSearchPage(view: SearchView, site: SiteConfig): string {
  const { language, query, results, page, more, capped } = view
  const path = formatAddress({ kind: "search", language }, site)
  const parameters = Object.entries({ q: query, region: view.region, topic: view.topic }).flatMap(([name, value]) =>
    value ? [`${name}=${encodeURIComponent(value.toWellFormed())}`] : [],
  )
  const main = html`<div class="intro"><h1>${message(language, "search")}</h1>
${renderSearchForm(view, true, site)}</div>
${
  query !== "" &&
  html`<h2 class="rule">${message(language, results.length === 0 ? "noResults" : "resultsFor", { query })}</h2>
${
  capped &&
  html`<p class="ui">${message(language, "moreMatches", { count: 1000 })}</p>
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

interface CorrectionsView {
  readonly language: string
  readonly entries: readonly Readonly<Record<"path" | "title" | "date" | "text", string>>[]
  readonly page: number
  readonly more: boolean
}

/** The public list of corrections. */
export function renderCorrectionsPage({ language, entries, page, more }: CorrectionsView, site: SiteConfig): string {
  const address = { kind: "corrections", language } as const
  const path = formatAddress(address, site)
  const title = message(language, "corrections")
  const description = message(language, "correctionsIntro")
  const main = html`<div class="intro prose"><h1>${title}</h1>
<p class="standfirst">${description}</p>
<p class="ui"><a href="${contactLink(title, site)}">${message(language, "contactUs")}</a></p></div>
<ul class="rows ledger">${entries.map(
    (entry) =>
      html`<li class="entry">${renderWrittenDate(entry.date, language, site)}
<h2><a href="${entry.path}">${entry.title}</a></h2>
<p>${entry.text}</p></li>
`,
  )}</ul>
${entries.length === 0 && html`<p>${message(language, "noCorrections")}</p>`}
${renderPageLinks(path, page, more, language)}`
  const alternates = page === 1 ? alternatesOf(address, site) : []
  return renderLayout(
    { language, title, description, path: pageAddress(path, page), main, alternates, sheet: "listing" },
    site,
  )
}
