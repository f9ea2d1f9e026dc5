// Counts how an isolate served its pages, and reports the counts regularly, for the hit ratio of `dateline stats`.
import { recordTraffic, type Traffic } from "../store/traffic.ts"

/** Counts since the last report. */
export interface Tally {
  readonly counts: Traffic
  reportedAt: number
}

/** How often an isolate reports at most, in milliseconds. */
const reportEvery = 60_000

export function createTally(): Tally {
  return { counts: { memory: 0, edge: 0, rendered: 0, stale: 0, failed: 0 }, reportedAt: 0 }
}

/**
 * Reports the counts after `response`, if a report is due. Only for a request that memory could not answer: a hit never
 * writes. What an isolate counted after its last report is lost.
 */
export function reportTally(
  tally: Tally,
  db: D1Database,
  response: Promise<unknown>,
  waitUntil: (work: Promise<unknown>) => void,
): void {
  const now = Date.now()
  if (now - tally.reportedAt < reportEvery) return
  tally.reportedAt = now
  const report = async () => {
    await response
    const { counts } = tally
    const reported = { ...counts }
    if (Object.values(reported).every((count) => count === 0)) return
    await recordTraffic(db, reported, now)
    for (const name of Object.keys(reported) as (keyof Traffic)[]) counts[name] -= reported[name]
  }
  // If the catalogue fails, the next report has these counts too.
  waitUntil(report().catch(() => undefined))
}
