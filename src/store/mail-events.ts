// Records reports from providers: bounces and complaints, after which an address gets no further editions.
import { foldEmail } from "../site/email.ts"

export type StopReason = "bounce" | "complaint"

/** A report about one email that bounced or was reported as spam. */
export interface MailEvent {
  /** The provider's id of the email. */
  readonly message: string
  /** The recipients in the report. */
  readonly emails: readonly string[]
  /** Why mail to them stops, or null if the reason is temporary. */
  readonly stops: StopReason | null
}

/** Records an event, once for each id. @param id the provider's id of the event; null if it has none */
export async function recordMailEvent(
  db: D1Database,
  id: string | null,
  { message, emails, stops }: MailEvent,
  now: number,
): Promise<void> {
  const folded = JSON.stringify(emails.map(foldEmail))
  const isNew = "NOT EXISTS (SELECT 1 FROM mail_events WHERE id = ?1)"
  const stop = (who: string, value: string) =>
    db
      .prepare(
        `UPDATE subscribers SET stopped_at = ?3, stopped_by = ?4 WHERE ${who} AND stopped_at IS NULL AND ${isNew}`,
      )
      .bind(id, value, now, stops)
  const found = "SELECT id FROM subscribers WHERE email_folded IN (SELECT value FROM json_each(?2))"
  await db.batch([
    db.prepare(`UPDATE deliveries SET bounced = 1 WHERE message = ?2 AND ${isNew}`).bind(id, message),
    // The response with the id may still be under way, or may have been lost.
    db
      .prepare(`UPDATE deliveries SET bounced = 1 WHERE subscriber IN (${found}) AND state = 'claimed' AND ${isNew}`)
      .bind(id, folded),
    ...(stops === null
      ? []
      : [
          stop("id IN (SELECT subscriber FROM deliveries WHERE message = ?2)", message),
          stop("email_folded IN (SELECT value FROM json_each(?2))", folded),
        ]),
    // Also ignores an event without an id.
    db.prepare("INSERT OR IGNORE INTO mail_events (id, at) VALUES (?1, ?2)").bind(id, now),
  ])
}
