// Caches the membership status of verified sessions and gifts in this isolate. Anything missing is looked up in the
// people store.
import type { Session } from "./session.ts"

/** The status of a session or a gift. Times are in seconds since the epoch. */
export interface Status {
  /** When the membership or the gift ends; 0 if there is none. */
  readonly until: number
  /** When this was verified. */
  readonly checked: number
  /** Whether this isolate has signed the session out. Nothing makes it valid again. */
  readonly ended: boolean
  /** For a gift: the id of the given article. */
  readonly article?: string
}

export interface StatusCache {
  /** Verified sessions by token, so that a known token needs no cryptography. */
  readonly tokens: Map<string, Session>
  /** Statuses by session id or, for gifts, by `gift ID`. */
  readonly statuses: Map<string, Status>
  /** After a failure, the people store is not queried again before this time (seconds since the epoch). */
  pausedUntil: number
}

/** How often a membership is rechecked, in seconds: 5 minutes, less a minute for clocks that differ. */
const recheckAfter = 240
/** Readers without a membership are rechecked sooner, as they may just have joined. */
const recheckNobodyAfter = 20
/** How long the last verified status holds while the people store fails, in seconds. */
const statusHolds = 86_400
/** The most entries in each table, at about 300 bytes each. */
const most = 20_000

/** Remembers an entry, dropping the oldest if the table is full. */
export function remember<Value>(table: Map<string, Value>, key: string, value: Value): void {
  table.delete(key)
  table.set(key, value)
  if (table.size <= most) return
  const oldest = table.keys().next().value
  if (oldest !== undefined) table.delete(oldest)
}

/** Records a verified session. @returns the newer of the token's status and the one this isolate knows */
export function learnSession(statusCache: StatusCache, token: string, session: Session): Status {
  remember(statusCache.tokens, token, session)
  const known = statusCache.statuses.get(session.id)
  if (known !== undefined && (known.ended || known.checked >= session.checked)) return known
  const status = { until: session.until, checked: session.checked, ended: false }
  remember(statusCache.statuses, session.id, status)
  return status
}

/** Whether this status can be used at `now` without a lookup. */
export function isCurrent({ until, checked, ended }: Status, now: number): boolean {
  return ended || now - checked < (until > now ? recheckAfter : recheckNobodyAfter)
}

/** Whether this is a member's status at `now`. It holds for at most a day, and never past the membership's end. */
export function isMember({ until, checked, ended }: Status, now: number): boolean {
  return !ended && now < until && now - checked < statusHolds
}

/** Whether this isolate knows, without any lookup, that this token belongs to a member. */
export function isKnownMember(statusCache: StatusCache, token: string, now: number): boolean {
  const session = statusCache.tokens.get(token)
  if (session === undefined || session.expires <= now) return false
  const status = statusCache.statuses.get(session.id)
  return status !== undefined && isCurrent(status, now) && isMember(status, now)
}

/** Marks a session as signed out: this isolate refuses it from now on. */
export function markEnded(statusCache: StatusCache, session: string, now: number): void {
  remember(statusCache.statuses, session, { until: 0, checked: now, ended: true })
}
