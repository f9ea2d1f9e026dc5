// Every address there can be, and what a path names. Pure text: no URL objects, no regular expressions on the way to a reader.
import { countryByIso3, countryBySlug, isRegion, regionOfCountry } from "./places.ts"
import { reservedSegments } from "./reserved.ts"
import { defaultLanguage, type SiteConfig } from "./site.ts"
import { isSlug } from "./slug-rule.ts"

export { canonicalPath } from "./canonical.ts"

export interface PageAddress {
  readonly kind: "front" | "search" | "corrections" | "newsletter" | "join"
  readonly language: string
}
/** What answers one person alone: sign-in, account, the links of a letter. The members' room knows which there are. */
export interface PersonalAddress {
  readonly kind: "personal"
  readonly language: string
  /** The path without the language's prefix: `/account/saved`. */
  readonly page: string
}
export interface RegionAddress {
  readonly kind: "region"
  readonly language: string
  readonly region: string
}
export interface CountryAddress {
  readonly kind: "country"
  readonly language: string
  readonly region: string
  readonly country: string
}
export interface LabelAddress {
  readonly kind: "topic" | "author"
  readonly language: string
  readonly slug: string
}
export interface ArticleAddress {
  readonly kind: "article"
  readonly language: string
  readonly region: string
  /** Country slug, or null for an article of a whole region. */
  readonly country: string | null
  readonly slug: string
  /** The whole address, language prefix too. */
  readonly path: string
}

/** Pages that list articles, a page at a time. */
export type LandingAddress = RegionAddress | CountryAddress | LabelAddress
/** Whatever has a feed: the front page and every landing page. */
export type ListingAddress = (PageAddress & { readonly kind: "front" }) | LandingAddress
export type FeedFormat = "xml" | "json"

type MachineFile = "sitemapIndex" | "newsSitemap" | "robots" | "llms" | "security" | "healthz"

export type MachineAddress =
  | { readonly kind: "feed"; readonly format: FeedFormat; readonly of: ListingAddress }
  | { readonly kind: "markdown"; readonly article: ArticleAddress }
  | { readonly kind: MachineFile }
  /** month: `2026-11`, `undated`, `undated-2`. */
  | { readonly kind: "sitemap"; readonly month: string }
  | { readonly kind: "media"; readonly sha256: string; readonly extension: string }
  /** iso3: in capitals. */
  | { readonly kind: "map"; readonly iso3: string }
  | { readonly kind: "regionMap"; readonly region: string }

export type Address = PageAddress | PersonalAddress | LandingAddress | ArticleAddress | MachineAddress

const singlePages = new Map<string, "search" | "corrections" | "newsletter" | "join">([
  ["search", "search"],
  ["corrections", "corrections"],
  ["newsletter", "newsletter"],
  ["join", "join"],
])
const personalPages: ReadonlySet<string> = new Set(["account", "digest", "sign-in", "sign-out"])
const labelPages = new Map<string, "topic" | "author">([
  ["topics", "topic"],
  ["authors", "author"],
])
const feeds = new Map<string, FeedFormat>([
  ["feed.xml", "xml"],
  ["feed.json", "json"],
])
/** Where the files are that machines look for, and what each is. */
export const machineFiles: ReadonlyMap<string, MachineFile> = new Map([
  ["/sitemap.xml", "sitemapIndex"],
  ["/news-sitemap.xml", "newsSitemap"],
  ["/robots.txt", "robots"],
  ["/llms.txt", "llms"],
  ["/.well-known/security.txt", "security"],
  ["/healthz", "healthz"],
])

/** What a canonical path names on this site; null when nothing here can have it. */
export function parseAddress(path: string, site: SiteConfig): Address | null {
  if (path[0] !== "/") return null
  const segments = path === "/" ? [] : path.slice(1).split("/")
  const language = languageOfPrefix(segments[0], site)
  if (language !== null) return parseInLanguage(segments.slice(1), language, path, site)
  return parseInLanguage(segments, defaultLanguage(site), path, site) ?? parseMachineFile(path, segments, site)
}

/** The language whose prefix a first segment is. The default language has none: `/en/asia` is no address. */
function languageOfPrefix(segment: string | undefined, site: SiteConfig): string | null {
  if (segment === undefined) return null
  for (let i = 1; i < site.languages.length; i++) {
    const language = site.languages[i] as string
    if (language.toLowerCase() === segment) return language
  }
  return null
}

function parseInLanguage(segments: string[], language: string, path: string, site: SiteConfig): Address | null {
  const last = segments.at(-1)
  if (last === undefined) return { kind: "front", language }
  if (segments.length > 3 && !feeds.has(last)) return null
  const format = feeds.get(last)
  if (format) {
    const of = parsePage(segments.slice(0, -1), language, "", site)
    return of && isListing(of) ? { kind: "feed", format, of } : null
  }
  if (!last.endsWith(".md")) return parsePage(segments, language, path, site)
  const article = parsePage([...segments.slice(0, -1), last.slice(0, -3)], language, path.slice(0, -3), site)
  return article?.kind === "article" ? { kind: "markdown", article } : null
}

type Page = PageAddress | PersonalAddress | LandingAddress | ArticleAddress

function parsePage(segments: string[], language: string, path: string, site: SiteConfig): Page | null {
  const [first, second, third] = segments
  if (first === undefined) return { kind: "front", language }
  if (!isRegion(first, site)) return parseSitePage(segments, language)
  if (second === undefined) return { kind: "region", language, region: first }
  if (!isSlug(second)) return null
  const isCountry = countryBySlug(second) !== null
  // A country belongs to one region; under another, its slug is neither a country nor an article.
  if (isCountry && regionOfCountry(second, site) !== first) return null
  if (third === undefined) {
    if (isCountry) return { kind: "country", language, region: first, country: second }
    return { kind: "article", language, region: first, country: null, slug: second, path }
  }
  if (!isCountry || segments.length > 3 || !isSlug(third)) return null
  return { kind: "article", language, region: first, country: second, slug: third, path }
}

function parseSitePage(segments: string[], language: string): Page | null {
  const first = segments[0] as string
  if (personalPages.has(first)) return { kind: "personal", language, page: `/${segments.join("/")}` }
  const single = singlePages.get(first)
  if (segments.length === 1) return single ? { kind: single, language } : null
  if (single === "newsletter" || single === "join")
    return { kind: "personal", language, page: `/${segments.join("/")}` }
  const kind = labelPages.get(first)
  const slug = segments[1] as string
  return kind && segments.length === 2 && isSlug(slug) ? { kind, language, slug } : null
}

function parseMachineFile(path: string, segments: string[], site: SiteConfig): Address | null {
  const kind = machineFiles.get(path)
  if (kind) return { kind }
  const [folder, file] = segments
  if (segments.length !== 2 || !folder || !file || !reservedSegments.has(folder)) return null
  const point = file.indexOf(".")
  const stem = file.slice(0, Math.max(point, 0))
  const extension = file.slice(point + 1)
  if (folder === "sitemaps") return extension === "xml" && isMonth(stem) ? { kind: "sitemap", month: stem } : null
  if (folder === "media")
    return isHash(stem) && isExtension(extension) ? { kind: "media", sha256: stem, extension } : null
  if (folder !== "maps" || extension !== "svg") return null
  const country = countryByIso3(stem.toUpperCase())
  if (country) return { kind: "map", iso3: country.iso3 }
  return isRegion(stem, site) ? { kind: "regionMap", region: stem } : null
}

/** `2026-11`, `undated`, or a further part of what has no date: `undated-2`. */
function isMonth(text: string): boolean {
  return /^(?:\d{4}-(?:0[1-9]|1[0-2])|undated(?:-(?:[2-9]|[1-9]\d{1,4}))?)$/.test(text)
}

/** SHA-256 in lower-case hex. */
function isHash(text: string): boolean {
  return text.length === 64 && /^[0-9a-f]+$/.test(text)
}

function isExtension(text: string): boolean {
  return text.length <= 5 && /^[a-z0-9]{2,5}$/.test(text)
}

/** Has the page a feed? */
export function isListing(address: Address): address is ListingAddress {
  const { kind } = address
  return kind === "front" || kind === "region" || kind === "country" || kind === "topic" || kind === "author"
}
