// Stores what belongs to members: gifted articles, saved articles and private feeds.
import { mayReadAll } from "../membership/access.ts"
import { readOpenBody, readWholeBody } from "./bodies.ts"
import { StoreFailure } from "./failure.ts"
import { readStories } from "./listings.ts"
import { ownRows } from "./personal-data.ts"
import { articleAt, isReadable } from "./rows.ts"
import { type GivenArticle, type Member, memberColumns } from "./sessions-and-gifts.ts"
import { batch, column, first, list, run, type Statement, value } from "./sql.ts"
import type { Texts } from "./stores.ts"

export interface GiftRow extends GivenArticle {
  readonly revokedAt: number | null
}

/** How many articles a member may give in any 30-day period. */
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
  const query = `INSERT INTO gifts (id, member, path, created_at, expires_at, article) SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE (SELECT count(*) FROM gifts WHERE member = ?2 AND created_at > ?4 - ${month}) < ${giftsAMonth}`
  const changes = await run(db, query, id, member, article.path, now, expires, article.id)
  return changes === 1 ? id : null
}

/** A member's gifts of the last 30 days, newest first. */
export async function listGifts(db: D1Database, member: string, now: number): Promise<GiftRow[]> {
  const query = `SELECT id, path, article, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt FROM gifts
    WHERE member = ?1 AND created_at > ?2 ORDER BY created_at DESC`
  return list<GiftRow>(db, query, member, now - month)
}

/** Revokes a gift. Its link stops working everywhere within 5 minutes. */
export async function revokeGift(db: D1Database, member: string, id: string, now: number): Promise<void> {
  const query = "UPDATE gifts SET revoked_at = ?3 WHERE id = ?1 AND member = ?2 AND revoked_at IS NULL"
  await run(db, query, id, member, now)
}

/** Current paths and titles of the gifted articles that readers can see now, by id. One D1 trip. */
export async function locateGiven(catalogue: D1Database, ids: readonly string[], now: number) {
  const query = `SELECT g.value AS id, a.path, a.title FROM json_each(?1) g
    JOIN articles a ON a.id = CAST(g.value AS INTEGER) WHERE a.id || '.' || a.life = g.value AND ${isReadable}`
  const results = await list<{ id: string; path: string; title: string }>(catalogue, query, JSON.stringify(ids), now)
  return new Map(results.map((row) => [row.id, row]))
}

/** How many saved articles a member keeps. Beyond that, the oldest are dropped. */
const mostSaved = 500

/** Saves an article. Saving it again only updates the time. */
export async function saveArticle(db: D1Database, member: string, path: string, now: number): Promise<void> {
  const save =
    "INSERT INTO saved (member, path, at) VALUES (?1, ?2, ?3) ON CONFLICT (member, path) DO UPDATE SET at = ?3"
  const trim = `DELETE FROM saved WHERE member = ?1 AND path IN
    (SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC LIMIT -1 OFFSET ${mostSaved})`
  await batch(db, [
    [save, member, path, now],
    [trim, member],
  ])
}

/** An article's address and those that redirect to it: the article may have been saved before it moved. */
export async function readAddresses(catalogue: D1Database, path: string): Promise<string[]> {
  const query = "SELECT ?1 UNION SELECT r.path FROM redirects r JOIN articles a ON a.id = r.target WHERE a.path = ?1"
  return column<string>(catalogue, query, path)
}

/** @param paths all addresses of the article */
export async function removeSaved(db: D1Database, member: string, paths: readonly string[]): Promise<void> {
  const query = "DELETE FROM saved WHERE member = ?1 AND path IN (SELECT value FROM json_each(?2))"
  await run(db, query, member, JSON.stringify(paths))
}

/** Whether the member of this session has saved the article with these addresses. */
export async function isSaved(db: D1Database, session: string, paths: readonly string[]): Promise<boolean> {
  const query = `SELECT 1 FROM sessions s JOIN saved a ON a.member = s.member
    WHERE s.id = ?1 AND a.path IN (SELECT value FROM json_each(?2))`
  return (await first(db, query, session, JSON.stringify(paths))) !== null
}

/** Paths of a member's saved articles, most recently saved first. */
export async function listSaved(db: D1Database, member: string): Promise<string[]> {
  return column<string>(db, "SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC", member)
}

/** Creates a member's feed address and revokes the previous one. @returns the new token, in hex */
export async function makeFeed(db: D1Database, member: string, now: number): Promise<string> {
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex()
  await batch(db, [
    endFeeds(member),
    ["INSERT INTO private_feeds (token, member, created_at) VALUES (?1, ?2, ?3)", token, member, now],
  ])
  return token
}

export async function revokeFeed(db: D1Database, member: string): Promise<void> {
  await run(db, ...endFeeds(member))
}

/** Revokes all of a member's feeds: after a merge of accounts, there may be two (store/merge-people.ts). */
function endFeeds(member: string): Statement {
  return [`DELETE FROM private_feeds WHERE ${ownRows}`, member]
}

/** The token of a member's feed address, or null. */
export async function findFeed(db: D1Database, member: string): Promise<string | null> {
  return value<string>(db, "SELECT token FROM private_feeds WHERE member = ?1", member)
}

/** The member whose feed has this token, even if accounts have been merged since; null if there is none. */
export async function findFeedMember(db: D1Database, token: string): Promise<Member | null> {
  const query = `SELECT ${memberColumns} FROM private_feeds f
    JOIN members ON members.id = coalesce((SELECT member FROM former_members WHERE id = f.member), f.member)
    WHERE f.token = ?1`
  return first<Member>(db, query, token)
}

/**
 * The first articles of a listing, each as far as the audience may read it. One D1 trip, and at most two KV reads per
 * article. Articles that are damaged or whose text is missing are left out. `text`: Markdown.
 * @throws StoreFailure when no text at all can be read
 */
export async function readTexts(
  { catalogue: db, bodies }: Texts,
  { listing, size, audience }: { listing: string; size: number; audience: "public" | "members" },
  now: number,
) {
  const stories = await readStories(db, listing, size, now)
  const reads = stories.map(({ record, hashes }) =>
    mayReadAll({ id: record.path, gated: record.gated }, audience)
      ? readWholeBody(bodies, hashes)
      : readOpenBody(bodies, hashes),
  )
  const texts = await Promise.allSettled(reads)
  const failures = texts.flatMap((text) => (text.status === "rejected" ? [text.reason] : []))
  const bug = failures.find((failure) => !(failure instanceof StoreFailure))
  if (bug !== undefined) throw bug
  if (failures.length > 0 && failures.length === stories.length) throw failures[0]
  for (const { message } of failures) console.error("left out", message)
  return stories.flatMap(({ record }, index) => {
    const text = texts[index]
    return text?.status === "fulfilled" ? [{ record, text: text.value }] : []
  })
}

/** Titles of articles by path, current or former, without articles that readers cannot see. One D1 trip. */
export async function readTitles(db: D1Database, paths: readonly string[], now: number): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map()
  const query = `SELECT wanted.value AS path, a.title FROM json_each(?1) wanted
    JOIN articles a ON a.id = ${articleAt("wanted.value")} WHERE ${isReadable}`
  const results = await list<{ path: string; title: string }>(db, query, JSON.stringify(paths), now)
  return new Map(results.map(({ path, title }) => [path, title]))
}

/** The id (as stored in gifts) and title of an article that readers may see now, or null. */
export function findArticle(db: D1Database, path: string, now: number): Promise<{ id: string; title: string } | null> {
  const query = `SELECT a.id || '.' || a.life AS id, a.title FROM articles a WHERE a.path = ?1 AND ${isReadable}`
  return first<{ id: string; title: string }>(db, query, path, now)
}
