// A small model of Workers Cache's documented rules, to put around the cached entrypoint in tests: key, time to live,
// stale windows, tags, purge with its limit, collapsing. developers.cloudflare.com/workers/cache/, November 2026.

interface Kept {
  status: number
  body: ArrayBuffer
  headers: Headers
  tags: Set<string>
  storedAt: number
  maxAge: number
  whileRevalidate: number
  ifError: number
}

export type Origin = (request: Request, props: { audience: string }) => Promise<Response>

export interface WorkersCache {
  fetch(request: Request, props: { audience: string }): Promise<Response>
  purge(tags: readonly string[] | "everything"): boolean
  /** Requests that reached the Worker behind it. */
  fills: number
  /** The platform refuses the next purges. */
  refusing: boolean
  /** Background refreshes under way. */
  settle(): Promise<void>
  drop(): void
}

/** Purges a minute (documented limit of the free plan). */
const purgesAMinute = 5

export function createWorkersCache(origin: Origin, now: () => number): WorkersCache {
  const entries = new Map<string, Kept>()
  const underWay = new Map<string, Promise<Kept | Response>>()
  const background = new Set<Promise<unknown>>()
  let purges: number[] = []

  function keyOf(request: Request, props: object): string {
    const { pathname, search } = new URL(request.url)
    return `${pathname}${search} ${JSON.stringify(props)}`
  }

  async function fill(key: string, request: Request, props: { audience: string }): Promise<Kept | Response> {
    const running = underWay.get(key)
    if (running !== undefined) return running
    cache.fills++
    const work = origin(request, props).then(async (response) => {
      const control = response.headers.get("Cloudflare-CDN-Cache-Control") ?? response.headers.get("Cache-Control")
      const maxAge = directive(control, "max-age") ?? 7200
      const body = await response.arrayBuffer()
      const kept: Kept = {
        status: response.status,
        body,
        headers: new Headers(response.headers),
        tags: new Set(response.headers.get("Cache-Tag")?.split(",") ?? []),
        storedAt: now(),
        maxAge,
        whileRevalidate: directive(control, "stale-while-revalidate") ?? 0,
        ifError: directive(control, "stale-if-error") ?? 0,
      }
      if (response.status < 500 && !/no-store|private/.test(control ?? "")) entries.set(key, kept)
      return kept
    })
    underWay.set(key, work)
    try {
      return await work
    } finally {
      underWay.delete(key)
    }
  }

  function serve(kept: Kept | Response, status: string): Response {
    if (kept instanceof Response) return kept
    const headers = new Headers(kept.headers)
    headers.set("Cf-Cache-Status", status)
    const age = Math.floor((now() - kept.storedAt) / 1000)
    if (age > 0) headers.set("Age", String(age))
    return new Response(kept.body.byteLength === 0 ? null : kept.body.slice(0), { status: kept.status, headers })
  }

  const cache: WorkersCache = {
    fills: 0,
    refusing: false,
    async fetch(request, props) {
      const key = keyOf(request, props)
      const kept = entries.get(key)
      if (kept === undefined) return serve(await fill(key, request, props), "MISS")
      const age = (now() - kept.storedAt) / 1000
      if (age < kept.maxAge) return serve(kept, "HIT")
      if (age < kept.maxAge + kept.whileRevalidate) {
        const refresh = fill(key, request, props).catch(() => undefined)
        background.add(refresh)
        refresh.finally(() => background.delete(refresh))
        return serve(kept, "UPDATING")
      }
      const fresh = await fill(key, request, props).catch(() => null)
      const failed = fresh === null || fresh.status >= 500
      if (failed && age < kept.maxAge + kept.ifError) return serve(kept, "STALE")
      if (fresh === null) return new Response("the Worker failed", { status: 500 })
      return serve(fresh, "EXPIRED")
    },
    purge(tags) {
      purges = purges.filter((at) => now() - at < 60_000)
      if (cache.refusing || purges.length >= purgesAMinute) return false
      if (tags !== "everything" && tags.length > 100) return false
      purges.push(now())
      for (const [key, kept] of entries)
        if (tags === "everything" || tags.some((tag) => kept.tags.has(tag))) entries.delete(key)
      return true
    },
    async settle() {
      await Promise.all(background)
    },
    drop() {
      entries.clear()
    },
  }
  return cache
}

function directive(control: string | null, name: string): number | null {
  const found = new RegExp(`(?:^|[, ])${name}=(\\d+)`).exec(control ?? "")
  return found === null ? null : Number(found[1])
}
