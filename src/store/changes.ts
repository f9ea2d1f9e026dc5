// When time alone will change what the whole site shows: the next embargo that ends, the next article that expires.

const query = `SELECT
(SELECT min(published_at) FROM articles INDEXED BY articles_by_month WHERE live = 1 AND published_at > ?1) AS next_at,
(SELECT min(expires_at) FROM articles INDEXED BY articles_by_expiry WHERE live = 1 AND expires_at > ?1) AS next_expiry`

/** The statement that finds the site's next change; it belongs into the batch of a page that shows articles of anywhere. */
export function changeQuery(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare(query).bind(now)
}

/** The next change, milliseconds; null: none is known. */
export function readChange(result: D1Result<unknown> | undefined): number | null {
  const row = result?.results[0] as { next_at: number | null; next_expiry: number | null } | undefined
  return soonest(row?.next_at ?? null, row?.next_expiry ?? null)
}

/** The earliest of several moments, or null. */
export function soonest(...moments: (number | null)[]): number | null {
  let earliest: number | null = null
  for (const moment of moments) if (moment !== null && (earliest === null || moment < earliest)) earliest = moment
  return earliest
}
