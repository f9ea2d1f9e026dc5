// The front page: the lead story, the latest articles, and the newest from each region.
import type { Entry } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderStory } from "./components.ts"
import { type Html, html, nothing } from "./html.ts"
import { renderPitch } from "./join-page.ts"
import { describeSite, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, renderLayout } from "./layout.ts"
import { renderNewsletterBox } from "./newsletter-pages.ts"

interface FrontView {
  readonly language: string
  readonly lead: Entry | null
  readonly latest: readonly Entry[]
  readonly regions: readonly { readonly region: string; readonly entries: readonly Entry[] }[]
}

export function renderFrontPage({ language, lead, latest, regions }: FrontView, site: SiteConfig): string {
  const address = { kind: "front", language } as const
  const tagline = inLanguage(site.tagline, language, site)
  const main = html`<p class="tagline">${tagline}</p>
${lead === null ? html`<p class="standfirst">${message(language, "nothingYet")}</p>` : renderStory(lead, { level: "lead", heading: "h2", place: true }, site)}
${
  latest.length > 0 &&
  html`<section><h2 class="rule">${message(language, "latest")}</h2><ul class="grid">${latest.map((entry) =>
    renderStory(entry, { level: "small", heading: "h3", place: true, excerpt: null }, site),
  )}</ul></section>`
}
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

function renderRegion(region: string, entries: readonly Entry[], language: string, site: SiteConfig): Html {
  if (entries.length === 0) return nothing
  return html`<section><h2 class="rule"><a href="${formatAddress({ kind: "region", language, region }, site)}">${regionName(region, language, site)}</a></h2><ul class="grid four">${entries.map(
    (entry) => renderStory(entry, { level: "second", heading: "h3", place: true, excerpt: null }, site),
  )}</ul></section>
`
}
