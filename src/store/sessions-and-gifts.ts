// Reads what the gateway needs from PEOPLE: the member of a session, and the article that a gift opens.
import { first, value } from "./sql.ts"

/** Times are in milliseconds since the epoch. */
export interface Member {
  readonly id: string
  /** The email address: the local part as typed, the domain in ASCII. */
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

/** The member signed in with this session, or null if it has ended. One D1 trip. `now` in milliseconds. */
export async function findSession(db: D1Database, id: string, now: number): Promise<Member | null> {
  const query = `SELECT ${memberColumns} FROM sessions s JOIN members ON members.id = s.member
    WHERE s.id = ?1 AND s.expires_at > ?2`
  return first<Member>(db, query, id, now)
}

/** A gift of an article. Times are in milliseconds since the epoch. */
export interface GivenArticle {
  readonly id: string
  /** The article's path when it was given. */
  readonly path: string
  /** The article's id; "" if it cannot be known, so the gift opens nothing; null if the gift predates stored ids. */
  readonly article: string | null
  readonly createdAt: number
  readonly expiresAt: number
}

/** The gift, or null if expired, revoked, or from a member whose membership the newsroom revoked. */
export function findGift(people: D1Database, id: string, now: number): Promise<GivenArticle | null> {
  const query = `SELECT g.id, g.path, g.article, g.created_at AS createdAt, g.expires_at AS expiresAt
    FROM gifts g JOIN members m ON m.id = g.member
    WHERE g.id = ?1 AND g.expires_at > ?2 AND g.revoked_at IS NULL AND m.revoked_at IS NULL`
  return first<GivenArticle>(people, query, id, now)
}

// Finds the article that was at ?1 at time ?2: follows every move since then in the audit log, and uses the revision
// current at ?2 to tell apart several articles at one address. Returns no row if something was unpublished there since
// then and something published afterwards: whether it was the same article was not always recorded.
const resolveQuery = `WITH RECURSIVE place (path, at, step) AS (
  SELECT ?1, ?2, 0
  UNION ALL
  SELECT substr(m.subject, length(p.path) + 2), m.at, m.id FROM place p JOIN audit m ON m.id = (
    SELECT n.id FROM audit n WHERE n.at >= p.at AND n.id > p.step AND n.action = 'move'
      AND substr(n.subject, 1, length(p.path) + 1) = p.path || ' ' ORDER BY n.at, n.id LIMIT 1)
)
SELECT a.id || '.' || r.life AS article FROM articles a JOIN revisions r ON r.path = a.path
WHERE a.path = (SELECT path FROM place ORDER BY step DESC LIMIT 1)
  AND r.revision = (SELECT max(revision) FROM revisions WHERE path = a.path AND at <= ?2)
  AND NOT EXISTS (SELECT 1 FROM revisions u JOIN revisions n ON n.path = u.path AND n.revision = u.revision + 1
    WHERE u.path = a.path AND u.action = 'unpublish' AND u.at >= ?2 AND n.action = 'publish')`

/** The id of the article that a gift opens. If the gift predates stored ids, the id is looked up once and stored. */
export async function resolveGift(people: D1Database, catalogue: D1Database, gift: GivenArticle): Promise<string> {
  if (gift.article !== null) return gift.article
  const found = (await value<string>(catalogue, resolveQuery, gift.path, gift.createdAt)) ?? ""
  const query = "UPDATE gifts SET article = coalesce(article, ?2) WHERE id = ?1 RETURNING article"
  return (await value<string>(people, query, gift.id, found)) ?? ""
}
