// One-time links: the letter holds a token, here is its hash. Reading one never uses it up.
import { hashContent } from "./bodies.ts"

/** A link works for a quarter of an hour, milliseconds. */
export const linkLasts = 900_000

export interface Link {
  readonly member: string
  /** The member's e-mail address. */
  readonly email: string
  /** SHA-256 of the nonce of the browser that asked. */
  readonly browser: string
  readonly next: string
}

/** 256 random bits, to stand in an address or a cookie. */
export function createToken(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })
}

/** Makes a link for a member. For "" (an unknown address) it makes the same query but writes no row. @returns the token, which is not kept */
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

/** The link that a token still opens, or null: used, too old, never made. */
export async function findLink(db: D1Database, token: string, now: number): Promise<Link | null> {
  return db
    .prepare(
      `SELECT l.member, m.email, l.browser, l.next FROM links l JOIN members m ON m.id = l.member
       WHERE l.hash = ?1 AND l.used_at IS NULL AND l.expires_at > ?2`,
    )
    .bind(await hashContent(token), now)
    .first<Link>()
}

/** Uses a link up: of any number at once, one gets it. */
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
