// What this isolate remembers of readers: verified sessions, their standing, gifts. Speed only: who is not remembered is asked after.
import type { Session } from "./session.ts"

/** What is known of a session or a gift. Seconds since the epoch. */
export interface Standing {
  /** The membership's end, or the gift's; 0: there is none (any more). */
  readonly until: number
  /** When that was so. */
  readonly checked: number
  /** Signed out here: nothing older or newer brings it back. */
  readonly ended: boolean
  /** Of a gift: the id of the article that was given. */
  readonly article?: string
}

export interface Standings {
  /** Verified sessions by their tokens: a known token costs no cryptography. */
  readonly tokens: Map<string, Session>
  /** Standing by session id, and of gifts by `gift ID`. */
  readonly known: Map<string, Standing>
  /** The people's store failed: until then (seconds) it is not asked again. */
  pausedUntil: number
}

/** Rechecked after this long, seconds: 5 minutes less the minute that clocks may differ by. */
export const recheckAfter = 240
/** Who has no standing is asked after sooner: they may just have joined. */
const recheckNobodyAfter = 20
/** A standing as last verified holds this long while the store fails, seconds. */
export const standingHolds = 86_400
/** Entries that each table holds: some 300 bytes each. */
const most = 20_000

export function createStandings(): Standings {
  return { tokens: new Map(), known: new Map(), pausedUntil: 0 }
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
export function learnSession(standings: Standings, token: string, session: Session): Standing {
  remember(standings.tokens, token, session)
  const known = standings.known.get(session.id)
  if (known !== undefined && (known.ended || known.checked >= session.checked)) return known
  const standing = { until: session.until, checked: session.checked, ended: false }
  remember(standings.known, session.id, standing)
  return standing
}

/** Does this standing still speak for itself at `now`, or must the store be asked? */
export function isSettled({ until, checked, ended }: Standing, now: number): boolean {
  return ended || now - checked < (until > now ? recheckAfter : recheckNobodyAfter)
}

/** A member at `now`, by what was verified? While the store fails that holds for a day, and never beyond the membership's end. */
export function isMember({ until, checked, ended }: Standing, now: number): boolean {
  return !ended && now < until && now - checked < standingHolds
}

/** Is this token a member's, as far as this isolate knows without asking anyone? */
export function isKnownMember(standings: Standings, token: string, now: number): boolean {
  const session = standings.tokens.get(token)
  if (session === undefined || session.expires <= now) return false
  const standing = standings.known.get(session.id)
  return standing !== undefined && isSettled(standing, now) && isMember(standing, now)
}

/** Signed out: this isolate refuses the session from now on. */
export function endStanding(standings: Standings, session: string, now: number): void {
  remember(standings.known, session, { until: 0, checked: now, ended: true })
}
