// What machines read: feeds, sitemaps, robots.txt and their like.
import { renderJsonFeed, renderRss } from "../render/feeds.ts"
import {
  renderLlms,
  renderNewsSitemap,
  renderRobots,
  renderSecurityTxt,
  renderSitemap,
  renderSitemapIndex,
} from "../render/sitemaps.ts"
import type { MachineAddress } from "../site/addresses.ts"
import { listingKey } from "../site/format-address.ts"
import { readListing } from "../store/listings.ts"
import { type Changes, noChanges } from "../store/rows.ts"
import { readMonth, readMonths, readNews } from "../store/sitemap.ts"
import type { Page } from "./page.ts"
import { messagePage, type PageContext } from "./pages.ts"

type FeedAddress = Extract<MachineAddress, { kind: "feed" }>
/** Files of the site for machines. */
export type FileAddress = Exclude<MachineAddress, { kind: "feed" | "markdown" | "media" | "map" | "regionMap" }>

const feedSize = 30
const xml = "application/xml; charset=utf-8"
const plain = "text/plain; charset=utf-8"

/** RSS or JSON Feed of a list: headlines and summaries, nothing of the text. */
export async function buildFeed(context: PageContext, address: FeedAddress): Promise<Page> {
  const { site, catalogue, now } = context
  const key = listingKey(address.of)
  const { entries, changes } = await readListing(catalogue, key, 1, feedSize, now)
  const tags = [`l:${key}`]
  const { kind, language } = address.of
  if (entries.length === 0 && (kind === "topic" || kind === "author"))
    return messagePage(site, language, 404, "notFound", tags, changes)
  const view = { address, entries, now }
  return address.format === "xml"
    ? text(context, "application/rss+xml; charset=utf-8", renderRss(view, site), tags, changes)
    : text(context, "application/feed+json; charset=utf-8", renderJsonFeed(view, site), tags, changes)
}

/** Everything else for machines. */
export async function buildMachinePage(context: PageContext, address: FileAddress): Promise<Page> {
  const { site, catalogue, now } = context
  switch (address.kind) {
    case "sitemapIndex": {
      const { months, changes } = await readMonths(catalogue, now)
      const parts = months.map(({ month, changedAt }) => ({ month, lastmod: changedAt }))
      return text(context, xml, renderSitemapIndex({ months: parts }, site), ["m:"], changes)
    }
    case "sitemap": {
      // Any publish may change it: an entry names its translations, which may be of other months.
      const { entries, changes } = await readMonth(catalogue, address.month, now)
      if (entries.length === 0) return messagePage(site, site.languages[0], 404, "notFound", ["m:"], changes)
      return text(context, xml, renderSitemap({ entries }, site), ["m:"], changes)
    }
    case "newsSitemap": {
      const { entries, changes } = await readNews(catalogue, now)
      return text(context, xml, renderNewsSitemap({ entries }, site), ["m:"], changes)
    }
    case "robots":
      return text(context, plain, renderRobots(site), [], noChanges)
    case "llms":
      return text(context, plain, renderLlms(site), [], noChanges)
    case "security":
      return text(context, plain, renderSecurityTxt({ now }, site), [], noChanges)
    case "healthz":
      throw new Error("/healthz is the gateway's")
  }
}

function text(context: PageContext, type: string, body: string, tags: readonly string[], changes: Changes): Page {
  const { audience } = context.reading
  return { status: 200, type, body, sort: "page", gated: false, audience, changes, tags }
}
