// Sessions: a signed token that says who reads and what was last known of the membership, and the cookie that holds it.
// Our cookies are `__Host-` on https, so that no other host or path can set them; HttpOnly, SameSite=Lax.
import { openFields, signFields } from "./signed.ts"

/** What a valid session says. Times in seconds since the epoch. */
export interface Session {
  /** Random id of the session, by which it can be ended. */
  readonly id: string
  /** Id of the member. */
  readonly member: string
  readonly expires: number
  /** When the membership was last verified in the catalogue of people. */
  readonly checked: number
  /** The membership's end as it was known then; 0: there was none. */
  readonly until: number
}

/** A clock may be this far off, seconds (threat model 27). */
const skew = 60
/** Sessions last 30 days, seconds. */
export const sessionLasts = 2_592_000

const purpose = "dateline-session.v1"

/** Signs a session with the newest key. */
export function signSession(session: Session, keys: readonly string[]): Promise<string> {
  const { id, member, expires, checked, until } = session
  return signFields(purpose, [id, member, expires, checked, until], keys)
}

/**
 * The session that a token carries, or null: forged, other purpose, expired, from the future, malformed. Never throws.
 * @param keys valid signing keys, newest first, so that keys rotate without signing anyone out
 * @param now seconds since the epoch
 */
export async function verifySession(token: string, keys: readonly string[], now: number): Promise<Session | null> {
  const fields = await openFields(purpose, token, keys)
  if (fields === null || fields.length !== 5) return null
  const [id, member, expires, checked, until] = fields
  if (typeof id !== "string" || typeof member !== "string") return null
  if (!isSecond(expires) || !isSecond(checked) || !isSecond(until)) return null
  if (expires <= now || expires > now + sessionLasts + skew || checked > now + skew) return null
  return { id, member, expires, checked, until }
}

function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The session's cookie, by name, for an origin. */
export function sessionCookie(origin: string): string {
  return cookieName("dateline", origin)
}

/** The session token of a Cookie header; null when there is none, or two (threat model 53). */
export function sessionToken(header: string | null, origin: string): string | null {
  return readCookie(header, sessionCookie(origin))
}

/** A Set-Cookie value that keeps a session for `seconds`; "" and 0 end it. */
export function formatSessionCookie(token: string, seconds: number, origin: string): string {
  return formatCookie("dateline", token, seconds, origin)
}

/** A cookie of ours for `seconds`; its name as `cookieName` makes it. */
export function formatCookie(name: string, value: string, seconds: number, origin: string): string {
  const secure = origin.startsWith("https:") ? "; Secure" : ""
  return `${cookieName(name, origin)}=${value}; Path=/; Max-Age=${Math.max(0, seconds)}; HttpOnly; SameSite=Lax${secure}`
}

/** A cookie's whole name for an origin. */
export function cookieName(name: string, origin: string): string {
  return origin.startsWith("https:") ? `__Host-${name}` : name
}

/** The value of the one cookie of that whole name; null when there is none, or two. */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null
  const start = `${name}=`
  let found: string | null = null
  for (let at = 0, end = 0; at < header.length; at = end + 1) {
    end = header.indexOf(";", at)
    if (end === -1) end = header.length
    while (header.charCodeAt(at) === 32) at++
    if (!header.startsWith(start, at)) continue
    if (found !== null) return null
    found = header.slice(at + start.length, end).trimEnd()
  }
  return found
}
