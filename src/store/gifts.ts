// Gifts: articles that members gave away. A gift belongs to one article; it ends after its time, or when the giver takes it back.

/** Milliseconds since the epoch. */
export interface GiftRow {
  readonly id: string
  readonly path: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly revokedAt: number | null
}

/** A member may give so many articles in any 30 days. */
export const giftsAMonth = 20
const month = 2_592_000_000

/** Makes a gift. @returns its id; null when the member has given as many as a month allows */
export async function giveArticle(
  db: D1Database,
  member: string,
  path: string,
  now: number,
  expires: number,
): Promise<string | null> {
  const id = crypto.getRandomValues(new Uint8Array(12)).toHex()
  const { meta } = await db
    .prepare(
      `INSERT INTO gifts (id, member, path, created_at, expires_at) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE (SELECT count(*) FROM gifts WHERE member = ?2 AND created_at > ?4 - ${month}) < ${giftsAMonth}`,
    )
    .bind(id, member, path, now, expires)
    .run()
  return meta.changes === 1 ? id : null
}

/** A member's gifts of the last 30 days, newest first. */
export async function listGifts(db: D1Database, member: string, now: number): Promise<GiftRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, path, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt FROM gifts
       WHERE member = ?1 AND created_at > ?2 ORDER BY created_at DESC`,
    )
    .bind(member, now - month)
    .all<GiftRow>()
  return results
}

/** Takes a gift back: within 5 minutes it opens nothing anywhere. */
export async function revokeGift(db: D1Database, member: string, id: string, now: number): Promise<void> {
  await db
    .prepare("UPDATE gifts SET revoked_at = ?3 WHERE id = ?1 AND member = ?2 AND revoked_at IS NULL")
    .bind(id, member, now)
    .run()
}

/** A gift's article, and until when it opens it, milliseconds. */
export interface OpenGift {
  readonly path: string
  readonly expires: number
}

/** The gift, or null: expired, taken back, or of a member whose membership the newsroom revoked. */
export function findGift(people: D1Database, id: string, now: number): Promise<OpenGift | null> {
  return people
    .prepare(
      `SELECT g.path, g.expires_at AS expires FROM gifts g JOIN members m ON m.id = g.member
       WHERE g.id = ?1 AND g.expires_at > ?2 AND g.revoked_at IS NULL AND m.revoked_at IS NULL`,
    )
    .bind(id, now)
    .first<OpenGift>()
}

/** Where the article of an old address is now, or null: nothing moved away from there. */
export function findMoved(catalogue: D1Database, path: string): Promise<string | null> {
  return catalogue
    .prepare("SELECT a.path FROM redirects d JOIN articles a ON a.id = d.target WHERE d.path = ?1")
    .bind(path)
    .first<string>("path")
}
