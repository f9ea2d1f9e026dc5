// Reads what the page of an article or a static page needs from the catalogue, in one D1 trip.
import type { Story } from "../article/article.ts"
import { memo } from "../site/memo.ts"
import type { BodyHashes } from "./bodies.ts"
import {
  type Changes,
  nextEmbargo,
  nextExpiry,
  noChanges,
  type RecordRow,
  readRecord,
  readRows,
  soonest,
  type TextRow,
  toStoredText,
} from "./rows.ts"
import { shareTrips } from "./shared-trips.ts"

/** What is at the address of an article or a static page. `changes`: when an embargo or expiry next changes it. */
export type Lookup =
  | {
      readonly kind: "story"
      /** The article's id, as stored in gifts. */
      readonly id: string
      readonly story: Story
      readonly hashes: BodyHashes
      /** The path of the original, which identifies a story together with its translations. */
      readonly group: string
      /** Keys of the lists that its related articles come from. */
      readonly lists: readonly string[]
      readonly changes: Changes
    }
  | { readonly kind: "moved"; readonly to: string; readonly changes: Changes }
  | { readonly kind: "gone"; readonly changes: Changes }
  | { readonly kind: "absent"; readonly changes: Changes }

/** `translations` and `related` are JSON arrays of RecordRow. `list` in `related`: the listing that the row is from. */
interface LookupRow
  extends TextRow,
    Record<"id" | "live", number>,
    Record<"life" | "translation_group" | "language" | "region" | "kind" | "translations" | "related", string>,
    Record<"published_at" | "expires_at" | "moved_at" | "moved_expiry" | "moved_live", number | null>,
    Record<"next_at" | "next_expiry" | "region_at" | "region_expiry", number | null>,
    Record<"moved_to" | "card", string | null> {
  /** 1 if the article was unpublished under embargo, so readers never saw it. `moved_*`: the redirect's target. */
  unseen: number | null
  moved_unseen: number | null
}

const nearest = (listing: string, more: string) => `SELECT * FROM (
  SELECT x.*, l.listing AS list FROM listed l JOIN articles x ON x.id = l.article
  WHERE l.listing = ${listing} AND l.at <= ?2 AND (l.expires_at IS NULL OR l.expires_at > ?2)${more}
  ORDER BY l.at DESC, l.article DESC LIMIT 5)`

const unseen = (row: string) => `(${row}.live = 0 AND ${row}.appeared_at > ${row}.revised_at)`
const regionList = "a.language || ':/' || a.region"

/**
 * What is at path ?1, its translations, and the latest articles of listing ?3, all as of time ?2. If ?3 is a country's
 * listing with fewer than five articles, articles of its region fill the remaining places. That costs nothing when it
 * is not needed: SQLite does not start the second half of a UNION ALL once the LIMIT is reached.
 */
export const lookupQuery = `
SELECT a.*, c.src AS card, m.path AS moved_to, m.live AS moved_live, m.published_at AS moved_at, m.expires_at AS moved_expiry,
  ${unseen("a")} AS unseen, ${unseen("m")} AS moved_unseen,
  (SELECT json_group_array(json_object('path', t.path, 'record', t.record))
     FROM articles t WHERE t.translation_group = a.translation_group AND t.live = 1 AND t.id <> a.id) AS translations,
  (SELECT json_group_array(json_object('path', r.path, 'record', r.record, 'list', r.list))
     FROM (${nearest("?3", "")}
       UNION ALL ${nearest(regionList, " AND a.country IS NOT NULL AND x.country IS NOT a.country")} LIMIT 5) r) AS related,
  ${nextEmbargo("?3")} AS next_at, ${nextExpiry("?3")} AS next_expiry,
  ${nextEmbargo(regionList)} AS region_at, ${nextExpiry(regionList)} AS region_expiry
FROM (SELECT ?1 AS wanted)
LEFT JOIN articles a ON a.path = wanted
LEFT JOIN cards c ON c.path = wanted AND c.title = a.title
LEFT JOIN redirects d ON d.path = wanted
LEFT JOIN articles m ON m.id = d.target`

// Cached, because all pages of a place have the same latest articles.
const readRelated = memo((rows: string) => {
  const related = JSON.parse(rows) as (RecordRow & { list: string })[]
  return { records: readRows(related, readRecord), lists: related.map(({ list }) => list) }
}, 500)

const runLookup = shareTrips<LookupRow>(lookupQuery)

/**
 * What is at `path`, with its translations and the latest other articles of `listing`. One D1 trip.
 * @param now milliseconds since the epoch
 */
export async function lookUpArticle(db: D1Database, path: string, listing: string, now: number): Promise<Lookup> {
  const results = await runLookup(db, path, now, listing)
  const [row] = results
  if (row === undefined) throw new Error("the lookup returned no row")
  if (row.path === null || row.live !== 1 || !hasPage(row)) return readOldAddress(row, now)
  if (row.expires_at !== null && row.expires_at <= now) return { kind: "gone", changes: noChanges }
  if (row.published_at !== null && row.published_at > now)
    return { kind: "absent", changes: { ...noChanges, embargo: row.published_at } }
  const { record, revision, hashes } = toStoredText(row)
  const versions = [record, ...readRows(JSON.parse(row.translations) as RecordRow[], readRecord)]
  const visible = versions.filter(({ publishedAt }) => (publishedAt ?? now) <= now)
  const related = readRelated(row.related)
  const short = related.lists.length < 5 || related.lists.some((list) => list !== listing)
  return {
    kind: "story",
    id: `${row.id}.${row.life}`,
    story: {
      ...record,
      revision,
      revisedAt: row.revised_at,
      card: row.card,
      translations: visible.filter(({ expiresAt }) => (expiresAt ?? now + 1) > now),
      related: related.records.filter((other) => other.path !== row.path).slice(0, 4),
    },
    hashes,
    group: row.translation_group,
    lists: short ? [...new Set([listing, `${row.language}:/${row.region}`])] : [listing],
    changes: {
      embargo: soonest(
        row.next_at,
        short ? row.region_at : null,
        ...versions.map((one) => later(one.publishedAt, now)),
      ),
      expiry: soonest(
        row.next_expiry,
        short ? row.region_expiry : null,
        row.expires_at,
        ...visible.map(({ expiresAt }) => later(expiresAt, now)),
      ),
    },
  }
}

/** What is at an address without a live article of its own, depending on the state of its redirect's target. */
function readOldAddress(row: LookupRow, now: number): Lookup {
  const { moved_to, moved_live, moved_at, moved_expiry } = row
  const embargo = moved_live === 1 ? later(moved_at, now) : null
  const ended = moved_live === 0 || (moved_expiry !== null && moved_expiry <= now)
  if (moved_to !== null && !ended && embargo === null)
    return { kind: "moved", to: moved_to, changes: { embargo, expiry: moved_expiry } }
  const left = row.path !== null && hasPage(row) && row.unseen !== 1
  const gone = left || (moved_to !== null && ended && row.moved_unseen !== 1)
  return { kind: gone ? "gone" : "absent", changes: { ...noChanges, embargo } }
}

/** Whether content of this kind has a page. The paths of other kinds, such as notes, count as unknown. */
const hasPage = ({ kind }: LookupRow) => kind === "article" || kind === "page"

function later(moment: number | null, now: number): number | null {
  return moment !== null && moment > now ? moment : null
}
