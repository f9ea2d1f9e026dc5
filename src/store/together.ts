// Queries that readers wait for at the same time, in one D1 trip: to D1, which answers one at a time, a trip is more work
// than what it asks. Where few read, nobody waits for anybody.

import { withinDeadline } from "./failure.ts"

/** One statement and what is bound to it. */
interface Query {
  readonly sql: string
  readonly values: readonly unknown[]
}

interface Trip {
  /** When others could first join it: milliseconds since the epoch. */
  readonly opened: number
  /** When it went: milliseconds since the epoch. */
  left: number
  readonly queries: Query[]
  /** The rows of each. */
  answers: Promise<readonly unknown[][]>
}

interface Line {
  /** Started, and not back. */
  underWay: readonly Trip[]
  /** The last of those that start when one of these is back; whoever comes before that joins it. */
  next: Trip | null
}

/** So many trips are under way at most; the queries that wait for one of them to be back are asked together. */
const mostTrips = 4
/** Far below the 50 queries that a request may make on the free plan (D1 limits). */
const mostQueries = 16
/** Milliseconds. No trip waits longer for another, and nobody joins it then: its request may have ended without a word. */
const patience = 500

const lines = new WeakMap<D1Database, Line>()

// Whoever joined a trip goes on after it by `await` alone: that hands over from the request that made the trip to the one
// that waits for it, as in failure.ts.
/**
 * The rows that a statement reads; at most one D1 trip, shared with others when the database is busy. It is asked after
 * this call, never before: whoever has been told of a write finds it.
 * @param now milliseconds since the epoch
 * @throws when the trip fails, for all who joined it
 */
export async function queryTogether<Row>(
  db: D1Database,
  sql: string,
  values: readonly unknown[],
  now: number,
): Promise<Row[]> {
  const line = lines.get(db) ?? { underWay: [], next: null }
  lines.set(db, line)
  const query = { sql, values }
  const { next } = line
  if (next !== null && next.queries.length < mostQueries && now - next.opened < patience) {
    const index = next.queries.push(query) - 1
    return (await next.answers)[index] as Row[]
  }
  const trip: Trip = { opened: now, left: now, queries: [query], answers: Promise.resolve([]) }
  trip.answers = travel(db, line, trip)
  return (await trip.answers)[0] as Row[]
}

async function travel(db: D1Database, line: Line, trip: Trip): Promise<unknown[][]> {
  if (line.underWay.length >= mostTrips) line.next = trip
  while (line.underWay.length >= mostTrips) {
    const before = line.underWay
    try {
      await withinDeadline(Promise.race(before.map(({ answers }) => answers)), patience, "a trip")
    } catch {
      // Those who wait for that one are told.
    }
    // Lost: the requests that made them may have ended without a word. Of four that are, each is given up by itself.
    const now = Date.now()
    line.underWay = line.underWay === before ? [] : line.underWay.filter(({ left }) => now - left < patience)
  }
  if (line.next === trip) line.next = null
  trip.left = Date.now()
  line.underWay = [...line.underWay, trip]
  try {
    const statements = trip.queries.map(({ sql, values }) => db.prepare(sql).bind(...values))
    const [only] = statements
    // One statement needs no transaction.
    const results = only !== undefined && statements.length === 1 ? [await only.all()] : await db.batch(statements)
    return results.map((result) => result.results)
  } finally {
    line.underWay = line.underWay.filter((other) => other !== trip)
  }
}
