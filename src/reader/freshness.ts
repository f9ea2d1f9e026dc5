// How long a response may be kept, and by whom: every caching header comes from this one pure function.
import type { Audience } from "../membership/access.ts"
import { type Changes, soonest } from "../store/rows.ts"

/** What the lifetime of a response depends on. */
export interface Kept {
  readonly status: number
  /** Some kinds change more often, some never. */
  readonly kind: "page" | "search" | "redirect" | "picture" | "map"
  /** Something on it is for members only. */
  readonly gated: boolean
  readonly audience: Audience
  /** When time alone will change it. */
  readonly changes: Changes
}

/** Responses that nobody keeps: for one person, for editors, for monitoring, about methods, about a bug. */
export interface NeverKept {
  readonly kind: "personal" | "desk" | "health" | "methods" | "error"
}

/** All times of a response. */
export interface Freshness {
  /** Cache-Control for browsers. */
  readonly browser: string
  /** Cloudflare-CDN-Cache-Control for the edge's cache; never sent on to readers. */
  readonly edge: string
  /** The isolate's memory serves it without asking for so many milliseconds; 0: it is not kept. */
  readonly memoryFresh: number
  /** What Cache-Status says of that, milliseconds. */
  readonly shownFresh: number
  /** While the stores fail, memory serves it for so many milliseconds. */
  readonly memoryStale: number
}

const day = 86_400
/** Memory of the isolate: fresh this long, milliseconds. */
const memoryFresh = 10_000
const never: Freshness = { browser: "no-store", edge: "no-store", memoryFresh: 0, shownFresh: 0, memoryStale: 0 }
const personal: Freshness = { ...never, browser: "private, no-store" }
const forever: Freshness = {
  ...never,
  browser: "public, max-age=31536000, immutable",
  edge: "public, max-age=31536000, immutable",
}

/**
 * Caching of a response rendered at `now`. Everything, stale windows too, ends where an article expires. What only we see
 * (edge and memory) ends at the next embargo too. What readers receive is the same with and without one: otherwise a page's
 * headers would say when something is to be published.
 * The edge: fresh 285 s, stale while revalidating 60 s, stale on errors a day. With memory's 10 s and 2 s for a render
 * that is under way, a refused purge costs at most 6 minutes. So a 404 is kept for 20 s, and 30 s in all.
 */
export function freshness(page: Kept | NeverKept, now: number): Freshness {
  if (!("status" in page)) return page.kind === "personal" ? personal : never
  if (page.status >= 500 || page.status === 400) return never
  if (page.kind === "picture" && page.status === 200) return forever
  const { embargo, expiry } = page.changes
  const shownLeft = until(expiry, now)
  if (shownLeft < 1000) return never
  const ours = until(soonest(embargo, expiry), now)
  const left = Math.floor(ours / 1000)
  const shown = {
    shownFresh: Math.min(memoryFresh, shownLeft),
    browser: describeBrowser(page, Math.floor(shownLeft / 1000)),
  }
  const memory = Math.max(0, Math.min(memoryFresh, ours))
  if (left <= 0) return { ...shown, edge: "no-store", memoryFresh: memory, memoryStale: memory }
  if (page.status === 404)
    return { ...shown, edge: `public, max-age=${Math.min(20, left)}`, memoryFresh: memory, memoryStale: 0 }
  const edgeAge = Math.min(page.kind === "search" ? 60 : page.kind === "map" ? day : 285, left)
  const revalidating = Math.min(60, left - edgeAge)
  const failing = Math.min(day, left - edgeAge)
  return {
    ...shown,
    edge: join(`public, max-age=${edgeAge}`, ["stale-while-revalidate", revalidating], ["stale-if-error", failing]),
    memoryFresh: memory,
    memoryStale: Math.min(day * 1000, ours),
  }
}

function until(moment: number | null, now: number): number {
  return moment === null ? Number.POSITIVE_INFINITY : moment - now
}

function describeBrowser(page: Kept, left: number): string {
  if (page.gated) return page.audience === "public" ? "private, no-cache" : "private, no-store"
  if (page.status === 404) return `public, max-age=${Math.min(30, left)}`
  const age = Math.min(page.kind === "map" ? day : 60, left)
  return join(`public, max-age=${age}`, ["stale-if-error", Math.min(day, left - age)])
}

function join(start: string, ...directives: [name: string, seconds: number][]): string {
  return directives.reduce((all, [name, seconds]) => (seconds > 0 ? `${all}, ${name}=${seconds}` : all), start)
}

/** The header for browsers and the one for the edge. */
export const browserHeader = "Cache-Control"
export const edgeHeader = "Cloudflare-CDN-Cache-Control"
/** These go from the cached entrypoint to the edge and the gateway, and never on to readers. */
export const tagHeader = "Cache-Tag"
export const keptHeader = "Dateline-Kept"

/** Sets a response's caching header for browsers. */
export function setFreshness(headers: Headers, page: Kept | NeverKept, now: number): void {
  headers.set(browserHeader, freshness(page, now).browser)
}
