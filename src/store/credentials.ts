// Stores what people sign in with: readers' sessions and one-time links, editors' keys. Tokens are stored as hashes.
import { hashContent } from "./bodies.ts"
import { currentMember } from "./members.ts"
import { batch, first, list, run } from "./sql.ts"

interface NewSession {
  readonly member: string
  /** The id of the browser's previous session. */
  readonly former: string | null
  readonly now: number
  readonly expires: number
}

/** Starts a session and ends the browser's previous one. @returns the new session's id */
export async function startSession(db: D1Database, { member, former, now, expires }: NewSession): Promise<string> {
  const id = crypto.randomUUID()
  await batch(db, [
    [startQuery, id, member, now, expires],
    ["DELETE FROM sessions WHERE id = ?1", former ?? ""],
  ])
  return id
}

const startQuery = "INSERT INTO sessions (id, member, created_at, expires_at) SELECT ?1, ?2, ?3, ?4"

export async function endSession(db: D1Database, id: string): Promise<void> {
  await run(db, "DELETE FROM sessions WHERE id = ?1", id)
}

/** Signs a member out everywhere. The id may come from a cookie that predates a merge of accounts. */
export async function endSessions(db: D1Database, member: string): Promise<void> {
  await run(db, `DELETE FROM sessions WHERE member = ${currentMember}`, member)
}

/** How long a sign-in link works, in milliseconds: 15 minutes. */
export const linkLasts = 900_000

export interface Link {
  readonly member: string
  /** The member's email address. */
  readonly email: string
  /** SHA-256 of the nonce in the browser that requested the link. */
  readonly browser: string
  readonly next: string
  /** 1 until the link has been used or has expired. */
  readonly works: number
}

/** 256 random bits, encoded for use in a URL or a cookie. */
export function createToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })
}

/**
 * Creates a sign-in link for a member. For the id "" (unknown email address), the same query runs but writes no row.
 * @returns the token, which is not stored
 */
export async function createLink(
  db: D1Database,
  link: { readonly member: string; readonly browser: string; readonly next: string },
  now: number,
): Promise<string> {
  const token = createToken()
  const query = `INSERT INTO links (hash, member, browser, next, expires_at)
    SELECT ?1, id, ?3, ?4, ?5 FROM members WHERE id = ?2`
  await run(db, query, await hashContent(token), link.member, link.browser, link.next, now + linkLasts)
  return token
}

/** The link for a token, or null if it never existed or has been deleted since it expired. */
export async function findLink(db: D1Database, token: string, now: number): Promise<Link | null> {
  const query = `SELECT l.member, m.email, l.browser, l.next, l.used_at IS NULL AND l.expires_at > ?2 AS works
    FROM links l JOIN members m ON m.id = l.member WHERE l.hash = ?1`
  return first<Link>(db, query, await hashContent(token), now)
}

/**
 * Uses up a link and starts a session, as `startSession` does, in one transaction: if it fails, the link still works.
 * Of concurrent attempts, only one succeeds. @returns the session's id, or null if the link no longer works
 */
export async function useLink(
  db: D1Database,
  token: string,
  { member, former, now, expires }: NewSession,
): Promise<string | null> {
  const id = crypto.randomUUID()
  const use = `UPDATE links SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2
    AND EXISTS (SELECT 1 FROM members m WHERE m.id = links.member)`
  const [used] = await batch<[unknown, unknown, unknown]>(db, [
    [use, await hashContent(token), now],
    [`${startQuery} WHERE changes() > 0`, id, member, now, expires],
    ["DELETE FROM sessions WHERE id = ?1 AND changes() > 0", former ?? ""],
  ])
  return used.meta.changes === 1 ? id : null
}

export type Role = "editor" | "admin"
export interface Editor {
  readonly name: string
  readonly role: Role
}

export async function findEditor(db: D1Database, key: string): Promise<Editor | null> {
  const query = "SELECT name, role FROM editors WHERE key_hash = ?1 AND revoked_at IS NULL"
  return first<Editor>(db, query, await hashContent(key))
}

/** Creates an editor. @returns the key, which is not stored, or null when the name is taken */
export async function addEditor(db: D1Database, name: string, role: Role, now: number): Promise<string | null> {
  const key = `dl_${createToken()}`
  const query = "INSERT OR IGNORE INTO editors (name, role, key_hash, created_at) VALUES (?1, ?2, ?3, ?4)"
  const changes = await run(db, query, name, role, await hashContent(key), now)
  return changes === 1 ? key : null
}

/** Revokes an editor's key with immediate effect. */
export async function revokeEditor(db: D1Database, name: string, now: number): Promise<void> {
  await run(db, "UPDATE editors SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL", name, now)
}

/** @param former includes editors whose keys were revoked */
export async function listEditors(db: D1Database, former = false): Promise<Editor[]> {
  return list<Editor>(db, "SELECT name, role FROM editors WHERE revoked_at IS NULL OR ?1 ORDER BY name", Number(former))
}
