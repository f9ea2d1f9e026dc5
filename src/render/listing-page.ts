// The landing page of a region, a country, a topic or an author.
import type { Entry, Label } from "../article/article.ts"
import type { LandingAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { currencyName, formatList, formatNumber, languageName, languageOf, message } from "../site/messages.ts"
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
  pageAddress,
  placeName,
  renderCoordinates,
  renderEntry,
  renderMap,
  renderPageLinks,
  renderRegionMap,
  renderTopics,
  renderTrail,
  topicName,
  trailOf,
} from "./components.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { describeTrail, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, renderLayout } from "./layout.ts"
import { renderNewsletterBox } from "./newsletter-pages.ts"

export interface ListingView {
  readonly address: LandingAddress
  /** The name of the topic or author; places are named by their address. */
  readonly title: string
  readonly entries: readonly Entry[]
  /** From 1. */
  readonly page: number
  readonly more: boolean
  readonly topics: readonly Label[]
}

export function renderListingPage(view: ListingView, site: SiteConfig): string {
  const { address, page, more, topics } = view
  const { language } = address
  const place = address.kind === "region" || address.kind === "country"
  const country = address.kind === "country" ? countryBySlug(address.country) : null
  const name = titleOf(view, site)
  const path = formatAddress(address, site)
  const trail = place
    ? trailOf(address.region, address.kind === "country" ? address.country : null, language, site)
    : []
  const step = (to: number, rel: string) => html`<link rel="${rel}" href="${site.origin + pageAddress(path, to)}">`
  const main = html`${place && renderTrail(trail, true, language)}
${!place && html`<p class="kick">${message(language, address.kind === "author" ? "authors" : "topics")}</p>`}${address.kind === "country" && renderCoordinates(address.country, language)}<h1 class="here">${name}</h1>
<div${place && raw(` class="duo"`)}>${place && renderAside(address, country, site)}<div>${renderEntries(view, site)}
${renderPageLinks(path, page, more, language)}</div></div>
${address.kind === "region" && renderCountries(address.region, language, site)}
${topics.length > 0 && html`<section class="noprint"><h2 class="rule">${message(language, "topics")}</h2>${renderTopics(topics, language, site)}</section>`}
<div class="boxes">${renderNewsletterBox(site, language, "h2")}</div>`
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
    },
    site,
  )
}

function titleOf({ address, title }: ListingView, site: SiteConfig): string {
  if (address.kind === "region") return placeName(address.region, null, address.language, site)
  if (address.kind === "country") return placeName(address.region, address.country, address.language, site)
  if (address.kind === "author") return title || address.slug
  return topicName({ slug: address.slug, name: title || address.slug }, address.language, site)
}

function describeListing({ kind, language }: LandingAddress, name: string): string {
  if (kind === "author") return message(language, "byAuthor", { author: name })
  return kind === "topic"
    ? message(language, "onTopic", { topic: name })
    : message(language, "inPlace", { place: name })
}

function renderEntries({ address, entries }: ListingView, site: SiteConfig): Html {
  const { language } = address
  if (entries.length === 0) return html`<p class="standfirst">${message(language, "nothingYet")}</p>`
  const place = address.kind !== "country"
  return html`<ul class="rows">${entries.map((entry) => renderEntry(entry, { heading: "h2", place }, site))}</ul>`
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

function renderAside(
  { region, language }: { region: string; language: string },
  country: Country | null,
  site: SiteConfig,
): Html {
  if (country === null) return html`<aside>${renderRegionMap(region, language, site)}</aside>`
  return html`<aside>${renderMap(country, language)}${renderFacts(country, language, site)}</aside>`
}

function renderFacts(country: Country, language: string, site: SiteConfig): Html {
  const { capital, area, languages, currency } = country
  const spoken = languages.slice(0, 6).map((code) => languageName(code, language))
  const facts: [string, Html | string | null | undefined][] = [
    [message(language, "capital"), languageOf(language).latinNames ? capital : null],
    [
      message(language, "area"),
      area === undefined ? null : message(language, "areaValue", { area: formatNumber(area, language) }),
    ],
    [message(language, "spokenLanguages"), formatList(spoken, language)],
    [message(language, "currency"), currency === undefined ? null : currencyName(currency, language)],
    [message(language, "neighbours"), renderNeighbours(country, language, site)],
  ]
  const known = facts.filter(([, value]) => value)
  return html`<figure><dl class="facts" aria-label="${message(language, "keyFacts")}">${known.map(
    ([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`,
  )}</dl><figcaption>${message(language, "factsCredit")}</figcaption></figure>`
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
