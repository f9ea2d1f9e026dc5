// One person, one account: merges rows that an earlier rule stored under different spellings of one email address. No
// migration could do this, because SQL cannot decode Punycode: it runs every minute, and when an address is looked up.
import { foldEmail, foldingVersion, readEmail } from "../site/email-address.ts"
import { personalTables } from "./personal-data.ts"
import { batch, first, list, run, type Statement, value } from "./sql.ts"

/** How many rows one run checks in each table, and how many of them it may change. */
const perRun = 500
const changedPerRun = 25
/** How long requests that began before a merge may still run after it, in milliseconds. */
const requestsLast = 3_600_000

/** Tables keyed by a folded address, each with its primary key. */
const keys = { members: "id", subscribers: "id", confirmations: "token_hash" } as const
type Table = keyof typeof keys
const tables = Object.keys(keys) as Table[]

interface Stored {
  readonly id: string | number
  readonly email: string
  readonly folded: string
}

/** Refolds addresses that an earlier rule folded, a limited number per run. Safe to interrupt and re-run. */
export async function foldStored(db: D1Database, now: number): Promise<void> {
  for (const table of tables) {
    const results = await list<Stored>(db, `${selectFrom(table)} WHERE folding < ?1 LIMIT ${perRun}`, foldingVersion)
    const same = results.filter(({ email, folded }) => foldEmail(email) === folded).map(({ id }) => id)
    const mark = `UPDATE ${table} SET folding = ?1 WHERE ${keys[table]} IN (SELECT value FROM json_each(?2))`
    if (same.length > 0) await run(db, mark, foldingVersion, JSON.stringify(same))
    const changed = results.filter(({ id }) => !same.includes(id)).slice(0, changedPerRun)
    for (const row of changed) await settle(db, table, row, now)
  }
  await batch(db, moveBelongings(now - requestsLast))
}

/** Merges everything that is still stored under other spellings of an address, with the same local part. */
export async function mergeSpellings(db: D1Database, email: string): Promise<void> {
  const key = foldEmail(email)
  const local = key.slice(0, key.lastIndexOf("@"))
  const near = `email_folded >= ?1 || '@' AND email_folded < ?1 || 'A' AND folding < ?2 LIMIT ${perRun}`
  const queries = tables.map((table): Statement => [`${selectFrom(table)} WHERE ${near}`, local, foldingVersion])
  const found = await batch<Stored[]>(db, queries)
  for (const [index, table] of tables.entries())
    for (const row of found[index]?.results ?? [])
      if (foldEmail(row.email) === key) await settle(db, table, row, Date.now())
}

function selectFrom(table: Table): string {
  return `SELECT ${keys[table]} AS id, email, email_folded AS folded FROM ${table}`
}

/** Gives a row its new key, or merges it with the row that already has that key. The next run retries any failure. */
async function settle(db: D1Database, table: Table, { id, email }: Stored, now: number): Promise<void> {
  try {
    const key = foldEmail(email)
    const find = `SELECT id FROM ${table} WHERE email_folded = ?1 AND id <> ?2`
    const holder = table === "confirmations" ? null : await value(db, find, key, id)
    const refold = `UPDATE ${table} SET email = ?2, email_folded = ?3, folding = ?4 WHERE ${keys[table]} = ?1`
    if (holder === null) await run(db, refold, id, readEmail(email) ?? email, key, foldingVersion)
    else if (table === "members") await mergeMembers(db, [String(id), String(holder)], now)
    else await mergeSubscribers(db, Math.min(Number(id), Number(holder)), Math.max(Number(id), Number(holder)))
  } catch (error) {
    console.error("spellings of an address not merged", table, error instanceof Error ? error.name : "")
  }
}

interface Account {
  readonly id: string
  readonly email: string
  readonly granted_until: number
  readonly paid_until: number
  readonly revoked_at: number | null
  readonly stripe_customer: string | null
  readonly stripe_subscription: string | null
  readonly cancels: number
  readonly created_at: number
  /** Everything that a merge depends on. */
  readonly state: string
}
const state = "json_array(granted_until, paid_until, revoked_at, stripe_customer, stripe_subscription, cancels)"

/**
 * Merges two accounts. A merge neither gives nor takes away access: an active membership stays active, and what the
 * newsroom revoked (grant, payments, gifts) does not count alongside it. If neither is active, a revocation stays.
 */
async function mergeMembers(db: D1Database, ids: readonly [string, string], now: number): Promise<void> {
  const results = await list<Account>(db, `SELECT *, ${state} AS state FROM members WHERE id IN (?1, ?2)`, ...ids)
  const active = results.some((one) => one.revoked_at === null && Math.max(one.granted_until, one.paid_until) > now)
  const counts = (one: Account) => !active || one.revoked_at === null
  // Keep the account whose paid time ends last, because the billing portal opens for its customer.
  const [keep, drop] = results.sort(
    (a, b) =>
      Number(counts(b)) - Number(counts(a)) ||
      b.paid_until - a.paid_until ||
      Number(b.stripe_customer !== null) - Number(a.stripe_customer !== null) ||
      a.created_at - b.created_at,
  )
  if (keep === undefined || drop === undefined) return
  const subscribed = keep.stripe_subscription === null ? drop : keep
  const merged = {
    email: readEmail(keep.email) ?? keep.email,
    email_folded: foldEmail(keep.email),
    folding: foldingVersion,
    granted_until: Math.max(...results.filter(counts).map((one) => one.granted_until)),
    revoked_at: active ? null : Math.max(keep.revoked_at ?? 0, drop.revoked_at ?? 0) || null,
    stripe_customer: keep.stripe_customer ?? drop.stripe_customer,
    stripe_subscription: subscribed.stripe_subscription,
    cancels: subscribed.cancels,
    created_at: Math.min(keep.created_at, drop.created_at),
  }
  const columns = Object.keys(merged).map((column, index) => `${column} = ?${index + 3}`)
  // The rest depend on the first statement: if a grant or payment came after the read above, the next run merges.
  const merging = "EXISTS (SELECT 1 FROM former_members WHERE id = ?1 AND member = ?2)"
  const bind = (query: string, ...values: unknown[]): Statement => [query, drop.id, keep.id, ...values]
  await batch(db, [
    bind(
      `INSERT INTO former_members (id, member, stripe_customer, revoked_at, at) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE (SELECT ${state} FROM members WHERE id = ?1) = ?6 AND (SELECT ${state} FROM members WHERE id = ?2) = ?7`,
      ...[drop.stripe_customer, counts(drop) ? null : drop.revoked_at, now, drop.state, keep.state],
    ),
    bind(
      `UPDATE gifts SET revoked_at = f.revoked_at FROM former_members f
       WHERE gifts.member = ?1 AND gifts.revoked_at IS NULL AND f.id = ?1 AND f.member = ?2 AND f.revoked_at IS NOT NULL`,
    ),
    ...moveBelongings(now),
    // Drop articles saved in both accounts. A second feed, and payments that do not count, stay under the former id.
    bind(`DELETE FROM saved WHERE member = ?1 AND ${merging}`),
    bind(`DELETE FROM members WHERE id = ?1 AND ${merging}`),
    bind(`UPDATE members SET ${columns.join(", ")} WHERE id = ?2 AND ${merging}`, ...Object.values(merged)),
  ])
}

/** Moves what belongs to accounts merged since `since`, including rows that requests already under way wrote later. */
function moveBelongings(since: number): Statement[] {
  return personalTables
    .filter(({ name, by }) => by === "id" && name !== "members")
    .map(({ name }) => {
      const query = `UPDATE OR IGNORE ${name} SET member = (SELECT f.member FROM former_members f WHERE f.id = ${name}.member)
        WHERE member IN (SELECT id FROM former_members WHERE at >= ?1${name === "payments" ? " AND revoked_at IS NULL" : ""})`
      return [query, since]
    })
}

/** Merges two subscribers. Links in emails to either still work. */
async function mergeSubscribers(db: D1Database, keep: number, drop: number): Promise<void> {
  const { email } = (await first<Stored>(db, "SELECT email FROM subscribers WHERE id = ?1", keep)) ?? {}
  if (email === undefined) return
  const bind = (query: string): Statement => [query, keep, drop]
  const refold = "UPDATE subscribers SET email = ?2, email_folded = ?3, folding = ?4 WHERE id = ?1"
  await batch(db, [
    bind("INSERT INTO former_tokens (token, subscriber) SELECT token, ?1 FROM subscribers WHERE id = ?2"),
    bind("UPDATE former_tokens SET subscriber = ?1 WHERE subscriber = ?2"),
    bind(
      `INSERT INTO subscriptions (subscriber, list, since) SELECT ?1, list, since FROM subscriptions WHERE subscriber = ?2
       ON CONFLICT (subscriber, list) DO UPDATE SET since = min(since, excluded.since)`,
    ),
    // An edition sent to either subscriber is not sent again, and a bounce of either counts.
    bind("UPDATE OR REPLACE deliveries SET subscriber = ?1 WHERE subscriber = ?2 AND state <> 'planned'"),
    bind("UPDATE OR IGNORE deliveries SET subscriber = ?1 WHERE subscriber = ?2"),
    bind(
      `UPDATE subscribers SET stopped_at = d.stopped_at, stopped_by = d.stopped_by
       FROM (SELECT stopped_at, stopped_by FROM subscribers WHERE id = ?2) d
       WHERE id = ?1 AND subscribers.stopped_at IS NULL`,
    ),
    ["DELETE FROM subscribers WHERE id = ?1", drop],
    [refold, keep, readEmail(email) ?? email, foldEmail(email), foldingVersion],
  ])
}
