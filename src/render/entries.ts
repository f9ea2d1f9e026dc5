// Entries as lists show them, and what goes with lists: dates, trails, page links.
import type { Entry, Headline, Label } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatDate, type MessageKey, message } from "../site/messages.ts"
import { countryBySlug, countryName, regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { formatMachineDate } from "./dates.ts"
import { type Html, html, nothing, raw } from "./html.ts"

/** A step of the trail from the front page. */
export interface Step {
  readonly name: string
  readonly path: string
}

/** A country's or region's name, as a page's title or a trail says it. */
export function placeName(region: string, country: string | null, language: string, site: SiteConfig): string {
  const found = country === null ? null : countryBySlug(country)
  return found === null ? regionName(region, language, site) : countryName(found, language)
}

/** Path of a country's page, or of a region's. */
export function placePath(region: string, country: string | null, language: string, site: SiteConfig): string {
  return country === null
    ? formatAddress({ kind: "region", language, region }, site)
    : formatAddress({ kind: "country", language, region, country }, site)
}

/** Home › region › country. */
export function trailOf(region: string, country: string | null, language: string, site: SiteConfig): Step[] {
  const steps = [
    { name: message(language, "home"), path: formatAddress({ kind: "front", language }, site) },
    { name: regionName(region, language, site), path: placePath(region, null, language, site) },
  ]
  if (country !== null) {
    steps.push({
      name: placeName(region, country, language, site),
      path: placePath(region, country, language, site),
    })
  }
  return steps
}

/** The trail as links. `here`: the last step is this page. */
export function renderTrail(steps: readonly Step[], here: boolean, language: string): Html {
  const last = steps.length - 1
  return html`<nav aria-label="${message(language, "breadcrumb")}"><ol class="crumbs ui">${steps.map(
    ({ name, path }, index) =>
      html`<li><a href="${path}"${here && index === last && raw(` aria-current="page"`)}>${name}</a></li>`,
  )}</ol></nav>`
}

/** Where on Earth a country lies: 39° N 71° E. The mark of the house above what it publishes of a place. */
export function renderCoordinates(slug: string | null, language: string): Html {
  const country = slug === null ? null : countryBySlug(slug)
  if (country === null) return nothing
  const { latitude, longitude } = country
  const north = message(language, latitude < 0 ? "south" : "north", { degrees: Math.round(Math.abs(latitude)) })
  const east = message(language, longitude < 0 ? "west" : "east", { degrees: Math.round(Math.abs(longitude)) })
  return html`<p class="kick place">${north} · ${east}</p>`
}

/** A moment as readers see it. */
export function renderTime(moment: number, language: string, site: SiteConfig): Html {
  const key = `${moment} ${language} ${site.timeZone}`
  let time = times.get(key)
  if (time === undefined) {
    if (times.size >= mostTimes) times.clear()
    time = html`<time datetime="${formatMachineDate(moment, site.timeZone)}">${formatDate(moment, language, site)}</time>`
    times.set(key, time)
  }
  return time
}

// Lists show the same days again and again.
const times = new Map<string, Html>()
const mostTimes = 2000

/** A topic's name in a language: the config's, else as the editor wrote it. */
export function topicName(label: Label, language: string, site: SiteConfig): string {
  const names = Object.hasOwn(site.topics, label.slug) ? site.topics[label.slug] : undefined
  return names === undefined ? label.name : inLanguage(names, language, site) || label.name
}

/** Topics as links. */
export function renderTopics(topics: readonly Label[], language: string, site: SiteConfig): Html {
  return html`<ul class="plain">${topics.map(
    (topic) =>
      html`<li><a href="${formatAddress({ kind: "topic", language, slug: topic.slug }, site)}">${topicName(topic, language, site)}</a></li>`,
  )}</ul>`
}

/** Place, date, and whether some of it is for members: the line above a title. `place` false: the page says it already. */
export function renderKicker(entry: Headline, place: boolean, site: SiteConfig): Html {
  const { language, region, country, publishedAt } = entry
  const date = publishedAt === null ? message(language, "dateUnknown") : renderTime(publishedAt, language, site)
  const where =
    place &&
    html`<a class="tag" href="${placePath(region, country, language, site)}">${placeName(region, country, language, site)}</a> · `
  return html`<p class="kick">${where}${date}${
    entry.gated && html` · <span class="tag">${message(language, "membersOnly")}</span>`
  }</p>`
}

/** A text of the interface in which markup stands for one parameter. */
export function renderMessage(language: string, key: MessageKey, parameter: string, markup: Html): Html {
  const name = `${language} ${key}`
  let sides = known.get(name)
  if (sides === undefined) {
    const [before = "", after = ""] = message(language, key, { [parameter]: slot }).split(slot)
    sides = [html`${before}`, html`${after}`]
    known.set(name, sides)
  }
  return html`${sides[0]}${markup}${sides[1]}`
}

const slot = "\u0001"
/** What stands before and behind the slot, by language and key. */
const known = new Map<string, readonly [Html, Html]>()

export interface EntryStyle {
  readonly heading: "h2" | "h3"
  readonly place: boolean
  /** Instead of the summary; null: the title alone. */
  readonly excerpt?: Html | null
}

/** One entry of a list. */
export function renderEntry(
  entry: Headline & Partial<Pick<Entry, "summary">>,
  style: EntryStyle,
  site: SiteConfig,
): Html {
  const heading = raw(style.heading)
  const text = style.excerpt === undefined ? (entry.summary ?? null) : style.excerpt
  return html`<li class="entry">${renderKicker(entry, style.place, site)}
<${heading}><a href="${entry.path}">${entry.title}</a></${heading}>
${text !== null && html`<p>${text}</p>`}</li>
`
}

/** Newer and older pages of a list. `address`: the page's path and query without `page`. */
export function renderPageLinks(
  address: string,
  page: number,
  more: boolean,
  language: string,
  words: readonly [MessageKey, MessageKey] = ["newer", "older"],
): Html {
  if (page === 1 && !more) return nothing
  return html`<nav class="pages ui" aria-label="${message(language, "pages")}">${
    page > 1 &&
    html`<a class="button small" rel="prev" href="${pageAddress(address, page - 1)}">${message(language, words[0])}</a>`
  }<span>${message(language, "page", { page: page })}</span>${
    more &&
    html`<a class="button small" rel="next" href="${pageAddress(address, page + 1)}">${message(language, words[1])}</a>`
  }</nav>`
}

/** The address of a page of a list: the first has no number. */
export function pageAddress(address: string, page: number): string {
  if (page === 1) return address
  return `${address}${address.includes("?") ? "&" : "?"}page=${page}`
}
