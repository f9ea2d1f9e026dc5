// From the cached pages' response to a kept answer, and from an answer to what a reader gets: 200, 304, HEAD, Age.

import { freshness, type Kept } from "./freshness.ts"
import type { Answer } from "./memory.ts"
import { keptHeader, type Representation } from "./page.ts"

/** How an answer came about, for Cache-Status (RFC 9211). */
export type Way = "hit" | "miss" | "stale"

/** Headers that steer caches inside; readers never see them. */
const inside = ["Cloudflare-CDN-Cache-Control", "Cache-Tag", keptHeader]

/**
 * Reads what the cached pages gave into an answer; its headers become the answer's.
 * @param previous what memory held: the same bytes keep their Last-Modified
 */
export async function readAnswer(
  representation: Representation,
  security: readonly [string, string][],
  previous: Answer | undefined,
  now: number,
): Promise<Answer> {
  const { status, headers } = representation
  const kept = JSON.parse(headers.get(keptHeader) ?? "null") as Kept | null
  const tags = headers.get("Cache-Tag")?.split(",") ?? []
  const bornAt = now - 1000 * (Number(headers.get("Age") ?? 0) || 0)
  const etag = headers.get("ETag") ?? ""
  for (const name of [...inside, "Age", "Date"]) headers.delete(name)
  for (const [name, value] of security) headers.set(name, value)
  // A gift's address holds its token: no other page is to learn it.
  if (kept?.gated && kept.audience === "gift") headers.set("Referrer-Policy", "no-referrer")
  const same = previous !== undefined && previous.etag === etag
  const lastModified = same ? previous.lastModified : Date.parse(headers.get("Last-Modified") ?? "") || now
  headers.set("Last-Modified", new Date(lastModified).toUTCString())
  if (status >= 500) {
    headers.set("Cache-Control", "no-store")
    headers.set("Retry-After", "10")
  }
  const times = kept === null ? null : freshness(kept, now)
  return {
    status,
    body: await readBytes(representation.body),
    headers,
    etag,
    lastModified,
    gated: kept?.gated ?? true,
    tags,
    bornAt,
    freshUntil: now + (times?.memoryFresh ?? 0),
    staleUntil: Math.min(bornAt + (times?.memoryStale ?? 0), kept?.changesAt ?? Number.POSITIVE_INFINITY),
    usedAt: now,
    hit: null,
  }
}

async function readBytes(body: Representation["body"]): Promise<Uint8Array> {
  return body instanceof Uint8Array ? body : new Uint8Array(await new Response(body).arrayBuffer())
}

/** 308 to the one spelling of an address. */
export function redirectAnswer(to: string, security: readonly [string, string][], now: number): Answer {
  const headers = new Headers([
    ...security,
    ["Location", to],
    ["Cache-Control", "public, max-age=60"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Last-Modified", new Date(now).toUTCString()],
  ])
  const body = new TextEncoder().encode(`${to}\n`)
  const times = { bornAt: now, freshUntil: now, staleUntil: now, lastModified: now, usedAt: now }
  return { status: 308, body, headers, etag: "", gated: false, tags: [], hit: null, ...times }
}

/** Sends an answer: validators first (RFC 9110 §13.2.2), then the body, none for HEAD. */
export function respondAnswer(request: Request, answer: Answer, now: number, way: Way): Response {
  const notModified = answer.status === 200 && isNotModified(request.headers, answer)
  const body = notModified || request.method === "HEAD" ? null : answer.body
  if (way === "hit") {
    const hit = prepareHit(answer, now)
    return new Response(body, notModified ? hit.notModified : hit.whole)
  }
  // A response has headers of its own: they are written on as they are.
  const response = new Response(body, { status: notModified ? 304 : answer.status, headers: answer.headers })
  describeAnswer(response.headers, answer, now, way)
  if (notModified) response.headers.delete("Content-Type")
  return response
}

/** What a hit is sent with. Headers hold the time of day in seconds: they are made once for each. */
function prepareHit(answer: Answer, now: number): NonNullable<Answer["hit"]> {
  if (answer.hit !== null && now < answer.hit.until) return answer.hit
  const headers = new Headers(answer.headers)
  describeAnswer(headers, answer, now, "hit")
  const withoutBody = new Headers(headers)
  withoutBody.delete("Content-Type")
  const until = Math.floor(now / 1000) * 1000 + 1000
  const { status } = answer
  answer.hit = { until, whole: { status, headers }, notModified: { status: 304, headers: withoutBody } }
  return answer.hit
}

function describeAnswer(headers: Headers, answer: Answer, now: number, way: Way): void {
  const age = Math.max(0, Math.floor((now - answer.bornAt) / 1000))
  headers.set("Date", new Date(now).toUTCString())
  if (way !== "miss" || age > 0) headers.set("Age", String(age))
  if (way === "hit") {
    headers.set("Cache-Status", `Dateline; hit; ttl=${Math.max(0, Math.floor((answer.freshUntil - now) / 1000))}`)
    headers.set("Server-Timing", 'memory;desc="hit"')
  } else if (way === "stale") {
    headers.set("Cache-Status", "Dateline; fwd=stale; fwd-status=503")
    headers.set("Server-Timing", 'memory;desc="stale"')
  } else {
    headers.set("Cache-Status", `Dateline; fwd=miss${answer.freshUntil > answer.bornAt ? "; stored" : ""}`)
  }
}

function isNotModified(asked: Headers, answer: Answer): boolean {
  const tags = asked.get("If-None-Match")
  if (tags !== null) {
    if (tags === answer.etag) return true
    if (answer.etag === "") return false
    return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === answer.etag)
  }
  const since = asked.get("If-Modified-Since")
  if (since === null) return false
  return Math.floor(answer.lastModified / 1000) * 1000 <= Date.parse(since)
}

/** Sends a picture on as it comes; a browser's conditional request is answered by its hash. */
export function respondStream(
  request: Request,
  representation: Representation,
  security: readonly [string, string][],
): Response {
  const { status, headers, body } = representation
  for (const name of inside) headers.delete(name)
  for (const [name, value] of security) headers.set(name, value)
  headers.set("Cross-Origin-Resource-Policy", "cross-origin")
  headers.set("Date", new Date().toUTCString())
  if (status >= 500) {
    headers.set("Cache-Control", "no-store")
    headers.set("Retry-After", "10")
  }
  const etag = headers.get("ETag")
  const tags = request.headers.get("If-None-Match")
  if (status === 200 && etag !== null && tags?.includes(etag)) {
    if (body instanceof ReadableStream) body.cancel()
    return new Response(null, { status: 304, headers })
  }
  return new Response(request.method === "HEAD" ? null : body, { status, headers })
}
