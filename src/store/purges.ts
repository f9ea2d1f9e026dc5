// Purges owed to the edge's cache: written with the change, paid after it, repeated once for renders under way.

/** Purges tags at the edge; "everything" when there are too many. Answers false when the platform refuses. */
export type Purge = (tags: readonly string[] | "everything") => Promise<boolean>

/** Workers Cache takes 100 operations a purge (platform limit). */
const tagsAPurge = 100
/** Stands for all tags: what changed more than a purge takes owes the one of everything. */
const all = "*"
/** A render that read the old catalogue may finish after the purge: purge once more after this. */
const repeatAfter = 60_000

/** The statement that owes a purge of these tags. */
export function owePurges(db: D1Database, tags: readonly string[], now: number): D1PreparedStatement {
  const distinct = [...new Set(tags)]
  return db
    .prepare("INSERT INTO purges (tag, due_at) SELECT value, ?2 FROM json_each(?1)")
    .bind(JSON.stringify(distinct.length > tagsAPurge ? [all] : distinct), now)
}

/** The statement that owes a purge of all other addresses that lead to these articles. @param rows JSON: objects with a `path` */
export function oweOldAddresses(db: D1Database, rows: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO purges (tag, due_at) SELECT 'a:' || d.path, ?2
       FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path' JOIN redirects d ON d.target = a.id`,
    )
    .bind(rows, now)
}

/**
 * Pays what is due. What the platform refuses stays owed; the next publish or the minute cron tries again.
 * @returns how many tags were paid and are still owed now
 */
export async function payPurges(db: D1Database, purge: Purge, now: number): Promise<{ paid: number; owed: number }> {
  const due = await db
    .prepare("SELECT tag, max(id) AS last FROM purges WHERE due_at <= ?1 GROUP BY tag LIMIT 5000")
    .bind(now)
    .all<{ tag: string; last: number }>()
  if (due.results.length === 0) return { paid: 0, owed: 0 }
  const tags = due.results.map((row) => row.tag)
  const accepted = await purge(tags.length > tagsAPurge || tags.includes(all) ? "everything" : tags)
  if (!accepted) return { paid: 0, owed: tags.length }
  const last = Math.max(...due.results.map((row) => row.last))
  await db.batch([
    db.prepare("DELETE FROM purges WHERE due_at <= ?1 AND id <= ?2 AND again = 0").bind(now, last),
    db
      .prepare(
        `INSERT INTO purges (tag, due_at, again) SELECT DISTINCT tag, ?3, 0 FROM purges WHERE due_at <= ?1 AND id <= ?2 AND again = 1`,
      )
      .bind(now, last, now + repeatAfter),
    db.prepare("DELETE FROM purges WHERE due_at <= ?1 AND id <= ?2 AND again = 1").bind(now, last),
  ])
  return { paid: tags.length, owed: 0 }
}
