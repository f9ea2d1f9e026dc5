// The purge outbox: what the edge cache must drop. Written in the transaction of the change and flushed after it; each
// purge is repeated once, a minute later, because a render under way may have stored the old state.
import { batch, list, type Statement } from "./sql.ts"

/** Purges tags at the edge, or "everything" when there are too many. Resolves to false when the platform refuses. */
export type Purge = (tags: readonly string[] | "everything") => Promise<boolean>

/** The most tags that one purge may contain: Workers Cache allows 100 operations per purge (platform limit). */
const tagsAPurge = 100
/** Stands for all tags, if a change has more than fit in one purge. */
const all = "*"
/** How many milliseconds later to purge again: a render that read the old catalogue may finish after the purge. */
const repeatAfter = 60_000

/** The statement that enqueues a purge of these tags. */
export function enqueuePurges(tags: readonly string[] | "everything", now: number): Statement {
  const query = "INSERT INTO purge_outbox (tag, due_at) SELECT value, ?2 FROM json_each(?1)"
  return [query, JSON.stringify(tags === "everything" ? [all] : tags), now]
}

/**
 * The statement that enqueues the purges for a change to articles: all addresses, lists and translations that they have
 * now, and editions, searches and sitemaps. What a change takes from them, it must enqueue before it does.
 * @param rows JSON: objects with a `path`
 */
export function enqueueChange(rows: string, now: number): Statement {
  const query = `INSERT INTO purge_outbox (tag, due_at)
    WITH changed AS MATERIALIZED (
      SELECT a.id, a.path, a.translation_group FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path'),
    tags (tag) AS MATERIALIZED (
      SELECT 'a:' || path FROM changed UNION SELECT 'g:' || translation_group FROM changed
      UNION SELECT 'a:' || d.path FROM changed c JOIN redirects d ON d.target = c.id
      UNION SELECT 'l:' || l.listing FROM changed c JOIN listed l ON l.article = c.id
      UNION SELECT value FROM json_each('["e:","m:","q:"]'))
    SELECT DISTINCT iif((SELECT count(*) FROM tags) > ${tagsAPurge}, '${all}', tag), ?2 FROM tags`
  return [query, rows, now]
}

/**
 * Purges what is due. What the platform refuses stays due and is retried at the next flush, by the desk or the minute
 * cron. Flushes may overlap: each deletes only rows that it read. Ids grow in commit order and are never reused, so any
 * due row with an id up to `last` was read, and a repeat has a new id.
 * @returns how many tags were purged, and how many are still due because the purge was refused
 */
export async function flushPurges(db: D1Database, purge: Purge, now: number): Promise<{ purged: number; due: number }> {
  const query = "SELECT tag, max(id) AS last FROM purge_outbox WHERE due_at <= ?1 GROUP BY tag LIMIT 5000"
  const results = await list<{ tag: string; last: number }>(db, query, now)
  if (results.length === 0) return { purged: 0, due: 0 }
  const tags = results.map((row) => row.tag)
  const accepted = await purge(tags.length > tagsAPurge || tags.includes(all) ? "everything" : tags)
  if (!accepted) return { purged: 0, due: tags.length }
  const last = Math.max(...results.map((row) => row.last))
  const repeat = `INSERT INTO purge_outbox (tag, due_at, again)
    SELECT DISTINCT tag, ?3, 0 FROM purge_outbox WHERE due_at <= ?1 AND id <= ?2 AND again = 1`
  await batch(db, [
    [repeat, now, last, now + repeatAfter],
    ["DELETE FROM purge_outbox WHERE due_at <= ?1 AND id <= ?2", now, last],
  ])
  return { purged: tags.length, due: 0 }
}
