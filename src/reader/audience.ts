// Decides a request's audience from its cookie or gift token, using memory or one query to the people store.
import { type AudienceKey, verifyGift } from "../membership/access.ts"
import { formatSession, type Session, sessionToken, signSession, verifySession } from "../membership/session.ts"
import {
  isCurrent,
  isKnownMember,
  isMember,
  learnSession,
  remember,
  type Status,
  type StatusCache,
} from "../membership/status-cache.ts"
import type { Address } from "../site/addresses.ts"
import { StoreFailure, withinDeadline } from "../store/failure.ts"
import { findGift, findSession, type GivenArticle, resolveGift } from "../store/sessions-and-gifts.ts"
import { browserHeader } from "./freshness.ts"

export interface Recognition {
  readonly site: { readonly origin: string }
  readonly statusCache: StatusCache
  readonly people: D1Database
  readonly catalogue: D1Database
  /** Valid signing keys, newest first. */
  readonly sessionKeys: readonly string[]
}

export interface Reader {
  readonly audience: AudienceKey
  /** Set-Cookie values that refresh the session, only for responses that are never cached; usually none. */
  readonly cookies: readonly string[]
}

/** A reader without a membership or a gift. */
export const visitor: Reader = { audience: "public", cookies: [] }
const member: Reader = { audience: "members", cookies: [] }

/** The kinds of pages that members may see differently. For other kinds, readers need not be identified. */
export const mayBeGated = new Set<Address["kind"]>(["article", "markdown", "digest", "digestEdition", "join"])

/** Time limit for the people store, in milliseconds: the page must still be ready within 2 s. */
const lookUpBudget = 400
/** Time limit, in milliseconds, for finding the article of a gift that was created before gifts stored its id. */
const resolveBudget = 200
/** How long queries to the people store are paused after a failure, in seconds. */
const pause = 5

/**
 * Identifies the reader of a page that may be gated. For a known member, synchronous and without cryptography.
 * @param gift the gift token in the address
 * @param now milliseconds since the epoch
 */
export function identifyReader(
  cookies: string | null,
  gift: string | null,
  recognition: Recognition,
  now: number,
): Reader | Promise<Reader> {
  const { statusCache, site } = recognition
  const token = sessionToken(cookies, site.origin)
  const seconds = Math.floor(now / 1000)
  if (token === null) return gift === null ? visitor : identifyGuest(gift, recognition, seconds)
  if (isKnownMember(statusCache, token, seconds)) return member
  return identifySession(token, gift, recognition, seconds)
}

async function identifySession(token: string, gift: string | null, recognition: Recognition, now: number) {
  const session = await verifySession(token, recognition.sessionKeys, now)
  if (session !== null) {
    const reader = await judgeSession(token, session, recognition, now)
    if (reader.audience === "members") return reader
  }
  return gift === null ? visitor : identifyGuest(gift, recognition, now)
}

async function judgeSession(token: string, session: Session, recognition: Recognition, now: number): Promise<Reader> {
  const { statusCache, people, sessionKeys, site } = recognition
  const last = learnSession(statusCache, token, session)
  if (isCurrent(last, now) || now < statusCache.pausedUntil) return isMember(last, now) ? member : visitor
  const found = await ask(statusCache, now, () => findSession(people, session.id, now * 1000))
  if (found === undefined) return isMember(last, now) ? member : visitor
  const until = found === null ? 0 : Math.floor(found.until / 1000)
  const status: Status = { until, checked: now, ended: false }
  // Signing out in the meantime takes precedence.
  if (statusCache.statuses.get(session.id)?.ended) return visitor
  remember(statusCache.statuses, session.id, status)
  if (!isMember(status, now)) return visitor
  const newer = await signSession({ ...session, checked: now, until }, sessionKeys)
  return { audience: "members", cookies: formatSession(newer, true, session.expires - now, site.origin) }
}

async function identifyGuest(token: string, recognition: Recognition, now: number): Promise<Reader> {
  const { statusCache, people, sessionKeys } = recognition
  const gift = await verifyGift(token, sessionKeys, now)
  if (gift === null) return visitor
  const key = `gift ${gift.id}`
  const last = statusCache.statuses.get(key) ?? { until: 0, checked: 0, ended: false }
  if (isCurrent(last, now) || now < statusCache.pausedUntil) return guestOf(last, now)
  const found = await ask(statusCache, now, () => findGift(people, gift.id, now * 1000))
  const article = found == null ? "" : await articleOf(found, recognition)
  if (found === undefined || article === undefined) return guestOf(last, now)
  const status = { until: Math.floor((found?.expiresAt ?? 0) / 1000), checked: now, ended: false, article }
  remember(statusCache.statuses, key, status)
  return guestOf(status, now)
}

/** A guest's audience includes the id of the gift's article: for any other article, the guest is just a visitor. */
function guestOf(status: Status, now: number): Reader {
  return status.article && isMember(status, now) ? { audience: `gift ${status.article}`, cookies: [] } : visitor
}

/** The id of the gift's article, or undefined if a store fails. Failures never pause lookups, which are few. */
async function articleOf(gift: GivenArticle, { people, catalogue }: Recognition): Promise<string | undefined> {
  if (gift.article !== null) return gift.article
  try {
    return await withinDeadline(resolveGift(people, catalogue, gift), resolveBudget, "the gift's article")
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    console.error("gift not resolved", error.message)
    return undefined
  }
}

/** The store's answer, or undefined if it fails, in which case lookups are paused. */
async function ask<T>(statusCache: StatusCache, now: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withinDeadline(work(), lookUpBudget, "the people store")
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    statusCache.pausedUntil = now + pause
    console.error("status not verified", error.message)
    return undefined
  }
}

/** Adds the refreshed session's cookies, but only to a response that is never cached. */
export function carryCookies(response: Response, { cookies }: Reader): Response {
  if (cookies.length > 0 && response.headers.get(browserHeader) === "private, no-store")
    for (const cookie of cookies) response.headers.append("Set-Cookie", cookie)
  return response
}

/** Adds the gift token to a redirect's target. */
export function carryGift(response: Response, gift: string | null): Response {
  const to = gift === null ? null : response.headers.get("Location")
  if (to !== null) response.headers.set("Location", `${to}?gift=${gift}`)
  return response
}
