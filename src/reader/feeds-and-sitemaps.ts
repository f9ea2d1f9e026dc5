// Builds files: feeds, sitemaps, robots.txt, llms.txt and security.txt for programs, and country packs for reading
// offline.

import { renderPack } from "../render/country-pack.ts"
import { renderJsonFeed, renderRss } from "../render/feeds.ts"
import { renderMarkdown } from "../render/markdown.ts"
import {
  renderLlms,
  renderNewsSitemap,
  renderRobots,
  renderSecurityTxt,
  renderSitemap,
  renderSitemapIndex,
} from "../render/sitemaps.ts"
import type { AssetKind, MachineAddress, PackAddress } from "../site/addresses.ts"
import { formatAddress, listingKey } from "../site/format-address.ts"
import { readOpenBody } from "../store/bodies.ts"
import { readListing, readOpenStories } from "../store/listings.ts"
import { noChanges } from "../store/rows.ts"
import { readMonth, readMonths, readNews } from "../store/sitemap.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"

type FeedAddress = Extract<MachineAddress, { kind: "feed" }>
/** Machine-readable files other than feeds, Markdown versions, pictures and maps. */
type FileAddress = Exclude<MachineAddress, { kind: "feed" | "markdown" | "media" | AssetKind }>

const feedSize = 30
const xml = "application/xml; charset=utf-8"
const plain = "text/plain; charset=utf-8"

/** The RSS or JSON Feed of a listing: headlines and summaries, no body text. */
export async function buildFeed(context: PageContext, address: FeedAddress): Promise<Page> {
  const { site, catalogue, now } = context
  const key = listingKey(address.of)
  const { entries, changes } = await readListing(catalogue, key, 1, feedSize, now)
  const tags = [`l:${key}`]
  const { kind, language } = address.of
  if (entries.length === 0 && (kind === "topic" || kind === "author"))
    return messagePage(site, language, 404, tags, changes)
  const view = { address, entries }
  return address.format === "xml"
    ? text("application/rss+xml; charset=utf-8", renderRss(view, site), tags, changes)
    : text("application/feed+json; charset=utf-8", renderJsonFeed(view, site), tags, changes)
}

/** Sitemaps, robots.txt, llms.txt and security.txt. */
export async function buildFile(context: PageContext, address: FileAddress): Promise<Page> {
  const { site, catalogue, now } = context
  switch (address.kind) {
    case "sitemapIndex": {
      const { months, changes } = await readMonths(catalogue, site.timeZone, now)
      return text(xml, renderSitemapIndex(months, site), ["m:"], changes)
    }
    case "sitemap": {
      // Any publish may change a sitemap: entries list their translations, which may be from other months.
      const { entries, changes } = await readMonth(catalogue, address.month, site.timeZone, now)
      if (entries.length === 0) return messagePage(site, site.languages[0], 404, ["m:"], changes)
      return text(xml, renderSitemap(entries, site), ["m:"], changes)
    }
    case "newsSitemap": {
      const { entries, changes } = await readNews(catalogue, now)
      return text(xml, renderNewsSitemap(entries, site), ["m:"], changes)
    }
    case "robots":
      return text(plain, renderRobots(site))
    case "llms":
      return text(plain, renderLlms(site))
    case "security":
      return text(plain, renderSecurityTxt(now, site))
    case "healthz":
      throw new Error("/healthz is not a page")
  }
}

function text(type: string, body: string, tags: readonly string[] = [], changes = noChanges): Page {
  return { ...openPage, type, body, changes, tags }
}

const mostStories = 20
/** Limit on a pack's text, in characters, because packs are saved on phones. Stories beyond it are left out. */
const mostText = 600_000

/** The latest open stories of a country in one file. */
export async function buildPack({ site, catalogue, reading, now }: PageContext, address: PackAddress): Promise<Page> {
  const { language } = address
  const country = { ...address, kind: "country" } as const
  const key = listingKey(country)
  const { stories, changes } = await readOpenStories(catalogue, key, mostStories, now)
  const tags = [`l:${key}`]
  if (stories.length === 0) return messagePage(site, language, 404, tags, changes)
  const texts = await Promise.all(stories.map(({ hashes }) => readOpenBody(reading.bodies, hashes)))
  const shown = await Promise.all(
    stories.slice(0, countFitting(texts)).map(async ({ record }, index) => {
      const { path, media } = record
      // Pictures and embedded media would be missing offline, so links replace them.
      const options = { language, media, site, path, idPrefix: `s${index + 1}-`, plain: true }
      return { record, html: await renderMarkdown(texts[index] ?? "", options) }
    }),
  )
  const body = renderPack({ address: country, stories: shown, now }, site)
  const link = `<${site.origin}${formatAddress(country, site)}>; rel="canonical"`
  return { ...openPage, headers: { "X-Robots-Tag": "noindex", Link: link }, changes, tags, body }
}

/** How many of the texts, in order, fit into a pack. The first is always included. */
function countFitting(texts: readonly string[]): number {
  let length = 0
  for (const [index, text] of texts.entries()) {
    length += text.length
    if (index > 0 && length > mostText) return index
  }
  return texts.length
}
