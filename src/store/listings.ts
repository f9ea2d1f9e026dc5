// Reads lists of articles: pages of a listing, and the ledger of corrections. One D1 trip each.
import type { ArticleRecord, Entry } from "../article/article.ts"
import type { BodyHashes } from "./bodies.ts"
import {
  type Changes,
  expectFields,
  isPath,
  isReadable,
  isText,
  listWithChanges,
  nextEmbargo,
  nextExpiry,
  type RecordRow,
  readChanges,
  readRecord,
  readRows,
  soonest,
  storyFields,
} from "./rows.ts"
import { list } from "./sql.ts"

/** An article or other content, with the KV keys of its text. */
export interface StoredText {
  readonly record: ArticleRecord
  readonly revision: number
  readonly hashes: BodyHashes
}

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

function queryList(
  db: D1Database,
  listing: string,
  { size, skip = 0, wider = null, led = false }: { size: number; skip?: number; wider?: string | null; led?: boolean },
  now: number,
): D1PreparedStatement {
  return db.prepare(listingQuery).bind(listing, now, size, skip, wider, led ? now - leadLasts : null)
}

const countQuery = `SELECT j.value AS listing, (SELECT count(*) FROM (
  SELECT 1 FROM listed WHERE listing = j.value AND ${readable} LIMIT ?3)) AS stories FROM json_each(?1) j`

interface CountRow {
  readonly listing: string
  readonly stories: number
}

function queryCounts(db: D1Database, { listings, most }: Counted, now: number): D1PreparedStatement {
  return db.prepare(countQuery).bind(JSON.stringify(listings), now, most)
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
  const { rows, changes } = await listWithChanges<CountRow>(db, queryCounts(db, counted, now), now)
  return { counts: readCounts(rows), changes }
}

function queryChanges(db: D1Database, listing: string, now: number): D1PreparedStatement {
  const query = `SELECT ${nextEmbargo("?1")} AS embargo, ${nextExpiry("?1")} AS expiry`
  return db.prepare(query).bind(listing, now)
}

function queryLead(db: D1Database, listing: string, now: number): D1PreparedStatement {
  return db.prepare(findLead("a.path, a.record", "?3")).bind(listing, now, now - leadLasts)
}

/** The lead or null, and the next changes. The time when the lead stops leading counts as an expiry. */
function readLead(result: D1Result<RecordRow> | undefined, changes: Changes): { lead: Entry | null; changes: Changes } {
  const lead = readRows(result?.results ?? [], readRecord)[0] ?? null
  const end = lead?.publishedAt == null ? null : lead.publishedAt + leadLasts
  return { lead, changes: { ...changes, expiry: soonest(changes.expiry, end) } }
}

/** SQL: the published content at path ?1. */
export const textAt = `SELECT path, iif(json_valid(record), record, '{}') AS record, open_hash, members_hash, revision, revised_at
FROM articles WHERE path = ?1 AND live > 0`

export type TextRow = RecordRow & { open_hash: string; members_hash: string | null; revision: number }

export function readText(row: TextRow): StoredText {
  const { open_hash, members_hash, revision } = expectFields(row, storyFields)
  const record = readRecord(row)
  return { record, revision, hashes: { division: record.division, openHash: open_hash, membersHash: members_hash } }
}

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
  const [rows, change, ...others] = await db.batch<TextRow & CountRow & { own: number }>([
    queryList(db, listing, { size: size + 1, skip: (page - 1) * size, wider, led }, now),
    queryChanges(db, wider ?? listing, now),
    ...(led ? [queryLead(db, listing, now)] : []),
    ...(parts === undefined ? [] : [queryCounts(db, parts, now)]),
    ...(author === undefined ? [] : [db.prepare(textAt).bind(author)]),
  ])
  const first = led ? others.shift() : undefined
  const count = parts === undefined ? undefined : others.shift()
  const all = rows?.results ?? []
  const found = all.filter((row) => row.own !== 0)
  const entries = readRows(found.slice(0, size), readRecord)
  const { lead, changes } = readLead(first, readChanges(change))
  return {
    entries: lead === null || page > 1 ? entries : [lead, ...entries],
    more: found.length > size,
    next: readRows(all.slice(found.length), readRecord),
    counts: readCounts(count?.results),
    changes,
    biography: readRows(author === undefined ? [] : others[0]?.results, readText)[0] ?? null,
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
  const [rows, change] = await db.batch<TextRow>([
    db.prepare(openQuery).bind(listing, now, size),
    queryChanges(db, listing, now),
  ])
  return { stories: readRows(rows?.results, readText), changes: readChanges(change) }
}

/** The newest articles of a list, with the KV keys of their text. One D1 trip. */
export async function readStories(db: D1Database, listing: string, size: number, now: number): Promise<StoredText[]> {
  const results = await list<TextRow>(db, textQuery("?3"), listing, now, size)
  return readRows(results, readText)
}

/** Queries for a list's newest entries and its next changes. `readNewest` reads their results. */
export function queryNewest(db: D1Database, listing: string, size: number, now: number): D1PreparedStatement[] {
  return [queryList(db, listing, { size }, now), queryChanges(db, listing, now)]
}

export function readNewest([rows, change]: readonly D1Result[]) {
  return { entries: readRows((rows?.results ?? []) as RecordRow[], readRecord), changes: readChanges(change) }
}

/** The first entries of several lists, in the given order, and the lead of the first list. One D1 trip. */
export async function readListings(db: D1Database, wanted: readonly { listing: string; size: number }[], now: number) {
  const first = wanted[0]?.listing ?? ""
  const [change, led, ...results] = await db.batch<RecordRow>([
    queryChanges(db, first, now),
    queryLead(db, first, now),
    ...wanted.map(({ listing, size }) => queryList(db, listing, { size }, now)),
  ])
  const lists = results.map((result) => readRows(result.results, readRecord))
  return { lists, ...readLead(led, readChanges(change)) }
}

const ledgerFields = { path: isPath, title: isText, date: isText, text: isText }
type LedgerEntry = Readonly<Record<keyof typeof ledgerFields, string>>

/** The public ledger of corrections, newest first. One D1 trip. */
export async function readCorrections(db: D1Database, language: string, page: number, size: number, now: number) {
  const query = `SELECT a.path, a.title, c.date, c.text FROM corrections c JOIN articles a ON a.id = c.article
    WHERE c.language = ?1 AND ${isReadable} ORDER BY c.at DESC, c.article, c.position LIMIT ?3 OFFSET ?4`
  const statement = db.prepare(query).bind(language, now, size + 1, (page - 1) * size)
  const { rows, changes } = await listWithChanges<LedgerEntry>(db, statement, now)
  const entries = readRows(rows.slice(0, size), (row) => expectFields(row, ledgerFields))
  return { entries, more: rows.length > size, changes }
}
