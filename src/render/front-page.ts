// The front page: the lead story, a second tier, the latest on a map of the world, and the newest from each region.
import type { Entry } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderStory } from "./components.ts"
import type { Level } from "./face.ts"
import { type Html, html } from "./html.ts"
import { describeSite, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, renderLayout } from "./layout.ts"
import { renderNewsletterBox } from "./newsletter-pages.ts"
import { renderPitch } from "./pitch.ts"
import { renderWorld } from "./world.ts"

/** No story appears twice. */
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

/** On the map, unless it would have only one or two pins. */
function renderLatest(entries: readonly Entry[], language: string, site: SiteConfig): Html {
  if (entries.length > 2) return renderWorld(entries, language, site)
  return html`<section><h2 class="rule">${message(language, "latest")}</h2>${renderDeck(entries, "small", site)}</section>
`
}

function renderRegion(region: string, entries: readonly Entry[], language: string, site: SiteConfig): Html {
  return html`<section><h2 class="rule"><a href="${formatAddress({ kind: "region", language, region }, site)}">${regionName(region, language, site)}</a></h2>${renderDeck(entries, entries.some(({ image }) => image) ? "second" : "small", site)}</section>
`
}
