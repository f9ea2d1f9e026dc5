// Reads what a request asks for: its path as sent, and the known query parameters.
import { isGiftToken } from "../membership/access.ts"
import type { Route } from "../routes.ts"
import { type Address, aliasPath, matchRoute } from "../site/addresses.ts"
import { isRegion } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"

const target = /^(?:[^/?#]*:\/\/[^/]*)?([^?#]*)(?:\?([^#]*))?/

/**
 * The raw path and query of a request's URL. Not `new URL()`, which resolves dot segments and takes 5 µs. For `*` and
 * other unusual request targets, the path is not an address.
 */
export function splitTarget(url: string): { path: string; query: string } {
  const [, path, query = ""] = target.exec(url) ?? []
  return { path: path || (url.endsWith("*") ? "*" : "/"), query }
}

export interface Parameters {
  /** Counted from 1. */
  readonly page: number
  /** The normalised search query (lower case, single spaces), or null if there is none. */
  readonly query: string | null
  readonly region: string | null
  readonly topic: string | null
  /** A gift token, not yet verified. It does not identify a page, so `formatParameters` leaves it out. */
  readonly gift: string | null
}

export const noParameters: Parameters = { page: 1, query: null, region: null, topic: null, gift: null }

/** The last page of any list. Deeper ones would read too many rows; readers can find older articles by searching. */
export const lastPage = 500
const longestQuery = 200

/**
 * The known parameters of an address.
 * @param query everything after the `?`
 * @returns null if a known parameter is invalid (`page=0`): the page does not exist
 */
export function readParameters(address: Address | null, query: string, site: SiteConfig): Parameters | null {
  if (query === "" || address === null) return noParameters
  const given = new URLSearchParams(query.slice(0, 4000))
  if (address.kind === "article") {
    const gift = given.get("gift")
    return gift !== null && isGiftToken(gift) ? { ...noParameters, gift } : noParameters
  }
  if (!["region", "country", "topic", "author", "corrections", "search"].includes(address.kind)) return noParameters
  const pageText = given.get("page")
  if (pageText !== null && !/^[1-9]\d{0,2}$/.test(pageText)) return null
  const page = Number(pageText ?? 1)
  if (page > lastPage) return null
  if (address.kind !== "search") return { ...noParameters, page }
  const words = spellQuery(given.get("q") ?? "")
  const region = slugOf(given.get("region"))
  return {
    ...noParameters,
    page,
    query: words || null,
    region: region !== null && isRegion(region, site) ? region : null,
    topic: slugOf(given.get("topic")),
  }
}

/** The canonical address's query string: encoded, in a fixed order, without default values; often "". */
export function formatParameters(parameters: Parameters): string {
  const parts: string[] = []
  if (parameters.query !== null) parts.push(`q=${encodeURIComponent(parameters.query)}`)
  if (parameters.region !== null) parts.push(`region=${parameters.region}`)
  if (parameters.topic !== null) parts.push(`topic=${parameters.topic}`)
  if (parameters.page > 1) parts.push(`page=${parameters.page}`)
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}

/** Normalises a query, so that queries with the same results share one cache entry. */
function spellQuery(typed: string): string {
  const words = typed.toWellFormed().normalize("NFC").toLowerCase().normalize("NFC").replace(/\s+/g, " ").trim()
  return words.slice(0, longestQuery).toWellFormed().trimEnd()
}

function slugOf(text: string | null): string | null {
  return text !== null && /^[a-z0-9-]{1,100}$/.test(text) ? text : null
}

/**
 * Returns a test for URLs under these origins, whether or not they name the default port, as some proxies do. Loopback
 * URLs always pass: only local requests arrive there.
 */
export function matchOrigins(origins: readonly string[]): (url: string) => boolean {
  const known = origins.map((origin) => {
    const { port, protocol } = new URL(origin)
    const usual = port === "" ? `(?::${protocol === "https:" ? 443 : 80})?` : ""
    return origin.replace(/[.[\]]/g, "\\$&") + usual
  })
  const pattern = new RegExp(
    `^(?:${known.join("|")}|http://(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?::\\d+)?)(?![\\w.:@-])`,
    "i",
  )
  return (url) => pattern.test(url)
}

export interface Asked {
  /** The path as sent, and its canonical spelling, or null if it cannot be an address. */
  readonly rawPath: string
  readonly path: string | null
  readonly query: string
  /** The alias path for a former system's `/?p=123`, or null. */
  readonly formerPath: string | null
  readonly route: Route | undefined
  readonly address: Address | null
  /** null if any known parameter is invalid. */
  readonly parameters: Parameters | null
}

/** The kinds of addresses that may redirect: aliases, former addresses, and slugs that similar names used to share. */
export const mayLeadElsewhere: ReadonlySet<Address["kind"]> = new Set([
  "article",
  "markdown",
  "page",
  "topic",
  "author",
])

/** The alias path for `/?p=123` or `/?page_id=123`. Ignores other parameters, such as `utm_source`. */
function readFormerPath(query: string): string | null {
  const given = new URLSearchParams(query.slice(0, 4000))
  const name = given.has("p") ? "p" : "page_id"
  return aliasPath(`/?${name}=${given.get(name)}`)
}

/** Reads what a request's URL asks for. */
export function readTarget(url: string, site: SiteConfig): Asked {
  const { path: rawPath, query } = splitTarget(url)
  const path = aliasPath(rawPath)
  const { route, address = null } = (path === null ? null : matchRoute(path, site)) ?? {}
  const formerPath = path === "/" && query !== "" ? readFormerPath(query) : null
  return { rawPath, path, query, formerPath, route, address, parameters: readParameters(address, query, site) }
}
