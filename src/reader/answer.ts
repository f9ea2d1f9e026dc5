// From the cached pages' response to a kept answer, and from an answer to what a reader gets: 200, 304, HEAD, Age.

import { soonest } from "../store/rows.ts"
import { freshness } from "./freshness.ts"
import type { Answer } from "./memory.ts"
import type { Fields, Representation } from "./page.ts"

/** How an answer came about, for Cache-Status (RFC 9211). */
export type Way = "hit" | "miss" | "stale"

/**
 * Reads what the cached pages gave into an answer: all but a picture, which is streamed.
 * @param previous what memory held: the same bytes keep their Last-Modified
 */
export function readAnswer(
  representation: Representation,
  security: Fields,
  previous: Answer | undefined,
  now: number,
): Answer {
  const { status, body, etag, kept, tags } = representation
  if (body instanceof ReadableStream) throw new TypeError("memory keeps no streams")
  const bornAt = now - 1000 * representation.age
  const same = previous !== undefined && previous.etag === etag
  const lastModified = same ? previous.lastModified : representation.madeAt
  const times = kept === null ? null : freshness(kept, now)
  const changesAt = kept === null ? null : soonest(kept.changes.embargo, kept.changes.expiry)
  return {
    status,
    body,
    fields: {
      ...dressFields(representation, security),
      // A gift's address holds its token: no other page is to learn it.
      ...(kept?.gated && kept.audience === "gift" ? { "Referrer-Policy": "no-referrer" } : {}),
      "Last-Modified": new Date(lastModified).toUTCString(),
    },
    etag,
    lastModified,
    gated: kept?.gated ?? true,
    tags,
    bornAt,
    freshUntil: now + (times?.memoryFresh ?? 0),
    shownUntil: now + (times?.shownFresh ?? 0),
    staleUntil: Math.min(bornAt + (times?.memoryStale ?? 0), changesAt ?? Number.POSITIVE_INFINITY),
    usedAt: now,
    hit: null,
  }
}

/** A representation's fields as readers get them, but for those of the moment. */
function dressFields({ status, fields, etag }: Representation, security: Fields): Fields {
  return {
    ...fields,
    ...security,
    ...(etag === "" ? {} : { ETag: etag }),
    ...(status >= 500 ? { "Cache-Control": "no-store" } : {}),
    ...(status === 503 ? { "Retry-After": "10" } : {}),
  }
}

/** 308 to the one spelling of an address. */
export function redirectAnswer(to: string, security: Fields, now: number): Answer {
  const fields = {
    ...security,
    Location: to,
    "Cache-Control": "public, max-age=60",
    "Content-Type": "text/plain; charset=utf-8",
    "Last-Modified": new Date(now).toUTCString(),
  }
  const body = new TextEncoder().encode(`${to}\n`)
  const times = { bornAt: now, freshUntil: now, shownUntil: now, staleUntil: now, lastModified: now, usedAt: now }
  return { status: 308, body, fields, etag: "", gated: false, tags: [], hit: null, ...times }
}

/** Sends an answer: validators first (RFC 9110 §13.2.2), then the body, none for HEAD. */
export function respondAnswer(request: Request, answer: Answer, now: number, way: Way): Response {
  const notModified = answer.status === 200 && isNotModified(request.headers, answer)
  const body = notModified || request.method === "HEAD" ? null : answer.body
  if (way === "hit") {
    const hit = prepareHit(answer, now)
    return new Response(body, notModified ? hit.notModified : hit.whole)
  }
  const fields = describeAnswer(answer, now, way)
  if (notModified) return new Response(null, { status: 304, headers: withoutType(fields) })
  return new Response(body, { status: answer.status, headers: fields })
}

/** What a hit is sent with. Headers hold the time of day in seconds: they are made once for each. */
function prepareHit(answer: Answer, now: number): NonNullable<Answer["hit"]> {
  if (answer.hit !== null && now < answer.hit.until) return answer.hit
  const fields = describeAnswer(answer, now, "hit")
  answer.hit = {
    until: Math.floor(now / 1000) * 1000 + 1000,
    whole: { status: answer.status, headers: new Headers(fields) },
    notModified: { status: 304, headers: new Headers(withoutType(fields)) },
  }
  return answer.hit
}

function describeAnswer(answer: Answer, now: number, way: Way): Record<string, string> {
  const age = Math.max(0, Math.floor((now - answer.bornAt) / 1000))
  const fields: Record<string, string> = { ...answer.fields, Date: new Date(now).toUTCString() }
  if (way !== "miss" || age > 0) fields.Age = String(age)
  if (way === "hit") {
    fields["Cache-Status"] = `Dateline; hit; ttl=${Math.max(0, Math.floor((answer.shownUntil - now) / 1000))}`
    fields["Server-Timing"] = 'memory;desc="hit"'
  } else if (way === "stale") {
    fields["Cache-Status"] = "Dateline; fwd=stale; fwd-status=503"
    fields["Server-Timing"] = 'memory;desc="stale"'
  } else {
    fields["Cache-Status"] = `Dateline; fwd=miss${answer.freshUntil > answer.bornAt ? "; stored" : ""}`
  }
  return fields
}

/** As a 304 has them (RFC 9110 §15.4.5). */
function withoutType({ "Content-Type": _type, ...fields }: Fields): Fields {
  return fields
}

/** Validators by RFC 9110 §13.2.2. A date tells nothing of who may read what: what is one reader's alone is not held to it. */
function isNotModified(
  asked: Headers,
  { etag, lastModified, fields }: Pick<Answer, "etag" | "lastModified" | "fields">,
): boolean {
  const tags = asked.get("If-None-Match")
  if (tags !== null) {
    if (tags === etag) return true
    if (etag === "") return false
    return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)
  }
  const since = asked.get("If-Modified-Since")
  if (since === null || !httpDate.test(since) || fields["Cache-Control"] === "private, no-store") return false
  return Math.floor(lastModified / 1000) * 1000 <= Date.parse(since)
}

/** The three forms of a date (RFC 9110 §5.6.7); any other is to be ignored (§13.1.3). `Date.parse` takes nearly everything. */
const httpDate =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d [\d:]{8} \d{4})$/

/** Sends a picture on as it comes. */
export function respondStream(request: Request, representation: Representation, security: Fields): Response {
  const { status, etag, madeAt, body } = representation
  const headers = {
    ...dressFields(representation, security),
    "Last-Modified": new Date(madeAt).toUTCString(),
    "Cross-Origin-Resource-Policy": "cross-origin",
    Date: new Date().toUTCString(),
  }
  if (status === 200 && isNotModified(request.headers, { etag, lastModified: madeAt, fields: headers })) {
    if (body instanceof ReadableStream) body.cancel()
    return new Response(null, { status: 304, headers: withoutType(headers) })
  }
  return new Response(request.method === "HEAD" ? null : body, { status, headers })
}
