// What members pay at Stripe: each subscription's newest state, and what has been done about it once.
import { ownRows } from "./personal-data.ts"

/** What Stripe says of a subscription. */
export interface Payment {
  readonly customer: string
  readonly subscription: string
  /** Paid up to then, grace for a renewal under way included; 0: it gives nothing (any more). */
  readonly until: number
  readonly cancels: boolean
  /** When the subscription was made. */
  readonly began: number
  /** When it was so. */
  readonly at: number
}

/**
 * Records a subscription's state for a member, and the member's standing from all of their subscriptions: the one that
 * lasts longest counts, so that an old one's end says nothing against a new one. An older word on a subscription changes
 * nothing, so events may come twice, at once and out of order. A subscription made after a revocation is a new membership:
 * it lifts it. Nothing is kept of who is deleted meanwhile.
 */
export async function recordPayment(db: D1Database, member: string, payment: Payment): Promise<void> {
  const { customer, subscription, until, cancels, began, at } = payment
  await db.batch([
    db
      .prepare(
        `INSERT INTO payments (subscription, customer, member, until, cancels, at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM members WHERE id = ?3)
         ON CONFLICT (subscription) DO UPDATE SET customer = ?2, until = ?4, cancels = ?5, at = ?6 WHERE at <= ?6`,
      )
      .bind(subscription, customer, member, until, cancels ? 1 : 0, at),
    db
      .prepare(
        `UPDATE members SET stripe_customer = b.customer, stripe_subscription = b.subscription, paid_until = b.until,
         cancels = b.cancels, stripe_at = max(stripe_at, ?2),
         revoked_at = CASE WHEN ?3 > revoked_at AND ?4 > ?2 THEN NULL ELSE revoked_at END
         FROM payments b WHERE members.id = ?1 AND b.subscription =
           (SELECT subscription FROM payments WHERE member = ?1 ORDER BY until DESC, subscription LIMIT 1)`,
      )
      .bind(member, at, began, until),
  ])
}

/** The member whom a subscription belongs to, or null when it is not known yet. */
export async function findPayer(db: D1Database, subscription: string): Promise<string | null> {
  return db.prepare("SELECT member FROM payments WHERE subscription = ?1").bind(subscription).first<string>("member")
}

/** The customers at Stripe that a member has been: each subscription may have made another. */
export async function listCustomers(db: D1Database, member: string): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT customer FROM payments WHERE ${ownRows}
       UNION SELECT stripe_customer FROM members WHERE id = ?1 AND stripe_customer IS NOT NULL
       UNION SELECT stripe_customer FROM former_members WHERE member = ?1 AND stripe_customer IS NOT NULL`,
    )
    .bind(member)
    .all<{ customer: string }>()
  return results.map((row) => row.customer)
}

/** Marks something as done. @returns false when it was already */
export async function markDone(db: D1Database, key: string, now: number): Promise<boolean> {
  const { meta } = await db.prepare("INSERT OR IGNORE INTO stripe_done (key, at) VALUES (?1, ?2)").bind(key, now).run()
  return meta.changes === 1
}

export async function isDone(db: D1Database, key: string): Promise<boolean> {
  return (await db.prepare("SELECT 1 FROM stripe_done WHERE key = ?1").bind(key).first()) !== null
}

/** Takes a mark back: what it stood for failed, and is to be tried again. */
export async function unmarkDone(db: D1Database, key: string): Promise<void> {
  await db.prepare("DELETE FROM stripe_done WHERE key = ?1").bind(key).run()
}

/** Stripe tells an event again for three days at most; marks are kept for ninety. */
const markLasts = 90 * 86_400_000

/** Forgets events that nobody tells again. Marks of letters stay: a subscription lasts longer. */
export async function sweepDone(db: D1Database, now: number): Promise<void> {
  await db
    .prepare("DELETE FROM stripe_done WHERE at <= ?1 AND key LIKE 'evt_%'")
    .bind(now - markLasts)
    .run()
}
