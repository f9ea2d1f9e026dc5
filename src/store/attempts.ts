// Rate limits, counted in D1: KV is no counter (it may be stale for a minute, and takes one write a second a key).

/** At most `most` attempts under `key` in any `window` milliseconds. */
export interface Limit {
  readonly key: string
  readonly most: number
  readonly window: number
}

/** The longest window that a limit may have, milliseconds: older attempts are swept away. */
export const longestWindow = 86_400_000

const statement = `INSERT INTO attempts (key, at) SELECT value ->> 'key', ?2 FROM json_each(?1)
WHERE NOT EXISTS (SELECT 1 FROM json_each(?1) l
  WHERE (SELECT count(*) FROM attempts a WHERE a.key = l.value ->> 'key' AND a.at > ?2 - (l.value ->> 'window'))
    >= l.value ->> 'most')
RETURNING 1`

/**
 * Lets an attempt through, and counts it, when every limit has room; else counts nothing. One statement: two at once
 * cannot both take the last place.
 * @returns was it let through?
 */
export async function countAttempt(db: D1Database, limits: readonly Limit[], now: number): Promise<boolean> {
  const { results } = await db.prepare(statement).bind(JSON.stringify(limits), now).all()
  return results.length > 0
}

/** Forgets attempts that no limit counts any more. */
export async function sweepAttempts(db: D1Database, now: number): Promise<void> {
  await db
    .prepare("DELETE FROM attempts WHERE at <= ?1")
    .bind(now - longestWindow)
    .run()
}

/** Would a limit let another attempt through? Counts nothing. */
export async function hasRoom(db: D1Database, { key, most, window }: Limit, now: number): Promise<boolean> {
  const found = await db
    .prepare("SELECT count(*) AS count FROM attempts WHERE key = ?1 AND at > ?2")
    .bind(key, now - window)
    .first<{ count: number }>()
  return (found?.count ?? 0) < most
}

/** Takes an attempt back that came to nothing: one under each key. */
export async function forgetAttempt(db: D1Database, keys: readonly string[], at: number): Promise<void> {
  const statement = db.prepare(
    "DELETE FROM attempts WHERE rowid = (SELECT rowid FROM attempts WHERE key = ?1 AND at = ?2 LIMIT 1)",
  )
  await db.batch(keys.map((key) => statement.bind(key, at)))
}
