// Rows of the catalogue as the rest of the house knows them.
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

export function readDetails(row: { details: string }): Details {
  return JSON.parse(row.details) as Details
}

export function readEntry(row: EntryRow, details: Details = readDetails(row)): Entry {
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
