// Sessions: a row for each sign-in that has not been signed out.
import { currentMember, type Member, memberColumns, readMember } from "./members.ts"

/** Starts a session, and ends the one that the browser had. @returns its id */
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

/** Whose session it is, as they stand now; null when it has been ended. One D1 trip. `now` in milliseconds. */
export async function findSession(db: D1Database, id: string, now: number): Promise<Member | null> {
  const row = await db
    .prepare(
      `SELECT ${memberColumns} FROM sessions s JOIN members m ON m.id = s.member WHERE s.id = ?1 AND s.expires_at > ?2`,
    )
    .bind(id, now)
    .first<Parameters<typeof readMember>[0]>()
  return row === null ? null : readMember(row)
}

/** Signs a browser out. */
export async function endSession(db: D1Database, id: string): Promise<void> {
  await db.prepare("DELETE FROM sessions WHERE id = ?1").bind(id).run()
}

/** Signs a member out everywhere. The id may be a cookie's, from before accounts were merged. */
export async function endSessions(db: D1Database, member: string): Promise<void> {
  await db.prepare(`DELETE FROM sessions WHERE member = ${currentMember}`).bind(member).run()
}
