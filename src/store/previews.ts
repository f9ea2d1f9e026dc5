// Stores secret links to unpublished articles. The text of each link is only in KV MEMBERS_ARTICLES, under a key of its
// own, so that it can be deleted when the link ends.
import type { ArticleRecord } from "../article/article.ts"
import { createBody, hashContent, readBody } from "./bodies.ts"
import { addVariants } from "./media.ts"
import { recordAudit } from "./revisions.ts"
import { batch, first, list } from "./sql.ts"
import type { Texts } from "./stores.ts"

/** An article or static page that is not published. */
export interface Preview {
  readonly kind: "article" | "page"
  readonly record: ArticleRecord
  /** Markdown, including the members-only part. */
  readonly text: string
}

/** A link, without its token. */
export interface PreviewRow {
  readonly path: string
  readonly who: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** How long an ended link answers 410 before it is forgotten, in milliseconds. */
const remembered = 30 * 86_400_000
const columns = "path, who, expires_at AS expiresAt"

/** Creates a link. @returns its token (160 random bits), which is not stored */
export async function createPreview(
  { catalogue: db, bodies }: Texts,
  { record, ...preview }: Preview,
  { who, expiresAt }: Omit<PreviewRow, "path">,
  now: number,
): Promise<string> {
  const token = crypto.getRandomValues(new Uint8Array(20)).toHex()
  const id = await hashContent(token)
  // The id makes the key unique, so that no other link or revision uses it.
  const shown = { id, ...preview, record: await addVariants(db, record) }
  const { hash, bytes } = await createBody(JSON.stringify(shown))
  await bodies.members.put(hash, bytes, { expiration: Math.ceil(expiresAt / 1000) + 3600 })
  const insert = "INSERT INTO previews (token, path, body, who, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
  await batch(db, [
    ["DELETE FROM previews WHERE expires_at <= ?1", now - remembered],
    [insert, id, record.path, hash, who, now, expiresAt],
    recordAudit({ who, action: "preview", subject: record.path, detail: new Date(expiresAt).toISOString() }, now),
  ])
  return token
}

/** What a link shows, `ended` if it expired or was revoked, or null if there is no such link. */
export async function findPreview({ catalogue: db, bodies }: Texts, token: string, now: number) {
  const query = "SELECT body, expires_at AS expiresAt FROM previews WHERE token = ?1"
  const row = await first<{ body: string; expiresAt: number }>(db, query, await hashContent(token))
  if (row === null) return null
  if (row.expiresAt <= now) return "ended"
  return { ...(JSON.parse(await readBody(bodies.members, row.body)) as Preview), expiresAt: row.expiresAt }
}

/** The active links, in the order in which they expire. */
export async function listPreviews(db: D1Database, now: number): Promise<PreviewRow[]> {
  const query = `SELECT ${columns} FROM previews WHERE expires_at > ?1 ORDER BY expires_at, path LIMIT 1000`
  return list<PreviewRow>(db, query, now)
}

/** How many texts a request deletes (the free plan allows 50 subrequests). KV deletes any others when they expire. */
const mostDeleted = 40

/** Revokes every link to an article. @returns the links that worked until now */
export async function revokePreviews({ catalogue: db, bodies }: Texts, path: string, who: string, now: number) {
  const query = `UPDATE previews SET expires_at = ?2 WHERE path = ?1 AND expires_at > ?2 RETURNING ${columns}, body`
  const [{ results: ended }] = await batch<[PreviewRow & { body: string }, unknown]>(db, [
    [query, path, now],
    recordAudit({ who, action: "revoke-previews", subject: path }, now, "changes() > 0"),
  ])
  await Promise.all(ended.slice(0, mostDeleted).map(({ body }) => bodies.members.delete(body)))
  return ended.map(({ body: _, ...row }) => row)
}
