// Who is signed in. Always looked up in the people's database, so that an account is never shown on outdated information.

import { createMiddleware } from "hono/factory"
import {
  formatSessionCookie,
  type Session,
  sessionLasts,
  sessionToken,
  signSession,
  verifySession,
} from "../membership/session.ts"
import { markEnded, remember } from "../membership/status.ts"
import { endSession, startSession } from "../store/credentials.ts"
import { findSession, type Member } from "../store/readers.ts"

import { type AccountContext, type AccountEnv, pathTo, type SignedIn, urlTo } from "./context.ts"

const inSeconds = (time: number) => Math.floor(time / 1000)

/** The session of the request's cookie, by its signature alone. */
export async function readSession(request: Request, context: AccountContext): Promise<Session | null> {
  const token = sessionToken(request.headers.get("Cookie"), context.site.origin)
  if (token === null) return null
  const session = await verifySession(token, context.sessionKeys, inSeconds(Date.now()))
  return session === null || context.statusCache.statuses.get(session.id)?.ended ? null : session
}

/** Who is signed in, or null. @throws StoreFailure when that cannot be found out */
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

/** Lets signed-in readers through, with a cookie that has their current status. Sends others to sign in, and back. */
export const requireSignIn = createMiddleware<AccountEnv>(async (c, next) => {
  const signedIn = await findSignedIn(c.req.raw, c.env)
  if (signedIn === null) {
    const { pathname, search } = new URL(c.req.url)
    const back = c.req.method === "POST" ? pathTo("/account", c.env) : pathTo(pathname, c.env) + search
    return c.redirect(urlTo(`/sign-in?next=${encodeURIComponent(back)}`, c.env), 303)
  }
  c.set("signedIn", signedIn)
  await next()
  // Not after this request signed them out.
  if (!c.env.statusCache.statuses.get(signedIn.session.id)?.ended)
    c.header("Set-Cookie", await sealSession(signedIn.session, c.env), { append: true })
})

/** Starts a session in place of the browser's previous one. @returns its Set-Cookie value */
export async function openSession(request: Request, member: Member, context: AccountContext): Promise<string> {
  const now = Date.now()
  const checked = inSeconds(now)
  const former = await readSession(request, context)
  const expires = checked + sessionLasts
  const id = await startSession(context.people, member.id, former?.id ?? null, now, expires * 1000)
  if (former !== null) markEnded(context.statusCache, former.id, checked)
  return sealSession({ id, member: member.id, expires, checked, until: inSeconds(member.until) }, context)
}

/** Ends a session. If the database fails, the browser forgets its cookie all the same. @returns the Set-Cookie value */
export async function closeSession(session: Session, context: AccountContext): Promise<string> {
  markEnded(context.statusCache, session.id, inSeconds(Date.now()))
  try {
    await endSession(context.people, session.id)
  } catch (error) {
    console.error("session not ended", error instanceof Error ? error.message : error)
  }
  return formatSessionCookie("", 0, context.site.origin)
}

async function sealSession(session: Session, { sessionKeys, site }: AccountContext): Promise<string> {
  const left = session.expires - inSeconds(Date.now())
  return formatSessionCookie(await signSession(session, sessionKeys), left, site.origin)
}
