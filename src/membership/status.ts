// The membership status of readers, as far as this isolate knows: verified sessions and gifts. A cache: what is not in it is
// looked up in the people's database.
import type { Session } from "./session.ts"

/** What is known of a session or a gift. Seconds since the epoch. */
export interface Status {
  /** The membership's end, or the gift's; 0: there is none (any more). */
  readonly until: number
  /** When that was so. */
  readonly checked: number
  /** Signed out here. Nothing makes it valid again. */
  readonly ended: boolean
  /** Of a gift: the id of the article that was given. */
  readonly article?: string
}

export interface StatusCache {
  /** Verified sessions by their tokens, so that a known token needs no cryptography. */
  readonly tokens: Map<string, Session>
  /** Status by session id, and of gifts by `gift ID`. */
  readonly statuses: Map<string, Status>
  /** The people's database failed; it is not asked again before this time (seconds). */
  pausedUntil: number
}

/** Rechecked after this long, seconds: 5 minutes less the minute that clocks may differ by. */
const recheckAfter = 240
/** Readers without a membership are rechecked sooner: they may just have joined. */
const recheckNobodyAfter = 20
/** While the database fails, the last verified status holds this long, seconds. */
const statusHolds = 86_400
/** Entries that each table holds: some 300 bytes each. */
const most = 20_000

export function createStatusCache(): StatusCache {
  return { tokens: new Map(), statuses: new Map(), pausedUntil: 0 }
}

/** Remembers an entry; the oldest make room. */
export function remember<Value>(table: Map<string, Value>, key: string, value: Value): void {
  table.delete(key)
  table.set(key, value)
  if (table.size <= most) return
  const oldest = table.keys().next().value
  if (oldest !== undefined) table.delete(oldest)
}

/** Takes in a verified session. @returns the newer of what its token says and what this isolate knows */
export function learnSession(statusCache: StatusCache, token: string, session: Session): Status {
  remember(statusCache.tokens, token, session)
  const known = statusCache.statuses.get(session.id)
  if (known !== undefined && (known.ended || known.checked >= session.checked)) return known
  const status = { until: session.until, checked: session.checked, ended: false }
  remember(statusCache.statuses, session.id, status)
  return status
}

/** May this status be used at `now` without a look-up? */
export function isCurrent({ until, checked, ended }: Status, now: number): boolean {
  return ended || now - checked < (until > now ? recheckAfter : recheckNobodyAfter)
}

/** A member at `now`, as last verified? At most for a day while the database fails, and never beyond the membership's end. */
export function isMember({ until, checked, ended }: Status, now: number): boolean {
  return !ended && now < until && now - checked < statusHolds
}

/** Is this token a member's, as far as this isolate knows without asking anyone? */
export function isKnownMember(statusCache: StatusCache, token: string, now: number): boolean {
  const session = statusCache.tokens.get(token)
  if (session === undefined || session.expires <= now) return false
  const status = statusCache.statuses.get(session.id)
  return status !== undefined && isCurrent(status, now) && isMember(status, now)
}

/** Signed out: this isolate refuses the session from now on. */
export function markEnded(statusCache: StatusCache, session: string, now: number): void {
  remember(statusCache.statuses, session, { until: 0, checked: now, ended: true })
}
