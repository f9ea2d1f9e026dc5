// Editors and their keys: a key is shown once and kept as a hash.
import { hashContent } from "./bodies.ts"

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

/** Makes an editor and the key, which is not kept. @returns null when the name is taken */
export async function addEditor(db: D1Database, name: string, role: Role, now: number): Promise<string | null> {
  const key = `dl_${crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })}`
  const { meta } = await db
    .prepare("INSERT OR IGNORE INTO editors (name, role, key_hash, created_at) VALUES (?1, ?2, ?3, ?4)")
    .bind(name, role, await hashContent(key), now)
    .run()
  return meta.changes === 1 ? key : null
}

/** Ends an editor's key at once. @returns false when there is no such editor */
export async function revokeEditor(db: D1Database, name: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare("UPDATE editors SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL")
    .bind(name, now)
    .run()
  return meta.changes === 1
}

/** All editors whose keys are valid. */
export async function listEditors(db: D1Database): Promise<Editor[]> {
  const { results } = await db
    .prepare("SELECT name, role FROM editors WHERE revoked_at IS NULL ORDER BY name")
    .all<Editor>()
  return results
}
