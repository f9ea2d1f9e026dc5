// What a form sends, before anything is believed of it: from our own page, of the right type, small.
import { createMiddleware } from "hono/factory"
import { HTTPException } from "hono/http-exception"
import type { SiteConfig } from "../site/site.ts"
import type { DoorEnv } from "./door.ts"

/** Our forms send an address and a few words, bytes. */
const largestForm = 16_384

/** What a mail program posts to in one click comes from anywhere (RFC 8058 §3.2); the route itself looks at what else comes. */
const openToAll = /^\/newsletter\/unsubscribe$/

/** Refuses a POST that another site's page sends (403). */
export const refuseOtherSites = createMiddleware<DoorEnv>(async (c, next) => {
  if (c.req.method === "POST" && !openToAll.test(c.req.path) && !comesFromUs(c.req.raw, c.env.door.site))
    throw new HTTPException(403)
  return next()
})

/**
 * Does our own page send this, or no page at all? `Sec-Fetch-Site` tells it where the browser sends that, `Origin` elsewhere.
 * A request with neither is no browser's, and carries nobody's cookie.
 */
export function comesFromUs(request: Request, site: SiteConfig): boolean {
  const from = request.headers.get("Sec-Fetch-Site")
  const origin = request.headers.get("Origin")
  return from === null ? origin === null || origin === site.origin : from === "same-origin"
}

/** The fields of a form. @throws HTTPException 415 for another type, 413 when it is too large */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("Content-Type") ?? ""
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) throw new HTTPException(415)
  return new URLSearchParams(await readBounded(request))
}

/** A small body of any type, as text. @throws HTTPException 413 when it is too large, before it is read whole */
export async function readBounded(request: Request, most = largestForm): Promise<string> {
  if (Number(request.headers.get("Content-Length") ?? 0) > most) throw new HTTPException(413)
  const decoder = new TextDecoder()
  let text = ""
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > most) throw new HTTPException(413)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
