// Finds and creates members, and grants and revokes memberships.
import { foldEmail, foldingVersion, readEmail } from "../site/email.ts"
import { type Member, type MemberRow, memberColumns, readMember } from "./readers.ts"
import { findBySpelling } from "./spellings.ts"

/** The end of a grant that has no end date: the latest moment that `Date` can represent. */
export const withoutEnd = 8_640_000_000_000_000

const select = `SELECT ${memberColumns} FROM members m WHERE`

/** SQL for the current id of the account ?1, which may have been merged into another (store/spellings.ts). */
export const currentMember = "coalesce((SELECT member FROM former_members WHERE id = ?1), ?1)"

/** The member with this email address, however it is spelled, or null. */
export async function findMember(db: D1Database, email: string): Promise<Member | null> {
  const find = db.prepare(`${select} m.email_folded = ?1`).bind(foldEmail(email))
  const row = await findBySpelling<MemberRow>(db, "members", email, find)
  return row === null ? null : readMember(row)
}

/** The member with this id, or null. */
export function findMemberById(db: D1Database, id: string): Promise<Member | null> {
  return findBy(db, `m.id = ${currentMember}`, id)
}

async function findBy(db: D1Database, where: string, value: string): Promise<Member | null> {
  const row = await db.prepare(`${select} ${where}`).bind(value).first<MemberRow>()
  return row === null ? null : readMember(row)
}

/**
 * The member with this email address, created without a membership if there is none.
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
  if (member === null) throw new Error("the member just written was not found")
  return member
}

/** Grants a membership from the newsroom until the given time, or `withoutEnd`. Lifts any revocation. */
export async function grantMembership(db: D1Database, id: string, until: number): Promise<void> {
  await db.prepare("UPDATE members SET granted_until = ?2, revoked_at = NULL WHERE id = ?1").bind(id, until).run()
}

/** Ends a membership, granted or paid, at the next check (within 5 minutes). Does not cancel a subscription. */
export async function revokeMembership(db: D1Database, id: string, now: number): Promise<void> {
  await db.prepare("UPDATE members SET granted_until = 0, revoked_at = ?2 WHERE id = ?1").bind(id, now).run()
}

/** Members in order of address, starting after `after` (folded; "" for the first). */
export async function listMembers(db: D1Database, after: string, limit: number): Promise<Member[]> {
  const query = `SELECT ${memberColumns} FROM members m WHERE m.email_folded > ?1 ORDER BY m.email_folded LIMIT ?2`
  const { results } = await db.prepare(query).bind(after, limit).all<MemberRow>()
  return results.map(readMember)
}
