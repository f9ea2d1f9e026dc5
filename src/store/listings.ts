// Lists of articles: pages of a listing, whole texts for members, the ledger of corrections, titles. One D1 trip each.
import type { Entry, MediaItem } from "../article/article.ts"
import { type MembersBodies, readWholeBody } from "./bodies.ts"
import { StoreFailure } from "./failure.ts"
import {
  bodyFields,
  type Changes,
  changeQuery,
  correctionFields,
  expectFields,
  isReadable,
  type RecordRow,
  readChanges,
  readRecord,
  readRows,
  soonest,
} from "./rows.ts"

export interface Listing {
  readonly entries: readonly Entry[]
  /** There is a page after this one. */
  readonly more: boolean
  readonly changes: Changes
}

// The page is found in the list's own key; articles are read for its entries only, however deep it lies.
const listingQuery = `SELECT a.path, a.record FROM (
  SELECT article, at FROM listed WHERE listing = ?1 AND at <= ?2 AND (expires_at IS NULL OR expires_at > ?2)
  ORDER BY at DESC, article DESC LIMIT ?3 OFFSET ?4) entry
JOIN articles a ON a.id = entry.article ORDER BY entry.at DESC, entry.article DESC`

const listChangeQuery = `SELECT (SELECT min(at) FROM listed WHERE listing = ?1 AND at > ?2) AS embargo,
(SELECT min(expires_at) FROM listed WHERE listing = ?1 AND expires_at > ?2 AND at <= ?2) AS expiry`

/** How long an article with `lead: true` leads, unless a newer one does. */
const leadLasts = 3 * 86_400_000

// Among the newest 200 of these three days: an archive that was imported today is not read whole for each page.
const leadQuery = `SELECT a.path, a.record FROM (
  SELECT article, at FROM listed WHERE listing = ?1 AND at <= ?2 AND at > ?3 AND (expires_at IS NULL OR expires_at > ?2)
  ORDER BY at DESC, article DESC LIMIT 200) entry
JOIN articles a ON a.id = entry.article WHERE CASE WHEN json_valid(a.record) THEN a.record ->> 'lead' END = 1
ORDER BY entry.at DESC, entry.article DESC LIMIT 1`

function queryLead(db: D1Database, listing: string, now: number): D1PreparedStatement {
  return db.prepare(leadQuery).bind(listing, now, now - leadLasts)
}

/** The lead, or null; and the changes with its end, which readers see as they see an expiry. */
function readLead(result: D1Result<RecordRow> | undefined, changes: Changes): { lead: Entry | null; changes: Changes } {
  const lead = readRows(result?.results ?? [], readRecord)[0] ?? null
  const end = lead?.publishedAt == null ? null : lead.publishedAt + leadLasts
  return { lead, changes: { ...changes, expiry: soonest(changes.expiry, end) } }
}

/**
 * One page of a list, newest first, unknown dates last. One D1 trip.
 * @param listing a key as `listingKey` makes it: `en:/asia/tajikistan`
 * @param page from 1
 * @param leads whether the first page begins with the lead
 */
export async function readListing(
  db: D1Database,
  listing: string,
  page: number,
  size: number,
  now: number,
  leads = false,
): Promise<Listing> {
  const [rows, change, led] = await db.batch<RecordRow>([
    db.prepare(listingQuery).bind(listing, now, size + 1, (page - 1) * size),
    db.prepare(listChangeQuery).bind(listing, now),
    ...(leads && page === 1 ? [queryLead(db, listing, now)] : []),
  ])
  const found = rows?.results ?? []
  const entries = readRows(found.slice(0, size), readRecord)
  const { lead, changes } = readLead(led, readChanges(change))
  const ordered = lead === null ? entries : [lead, ...entries.filter(({ path }) => path !== lead.path)]
  return { entries: ordered, more: found.length > size, changes }
}

/** The first entries of several lists, in their order, and the lead of the first list. One D1 trip. */
export async function readListings(
  db: D1Database,
  wanted: readonly { listing: string; size: number }[],
  now: number,
): Promise<{ lists: Entry[][]; lead: Entry | null; changes: Changes }> {
  const first = wanted[0]?.listing ?? ""
  const [change, led, ...results] = await db.batch<RecordRow>([
    db.prepare(listChangeQuery).bind(first, now),
    queryLead(db, first, now),
    ...wanted.map(({ listing, size }) => db.prepare(listingQuery).bind(listing, now, size, 0)),
  ])
  const lists = results.map((result) => readRows(result.results, readRecord))
  return { lists, ...readLead(led, readChanges(change)) }
}

export interface LedgerEntry {
  readonly path: string
  readonly title: string
  readonly date: string
  readonly text: string
}

/** The public ledger of corrections, newest first. One D1 trip. */
export async function readCorrections(db: D1Database, language: string, page: number, size: number, now: number) {
  const [rows, change] = await db.batch<LedgerEntry>([
    db
      .prepare(
        `SELECT a.path, a.title, c.date, c.text FROM corrections c JOIN articles a ON a.id = c.article
         WHERE c.language = ?1 AND ${isReadable} ORDER BY c.at DESC, c.article, c.position LIMIT ?3 OFFSET ?4`,
      )
      .bind(language, now, size + 1, (page - 1) * size),
    changeQuery(db, now),
  ])
  const found = rows?.results ?? []
  const entries = readRows(found.slice(0, size), (row) => expectFields(row, correctionFields))
  return { entries, more: found.length > size, changes: readChanges(change) }
}

export interface FullText {
  readonly entry: Entry
  readonly media: Readonly<Record<string, MediaItem>>
  /** Markdown, both parts. */
  readonly text: string
}

const fullTextQuery = `SELECT a.path, a.record, a.open_hash, a.members_hash FROM listed l JOIN articles a ON a.id = l.article
WHERE l.listing = ?1 AND l.at <= ?2 AND (l.expires_at IS NULL OR l.expires_at > ?2)
ORDER BY l.at DESC, l.article DESC LIMIT ?3`

/**
 * The first `size` articles of a listing, whole. One D1 trip, and at most two KV reads an article. What is damaged or whose
 * text is missing is left out. @throws StoreFailure when no text at all can be read
 */
export async function readFullTexts(
  db: D1Database,
  bodies: MembersBodies,
  listing: string,
  size: number,
  now: number,
): Promise<FullText[]> {
  const { results } = await db
    .prepare(fullTextQuery)
    .bind(listing, now, size)
    .all<RecordRow & { open_hash: string; members_hash: string | null }>()
  const wanted = readRows(results, (row) => {
    const { open_hash, members_hash } = expectFields(row, bodyFields)
    const entry = readRecord(row)
    return { entry, hashes: { division: entry.division, openHash: open_hash, membersHash: members_hash } }
  })
  const texts: FullText[] = []
  const failures: StoreFailure[] = []
  await Promise.all(
    wanted.map(async ({ entry, hashes }, index) => {
      try {
        texts[index] = { entry, media: entry.media, text: await readWholeBody(bodies, hashes) }
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
