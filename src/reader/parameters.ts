// The query parameters that we know; all others change nothing and make no second cache entry.
import { isGiftToken } from "../membership/gift.ts"
import type { Address } from "../site/addresses.ts"
import { isRegion } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"

export interface Parameters {
  /** From 1. */
  readonly page: number
  /** What was searched for, in one spelling: lower case, single spaces; null: nothing. */
  readonly query: string | null
  readonly region: string | null
  readonly topic: string | null
  /** A gift's token, not verified yet. It names no other page: it is no part of `formatParameters`. */
  readonly gift: string | null
}

export const noParameters: Parameters = { page: 1, query: null, region: null, topic: null, gift: null }

/** Deeper pages cost more rows than they are worth: search finds what is older. */
const lastPage = 500
const longestQuery = 200

/**
 * The known parameters of an address.
 * @param query what stands after the `?`
 * @returns null when a known one has no sense (`page=0`): the page does not exist
 */
export function readParameters(address: Address | null, query: string, site: SiteConfig): Parameters | null {
  if (query === "" || address === null) return noParameters
  if (address.kind === "article") {
    const gift = new URLSearchParams(query.slice(0, 4000)).get("gift")
    return gift !== null && isGiftToken(gift) ? { ...noParameters, gift } : noParameters
  }
  const paged = ["region", "country", "topic", "author", "corrections", "search"].includes(address.kind)
  if (!paged) return noParameters
  const given = new URLSearchParams(query.slice(0, 4000))
  const pageText = given.get("page")
  if (pageText !== null && !/^[1-9]\d{0,2}$/.test(pageText)) return null
  const page = Number(pageText ?? 1)
  if (page > lastPage) return null
  if (address.kind !== "search") return { ...noParameters, page }
  const words = spellQuery(given.get("q") ?? "")
  const region = slugOf(given.get("region"))
  return {
    page,
    query: words === "" ? null : words,
    region: region !== null && isRegion(region, site) ? region : null,
    topic: slugOf(given.get("topic")),
    gift: null,
  }
}

/** The parameters as part of the one address: sorted, encoded, defaults left out; "" when there are none. */
export function formatParameters(parameters: Parameters): string {
  const parts: string[] = []
  if (parameters.query !== null) parts.push(`q=${encodeURIComponent(parameters.query)}`)
  if (parameters.region !== null) parts.push(`region=${parameters.region}`)
  if (parameters.topic !== null) parts.push(`topic=${parameters.topic}`)
  if (parameters.page > 1) parts.push(`page=${parameters.page}`)
  return parts.length === 0 ? "" : `?${parts.join("&")}`
}

/** Queries that find the same have one spelling, and so one entry in the caches. */
function spellQuery(typed: string): string {
  const words = typed.toWellFormed().normalize("NFC").toLowerCase().normalize("NFC").replace(/\s+/g, " ").trim()
  return words.slice(0, longestQuery).toWellFormed().trimEnd()
}

function slugOf(text: string | null): string | null {
  return text !== null && /^[a-z0-9-]{1,100}$/.test(text) ? text : null
}
