// Feeds of a listing: RSS 2.0 and JSON Feed 1.1. Summaries only: nothing of a text, so nothing of a members' text.
import type { Entry } from "../article/article.ts"
import type { MachineAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { formatInstant, formatRssDate } from "./dates.ts"
import { placeName, topicName } from "./entries.ts"
import { escapeXml } from "./escape.ts"

export interface FeedView {
  readonly address: Extract<MachineAddress, { kind: "feed" }>
  readonly entries: readonly Entry[]
}

/** RSS 2.0. An entry whose date nobody knows has none. */
export function renderRss(view: FeedView, site: SiteConfig): string {
  const { address, entries } = view
  const { language } = address.of
  const home = site.origin + formatAddress(address.of, site)
  const self = site.origin + formatAddress(address, site)
  const newest = Math.max(...entries.map((entry) => entry.updatedAt ?? entry.publishedAt ?? 0), 0)
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escapeXml(feedTitle(view, site))}</title>
<link>${escapeXml(home)}</link>
<description>${escapeXml(inLanguage(site.tagline, language, site))}</description>
<language>${escapeXml(language)}</language>
<atom:link href="${escapeXml(self)}" rel="self" type="application/rss+xml"/>
${newest > 0 ? `<lastBuildDate>${formatRssDate(newest)}</lastBuildDate>\n` : ""}<ttl>15</ttl>
${entries.map((entry) => rssItem(entry, site)).join("")}</channel>
</rss>
`
}

function rssItem(entry: Entry, site: SiteConfig): string {
  const url = escapeXml(site.origin + entry.path)
  const authors = entry.authors.map(({ name }) => `<dc:creator>${escapeXml(name)}</dc:creator>`)
  const topics = entry.topics.map(
    (topic) => `<category>${escapeXml(topicName(topic, entry.language, site))}</category>`,
  )
  const date = entry.publishedAt === null ? "" : `<pubDate>${formatRssDate(entry.publishedAt)}</pubDate>`
  return `<item>
<title>${escapeXml(entry.title)}</title>
<link>${url}</link>
<guid isPermaLink="true">${url}</guid>
${date}<description>${escapeXml(entry.summary)}</description>
${authors.join("")}${topics.join("")}</item>
`
}

/** JSON Feed 1.1. */
export function renderJsonFeed(view: FeedView, site: SiteConfig): string {
  const { address, entries } = view
  const { language } = address.of
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title: feedTitle(view, site),
    home_page_url: site.origin + formatAddress(address.of, site),
    feed_url: site.origin + formatAddress(address, site),
    description: inLanguage(site.tagline, language, site),
    language,
    items: entries.map((entry) => ({
      id: site.origin + entry.path,
      url: site.origin + entry.path,
      title: entry.title,
      summary: entry.summary,
      content_text: entry.summary,
      image: entry.image === null ? undefined : site.origin + entry.image.src,
      date_published: entry.publishedAt === null ? undefined : formatInstant(entry.publishedAt),
      date_modified: entry.updatedAt === null ? undefined : formatInstant(entry.updatedAt),
      authors:
        entry.authors.length === 0
          ? undefined
          : entry.authors.map(({ name, slug }) => authorOf(name, slug, entry, site)),
      tags: entry.topics.length === 0 ? undefined : entry.topics.map((topic) => topicName(topic, entry.language, site)),
      language: entry.language,
    })),
  }
  return `${JSON.stringify(feed)}\n`
}

function authorOf(name: string, slug: string, { language }: Entry, site: SiteConfig) {
  return { name, url: site.origin + formatAddress({ kind: "author", language, slug }, site) }
}

function feedTitle({ address: { of }, entries }: FeedView, site: SiteConfig): string {
  const { language } = of
  if (of.kind === "front") return site.name
  if (of.kind === "region") return `${site.name}: ${placeName(of.region, null, language, site)}`
  if (of.kind === "country") return `${site.name}: ${placeName(of.region, of.country, language, site)}`
  const labels = entries.flatMap((entry) => (of.kind === "topic" ? entry.topics : entry.authors))
  const label = labels.find(({ slug }) => slug === of.slug)
  if (label === undefined) return `${site.name}: ${of.slug}`
  return `${site.name}: ${of.kind === "topic" ? topicName(label, language, site) : label.name}`
}
