// How long an answer may be kept, by whom: every caching header comes from this one pure function.
import type { Audience } from "../membership/access.ts"
import { type Changes, soonest } from "../store/rows.ts"

/** What an answer's life depends on. */
export interface Kept {
  readonly status: number
  /** What sort of address it is: some change more often, some never. */
  readonly sort: "page" | "search" | "redirect" | "picture" | "map"
  /** Something on it is for members only. */
  readonly gated: boolean
  readonly audience: Audience
  /** When time alone will change it. */
  readonly changes: Changes
}

/** All of an answer's times. */
export interface Freshness {
  /** Cache-Control for browsers. */
  readonly browser: string
  /** Cloudflare-CDN-Cache-Control for the edge's cache; never sent on to readers. */
  readonly edge: string
  /** The isolate's memory serves it unasked for so many milliseconds; 0: it is not kept. */
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

/**
 * Caching of an answer rendered at `now`. Everything, stale windows too, ends where an article expires. What only we see
 * (edge and memory) ends at the next embargo too. What readers receive is the same with and without one: otherwise a page's
 * headers would say when something is to be published.
 * The edge: fresh 300 s, stale while revalidating 60 s (so a refused purge costs at most 6 minutes), stale on errors a day.
 */
export function freshness(kept: Kept, now: number): Freshness {
  if (kept.status >= 500 || kept.status === 400) return never
  if (kept.sort === "picture" && kept.status === 200) {
    const forever = "public, max-age=31536000, immutable"
    return { browser: forever, edge: forever, memoryFresh: 0, shownFresh: 0, memoryStale: 0 }
  }
  const { embargo, expiry } = kept.changes
  const shownLeft = until(expiry, now)
  if (shownLeft < 1000) return never
  const ours = until(soonest(embargo, expiry), now)
  const left = Math.floor(ours / 1000)
  const shown = {
    shownFresh: Math.min(memoryFresh, shownLeft),
    browser: describeBrowser(kept, Math.floor(shownLeft / 1000)),
  }
  const memory = Math.max(0, Math.min(memoryFresh, ours))
  if (left <= 0) return { ...shown, edge: "no-store", memoryFresh: memory, memoryStale: memory }
  if (kept.status === 404)
    return { ...shown, edge: `public, max-age=${Math.min(30, left)}`, memoryFresh: memory, memoryStale: 0 }
  const edgeAge = Math.min(kept.sort === "search" ? 60 : kept.sort === "map" ? day : 300, left)
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

function describeBrowser(kept: Kept, left: number): string {
  if (kept.gated) return kept.audience === "public" ? "private, no-cache" : "private, no-store"
  if (kept.status === 404) return `public, max-age=${Math.min(30, left)}`
  const age = Math.min(kept.sort === "map" ? day : 60, left)
  return join(`public, max-age=${age}`, ["stale-if-error", Math.min(day, left - age)])
}

function join(start: string, ...directives: [name: string, seconds: number][]): string {
  return directives.reduce((all, [name, seconds]) => (seconds > 0 ? `${all}, ${name}=${seconds}` : all), start)
}
