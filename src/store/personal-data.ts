// Exports and deletes everything stored about one person, in every table.

import { foldEmail } from "../site/email.ts"
import { sweepDeliveries } from "./deliveries.ts"
import { sweepMailEvents } from "./mail-events.ts"
import { sweepPayments } from "./payments.ts"
import { sweepRateLimits } from "./rate-limits.ts"
import type { Member } from "./readers.ts"
import { foldStored } from "./spellings.ts"
import { sweepConfirmations } from "./subscribers.ts"

/** A table with personal data: which rows are a person's, and which columns they are given. */
interface PersonalTable {
  readonly name: string
  /** Selects the person's rows by member id or folded email address, `?1`. */
  readonly where: string
  readonly by: "id" | "email"
  readonly columns: readonly string[]
}

/** Selects the rows of member ?1, including those still under the ids of accounts merged into theirs. */
export const ownRows = "(member = ?1 OR member IN (SELECT id FROM former_members WHERE member = ?1))"

/** Every such table, in order of deletion. The columns exclude hashes of tokens, which cannot be used. */
export const personalTables: readonly PersonalTable[] = [
  {
    name: "members",
    where: "id = ?1",
    by: "id",
    columns: [
      "id",
      "email",
      "email_folded",
      "folding",
      "language",
      "granted_until",
      "paid_until",
      "revoked_at",
      "stripe_customer",
      "stripe_subscription",
      "cancels",
      "stripe_at",
      "created_at",
    ],
  },
  { name: "sessions", where: "member = ?1", by: "id", columns: ["id", "created_at", "expires_at"] },
  { name: "links", where: "member = ?1", by: "id", columns: ["next", "expires_at", "used_at"] },
  {
    name: "payments",
    where: ownRows,
    by: "id",
    columns: ["subscription", "customer", "until", "cancels", "at", "live", "amount", "currency", "interval"],
  },
  { name: "checkouts", where: ownRows, by: "id", columns: ["key", "language", "customer", "url", "opened_at"] },
  {
    name: "claims",
    where: "email_folded = ?1",
    by: "email",
    columns: ["subscription", "email", "email_folded", "language", "expires_at"],
  },
  { name: "saved", where: "member = ?1", by: "id", columns: ["path", "at"] },
  {
    name: "gifts",
    where: "member = ?1",
    by: "id",
    columns: ["id", "path", "article", "created_at", "expires_at", "revoked_at"],
  },
  { name: "private_feeds", where: ownRows, by: "id", columns: ["token", "created_at"] },
  { name: "former_members", where: "member = ?1", by: "id", columns: ["id", "stripe_customer", "revoked_at", "at"] },
  {
    name: "former_tokens",
    where: "subscriber IN (SELECT id FROM subscribers WHERE email_folded = ?1)",
    by: "email",
    columns: ["token"],
  },
  {
    name: "deliveries",
    where: "subscriber IN (SELECT id FROM subscribers WHERE email_folded = ?1)",
    by: "email",
    columns: ["edition", "state", "at", "queued_at", "message", "bounced"],
  },
  {
    name: "subscriptions",
    where: "subscriber IN (SELECT id FROM subscribers WHERE email_folded = ?1)",
    by: "email",
    columns: ["list", "since"],
  },
  {
    name: "subscribers",
    where: "email_folded = ?1",
    by: "email",
    columns: ["email", "email_folded", "folding", "language", "token", "created_at", "stopped_at", "stopped_by"],
  },
  {
    name: "confirmations",
    where: "email_folded = ?1",
    by: "email",
    columns: ["email", "email_folded", "folding", "language", "expires_at"],
  },
]

/** Tables with nothing about a reader: editors' keys; rate limits' hashes, kept for a day; event ids from Stripe and mail providers. */
export const impersonalTables: readonly string[] = ["editors", "attempts", "rate_limits", "stripe_done", "mail_events"]

/** Everything stored about a member, by table. Times are in milliseconds since the epoch. One D1 trip. */
export async function exportPerson(db: D1Database, member: Member): Promise<Record<string, unknown[]>> {
  const results = await db.batch<Record<string, unknown>>(
    personalTables.map(({ name, where, columns, by }) =>
      db.prepare(`SELECT ${columns.join(", ")} FROM ${name} WHERE ${where}`).bind(keyOf(member, by)),
    ),
  )
  return Object.fromEntries(personalTables.map(({ name }, index) => [name, results[index]?.results ?? []]))
}

/** Deletes everything stored about a member, all or nothing. */
export async function deletePerson(db: D1Database, member: Member): Promise<void> {
  await db.batch(
    personalTables.map(({ name, where, by }) =>
      db.prepare(`DELETE FROM ${name} WHERE ${where}`).bind(keyOf(member, by)),
    ),
  )
}

function keyOf(member: Member, by: PersonalTable["by"]): string {
  return by === "id" ? member.id : foldEmail(member.email)
}

/** How long expired gifts are kept, in milliseconds, so that they still count towards the monthly limit. */
const giftsKept = 31 * 86_400_000

/**
 * Deletes expired links and sessions, unconfirmed sign-ups, and old gifts, rate limits, events and deliveries. `now` is
 * in milliseconds.
 */
export async function sweepPeople(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM links WHERE expires_at <= ?1").bind(now),
    db.prepare("DELETE FROM sessions WHERE expires_at <= ?1").bind(now),
    db.prepare("DELETE FROM gifts WHERE expires_at <= ?1").bind(now - giftsKept),
  ])
  await sweepRateLimits(db, now)
  await sweepConfirmations(db, now)
  await sweepPayments(db, now)
  await sweepMailEvents(db, now)
  await sweepDeliveries(db, now)
  await foldStored(db, now)
}
