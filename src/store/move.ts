// Unpublishes articles (410) and moves them (301).
import type { ArticleRecord } from "../article/article.ts"
import { checkRules, followOriginals, runGuarded, type Written } from "./article-constraints.ts"
import { type By, type Head, lastRevisionAt, listArticles, listingsOf } from "./publish.ts"
import { enqueueChange } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { touchMonths } from "./sitemap.ts"
import type { Statement } from "./sql.ts"

const idOf = "(SELECT id FROM articles WHERE path = ?1)"

/** Unpublishes an article: its address answers 410, and its revisions are kept. @returns the same as `runGuarded` */
export function unpublishArticle(db: D1Database, head: Head, by: By, now: number): Promise<Written | null> {
  const { path } = head
  const unpublish = `UPDATE articles SET live = 0, revision = revision + 1, revised_at = ?2, revised_by = ?3
    WHERE path = ?1 RETURNING path, revision`
  const statements: Statement[] = [
    [unpublish, path, now, by.who],
    [`DELETE FROM listed WHERE article = ${idOf}`, path],
    [`DELETE FROM search WHERE rowid = ${idOf}`, path],
    [`DELETE FROM search_text WHERE id = ${idOf}`, path],
    [`DELETE FROM corrections WHERE article = ${idOf}`, path],
  ]
  return writeChange(db, head, { action: "unpublish", path, statements }, by, now)
}

/** The parts of an article that its new address determines. */
type NewPlace = Pick<ArticleRecord, "path" | "language" | "region" | "country">

/** Moves an article: the old address redirects to the new one (301). @returns the same as `runGuarded` */
export function moveArticle(db: D1Database, head: Head, to: NewPlace, by: By, now: number): Promise<Written | null> {
  const { path, language, region, country } = to
  const both = (query: string): Statement => [query, head.path, path]
  const move = `UPDATE articles SET path = ?2, language = ?3, region = ?4, country = ?5,
    revision = max(revision, ${lastRevisionAt("?2")}) + 1, revised_at = ?6, revised_by = ?7,
    translation_group = CASE WHEN translation_group = ?1 THEN ?2 ELSE translation_group END,
    record = CASE WHEN json_valid(record) THEN json_set(record, '$.path', ?2, '$.language', ?3, '$.region', ?4, '$.country', ?5,
      '$.feedPath', coalesce(record ->> 'feedPath', ?1)) ELSE record END WHERE path = ?1
    RETURNING path, revision`
  // The index has the names of the place, and each language has its own indexing rules.
  const requeue = `INSERT OR IGNORE INTO search_queue SELECT id FROM articles
    WHERE path = ?1 AND (language, region, country) IS NOT (?2, ?3, ?4)`
  const moved = JSON.stringify([{ path, aliases: [] }])
  const statements: Statement[] = [
    [requeue, head.path, language, region, country],
    [move, head.path, path, language, region, country, now, by.who],
    both("UPDATE articles SET translation_group = ?2 WHERE translation_group = ?1"),
    followOriginals(moved),
    checkRules(moved),
    ["DELETE FROM redirects WHERE path = ?1", path],
    ["DELETE FROM aliases WHERE path = ?1", path],
    both("UPDATE revisions SET path = ?2 WHERE path = ?1"),
    ...["previews", "cards", "erasures"].map((table) =>
      both(`UPDATE OR REPLACE ${table} SET path = ?2 WHERE path = ?1`),
    ),
    both("INSERT OR REPLACE INTO redirects SELECT ?1, id FROM articles WHERE path = ?2"),
    // It stays in its topics' and authors' lists, now in the new language. The new place's lists replace the old ones.
    [
      `DELETE FROM listed WHERE article = ${idOf} AND listing NOT GLOB '*:/topics/*' AND listing NOT GLOB '*:/authors/*'`,
      path,
    ],
    [`UPDATE listed SET listing = ?2 || substr(listing, instr(listing, ':')) WHERE article = ${idOf}`, path, language],
    listArticles(JSON.stringify([{ path, listings: listingsOf(to) }])),
    [`UPDATE corrections SET language = ?2 WHERE article = ${idOf} AND language <> ?2`, path, language],
  ]
  return writeChange(db, head, { action: "move", path, statements }, by, now)
}

/** Writes a change to an article, with its revision, purges and audit entry. `path`: the article's path afterwards. */
function writeChange(
  db: D1Database,
  head: Head,
  change: { action: "unpublish" | "move"; path: string; statements: readonly Statement[] },
  { who, message }: By,
  now: number,
): Promise<Written | null> {
  const { action, path, statements } = change
  const rows = JSON.stringify([{ path }])
  const isMove = action === "move"
  const record = `INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, members_hash, media, at, who, message, life)
    SELECT path, (SELECT revision FROM articles WHERE path = ?1), ?2, digest, front, division, open_hash, members_hash,
      media, ?3, ?4, ?5, life
    FROM revisions WHERE path = ?1 ORDER BY revision DESC LIMIT 1`
  return runGuarded(
    db,
    [{ path: head.path, base: head.revision }, ...(isMove ? [{ path, base: 0 }] : [])],
    [
      enqueueChange(JSON.stringify([head]), now),
      ...statements,
      touchMonths(rows, now),
      [record, path, action, now, who, message],
      enqueueChange(rows, now),
      recordAudit({ who, action, subject: isMove ? `${head.path} ${path}` : path, detail: message }, now),
    ],
  )
}
