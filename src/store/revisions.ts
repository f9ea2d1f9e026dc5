// Reads what the desk needs from the catalogue: heads of all articles, an article's revisions, files as published.

import type { MediaUpload } from "../article/media-types.ts"
import { type BodyHashes, readWholeBody } from "./bodies.ts"
import { first, list, type Statement, value } from "./sql.ts"
import type { Texts } from "./stores.ts"

export interface HeadRow {
  path: string
  title: string
  access: string
  live: number
  publishedAt: number | null
  updatedAt: number | null
  expiresAt: number | null
  language: string
  revision: number
  digest: string
  who: string
  when: number
  /** A hash, computed by the CLI, of what the article's social card shows; null if it has no card. */
  card: string | null
  /** 0 if the row's record is damaged and cannot be shown to readers. */
  whole: number
}

/**
 * The site's random id, created with its catalogue. `unclean`: it has pictures that may contain metadata. `unsized`: it
 * has pictures whose variants are missing or older than this version.
 */
export async function readSite(db: D1Database, version: number) {
  const query = `SELECT id, EXISTS (SELECT 1 FROM media WHERE clean = 0 AND sha256 > '') AS unclean,
    EXISTS (SELECT 1 FROM variants WHERE version < ?1) AS unsized FROM site`
  const row = await first<{ id: string; unclean: number; unsized: number }>(db, query, version)
  return { id: row?.id ?? "", unclean: row?.unclean === 1, unsized: row?.unsized === 1 }
}

/** Approximates the checks of rows.ts, well enough for a list: parsing every record would take too long. */
const isWhole = `r ->> 'access' IN ('open', 'members') AND json_type(r, '$.topics') IS 'array'
  AND json_type(r, '$.authors') IS 'array' AND json_type(r, '$.corrections') IS 'array'
  AND json_type(r, '$.media') IS 'object' AND json_type(r, '$.words') IS 'integer'`

/** The next heads of all articles, in order of path, starting after `after`. */
export function readHeadsAfter(db: D1Database, after: string, limit: number): Promise<HeadRow[]> {
  const query = `SELECT path, title, r ->> 'access' AS access, live, published_at AS publishedAt, r ->> 'updatedAt' AS updatedAt,
      expires_at AS expiresAt, language, revision, digest, revised_by AS who, revised_at AS "when", ${isWhole} AS whole,
      (SELECT c.drawn FROM cards c WHERE c.path = a.path AND c.title = a.title) AS card
    FROM (SELECT *, iif(json_valid(record), record, '{}') AS r FROM articles) a WHERE path > ?1 ORDER BY path LIMIT ?2`
  return list<HeadRow>(db, query, after, limit)
}

export interface RevisionRow {
  revision: number
  action: string
  digest: string
  who: string
  at: number
  message: string
  /** 1 if the revision's text was erased. */
  erased: number
}

/** An article's revisions, newest first. */
export function readRevisions(db: D1Database, path: string): Promise<RevisionRow[]> {
  const query = `SELECT revision, action, digest, who, at, message, open_hash = '' AS erased
    FROM revisions WHERE path = ?1 ORDER BY revision DESC LIMIT 500`
  return list<RevisionRow>(db, query, path)
}

/** The first revision after `base` if this same change made it, so the request is a retry; otherwise null. */
export function findRepeated(
  db: D1Database,
  { path, base, action, who, message }: { path: string; base: number; action: string; who: string; message: string },
): Promise<number | null> {
  const query = `SELECT iif(action = ?3 AND who = ?4 AND message = ?5, revision, NULL) FROM revisions
    WHERE path = ?1 AND revision > ?2 ORDER BY revision LIMIT 1`
  return value<number>(db, query, path, base, action, who, message)
}

export interface Source {
  readonly revision: number
  readonly digest: string
  /** The file, byte for byte as published. */
  readonly source: string
  readonly media: Record<string, MediaUpload>
}

/** The file of a revision (null: the newest), or null if there is none or it was erased. */
export async function readSource(
  { catalogue, bodies }: Texts,
  path: string,
  revision: number | null,
): Promise<Source | null> {
  const query = `SELECT revision, digest, front, division, open_hash AS openHash, members_hash AS membersHash, media
    FROM revisions WHERE path = ?1 AND (?2 IS NULL OR revision = ?2) AND open_hash <> '' ORDER BY revision DESC LIMIT 1`
  type Row = BodyHashes & Pick<Source, "revision" | "digest"> & { front: string; media: string }
  const row = await first<Row>(catalogue, query, path, revision)
  if (row === null) return null
  const { digest, front, media } = row
  const source = front + (await readWholeBody(bodies, row))
  return { revision: row.revision, digest, source, media: JSON.parse(media) }
}

/** Where the articles went that are no longer at these addresses, and the moves that led there, as far as known. */
export async function readDepartures(db: D1Database, paths: readonly string[]) {
  if (paths.length === 0) return []
  const query = `SELECT j.value AS path, a.path AS movedTo, coalesce(m.revision, 0) AS revision, m.who, m.at
    FROM json_each(?1) j LEFT JOIN redirects d ON d.path = j.value LEFT JOIN articles a ON a.id = d.target
    LEFT JOIN revisions m ON m.path = a.path AND m.revision = (SELECT max(revision) FROM revisions
      WHERE path = a.path AND action = 'move' AND instr(message, j.value || ' → ') = 1) ORDER BY j.key`
  type Row = { path: string; movedTo: string | null; revision: number; who: string | null; at: number | null }
  return list<Row>(db, query, JSON.stringify(paths))
}

/**
 * The statement that adds an entry to the audit log. Pass no email addresses: members are identified by id.
 * @param condition SQL: whether to add it
 */
export function recordAudit(
  { who, action, subject, detail = "" }: { who: string; action: string; subject: string; detail?: string },
  now: number,
  condition = "true",
): Statement {
  const query = `INSERT INTO audit (at, who, action, subject, detail) SELECT ?1, ?2, ?3, ?4, ?5 WHERE ${condition}`
  return [query, now, who, action, subject, detail]
}
