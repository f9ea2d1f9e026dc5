// Stores payments made through Stripe: the latest state of each subscription, unclaimed purchases, open Checkouts.
import { foldEmail } from "../site/email-address.ts"
import type { Price } from "../site/messages.ts"
import { hashContent } from "./bodies.ts"
import { createToken } from "./credentials.ts"
import { currentMember } from "./members.ts"
import { ownRows } from "./personal-data.ts"
import { batch, first, list, run, value } from "./sql.ts"

/** What Stripe says about a subscription. */
export interface Payment {
  readonly customer: string
  readonly subscription: string
  /** When access ends, in milliseconds, including the grace period of a pending renewal; 0 if there is no access. */
  readonly until: number
  readonly cancels: boolean
  /** Whether the subscription is still open at Stripe, and so may charge again. */
  readonly live: boolean
  /** What the subscription charges, or null if unknown or not a single price. */
  readonly price: Price | null
}

/**
 * Records a member's subscription, and derives the member's status from all of their subscriptions: the one that lasts
 * longest counts, so the end of an old one does not affect a new one. An older state of a subscription is ignored, so
 * events may arrive twice, concurrently or out of order. A subscription created after a revocation is a new membership
 * and lifts the revocation. A subscription never moves to another member. Once recorded, it can no longer be claimed.
 * @param member may be a former id: the account may have been merged since it was looked up
 * @param payment `began`: when the subscription was created; `at`: when it was in this state
 * @param claim hash of the claim that must still be open, or null
 * @returns false if it was not recorded, because the member has been deleted or the claim has been used
 */
export async function recordPayment(
  db: D1Database,
  member: string,
  payment: Payment & { readonly began: number; readonly at: number },
  claim: string | null = null,
): Promise<boolean> {
  const { subscription, until, began, at } = payment
  const record = `INSERT INTO payments (subscription, customer, member, until, cancels, at, live, amount, currency, interval)
    SELECT ?2 ->> 'subscription', ?2 ->> 'customer', id, ?2 ->> 'until', ?2 ->> 'cancels', ?2 ->> 'at', ?2 ->> 'live',
      ?2 ->> '$.price.amount', ?2 ->> '$.price.currency', ?2 ->> '$.price.interval'
    FROM members WHERE id = ${currentMember}
      AND (?3 IS NULL OR EXISTS (SELECT 1 FROM claims WHERE hash = ?3))
    ON CONFLICT (subscription) DO UPDATE SET customer = excluded.customer, until = excluded.until,
      cancels = excluded.cancels, at = excluded.at, live = excluded.live, amount = excluded.amount,
      currency = excluded.currency, interval = excluded.interval WHERE at <= excluded.at`
  const update = `UPDATE members SET stripe_customer = b.customer, stripe_subscription = b.subscription, paid_until = b.until,
    cancels = b.cancels,
    revoked_at = CASE WHEN ?3 > revoked_at AND ?4 > ?2 AND EXISTS (SELECT 1 FROM payments WHERE subscription = ?5
    AND member = members.id) THEN NULL ELSE revoked_at END
    FROM payments b WHERE members.id = ${currentMember} AND b.subscription =
      (SELECT subscription FROM payments WHERE member = ${currentMember} ORDER BY until DESC, subscription LIMIT 1)`
  const close = "DELETE FROM claims WHERE subscription = ?1 AND EXISTS (SELECT 1 FROM payments WHERE subscription = ?1)"
  const [, updated, claimed] = await batch<[unknown, unknown, unknown, unknown]>(db, [
    [record, member, JSON.stringify(payment), claim],
    [update, member, at, began, until, subscription],
    [close, subscription],
    [`DELETE FROM checkouts WHERE member = ${currentMember} AND opened_at <= ?2`, member, began],
  ])
  return (claim === null ? updated : claimed).meta.changes > 0
}

/** The id of the member whose subscription this is, which may be a former id; null if not known yet. */
export async function findPayer(db: D1Database, subscription: string): Promise<string | null> {
  return value<string>(db, "SELECT member FROM payments WHERE subscription = ?1", subscription)
}

/** The id of the member with this Stripe customer, possibly a former id; null if there is none. */
export async function findCustomer(db: D1Database, customer: string): Promise<string | null> {
  const query = `SELECT member FROM payments WHERE customer = ?1
    UNION ALL SELECT id FROM members WHERE stripe_customer = ?1
    UNION ALL SELECT member FROM former_members WHERE stripe_customer = ?1 LIMIT 1`
  return value<string>(db, query, customer)
}

/** A member's subscriptions, including ended ones, longest-lasting first. */
export async function listPayments(db: D1Database, member: string): Promise<Payment[]> {
  const query = `SELECT customer, subscription, until, cancels, live, iif(amount IS NULL, NULL,
      json_object('amount', amount, 'currency', currency, 'interval', interval)) AS price
    FROM payments WHERE ${ownRows} ORDER BY until DESC, subscription`
  type Row = Omit<Payment, "price"> & { price: string | null }
  const rows = await list<Row>(db, query, member)
  return rows.map(({ cancels, live, price, ...row }) => {
    return { ...row, cancels: Boolean(cancels), live: Boolean(live), price: price === null ? null : JSON.parse(price) }
  })
}

/** A purchase made without signing in. */
export interface Claim {
  readonly subscription: string
  /** The email address entered at Stripe. */
  readonly email: string
  readonly language: string
}

/** Creates a claim that can be used once, before `expires`. @returns its token, of which only the hash is stored */
export async function createClaim(db: D1Database, claim: Claim, expires: number): Promise<string> {
  const token = createToken()
  const { subscription, email, language } = claim
  const query = `INSERT INTO claims (hash, subscription, email, email_folded, language, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`
  await run(db, query, await hashContent(token), subscription, email, foldEmail(email), language, expires)
  return token
}

/** The open claim for a token, with the token's hash, or null. */
export async function findClaim(db: D1Database, token: string, now: number) {
  const query = `SELECT hash, subscription, email, language FROM claims c WHERE hash = ?1 AND expires_at > ?2
    AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.subscription = c.subscription)`
  return first<Claim & { hash: string }>(db, query, await hashContent(token), now)
}

/** Deletes the claims to a subscription that has ended. */
export async function dropClaims(db: D1Database, subscription: string): Promise<void> {
  await run(db, "DELETE FROM claims WHERE subscription = ?1", subscription)
}

/** What to end at Stripe when deleting an account: its customers and live subscriptions, and unclaimed purchases. */
export async function listPayable(db: D1Database, member: { readonly id: string; readonly email: string }) {
  const customerQuery = `SELECT customer AS id FROM payments WHERE ${ownRows}
    UNION SELECT stripe_customer FROM members WHERE id = ?1 AND stripe_customer IS NOT NULL
    UNION SELECT stripe_customer FROM former_members WHERE member = ?1 AND stripe_customer IS NOT NULL`
  const subscriptionQuery = `SELECT subscription AS id FROM payments WHERE ${ownRows} AND live = 1
    UNION SELECT subscription FROM claims WHERE email_folded = ?2`
  const [customers, subscriptions] = await batch<[{ id: string }, { id: string }]>(db, [
    [customerQuery, member.id],
    [subscriptionQuery, member.id, foldEmail(member.email)],
  ])
  const ids = ({ results }: typeof customers) => results.map(({ id }) => id)
  return { customers: ids(customers), subscriptions: ids(subscriptions) }
}

/** A member's open Checkout Session. */
export interface OpenCheckout {
  readonly key: string
  readonly language: string
  readonly customer: string | null
  /** The Checkout's address at Stripe, or null if Stripe has not answered yet. */
  readonly url: string | null
  /** In milliseconds since the epoch. */
  readonly openedAt: number
}

/** How long a Checkout stays open, in milliseconds. Stripe allows 30 minutes to 24 hours. */
export const checkoutLasts = 3_600_000

/** The member's open Checkout Session, or a new one: there is never more than one. Null if the member is deleted. */
export async function holdCheckout(
  db: D1Database,
  member: string,
  wanted: { readonly language: string; readonly customer: string | null },
  now: number,
): Promise<OpenCheckout | null> {
  const open = `INSERT INTO checkouts (member, key, language, customer, opened_at)
    SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM members WHERE id = ?1)
    ON CONFLICT (member) DO UPDATE SET key = ?2, language = ?3, customer = ?4, url = NULL, opened_at = ?5
    WHERE opened_at <= ?6`
  const [, held] = await batch<[unknown, OpenCheckout]>(db, [
    [open, member, crypto.randomUUID(), wanted.language, wanted.customer, now, now - checkoutLasts],
    ["SELECT key, language, customer, url, opened_at AS openedAt FROM checkouts WHERE member = ?1", member],
  ])
  return held.results[0] ?? null
}

/** Records a Checkout's URL. Null: Stripe did not open it, so the row is deleted and the next click tries again. */
export async function settleCheckout(db: D1Database, key: string, member: string, url: string | null): Promise<void> {
  const query =
    url === null
      ? "DELETE FROM checkouts WHERE member = ?1 AND key = ?2 AND url IS NULL AND ?3 IS NULL"
      : "UPDATE checkouts SET url = ?3 WHERE member = ?1 AND key = ?2"
  await run(db, query, member, key, url)
}

/** Marks a Stripe event or an email as handled. @returns false if it already was */
export async function markDone(db: D1Database, key: string, now: number): Promise<boolean> {
  const changes = await run(db, "INSERT OR IGNORE INTO stripe_done (key, at) VALUES (?1, ?2)", key, now)
  return changes === 1
}

export async function isDone(db: D1Database, key: string): Promise<boolean> {
  return (await first(db, "SELECT 1 FROM stripe_done WHERE key = ?1", key)) !== null
}

/** Removes a mark after a failure, so that the work is tried again. */
export async function unmarkDone(db: D1Database, key: string): Promise<void> {
  await run(db, "DELETE FROM stripe_done WHERE key = ?1", key)
}
