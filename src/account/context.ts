// Shared by the account's routes: bindings, sessions, form parsing, links in the reader's language and simple notices.

import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import { HTTPException } from "hono/http-exception"
import { Hono } from "hono/tiny"
import type { Send } from "../mail/email-layout.ts"
import {
  formatSession,
  type Session,
  sessionLasts,
  sessionToken,
  signSession,
  verifySession,
} from "../membership/session.ts"
import { markEnded, remember, type StatusCache } from "../membership/status-cache.ts"
import type { StripeSettings } from "../membership/stripe-settings.ts"
import { type Html, html } from "../render/html.ts"
import { personalPath, renderTextPage } from "../render/layout.ts"
import { canonicalPath, matchRoute, parseAddress } from "../site/addresses.ts"
import { type MessageKey, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { endSession, startSession, useLink } from "../store/credentials.ts"
import { findSession, type Member } from "../store/sessions-and-gifts.ts"
import type { Stores } from "../store/stores.ts"

/** What the Worker passes in with each request. */
export interface AccountContext extends Stores {
  readonly site: SiteConfig
  /** The language of the requested page. */
  readonly language: string
  readonly send: Send
  /** This isolate's cache of readers' statuses. Signing out marks the session in it as ended. */
  readonly statusCache: StatusCache
  /** Valid keys for signing sessions, newest first. */
  readonly sessionKeys: readonly string[]
  /** Null if this site does not take payments. */
  readonly stripe: StripeSettings | null
  /** ARN of the SNS topic where Amazon SES reports bounces and complaints, or null. */
  readonly snsTopic: string | null
  /** Runs work that the response does not wait for. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

interface SignedIn {
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

/** The path of an account page in a language, perhaps with a query or fragment: `/account#saved_`. */
export function pathTo(page: string, { language, site }: Place): string {
  return personalPath(page, language, site)
}

export function urlTo(page: string, place: Place): string {
  return place.site.origin + pathTo(page, place)
}

/** Redirects after a form submission (303), so that reloading the next page does not submit the form again. */
export function goTo(c: Call, page: string): Response {
  return c.redirect(urlTo(page, c.env), 303)
}

/** Responds with a page that has only a title, a text and optionally some HTML below. */
export function showNotice(
  c: Call,
  title: MessageKey,
  text: MessageKey,
  {
    status = 200,
    words = {},
    below,
  }: { status?: 200 | 410 | 429 | 503; words?: Record<string, string>; below?: Html } = {},
): Response | Promise<Response> {
  const { site, language } = c.env
  const content = html`<p class="standfirst">${message(language, text, words)}</p>
${below}`
  return c.html(renderTextPage({ language, title: message(language, title, words), content }, site), status)
}

/**
 * Whether a request came from one of our own pages, or from no browser at all. Browsers send `Sec-Fetch-Site`,
 * older ones only `Origin`. A request with neither is not from a browser, so it carries nobody's cookie.
 */
export function comesFromUs({ headers }: Request, site: SiteConfig): boolean {
  const from = headers.get("Sec-Fetch-Site")
  const origin = headers.get("Origin")
  return from === null ? origin === null || origin === site.origin : from === "same-origin"
}

/** The fields of a form. @throws HTTPException 415 for any other content type */
export async function readForm(c: Call): Promise<URLSearchParams> {
  const type = c.req.header("Content-Type") ?? ""
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) throw new HTTPException(415)
  return new URLSearchParams(await readText(c))
}

/** Reads a body of any type as text. `text()` would warn that a form is not `text/*`. The app limits the size. */
export async function readText(c: Call): Promise<string> {
  return new TextDecoder().decode(await receive(c.req.arrayBuffer()))
}

/** Waits for a request's body. @throws HTTPException 400 if the connection ended before all of it had arrived */
export async function receive<T>(body: Promise<T>): Promise<T> {
  try {
    return await body
  } catch (error) {
    throw error instanceof HTTPException ? error : new HTTPException(400)
  }
}

const longestNext = 600
/** Excludes characters that could end a URL or start another. */
const plainQuery = /^[\w=&%.~+-]*$/

/**
 * Where to go after signing in: a canonical address on this site, or null. Callers prefix it with the site's own
 * origin, so `next` cannot lead anywhere else.
 */
export function readNext(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || text.length > longestNext) return null
  const [path = "", ...query] = text.split("?")
  if (canonicalPath(path) !== path || !plainQuery.test(query.join("?"))) return null
  const { route } = matchRoute(path, site) ?? {}
  return !route?.methods.includes("GET") || route.path.startsWith("/sign-") ? null : text
}

/** The text if it is the path of an article on this site, else null. */
export function readArticlePath(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || canonicalPath(text) !== text) return null
  return parseAddress(text, site)?.kind === "article" ? text : null
}

const inSeconds = (time: number) => Math.floor(time / 1000)

/** The session in the request's cookie, checked against its signature and this isolate's cache, not the database. */
export async function readSession(request: Request, context: AccountContext): Promise<Session | null> {
  const token = sessionToken(request.headers.get("Cookie"), context.site.origin)
  if (token === null) return null
  const session = await verifySession(token, context.sessionKeys, inSeconds(Date.now()))
  return session === null || context.statusCache.statuses.get(session.id)?.ended ? null : session
}

/** The signed-in member, or null. @throws StoreFailure if the database cannot be read */
export async function findSignedIn(request: Request, context: AccountContext): Promise<SignedIn | null> {
  const session = await readSession(request, context)
  if (session === null) return null
  const { statuses } = context.statusCache
  const now = Date.now()
  const member = await findSession(context.people, session.id, now)
  const status = { until: inSeconds(member?.until ?? 0), checked: inSeconds(now) }
  if (!statuses.get(session.id)?.ended) remember(statuses, session.id, { ...status, ended: member === null })
  return member === null ? null : { session: { ...session, ...status }, member }
}

/** Lets signed-in readers through and refreshes the status in their cookie. Sends others to sign in and then back. */
export const requireSignIn = createMiddleware<AccountEnv>(async (c, next) => {
  const signedIn = await findSignedIn(c.req.raw, c.env)
  if (signedIn === null) {
    const { pathname, search } = new URL(c.req.url)
    // Readers who submitted a form come back to the page at its address if there is one, else to their account.
    const isPage = c.req.method !== "POST" || matchRoute(pathname, c.env.site)?.route.methods.includes("GET")
    const back = isPage ? pathTo(pathname, c.env) + search : pathTo("/account", c.env)
    return c.redirect(urlTo(`/sign-in?next=${encodeURIComponent(back)}`, c.env), 303)
  }
  c.set("signedIn", signedIn)
  await next()
  // Refresh the cookies, unless this request signed the reader out.
  if (!c.env.statusCache.statuses.get(signedIn.session.id)?.ended)
    setCookies(c, await sealSession(signedIn.session, c.env))
})

function setCookies(c: Call, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true })
}

/**
 * Starts a session, replacing the browser's previous one.
 * @param link the token of a sign-in link to use up @returns false if the link no longer works
 */
export async function openSession(c: Call, member: Member, link?: string): Promise<boolean> {
  const context = c.env
  const now = Date.now()
  const checked = inSeconds(now)
  const former = await readSession(c.req.raw, context)
  const expires = checked + sessionLasts
  const session = { member: member.id, former: former?.id ?? null, now, expires: expires * 1000 }
  const id = await (link ? useLink(context.people, link, session) : startSession(context.people, session))
  if (id === null) return false
  if (former !== null) markEnded(context.statusCache, former.id, checked)
  setCookies(c, await sealSession({ id, member: member.id, expires, checked, until: inSeconds(member.until) }, context))
  return true
}

/** Ends a session. Clears the browser's cookies even if there is no session or the database fails. */
export async function closeSession(c: Call, session: Session | null): Promise<void> {
  const { statusCache, people, site } = c.env
  setCookies(c, formatSession("", false, 0, site.origin))
  if (session === null) return
  markEnded(statusCache, session.id, inSeconds(Date.now()))
  try {
    await endSession(people, session.id)
  } catch (error) {
    console.error("session not ended", error instanceof Error ? error.message : error)
  }
}

async function sealSession(session: Session, { sessionKeys, site }: AccountContext): Promise<string[]> {
  const now = inSeconds(Date.now())
  const token = await signSession(session, sessionKeys)
  return formatSession(token, session.until > now, session.expires - now, site.origin)
}
