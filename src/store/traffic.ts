// Counts how pages are served, in each isolate and then per day, for the hit ratio in `dateline stats`. Approximate,
// because an isolate's last counts are lost with it.
import { run } from "./sql.ts"

// Pages served from an isolate's memory, from the platform's cache, rendered, served stale from memory because a store
// failed, and answered with a 5xx.
const ways = ["memory", "edge", "rendered", "stale", "failed"] as const
/** Page counts, by how the pages were served. */
export type Traffic = Record<(typeof ways)[number], number>

/** Counts since the last report. */
export interface Tally {
  readonly counts: Traffic
  reportedAt: number
}

/** The shortest time between two reports from an isolate, in milliseconds. */
const reportEvery = 60_000

export function createTally(): Tally {
  return { counts: { memory: 0, edge: 0, rendered: 0, stale: 0, failed: 0 }, reportedAt: 0 }
}

/**
 * Reports the counts after `response`, if a report is due. Call it only for requests that memory could not answer, so
 * that cache hits never write.
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
    if (ways.every((way) => reported[way] === 0)) return
    await run(db, recordQuery, new Date(now).toISOString().slice(0, 10), ...ways.map((way) => reported[way]))
    for (const way of ways) counts[way] -= reported[way]
  }
  // If the catalogue fails, the next report includes these counts.
  waitUntil(report().catch(() => undefined))
}

// Adds counts to those of the day (UTC). Writes one row.
const recordQuery = `INSERT INTO traffic (day, ${ways.join(", ")}) VALUES (?1, ${ways.map((_, index) => `?${index + 2}`).join(", ")})
  ON CONFLICT (day) DO UPDATE SET ${ways.map((way) => `${way} = ${way} + excluded.${way}`).join(", ")}`
