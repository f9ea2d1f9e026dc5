// How long an answer may be kept, by whom: every caching header comes from this one pure function.
import type { Audience } from "../membership/access.ts"

/** What an answer's life depends on. */
export interface Kept {
  readonly status: number
  /** What sort of address it is: some change more often, some never. */
  readonly sort: "page" | "search" | "redirect" | "picture" | "map"
  /** Something on it is for members only. */
  readonly gated: boolean
  readonly audience: Audience
  /** When time alone will change it (an embargo ends, an article expires), milliseconds; null: never. */
  readonly changesAt: number | null
}

/** All of an answer's times. */
export interface Freshness {
  /** Cache-Control for browsers. */
  readonly browser: string
  /** Cloudflare-CDN-Cache-Control for the edge's cache; never sent on to readers. */
  readonly edge: string
  /** The isolate's memory serves it unasked for so many milliseconds; 0: it is not kept. */
  readonly memoryFresh: number
  /** While the stores fail, memory serves it for so many milliseconds. */
  readonly memoryStale: number
}

const day = 86_400
/** Memory of the isolate: fresh this long, milliseconds. */
const memoryFresh = 10_000
const never: Freshness = { browser: "no-store", edge: "no-store", memoryFresh: 0, memoryStale: 0 }

/**
 * Caching of an answer rendered at `now`. Everything, stale windows too, ends where time will change the page.
 * The edge: fresh 300 s, stale while revalidating 60 s (so a refused purge costs at most 6 minutes), stale on errors a day.
 */
export function freshness(kept: Kept, now: number): Freshness {
  if (kept.status >= 500 || kept.status === 400) return never
  if (kept.sort === "picture" && kept.status === 200) {
    const forever = "public, max-age=31536000, immutable"
    return { browser: forever, edge: forever, memoryFresh: 0, memoryStale: 0 }
  }
  const left = kept.changesAt === null ? Number.POSITIVE_INFINITY : Math.floor((kept.changesAt - now) / 1000)
  if (left <= 0) return never
  const memory = Math.min(memoryFresh, left * 1000)
  if (kept.status === 404) {
    const age = `public, max-age=${Math.min(30, left)}`
    return { browser: age, edge: age, memoryFresh: memory, memoryStale: 0 }
  }
  const edgeAge = Math.min(kept.sort === "search" ? 60 : kept.sort === "map" ? day : 300, left)
  const revalidating = Math.min(60, left - edgeAge)
  const failing = Math.min(day, left - edgeAge)
  return {
    browser: describeBrowser(kept, left),
    edge: join(`public, max-age=${edgeAge}`, ["stale-while-revalidate", revalidating], ["stale-if-error", failing]),
    memoryFresh: memory,
    memoryStale: Math.min(day, left) * 1000,
  }
}

function describeBrowser(kept: Kept, left: number): string {
  if (kept.gated) return kept.audience === "public" ? "private, no-cache" : "private, no-store"
  const age = Math.min(kept.sort === "map" ? day : 60, left)
  return join(`public, max-age=${age}`, ["stale-if-error", Math.min(day, left - age)])
}

function join(start: string, ...directives: [name: string, seconds: number][]): string {
  return directives.reduce((all, [name, seconds]) => (seconds > 0 ? `${all}, ${name}=${seconds}` : all), start)
}
