// Decides how long a response may be cached, and where: one pure function computes every caching header of the Worker.
import type { Audience } from "../membership/access.ts"
import { type Changes, soonest } from "../store/rows.ts"

/** What a response's cache lifetime depends on. */
export interface Cached {
  readonly status: number
  /** Search results are cached for less time than pages; pictures are cached forever. */
  readonly kind: "page" | "search" | "redirect" | "picture"
  /** Whether any part of the response is for members only. */
  readonly gated: boolean
  readonly audience: Audience
  /** When the response will change without a publish: when the next embargo ends, and at the next expiry. */
  readonly changes: Changes
}

/** Responses that are never cached: personal pages, the desk, health checks, OPTIONS and 405, and errors. */
export interface NeverCached {
  readonly kind: "personal" | "desk" | "health" | "methods" | "error"
}

/** A response's caching headers and lifetimes. */
export interface Freshness {
  /** Cache-Control, for browsers. */
  readonly browser: string
  /** Cloudflare-CDN-Cache-Control, for the edge cache; never sent on to readers. */
  readonly edge: string
  /** How long memory serves the response without revalidating, in milliseconds; 0 if memory does not keep it. */
  readonly memoryFresh: number
  /** The lifetime that Cache-Status reports for memory, in milliseconds. */
  readonly shownFresh: number
  /** How long memory may serve the response while the stores fail, in milliseconds. */
  readonly memoryStale: number
}

const day = 86_400
/** How long a response stays fresh in the isolate's memory, in milliseconds. */
const memoryFresh = 10_000
const never: Freshness = { browser: "no-store", edge: "no-store", memoryFresh: 0, shownFresh: 0, memoryStale: 0 }
const personal: Freshness = { ...never, browser: "private, no-store" }
const forever: Freshness = {
  ...never,
  browser: "public, max-age=31536000, immutable",
  edge: "public, max-age=31536000, immutable",
}

/**
 * Caching for a response rendered at `now`. All lifetimes, stale windows included, end when an article expires. Those
 * of our own caches (edge and memory) also end when an embargo does. Readers' lifetimes ignore embargoes: otherwise
 * headers would reveal when something is due to be published. Edge: fresh for 285 s, stale-while-revalidate for 60 s,
 * stale-if-error for a day. Adding memory's 10 s and 2 s for a render in progress, a page is out of date for at most 6
 * minutes after a failed purge. The edge keeps a 404 for 20 s, so with memory it is out of date for at most 30 s.
 */
export function freshness(page: Cached | NeverCached, now: number): Freshness {
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
  const edgeAge = Math.min(page.kind === "search" ? 60 : 285, left)
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

function describeBrowser(page: Cached, left: number): string {
  if (page.gated) return page.audience === "public" ? "private, no-cache" : "private, no-store"
  if (page.status === 404) return `public, max-age=${Math.min(30, left)}`
  const age = Math.min(60, left)
  return join(`public, max-age=${age}`, ["stale-if-error", Math.min(day, left - age)])
}

function join(start: string, ...directives: [name: string, seconds: number][]): string {
  return directives.reduce((all, [name, seconds]) => (seconds > 0 ? `${all}, ${name}=${seconds}` : all), start)
}

/** The caching headers for browsers and for the edge. */
export const browserHeader = "Cache-Control"
export const edgeHeader = "Cloudflare-CDN-Cache-Control"
/** Sent by the cached entrypoint to the edge and the gateway, never on to readers. */
export const tagHeader = "Cache-Tag"
// Not renamed, because the edge may still hold responses of earlier releases.
export const cachedHeader = "Dateline-Kept"
/** Names the styles and scripts that the page does not use, so that its CSP need not allow them (page.ts). */
export const partsHeader = "Dateline-Unused"
