// The map of the world with the latest stories. Each story is one link: a numbered pin on the map, and its line below.
import type { Entry } from "../article/article.ts"
import { worldPath } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { countriesOf, countryBySlug, projectToWorld, worldMap } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderKicker, renderTitle } from "./components.ts"
import { renderFace } from "./face.ts"
import { type Html, html } from "./html.ts"

type Point = readonly [x: number, y: number]

const ratio = worldMap.height / worldMap.width
/** The least distance between pins, as a share of the map's width: 21 px on a 360 px phone. */
const apart = 0.066
const edge = 0.034

/** Moves pins apart until none covers another. Points are shares of the map's width and height. */
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
        // Two stories from one place have no direction between them, so they get one.
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
  const found = countryBySlug(country ?? "")
  if (found !== null) return projectToWorld(found)
  const all = countriesOf(region, site).map(projectToWorld)
  const middle = (part: 0 | 1) => all.map((point) => point[part]).sort((a, b) => a - b)[all.length >> 1] ?? 0.5
  return [middle(0), middle(1)]
}

/** The latest stories, on the map and below it. */
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
