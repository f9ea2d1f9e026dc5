// Reindexes the articles that a migration, a restore, or a move to another place or language queued for search.
import { parseArticle } from "../article/parse.ts"
import { tryArticle } from "../render/try-article.ts"
import type { SiteConfig } from "../site/site.ts"
import { enqueuePurges } from "../store/purges.ts"
import { readSource } from "../store/revisions.ts"
import { indexWords } from "../store/search.ts"
import { batch, list, run, type Statement } from "../store/sql.ts"
import type { Texts } from "../store/stores.ts"

/** How many articles one run indexes. */
const batchSize = 20

/**
 * Indexes the newest of the queued articles. Those that fail stay in the queue; those that change meanwhile are skipped.
 * @returns whether more are waiting
 */
export async function reindexQueued(stores: Texts, site: SiteConfig, now: number): Promise<boolean> {
  const { catalogue: db } = stores
  const query = `SELECT q.id, a.path FROM search_queue q LEFT JOIN articles a ON a.id = q.id AND a.live = 1
    ORDER BY q.id DESC LIMIT ?1`
  const results = await list<{ id: number; path: string | null }>(db, query, batchSize)
  let failed = 0
  for (const { id, path } of results)
    try {
      const source = path === null ? null : await readSource(stores, path, null)
      const article = source && parseArticle(`${path?.slice(1)}.md`, source.source, site).article
      const tried = article && (await tryArticle(article, site))
      const unqueue: Statement = ["DELETE FROM search_queue WHERE id = ?1", id]
      if (source === null || article === null || !tried?.searched) {
        await run(db, ...unqueue)
        continue
      }
      const { title, summary, body } = indexWords({ ...article.front, language: article.language }, tried.searched)
      const unchanged = "(SELECT a.id FROM articles a WHERE a.id = ?1 AND a.digest = ?2 AND a.live = 1)"
      const insert = `INSERT INTO search (rowid, title, summary, body) SELECT id, ?3, ?4, ?5 FROM ${unchanged}`
      await batch(db, [
        [`DELETE FROM search WHERE rowid = ${unchanged}`, id, source.digest],
        [insert, id, source.digest, title, summary, body],
        unqueue,
        enqueuePurges(["q:"], now),
      ])
    } catch (error) {
      failed++
      console.error("reindex", path, error)
    }
  return results.length === batchSize && failed < batchSize
}
