// The session's token: who reads, signed, and what was known of the membership when it was last verified.
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
