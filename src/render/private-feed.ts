// A member's private feed: RSS 2.0 with whole texts.
import type { Entry } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { formatRssDate } from "./dates.ts"
import { escapeXml } from "./escape.ts"

export interface PrivateFeedView {
  readonly language: string
  /** `html`: the whole text, rendered and sanitized; null: it cannot be, and the summary has to do. */
  readonly items: readonly { readonly entry: Entry; readonly html: string | null }[]
}

export function renderPrivateFeed({ language, items }: PrivateFeedView, site: SiteConfig): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${escapeXml(site.name)}</title>
<link>${escapeXml(site.origin + formatAddress({ kind: "front", language }, site))}</link>
<description>${escapeXml(site.name)}</description>
<language>${escapeXml(language)}</language>
<ttl>60</ttl>
${items.map(({ entry, html }) => renderItem(entry, html, site)).join("")}</channel>
</rss>
`
}

function renderItem(entry: Entry, html: string | null, site: SiteConfig): string {
  const url = escapeXml(site.origin + entry.path)
  const date = entry.publishedAt === null ? "" : `<pubDate>${formatRssDate(entry.publishedAt)}</pubDate>\n`
  // Feed readers know no address that ours could be relative to.
  const whole = html?.replace(/ (href|src)="(\/(?!\/)|#)/g, (_, name, start) =>
    start === "#" ? ` ${name}="${site.origin}${entry.path}#` : ` ${name}="${site.origin}/`,
  )
  return `<item>
<title>${escapeXml(entry.title)}</title>
<link>${url}</link>
<guid isPermaLink="true">${url}</guid>
${date}<description>${escapeXml(entry.summary)}</description>
${entry.authors.map(({ name }) => `<dc:creator>${escapeXml(name)}</dc:creator>`).join("")}${
  whole === undefined
    ? ""
    : `<content:encoded>${escapeXml(whole)}</content:encoded>
`
}</item>
`
}
