// Reads what sitemaps list: addresses by month of publication, and the latest news.
import { formatInstant, readDate } from "../article/dates.ts"
import {
  expectFields,
  type Fields,
  isLanguage,
  isMoment,
  isPath,
  isReadable,
  isText,
  listWithChanges,
  orNull,
  readRows,
  soonest,
} from "./rows.ts"
import type { Statement } from "./sql.ts"

const alternateFields: Fields = { path: isPath, language: isLanguage }
const sitemapFields: Fields = { path: isPath, lastmod: isMoment }
const monthFields: Fields = {
  month: (value) => typeof value === "string" && /^(?:\d{4}-\d\d|undated|pages)(?:-\d+)?$/.test(value),
  lastmod: isMoment,
  newest: orNull(isMoment),
  first: orNull(isMoment),
}
const newsFields: Fields = { path: isPath, language: isLanguage, title: isText, publishedAt: isMoment }

export interface SitemapEntry {
  readonly path: string
  /** When the page was created or last changed, in milliseconds. */
  readonly lastmod: number
  /** All language versions including this one; empty if it is the only one. */
  readonly translations: readonly { language: string; path: string }[]
}

/** How many article ids one part of a sitemap spans: sitemaps.org allows 50,000 URLs in a file. */
const datedIds = 50_000
const undatedIds = 10_000

/** SQL: the name of the part that lists an article: `2026-11` or `undated`, then `2026-11-2` and so on. */
const partOf = `coalesce(strftime('%Y-%m', a.published_at / 1000.0 + zone.value, 'unixepoch'), 'undated')
  || coalesce('-' || nullif(a.id / iif(a.published_at IS NULL, ${undatedIds}, ${datedIds}) + 1, 1), '')`

// Months are those of the site's time zone, which SQL does not know. Zones are up to this far from UTC, in seconds.
const ahead = 14 * 3600
const behind = 12 * 3600

/**
 * The statement that marks the sitemap parts of these articles as changed; at the turn of a month, those of both months.
 * Articles under embargo do not count until their date, when `monthsQuery` includes them. Other kinds of content are
 * not in any part.
 * @param rows JSON: objects with a `path`
 */
export function touchMonths(rows: string, now: number): Statement {
  const query = `INSERT INTO months (month, changed_at)
    SELECT ${partOf}, max(iif(a.published_at > ?2, 0, ?2)) FROM json_each(?1) j
    CROSS JOIN articles a ON a.path = j.value ->> 'path' AND a.kind = 'article'
    CROSS JOIN json_each('[${ahead}, -${behind}]') zone GROUP BY 1
    ON CONFLICT (month) DO UPDATE SET changed_at = max(changed_at, excluded.changed_at)`
  return [query, rows, now]
}

/** SQL: when a part's oldest (`ASC`) or newest article between two times was published. */
const publishedIn = (from: string, to: string, order: "ASC" | "DESC") => `(SELECT a.published_at
  FROM articles a INDEXED BY articles_dated WHERE a.live = 1 AND a.kind = 'article'
  AND a.published_at >= ${from} * 1000 AND a.published_at < min(${to} * 1000, ?2 + 1)
  AND a.id >= (part - 1) * ${datedIds} AND a.id < part * ${datedIds} AND ${isReadable}
  ORDER BY a.published_at ${order} LIMIT 1)`
const begins = "unixepoch(name || '-01')"
const ends = "unixepoch(name || '-01', '+1 month')"
const turn = [`(${ends} - ${ahead})`, `(${ends} + ${behind})`] as const

// `newest`: of the articles before the month ends anywhere. `first` and `last`: of those while it ends somewhere, which
// may belong to the next month. Found through an index. Parts without any of them are left out.
const monthsQuery = `SELECT * FROM (
SELECT month, max(changed_at, coalesce(last, newest)) AS lastmod, newest, first FROM (
  SELECT month, changed_at, CASE WHEN month LIKE 'undated%'
    THEN (SELECT 0 FROM articles a INDEXED BY articles_dated WHERE a.published_at IS NULL
      AND a.id >= (part - 1) * ${undatedIds} AND a.id < part * ${undatedIds} AND ${isReadable} LIMIT 1)
    ELSE ${publishedIn(`(${begins} - ${ahead})`, turn[0], "DESC")} END AS newest,
    ${publishedIn(...turn, "ASC")} AS first, ${publishedIn(...turn, "DESC")} AS last
  FROM (SELECT *, substr(month, 1, 7) AS name, max(CAST(substr(month, 9) AS INTEGER), 1) AS part FROM months))
WHERE coalesce(newest, first) IS NOT NULL
UNION ALL SELECT 'pages', max(revised_at), 0, NULL FROM articles INDEXED BY articles_pages
  WHERE live = 1 AND kind = 'page' AND path > '' HAVING count(*) > 0
) ORDER BY month = 'pages', month LIKE 'undated%', month DESC`

interface MonthRow {
  readonly month: string
  readonly lastmod: number
  readonly newest: number | null
  readonly first: number | null
}

/** Whether a part has an article of its month in the site's time zone. Parts without a month have what was found. */
function isListed({ month, newest, first }: MonthRow, timeZone: string): boolean {
  const name = month.slice(0, 7)
  // The usual case, without asking Intl: published when the month had begun everywhere.
  if (newest !== null && !(newest < Date.parse(name) + behind * 1000)) return true
  return [newest, first].some((moment) => moment !== null && formatInstant(moment, timeZone).startsWith(name))
}

/**
 * Months (`2026-11`, in the site's time zone) that have articles, newest first, then the undated parts, then the static
 * pages. One D1 trip.
 */
export async function readMonths(db: D1Database, timeZone: string, now: number) {
  const { rows, changes } = await listWithChanges<MonthRow>(db, [monthsQuery, null, now], now)
  const months = readRows(rows, (row) => expectFields(row, monthFields))
  return { months: months.filter((row) => isListed(row, timeZone)), changes }
}

const entryQuery = (within: string, index = "articles_dated") => `
SELECT a.path, max(a.revised_at, coalesce(a.published_at, 0)) AS lastmod,
  CASE WHEN EXISTS (SELECT 1 FROM articles t INDEXED BY articles_translated
    WHERE t.translation_group = a.translation_group AND t.translation_group <> t.path)
  THEN (SELECT json_group_array(json_object('language', t.language, 'path', t.path)) FROM articles t
    WHERE t.translation_group = a.translation_group AND t.live = 1
      AND (t.published_at IS NULL OR t.published_at <= ?2) AND (t.expires_at IS NULL OR t.expires_at > ?2)) END AS translations
FROM articles a INDEXED BY ${index} WHERE ${within}
ORDER BY a.published_at DESC, a.id DESC`

const byId = `a.id >= ?1 AND a.id < ?3 AND ${isReadable}`
const queries = {
  dated: entryQuery(`a.published_at >= ?4 AND a.published_at < ?5 AND ${byId}`),
  undated: entryQuery(`a.published_at IS NULL AND ${byId}`),
  pages: entryQuery("a.live = 1 AND a.kind = 'page' AND a.path > ''", "articles_pages"),
}

/** When the month of a part begins in a time zone, or the month that many days after its first. */
function startOf(part: string, days: number, timeZone: string): number | null {
  const first = new Date(Date.parse(part.slice(0, 7)) + days * 86_400_000)
  return readDate(`${first.toISOString().slice(0, 7)}-01`, timeZone)
}

/** The articles of one part, or the static pages, with their language versions. `month`: as `readMonths` names it. */
export async function readMonth(db: D1Database, month: string, timeZone: string, now: number) {
  const name = month === "pages" ? "pages" : month.startsWith("undated") ? "undated" : "dated"
  const part = Number(month.slice("2026-11-".length) || 1)
  const ids = name === "undated" ? undatedIds : datedIds
  const range = [(part - 1) * ids, now, part * ids]
  const days = name === "dated" ? [startOf(month, 0, timeZone), startOf(month, 31, timeZone)] : []
  const bound = name === "pages" ? [null, now] : [...range, ...days]
  type Row = { path: string; lastmod: number; translations: string | null }
  const { rows, changes } = await listWithChanges<Row>(db, [queries[name], ...bound], now)
  const entries = readRows(rows, (row): SitemapEntry => {
    const versions = JSON.parse(row.translations ?? "[]") as SitemapEntry["translations"]
    const translations = readRows(versions, (version) => expectFields(version, alternateFields))
    return { ...expectFields(row, sitemapFields), translations }
  })
  return { entries, changes }
}

/** How long search engines treat an article as news, in milliseconds. */
const twoDays = 172_800_000

/** Articles of the last two days, for news sitemaps, at most 1,000. One D1 trip. */
export async function readNews(db: D1Database, now: number) {
  // `isReadable` also contains `<= ?2`, but here it bounds the index scan, so that no article under embargo is read.
  const query = `SELECT a.path, a.language, a.title, a.published_at AS publishedAt FROM articles a INDEXED BY articles_dated
    WHERE a.published_at > ?1 AND a.published_at <= ?2 AND ${isReadable} ORDER BY a.published_at DESC LIMIT 1000`
  type Row = { path: string; language: string; title: string; publishedAt: number }
  const { rows, changes } = await listWithChanges<Row>(db, [query, now - twoDays, now], now)
  const entries = readRows(rows, (row) => expectFields(row, newsFields))
  const oldest = entries.at(-1)
  const leaves = oldest === undefined ? null : oldest.publishedAt + twoDays
  return { entries, changes: { ...changes, expiry: soonest(changes.expiry, leaves) } }
}
