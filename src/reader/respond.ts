// Turns cached responses into answers for memory, and answers into responses: validators, 304, HEAD, Age, Cache-Status.
import { pictureTypes } from "../article/media-types.ts"
import { memo } from "../site/memo.ts"
import { hashContent } from "../store/bodies.ts"
import { noChanges, soonest } from "../store/rows.ts"
import {
  browserHeader,
  type Cached,
  cachedHeader,
  edgeHeader,
  freshness,
  type NeverCached,
  partsHeader,
  tagHeader,
} from "./freshness.ts"
import type { Answer, Fields } from "./memory.ts"
import { narrowPolicy } from "./page.ts"

/** Whether memory served an answer, for Cache-Status (RFC 9211). */
export type Way = "hit" | "miss" | "stale"

/**
 * Reads the cached entrypoint's whole response into an answer for memory. Media are streamed instead.
 * @param security the security headers to add
 * @param previousOf finds the previous answer, for everyone or this audience: if the ETags match, its date is kept
 */
export async function readAnswer(
  response: Response,
  security: Fields,
  previousOf: (forAll: boolean) => Answer | undefined,
): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer())
  const now = Date.now()
  const { fields, cached, times, tags, age, madeAt, fromEdge } = readHeaders(response, security, now)
  // A strong validator (RFC 9110 §8.8.3). Each audience has its own.
  const own = cached?.gated ? cached.audience : "public"
  const etag = fields.ETag ?? `"${own[0]}${(await hashContent(body)).slice(0, 32)}"`
  const bornAt = now - 1000 * age
  const forAll = cached?.audience === "public"
  const previous = previousOf(forAll)
  const lastModified = previous?.fields.ETag === etag ? previous.lastModified : madeAt
  const changes = cached?.changes ?? noChanges
  const changesAt = soonest(changes.embargo, changes.expiry)
  return {
    status: response.status,
    body,
    fields: { ...fields, ETag: etag, "Last-Modified": new Date(lastModified).toUTCString() },
    lastModified,
    gated: cached?.gated ?? true,
    forAll,
    fromEdge,
    tags,
    changes,
    bornAt,
    arrivedAt: now,
    scarce: cached?.status === 404 || cached?.kind === "search",
    freshUntil: now + times.memoryFresh,
    shownUntil: now + times.shownFresh,
    staleUntil: Math.min(bornAt + times.memoryStale, changesAt ?? Number.POSITIVE_INFINITY),
    usedAt: now,
    hit: null,
  }
}

/** Header fields not sent to readers: those for caches and the gateway, and those set anew for each response. */
const notSentOn = new Set(
  [cachedHeader, partsHeader, tagHeader, edgeHeader, "Cf-Cache-Status", "Age", "Date"].map((name) =>
    name.toLowerCase(),
  ),
)

/** Separates the header fields that readers get from those meant for caches and the gateway. */
function readHeaders({ headers }: Response, security: Fields, now: number) {
  const given = new Map(headers)
  const cached = JSON.parse(given.get(cachedHeader.toLowerCase()) ?? "null") as Cached | null
  // Lifetimes count from now, however long the edge has held the response. The platform's own errors are not cached.
  const times = freshness(cached ?? { kind: "error" }, now)
  const fields: Record<string, string> = {}
  for (const [name, value] of given) if (!notSentOn.has(name)) fields[spell(name)] = value
  Object.assign(fields, security, { [browserHeader]: times.browser })
  const unused = given.get(partsHeader.toLowerCase())
  const policy = fields["Content-Security-Policy"]
  if (unused !== undefined && policy !== undefined) fields["Content-Security-Policy"] = narrowPolicy(policy, unused)
  // A gift link contains its token, which must not leak to other pages.
  if (cached?.gated && cached.audience === "gift") fields["Referrer-Policy"] = "no-referrer"
  return {
    fields,
    cached,
    times,
    tags: given.get(tagHeader.toLowerCase())?.split(",") ?? [],
    age: Number(given.get("age")) || 0,
    // The header is absent locally, where there is no edge cache (developers.cloudflare.com/workers/cache/debugging/).
    fromEdge: /^(?:HIT|STALE|UPDATING|REVALIDATED)$/.test(given.get("cf-cache-status") ?? ""),
    madeAt: Date.parse(given.get("last-modified") ?? "") || now,
  }
}

/** A header's name as HTTP/1.1 servers spell it: `Content-Type`, `ETag`. */
const spell = memo((name: string) =>
  name === "etag" ? "ETag" : name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase()),
)

/** Builds the response for an answer: 304 if a validator matches (RFC 9110 §13.2.2), no body for HEAD. */
export function respondAnswer(request: Request, answer: Answer, now: number, way: Way): Response {
  const notModified = answer.status === 200 && isNotModified(request.headers, answer.fields, answer.lastModified)
  const body = notModified || request.method === "HEAD" ? null : answer.body
  if (way === "hit") {
    const hit = prepareHit(answer, now)
    return new Response(body, notModified ? hit.notModified : hit.whole)
  }
  const fields = describeAnswer(answer, now, way)
  if (notModified) return new Response(null, { status: 304, headers: withoutType(fields) })
  return new Response(body, { status: answer.status, headers: fields })
}

/** The headers of a hit. They contain the time in seconds, so they are rebuilt once a second. */
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
  const age = Math.max(0, Math.floor((now - (way === "stale" ? answer.bornAt : answer.arrivedAt)) / 1000))
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

/** The header fields of a 304 (RFC 9110 §15.4.5). */
function withoutType({ "Content-Type": _type, ...fields }: Fields): Fields {
  return fields
}

/** Checks validators as in RFC 9110 §13.2.2. A date says nothing about access, so it never validates a private page. */
function isNotModified(asked: Headers, fields: Fields, lastModified: number): boolean {
  const tags = asked.get("If-None-Match")
  if (tags !== null) {
    const { ETag: etag } = fields
    if (tags === etag) return true
    if (etag === undefined) return false
    return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag)
  }
  const since = asked.get("If-Modified-Since")
  if (since === null || !httpDate.test(since) || fields[browserHeader] === "private, no-store") return false
  return Math.floor(lastModified / 1000) * 1000 <= Date.parse(since)
}

/** HTTP's three date formats (RFC 9110 §5.6.7); others are ignored (§13.1.3). `Date.parse` accepts nearly anything. */
const httpDate =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d [\d:]{8} \d{4})$/

/** The policy for SVG, which browsers apply inside `<img>` too. `sandbox` isolates a file that is opened directly. */
export const svgPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Streams a picture or recording, or the range that a player asks for. Neither is ever kept in memory. */
export function respondStream(request: Request, response: Response, security: Fields): Response {
  const { fields, madeAt } = readHeaders(response, security, Date.now())
  const { status, body } = response
  const headers: Record<string, string> = {
    ...fields,
    "Cross-Origin-Resource-Policy": "cross-origin",
    Date: new Date().toUTCString(),
  }
  if (fields["Content-Type"] === pictureTypes.svg) headers["Content-Security-Policy"] = svgPolicy
  if (status !== 200) return new Response(request.method === "HEAD" ? null : body, { status, headers })
  if (isNotModified(request.headers, headers, madeAt)) {
    body?.cancel()
    return new Response(null, { status: 304, headers: withoutType(headers) })
  }
  headers["Accept-Ranges"] = "bytes"
  if (request.method === "HEAD" || body === null) return new Response(null, { headers })
  const size = Number(headers["Content-Length"])
  const range = readRange(request.headers, size, headers)
  if (range === null) return new Response(body, { headers })
  if (range === "unsatisfiable") {
    body.cancel()
    const none = { "Content-Length": "0", "Content-Range": `bytes */${size}` }
    const { browser } = freshness({ kind: "error" }, Date.now())
    return new Response(null, { status: 416, headers: { ...headers, ...none, [browserHeader]: browser } })
  }
  const [from, to] = range
  headers["Content-Range"] = `bytes ${from}-${to}/${size}`
  headers["Content-Length"] = `${to - from + 1}`
  return new Response(cutStream(body, from, to), { status: 206, headers })
}

/**
 * The first and last byte that a request asks for (RFC 9110 §14.2). Null to send everything: there is no range or more
 * than one, or the reader has another version (If-Range, §13.1.5).
 */
export function readRange(asked: Headers, size: number, current: Fields): [number, number] | "unsatisfiable" | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/i.exec(asked.get("Range")?.trim() ?? "") ?? []
  const known = asked.get("If-Range")
  if (`${first}${last}` === "" || (known !== null && known !== current.ETag && known !== current["Last-Modified"]))
    return null
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== "" && last !== "" && Number(last) < from) return null
  return from >= size || (first === "" && Number(last) === 0) ? "unsatisfiable" : [from, to]
}

/** The bytes from `from` to `to`, inclusive. */
function cutStream(body: ReadableStream<Uint8Array>, from: number, to: number): ReadableStream {
  let at = 0
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const part = chunk.subarray(Math.max(0, from - at), Math.max(0, to + 1 - at))
      if (part.length > 0) controller.enqueue(part)
      at += chunk.length
      if (at > to) controller.terminate()
    },
  })
  return body.pipeThrough(cut).pipeThrough(new FixedLengthStream(to - from + 1))
}

/** Adds the security and caching headers to responses of the desk, the account and the gateway itself. */
export function finish(security: Fields, response: Response, kind: NeverCached["kind"]): Response {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(security)) if (!headers.has(name)) headers.set(name, value)
  headers.set(browserHeader, freshness({ kind }, Date.now()).browser)
  return new Response(response.body, { status: response.status, headers })
}
