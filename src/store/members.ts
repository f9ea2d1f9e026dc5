// Members: who they are, until when they are members, and what they pay at Stripe.
import { foldEmail, foldingVersion, readEmail } from "../site/email.ts"
import { ownRows } from "./personal-data.ts"
import { findBySpelling } from "./spellings.ts"

/** A moment that never comes: a grant without end. The last that `Date` knows. */
export const withoutEnd = 8_640_000_000_000_000

/** Times are milliseconds since the epoch. */
export interface Member {
  readonly id: string
  /** Where letters go: the name as it was typed, the domain in ASCII. */
  readonly email: string
  readonly language: string
  /** The membership's end as known now: 0 when there is none, `withoutEnd` when it has none. */
  readonly until: number
  readonly grantedUntil: number
  readonly paidUntil: number
  readonly revokedAt: number | null
  readonly stripeCustomer: string | null
  readonly stripeSubscription: string | null
  /** The subscription is not renewed after `paidUntil`. */
  readonly cancels: boolean
  readonly createdAt: number
}

interface MemberRow {
  id: string
  email: string
  language: string
  granted_until: number
  paid_until: number
  revoked_at: number | null
  stripe_customer: string | null
  stripe_subscription: string | null
  cancels: number
  created_at: number
}

/** Columns of a member as `readMember` wants them, from `members m`. */
export const memberColumns =
  "m.id, m.email, m.language, m.granted_until, m.paid_until, m.revoked_at, m.stripe_customer, m.stripe_subscription, m.cancels, m.created_at"

const select = `SELECT ${memberColumns} FROM members m WHERE`

export function readMember(row: MemberRow): Member {
  return {
    id: row.id,
    email: row.email,
    language: row.language,
    until: row.revoked_at === null ? Math.max(row.granted_until, row.paid_until) : 0,
    grantedUntil: row.granted_until,
    paidUntil: row.paid_until,
    revokedAt: row.revoked_at,
    stripeCustomer: row.stripe_customer,
    stripeSubscription: row.stripe_subscription,
    cancels: row.cancels === 1,
    createdAt: row.created_at,
  }
}

/** The id of the account that ?1 is, or has become part of (store/spellings.ts). */
export const currentMember = "coalesce((SELECT member FROM former_members WHERE id = ?1), ?1)"

/** The member of an e-mail address, however it is spelt, or null. */
export async function findMember(db: D1Database, email: string): Promise<Member | null> {
  const find = db.prepare(`${select} m.email_folded = ?1`).bind(foldEmail(email))
  const row = await findBySpelling<MemberRow>(db, "members", email, find)
  return row === null ? null : readMember(row)
}

/** The member of an id, or null. */
export function findMemberById(db: D1Database, id: string): Promise<Member | null> {
  return findBy(db, `m.id = ${currentMember}`, id)
}

/** The member of a customer at Stripe, or null. */
export function findCustomer(db: D1Database, customer: string): Promise<Member | null> {
  const query = `m.id = coalesce((SELECT id FROM members WHERE stripe_customer = ?1),
    (SELECT member FROM former_members WHERE stripe_customer = ?1))`
  return findBy(db, query, customer)
}

async function findBy(db: D1Database, where: string, value: string): Promise<Member | null> {
  const row = await db.prepare(`${select} ${where}`).bind(value).first<MemberRow>()
  return row === null ? null : readMember(row)
}

/**
 * The member of an e-mail address; made when there is none, without any standing yet.
 * @param language for letters; an existing member keeps theirs
 */
export async function createMember(db: D1Database, email: string, language: string, now: number): Promise<Member> {
  const known = await findMember(db, email)
  if (known !== null) return known
  await db
    .prepare(
      "INSERT OR IGNORE INTO members (id, email, email_folded, folding, language, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(crypto.randomUUID(), readEmail(email) ?? email, foldEmail(email), foldingVersion, language, now)
    .run()
  const member = await findMember(db, email)
  if (member === null) throw new Error("a member was made and is not there")
  return member
}

/** The newsroom's grant: until then, or `withoutEnd`. It lifts a revocation. */
export async function grantMembership(db: D1Database, id: string, until: number): Promise<void> {
  await db.prepare("UPDATE members SET granted_until = ?2, revoked_at = NULL WHERE id = ?1").bind(id, until).run()
}

/** Ends a membership, granted or paid: at the next check, within 5 minutes, everywhere. A subscription is not cancelled by it. */
export async function revokeMembership(db: D1Database, id: string, now: number): Promise<void> {
  await db.prepare("UPDATE members SET granted_until = 0, revoked_at = ?2 WHERE id = ?1").bind(id, now).run()
}

/** Members in the order of their addresses, after `after` (folded; "" for the first). */
export async function listMembers(db: D1Database, after: string, limit: number): Promise<Member[]> {
  const query = `SELECT ${memberColumns} FROM members m WHERE m.email_folded > ?1 ORDER BY m.email_folded LIMIT ?2`
  const { results } = await db.prepare(query).bind(after, limit).all<MemberRow>()
  return results.map(readMember)
}

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
