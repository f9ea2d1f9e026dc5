// Parses paths into the site's addresses, using the table of routes.
import { type Route, reservedSegments, routes } from "../routes.ts"
import { countryByIso3, countryBySlug, isRegion, regionOfCountry } from "./places.ts"
import type { SiteConfig } from "./site.ts"

/** An address with a language and other parts. */
type InLanguage<Kind extends string, Parts extends string = never> = { readonly kind: Kind } & Readonly<
  Record<"language" | Parts, string>
>

export type PageAddress = InLanguage<"front" | "search" | "corrections" | "newsletter" | "digest" | "join">
/** A newsletter's edition on the web. `date`: `2026-11-23`. */
export type EditionAddress = InLanguage<"newsletterEdition" | "digestEdition", "date">
/** A static page of the publication. `page`: its slug. */
export type StaticAddress = InLanguage<"page", "page">
/** A personal page. `page`: the path without the language prefix, such as `/account/save`. */
export type PersonalAddress = InLanguage<"personal", "page">
export type RegionAddress = InLanguage<"region", "region">
export type CountryAddress = InLanguage<"country", "region" | "country">
/** The latest stories of a country in one file. */
export type PackAddress = InLanguage<"pack", "region" | "country">
export type LabelAddress = InLanguage<"topic" | "author", "slug">
/** `country`: a slug, or null for an article about a whole region. `path`: includes the language prefix. */
export type ArticleAddress = InLanguage<"article", "region" | "slug" | "path"> & { readonly country: string | null }

/** Pages that list articles. */
export type LandingAddress = RegionAddress | CountryAddress | LabelAddress
/** Pages that have a feed. */
export type ListingAddress = InLanguage<"front"> | LandingAddress

/** Static files drawn at build time. */
export type AssetKind = "favicon" | "worldMap" | "map" | "regionMap" | "globe" | "regionGlobe"
type MachineFile = "sitemapIndex" | "newsSitemap" | "robots" | "llms" | "security" | "healthz"

export type MachineAddress =
  | { readonly kind: "feed"; readonly format: "xml" | "json"; readonly of: ListingAddress }
  | { readonly kind: "markdown"; readonly article: ArticleAddress }
  | { readonly kind: MachineFile }
  | { readonly kind: "favicon" | "worldMap" }
  /** `month`: `2026-11`, `undated`, `undated-2` or `pages`. */
  | { readonly kind: "sitemap"; readonly month: string }
  | { readonly kind: "media"; readonly sha256: string; readonly extension: string }
  /** `iso3`: in capitals. */
  | { readonly kind: "map" | "globe"; readonly iso3: string }
  | { readonly kind: "regionMap" | "regionGlobe"; readonly region: string }

export type Address =
  | PageAddress
  | EditionAddress
  | StaticAddress
  | PersonalAddress
  | LandingAddress
  | PackAddress
  | ArticleAddress
  | MachineAddress

/** The routes. `pattern`: the path as a regular expression with named groups. */
const compiled = routes.map((route) => {
  const source = route.path
    .replaceAll(".", "\\.")
    .replace("/*", "/.+")
    .replace(/\{(\w+)\}/g, "(?<$1>[a-z0-9_-]+)")
  return { ...route, pattern: new RegExp(`^${source}$`) }
})

/** The address for a canonical path on this site, or null. */
export const parseAddress = (path: string, site: SiteConfig): Address | null => matchRoute(path, site)?.address ?? null

/** The route and address for a canonical path, or null. */
export function matchRoute(path: string, site: SiteConfig): { route: Route; address: Address } | null {
  if (canonicalPath(path) !== path) return null
  const language = languageOfPath(path, site)
  const isPrefixed = language !== site.languages[0]
  const rest = isPrefixed ? path.slice(language.length + 1) || "/" : path
  for (const route of compiled) {
    if (isPrefixed && !route.inLanguages) continue
    const match = route.pattern.exec(rest)
    const address = match && readParts(route, match.groups ?? {}, { language, path, rest }, site)
    if (address) return { route, address }
  }
  return null
}

/** The language of a path's prefix. The default language has no prefix: `/en/asia` is not an address. */
export function languageOfPath(path: string, site: SiteConfig): string {
  const [, first] = path.split("/", 2)
  return site.languages.slice(1).find((language) => language.toLowerCase() === first) ?? site.languages[0]
}

type Parts = Readonly<Record<string, string>>
/** `rest`: the path without the language prefix. */
type Place = Readonly<Record<"language" | "path" | "rest", string>>

/** The address for a route's parts, or null if one is invalid: an unknown region, or a country as an article's slug. */
function readParts(route: Route, parts: Parts, place: Place, site: SiteConfig): Address | null {
  for (const name in parts) if (!checks[name]?.(parts[name] as string, parts, site)) return null
  const { language, path, rest } = place
  const { kind, feedOf } = route
  if (kind === "personal") return { kind, language, page: rest }
  if (kind === "feed") {
    const { format, ...listing } = parts
    return { kind, format, of: { kind: feedOf, language, ...listing } } as Address
  }
  if (kind === "article") return readArticle(parts, language, path)
  if (kind === "markdown") return { kind, article: readArticle(parts, language, path.slice(0, -".md".length)) }
  if (kind === "map" || kind === "globe") return { kind, iso3: (parts.iso3 as string).toUpperCase() }
  return { kind, ...(route.inLanguages ? { language } : {}), ...parts } as Address
}

function readArticle({ region = "", country, slug = "" }: Parts, language: string, path: string): ArticleAddress {
  return { kind: "article", language, region, country: country ?? null, slug, path }
}

const checks: Readonly<Record<string, (part: string, parts: Parts, site: SiteConfig) => boolean>> = {
  region: (region, _, site) => isRegion(region, site),
  // A country belongs to one region. In any other region, its slug names neither a country nor an article.
  country: (slug, { region }, site) => countryBySlug(slug) !== null && regionOfCountry(slug, site) === region,
  slug: (slug, { region, country }) =>
    isSlug(slug) && (region === undefined || country !== undefined || countryBySlug(slug) === null),
  page: (slug, _, { languages }) =>
    isSlug(slug) && !reservedSegments.has(slug) && !languages.some((language) => language.toLowerCase() === slug),
  format: (format) => format === "xml" || format === "json",
  iso3: (code) => countryByIso3(code.toUpperCase()) !== null,
  sha256: (hash) => /^[0-9a-f]{64}$/.test(hash),
  extension: (extension) => /^[a-z0-9]{2,5}$/.test(extension),
  /** `2026-11`, `undated`, a further part of either (`2026-11-2`), or `pages`. */
  month: (month) => /^(?:(?:\d{4}-(?:0[1-9]|1[0-2])|undated)(?:-(?:[2-9]|[1-9]\d{1,4}))?|pages)$/.test(month),
  date: (date) => /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(date),
  token: (token) => token.length > 0,
}

export const slugLimit = 100

/** Whether the text is a slug: 1–100 characters from `a-z0-9-`, with no hyphen at either end. */
export function isSlug(text: string): boolean {
  return text.length <= slugLimit && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text)
}

// The maximum lengths of addresses and aliases (a KV key holds 512 bytes), and of a request's raw path.
const longest = 480
const longestRaw = 2048

// `/` or non-empty segments of `a-z0-9-._`. No segment starts or ends with a dot, which rules out dot segments, `/.env`
// and `name.`. The only exception is `/.well-known` at the root (RFC 8615).
const segment = "[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?"
const canonical = new RegExp(`^/(?:(?:\\.well-known|${segment})(?:/${segment})*)?$`)

/**
 * The canonical form of a raw path (no query or fragment), or null if no page can have it. Takes the raw text of the
 * request target, since `new URL()` hides dot segments.
 */
export function canonicalPath(raw: string): string | null {
  if (raw.length > longestRaw) return null
  if (canonical.test(raw)) return raw.length > longest ? null : raw
  const decoded = decodePlainLetters(raw)
  if (decoded === null || decoded[0] !== "/") return null
  const segments = resolveDots(decoded.split("/"))
  const path = `/${segments.filter((segment) => segment !== "").join("/")}`
  return path.length <= longest && canonical.test(path) ? path : null
}

/**
 * The canonical form of an address from a previous site: a canonical path, or one in any script, lower-cased and
 * percent-encoded. `/?p=123` (WordPress) becomes `/%3fp%3d123`. Null if it cannot be an address.
 */
export function aliasPath(raw: string): string | null {
  const known = canonicalPath(raw)
  if (known !== null) return known
  if (raw.length > longestRaw || raw[0] !== "/") return null
  if (/^\/\?(?:p|page_id)=\d{1,12}$/.test(raw)) return `/${encodeURIComponent(raw.slice(1)).toLowerCase()}`
  try {
    const segments = resolveDots(raw.split("/")).map((segment) => decodeURIComponent(segment).normalize("NFC"))
    if (segments.some((segment) => notInPaths.test(segment) || !segment.isWellFormed())) return null
    const kept = segments.filter((segment) => segment !== "").map((segment) => segment.toLowerCase().normalize("NFC"))
    const path = `/${kept.map((segment) => encodeURIComponent(segment).toLowerCase()).join("/")}`
    return kept.length > 0 && path.length <= longest ? path : null
  } catch {
    return null
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds and refuses them
const notInPaths = /[\u0000-\u001f\u007f-\u009f/\\?#%<>"]|^\.+$/

/**
 * Lower-cases a path, reads `\` as a slash as browsers do, and decodes escaped letters, digits, `-`, `_` and `.`, which
 * are equivalent (RFC 3986 §2.3). Null for any other escape or character: `%2f`, `%00`, `é`, `;`.
 */
function decodePlainLetters(raw: string): string | null {
  const path = raw.replaceAll("\\", "/").replace(/%[0-7][\da-f]/gi, (code) => {
    const character = decodeURIComponent(code)
    return /[\w.-]/.test(character) ? character : code
  })
  return /^[\w./-]*$/.test(path) ? path.toLowerCase() : null
}

/** Resolves dot segments (RFC 3986 §5.2.4) before empty ones are dropped, as `new URL()` does: `/a//../b` is `/a/b`. */
function resolveDots(segments: string[]): string[] {
  const kept: string[] = []
  for (const segment of segments.slice(1)) {
    if (segment === "..") kept.pop()
    else if (segment !== ".") kept.push(segment)
  }
  return kept
}

/** The slug that similar names shared before they got separate ones. */
export const sharedSlug = (slug: string) =>
  slug.replace(/--.*/, "").replace(/((?:^|-)[a-z0-9])(?:-(?:plus|sharp))+(?=-|$)/g, "$1")
