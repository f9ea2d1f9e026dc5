// Runs the same query for several requests in one D1 trip, because a trip is more work than most queries
// (docs/decisions/022-shared-trips.md).
import { withinDeadline } from "./failure.ts"
import { batch, type Statement } from "./sql.ts"

interface Trip {
  /** When it was opened: milliseconds since the epoch. */
  readonly opened: number
  started: boolean
  /** The values of each run of the query. */
  readonly runs: (readonly unknown[])[]
  /** The results of each run. Set when the trip is opened. */
  results: Promise<D1Result[]>
}

/** The two newest trips. Each waits for the one two before it, so that at most two are under way. */
type Recent = readonly [Trip | undefined, Trip | undefined]

/** Well below the 50 queries per request of Cloudflare's free plan. */
const maxRuns = 16
/** Milliseconds. A trip waits no longer, because the platform may end the request that another trip belongs to. */
const patience = 500

/**
 * Returns a function that runs `query` and returns its rows. Runs that wait at the same time share a trip; each starts
 * after its call, so it sees what was written before.
 */
export function shareTrips<Row>(query: string): (db: D1Database, ...values: unknown[]) => Promise<Row[]> {
  const recent = new WeakMap<D1Database, Recent>()
  return async (db, ...values) => {
    const [before, last] = recent.get(db) ?? []
    const now = Date.now()
    const joins = last !== undefined && !last.started && last.runs.length < maxRuns && now - last.opened < patience
    const trip = joins ? last : { opened: now, started: false, runs: [], results: Promise.resolve([]) }
    const index = trip.runs.push(values) - 1
    if (!joins) {
      recent.set(db, [last, trip])
      trip.results = startTrip<Row>(db, query, trip, before)
    }
    return ((await trip.results)[index] as D1Result<Row>).results
  }
}

async function startTrip<Row>(db: D1Database, query: string, trip: Trip, before?: Trip): Promise<D1Result<Row>[]> {
  if (before !== undefined) await withinDeadline(before.results, patience, "a trip").catch(() => undefined)
  trip.started = true
  const statements = trip.runs.map((values): Statement => [query, ...values])
  return batch<Row[]>(db, statements)
}
