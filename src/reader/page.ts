// A page before HTTP: what a route of the reader gives, and how it becomes what the cached entrypoint answers.
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

/**
 * A page as HTTP has it (RFC 9110 §3.2), which is what the cached entrypoint answers. Where no cache stands before it, this is handed over as it is: to make a `Response`
 * only to read it back takes 25 µs of each miss.
 */
export interface Representation {
  readonly status: number
  /** Its reader's to change. */
  readonly headers: Headers
  readonly body: Uint8Array | ReadableStream | null
}

/** As the entrypoint sends it. */
export function sendRepresentation({ status, headers, body }: Representation): Response {
  return new Response(body, { status, headers })
}

/** As the gateway gets it through the cache. */
export function receiveRepresentation(response: Response): Representation {
  return { status: response.status, headers: new Headers(response.headers), body: response.body }
}

/** A page's body as bytes, validators, and the headers that steer the edge's cache. */
export async function encodePage(page: Page, now: number, timing: string): Promise<Representation> {
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
  if (typeof page.body !== "string") return { status, headers, body: page.body }
  const bytes = new TextEncoder().encode(page.body)
  headers.set("ETag", `"${gated ? audience[0] : "p"}${(await hashContent(bytes)).slice(0, 32)}"`)
  return { status, headers, body: bytes }
}
