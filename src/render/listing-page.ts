// Pages that list articles by region, country, topic or author, and the list of corrections.
import type { ArticleRecord, Entry, Label } from "../article/article.ts"
import type { LandingAddress } from "../site/addresses.ts"
import type { Facts } from "../site/country-facts.ts"
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
import { type Country, countryByCode, countryName, regionName, regionOfCountry } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderNewsletterBox } from "./boxes.ts"
import {
  isolate,
  listingName,
  pageAddress,
  renderCoordinates,
  renderList,
  renderMap,
  renderPageLinks,
  renderStory,
  renderTitle,
  renderTopics,
  renderTrail,
  renderWrittenDate,
  trailOf,
} from "./components.ts"
import { type Html, html, nothing, type Printable, raw } from "./html.ts"
import { describeTrail, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, contactLink, renderLayout } from "./layout.ts"
import { type Level, renderImg } from "./picture.ts"

interface ListingView {
  readonly address: LandingAddress
  /** The name of the topic or author; places take theirs from `address`. */
  readonly title: string
  readonly entries: readonly Entry[]
  /** Starts at 1. */
  readonly page: number
  readonly more: boolean
  /** What to read next if the list ends on this page: articles from the region, or from the whole site. */
  readonly next?: readonly Entry[]
  /** A region's countries, each with its number of articles, up to `mostCounted`. */
  readonly countries?: readonly { readonly country: Country; readonly stories: number }[]
  readonly topics: readonly Label[]
  /** Facts about the country, on a country's page. */
  readonly facts?: Facts | null
  /** The author's biography, rendered and sanitized. */
  readonly biography?: { readonly record: ArticleRecord; readonly html: string } | null
  /** Topics or authors with similar names, each with its own page. */
  readonly namesakes?: readonly Label[]
}

/** Articles are counted up to this number. */
export const mostCounted = 100

export function renderListingPage(view: ListingView, site: SiteConfig): string {
  const { address, title, page, more } = view
  const { language } = address
  const place = address.kind === "region" || address.kind === "country"
  const country = address.kind === "country" ? address.country : null
  const name = listingName(address, title, site)
  const path = formatAddress(address, site)
  const trail = place ? trailOf(address.region, country, language, site) : []
  const step = (to: number, rel: string) => html`<link rel="${rel}" href="${site.origin + pageAddress(path, to)}">`
  const facts = page === 1 && renderFacts(view, site)
  // The facts go beside a place's list or any long list. What follows the list goes beside it only if the list is long.
  const long = facts && view.entries.length > 6
  const beside = facts && (place || long)
  const { lead, list } = renderEntries(view, beside ? "grid pair" : "deck n2", site)
  const ends = [
    renderNext(view, beside ? "grid pair" : "deck n4", site),
    html`<div class="boxes">${renderNewsletterBox(site, language)}</div>`,
  ] as const
  const main = html`${place && renderTrail(trail, true, language)}
${!place && html`<p class="kick">${message(language, address.kind === "author" ? "authors" : "topics")}</p>`}${renderCoordinates(country, language)}<h1 class="here">${isolate(name, language)}</h1>
${view.biography && renderBiography(view.biography)}${renderNamesakes(view, site)}
${lead}
<div${beside && raw(` class="duo"`)}><div>${list}
${renderPageLinks(path, page, more, language)}${renderPackLink(view, site)}
${!long && ends[0]}</div>${beside && html`<aside>${facts}${long && ends}</aside>`}</div>
${!beside && facts}${!long && ends[1]}`
  const numbered = page === 1 ? "" : ` (${message(language, "page", { page })})`
  const key = address.kind === "author" ? "byAuthor" : address.kind === "topic" ? "onTopic" : "inPlace"
  const about = message(language, key, { author: name, topic: name, place: name })
  return renderLayout(
    {
      language,
      title: name + numbered,
      description: view.biography?.record.summary || about + numbered,
      path: pageAddress(path, page),
      main,
      head: html`${page > 1 && step(page - 1, "prev")}${more && step(page + 1, "next")}${
        place &&
        html`
${renderJsonLd(describeTrail(trail, site))}`
      }`,
      alternates: place && page === 1 ? alternatesOf(address, site) : [],
      ...(view.entries.length > 0 && { feed: { of: path, title: `${site.name}: ${name}` } }),
      region: place ? address.region : null,
      sheet: "listing",
    },
    site,
  )
}

function renderBiography({ record: { image, summary }, html: text }: NonNullable<ListingView["biography"]>): Html {
  return html`<div class="about">${image && html`<figure>${raw(renderImg(image, { alt: image.alt, sizes: "10rem", most: 640, lazy: false }))}</figure>`}<div class="prose">${summary && html`<p class="standfirst">${summary}</p>`}
<div class="body">${raw(text)}</div></div></div>
`
}

/** A link to the file of a country's latest open stories (country-pack.ts), if it has any. */
function renderPackLink({ address, page, entries }: ListingView, site: SiteConfig): Html {
  if (address.kind !== "country" || page > 1 || entries.every(({ gated }) => gated)) return nothing
  const { language, country } = address
  const path = formatAddress({ ...address, kind: "pack" }, site)
  return html`<p class="ui noprint"><a class="button small quiet" href="${path}" download="${country}.html" rel="nofollow">${message(language, "packLink")}</a></p>`
}

function renderNamesakes({ address, namesakes = [] }: ListingView, site: SiteConfig): Html {
  if (namesakes.length === 0) return nothing
  const links = namesakes.map(
    ({ slug, name }) =>
      html`<li><a href="${formatAddress({ ...address, slug } as LandingAddress, site)}">${name}</a></li>`,
  )
  return html`<nav class="ui" aria-label="${message(address.language, "namesakes")}"><p>${message(address.language, "namesakes")}</p><ul class="plain">${links}</ul></nav>`
}

/**
 * The list of articles. The first page starts with a lead, across the whole page if it has a picture or map, and two
 * large stories. A place's lead has no map, since the place's own map is already beside the list.
 */
function renderEntries({ address, entries, page }: ListingView, pairs: string, site: SiteConfig) {
  const { kind, language } = address
  if (entries.length === 0)
    return { lead: nothing, list: html`<p class="standfirst">${message(language, "nothingYet")}</p>` }
  const place = kind !== "country"
  const draw = (some: readonly Entry[], level: Level, look: string) => {
    const stories = some.map((entry) => renderStory(entry, { level, heading: "h2", place }, site))
    return some.length > 0 && html`<ul class="${look}">${stories}</ul>`
  }
  const [first] = entries
  if (page > 1 || first === undefined) return { lead: nothing, list: html`${draw(entries, "row", "rows")}` }
  const face = first.image !== null || kind === "topic" || kind === "author"
  const lead = renderStory(first, { level: "lead", heading: "h2", place, face }, site)
  const pair = entries.length > 2 ? 3 : 1
  const list = html`${!face && lead}${draw(entries.slice(1, pair), "second", pairs)}${draw(entries.slice(pair), "row", "rows")}`
  return { lead: face ? lead : nothing, list }
}

/** Shown beside the list, or after it on phones: the map with a country's facts or a region's countries, and topics. */
function renderFacts(view: ListingView, site: SiteConfig): Html | null {
  const { address, topics, facts, countries = [] } = view
  const { kind, language } = address
  const isPlace = kind === "region" || kind === "country"
  if (!isPlace && topics.length === 0) return null
  return html`${
    isPlace &&
    html`<div class="setting">${renderMap(address.region, kind === "country" ? address.country : null, language, site)}${
      kind === "region"
        ? renderCountries(countries, address.region, language, site)
        : facts && renderKeyFacts(facts, language, site)
    }</div>`
  }${
    topics.length > 0 &&
    html`<nav class="noprint" aria-labelledby="topics_"><h2 class="rule" id="topics_">${message(language, "topics")}</h2>${renderTopics(topics, language, site)}</nav>`
  }`
}

/** Links to a region's countries: those with articles, each with its count, then the others, collapsed. */
function renderCountries(
  countries: NonNullable<ListingView["countries"]>,
  region: string,
  language: string,
  site: SiteConfig,
): Html {
  if (countries.length === 0) return nothing
  const named = countries
    .map(({ country, stories }) => ({ name: countryName(country, language), slug: country.slug, stories }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
  const link = ({ name, slug, stories }: (typeof named)[number]) => {
    const path = formatAddress({ kind: "country", language, region, country: slug }, site)
    const count = formatNumber(Math.min(stories, mostCounted - 1), language)
    return html`<li><a href="${path}">${name}</a>${stories > 0 && html` <bdi>${count}${stories >= mostCounted && "+"}</bdi>`}</li>`
  }
  const [covered, others] = [named.filter(({ stories }) => stories > 0), named.filter(({ stories }) => stories === 0)]
  return html`<nav class="noprint" aria-labelledby="countries_"><h2 class="rule" id="countries_">${message(language, "countries")}</h2>${
    covered.length > 0 && html`<ul class="counts ui">${covered.map(link)}</ul>`
  }${
    others.length > 0 &&
    html`<details class="ui"><summary>${message(language, "otherCountries", { count: others.length })}</summary><ul class="plain">${others.map(link)}</ul></details>`
  }</nav>`
}

/** What to read next: the newest of the region, or of the whole site. */
function renderNext({ address, next = [] }: ListingView, look: string, site: SiteConfig): Html {
  if (next.length === 0) return nothing
  const { kind, language } = address
  const title =
    kind === "country"
      ? message(language, "moreFrom", { place: regionName(address.region, language, site) })
      : message(language, "latest")
  // Drop the third of three, so that rows of two have no gap.
  const shown = next.length === 3 ? next.slice(0, 2) : next
  return html`<section class="noprint"><h2 class="rule">${title}</h2><ul class="${look}">${shown.map((entry) =>
    renderStory(entry, { level: "small", heading: "h3", place: true, excerpt: null }, site),
  )}</ul></section>`
}

function renderKeyFacts(facts: Facts, language: string, site: SiteConfig): Html {
  const { area, currency } = facts
  const fact = (key: MessageKey, value: Printable) => value && html`<dt>${message(language, key)}</dt><dd>${value}</dd>`
  return html`<figure><dl class="facts" aria-label="${message(language, "keyFacts")}">${[
    fact("capital", formatList(capitalNames(facts, language), language)),
    fact("neighbours", renderNeighbours(facts, language, site)),
    fact("languages", formatList(spokenLanguages(facts, language), language)),
    fact("currency", currency && currencyName(currency, language)),
    fact("area", area && message(language, "areaValue", { area: formatNumber(area, language) })),
  ]}</dl><figcaption>${message(language, "factsCredit")}</figcaption></figure>`
}

/** The capitals' names in a language. Names known only in a script that its readers may not know are left out. */
export function capitalNames({ capitals }: Facts, language: string): string[] {
  const { capitals: names = {}, latinNames } = languageOf(language)
  return capitals.flatMap((name) => names[name] ?? (latinNames ? name.replaceAll("'", "’") : []))
}

/** The names of up to six of a country's languages, with names left out by the same rule as those of capitals. */
export function spokenLanguages({ languages }: Facts, language: string): string[] {
  const { latinNames } = languageOf(language)
  return languages.slice(0, 6).flatMap(({ code, english }) => {
    const name = languageName(code, language)
    return name === code ? (latinNames ? (english ?? []) : []) : name
  })
}

function renderNeighbours({ neighbours }: Facts, language: string, site: SiteConfig): Html | null {
  if (neighbours.length === 0) return null
  const names = neighbours.map((code) => {
    const country = countryByCode(code) as Country
    const region = regionOfCountry(country.slug, site)
    const name = countryName(country, language)
    if (region === null) return html`${name}`
    return html`<a href="${formatAddress({ kind: "country", language, region, country: country.slug }, site)}">${name}</a>`
  })
  return renderList(names, language)
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
<h2><a href="${entry.path}">${renderTitle(entry.title)}</a></h2>
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
