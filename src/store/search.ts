// Full-text search over what the public may read (SQLite FTS5 in D1).
import type { Entry } from "../article/article.ts"
import { type EntryRow, entryColumns, isReadable, readEntry } from "./rows.ts"

export interface Found extends Entry {
  /** Plain text around the match; a match stands between U+0001 and U+0002. */
  readonly excerpt: string
}

/** Characters of an article's text that are indexed: D1 takes values of at most 1 MB. */
export const indexedCharacters = 40_000

/**
 * Arabic as people type it: without tashkil and tatweel, one alef, one yeh, one heh. FTS5's `remove_diacritics` leaves
 * Arabic as it is, so both sides are folded here.
 */
export function foldArabic(text: string): string {
  return text
    .replace(/[\u064b-\u065f\u0670\u0640]/g, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/ؤ/g, "و")
    .replace(/ئ/g, "ي")
}

/** What a reader typed as an FTS5 query: each word quoted, all must occur, the last may be a beginning; null: no word. */
export function buildMatch(query: string): string | null {
  const words = foldArabic(query.normalize("NFC")).match(/[\p{L}\p{N}\p{M}]+/gu)
  if (words === null) return null
  const quoted = words.slice(0, 12).map((word) => `"${word}"`)
  return quoted.map((word, index) => (index === quoted.length - 1 ? `${word}*` : word)).join(" ")
}

/** One page of what matches, best first. One D1 trip. */
export async function searchArticles(
  db: D1Database,
  wanted: { match: string; language: string; region: string | null; topic: string | null; page: number; size: number },
  now: number,
): Promise<{ results: Found[]; more: boolean }> {
  const { results } = await db
    .prepare(
      `SELECT ${entryColumns}, snippet(search, -1, char(1), char(2), '…', 24) AS excerpt
       FROM search JOIN articles a ON a.id = search.rowid
       WHERE search MATCH ?1 AND ${isReadable} AND a.language = ?3 AND (?4 IS NULL OR a.region = ?4)
         AND (?5 IS NULL OR EXISTS (SELECT 1 FROM listed l WHERE l.article = a.id AND l.listing = a.language || ':/topics/' || ?5))
       ORDER BY bm25(search, 8.0, 4.0, 1.0), a.id DESC LIMIT ?6 OFFSET ?7`,
    )
    .bind(
      wanted.match,
      now,
      wanted.language,
      wanted.region,
      wanted.topic,
      wanted.size + 1,
      (wanted.page - 1) * wanted.size,
    )
    .all<EntryRow & { excerpt: string }>()
  const found = results.map((row) => ({ ...readEntry(row), excerpt: row.excerpt }))
  return { results: found.slice(0, wanted.size), more: found.length > wanted.size }
}

/** Markdown as words for the index: link targets, pictures' addresses and marks go, texts stay. Linear. */
export function extractText(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/\]\([^()\n]{0,2000}\)/g, "] ")
    .replace(/<[^<>\n]{0,1000}>/g, " ")
    .replace(/^\[[^\]\n]{1,200}\]:\s*\S+.*$/gm, " ")
    .replace(/[`*_~#>|[\]!\\]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
}
