// What the gateway reads from PEOPLE: the member of a session, and the article that a gift opens.
import { first } from "./sql.ts"

/** Times are in milliseconds since the epoch. */
export interface Member {
  readonly id: string
  /** The address for email: the local part as typed, the domain in ASCII. */
  readonly email: string
  readonly language: string
  /** When the membership ends, as known now: 0 if there is none, `withoutEnd` if it never does. */
  readonly until: number
  readonly grantedUntil: number
  readonly paidUntil: number
  readonly revokedAt: number | null
  readonly stripeCustomer: string | null
  readonly stripeSubscription: string | null
  /** 1 if the subscription will not be renewed after `paidUntil`. */
  readonly cancels: number
  readonly createdAt: number
}

/** The columns of a `Member`, from `members`. */
export const memberColumns = `members.id, members.email, members.language,
  iif(members.revoked_at IS NULL, max(members.granted_until, members.paid_until), 0) AS until,
  members.granted_until AS grantedUntil, members.paid_until AS paidUntil, members.revoked_at AS revokedAt,
  members.stripe_customer AS stripeCustomer, members.stripe_subscription AS stripeSubscription, members.cancels,
  members.created_at AS createdAt`

/** The current record of a session's member, or null if it has ended. One D1 trip. `now` in milliseconds. */
export async function findSession(db: D1Database, id: string, now: number): Promise<Member | null> {
  const query = `SELECT ${memberColumns} FROM sessions s JOIN members ON members.id = s.member
    WHERE s.id = ?1 AND s.expires_at > ?2`
  return first<Member>(db, query, id, now)
}

/** A gift that can still be used. */
export interface OpenGift {
  readonly id: string
  /** The given article's id; "" if it was not stored, and the gift opens nothing. */
  readonly article: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** The gift, or null if expired, revoked, or from a member whose membership the newsroom revoked. */
export function findGift(people: D1Database, id: string, now: number): Promise<OpenGift | null> {
  const query = `SELECT g.id, ifnull(g.article, '') AS article, g.expires_at AS expires FROM gifts g JOIN members m ON m.id = g.member
    WHERE g.id = ?1 AND g.expires_at > ?2 AND g.revoked_at IS NULL AND m.revoked_at IS NULL`
  return first<OpenGift>(people, query, id, now)
}
