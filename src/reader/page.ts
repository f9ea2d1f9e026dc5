// A page before HTTP: what a route of the reader gives, and how it becomes the cached entrypoint's response.
import type { Audience } from "../membership/access.ts"
import { hashContent } from "../store/bodies.ts"
import { freshness, type Kept } from "./freshness.ts"

export interface Page {
  readonly status: number
  readonly type: string
  readonly body: string | ReadableStream
  readonly sort: Kept["sort"]
  readonly gated: boolean
  readonly audience: Audience
  readonly changesAt: number | null
  /** What a publish purges it by. */
  readonly tags: readonly string[]
  /** More headers: Location, Dateline-Revision. */
  readonly headers?: Readonly<Record<string, string>>
}

export const htmlType = "text/html; charset=utf-8"

/** What the gateway must know of a page and readers must not: it travels in this header and is taken off. */
export const keptHeader = "Dateline-Kept"

/** The response of the cached entrypoint: body, validators, and the headers that steer the edge's cache. */
export async function respondPage(page: Page, now: number, timing: string): Promise<Response> {
  const { status, sort, gated, audience, changesAt } = page
  const kept: Kept = { status, sort, gated, audience, changesAt }
  const times = freshness(kept, now)
  const headers = new Headers({
    ...page.headers,
    "Content-Type": page.type,
    "Cache-Control": times.browser,
    "Cloudflare-CDN-Cache-Control": times.edge,
    "Last-Modified": new Date(now).toUTCString(),
    "Server-Timing": timing,
    [keptHeader]: JSON.stringify(kept),
  })
  if (page.tags.length > 0) headers.set("Cache-Tag", page.tags.join(","))
  if (typeof page.body !== "string") return new Response(page.body, { status, headers })
  const bytes = new TextEncoder().encode(page.body)
  headers.set("ETag", `"${gated ? audience[0] : "p"}${(await hashContent(bytes)).slice(0, 32)}"`)
  return new Response(bytes, { status, headers })
}
