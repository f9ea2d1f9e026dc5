// For whom an answer is: decided from the cookie or the gift, in memory where that is known, else by one trip to the people's store.

import type { AudienceKey } from "../membership/access.ts"
import { verifyGift } from "../membership/access.ts"
import { formatSessionCookie, type Session, sessionToken, signSession, verifySession } from "../membership/session.ts"
import {
  isCurrent,
  isKnownMember,
  isMember,
  learnSession,
  remember,
  type Status,
  type StatusCache,
} from "../membership/status.ts"
import { StoreFailure, withinDeadline } from "../store/failure.ts"
import { findGift, findSession, type OpenGift, resolveGift } from "../store/readers.ts"
import { browserHeader } from "./freshness.ts"

/** What it takes to know a reader. */
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
  /** A cookie that says when the status was verified, for an answer that nobody keeps; null: the reader's will do. */
  readonly cookie: string | null
}

/** Everyone else. */
export const visitor: Reader = { audience: "public", cookie: null }
const member: Reader = { audience: "members", cookie: null }

/** The people's store has so long, milliseconds: the page is still to be made within 2 s. */
const lookUpBudget = 400
/** And both stores, to find the article of a gift that was made before ids were kept. */
const resolveBudget = 200
/** After a failure it is left alone for so long, seconds. */
const pause = 5

/**
 * Who asks for a page that may not be everyone's. Synchronous, without cryptography, for a member whose status is known.
 * @param gift the address's gift token
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

async function identifySession(
  token: string,
  gift: string | null,
  recognition: Recognition,
  now: number,
): Promise<Reader> {
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
  // Signed out meanwhile: that stands.
  if (statusCache.statuses.get(session.id)?.ended) return visitor
  remember(statusCache.statuses, session.id, status)
  if (!isMember(status, now)) return visitor
  const newer = await signSession({ ...session, checked: now, until }, sessionKeys)
  return { audience: "members", cookie: formatSessionCookie(newer, session.expires - now, site.origin) }
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
  const status = { until: Math.floor((found?.expires ?? 0) / 1000), checked: now, ended: false, article }
  remember(statusCache.statuses, key, status)
  return guestOf(status, now)
}

/** A guest is known with the article that was given: the page at any other address is a visitor's (pages.ts). */
function guestOf(status: Status, now: number): Reader {
  return status.article && isMember(status, now) ? { audience: `gift ${status.article}`, cookie: null } : visitor
}

/** undefined: a store fails. Members and other gifts are identified without this: nothing is left alone because of it. */
async function articleOf(gift: OpenGift, { people, catalogue }: Recognition): Promise<string | undefined> {
  if (gift.article !== null) return gift.article
  try {
    return await withinDeadline(resolveGift(people, catalogue, gift), resolveBudget, "the gift's article")
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    console.error("gift not resolved", error.message)
    return undefined
  }
}

/** What the store says, or undefined when it fails; then it is left alone for a while. */
async function ask<T>(statusCache: StatusCache, now: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withinDeadline(work(), lookUpBudget, "the people's store")
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    statusCache.pausedUntil = now + pause
    console.error("status not verified", error.message)
    return undefined
  }
}

/** The cookie with a newer verification goes out only with a response that nobody keeps. */
export function carryCookie(response: Response, { cookie }: Reader): Response {
  if (cookie !== null && response.headers.get(browserHeader) === "private, no-store")
    response.headers.append("Set-Cookie", cookie)
  return response
}

/** A gift goes along to where its article has moved. */
export function carryGift(response: Response, gift: string | null): Response {
  const to = gift === null ? null : response.headers.get("Location")
  if (to !== null) response.headers.set("Location", `${to}?gift=${gift}`)
  return response
}
