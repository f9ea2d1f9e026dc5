// Stores deliveries: one row for each recipient of an edition, claimed before the mail provider is called.
import { type Edition, editionId, type List, lists } from "../article/edition.ts"
import { batch, column, first, list, run, type Statement, value } from "./sql.ts"
import type { Stores } from "./stores.ts"

/** After this time, in milliseconds, an unfinished step counts as interrupted. */
const interruptedAfter = 15 * 60_000
/** How many subscribers one statement reads when an edition's recipients are written. */
const perStatement = 2_000

/** SQL: whether subscriber `s` may get list `?1` at time `?2`: no bounce or complaint; for the digest, a membership. */
export const mayGet = `s.stopped_at IS NULL AND (?1 <> 'digest' OR EXISTS (SELECT 1 FROM members m
  WHERE m.email_folded = s.email_folded AND m.revoked_at IS NULL AND max(m.granted_until, m.paid_until) > ?2))`

/** Whether an edition of this list and language would have a recipient now. */
export async function hasRecipients(
  people: D1Database,
  { list, language }: { readonly list: List; readonly language: string },
  now: number,
): Promise<boolean> {
  const query = `SELECT 1 FROM subscribers s CROSS JOIN subscriptions x ON x.subscriber = s.id
    WHERE x.list = ?1 AND s.language = ?3 AND ${mayGet} LIMIT 1`
  return (await first(people, query, list, now, language)) !== null
}

/**
 * Writes a row for each recipient of an edition (all who subscribed before it was planned), then marks the edition as
 * done. Someone who unsubscribes and resubscribes in the meantime gets no second copy. Safe to interrupt and re-run.
 */
export async function spreadRecipients(
  { catalogue, people }: Pick<Stores, "catalogue" | "people">,
  edition: Edition,
  now: number,
): Promise<void> {
  const { list, language, date, plannedAt } = edition
  const next = `SELECT subscriber FROM subscriptions WHERE list = ?1 AND subscriber > ?2
    ORDER BY subscriber LIMIT 1 OFFSET ${perStatement - 1}`
  const insert = `INSERT OR IGNORE INTO deliveries (edition, subscriber, state, at, queued_at)
    SELECT ?3, s.id, 'planned', ?2, 0 FROM subscriptions x JOIN subscribers s ON s.id = x.subscriber
    WHERE x.list = ?1 AND x.subscriber > ?4 AND x.subscriber <= ?5 AND x.since <= ?6 AND s.language = ?7 AND ${mayGet}`
  for (let after = 0; after < Number.MAX_SAFE_INTEGER; ) {
    const last = (await value<number>(people, next, list, after)) ?? Number.MAX_SAFE_INTEGER
    await run(people, insert, list, now, editionId(edition), after, last, plannedAt, language)
    after = last
  }
  const query = "UPDATE editions SET recipients_at = ?4 WHERE list = ?1 AND language = ?2 AND date = ?3"
  await run(catalogue, query, list, language, date, now)
}

/** Recipients of one edition, by their subscribers' ids. */
export interface Recipients {
  readonly edition: string
  readonly subscribers: readonly number[]
}

/** Up to `limit` recipients who are not in the queue, or have been in it for so long that it must have lost them. */
export async function listUnqueued(people: D1Database, now: number, limit: number): Promise<Recipients[]> {
  const query = `SELECT edition, subscriber FROM deliveries WHERE state = 'planned' AND queued_at <= ?1
    ORDER BY queued_at, edition, subscriber LIMIT ?2`
  const results = await list<{ edition: string; subscriber: number }>(people, query, now - interruptedAfter, limit)
  const byEdition = Map.groupBy(results, ({ edition }) => edition)
  return [...byEdition].map(([edition, rows]) => ({ edition, subscribers: rows.map(({ subscriber }) => subscriber) }))
}

export async function markQueued(people: D1Database, { edition, subscribers }: Recipients, now: number): Promise<void> {
  const query = `UPDATE deliveries SET queued_at = ?3
    WHERE edition = ?1 AND subscriber IN (SELECT value FROM json_each(?2)) AND state = 'planned'`
  await run(people, query, edition, JSON.stringify(subscribers), now)
}

/** Which of these recipients have not been sent the edition yet. */
export async function listPlanned(people: D1Database, { edition, subscribers }: Recipients): Promise<number[]> {
  const query = `SELECT subscriber FROM deliveries
    WHERE edition = ?1 AND subscriber IN (SELECT value FROM json_each(?2)) AND state = 'planned'`
  return column<number>(people, query, edition, JSON.stringify(subscribers))
}

/** Cancels an edition for the recipients who have not been sent it yet. */
export async function withdrawPlanned(people: D1Database, edition: string, now: number): Promise<void> {
  const query = "UPDATE deliveries SET state = 'withdrawn', at = ?2 WHERE edition = ?1 AND state = 'planned'"
  await run(people, query, edition, now)
}

/** A recipient of an edition, by the subscriber's id. */
interface Delivery {
  readonly edition: string
  readonly subscriber: number
}

/**
 * Claims a delivery: only the caller that gets the address may call the provider, and only once. The same statement
 * checks the subscription, the membership and bounces.
 * @param before the `recordAnswer` statement for the previous recipient, run in the same D1 trip
 * @returns null if the delivery was already claimed, or the recipient is no longer entitled to it
 */
export async function claimDelivery(
  people: D1Database,
  { edition, list, subscriber }: Delivery & { readonly list: List },
  now: number,
  before: Statement | null = null,
): Promise<{ readonly email: string; readonly token: string } | null> {
  const query = `UPDATE deliveries SET at = ?2, state = iif(EXISTS (
      SELECT 1 FROM subscribers s JOIN subscriptions x ON x.subscriber = s.id AND x.list = ?1 WHERE s.id = ?4 AND ${mayGet}
    ), 'claimed', 'withdrawn')
    WHERE edition = ?3 AND subscriber = ?4 AND state = 'planned'
    RETURNING state, (SELECT email FROM subscribers WHERE id = ?4) AS email,
      (SELECT token FROM subscribers WHERE id = ?4) AS token`
  const claim: Statement = [query, list, now, edition, subscriber]
  type Row = { state: string; email: string; token: string }
  const results = await batch<Row[]>(people, before ? [before, claim] : [claim])
  const row = results.at(-1)?.results[0]
  return row?.state === "claimed" ? { email: row.email, token: row.token } : null
}

/**
 * The statement that records the provider's answer for a claimed recipient. `planned`: the provider has not accepted
 * the message yet, so the delivery is retried.
 * @param message the provider's id for the message
 */
export function recordAnswer(
  { edition, subscriber }: Delivery,
  { state, message = null }: { state: "accepted" | "failed" | "planned"; message?: string | null },
  now: number,
): Statement {
  const query = `UPDATE deliveries SET state = ?3, message = ?4, at = ?5, queued_at = ?5
    WHERE edition = ?1 AND subscriber = ?2 AND state = 'claimed'`
  return [query, edition, subscriber, state, message, now]
}

/** How long deliveries are kept, in milliseconds: only for as long as a recipient is likely to ask about one. */
const deliveriesKept = 90 * 86_400_000

/** Deletes the deliveries of one old edition of each list. The next cron run deletes the next one. */
export async function sweepDeliveries(people: D1Database, now: number): Promise<void> {
  const date = new Date(now - deliveriesKept).toISOString().slice(0, 10)
  const query = `DELETE FROM deliveries
    WHERE edition = (SELECT edition FROM deliveries WHERE edition >= ?1 AND edition < ?2 ORDER BY edition LIMIT 1)`
  for (const list of lists) await run(people, query, `${list} `, `${list} ${date}`)
}

/** The number of an edition's recipients, by outcome. */
export interface DeliveryCounts {
  /** In total. */
  readonly recipients: number
  /** Not sent yet. */
  readonly planned: number
  /** The provider is being called. */
  readonly claimed: number
  /** The call was interrupted: the provider may or may not have accepted the message. Never retried. */
  readonly unknown: number
  readonly accepted: number
  /** Refused by the provider. */
  readonly failed: number
  /** Unsubscribed, or no longer a member, before their turn. */
  readonly withdrawn: number
  /** Those that bounced or were reported as spam, usually after being accepted. */
  readonly bounced: number
}

/** Counts the deliveries of editions, by edition id. Reads all of their rows. */
export async function countDeliveries(people: D1Database, editions: readonly string[], now: number) {
  const query = `SELECT value AS edition, count(edition) AS recipients, count(*) FILTER (WHERE state = 'planned') AS planned,
      count(*) FILTER (WHERE state = 'claimed' AND at > ?2) AS claimed,
      count(*) FILTER (WHERE state = 'claimed' AND at <= ?2) AS unknown,
      count(*) FILTER (WHERE state = 'accepted') AS accepted, count(*) FILTER (WHERE state = 'failed') AS failed,
      count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn, ifnull(sum(bounced), 0) AS bounced
    FROM json_each(?1) LEFT JOIN deliveries ON edition = value GROUP BY value`
  type Row = DeliveryCounts & { readonly edition: string }
  const results = await list<Row>(people, query, JSON.stringify(editions), now - interruptedAfter)
  return new Map(results.map(({ edition, ...counts }) => [edition, counts]))
}
