// When time alone will change what readers see: the next embargo that ends, the next visible article that expires.

/**
 * Milliseconds since the epoch; null: none is known. The two are kept apart: an expiry is public, while an embargo must not
 * show in anything that readers receive (reader/freshness.ts).
 */
export interface Changes {
  readonly embargo: number | null
  readonly expiry: number | null
}

export const noChanges: Changes = { embargo: null, expiry: null }

// The expiry of an article that is still under embargo would give the embargo away.
const query = `SELECT
(SELECT min(published_at) FROM articles INDEXED BY articles_by_month WHERE live = 1 AND published_at > ?1) AS embargo,
(SELECT min(expires_at) FROM articles INDEXED BY articles_by_expiry WHERE live = 1 AND expires_at > ?1
  AND (published_at IS NULL OR published_at <= ?1)) AS expiry`

/** The statement that finds the site's next changes; it belongs into the batch of a page that shows articles of anywhere. */
export function changeQuery(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare(query).bind(now)
}

/** The row of a statement that selects `embargo` and `expiry`. */
export function readChanges(result: D1Result<unknown> | undefined): Changes {
  return (result?.results[0] as Changes | undefined) ?? noChanges
}

/** The earliest of several moments, or null. */
export function soonest(...moments: (number | null)[]): number | null {
  let earliest: number | null = null
  for (const moment of moments) if (moment !== null && (earliest === null || moment < earliest)) earliest = moment
  return earliest
}
