// The newest articles with their whole texts, for members.
import type { Entry, MediaItem } from "../article/article.ts"
import { type MembersShelf, readWholeBody } from "./bodies.ts"
import { StoreFailure } from "./failure.ts"
import {
  bodyFields,
  entryColumns,
  expectFields,
  isReadable,
  readDetails,
  readEntry,
  readRows,
  type StoryRow,
} from "./rows.ts"

export interface FullText {
  readonly entry: Entry
  readonly media: Readonly<Record<string, MediaItem>>
  /** Markdown, both parts. */
  readonly text: string
}

const query = `SELECT ${entryColumns}, a.division, a.open_hash, a.members_hash FROM listed l JOIN articles a ON a.id = l.article
WHERE l.listing = ?1 AND l.at <= ?2 AND (l.expires_at IS NULL OR l.expires_at > ?2)
ORDER BY l.at DESC, l.article DESC LIMIT ?3`

/**
 * The first `size` articles of a listing, whole. One D1 trip, and at most two KV reads an article. What is damaged or whose
 * text is missing is left out. @throws StoreFailure when no text at all can be read
 */
export async function readFullTexts(
  db: D1Database,
  shelf: MembersShelf,
  listing: string,
  size: number,
  now: number,
): Promise<FullText[]> {
  const { results } = await db.prepare(query).bind(listing, now, size).all<StoryRow>()
  const wanted = readRows(results, (row) => {
    const details = readDetails(expectFields(row, bodyFields))
    const hashes = { division: row.division, openHash: row.open_hash, membersHash: row.members_hash }
    return { entry: readEntry(row, details), media: details.media, hashes }
  })
  const texts: FullText[] = []
  const failures: StoreFailure[] = []
  await Promise.all(
    wanted.map(async ({ entry, media, hashes }, index) => {
      try {
        texts[index] = { entry, media, text: await readWholeBody(shelf, hashes) }
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error
        failures.push(error)
      }
    }),
  )
  const [first] = failures
  if (first !== undefined && failures.length === wanted.length) throw first
  for (const { message } of failures) console.error("left out", message)
  return texts.filter(Boolean)
}

/** Titles of articles by path; those that are gone have none. One D1 trip. */
export async function readTitles(db: D1Database, paths: readonly string[]): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map()
  const { results } = await db
    .prepare(
      "SELECT a.path, a.title FROM json_each(?1) wanted JOIN articles a ON a.path = wanted.value WHERE a.live = 1",
    )
    .bind(JSON.stringify(paths))
    .all<{ path: string; title: string }>()
  return new Map(results.map(({ path, title }) => [path, title]))
}

/** The id (as gifts keep it) and title of an article that readers may see now, or null. */
export function findArticle(db: D1Database, path: string, now: number): Promise<{ id: string; title: string } | null> {
  return db
    .prepare(`SELECT a.id || '.' || a.life AS id, a.title FROM articles a WHERE a.path = ?1 AND ${isReadable}`)
    .bind(path, now)
    .first<{ id: string; title: string }>()
}
