// What machines are told of the site: sitemaps, robots.txt, llms.txt, security.txt.
import { formatAddress, languagePrefix } from "../site/addresses.ts"
import { regionName } from "../site/places.ts"
import { defaultLanguage, inLanguage, type SiteConfig } from "../site/site.ts"
import { formatInstant } from "./dates.ts"
import { escapeXml } from "./escape.ts"

const declaration = `<?xml version="1.0" encoding="UTF-8"?>\n`
const namespace = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`

export interface SitemapIndexView {
  /** `2026-11`, or `undated`; lastmod in milliseconds. */
  readonly months: readonly { readonly month: string; readonly lastmod: number }[]
}

/** The index: one sitemap a month. */
export function renderSitemapIndex({ months }: SitemapIndexView, site: SiteConfig): string {
  const parts = months.map(({ month, lastmod }) => {
    const url = site.origin + formatAddress({ kind: "sitemap", month }, site)
    return `<sitemap><loc>${escapeXml(url)}</loc><lastmod>${formatInstant(lastmod)}</lastmod></sitemap>\n`
  })
  return `${declaration}<sitemapindex ${namespace}>\n${parts.join("")}</sitemapindex>\n`
}

export interface SitemapView {
  readonly entries: readonly {
    readonly path: string
    readonly lastmod: number
    /** All language versions, this one too. */
    readonly translations: readonly { readonly language: string; readonly path: string }[]
  }[]
}

/** A month's articles, each with its other languages. */
export function renderSitemap({ entries }: SitemapView, site: SiteConfig): string {
  const parts = entries.map(({ path, lastmod, translations }) => {
    const versions = translations.length > 1 ? translations.map((version) => alternate(version, site)).join("") : ""
    return `<url><loc>${escapeXml(site.origin + path)}</loc><lastmod>${formatInstant(lastmod)}</lastmod>${versions}</url>\n`
  })
  return `${declaration}<urlset ${namespace} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${parts.join("")}</urlset>\n`
}

function alternate({ language, path }: { language: string; path: string }, site: SiteConfig): string {
  return `<xhtml:link rel="alternate" hreflang="${escapeXml(language)}" href="${escapeXml(site.origin + path)}"/>`
}

export interface NewsSitemapView {
  /** Of the last two days. */
  readonly entries: readonly {
    readonly path: string
    readonly language: string
    readonly title: string
    readonly publishedAt: number | null
  }[]
}

/** The news sitemap: what has a known date. */
export function renderNewsSitemap({ entries }: NewsSitemapView, site: SiteConfig): string {
  const parts = entries.flatMap(({ path, language, title, publishedAt }) =>
    publishedAt === null
      ? []
      : [
          `<url><loc>${escapeXml(site.origin + path)}</loc><news:news><news:publication><news:name>${escapeXml(site.name)}</news:name><news:language>${escapeXml(language)}</news:language></news:publication><news:publication_date>${formatInstant(publishedAt)}</news:publication_date><news:title>${escapeXml(title)}</news:title></news:news></url>\n`,
        ],
  )
  return `${declaration}<urlset ${namespace} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n${parts.join("")}</urlset>\n`
}

/** Everything is open to robots but what is a reader's own, and searches. */
export function renderRobots(site: SiteConfig): string {
  const search = site.languages.map((language) => `Disallow: ${formatAddress({ kind: "search", language }, site)}?`)
  return `User-agent: *
Allow: /
${search.join("\n")}
Disallow: /account
Disallow: /sign-in
Disallow: /desk/

Sitemap: ${site.origin}/sitemap.xml
Sitemap: ${site.origin}/news-sitemap.xml
`
}

/** What this site is, for those who read it with a model. */
export function renderLlms(site: SiteConfig): string {
  const language = defaultLanguage(site)
  const regions = Object.keys(site.regions).map(
    (region) =>
      `- [${regionName(region, language, site)}](${site.origin}${formatAddress({ kind: "region", language, region }, site)})`,
  )
  const languages = site.languages.map((other) => `- ${other}: ${site.origin}${languagePrefix(other, site) || "/"}`)
  return `# ${site.name}

> ${inLanguage(site.tagline, language, site)}

Every article is also there as Markdown: add \`.md\` to its address. What is for members is not in it.
Quote us with our name and the article's address; the rights note under an article says what else is allowed.

## Regions

${regions.join("\n")}

## Languages

${languages.join("\n")}

## Machines

- [RSS](${site.origin}/feed.xml), [JSON Feed](${site.origin}/feed.json): the latest; every region, country, topic and author has its own
- [Sitemap](${site.origin}/sitemap.xml): every article
- [Corrections](${site.origin}/corrections): what we got wrong
`
}

const day = 86_400_000

/** RFC 9116. It expires 180 days after the day that it was made. */
export function renderSecurityTxt({ now }: { readonly now: number }, site: SiteConfig): string {
  const expires = (Math.floor(now / day) + 180) * day
  return `Contact: mailto:${site.contact}
Expires: ${formatInstant(expires)}
Preferred-Languages: ${site.languages.join(", ")}
Canonical: ${site.origin}/.well-known/security.txt
`
}
