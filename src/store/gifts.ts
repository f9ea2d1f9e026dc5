// Stores what belongs to members: the gifts they gave, the articles they saved, their private feed.
import type { Entry, MediaItem } from "../article/article.ts"
import { type MembersBodies, readWholeBody } from "./bodies.ts"
import { StoreFailure } from "./failure.ts"
import { ownRows } from "./personal-data.ts"
import { type Member, memberColumns } from "./readers.ts"
import { bodyFields, expectFields, isReadable, type RecordRow, readRecord, readRows } from "./rows.ts"

/** Times are in milliseconds since the epoch. */
export interface GiftRow {
  readonly id: string
  /** Where the article was when it was given. */
  readonly path: string
  /** The article's id; "" if it was not stored, and the gift opens nothing. */
  readonly article: string
  readonly expiresAt: number
  readonly revokedAt: number | null
}

/** How many articles a member may give in any 30 days. */
export const giftsAMonth = 20
const month = 2_592_000_000

/** Creates a gift. @returns its id, or null when the member has reached the monthly limit */
export async function giveArticle(
  db: D1Database,
  member: string,
  article: { readonly id: string; readonly path: string },
  now: number,
  expires: number,
): Promise<string | null> {
  const id = crypto.getRandomValues(new Uint8Array(12)).toHex()
  const { meta } = await db
    .prepare(
      `INSERT INTO gifts (id, member, path, created_at, expires_at, article) SELECT ?1, ?2, ?3, ?4, ?5, ?6
       WHERE (SELECT count(*) FROM gifts WHERE member = ?2 AND created_at > ?4 - ${month}) < ${giftsAMonth}`,
    )
    .bind(id, member, article.path, now, expires, article.id)
    .run()
  return meta.changes === 1 ? id : null
}

/** A member's gifts of the last 30 days, newest first. */
export async function listGifts(db: D1Database, member: string, now: number): Promise<GiftRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, path, ifnull(article, '') AS article, expires_at AS expiresAt, revoked_at AS revokedAt FROM gifts
       WHERE member = ?1 AND created_at > ?2 ORDER BY created_at DESC`,
    )
    .bind(member, now - month)
    .all<GiftRow>()
  return results
}

/** Revokes a gift. Within 5 minutes it no longer opens anything anywhere. */
export async function revokeGift(db: D1Database, member: string, id: string, now: number): Promise<void> {
  await db
    .prepare("UPDATE gifts SET revoked_at = ?3 WHERE id = ?1 AND member = ?2 AND revoked_at IS NULL")
    .bind(id, member, now)
    .run()
}

/**
 * Where given articles are now, by id, without those that another article has replaced. Readers who may not see one get
 * its path as the title. One D1 trip.
 */
export async function locateGiven(catalogue: D1Database, ids: readonly string[], now: number) {
  const { results } = await catalogue
    .prepare(
      `SELECT g.value AS id, a.path, iif(${isReadable}, a.title, a.path) AS title
       FROM json_each(?1) g JOIN articles a ON a.id = CAST(g.value AS INTEGER) WHERE a.id || '.' || a.life = g.value`,
    )
    .bind(JSON.stringify(ids), now)
    .all<{ id: string; path: string; title: string }>()
  return new Map(results.map((row) => [row.id, row]))
}

/** How many saved articles a member keeps. Beyond that, the oldest are dropped. */
export const mostSaved = 500

/** Saves an article. Saving it again only updates the time. */
export async function saveArticle(db: D1Database, member: string, path: string, now: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        "INSERT INTO saved (member, path, at) VALUES (?1, ?2, ?3) ON CONFLICT (member, path) DO UPDATE SET at = ?3",
      )
      .bind(member, path, now),
    db
      .prepare(
        `DELETE FROM saved WHERE member = ?1 AND path IN
         (SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC LIMIT -1 OFFSET ${mostSaved})`,
      )
      .bind(member),
  ])
}

export async function removeSaved(db: D1Database, member: string, path: string): Promise<void> {
  await db.prepare("DELETE FROM saved WHERE member = ?1 AND path = ?2").bind(member, path).run()
}

/** Whether the member of this session has saved the article. */
export async function isSaved(db: D1Database, session: string, path: string): Promise<boolean> {
  const query = "SELECT 1 FROM sessions s JOIN saved a ON a.member = s.member WHERE s.id = ?1 AND a.path = ?2"
  return (await db.prepare(query).bind(session, path).first()) !== null
}

/** Paths of a member's saved articles, most recently saved first. */
export async function listSaved(db: D1Database, member: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC")
    .bind(member)
    .all<{ path: string }>()
  return results.map(({ path }) => path)
}

/** Creates a member's feed address and ends the previous one. @returns its token, in hex */
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

/** Ends all feeds: a merged account has those of both (store/spellings.ts). */
function endFeeds(db: D1Database, member: string): D1PreparedStatement {
  return db.prepare(`DELETE FROM private_feeds WHERE ${ownRows}`).bind(member)
}

/** The token of a member's feed address, or null. */
export async function findFeed(db: D1Database, member: string): Promise<string | null> {
  const query = "SELECT token FROM private_feeds WHERE member = ?1"
  return (await db.prepare(query).bind(member).first<{ token: string }>())?.token ?? null
}

/** The current record of the member whose feed this is, or null when no feed has that token. */
export async function findFeedMember(db: D1Database, token: string): Promise<Member | null> {
  const query = `SELECT ${memberColumns} FROM private_feeds f
    JOIN members ON members.id = coalesce((SELECT member FROM former_members WHERE id = f.member), f.member)
    WHERE f.token = ?1`
  return db.prepare(query).bind(token).first<Member>()
}

export interface FullText {
  readonly entry: Entry
  readonly media: Readonly<Record<string, MediaItem>>
  /** Markdown, both parts. */
  readonly text: string
}

const fullTextQuery = `SELECT a.path, a.record, a.open_hash, a.members_hash FROM listed l JOIN articles a ON a.id = l.article
WHERE l.listing = ?1 AND l.at <= ?2 AND (l.expires_at IS NULL OR l.expires_at > ?2)
ORDER BY l.at DESC, l.article DESC LIMIT ?3`

/**
 * The first `size` articles of a listing, in full. One D1 trip, and at most two KV reads per article. Articles that are
 * damaged or whose text is missing are left out.
 * @throws StoreFailure when no text at all can be read
 */
export async function readFullTexts(
  db: D1Database,
  bodies: MembersBodies,
  listing: string,
  size: number,
  now: number,
): Promise<FullText[]> {
  const { results } = await db
    .prepare(fullTextQuery)
    .bind(listing, now, size)
    .all<RecordRow & { open_hash: string; members_hash: string | null }>()
  const wanted = readRows(results, (row) => {
    const { open_hash, members_hash } = expectFields(row, bodyFields)
    const entry = readRecord(row)
    return { entry, hashes: { division: entry.division, openHash: open_hash, membersHash: members_hash } }
  })
  const texts: FullText[] = []
  const failures: StoreFailure[] = []
  await Promise.all(
    wanted.map(async ({ entry, hashes }, index) => {
      try {
        texts[index] = { entry, media: entry.media, text: await readWholeBody(bodies, hashes) }
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error
        failures.push(error)
      }
    }),
  )
  const [first] = failures
  if (first !== undefined && failures.length === wanted.length) throw first
  for (const { message } of failures) console.error("left out", message)
  return texts.filter(Boolean)
}

/** Titles of articles by their paths, former ones too, without those that readers cannot see. One D1 trip. */
export async function readTitles(db: D1Database, paths: readonly string[], now: number): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map()
  const { results } = await db
    .prepare(
      `SELECT wanted.value AS path, a.title FROM json_each(?1) wanted JOIN articles a ON a.id = coalesce(
         (SELECT id FROM articles WHERE path = wanted.value), (SELECT target FROM redirects WHERE path = wanted.value))
       WHERE ${isReadable}`,
    )
    .bind(JSON.stringify(paths), now)
    .all<{ path: string; title: string }>()
  return new Map(results.map(({ path, title }) => [path, title]))
}

/** The id (as stored in gifts) and title of an article that readers may see now, or null. */
export function findArticle(db: D1Database, path: string, now: number): Promise<{ id: string; title: string } | null> {
  return db
    .prepare(`SELECT a.id || '.' || a.life AS id, a.title FROM articles a WHERE a.path = ?1 AND ${isReadable}`)
    .bind(path, now)
    .first<{ id: string; title: string }>()
}
