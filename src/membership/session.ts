// Sessions: a signed token with the reader's identity and last known membership status, and the cookie that holds it.
// On https our cookies are prefixed `__Host-`, so that no other host or path can set them. All are SameSite=Lax and,
// except for the hint, HttpOnly.
import { openFields, signFields } from "./signed-tokens.ts"

/** The contents of a valid session token. Times are in seconds since the epoch. */
export interface Session {
  /** The session's random id, used to end it. */
  readonly id: string
  /** The member's id. */
  readonly member: string
  readonly expires: number
  /** When the membership was last verified in the people store. */
  readonly checked: number
  /** The membership's end as known then; 0 if there was no membership. */
  readonly until: number
}

/** How far off a clock may be, in seconds (threat model 27). */
const skew = 60
/** How long a session lasts, in seconds: 30 days. */
export const sessionLasts = 2_592_000

const purpose = "dateline-session.v1"

export function signSession(session: Session, keys: readonly string[]): Promise<string> {
  const { id, member, expires, checked, until } = session
  return signFields(purpose, [id, member, expires, checked, until], keys)
}

/**
 * The session in a token; null if forged, for another purpose, expired, from the future or malformed. Never throws.
 * @param keys valid signing keys, newest first, so that keys can be rotated without signing anyone out
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

/** The session token in a Cookie header; null if there is none, or more than one (threat model 53). */
export function sessionToken(header: string | null, origin: string): string | null {
  return readCookie(header, "dateline", origin)
}

/** Set-Cookie values for a session and its hint, valid for `seconds`. To end the session, pass "" and 0. */
export function formatSession(token: string, isMember: boolean, seconds: number, origin: string): string[] {
  return [formatCookie("dateline", token, seconds, origin), formatHint(isMember, seconds, origin)]
}

/**
 * A Set-Cookie value for the hint, which tells the pages' script that this browser has a session: `reader` or `member`.
 * It identifies nobody and gives no access: the server never reads it, so forging it is harmless.
 */
export function formatHint(isMember: boolean, seconds: number, origin: string): string {
  return formatCookie("dateline-hint", seconds > 0 ? hintOf(isMember) : "", seconds, origin, "")
}

/** What the pages' script may know about a signed-in reader. */
export const hintOf = (isMember: boolean) => (isMember ? "member" : "reader")

/** A Set-Cookie value for one of our cookies, valid for `seconds`. */
export function formatCookie(name: string, value: string, seconds: number, origin: string, only = "; HttpOnly") {
  const secure = origin.startsWith("https:") ? "; Secure" : ""
  return `${cookieName(name, origin)}=${value}; Path=/; Max-Age=${Math.max(0, seconds)}${only}; SameSite=Lax${secure}`
}

/** A cookie's full name on an origin. */
function cookieName(name: string, origin: string): string {
  return origin.startsWith("https:") ? `__Host-${name}` : name
}

/** The value of one of our cookies; null if there is none, or more than one. */
export function readCookie(header: string | null, name: string, origin: string): string | null {
  const start = `${cookieName(name, origin)}=`
  const [found, ...others] = (header ?? "").split(/; */).filter((cookie) => cookie.startsWith(start))
  return found === undefined || others.length > 0 ? null : found.slice(start.length).trimEnd()
}
