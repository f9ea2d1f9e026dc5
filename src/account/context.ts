// What the account's routes share: their bindings, forms, links in the reader's language, and pages that say one thing.

import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import type { Send } from "../mail/send.ts"
import type { Session } from "../membership/session.ts"
import type { StatusCache } from "../membership/status.ts"
import type { Html } from "../render/html.ts"
import { renderNotice } from "../render/newsletter-pages.ts"
import { canonicalPath, matchRoute, parseAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import type { MembersBodies } from "../store/bodies.ts"
import type { Member } from "../store/readers.ts"

import type { StripeSettings } from "./stripe.ts"

/** What the Worker passes in with each request. */
export interface AccountContext {
  readonly site: SiteConfig
  /** Of the page that was requested. */
  readonly language: string
  readonly people: D1Database
  readonly catalogue: D1Database
  readonly bodies: MembersBodies
  readonly send: Send
  /** What this isolate remembers of readers: sessions that are signed out are forgotten there. */
  readonly statusCache: StatusCache
  /** Valid signing keys of sessions, newest first. */
  readonly sessionKeys: readonly string[]
  /** null: the newsroom takes no payments here. */
  readonly stripe: StripeSettings | null
  /** Work that the response does not wait for. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

export interface SignedIn {
  readonly session: Session
  readonly member: Member
}

export interface AccountEnv {
  Bindings: AccountContext
  /** Set by `requireSignIn`. */
  Variables: { signedIn: SignedIn }
}

export type Call = Context<AccountEnv>
export const newRoutes = () => new Hono<AccountEnv>()

type Place = Pick<AccountContext, "site" | "language">

/** The path of an account page in a language. A query or fragment is kept: `/account#saved_`. */
export function pathTo(page: string, { language, site }: Place): string {
  const [path = "", rest = ""] = page.split(/(?=[?#])(.*)/s)
  return formatAddress({ kind: "personal", language, page: path }, site) + rest
}

export function urlTo(page: string, place: Place): string {
  return place.site.origin + pathTo(page, place)
}

/** Redirects after a form (303), so that reloading the next page does not send the form again. */
export function goTo(c: Call, page: string): Response {
  return c.redirect(urlTo(page, c.env), 303)
}

export type Key = Parameters<typeof message>[1]

/** A page with a title and a text. */
export function showNotice(
  c: Call,
  title: Key,
  text: Key,
  {
    status = 200,
    words = {},
    below,
  }: { status?: 200 | 410 | 429 | 503; words?: Record<string, string>; below?: Html } = {},
): Response | Promise<Response> {
  const { site, language } = c.env
  const view = { language, title: message(language, title, words), text: message(language, text, words) }
  return c.html(renderNotice(below === undefined ? view : { ...view, below }, site), status)
}

/**
 * Was this sent by our own page, or by no page at all? Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. A request
 * with neither is not a browser's and carries nobody's cookie.
 */
export function comesFromUs({ headers }: Request, site: SiteConfig): boolean {
  const from = headers.get("Sec-Fetch-Site")
  const origin = headers.get("Origin")
  return from === null ? origin === null || origin === site.origin : from === "same-origin"
}

/** The fields of a form. @throws HTTPException 415 for another type */
export async function readForm(c: Call): Promise<URLSearchParams> {
  const type = c.req.header("Content-Type") ?? ""
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) throw new HTTPException(415)
  return new URLSearchParams(await readText(c))
}

/** A body of any type as text. `text()` would warn that a form is not `text/*`. The app limits its size. */
export async function readText(c: Call): Promise<string> {
  return new TextDecoder().decode(await c.req.arrayBuffer())
}

const longestNext = 600
/** Nothing that ends an address or begins another. */
const plainQuery = /^[\w=&%.~+-]*$/

/**
 * Where to go after signing in: a canonical address of this site, or null. Callers put it behind the site's own origin, so
 * that `next` cannot lead anywhere else.
 */
export function readNext(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || text.length > longestNext) return null
  const [path = "", ...query] = text.split("?")
  if (canonicalPath(path)?.path !== path || !plainQuery.test(query.join("?"))) return null
  const { route } = matchRoute(path, site) ?? {}
  return route === undefined || route.by === "desk" || route.path.startsWith("/sign-") ? null : text
}

/** The path of an article of this site, or null. */
export function readArticlePath(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || canonicalPath(text)?.path !== text) return null
  return parseAddress(text, site)?.kind === "article" ? text : null
}
