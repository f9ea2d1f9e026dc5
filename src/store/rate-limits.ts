// Rate limits, counted in D1: KV cannot count (a read may be a minute old, and a key takes one write per second).
import { batch, run } from "./sql.ts"

/** At most `most` requests under `key` in any `window` milliseconds. A window is at most a day (sweep.ts). */
export interface Limit {
  readonly key: string
  readonly most: number
  readonly window: number
  /** Whether to check only, without counting the request. */
  readonly peek?: boolean
}

// The limits that have been reached, each with the time at which its oldest request leaves the window.
const full = `SELECT min(r.at) + (l.value ->> 'window') AS free FROM json_each(?1) l
CROSS JOIN rate_limits r ON r.key = l.value ->> 'key' AND r.at > ?2 - (l.value ->> 'window')
GROUP BY l.key HAVING count(*) >= l.value ->> 'most'`

/**
 * Counts a request against every limit if all have room; otherwise counts nothing. One transaction, so that two
 * concurrent requests cannot both take the last place.
 * @returns 0 if the request may proceed; otherwise the number of seconds to wait
 */
export async function consume(db: D1Database, limits: readonly Limit[], now: number): Promise<number> {
  const list = JSON.stringify(limits)
  const insert = `INSERT INTO rate_limits (key, at) SELECT DISTINCT value ->> 'key', ?2 FROM json_each(?1)
WHERE value ->> 'peek' IS NULL AND NOT EXISTS (${full})`
  const [found] = await batch<[{ free: number | null }, unknown]>(db, [
    [`SELECT max(free) AS free FROM (${full})`, list, now],
    [insert, list, now],
  ])
  const free = found.results[0]?.free ?? null
  return free === null ? 0 : Math.max(1, Math.ceil((free - now) / 1000))
}

/** Runs `work` if every limit has room, and counts it unless it fails. */
export async function consumeFor(db: D1Database, limits: readonly Limit[], now: number, work: () => Promise<unknown>) {
  if ((await consume(db, limits, now)) > 0) return
  try {
    await work()
  } catch (error) {
    await refund(db, limits, now)
    throw error
  }
}

/** Forgets the requests counted under a key. */
export async function clearLimit(db: D1Database, key: string): Promise<void> {
  await run(db, "DELETE FROM rate_limits WHERE key = ?1", key)
}

async function refund(db: D1Database, limits: readonly Limit[], at: number): Promise<void> {
  const query = `DELETE FROM rate_limits WHERE rowid IN (SELECT min(r.rowid) FROM json_each(?1) l
CROSS JOIN rate_limits r ON r.key = l.value ->> 'key' AND r.at = ?2 WHERE l.value ->> 'peek' IS NULL GROUP BY r.key)`
  await run(db, query, JSON.stringify(limits), at)
}
