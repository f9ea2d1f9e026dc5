// What is kept about people no longer than it matters: the minute's cron takes the rest away.
import { sweepDone } from "./payments.ts"
import { sweepRateLimits } from "./rate-limits.ts"
import { foldStored } from "./spellings.ts"
import { sweepConfirmations } from "./subscribers.ts"

/** Gifts are kept as long as they count against the month's number. */
const giftsKept = 31 * 86_400_000

/** Deletes expired links and sessions, unconfirmed sign-ups, old gifts, rate limits and events. `now` in milliseconds. */
export async function sweepPeople(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM links WHERE expires_at <= ?1").bind(now),
    db.prepare("DELETE FROM sessions WHERE expires_at <= ?1").bind(now),
    db.prepare("DELETE FROM gifts WHERE expires_at <= ?1").bind(now - giftsKept),
  ])
  await sweepRateLimits(db, now)
  await sweepConfirmations(db, now)
  await sweepDone(db, now)
  await foldStored(db, now)
}
