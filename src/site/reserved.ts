// First segments of addresses that no region may take; they stand for the site's own pages.

/** Every first segment with a meaning of its own, whatever the site's config. */
export const reservedSegments: ReadonlySet<string> = new Set([
  ".well-known",
  "account",
  "authors",
  "corrections",
  "desk",
  "digest",
  "favicon.ico",
  "feed.json",
  "feed.xml",
  "healthz",
  "join",
  "llms.txt",
  "maps",
  "media",
  "news-sitemap.xml",
  "newsletter",
  "robots.txt",
  "search",
  "sign-in",
  "sign-out",
  "sitemap.xml",
  "sitemaps",
  "topics",
])
