// What machines are told of: addresses by the month of their publication.
import { isReadable } from "./rows.ts"

export interface SitemapEntry {
  readonly path: string
  readonly lastmod: number
  readonly translations: readonly { language: string; path: string }[]
}

/** Months (`2026-11`, `undated`) that have articles, newest first. */
export async function readMonths(db: D1Database): Promise<{ month: string; changedAt: number }[]> {
  const { results } = await db
    .prepare("SELECT month, changed_at AS changedAt FROM months ORDER BY month DESC")
    .all<{ month: string; changedAt: number }>()
  return results
}

/** The month of a publication date, in UTC. */
export function monthOf(publishedAt: number | null): string {
  return publishedAt === null ? "undated" : new Date(publishedAt).toISOString().slice(0, 7)
}

/** Articles of one month, at most 50,000 (sitemaps.org's limit). */
export async function readMonth(db: D1Database, month: string, now: number): Promise<SitemapEntry[]> {
  const undated = month === "undated"
  const start = undated ? 0 : Date.parse(`${month}-01T00:00:00Z`)
  const end = undated ? 0 : new Date(start).setUTCMonth(new Date(start).getUTCMonth() + 1)
  const within = undated ? "a.published_at IS NULL" : "a.published_at >= ?1 AND a.published_at < ?3"
  return readEntries(db, within, start, now, end, 50_000)
}

/** Articles of the last two days, as news search engines want them, at most 1,000. */
export async function readNews(db: D1Database, now: number) {
  const { results } = await db
    .prepare(
      `SELECT a.path, a.language, a.title, a.published_at AS publishedAt FROM articles a INDEXED BY articles_by_month
       WHERE a.published_at >= ?1 AND ${isReadable} ORDER BY a.published_at DESC LIMIT 1000`,
    )
    .bind(now - 172_800_000, now)
    .all<{ path: string; language: string; title: string; publishedAt: number }>()
  return results
}

async function readEntries(db: D1Database, within: string, start: number, now: number, end: number, limit: number) {
  const { results } = await db
    .prepare(
      `SELECT a.path, a.revised_at AS lastmod,
         (SELECT json_group_array(json_object('language', t.language, 'path', t.path)) FROM articles t
          WHERE t.translation_group = a.translation_group AND t.live = 1
            AND (t.published_at IS NULL OR t.published_at <= ?2) AND (t.expires_at IS NULL OR t.expires_at > ?2)) AS translations
       FROM articles a INDEXED BY articles_by_month WHERE ${within} AND ${isReadable} AND coalesce(?1, ?3) IS NOT NULL
       ORDER BY a.published_at DESC, a.id DESC LIMIT ${limit}`,
    )
    .bind(start, now, end)
    .all<{ path: string; lastmod: number; translations: string }>()
  return results.map((row) => ({
    path: row.path,
    lastmod: row.lastmod,
    translations: JSON.parse(row.translations) as { language: string; path: string }[],
  }))
}
