// Reads lists of articles: pages of a listing, and the ledger of corrections. One D1 trip each.
import type { Entry } from "../article/article.ts"
import {
  type Changes,
  expectFields,
  isPath,
  isReadable,
  isText,
  listWithChanges,
  nextEmbargo,
  nextExpiry,
  noChanges,
  type RecordRow,
  readRecord,
  readRows,
  type StoredText,
  soonest,
  type TextRow,
  toStoredText,
} from "./rows.ts"
import { batch, list, type Statement } from "./sql.ts"

const readable = "at <= ?2 AND (expires_at IS NULL OR expires_at > ?2)"

/** SQL: entries of a list, newest first, found by the primary key of `listed`. Articles are read only for these. */
const entriesOf = (listing: string, limit: string | number, more = "") => `(
  SELECT article, at FROM listed WHERE listing = ${listing} AND ${readable}${more}
  ORDER BY at DESC, article DESC LIMIT ${limit}) entry`
const newestFirst = "ORDER BY entry.at DESC, entry.article DESC"

/** How many of a wider list's newest articles are read to find some that are not in the list itself. */
const mostNext = 12

/** How long an article with `lead: true` leads, in milliseconds, unless a newer one takes over. */
const leadLasts = 3 * 86_400_000

// Checks only the newest 200 articles after `since`, so that pages do not read all of an archive imported today.
const findLead = (
  columns: string,
  since: string,
) => `SELECT ${columns} FROM ${entriesOf("?1", 200, ` AND at > ${since}`)}
JOIN articles a ON a.id = entry.article WHERE CASE WHEN json_valid(a.record) THEN a.record ->> 'lead' END = 1
${newestFirst} LIMIT 1`

// Leaves out the lead published since ?6 (null: the list has no lead), because it is at the top of the first page.
// Free places on the last page are filled from a wider list (?5, or null). No page reads more rows than a full one.
// UNION ALL yields the list's own articles first, and CROSS JOIN keeps the order of the keys.
const listingQuery = `SELECT 1 AS own, a.path, a.record
FROM ${entriesOf("?1", "?3 OFFSET ?4", ` AND article IS NOT (${findLead("a.id", "?6")})`)} CROSS JOIN articles a ON a.id = entry.article
UNION ALL SELECT 0, a.path, a.record
FROM ${entriesOf("?5", mostNext)} CROSS JOIN articles a ON a.id = entry.article
WHERE NOT EXISTS (SELECT 1 FROM listed l WHERE l.article = entry.article AND l.listing = ?1)
LIMIT ?3`

export function queryList(
  listing: string,
  { size, skip = 0, wider = null, led = false }: { size: number; skip?: number; wider?: string | null; led?: boolean },
  now: number,
): Statement {
  return [listingQuery, listing, now, size, skip, wider, led ? now - leadLasts : null]
}

const countQuery = `SELECT j.value AS listing, (SELECT count(*) FROM (
  SELECT 1 FROM listed WHERE listing = j.value AND ${readable} LIMIT ?3)) AS stories FROM json_each(?1) j`

interface CountRow {
  readonly listing: string
  readonly stories: number
}

function queryCounts({ listings, most }: Counted, now: number): Statement {
  return [countQuery, JSON.stringify(listings), now, most]
}

function readCounts(rows: readonly CountRow[] = []): Map<string, number> {
  return new Map(rows.map(({ listing, stories }) => [listing, stories]))
}

/** Lists whose articles are to be counted, each up to `most`. */
interface Counted {
  readonly listings: readonly string[]
  readonly most: number
}

/** How many articles each of these lists has, and the site's next changes. One D1 trip. */
export async function countListed(db: D1Database, counted: Counted, now: number) {
  const { rows, changes } = await listWithChanges<CountRow>(db, queryCounts(counted, now), now)
  return { counts: readCounts(rows), changes }
}

export function queryChanges(listing: string, now: number): Statement {
  const query = `SELECT ${nextEmbargo("?1")} AS embargo, ${nextExpiry("?1")} AS expiry`
  return [query, listing, now]
}

function queryLead(listing: string, now: number): Statement {
  return [findLead("a.path, a.record", "?3"), listing, now, now - leadLasts]
}

/** The lead or null, and the next changes. The time when the lead stops leading counts as an expiry. */
function readLead(rows: readonly RecordRow[] = [], [changes = noChanges]: readonly Changes[]) {
  const lead: Entry | null = readRows(rows, readRecord)[0] ?? null
  const end = lead?.publishedAt == null ? null : lead.publishedAt + leadLasts
  return { lead, changes: { ...changes, expiry: soonest(changes.expiry, end) } }
}

/** SQL: the published content at path ?1. */
export const textAt = `SELECT path, iif(json_valid(record), record, '{}') AS record, open_hash, members_hash, revision, revised_at
FROM articles WHERE path = ?1 AND live > 0`

/**
 * One page of a list, newest first, unknown dates last. One D1 trip.
 * @param listing a key from `listingKey`, such as `en:/asia/tajikistan`
 * @param page from 1
 * @param beside.led whether the list has a lead, which is above its first page and on no other
 * @param beside.parts lists to count
 * @param beside.wider a list that includes this one, for suggestions of what to read next
 * @param beside.author the path of the author whose biography to read
 * @returns `more`: whether another page follows; `next`: on the last page, articles from the wider list; `counts`: how
 * many articles each part has
 */
export async function readListing(
  db: D1Database,
  listing: string,
  page: number,
  size: number,
  now: number,
  beside: { led?: boolean; parts?: Counted | undefined; wider?: string; author?: string | undefined } = {},
) {
  const { led = false, parts, wider = null, author } = beside
  const statements = [
    queryList(listing, { size: size + 1, skip: (page - 1) * size, wider, led }, now),
    queryChanges(wider ?? listing, now),
  ]
  if (led) statements.push(queryLead(listing, now))
  if (parts !== undefined) statements.push(queryCounts(parts, now))
  if (author !== undefined) statements.push([textAt, author])
  type Rows = [RecordRow & { own: number }, Changes, ...(TextRow & CountRow)[]]
  const [{ results: all }, change, ...others] = await batch<Rows>(db, statements)
  const found = all.filter((row) => row.own !== 0)
  const entries = readRows(found.slice(0, size), readRecord)
  const { lead, changes } = readLead(led ? others.shift()?.results : [], change.results)
  return {
    entries: lead === null || page > 1 ? entries : [lead, ...entries],
    more: found.length > size,
    next: readRows(all.slice(found.length), readRecord),
    counts: readCounts(parts && others.shift()?.results),
    changes,
    biography: readRows(author === undefined ? [] : others[0]?.results, toStoredText)[0] ?? null,
  }
}

const textQuery = (limit: string, where = "true") => `
SELECT a.path, a.record, a.open_hash, a.members_hash, a.revision, a.revised_at FROM ${entriesOf("?1", limit)}
JOIN articles a ON a.id = entry.article WHERE ${where} ${newestFirst} LIMIT ?3`

// A list may consist of members-only articles, so only its newest hundred are checked.
const openQuery = textQuery(
  "100",
  "a.members_hash IS NULL AND CASE WHEN json_valid(a.record) THEN a.record ->> 'gated' END = 0",
)

/** The newest articles of a list that are open to everyone, with the KV keys of their text. One D1 trip. */
export async function readOpenStories(db: D1Database, listing: string, size: number, now: number) {
  const statements = [[openQuery, listing, now, size], queryChanges(listing, now)] as const
  const [rows, change] = await batch<[TextRow, Changes]>(db, statements)
  return { stories: readRows(rows.results, toStoredText), changes: change.results[0] ?? noChanges }
}

/** The newest articles of a list, with the KV keys of their text. One D1 trip. */
export async function readStories(db: D1Database, listing: string, size: number, now: number): Promise<StoredText[]> {
  const results = await list<TextRow>(db, textQuery("?3"), listing, now, size)
  return readRows(results, toStoredText)
}

/** The first entries of several lists, in the given order, and the lead of the first list. One D1 trip. */
export async function readListings(db: D1Database, wanted: readonly { listing: string; size: number }[], now: number) {
  const first = wanted[0]?.listing ?? ""
  const [change, led, ...results] = await batch<[Changes, RecordRow, ...RecordRow[]]>(db, [
    queryChanges(first, now),
    queryLead(first, now),
    ...wanted.map(({ listing, size }) => queryList(listing, { size }, now)),
  ])
  const lists = results.map((result) => readRows(result.results, readRecord))
  return { lists, ...readLead(led.results, change.results) }
}

const ledgerFields = { path: isPath, title: isText, date: isText, text: isText }
type LedgerEntry = Readonly<Record<keyof typeof ledgerFields, string>>

/** The public ledger of corrections, newest first. One D1 trip. */
export async function readCorrections(db: D1Database, language: string, page: number, size: number, now: number) {
  const query = `SELECT a.path, a.title, c.date, c.text FROM corrections c JOIN articles a ON a.id = c.article
    WHERE c.language = ?1 AND ${isReadable} ORDER BY c.at DESC, c.article, c.position LIMIT ?3 OFFSET ?4`
  const values = [language, now, size + 1, (page - 1) * size]
  const { rows, changes } = await listWithChanges<LedgerEntry>(db, [query, ...values], now)
  const entries = readRows(rows.slice(0, size), (row) => expectFields(row, ledgerFields))
  return { entries, more: rows.length > size, changes }
}
