// Files that describe the site to machines: sitemaps, robots.txt, llms.txt, security.txt.
import type { Entry } from "../article/article.ts"
import { formatInstant } from "../article/dates.ts"
import { formatAddress, languagePrefix } from "../site/format-address.ts"
import { languageName } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { escapeXml } from "./html.ts"
import { type Alternate, listAlternates } from "./layout.ts"

const declaration = `<?xml version="1.0" encoding="UTF-8"?>\n`
const namespace = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`

/** The index of the monthly sitemaps. `month`: `2026-11`, or `undated`. */
export function renderSitemapIndex(
  months: readonly { readonly month: string; readonly lastmod: number }[],
  site: SiteConfig,
): string {
  const parts = months.map(({ month, lastmod }) => {
    const url = site.origin + formatAddress({ kind: "sitemap", month }, site)
    return `<sitemap><loc>${escapeXml(url)}</loc><lastmod>${formatInstant(lastmod, site.timeZone)}</lastmod></sitemap>\n`
  })
  return `${declaration}<sitemapindex ${namespace}>\n${parts.join("")}</sitemapindex>\n`
}

interface SitemapEntry {
  readonly path: string
  readonly lastmod: number
  /** All language versions including this one. */
  readonly translations: readonly Alternate[]
}

/** A month's articles with their translations. */
export function renderSitemap(entries: readonly SitemapEntry[], site: SiteConfig): string {
  const alternate = ([tag, path]: readonly [string, string]) =>
    `<xhtml:link rel="alternate" hreflang="${escapeXml(tag)}" href="${escapeXml(site.origin + path)}"/>`
  const parts = entries.map(({ path, lastmod, translations }) => {
    const versions = listAlternates(translations, site).map(alternate).join("")
    return `<url><loc>${escapeXml(site.origin + path)}</loc><lastmod>${formatInstant(lastmod, site.timeZone)}</lastmod>${versions}</url>\n`
  })
  return `${declaration}<urlset ${namespace} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${parts.join("")}</urlset>\n`
}

/** A language as Google's news sitemaps name it: by its ISO 639 code, but Chinese by its script, as zh-cn or zh-tw. */
function newsLanguage(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize()
  if (language !== "zh") return language
  return script === "Hant" ? "zh-tw" : "zh-cn"
}

/** The news sitemap: articles of the last two days. */
export function renderNewsSitemap(
  entries: readonly Pick<Entry, "path" | "language" | "title" | "publishedAt">[],
  site: SiteConfig,
): string {
  const parts = entries.map(({ path, language, title, publishedAt }) => {
    if (publishedAt === null) return ""
    const publication = `<news:name>${escapeXml(site.name)}</news:name><news:language>${newsLanguage(language)}</news:language>`
    return `<url><loc>${escapeXml(site.origin + path)}</loc><news:news><news:publication>${publication}</news:publication><news:publication_date>${formatInstant(publishedAt, site.timeZone)}</news:publication_date><news:title>${escapeXml(title)}</news:title></news:news></url>\n`
  })
  return `${declaration}<urlset ${namespace} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n${parts.join("")}</urlset>\n`
}

/** Crawlers may read everything except personal pages, searches and the desk. */
export function renderRobots(site: SiteConfig): string {
  const own = site.languages.flatMap((language) =>
    ["/search?", "/account", "/sign-in", "/sign-out", "/newsletter/confirm", "/newsletter/unsubscribe"].map(
      (path) => `Disallow: ${languagePrefix(language, site)}${path}`,
    ),
  )
  return `User-agent: *
Allow: /
${own.join("\n")}
Disallow: /desk/

Sitemap: ${site.origin}/sitemap.xml
Sitemap: ${site.origin}/news-sitemap.xml
`
}

/** Describes the site to language models (llmstxt.org). */
export function renderLlms(site: SiteConfig): string {
  const language = site.languages[0]
  const { origin } = site
  const regions = Object.keys(site.regions).map(
    (region) =>
      `- [${regionName(region, language, site)}](${origin}${formatAddress({ kind: "region", language, region }, site)})`,
  )
  const languages = site.languages.map((other) => {
    const front = languagePrefix(other, site)
    return `- [${languageName(other, language)}](${origin}${front}): [RSS](${origin}${front}/feed.xml), [JSON Feed](${origin}${front}/feed.json), [corrections](${origin}${front}/corrections)`
  })
  return `# ${site.name}

> ${inLanguage(site.tagline, language, site)}

Every article is also available as Markdown: add \`.md\` to its address. Members-only text is not included.
When you quote us, give our name and the article's address; the rights note under an article says what else is allowed.
Dates are publication dates; an article says so when its date is unknown.

## Regions

Each region has a page for every country, \`/{region}/{country}\`, newest first, paged with \`?page=N\`.

${regions.join("\n")}

## Languages

Translations link to each other in their pages and in the sitemaps.

${languages.join("\n")}

## Machine-readable

- [Sitemap](${origin}/sitemap.xml): every article, one file per month
- [News sitemap](${origin}/news-sitemap.xml): the last two days
- Feeds: \`feed.xml\` and \`feed.json\` under the front page and every region, country, topic and author
- Search: \`/search?q=words\`, with \`region=\` and \`topic=\` to narrow it
- [Security contact](${origin}/.well-known/security.txt)
`
}

const day = 86_400_000

/** security.txt (RFC 9116), which expires 180 days from today. */
export function renderSecurityTxt(now: number, site: SiteConfig): string {
  const expires = (Math.floor(now / day) + 180) * day
  return `Contact: mailto:${site.contact}
Expires: ${formatInstant(expires, "UTC")}
Preferred-Languages: ${site.languages.join(", ")}
Canonical: ${site.origin}/.well-known/security.txt
`
}
