// Full-text search over what the public may read (SQLite FTS5 in D1).
import type { Entry } from "../article/article.ts"
import { type Changes, changeQuery, readChanges } from "./changes.ts"
import { cutExcerpt, type Sought } from "./excerpt.ts"
import { foldForIndex } from "./fold.ts"
import { type EntryRow, entryColumns, isReadable, readEntry, readRows } from "./rows.ts"

export interface Found extends Entry {
  /** Plain text around the match; a match stands between U+0001 and U+0002. */
  readonly excerpt: string
}

/** Characters of an article's text that are indexed: D1 takes values of at most 1 MB. */
export const indexedCharacters = 40_000
/** Characters of a text in which its excerpt is looked for. */
const searchedCharacters = 20_000

/** A text as the index has it: folded words, Arabic ones in several forms. */
export function indexText(text: string): string {
  return foldForIndex(text.slice(0, indexedCharacters))
}

/**
 * What is sought as an FTS5 query: all words must occur, each in one of its forms; the last may be a beginning. Every form
 * is quoted, so nothing that a reader types is syntax.
 */
export function buildMatch({ terms, open }: Sought): string {
  return terms
    .map((forms, index) => {
      const star = open && index === terms.length - 1 ? "*" : ""
      return `(${forms.map((form) => `"${form}"${star}`).join(" OR ")})`
    })
    .join(" AND ")
}

// The best are found by the index alone; texts and columns are read for one page of them.
const searchQuery = `
SELECT ${entryColumns}, substr(t.body, 1, ${searchedCharacters}) AS text
FROM (SELECT a.id AS article, bm25(search, 40.0, 10.0, 1.0) AS score
    FROM search JOIN articles a ON a.id = search.rowid
    WHERE search MATCH ?1 AND ${isReadable} AND a.language = ?3 AND (?4 IS NULL OR a.region = ?4)
      AND (?5 IS NULL OR EXISTS (SELECT 1 FROM listed l WHERE l.article = a.id AND l.listing = a.language || ':/topics/' || ?5))
    ORDER BY score, a.published_at DESC, a.id DESC LIMIT ?6 OFFSET ?7) best
JOIN articles a ON a.id = best.article
LEFT JOIN search_text t ON t.id = a.id
ORDER BY best.score, a.published_at DESC, a.id DESC`

/**
 * One page of what matches: titles before summaries before texts, of equals the newest first. One D1 trip.
 * @param page from 1
 */
export async function searchArticles(
  db: D1Database,
  wanted: { sought: Sought; language: string; region: string | null; topic: string | null; page: number; size: number },
  now: number,
): Promise<{ results: Found[]; more: boolean; changes: Changes }> {
  const { sought, language, region, topic, page, size } = wanted
  const [rows, change] = await db.batch<EntryRow & { text: string | null }>([
    db.prepare(searchQuery).bind(buildMatch(sought), now, language, region, topic, size + 1, (page - 1) * size),
    changeQuery(db, now),
  ])
  const found = rows?.results ?? []
  const results = readRows(found.slice(0, size), (row) => {
    const entry = readEntry(row)
    const excerpt = cutExcerpt(row.text ?? "", sought) ?? cutExcerpt(row.summary, sought) ?? row.summary
    return { ...entry, excerpt }
  })
  return { results, more: found.length > size, changes: readChanges(change) }
}

/** Nothing is looked for behind the last end: a pattern would, from each beginning through all of the text. */
function dropComments(markdown: string): string {
  const end = markdown.lastIndexOf("-->") + 3
  return markdown.slice(0, end).replace(/<!--[\s\S]*?-->/g, " ") + markdown.slice(end)
}

/** Markdown as words for the index: link targets, pictures' addresses and marks go, texts stay. Linear. */
export function extractText(markdown: string): string {
  return (
    dropComments(markdown)
      .replace(/\]\([^()\n]{0,2000}\)/g, "] ")
      .replace(/<[^<>\n]{0,1000}>/g, " ")
      .replace(/\[\^[^\]\n]{1,100}\]:?/g, " ")
      .replace(/^\[[^\]\n]{1,200}\]:\s*\S+.*$/gm, " ")
      .replace(/[`*]+/g, "")
      .replace(/!?\[|[_~#>|\]\\]+/g, " ")
      // One space stays as it is: replacing each by itself took ten times as long as all the rest.
      .replace(/[^\S ]\s*| \s+/g, " ")
      .replace(/ ([.,])/g, "$1")
      .trim()
  )
}
