// Counts how pages are served, in each isolate and then per day, for the hit ratio in `dateline stats`. Approximate,
// because an isolate's last counts are lost with it.
import { run } from "./sql.ts"

/**
 * Page counts: served from an isolate's memory, from the platform's cache, rendered, served stale from memory because
 * a store failed, and answered with a 5xx.
 */
export type Traffic = Record<"memory" | "edge" | "rendered" | "stale" | "failed", number>

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
    if (Object.values(reported).every((count) => count === 0)) return
    await recordTraffic(db, reported, now)
    for (const name of Object.keys(reported) as (keyof Traffic)[]) counts[name] -= reported[name]
  }
  // If the catalogue fails, the next report includes these counts.
  waitUntil(report().catch(() => undefined))
}

/** Adds counts to those of the day (UTC). Writes one row. */
async function recordTraffic(db: D1Database, counts: Traffic, now: number): Promise<void> {
  const { memory, edge, rendered, stale, failed } = counts
  const query = `INSERT INTO traffic (day, memory, edge, rendered, stale, failed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (day) DO UPDATE SET memory = memory + excluded.memory, edge = edge + excluded.edge,
      rendered = rendered + excluded.rendered, stale = stale + excluded.stale, failed = failed + excluded.failed`
  await run(db, query, new Date(now).toISOString().slice(0, 10), memory, edge, rendered, stale, failed)
}
