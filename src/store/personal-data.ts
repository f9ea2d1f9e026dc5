// Exports and deletes everything stored about one person, in every table.

import { foldEmail } from "../site/email-address.ts"
import type { Member } from "./sessions-and-gifts.ts"
import { batch, type Statement } from "./sql.ts"

/** A table with personal data: which rows belong to a person, and which columns their export contains. */
interface PersonalTable {
  readonly name: string
  /** Selects the person's rows by member id or folded email address, `?1`. */
  readonly where: string
  readonly by: "id" | "email"
  /** SQL. Omits hashes of tokens, which are of no use to the person. */
  readonly columns: string
}

/** Selects the rows of member ?1, including those still under the ids of accounts merged into theirs. */
export const ownRows = "(member = ?1 OR member IN (SELECT id FROM former_members WHERE member = ?1))"

const ofMember = { by: "id", where: "member = ?1" } as const
const ofAnyId = { by: "id", where: ownRows } as const
const ofAddress = { by: "email", where: "email_folded = ?1" } as const
const subscribers = "SELECT id FROM subscribers WHERE email_folded = ?1"
const ofSubscriber = { by: "email", where: `subscriber IN (${subscribers})` } as const

/** Every table with personal data, in order of deletion. */
export const personalTables: readonly PersonalTable[] = [
  {
    ...{ name: "members", by: "id", where: "id = ?1" },
    columns: `id, email, email_folded, folding, language, granted_until, paid_until, revoked_at, stripe_customer,
      stripe_subscription, cancels, stripe_at, created_at`,
  },
  { name: "sessions", ...ofMember, columns: "id, created_at, expires_at" },
  { name: "links", ...ofMember, columns: "next, expires_at, used_at" },
  {
    name: "payments",
    ...ofAnyId,
    columns: "subscription, customer, until, cancels, at, live, amount, currency, interval",
  },
  { name: "checkouts", ...ofAnyId, columns: "key, language, customer, url, opened_at" },
  { name: "claims", ...ofAddress, columns: "subscription, email, email_folded, language, expires_at" },
  { name: "saved", ...ofMember, columns: "path, at" },
  { name: "gifts", ...ofMember, columns: "id, path, article, created_at, expires_at, revoked_at" },
  { name: "private_feeds", ...ofAnyId, columns: "token, created_at" },
  { name: "former_members", ...ofMember, columns: "id, stripe_customer, revoked_at, at" },
  { name: "former_tokens", ...ofSubscriber, columns: "token" },
  { name: "deliveries", ...ofSubscriber, columns: "edition, state, at, queued_at, message, bounced" },
  { name: "subscriptions", ...ofSubscriber, columns: "list, since" },
  {
    name: "subscribers",
    ...ofAddress,
    columns: "email, email_folded, folding, language, token, created_at, stopped_at, stopped_by",
  },
  { name: "confirmations", ...ofAddress, columns: "email, email_folded, folding, language, expires_at" },
]

/** Everything stored about a member, by table. Times are in milliseconds since the epoch. One D1 trip. */
export async function exportPerson(db: D1Database, member: Member): Promise<Record<string, unknown[]>> {
  const queries = onEachTable(member, ({ columns }) => `SELECT ${columns}`)
  const results = await batch<unknown[]>(db, queries)
  return Object.fromEntries(personalTables.map(({ name }, index) => [name, results[index]?.results ?? []]))
}

/** Deletes everything stored about a member, all or nothing. */
export async function deletePerson(db: D1Database, member: Member): Promise<void> {
  const deletions = onEachTable(member, () => "DELETE")
  await batch(db, deletions)
}

function onEachTable(member: Member, verb: (table: PersonalTable) => string): Statement[] {
  const keys = { id: member.id, email: foldEmail(member.email) }
  return personalTables.map((table) => [`${verb(table)} FROM ${table.name} WHERE ${table.where}`, keys[table.by]])
}
