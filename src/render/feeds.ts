// Feeds: RSS 2.0, JSON Feed 1.1 and members' private feeds. Public feeds contain only summaries, so they reveal no
// members-only text.
import type { Entry } from "../article/article.ts"
import { formatInstant } from "../article/dates.ts"
import type { ListingAddress, MachineAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { listingName, topicName } from "./components.ts"
import { escapeHtml, escapeXml } from "./html.ts"
import { plainFile } from "./picture.ts"
import { toAbsolute } from "./text-links.ts"

export interface FeedView {
  readonly address: Extract<MachineAddress, { kind: "feed" }>
  readonly entries: readonly Entry[]
}

/** RSS 2.0. */
export function renderRss(view: FeedView, site: SiteConfig): string {
  const { address, entries } = view
  const newest = Math.max(...entries.map((entry) => entry.updatedAt ?? entry.publishedAt ?? 0), 0)
  const self = escapeXml(site.origin + formatAddress(address, site))
  const head = `<atom:link href="${self}" rel="self" type="application/rss+xml"/>
${newest > 0 ? `<lastBuildDate>${formatRssDate(newest, site)}</lastBuildDate>\n` : ""}<ttl>15</ttl>`
  const items = entries.map((entry) => rssItem(entry, "", site))
  const channel = {
    title: feedTitle(view, site),
    description: inLanguage(site.tagline, address.of.language, site),
    head,
  }
  return rssChannel(address.of, channel, items, site)
}

interface PrivateFeedView {
  readonly language: string
  /** `html`: the whole text, rendered and sanitized; null if it cannot be rendered, leaving only the summary. */
  readonly items: readonly { readonly entry: Entry; readonly html: string | null }[]
}

/** A member's private feed: RSS 2.0 with full texts. */
export function renderPrivateFeed({ language, items }: PrivateFeedView, site: SiteConfig): string {
  const parts = items.map(({ entry, html }) => {
    const whole = html === null ? "" : escapeXml(toAbsolute(html, entry.path, site))
    return rssItem(entry, html === null ? "" : `<content:encoded>${whole}</content:encoded>\n`, site)
  })
  const channel = { title: site.name, description: site.name, head: "<ttl>60</ttl>" }
  return rssChannel({ kind: "front", language }, channel, parts, site)
}

function rssChannel(
  of: ListingAddress,
  { title, description, head }: Readonly<Record<"title" | "description" | "head", string>>,
  items: readonly string[],
  site: SiteConfig,
): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>${escapeXml(title)}</title>
<link>${escapeXml(site.origin + formatAddress(of, site))}</link>
<description>${escapeXml(description)}</description>
<language>${escapeXml(of.language)}</language>
${head}
${items.join("")}</channel>
</rss>
`
}

/** An RSS item, undated if the date is unknown. RSS readers parse descriptions as HTML, so they are escaped twice. */
function rssItem(entry: Entry, content: string, site: SiteConfig): string {
  const { title, summary, language, authors, topics, publishedAt, image } = entry
  const url = escapeXml(site.origin + entry.path)
  const id = escapeXml(feedId(entry, site))
  const creators = authors.map(({ name }) => `<dc:creator>${escapeXml(name)}</dc:creator>`)
  const categories = topics.map((topic) => `<category>${escapeXml(topicName(topic, language, site))}</category>`)
  const picture = image && `<media:content url="${escapeXml(site.origin + plainFile(image).src)}" medium="image"/>`
  return `<item>
<title>${escapeXml(title)}</title>
<link>${url}</link>
<guid isPermaLink="${id === url}">${id}</guid>
${publishedAt === null ? "" : `<pubDate>${formatRssDate(publishedAt, site)}</pubDate>`}<description>${escapeXml(escapeHtml(summary))}</description>
${creators.join("")}${categories.join("")}${picture ?? ""}${content}</item>
`
}

/** The id by which feed readers recognise an article; it stays the same when the article moves. */
function feedId({ path, feedPath = path }: Entry, site: SiteConfig): string {
  return site.origin + feedPath
}

/** An RFC 822 date with a four-digit year, in the site's time zone. */
function formatRssDate(moment: number, { timeZone }: SiteConfig): string {
  const text = formatInstant(moment, timeZone)
  const wall = new Date(`${text.slice(0, 19)}Z`).toUTCString()
  return wall.replace("GMT", text.endsWith("Z") ? "GMT" : text.slice(19).replace(":", ""))
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
    items: entries.map((entry) => jsonItem(entry, site)),
  }
  return `${JSON.stringify(feed)}\n`
}

function jsonItem(entry: Entry, site: SiteConfig) {
  const { language, publishedAt, updatedAt, image, summary } = entry
  const url = site.origin + entry.path
  const authors = entry.authors.map(({ name, slug }) => ({
    name,
    url: site.origin + formatAddress({ kind: "author", language, slug }, site),
  }))
  const tags = entry.topics.map((topic) => topicName(topic, language, site))
  return {
    id: feedId(entry, site),
    url,
    title: entry.title,
    summary,
    content_text: summary,
    image: image === null ? undefined : site.origin + plainFile(image).src,
    date_published: publishedAt === null ? undefined : formatInstant(publishedAt, site.timeZone),
    date_modified: updatedAt === null ? undefined : formatInstant(updatedAt, site.timeZone),
    authors: authors.length === 0 ? undefined : authors,
    tags: tags.length === 0 ? undefined : tags,
    language,
  }
}

function feedTitle({ address: { of }, entries }: FeedView, site: SiteConfig): string {
  const labels = entries.flatMap((entry) => (of.kind === "topic" ? entry.topics : entry.authors))
  const label = labels.find(({ slug }) => "slug" in of && slug === of.slug)
  return of.kind === "front" ? site.name : `${site.name}: ${listingName(of, label?.name, site)}`
}
