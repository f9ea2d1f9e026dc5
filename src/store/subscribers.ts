// Stores newsletter subscriptions and sign-ups, and acts on providers' reports of bounces and complaints. An address is
// kept only while it has a subscription or awaits confirmation.

import type { List } from "../article/edition.ts"
import { foldEmail, foldingVersion, readEmail } from "../site/email-address.ts"
import { hashContent } from "./bodies.ts"
import { createToken } from "./credentials.ts"
import { mergeSpellings } from "./merge-people.ts"
import { batch, first, run, type Statement } from "./sql.ts"

export interface Subscriber {
  readonly email: string
  readonly language: string
  /** The token in links of the subscriber's emails. It allows its holder to end or change the subscriptions. */
  readonly token: string
  readonly lists: readonly List[]
  /** Why editions were stopped, or null if they are sent. `resumeEditions` clears it. */
  readonly stoppedBy: StopReason | null
}

/** How long a link that confirms a sign-up works, in milliseconds. */
const confirmationLasts = 3 * 86_400_000

const select = `SELECT email, language, token, stopped_by AS stoppedBy,
  (SELECT json_group_array(list) FROM subscriptions WHERE subscriber = s.id) AS lists FROM subscribers s`

/** The subscriber with an email address, or null. For the account page and data exports. */
export async function findSubscriber(db: D1Database, email: string): Promise<Subscriber | null> {
  await mergeSpellings(db, email)
  return toSubscriber(await first<Row>(db, `${select} WHERE email_folded = ?1`, foldEmail(email)))
}

/** SQL condition: the subscriber with token ?1, which may predate a merge of two spellings of an address. */
const ofToken = `id = coalesce((SELECT id FROM subscribers WHERE token = ?1),
  (SELECT subscriber FROM former_tokens WHERE token = ?1))`

/** The subscriber whose emails carry this token, or null. */
export async function findByToken(db: D1Database, token: string): Promise<Subscriber | null> {
  return toSubscriber(await first<Row>(db, `${select} WHERE ${ofToken}`, token))
}

type Row = Omit<Subscriber, "lists"> & { lists: string }

function toSubscriber(row: Row | null | undefined): Subscriber | null {
  return row ? { ...row, lists: JSON.parse(row.lists) } : null
}

/**
 * Adds an address to a list. An existing subscriber keeps their language and token.
 * @returns the subscriber, and whether they are new to the list
 */
export async function subscribe(
  db: D1Database,
  wanted: { readonly email: string; readonly language: string; readonly list: List },
  now: number,
): Promise<{ readonly subscriber: Subscriber; readonly added: boolean }> {
  const { email, language, list } = wanted
  const key = foldEmail(email)
  const add = `INSERT OR IGNORE INTO subscribers (email, email_folded, folding, language, token, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)`
  const join = `INSERT OR IGNORE INTO subscriptions (subscriber, list, since)
    SELECT id, ?2, ?3 FROM subscribers WHERE email_folded = ?1`
  const [, joined, found] = await batch<[unknown, unknown, Row]>(db, [
    [add, readEmail(email) ?? email, key, foldingVersion, language, createToken(), now],
    [join, key, list, now],
    [`${select} WHERE email_folded = ?1`, key],
  ])
  const subscriber = toSubscriber(found.results[0])
  if (subscriber === null) throw new Error("the subscriber just written was not found")
  return { subscriber, added: joined.meta.changes === 1 }
}

/** Ends one subscription, or all (`list` null). A subscriber with none left is deleted. Safe to repeat. */
export async function endSubscription(db: D1Database, token: string, list: List | null): Promise<void> {
  const forget = `DELETE FROM confirmations WHERE email_folded = (SELECT email_folded FROM subscribers WHERE ${ofToken})`
  const end = `DELETE FROM subscriptions WHERE subscriber = (SELECT id FROM subscribers WHERE ${ofToken}) AND list = ifnull(?2, list)`
  const drop = `DELETE FROM subscribers WHERE ${ofToken} AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE subscriber = subscribers.id)`
  await batch(db, [
    [forget, token],
    [end, token, list],
    [drop, token],
  ])
}

/** Resumes editions after a bounce or complaint. Call only once the owner of the address has confirmed it. */
export async function resumeEditions(db: D1Database, token: string): Promise<void> {
  await run(db, `UPDATE subscribers SET stopped_at = NULL, stopped_by = NULL WHERE ${ofToken}`, token)
}

export async function changeLanguage(db: D1Database, token: string, language: string): Promise<void> {
  await run(db, `UPDATE subscribers SET language = ?2 WHERE ${ofToken}`, token, language)
}

/** Records a sign-up for the headlines. @returns the token that confirms it, which is not stored */
export async function addConfirmation(
  db: D1Database,
  asked: { readonly email: string; readonly language: string },
  now: number,
): Promise<string> {
  const token = createToken()
  const { email, language } = asked
  const hash = await hashContent(token)
  const query = `INSERT INTO confirmations (token_hash, email, email_folded, folding, language, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)`
  await run(db, query, hash, email, foldEmail(email), foldingVersion, language, now + confirmationLasts)
  return token
}

/** Deletes a sign-up whose confirmation email could not be sent. */
export async function removeConfirmation(db: D1Database, token: string): Promise<void> {
  await run(db, "DELETE FROM confirmations WHERE token_hash = ?1", await hashContent(token))
}

/** The sign-up that a confirmation link stands for, or null if unknown or expired. */
export async function findConfirmation(db: D1Database, token: string, now: number) {
  const query = "SELECT email, language FROM confirmations WHERE token_hash = ?1 AND expires_at > ?2"
  return first<{ email: string; language: string }>(db, query, await hashContent(token), now)
}

export type StopReason = "bounce" | "complaint"

/** A report about one email that bounced or was reported as spam. */
export interface MailEvent {
  /** The provider's id for the email. */
  readonly message: string
  /** The recipients in the report. */
  readonly emails: readonly string[]
  /** Why mail to them stops, or null if it does not, as after a temporary failure. */
  readonly stops: StopReason | null
}

/** Records an event, once for each id. @param id the provider's id for the event; null if it has none */
export async function recordMailEvent(
  db: D1Database,
  id: string | null,
  { message, emails, stops }: MailEvent,
  now: number,
): Promise<void> {
  const folded = JSON.stringify(emails.map(foldEmail))
  const isNew = "NOT EXISTS (SELECT 1 FROM mail_events WHERE id = ?1)"
  const stop = (who: string, value: string): Statement => {
    const query = `UPDATE subscribers SET stopped_at = ?3, stopped_by = ?4 WHERE ${who} AND stopped_at IS NULL AND ${isNew}`
    return [query, id, value, now, stops]
  }
  const found = "SELECT id FROM subscribers WHERE email_folded IN (SELECT value FROM json_each(?2))"
  await batch(db, [
    [`UPDATE deliveries SET bounced = 1 WHERE message = ?2 AND ${isNew}`, id, message],
    // Also finds the delivery by its recipient: the provider's response with the message's id may be late or lost.
    [`UPDATE deliveries SET bounced = 1 WHERE subscriber IN (${found}) AND state = 'claimed' AND ${isNew}`, id, folded],
    ...(stops === null
      ? []
      : [
          stop("id IN (SELECT subscriber FROM deliveries WHERE message = ?2)", message),
          stop("email_folded IN (SELECT value FROM json_each(?2))", folded),
        ]),
    // Events without an id are not recorded: the insert ignores null.
    ["INSERT OR IGNORE INTO mail_events (id, at) VALUES (?1, ?2)", id, now],
  ])
}
