// Parts shared by several pages: dates, breadcrumbs, pictures, list entries, page links, the search form.
import type { Entry, Headline, Label, Picture } from "../article/article.ts"
import { formatMachineDate, readDate } from "../article/dates.ts"
import type { ListingAddress } from "../site/addresses.ts"
import { formatAddress, mapPath, regionMapPath } from "../site/format-address.ts"
import { memo } from "../site/memo.ts"
import { direction, formatDate, formatList, type MessageKey, message } from "../site/messages.ts"
import { countryBySlug, countryName, regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { isChart, type Level, renderFace, renderImg } from "./picture.ts"

/** A date as shown to readers. `moment`: milliseconds since the epoch. */
export function renderTime(moment: number, language: string, site: SiteConfig): Html {
  return html`<time datetime="${formatMachineDate(moment, site.timeZone)}">${formatDate(moment, language, site)}</time>`
}

/** The date of a correction, which is stored as the editor wrote it. */
export function renderWrittenDate(date: string, language: string, site: SiteConfig): Html {
  const moment = readDate(date, site.timeZone)
  return html`<span class="kick">${moment === null ? date : renderTime(moment, language, site)}</span>`
}

/** A step in the breadcrumb trail, which starts at the front page. */
export interface Step {
  readonly name: string
  readonly path: string
}

/** The name of a country, or of the region if `country` is null or unknown. */
export function placeName(region: string, country: string | null, language: string, site: SiteConfig): string {
  const found = countryBySlug(country)
  return found === null ? regionName(region, language, site) : countryName(found, language)
}

/** The path of a country's page, or of the region's if `country` is null. */
export function placePath(region: string, country: string | null, language: string, site: SiteConfig): string {
  return country === null
    ? formatAddress({ kind: "region", language, region }, site)
    : formatAddress({ kind: "country", language, region, country }, site)
}

/** The breadcrumb trail: Home › region › country. */
export function trailOf(region: string, country: string | null, language: string, site: SiteConfig): Step[] {
  const places = country === null ? [null] : [null, country]
  return [
    { name: message(language, "home"), path: formatAddress({ kind: "front", language }, site) },
    ...places.map((place) => ({
      name: placeName(region, place, language, site),
      path: placePath(region, place, language, site),
    })),
  ]
}

/** The breadcrumb trail as links. `here`: the last step is this page. */
export function renderTrail(steps: readonly Step[], here: boolean, language: string): Html {
  const last = steps.length - 1
  return html`<nav aria-label="${message(language, "breadcrumb")}"><ol class="crumbs ui">${steps.map(
    ({ name, path }, index) =>
      html`<li><a href="${path}"${here && index === last && raw(` aria-current="page"`)}>${name}</a></li>`,
  )}</ol></nav>`
}

/** A country's coordinates: 39° N · 71° E. */
export function renderCoordinates(slug: string | null, language: string): Html {
  const country = countryBySlug(slug)
  if (country === null) return nothing
  const { latitude, longitude } = country
  const north = message(language, latitude < 0 ? "south" : "north", { degrees: Math.round(Math.abs(latitude)) })
  const east = message(language, longitude < 0 ? "west" : "east", { degrees: Math.round(Math.abs(longitude)) })
  return html`<p class="kick place">${north} · ${east}</p>`
}

/** A topic's name in a language: from the config, otherwise as the editor wrote it. */
export function topicName(label: Label, language: string, site: SiteConfig): string {
  const names = Object.hasOwn(site.topics, label.slug) ? site.topics[label.slug] : undefined
  return names === undefined ? label.name : inLanguage(names, language, site) || label.name
}

/** The name of a listing's page. `label`: the topic's or author's name as articles give it. */
export function listingName(address: ListingAddress, label: string | undefined, site: SiteConfig): string {
  const { language } = address
  if (address.kind === "front") return site.name
  if (address.kind === "region") return regionName(address.region, language, site)
  if (address.kind === "country") return placeName(address.region, address.country, language, site)
  const name = label || address.slug
  return address.kind === "author" ? name : topicName({ slug: address.slug, name }, language, site)
}

/** Joins markup into a list within a sentence: a, b and c. */
export function renderList(items: readonly Html[], language: string): Html {
  const parts = items.map(({ markup }) => markup)
  return raw(formatList(parts, language))
}

/** Who wrote an article, in words; "" if nobody is named. */
export function writeByline({ authors, language }: Pick<Entry, "authors" | "language">): string {
  const names = authors.map(({ name }) => isolate(name, language))
  return names.length === 0 ? "" : message(language, "byline", { authors: formatList(names, language) })
}

const startsRightToLeft = /^\P{L}*[\u0590-\u08ff]/u

/** Whether a text runs against the page: unless it is isolated, its punctuation and the names beside it move. */
function runsAgainst(text: string, language: string): boolean {
  return startsRightToLeft.test(text) !== (direction(language) === "rtl")
}

/** A text of any script, to stand in a sentence or heading of the page's language. */
export function isolate(text: string, language: string): string {
  return runsAgainst(text, language) ? `\u2068${text}\u2069` : text
}

/** Attributes of an element whose text is in language `own`, if that is not the page's (WCAG 3.1.2). */
export function languageAttributes(own: string, language: string): Html | false {
  return own !== language && html` lang="${own}" dir="${direction(own)}"`
}

/** A paragraph with a text of the config, which is in the default language if it has none in the page's. */
export function renderConfigText(text: Readonly<Record<string, string>>, language: string, site: SiteConfig): Html {
  const own = text[language] === undefined ? site.languages[0] : language
  return html`<p${languageAttributes(own, language)}>${text[own]}</p>`
}

/** A link to an author or topic, whose name may be in the script of another language. */
export function renderNameLink(name: string, path: string, language: string, isAuthor = false): Html {
  return html`<a${isAuthor && raw(' rel="author"')}${runsAgainst(name, language) && raw(' dir="auto"')} href="${path}">${name}</a>`
}

/** Topics as links. */
export function renderTopics(topics: readonly Label[], language: string, site: SiteConfig): Html {
  return html`<ul class="plain">${topics.map(
    (topic) =>
      html`<li>${renderNameLink(topicName(topic, language, site), formatAddress({ kind: "topic", language, slug: topic.slug }, site), language)}</li>`,
  )}</ul>`
}

/** The line above a title: place, date, and whether the story is for members. `place`: "plain" for no link. */
export function renderKicker(entry: Headline, place: boolean | "plain", site: SiteConfig): Html {
  const { language, region, country, publishedAt } = entry
  const date = publishedAt === null ? message(language, "dateUnknown") : renderTime(publishedAt, language, site)
  const name = place && placeName(region, country, language, site)
  // The no-break space after a separator keeps it from ending a line.
  const where =
    place === "plain"
      ? html`<b class="tag">${name}</b> ·\u00a0`
      : place && html`<a class="tag" href="${placePath(region, country, language, site)}">${name}</a> ·\u00a0`
  return html`<p class="kick">${where}${date}${
    entry.gated && html` ·\u00a0<span class="tag">${message(language, "membersOnly")}</span>`
  }</p>`
}

const hyphenated = /[^\s-]+(?:-[^\s-]+)+/g

/** A headline. Hyphenated words do not break across lines, unless they may be too long for a phone's screen. */
export function renderTitle(title: string): Html {
  // The pattern is slow, because every word might go on with a hyphen.
  if (!title.includes("-")) return html`${title}`
  const words = title.match(hyphenated) ?? []
  return html`${title.split(hyphenated).map((text, index) => {
    const word = words[index] ?? ""
    return html`${text}${word.length > 16 ? word : word !== "" && html`<span class="whole">${word}</span>`}`
  })}`
}

const slot = "\u0001"
const sidesOf = memo((language: string, key: MessageKey, parameter: string) => {
  return message(language, key, { [parameter]: slot }).split(slot)
})

/** An interface message with markup in place of one parameter. */
export function renderMessage(language: string, key: MessageKey, parameter: string, markup: Html): Html {
  const [before, after] = sidesOf(language, key, parameter)
  return html`${before}${markup}${after}`
}

interface StoryStyle {
  readonly level: Level
  readonly heading: "h2" | "h3"
  /** Whether to name the story's place. */
  readonly place: boolean
  /** Shown instead of the summary; null: show only the title. */
  readonly excerpt?: Html | null
  /** Whether to show the story's picture, globe or map. Default: true. A lead's own picture is always shown. */
  readonly face?: boolean
  /** How many stories share a row on wide screens. */
  readonly columns?: number
}

/** A story in a list, with its picture, globe or map: a list item, or a block of its own at level `lead`. */
export function renderStory(
  entry: Headline & Partial<Pick<Entry, "summary">>,
  { level, heading: tag, place, excerpt, face = true, columns }: StoryStyle,
  site: SiteConfig,
): Html {
  const heading = raw(tag)
  const text = excerpt === undefined ? entry.summary : excerpt
  const words = html`<div>${renderKicker(entry, place, site)}
<${heading}><a href="${entry.path}">${renderTitle(entry.title)}</a></${heading}>${
    text &&
    html`
<p>${text}</p>`
  }</div>`
  if (level !== "lead")
    return html`<li class="entry ${level}">${face && renderFace(entry, level, columns)}${words}</li>
`
  const { image, language, region, country } = entry
  const shown = image
    ? renderPicture(image, language, isChart(image) ? "chart" : "photo", leadSizes)
    : face && renderMap(region, country, language, site)
  return html`<div class="lead">${shown}${words}</div>`
}

/** Understates the width on phones, so that they load a smaller file: a sharper one would double the page's weight. */
const leadSizes = "(min-width: 60em) 38rem, (min-width: 48em) 46vw, 70vw"

/** Links to the newer and older pages of a list. `address`: the list's path and query without `page`. */
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

/** The address of one page of a list. The first page's address has no number. */
export function pageAddress(address: string, page: number): string {
  if (page === 1) return address
  return `${address}${address.includes("?") ? "&" : "?"}page=${page}`
}

/** Width and height of every social card, in pixels. */
export const cardSize = { width: 1200, height: 630 }

/** The map of a country, or of the region if `country` is null or unknown. */
export function renderMap(region: string, country: string | null, language: string, site: SiteConfig): Html {
  const found = countryBySlug(country)
  const path = found === null ? regionMapPath(region) : mapPath(found.iso3)
  const place = placeName(region, country, language, site)
  return html`<figure class="map"><img src="${path}" width="640" height="400" alt="${message(language, "mapAlt", { place })}"><figcaption>${message(language, "mapCredit")}</figcaption></figure>`
}

/** The picture at the top of an article or the front page. `sizes`: the width at which it is displayed (picture.ts). */
export function renderPicture(picture: Picture, language: string, className: string, sizes: string): Html {
  const { alt, caption, credit } = picture
  return html`<figure class="${className}">${raw(renderImg(picture, { alt, sizes, lazy: false }))}${
    (caption || credit) &&
    html`<figcaption>${caption}${caption && credit && " "}${
      credit && html`<span class="credit">${message(language, "credit", { credit })}</span>`
    }</figcaption>`
  }</figure>`
}

/** A form with just a button and hidden fields. `look`: the button's classes. */
export function renderButtonForm(
  action: string,
  fields: Readonly<Record<string, string>>,
  label: string,
  look = "",
): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form method="post" action="${action}">${hidden}<button${look !== "" && html` class="${look}"`}>${label}</button></form>`
}

/** The search form. `filters`: only on the search page, whose heading is the label. */
export function renderSearchForm(language: string, query: string, site: SiteConfig, filters?: Html): Html {
  const action = formatAddress({ kind: "search", language }, site)
  const label = !filters && html`<label class="ui" for="q_">${message(language, "searchLabel")}</label>`
  return html`<form role="search" action="${action}">${label}<input id="q_" name="q" type="search" value="${query}" dir="auto" required maxlength="200"><button>${message(language, "search")}</button>${filters}</form>`
}
