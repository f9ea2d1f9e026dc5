// The front page: the lead story, a second tier, the latest on a map of the world, and the newest from each region.
import type { Entry } from "../article/article.ts"
import { formatAddress, worldPath } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { countriesOf, countryBySlug, projectToWorld, regionName, worldMap } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderNewsletterBox, renderPitch } from "./boxes.ts"
import { renderKicker, renderStory, renderTitle } from "./components.ts"
import { type Html, html } from "./html.ts"
import { describeSite, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, renderLayout } from "./layout.ts"
import { type Level, renderFace } from "./picture.ts"

/** The front page's stories. No story appears twice. */
export interface FrontView {
  readonly language: string
  readonly lead: Entry | null
  readonly second: readonly Entry[]
  readonly latest: readonly Entry[]
  readonly regions: readonly { readonly region: string; readonly entries: readonly Entry[] }[]
}

export function renderFrontPage({ language, lead, second, latest, regions }: FrontView, site: SiteConfig): string {
  const address = { kind: "front", language } as const
  const tagline = inLanguage(site.tagline, language, site)
  const main = html`<p class="tagline">${tagline}</p>
${lead === null ? html`<p class="standfirst">${message(language, "nothingYet")}</p>` : renderStory(lead, { level: "lead", heading: "h2", place: true }, site)}
${second.length > 0 && renderDeck(second, "second", site)}
${latest.length > 0 && renderLatest(latest, language, site)}
${regions.map(({ region, entries }) => renderRegion(region, entries, language, site))}
<div class="boxes">${renderNewsletterBox(site, language)}${renderPitch(site, language)}</div>`
  const head = html`
${renderJsonLd(describeSite(language, site))}`
  const path = formatAddress(address, site)
  const alternates = alternatesOf(address, site)
  return renderLayout(
    { language, title: "", description: tagline, path, main, head, alternates, front: true, sheet: "listing" },
    site,
  )
}

/** Stories side by side. Rows of up to three have room for summaries. */
function renderDeck(entries: readonly Entry[], level: Level, site: SiteConfig): Html {
  const columns = entries.length
  const brief = level === "small" || columns > 3
  const style = { level, heading: "h3", place: true, columns, ...(brief && { excerpt: null }) } as const
  return html`<ul class="deck n${columns}">${entries.map((entry) => renderStory(entry, style, site))}</ul>`
}

/** The latest stories, on the map unless it would have only one or two pins. */
function renderLatest(entries: readonly Entry[], language: string, site: SiteConfig): Html {
  if (entries.length > 2) return renderWorld(entries, language, site)
  return html`<section><h2 class="rule">${message(language, "latest")}</h2>${renderDeck(entries, "small", site)}</section>
`
}

function renderRegion(region: string, entries: readonly Entry[], language: string, site: SiteConfig): Html {
  return html`<section><h2 class="rule"><a href="${formatAddress({ kind: "region", language, region }, site)}">${regionName(region, language, site)}</a></h2>${renderDeck(entries, entries.some(({ image }) => image) ? "second" : "small", site)}</section>
`
}

type Point = readonly [x: number, y: number]

const ratio = worldMap.height / worldMap.width
/** The minimum distance between pins, as a share of the map's width: 21 px on a 360 px phone. */
const apart = 0.066
const edge = 0.034

/** Moves pins apart until none overlap. Points are shares of the map's width and height. */
export function spreadPins(places: readonly Point[]): Point[] {
  const pins = places.map(([x, y]): [number, number] => [clamp(x, 1), clamp(y * ratio, ratio)])
  for (let round = 0, moved = true; moved && round < 200; round++) {
    moved = false
    for (const [index, a] of pins.entries())
      for (const [other, b] of pins.slice(0, index).entries()) {
        const [dx, dy] = [a[0] - b[0], a[1] - b[1]]
        const distance = Math.hypot(dx, dy)
        if (distance >= apart) continue
        moved = true
        // Two pins at the same point have no direction between them, so we pick one.
        const [ux, uy] = distance > 1e-6 ? [dx / distance, dy / distance] : [Math.cos(index + other), Math.sin(index)]
        const push = (apart - distance) / 2 + 1e-4
        for (const [pin, way] of [
          [a, push],
          [b, -push],
        ] as const) {
          pin[0] = clamp(pin[0] + ux * way, 1)
          pin[1] = clamp(pin[1] + uy * way, ratio)
        }
      }
  }
  return pins.map(([x, y]) => [x, y / ratio])
}

const clamp = (value: number, end: number) => Math.min(end - edge, Math.max(edge, value))

/** Where a story is on the map: its country's place, or the middle of its region. */
function placeOf({ region, country }: Entry, site: SiteConfig): Point {
  const found = countryBySlug(country)
  if (found !== null) return projectToWorld(found)
  const all = countriesOf(region, site).map(projectToWorld)
  const middle = (part: 0 | 1) => all.map((point) => point[part]).sort((a, b) => a - b)[all.length >> 1] ?? 0.5
  return [middle(0), middle(1)]
}

/** The latest stories. Each is a single link: a numbered pin on the world map, and its entry below the map. */
export function renderWorld(entries: readonly Entry[], language: string, site: SiteConfig): Html {
  const places = entries.map((entry) => placeOf(entry, site))
  const pins = spreadPins(places)
  const columns = entries.length % 4 === 0 ? 4 : entries.length % 3 === 0 ? 3 : entries.length
  return html`<section><h2 class="rule">${message(language, "latest")}</h2>
<div class="world"><img src="${worldPath}" width="${worldMap.width}" height="${worldMap.height}" alt="" loading="lazy" decoding="async">
<ol class="deck n${columns}">${entries.map((entry, index) => renderPinned(entry, index + 1, places[index] as Point, pins[index] as Point, site))}</ol></div>
<p class="ui credit">${message(language, "mapCredit")}</p></section>
`
}

function renderPinned(entry: Entry, number: number, place: Point, pin: Point, site: SiteConfig): Html {
  const [px, py, x, y] = [...place, ...pin].map((share) => `${(share * 100).toFixed(1)}%`)
  return html`<li><a class="entry small" href="${entry.path}"><svg class="pin" aria-hidden="true"><line x1="${px}" y1="${py}" x2="${x}" y2="${y}"/><circle cx="${px}" cy="${py}" r="2.5"/><svg x="${x}" y="${y}" width="1" height="1"><circle r="10"/><text>${number}</text></svg></svg>
<b class="number">${number}</b>${renderFace(entry, "small")}<div>${renderKicker(entry, "plain", site)}<h3>${renderTitle(entry.title)}</h3></div></a></li>
`
}
