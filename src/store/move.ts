// Unpublishes articles (410) and moves them (301).

import { type By, type Head, lastRevisionAt, tagsOf } from "./publish.ts"
import { enqueuePurges, enqueueRelated } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { unknownDate } from "./rows.ts"
import { checkRules, runGuarded, type Written } from "./rules.ts"
import { touchMonths } from "./sitemap.ts"

/** Unpublishes an article: its address answers 410, and its revisions are kept. @returns as `runGuarded` */
export function unpublishArticle(db: D1Database, head: Head, by: By, now: number): Promise<Written | null> {
  return runGuarded(
    db,
    [baseOf(head)],
    [
      db
        .prepare(
          `UPDATE articles SET live = 0, revision = revision + 1, revised_at = ?2, revised_by = ?3 WHERE path = ?1
         RETURNING path, revision`,
        )
        .bind(head.path, now, by.who),
      ...removeFromLists(db, head.path),
      touchMonths(db, JSON.stringify([{ path: head.path }]), now),
      recordRevision(db, head.path, "unpublish", by, now),
      enqueuePurges(db, [`a:${head.path}`, ...tagsOf(head), "m:", "q:"], now),
      enqueueRelated(db, JSON.stringify([{ path: head.path }]), now),
      recordAudit(db, { action: "unpublish", subject: head.path, detail: by.message }, by.who, now),
    ],
  )
}

const baseOf = ({ path, revision }: Head) => ({ path, base: revision })

/** The parts of an article that its new address determines. */
export interface NewPlace {
  readonly path: string
  readonly language: string
  readonly region: string
  readonly country: string | null
  readonly listings: readonly string[]
}

/** Moves an article: the old address answers 301 to the new one. @returns as `runGuarded` */
export function moveArticle(db: D1Database, head: Head, to: NewPlace, by: By, now: number): Promise<Written | null> {
  const rows = JSON.stringify([{ path: to.path, aliases: [] }])
  return runGuarded(
    db,
    [baseOf(head), { path: to.path, base: 0 }],
    [
      db
        .prepare(
          `UPDATE articles SET path = ?2, language = ?3, region = ?4, country = ?5,
           revision = max(revision, ${lastRevisionAt("?2")}) + 1, revised_at = ?6, revised_by = ?7,
           translation_group = CASE WHEN translation_group = ?1 THEN ?2 ELSE translation_group END,
           record = CASE WHEN json_valid(record) THEN json_set(record, '$.path', ?2, '$.language', ?3, '$.region', ?4, '$.country', ?5,
             '$.feedPath', coalesce(record ->> 'feedPath', ?1)) ELSE record END WHERE path = ?1
         RETURNING path, revision`,
        )
        .bind(head.path, to.path, to.language, to.region, to.country, now, by.who),
      db.prepare("UPDATE articles SET translation_group = ?2 WHERE translation_group = ?1").bind(head.path, to.path),
      ...checkRules(db, rows),
      db.prepare("DELETE FROM redirects WHERE path = ?1").bind(to.path),
      db.prepare("DELETE FROM aliases WHERE path = ?1").bind(to.path),
      db.prepare("UPDATE revisions SET path = ?2 WHERE path = ?1").bind(head.path, to.path),
      db
        .prepare("INSERT OR REPLACE INTO redirects SELECT ?1, id FROM articles WHERE path = ?2")
        .bind(head.path, to.path),
      db.prepare("DELETE FROM listed WHERE article = (SELECT id FROM articles WHERE path = ?1)").bind(to.path),
      db
        .prepare(
          `INSERT INTO listed (listing, at, article, expires_at)
         SELECT l.value, coalesce(a.published_at, ${unknownDate}), a.id, a.expires_at
         FROM articles a, json_each(?2) l WHERE a.path = ?1`,
        )
        .bind(to.path, JSON.stringify(to.listings)),
      db
        .prepare(
          "UPDATE corrections SET language = ?2 WHERE article = (SELECT id FROM articles WHERE path = ?1) AND language <> ?2",
        )
        .bind(to.path, to.language),
      touchMonths(db, rows, now),
      recordRevision(db, to.path, "move", by, now),
      enqueuePurges(
        db,
        [
          `a:${head.path}`,
          `a:${to.path}`,
          ...tagsOf(head),
          ...to.listings.map((listing) => `l:${listing}`),
          "m:",
          "q:",
        ],
        now,
      ),
      enqueueRelated(db, rows, now),
      recordAudit(db, { action: "move", subject: `${head.path} ${to.path}`, detail: by.message }, by.who, now),
    ],
  )
}

function removeFromLists(db: D1Database, path: string): D1PreparedStatement[] {
  const id = "(SELECT id FROM articles WHERE path = ?1)"
  return [
    db.prepare(`DELETE FROM listed WHERE article = ${id}`).bind(path),
    db.prepare(`DELETE FROM search WHERE rowid = ${id}`).bind(path),
    db.prepare(`DELETE FROM search_text WHERE id = ${id}`).bind(path),
    db.prepare(`DELETE FROM corrections WHERE article = ${id}`).bind(path),
  ]
}

function recordRevision(db: D1Database, path: string, action: string, by: By, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, members_hash, media, at, who, message, life)
       SELECT path, (SELECT revision FROM articles WHERE path = ?1), ?2, digest, front, division, open_hash, members_hash,
         media, ?3, ?4, ?5, life
       FROM revisions WHERE path = ?1 ORDER BY revision DESC LIMIT 1`,
    )
    .bind(path, action, now, by.who, by.message)
}
