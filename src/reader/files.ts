// Builds the files that programs read: feeds, sitemaps, robots.txt, llms.txt and security.txt.
import { renderJsonFeed, renderRss } from "../render/feeds.ts"
import {
  renderLlms,
  renderNewsSitemap,
  renderRobots,
  renderSecurityTxt,
  renderSitemap,
  renderSitemapIndex,
} from "../render/sitemaps.ts"
import type { AssetKind, MachineAddress } from "../site/addresses.ts"
import { listingKey } from "../site/format-address.ts"
import { readListing } from "../store/listings.ts"
import { type Changes, noChanges } from "../store/rows.ts"
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
  const view = { address, entries, now }
  return address.format === "xml"
    ? text("application/rss+xml; charset=utf-8", renderRss(view, site), tags, changes)
    : text("application/feed+json; charset=utf-8", renderJsonFeed(view, site), tags, changes)
}

/** Sitemaps, robots.txt, llms.txt and security.txt. */
export async function buildFile(context: PageContext, address: FileAddress): Promise<Page> {
  const { site, catalogue, now } = context
  switch (address.kind) {
    case "sitemapIndex": {
      const { months, changes } = await readMonths(catalogue, now)
      return text(xml, renderSitemapIndex(months, site), ["m:"], changes)
    }
    case "sitemap": {
      // Any publish may change it: entries list their translations, which may be from other months.
      const { entries, changes } = await readMonth(catalogue, address.month, now)
      if (entries.length === 0) return messagePage(site, site.languages[0], 404, ["m:"], changes)
      return text(xml, renderSitemap(entries, site), ["m:"], changes)
    }
    case "newsSitemap": {
      const { entries, changes } = await readNews(catalogue, now)
      return text(xml, renderNewsSitemap(entries, site), ["m:"], changes)
    }
    case "robots":
      return text(plain, renderRobots(site), [], noChanges)
    case "llms":
      return text(plain, renderLlms(site), [], noChanges)
    case "security":
      return text(plain, renderSecurityTxt(now, site), [], noChanges)
    case "healthz":
      throw new Error("/healthz is not a page")
  }
}

function text(type: string, body: string, tags: readonly string[], changes: Changes): Page {
  return { ...openPage, type, body, changes, tags }
}
