// Members: who they are, until when they are members, and what they pay at Stripe.
import { foldEmail, foldingVersion, readEmail } from "../site/email.ts"
import { findBySpelling } from "./spellings.ts"

/** A moment that never comes: a grant without end. The last that `Date` knows. */
export const withoutEnd = 8_640_000_000_000_000

/** Times are milliseconds since the epoch. */
export interface Member {
  readonly id: string
  /** Where email goes: the name as it was typed, the domain in ASCII. */
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

async function findBy(db: D1Database, where: string, value: string): Promise<Member | null> {
  const row = await db.prepare(`${select} ${where}`).bind(value).first<MemberRow>()
  return row === null ? null : readMember(row)
}

/**
 * The member of an e-mail address; made when there is none, without any standing yet.
 * @param language for emails; an existing member keeps theirs
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
