// What a path names on this site, read by the table of routes.
import { type Route, routes } from "../routes.ts"
import { canonicalPath } from "./canonical.ts"
import { countryByIso3, countryBySlug, isRegion, regionOfCountry } from "./places.ts"
import { defaultLanguage, type SiteConfig } from "./site.ts"

export { canonicalPath } from "./canonical.ts"

export interface PageAddress {
  readonly kind: "front" | "search" | "corrections" | "newsletter" | "join"
  readonly language: string
}
/** A page for one person: sign-in, account, what an e-mail links to. */
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

/** Pages that list articles. */
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

interface Compiled extends Route {
  /** The path as an expression with named groups. */
  readonly pattern: RegExp
}

const compiled: readonly Compiled[] = routes.map((route) => {
  const source = route.path
    .replaceAll(".", "\\.")
    .replace("/*", "/.+")
    .replace(/\{(\w+)\}/g, "(?<$1>[a-z0-9_-]+)")
  return { ...route, pattern: new RegExp(`^${source}$`) }
})

/** What a canonical path names on this site; null when nothing here can have it. */
export function parseAddress(path: string, site: SiteConfig): Address | null {
  return matchRoute(path, site)?.address ?? null
}

/** The route of a canonical path, and what the path names; null when no route has it. */
export function matchRoute(path: string, site: SiteConfig): { route: Route; address: Address } | null {
  if (canonicalPath(path)?.path !== path) return null
  const prefixed = languageOfPrefix(path, site)
  const language = prefixed ?? defaultLanguage(site)
  const rest = prefixed === null ? path : path.slice(prefixed.length + 1) || "/"
  for (const route of compiled) {
    if (prefixed !== null && !route.inLanguages) continue
    const match = route.pattern.exec(rest)
    const address = match && readParts(route, { ...match.groups }, { language, path, rest }, site)
    if (address) return { route, address }
  }
  return null
}

/** The language whose prefix a path has. The default language has none: `/en/asia` is no address. */
function languageOfPrefix(path: string, site: SiteConfig): string | null {
  const end = path.indexOf("/", 1)
  const first = end === -1 ? path.slice(1) : path.slice(1, end)
  return site.languages.slice(1).find((language) => language.toLowerCase() === first) ?? null
}

type Parts = Readonly<Record<string, string>>
interface Place {
  readonly language: string
  readonly path: string
  /** The path without the language's prefix. */
  readonly rest: string
}

/** The address that a route's parts make, or null: no such region, a slug that is a country's. */
function readParts(route: Route, parts: Parts, place: Place, site: SiteConfig): Address | null {
  for (const name in parts) if (!checks[name]?.(parts[name] as string, parts, site)) return null
  const { language, path, rest } = place
  const { kind, feedOf } = route
  if (kind === "personal") return { kind, language, page: rest }
  if (kind === "feed")
    return {
      kind,
      format: parts.format as FeedFormat,
      of: { kind: feedOf, language, ...placeOf(parts) } as ListingAddress,
    }
  if (kind === "article") return readArticle(parts, language, path)
  if (kind === "markdown") return { kind, article: readArticle(parts, language, path.slice(0, -".md".length)) }
  if (kind === "map") return { kind, iso3: (parts.iso3 as string).toUpperCase() }
  return { kind, ...(route.inLanguages ? { language } : {}), ...parts } as Address
}

function placeOf({ format: _format, ...parts }: Parts): Parts {
  return parts
}

function readArticle(parts: Parts, language: string, path: string): ArticleAddress {
  return {
    kind: "article",
    language,
    region: parts.region ?? "",
    country: parts.country ?? null,
    slug: parts.slug ?? "",
    path,
  }
}

/** What a part of a path may be. */
const checks: Readonly<Record<string, (part: string, parts: Parts, site: SiteConfig) => boolean>> = {
  region: (region, _, site) => isRegion(region, site),
  // A country belongs to one region; under another, its slug is neither a country nor an article.
  country: (slug, { region }, site) => countryBySlug(slug) !== null && regionOfCountry(slug, site) === region,
  slug: (slug, { region, country }) =>
    isSlug(slug) && (region === undefined || country !== undefined || countryBySlug(slug) === null),
  format: (format) => format === "xml" || format === "json",
  iso3: (code) => countryByIso3(code.toUpperCase()) !== null,
  sha256: (hash) => /^[0-9a-f]{64}$/.test(hash),
  extension: (extension) => /^[a-z0-9]{2,5}$/.test(extension),
  /** `2026-11`, `undated`, or a further part of what has no date: `undated-2`. */
  month: (month) => /^(?:\d{4}-(?:0[1-9]|1[0-2])|undated(?:-(?:[2-9]|[1-9]\d{1,4}))?)$/.test(month),
  token: (token) => token.length > 0,
}

/** Has the page a feed? */
export function isListing(address: Address): address is ListingAddress {
  const { kind } = address
  return kind === "front" || kind === "region" || kind === "country" || kind === "topic" || kind === "author"
}

/** The longest slug that an address may hold. */
export const slugLimit = 100

/** Is the text a slug: `a-z0-9-`, 1–100 characters, no hyphen at either end? */
export function isSlug(text: string): boolean {
  return text.length <= slugLimit && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text)
}
