// Deletes what the people database no longer needs, every minute. docs/storage.md lists the same lifetimes.
import { sweepDeliveries } from "./deliveries.ts"
import { foldStored } from "./merge-people.ts"
import { checkoutLasts } from "./payments.ts"
import { batch, type Statement } from "./sql.ts"

const day = 86_400_000

/** SQL conditions for rows that have expired at `?1`, in milliseconds. */
const expired = {
  links: "expires_at <= ?1",
  sessions: "expires_at <= ?1",
  confirmations: "expires_at <= ?1",
  claims: "expires_at <= ?1",
  checkouts: `opened_at <= ?1 - ${checkoutLasts}`,
  // Expired gifts still count towards the monthly limit.
  gifts: `expires_at <= ?1 - ${31 * day}`,
  // No rate limit has a longer window.
  rate_limits: `at <= ?1 - ${day}`,
  // Amazon SNS retries a message for an hour at most.
  mail_events: `at <= ?1 - ${day}`,
  // Stripe retries an event for at most three days. Marks of sent emails stay, because a subscription lasts longer.
  stripe_done: `at <= ?1 - ${90 * day} AND key LIKE 'evt_%'`,
}

/** Deletes expired rows and old deliveries, and refolds addresses that an earlier rule folded. */
export async function sweepPeople(db: D1Database, now: number): Promise<void> {
  const deletions = Object.entries(expired).map(([table, when]): Statement => {
    return [`DELETE FROM ${table} WHERE ${when}`, now]
  })
  await batch(db, deletions)
  await sweepDeliveries(db, now)
  await foldStored(db, now)
}
