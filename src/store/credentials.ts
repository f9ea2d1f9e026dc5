// Stores what people sign in with: readers' sessions and one-time links, editors' keys. Tokens are stored as hashes.
import { hashContent } from "./bodies.ts"
import { currentMember } from "./members.ts"

/** Starts a session and ends the browser's previous one. @returns its id */
export async function startSession(
  db: D1Database,
  member: string,
  former: string | null,
  now: number,
  expires: number,
): Promise<string> {
  const id = crypto.randomUUID()
  await db.batch([
    db.prepare("DELETE FROM sessions WHERE id = ?1").bind(former ?? ""),
    db
      .prepare("INSERT INTO sessions (id, member, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)")
      .bind(id, member, now, expires),
  ])
  return id
}

/** Signs a browser out. */
export async function endSession(db: D1Database, id: string): Promise<void> {
  await db.prepare("DELETE FROM sessions WHERE id = ?1").bind(id).run()
}

/** Signs a member out everywhere. The id may come from a cookie that predates a merge of accounts. */
export async function endSessions(db: D1Database, member: string): Promise<void> {
  await db.prepare(`DELETE FROM sessions WHERE member = ${currentMember}`).bind(member).run()
}

/** How long a link works, in milliseconds: 15 minutes. */
export const linkLasts = 900_000

export interface Link {
  readonly member: string
  /** The member's email address. */
  readonly email: string
  /** SHA-256 of the nonce of the browser that asked. */
  readonly browser: string
  readonly next: string
}

/** 256 random bits, encoded for use in a URL or a cookie. */
export function createToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })
}

/**
 * Creates a link for a member. For "" (an unknown address) it runs the same query but writes no row.
 * @returns the token, which is not stored
 */
export async function createLink(
  db: D1Database,
  link: { readonly member: string; readonly browser: string; readonly next: string },
  now: number,
): Promise<string> {
  const token = createToken()
  await db
    .prepare(`INSERT INTO links (hash, member, browser, next, expires_at)
       SELECT ?1, id, ?3, ?4, ?5 FROM members WHERE id = ?2`)
    .bind(await hashContent(token), link.member, link.browser, link.next, now + linkLasts)
    .run()
  return token
}

/** The link for a token, or null if it has been used, has expired or never existed. */
export async function findLink(db: D1Database, token: string, now: number): Promise<Link | null> {
  return db
    .prepare(
      `SELECT l.member, m.email, l.browser, l.next FROM links l JOIN members m ON m.id = l.member
       WHERE l.hash = ?1 AND l.used_at IS NULL AND l.expires_at > ?2`,
    )
    .bind(await hashContent(token), now)
    .first<Link>()
}

/** Uses up a link. Of concurrent attempts, only one succeeds. */
export async function useLink(
  db: D1Database,
  token: string,
  now: number,
): Promise<{ readonly member: string; readonly next: string } | null> {
  return db
    .prepare(
      `UPDATE links SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2
       AND EXISTS (SELECT 1 FROM members m WHERE m.id = links.member) RETURNING member, next`,
    )
    .bind(await hashContent(token), now)
    .first<{ member: string; next: string }>()
}

export type Role = "editor" | "admin"
export interface Editor {
  readonly name: string
  readonly role: Role
}

/** The editor who holds this key, or null. */
export async function findEditor(db: D1Database, key: string): Promise<Editor | null> {
  return db
    .prepare("SELECT name, role FROM editors WHERE key_hash = ?1 AND revoked_at IS NULL")
    .bind(await hashContent(key))
    .first<Editor>()
}

/** Creates an editor. @returns the key, which is not stored, or null when the name is taken */
export async function addEditor(db: D1Database, name: string, role: Role, now: number): Promise<string | null> {
  const key = `dl_${createToken()}`
  const { meta } = await db
    .prepare("INSERT OR IGNORE INTO editors (name, role, key_hash, created_at) VALUES (?1, ?2, ?3, ?4)")
    .bind(name, role, await hashContent(key), now)
    .run()
  return meta.changes === 1 ? key : null
}

/** Revokes an editor's key with immediate effect. @returns false when there is no such editor */
export async function revokeEditor(db: D1Database, name: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare("UPDATE editors SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL")
    .bind(name, now)
    .run()
  return meta.changes === 1
}

/** All editors with valid keys. */
export async function listEditors(db: D1Database): Promise<Editor[]> {
  const { results } = await db
    .prepare("SELECT name, role FROM editors WHERE revoked_at IS NULL ORDER BY name")
    .all<Editor>()
  return results
}
