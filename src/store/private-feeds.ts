// Private feeds: an address that opens full texts, until it is replaced or revoked, while its member is one.
import { type Member, memberColumns, readMember } from "./members.ts"
import { ownRows } from "./personal-data.ts"

/** Makes a member's feed address; the former one ends. @returns the token in it, hex */
export async function makeFeed(db: D1Database, member: string, now: number): Promise<string> {
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex()
  await db.batch([
    endFeeds(db, member),
    db.prepare("INSERT INTO private_feeds (token, member, created_at) VALUES (?1, ?2, ?3)").bind(token, member, now),
  ])
  return token
}

export async function revokeFeed(db: D1Database, member: string): Promise<void> {
  await endFeeds(db, member).run()
}

/** A merged account has the feeds of both (store/spellings.ts). */
function endFeeds(db: D1Database, member: string): D1PreparedStatement {
  return db.prepare(`DELETE FROM private_feeds WHERE ${ownRows}`).bind(member)
}

/** The token of a member's feed address, or null. */
export async function findFeed(db: D1Database, member: string): Promise<string | null> {
  const query = "SELECT token FROM private_feeds WHERE member = ?1"
  return (await db.prepare(query).bind(member).first<{ token: string }>())?.token ?? null
}

/** Whose feed it is, as they stand now; null when there is none of that address. */
export async function findFeedMember(db: D1Database, token: string): Promise<Member | null> {
  const row = await db
    .prepare(
      `SELECT ${memberColumns} FROM private_feeds f
       JOIN members m ON m.id = coalesce((SELECT member FROM former_members WHERE id = f.member), f.member)
       WHERE f.token = ?1`,
    )
    .bind(token)
    .first<Parameters<typeof readMember>[0]>()
  return row === null ? null : readMember(row)
}
