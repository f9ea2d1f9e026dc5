// The smaller files of pictures, which the command line makes. Stored beside articles and copied into their records, so
// that pages need no further query; never part of a revision or a digest.
import type { ArticleRecord, Variant } from "../article/article.ts"
import type { PictureFile } from "../article/picture-types.ts"
import { enqueuePurges } from "./purges.ts"
import { column, list, value } from "./sql.ts"

/** SQL: a picture in a record, with its current variants or none. */
const withVariants = (picture: string) => `json_patch(${picture}, json_object('variants',
  (SELECT json(s.files) FROM variants s WHERE s.sha256 = substr(${picture} ->> 'src', 8, 64) AND s.files <> '[]')))`

/** SQL: a record, as JSON, with the current variants of its pictures. */
const filled = (record: string) => `json_set(${record},
  '$.media', json((SELECT json_group_object(m.key, json(${withVariants("m.value")})) FROM json_each(${record}, '$.media') m)),
  '$.image', json(CASE json_type(${record}, '$.image') WHEN 'object' THEN ${withVariants(`(${record} -> '$.image')`)}
    ELSE 'null' END))`

/** The statement that copies variants into the records of these articles. `ids`: SQL that selects them. */
export function fillVariants(db: D1Database, ids: string, bound: string): D1PreparedStatement {
  const query = `UPDATE articles SET record = ${filled("record")}
    WHERE id IN (${ids}) AND json_valid(record) AND record -> '$.media' <> '{}'`
  return db.prepare(query).bind(bound)
}

/** A record that is not in the catalogue, with the variants of its pictures. */
export async function addVariants(db: D1Database, record: ArticleRecord): Promise<ArticleRecord> {
  const found = await value<string>(db, `SELECT ${filled("?1")}`, JSON.stringify(record))
  return found === null ? record : JSON.parse(found)
}

/** Which of these pictures have no variants of this version or a later one. */
export async function findUnsized(db: D1Database, hashes: readonly string[], version: number): Promise<string[]> {
  const query = `SELECT j.value AS hash FROM json_each(?1) j LEFT JOIN variants s ON s.sha256 = j.value AND s.version >= ?2
    WHERE s.sha256 IS NULL`
  return column<string>(db, query, JSON.stringify(hashes), version)
}

/** Pictures of articles that have no variants of this version or a later one. */
export async function listUnsized(db: D1Database, version: number, limit: number) {
  const query = `SELECT s.sha256, m.extension FROM variants s JOIN media m ON m.sha256 = s.sha256 AND m.clean = 1
    WHERE s.version < ?1 ORDER BY s.version LIMIT ?2`
  return list<Pick<PictureFile, "sha256" | "extension">>(db, query, version, limit)
}

/** A picture's smaller files; none if it needs none. */
export interface Sized {
  readonly sha256: string
  readonly files: readonly Variant[]
}

/** Stores pictures' variants, and shows them in the articles that use the pictures already. No revision is made. */
export async function keepVariants(db: D1Database, sized: readonly Sized[], version: number, now: number) {
  const hashes = JSON.stringify(sized.map(({ sha256 }) => sha256))
  const rows = JSON.stringify(sized.map(({ sha256, files }) => ({ sha256, files: JSON.stringify(files) })))
  const using = "SELECT article FROM media_uses WHERE sha256 IN (SELECT value FROM json_each(?1))"
  const insert = `INSERT INTO variants SELECT j.value ->> 'sha256', ?2, j.value ->> 'files' FROM json_each(?1) j WHERE true
    ON CONFLICT (sha256) DO UPDATE SET version = excluded.version, files = excluded.files`
  const [used] = await db.batch<{ used: number }>([
    db.prepare(`SELECT EXISTS (${using}) AS used`).bind(hashes),
    db.prepare(insert).bind(rows, version),
    fillVariants(db, using, hashes),
  ])
  // Lists anywhere show pictures. Pages with the old files remain correct, so it need not be in the same transaction.
  if (used?.results[0]?.used === 1) await enqueuePurges(db, "everything", now).run()
}
