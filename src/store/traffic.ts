// Counts how pages were served, by day: a sample, because an isolate's last counts are lost with it.
import { run } from "./sql.ts"

/**
 * How many pages were served from an isolate's memory and from the platform's cache, how many were rendered, served from
 * memory because a store failed, or answered 5xx.
 */
export type Traffic = Record<"memory" | "edge" | "rendered" | "stale" | "failed", number>

/** Adds counts to those of the day (UTC). Writes one row. */
export async function recordTraffic(db: D1Database, counts: Traffic, now: number): Promise<void> {
  const { memory, edge, rendered, stale, failed } = counts
  const query = `INSERT INTO traffic (day, memory, edge, rendered, stale, failed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (day) DO UPDATE SET memory = memory + excluded.memory, edge = edge + excluded.edge,
      rendered = rendered + excluded.rendered, stale = stale + excluded.stale, failed = failed + excluded.failed`
  await run(db, query, new Date(now).toISOString().slice(0, 10), memory, edge, rendered, stale, failed)
}
