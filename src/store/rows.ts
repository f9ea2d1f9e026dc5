// Rows of the catalogue as the rest of the house knows them. A damaged one is left out where it stands among others.
import type { Access, Correction, Division, Entry, Label, MediaItem, Picture } from "../article/article.ts"

/** What the column `details` holds, as JSON: all of an article's metadata that no query asks for. */
export interface Details {
  readonly topics: readonly Label[]
  readonly authors: readonly Label[]
  readonly image: Picture | null
  readonly map: boolean
  readonly words: number
  readonly rights: string | null
  readonly corrections: readonly Correction[]
  readonly media: Readonly<Record<string, MediaItem>>
}

/** The columns that a list needs. */
export interface EntryRow {
  path: string
  language: string
  region: string
  country: string | null
  title: string
  summary: string
  published_at: number | null
  updated_at: number | null
  access: string
  gated: number
  details: string
}

export interface StoryRow extends EntryRow {
  revision: number
  live: number
  expires_at: number | null
  division: Division
  open_hash: string
  members_hash: string | null
  revised_at: number
}

export const entryColumns =
  "a.path, a.language, a.region, a.country, a.title, a.summary, a.published_at, a.updated_at, a.access, a.gated, a.details"

/** Sorts after every date that an article can have. */
export const unknownDate = -8_640_000_000_000_000

/** True while an article exists for readers: its embargo is over and it has not expired. Parameter `now` is bound as `?2`. */
export const isReadable =
  "a.live = 1 AND (a.published_at IS NULL OR a.published_at <= ?2) AND (a.expires_at IS NULL OR a.expires_at > ?2)"

type Check = (value: unknown) => boolean
type Fields = Readonly<Record<string, Check>>

/** Milliseconds that `Date` can hold. */
export const isMoment: Check = (value) => Number.isInteger(value) && Math.abs(value as number) <= 8_640_000_000_000_000
const isText: Check = (value) => typeof value === "string"
const isNumber: Check = (value) => typeof value === "number"
const isPath: Check = (value) => typeof value === "string" && value.startsWith("/")
/** A language tag: Intl throws on what is none. */
const isLanguage: Check = (value) => typeof value === "string" && /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(value)
const isFlag: Check = (value) => value === 0 || value === 1
const isHash: Check = (value) => typeof value === "string" && /^[\da-f]{64}$/.test(value)
const oneOf =
  (...known: unknown[]): Check =>
  (value) =>
    known.includes(value)
const orNull =
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
const size = { src: isText, width: isNumber, height: isNumber }
const isMedia = listOf(object(size))

const detailFields: Fields = {
  topics: listOf(isLabel),
  authors: listOf(isLabel),
  image: orNull(object({ ...size, alt: isText, caption: orNull(isText), credit: orNull(isText) })),
  map: (value) => typeof value === "boolean",
  words: isNumber,
  rights: orNull(isText),
  corrections: listOf(object({ date: isText, text: isText })),
  media: (value) => typeof value === "object" && value !== null && isMedia(Object.values(value)),
}
const placeFields: Fields = { path: isPath, language: isLanguage, region: isText, country: orNull(isText) }
const entryFields: Fields = {
  ...placeFields,
  title: isText,
  summary: isText,
  published_at: orNull(isMoment),
  updated_at: orNull(isMoment),
  access: oneOf("open", "members"),
  gated: isFlag,
  details: isText,
}
/** What an article's own page and its whole text need beside that. */
export const bodyFields: Fields = {
  division: oneOf("none", "line", "teaser"),
  open_hash: isHash,
  members_hash: orNull(isHash),
}
export const storyFields: Fields = {
  ...bodyFields,
  revision: isNumber,
  revised_at: isMoment,
  expires_at: orNull(isMoment),
}
export const headlineFields: Fields = { ...placeFields, title: isText, publishedAt: orNull(isMoment), gated: isFlag }
export const alternateFields: Fields = { path: isPath, language: isLanguage }
export const versionFields: Fields = { ...alternateFields, title: isText }
export const sitemapFields: Fields = { path: isPath, lastmod: isMoment }
export const monthFields: Fields = {
  month: (value) => typeof value === "string" && /^(?:\d{4}-\d\d|undated(?:-\d+)?)$/.test(value),
  changedAt: isMoment,
}
export const newsFields: Fields = { path: isPath, language: isLanguage, title: isText, publishedAt: isMoment }
export const correctionFields: Fields = { path: isPath, title: isText, date: isText, text: isText }

function findWrong(value: object, fields: Fields): string | null {
  for (const name in fields) if (!fields[name]?.((value as Record<string, unknown>)[name])) return name
  return null
}

/** The row itself. @throws Error that names the column that is damaged, or of another schema */
export function expectFields<Row extends object>(row: Row, fields: Fields): Row {
  const wrong = findWrong(row, fields)
  if (wrong !== null) throw new Error(`the catalogue's row of ${nameOf(row)} is damaged: ${wrong}`)
  return row
}

function nameOf(row: object): string {
  const { path, month } = row as { path?: unknown; month?: unknown }
  return String(path ?? month)
}

/** Said once for each row, and not of more than these: a log is not to fill with one mistake. */
const reported = new Set<string>()
const mostReported = 100

/** What `read` makes of rows that stand among others: one that it throws at is left out, and logged. */
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

/** @throws Error when the JSON is damaged, or of another schema */
export function readDetails(row: { path: string; details: string }): Details {
  const details: unknown = JSON.parse(row.details)
  return expectFields({ path: row.path, ...(details as Details) }, detailFields)
}

/** @throws Error when the row is damaged */
export function readEntry(row: EntryRow, details: Details = readDetails(row)): Entry {
  expectFields(row, entryFields)
  return {
    path: row.path,
    language: row.language,
    region: row.region,
    country: row.country,
    title: row.title,
    summary: row.summary,
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
    access: row.access as Access,
    gated: row.gated === 1,
    topics: details.topics,
    authors: details.authors,
    image: details.image,
    map: details.map,
    words: details.words,
  }
}

/**
 * Milliseconds since the epoch; null: none is known. The two are kept apart: an expiry is public, while an embargo must not
 * show in anything that readers receive (reader/freshness.ts).
 */
export interface Changes {
  readonly embargo: number | null
  readonly expiry: number | null
}

export const noChanges: Changes = { embargo: null, expiry: null }

// The expiry of an article that is still under embargo would give the embargo away.
const changesQuery = `SELECT
(SELECT min(published_at) FROM articles INDEXED BY articles_by_month WHERE live = 1 AND published_at > ?1) AS embargo,
(SELECT min(expires_at) FROM articles INDEXED BY articles_by_expiry WHERE live = 1 AND expires_at > ?1
  AND (published_at IS NULL OR published_at <= ?1)) AS expiry`

/** The statement that finds the site's next changes; it belongs into the batch of a page that shows articles of anywhere. */
export function changeQuery(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare(changesQuery).bind(now)
}

/** The row of a statement that selects `embargo` and `expiry`. */
export function readChanges(result: D1Result<unknown> | undefined): Changes {
  return (result?.results[0] as Changes | undefined) ?? noChanges
}

/** The earliest of several moments, or null. */
export function soonest(...moments: (number | null)[]): number | null {
  let earliest: number | null = null
  for (const moment of moments) if (moment !== null && (earliest === null || moment < earliest)) earliest = moment
  return earliest
}
