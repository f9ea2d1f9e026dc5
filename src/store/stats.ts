// Counts members, subscribers, deliveries of the latest editions, and page views by how they were served. Reads whole
// tables, which is expensive, so only editors may request it.
import { type EditionKey, editionId, lists } from "../article/edition.ts"
import { countDeliveries, mayGet } from "./deliveries.ts"
import type { Plan } from "./editions.ts"
import { batch } from "./sql.ts"
import type { Stores } from "./stores.ts"
import type { StopReason } from "./subscribers.ts"
import type { Traffic } from "./traffic.ts"

/** How many editions are counted: two days of both newsletters in three languages. */
const editionsCounted = 12
/** How many days of page counts are returned. */
const daysCounted = 7

/** How long a purge may be overdue, in milliseconds, before it counts as failed rather than waiting for the cron. */
const purgeFails = 120_000

export async function readStats({ catalogue, people }: Pick<Stores, "catalogue" | "people">, now: number) {
  const editionQuery = `SELECT list, date, language, planned_at AS at, planned_by AS who FROM editions
    ORDER BY planned_at DESC, list, language LIMIT ?1`
  const purgeQuery = "SELECT count(DISTINCT tag) AS due FROM purge_outbox WHERE due_at <= ?1"
  const pageQuery = "SELECT day, memory, edge, rendered, stale, failed FROM traffic WHERE day > ?1 ORDER BY day DESC"
  const memberQuery = `SELECT count(*) AS now, ifnull(sum(paid_until > ?1), 0) AS paying FROM members
    WHERE revoked_at IS NULL AND max(granted_until, paid_until) > ?1`
  const stoppedQuery = `SELECT ifnull(sum(stopped_by = 'bounce'), 0) AS bounce, ifnull(sum(stopped_by = 'complaint'), 0) AS complaint
    FROM subscribers WHERE stopped_by NOT NULL`
  const subscriberQuery = `SELECT ?1 AS list, s.language, count(*) AS subscribers, sum(${mayGet}) AS recipients
    FROM subscriptions x JOIN subscribers s ON s.id = x.subscriber WHERE x.list = ?1 GROUP BY s.language`
  type Subscribers = Omit<EditionKey, "date"> & { subscribers: number; recipients: number }
  const firstDay = new Date(now - daysCounted * 86_400_000).toISOString().slice(0, 10)
  type Published = [EditionKey & Plan, { due: number }, { day: string } & Traffic]
  const [{ results: planned }, purges, pages] = await batch<Published>(catalogue, [
    [editionQuery, editionsCounted],
    [purgeQuery, now - purgeFails],
    [pageQuery, firstDay],
  ])
  type People = [{ now: number; paying: number }, Record<StopReason, number>, ...Subscribers[]]
  const [members, stopped, ...subscribers] = await batch<People>(people, [
    [memberQuery, now],
    [stoppedQuery],
    ...lists.map((name) => [subscriberQuery, name, now] as const),
  ])
  const counts = await countDeliveries(people, planned.map(editionId), now)
  return {
    members: members.results[0] ?? { now: 0, paying: 0 },
    /** `recipients`: those who would get an edition now: not stopped and, for the digest, with a current membership. */
    subscribers: subscribers.flatMap(({ results }) => results),
    stopped: stopped.results[0] ?? { bounce: 0, complaint: 0 },
    editions: planned.flatMap((edition) => {
      const count = counts.get(editionId(edition))
      return count === undefined ? [] : [{ ...edition, ...count }]
    }),
    /** Cache tags whose purge the platform has not accepted yet. */
    purges: purges.results[0]?.due ?? 0,
    /** How pages were served on each of the last days, newest first. Approximate (traffic.ts). */
    pages: pages.results,
  }
}
