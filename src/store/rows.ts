// Reads and checks rows of the catalogue. A damaged row affects only its own page; lists leave it out and log it.
import type { ArticleRecord } from "../article/article.ts"
import { memo } from "../site/memo.ts"
import type { BodyHashes } from "./bodies.ts"
import { batch, type Statement } from "./sql.ts"

/** Stands for an unknown date. In newest-first order, it comes after every date that an article can have. */
export const unknownDate = -8_640_000_000_000_000

/** SQL condition: `a` is a live article, its embargo is over and it has not expired. `now` is bound as `?2`. */
export const isReadable =
  "a.live = 1 AND a.kind = 'article' AND (a.published_at IS NULL OR a.published_at <= ?2) AND (a.expires_at IS NULL OR a.expires_at > ?2)"

/** SQL: the id of the article that is or was at a path. */
export const articleAt = (path: string) =>
  `coalesce((SELECT id FROM articles WHERE path = ${path} AND live = 1), (SELECT target FROM redirects WHERE path = ${path}))`

type Check = (value: unknown) => boolean
export type Fields = Readonly<Record<string, Check>>

/** A time in milliseconds, in the range that `Date` can represent. */
export const isMoment: Check = (value) => Number.isInteger(value) && Math.abs(value as number) <= 8_640_000_000_000_000
export const isText: Check = (value) => typeof value === "string"
const isNumber: Check = (value) => typeof value === "number"
export const isPath: Check = (value) => typeof value === "string" && value.startsWith("/")
/** A language tag: Intl throws on anything else. */
export const isLanguage: Check = (value) => typeof value === "string" && /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(value)
const isBoolean: Check = (value) => typeof value === "boolean"
const isHash: Check = (value) => typeof value === "string" && /^[\da-f]{64}$/.test(value)
const oneOf =
  (...known: unknown[]): Check =>
  (value) =>
    known.includes(value)
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const object =
  (fields: Fields): Check =>
  (value) =>
    typeof value === "object" && value !== null && findWrong(value, fields) === null
const isLabel = object({ slug: isText, name: isText })
const areVariants = listOf(object({ src: isText, width: isNumber }))
const size = {
  src: isText,
  width: isNumber,
  height: isNumber,
  variants: (value: unknown) => value === undefined || areVariants(value),
}
const isMedia = listOf(object(size))

const recordFields: { readonly [Name in keyof ArticleRecord]: Check } = {
  path: isPath,
  language: isLanguage,
  region: isText,
  country: orNull(isText),
  title: isText,
  summary: isText,
  publishedAt: orNull(isMoment),
  updatedAt: orNull(isMoment),
  expiresAt: orNull(isMoment),
  access: oneOf("open", "members"),
  gated: isBoolean,
  division: oneOf("none", "line", "teaser"),
  topics: listOf(isLabel),
  authors: listOf(isLabel),
  image: orNull(object({ ...size, alt: isText, caption: orNull(isText), credit: orNull(isText) })),
  feedPath: (value) => value === undefined || isText(value),
  lead: (value) => value === undefined || typeof value === "boolean",
  map: isBoolean,
  words: isNumber,
  rights: orNull(isText),
  corrections: listOf(object({ date: isText, text: isText })),
  media: (value) => typeof value === "object" && value !== null && isMedia(Object.values(value)),
}
/** The columns needed, besides the record, to read a text. */
const storyFields: Fields = {
  open_hash: isHash,
  members_hash: orNull(isHash),
  revision: isNumber,
  revised_at: isMoment,
}

function findWrong(value: object, fields: Fields): string | null {
  for (const name in fields) if (!fields[name]?.((value as Record<string, unknown>)[name])) return name
  return null
}

/** Checks a row and returns it. @throws Error naming the column that is damaged or from another schema */
export function expectFields<Row extends object>(row: Row, fields: Fields): Row {
  const wrong = findWrong(row, fields)
  if (wrong !== null) throw new Error(`the catalogue's row for ${nameOf(row)} is damaged: ${wrong}`)
  return row
}

function nameOf(row: object): string {
  const { path, month } = row as { path?: unknown; month?: unknown }
  return String(path ?? month)
}

/** Rows already logged. Each is logged once, and only up to a limit, so that one mistake does not fill the log. */
const reported = new Set<string>()
const mostReported = 100

/** Reads each row with `read`. Rows on which it throws are left out and logged. */
export function readRows<Row extends object, Value>(
  rows: readonly Row[] | undefined,
  read: (row: Row) => Value,
): Value[] {
  const values: Value[] = []
  for (const row of rows ?? []) {
    try {
      values.push(read(row))
    } catch (error) {
      const name = nameOf(row)
      if (reported.has(name) || reported.size >= mostReported) continue
      reported.add(name)
      console.error("left out", name, error)
    }
  }
  return values
}

/** An article as stored in its row. */
export interface RecordRow {
  readonly path: string
  readonly record: string
}

/** The only reader of `articles.record`. @throws Error when the JSON is damaged or from another schema */
export function readRecord({ path, record }: RecordRow): ArticleRecord {
  return parseRecord(path, record)
}

// Cached, because all pages of a place show the same latest articles.
const parseRecord = memo((path: string, record: string) => {
  const read = JSON.parse(record) as object | null
  return expectFields({ path, ...read } as ArticleRecord, recordFields)
}, 2000)

/** A row with an article's text, or that of other content. */
export type TextRow = RecordRow & {
  open_hash: string
  members_hash: string | null
  revision: number
  revised_at: number
}

/** An article or other content, with the KV keys of its text. */
export interface StoredText {
  readonly record: ArticleRecord
  readonly revision: number
  readonly hashes: BodyHashes
}

/** The record and the keys of the text in a row, which it checks. @throws Error as `readRecord` does */
export function toStoredText(row: TextRow): StoredText {
  const { open_hash, members_hash, revision } = expectFields(row, storyFields)
  const record = readRecord(row)
  return { record, revision, hashes: { division: record.division, openHash: open_hash, membersHash: members_hash } }
}

/**
 * The next embargo to end and the next expiry, in milliseconds since the epoch; null if none is known. The two are kept
 * apart: an expiry is public, while an embargo must not show in anything that readers receive (reader/freshness.ts).
 */
export interface Changes {
  readonly embargo: number | null
  readonly expiry: number | null
}

export const noChanges: Changes = { embargo: null, expiry: null }

// The expiry of an article that is still under embargo would give the embargo away.
const changesQuery = `SELECT
(SELECT min(published_at) FROM articles INDEXED BY articles_dated WHERE live = 1 AND kind = 'article' AND published_at > ?1) AS embargo,
(SELECT min(expires_at) FROM articles INDEXED BY articles_by_expiry WHERE live = 1 AND expires_at > ?1
  AND (published_at IS NULL OR published_at <= ?1)) AS expiry`

/** SQL: when a list's next embargo ends, and when the next of its readable entries expires. `now` is bound as `?2`. */
export const nextEmbargo = (listing: string) => `(SELECT min(at) FROM listed WHERE listing = ${listing} AND at > ?2)`
export const nextExpiry = (listing: string) =>
  `(SELECT min(expires_at) FROM listed WHERE listing = ${listing} AND expires_at > ?2 AND at <= ?2)`

/** Runs a statement of a page that shows articles from anywhere, and finds the site's next changes. One D1 trip. */
export async function listWithChanges<Row>(db: D1Database, statement: Statement, now: number) {
  const [rows, changes] = await batch<[Row, Changes]>(db, [statement, [changesQuery, now]])
  return { rows: rows.results, changes: changes.results[0] ?? noChanges }
}

/** The earliest of several moments, or null. */
export function soonest(...moments: (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null)
  return known.length === 0 ? null : Math.min(...known)
}
