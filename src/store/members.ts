// Finds and creates members, and grants and revokes memberships.
import { foldEmail, foldingVersion, readEmail } from "../site/email-address.ts"
import { mergeSpellings } from "./merge-people.ts"
import { type Member, memberColumns } from "./sessions-and-gifts.ts"
import { batch, first, list } from "./sql.ts"

/** The end of a grant without an end date: the latest time that `Date` can represent. */
export const withoutEnd = 8_640_000_000_000_000

const select = `SELECT ${memberColumns} FROM members WHERE`

/** SQL for the current id of the account ?1, which may have been merged into another (store/merge-people.ts). */
export const currentMember = "coalesce((SELECT member FROM former_members WHERE id = ?1), ?1)"

/** The member with this email address, however it is spelled, or null. */
export async function findMember(db: D1Database, email: string): Promise<Member | null> {
  await mergeSpellings(db, email)
  return first<Member>(db, `${select} email_folded = ?1`, foldEmail(email))
}

export function findMemberById(db: D1Database, id: string): Promise<Member | null> {
  return first<Member>(db, `${select} id = ${currentMember}`, id)
}

/**
 * The member with this email address, created without a membership if there is none.
 * @param language for emails; an existing member keeps theirs
 */
export async function createMember(db: D1Database, email: string, language: string, now: number): Promise<Member> {
  await mergeSpellings(db, email)
  const key = foldEmail(email)
  const insert = `INSERT OR IGNORE INTO members (id, email, email_folded, folding, language, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)`
  const [, found] = await batch<[unknown, Member]>(db, [
    [insert, crypto.randomUUID(), readEmail(email) ?? email, key, foldingVersion, language, now],
    [`${select} email_folded = ?1`, key],
  ])
  return expectMember(found.results[0])
}

/** Grants a membership from the newsroom until the given time, or `withoutEnd`. Lifts any revocation. */
export function grantMembership(db: D1Database, id: string, until: number): Promise<Member> {
  return update(db, "granted_until = ?2, revoked_at = NULL", id, until)
}

/** Ends a membership, granted or paid, at the next check (within 5 minutes). Does not cancel a subscription. */
export function revokeMembership(db: D1Database, id: string, now: number): Promise<Member> {
  return update(db, "granted_until = 0, revoked_at = ?2", id, now)
}

async function update(db: D1Database, changes: string, id: string, value: number): Promise<Member> {
  const query = `UPDATE members SET ${changes} WHERE id = ${currentMember} RETURNING ${memberColumns}`
  return expectMember(await first<Member>(db, query, id, value))
}

function expectMember(member: Member | null | undefined): Member {
  if (!member) throw new Error("the member just written was not found")
  return member
}

/** Members in order of id, starting after the id `after` ("" for the first). */
export async function listMembers(db: D1Database, after: string, limit: number): Promise<Member[]> {
  const query = `${select} id > ?1 ORDER BY id LIMIT ?2`
  return list<Member>(db, query, after, limit)
}
