// The audit log: who did what at the desk, when. No e-mail addresses: members are named by their ids.

/** Writes one entry. */
export async function recordAudit(
  db: D1Database,
  entry: { readonly action: string; readonly subject: string; readonly detail: string },
  who: string,
  now: number,
): Promise<void> {
  await db
    .prepare("INSERT INTO audit (at, who, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)")
    .bind(now, who, entry.action, entry.subject, entry.detail)
    .run()
}
