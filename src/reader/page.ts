// A page before HTTP: what a route of the reader gives, and how it becomes what the cached entrypoint answers.
import type { Audience } from "../membership/access.ts"
import { hashContent } from "../store/bodies.ts"
import { callStore } from "../store/failure.ts"
import type { Changes } from "../store/rows.ts"
import { freshness, type Kept } from "./freshness.ts"

export interface Page {
  readonly status: number
  readonly type: string
  /** A text, or its pieces in their order. */
  readonly body: string | readonly string[] | ReadableStream
  readonly sort: Kept["sort"]
  readonly gated: boolean
  readonly audience: Audience
  readonly changes: Changes
  /** What a publish purges it by. */
  readonly tags: readonly string[]
  /** More headers: Location, Dateline-Revision. */
  readonly headers?: Readonly<Record<string, string>>
  /** The validator of a body that is not a text, and when its bytes were stored, milliseconds. */
  readonly etag?: string
  readonly madeAt?: number
}

export const htmlType = "text/html; charset=utf-8"

/** Header fields by name. A plain object: each look into a `Headers` and each copy of one is a call out of JavaScript. */
export type Fields = Readonly<Record<string, string>>

/**
 * A page as HTTP has it (RFC 9110 §3.2), which is what the cached entrypoint answers. Where no cache stands before it, this
 * is handed over as it is; otherwise it travels as a `Response`.
 */
export interface Representation {
  readonly status: number
  /** What readers are sent. */
  readonly fields: Fields
  /** Only a picture's is a stream. */
  readonly body: Uint8Array | ReadableStream
  /** Strong validator (RFC 9110 §8.8.3), or "". */
  readonly etag: string
  /** When it was made, milliseconds since the epoch. */
  readonly madeAt: number
  /** Seconds that it has lain in the platform's cache. */
  readonly age: number
  readonly tags: readonly string[]
  /** What its life depends on; null: the platform itself answered. */
  readonly kept: Kept | null
}

/** What the gateway must know of a page and readers must not travels in these. */
const keptHeader = "Dateline-Kept"
const edgeHeader = "Cloudflare-CDN-Cache-Control"
const tagHeader = "Cache-Tag"

/** As the entrypoint sends it, with the headers that steer the edge's cache. */
export function sendRepresentation(representation: Representation): Response {
  const { status, fields, body, etag, madeAt, tags, kept } = representation
  const headers = new Headers(fields)
  headers.set("Last-Modified", new Date(madeAt).toUTCString())
  if (etag !== "") headers.set("ETag", etag)
  if (tags.length > 0) headers.set(tagHeader, tags.join(","))
  if (kept !== null) {
    headers.set(edgeHeader, freshness(kept, madeAt).edge)
    headers.set(keptHeader, JSON.stringify(kept))
  }
  return new Response(body, { status, headers })
}

/** The pages' own budget for stores is shorter: this one is for what hangs beyond it, milliseconds. */
export const pageBudget = 1_800

/** As the gateway gets it through the cache. @throws StoreFailure when it does not come in time */
export async function receiveRepresentation(answered: Promise<Response>, what: string): Promise<Representation> {
  const response = await callStore(() => answered, pageBudget, what)
  const headers = new Headers(response.headers)
  const take = (name: string) => {
    const value = headers.get(name)
    headers.delete(name)
    return value
  }
  take(edgeHeader)
  take("Date")
  const kept = JSON.parse(take(keptHeader) ?? "null") as Kept | null
  const streamed = kept?.sort === "picture" && response.body !== null
  return {
    status: response.status,
    body: streamed ? (response.body as ReadableStream) : new Uint8Array(await response.arrayBuffer()),
    etag: take("ETag") ?? "",
    madeAt: Date.parse(take("Last-Modified") ?? "") || Date.now(),
    age: Number(take("Age")) || 0,
    tags: take(tagHeader)?.split(",") ?? [],
    kept,
    fields: Object.fromEntries([...headers].map(([name, value]) => [capitalize(name), value])),
  }
}

/** A name as it is written here: one field may not stand under two names. */
function capitalize(name: string): string {
  return name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase())
}

/** A page's body as bytes, its validator, and what readers are sent with it. */
export async function encodePage(page: Page, now: number, timing: string): Promise<Representation> {
  const { status, sort, gated, audience, changes, tags } = page
  const kept: Kept = { status, sort, gated, audience, changes }
  const fields = {
    ...page.headers,
    "Content-Type": page.type,
    "Cache-Control": freshness(kept, now).browser,
    "Server-Timing": timing,
  }
  const made = { status, fields, madeAt: page.madeAt ?? now, age: 0, tags, kept }
  if (page.body instanceof ReadableStream) return { ...made, body: page.body, etag: page.etag ?? "" }
  const body = encodeText(typeof page.body === "string" ? [page.body] : page.body)
  const etag = `"${gated ? audience[0] : "p"}${(await hashContent(body)).slice(0, 32)}"`
  return { ...made, body, etag }
}

const encoder = new TextEncoder()
/** Where texts are encoded, one after the other: no answer waits for anything meanwhile. */
const scratch = new Uint8Array(256 * 1024)

/**
 * The UTF-8 bytes of a text that comes in pieces. Each is encoded by itself: one ’ makes all of a string two bytes a
 * character, which take eight times as long to encode.
 */
function encodeText(pieces: readonly string[]): Uint8Array {
  let end = 0
  for (const piece of pieces) {
    // A UTF-16 code unit becomes three bytes at most.
    if (3 * piece.length > scratch.length - end) return encoder.encode(pieces.join(""))
    end += encoder.encodeInto(piece, scratch.subarray(end)).written
  }
  return scratch.slice(0, end)
}
