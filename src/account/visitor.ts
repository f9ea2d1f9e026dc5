// Who is signed in, for the members' room: always asked of the people's store, so that an account is never shown on an old word.
import type { Context } from "hono"
import { createMiddleware } from "hono/factory"
import { formatSessionCookie, sessionToken } from "../membership/cookie.ts"
import { type Session, sessionLasts, signSession, verifySession } from "../membership/session.ts"
import { endStanding, remember } from "../membership/standings.ts"
import { endSession, findSession, startSession } from "../store/credentials.ts"
import { withinDeadline } from "../store/failure.ts"
import type { Member } from "../store/members.ts"
import { pathTo } from "./addresses.ts"
import type { Door, DoorEnv } from "./door.ts"

export interface Visitor {
  readonly session: Session
  readonly member: Member
}

/** Routes behind the account's door. */
export interface VisitorEnv extends DoorEnv {
  Variables: { visitor: Visitor }
}

/** The stores have so long, milliseconds: an answer comes within 2 s. */
const roomBudget = 1_500

/** Waits for a store no longer than a reader should. @throws StoreFailure, which becomes a 503 */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return withinDeadline(work, roomBudget, "the members' room")
}

/** The session of the request's cookie by its signature alone. */
export async function readSession(request: Request, door: Door): Promise<Session | null> {
  const token = sessionToken(request.headers.get("Cookie"), door.site.origin)
  if (token === null) return null
  const session = await verifySession(token, door.sessionKeys, Math.floor(Date.now() / 1000))
  return session === null || door.standings.known.get(session.id)?.ended ? null : session
}

/** Who is signed in, or null. @throws StoreFailure when that cannot be found out */
export async function findVisitor(request: Request, door: Door): Promise<Visitor | null> {
  const session = await readSession(request, door)
  if (session === null) return null
  const now = Date.now()
  const member = await inTime(findSession(door.people, session.id, now))
  const checked = Math.floor(now / 1000)
  const until = member === null ? 0 : Math.floor(member.until / 1000)
  if (!door.standings.known.get(session.id)?.ended)
    remember(door.standings.known, session.id, { until, checked, ended: member === null })
  return member === null ? null : { session: { ...session, checked, until }, member }
}

/** Lets the signed in through, with a cookie that knows their standing; sends everyone else to sign in, and back. */
export const requireVisitor = createMiddleware<VisitorEnv>(async (c, next) => {
  const { door, language } = c.env
  const visitor = await findVisitor(c.req.raw, door)
  if (visitor === null) {
    const { pathname, search } = new URL(c.req.url)
    const back =
      c.req.method === "POST" ? pathTo("/account", language, door) : pathTo(pathname, language, door) + search
    return c.redirect(`${door.site.origin}${pathTo("/sign-in", language, door)}?next=${encodeURIComponent(back)}`, 303)
  }
  c.set("visitor", visitor)
  await next()
  // Whoever has just signed out gets no new cookie.
  if (!door.standings.known.get(visitor.session.id)?.ended)
    c.header("Set-Cookie", await sealSession(visitor.session, door), { append: true })
})

/** A new session in the place of the browser's former one. @returns its Set-Cookie value */
export async function openSession(request: Request, member: Member, door: Door): Promise<string> {
  const now = Date.now()
  const former = await readSession(request, door)
  const expires = Math.floor(now / 1000) + sessionLasts
  const id = await inTime(startSession(door.people, member.id, former?.id ?? null, now, expires * 1000))
  if (former !== null) endStanding(door.standings, former.id, Math.floor(now / 1000))
  const standing = { checked: Math.floor(now / 1000), until: Math.floor(member.until / 1000) }
  return sealSession({ id, member: member.id, expires, ...standing }, door)
}

/** Ends a session here at once, and in the store. A store that fails keeps no cookie: the browser forgets it all the same. */
export async function closeSession(session: Session, door: Door): Promise<string> {
  endStanding(door.standings, session.id, Math.floor(Date.now() / 1000))
  try {
    await inTime(endSession(door.people, session.id))
  } catch (error) {
    console.error("session not ended", error instanceof Error ? error.message : error)
  }
  return formatSessionCookie("", 0, door.site.origin)
}

async function sealSession(session: Session, door: Door): Promise<string> {
  const left = session.expires - Math.floor(Date.now() / 1000)
  return formatSessionCookie(await signSession(session, door.sessionKeys), left, door.site.origin)
}

/** Is the visitor a member, as the store has just said? */
export function isMemberNow({ member }: Visitor): boolean {
  return member.until > Date.now()
}

/** A redirect after a form (303): the page that follows is read, never sent again. */
export function goTo(c: Context<VisitorEnv>, page: string): Response {
  return c.redirect(c.env.door.site.origin + pathTo(page, c.env.language, c.env.door), 303)
}
