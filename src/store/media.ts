// Stores pictures and social cards: bytes in KV under their hash, and details in the catalogue. Bytes with metadata are
// refused; those published before that check existed are replaced.
import type { ArticleRecord, Variant } from "../article/article.ts"
import { findMetadata } from "../article/media-metadata.ts"
import { type DirtyPicture, type PictureFile, recordingTypes } from "../article/media-types.ts"
import { explainSvg } from "../article/svg.ts"
import { hashContent, putBytes } from "./bodies.ts"
import { enqueuePurges } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { batch, column, list, run, type Statement, value } from "./sql.ts"
import type { Stores } from "./stores.ts"

type Bytes = Pick<Stores, "catalogue" | "media">

/** Stores a picture that contains no metadata. */
export async function keepPicture(
  { catalogue: db, media }: Bytes,
  picture: { sha256: string; extension: string; bytes: Uint8Array },
  now: number,
): Promise<void> {
  const { sha256, extension, bytes } = picture
  await putBytes(media, sha256, bytes, { extension, size: bytes.length, at: now })
  const query = `INSERT INTO media (sha256, extension, size, at, clean) VALUES (?1, ?2, ?3, ?4, 1)
    ON CONFLICT (sha256) DO UPDATE SET clean = 1`
  await run(db, query, sha256, extension, bytes.length, now)
}

/** Which of these media are not stored yet or not known to be clean. Asks D1, never KV, which caches misses. */
export async function findMissingMedia(db: D1Database, hashes: readonly string[]): Promise<string[]> {
  const query = `SELECT j.value AS hash FROM json_each(?1) j LEFT JOIN media m ON m.sha256 = j.value AND m.clean = 1
    WHERE m.sha256 IS NULL`
  return column<string>(db, query, JSON.stringify(hashes))
}

/** How many pictures one request checks: each is read in full. */
const sweptAtOnce = 10

/**
 * Checks pictures that were stored unchecked, in order of hash, starting after `after`. Social cards, and pictures
 * without metadata, are marked as clean; the others are deleted, bytes first, unless an article uses them.
 * @returns `dirty`: those in use, which must be replaced first; `next`: where to continue, or null at the end
 */
export async function sweepMedia({ catalogue: db, media }: Bytes, after: string, now: number) {
  const query = `SELECT sha256, extension, (SELECT a.path FROM media_uses u JOIN articles a ON a.id = u.article
      WHERE u.sha256 = m.sha256 LIMIT 1) AS path,
      EXISTS (SELECT 1 FROM cards WHERE src = '/media/' || m.sha256 || '.' || m.extension) AS card
    FROM media m WHERE clean = 0 AND sha256 > ?1 ORDER BY sha256 LIMIT ?2`
  type Row = Omit<DirtyPicture, "path"> & { path: string | null; card: number }
  const results = await list<Row>(db, query, after, sweptAtOnce)
  const clean: string[] = []
  const unused: string[] = []
  const dirty: DirtyPicture[] = []
  for (const { sha256, extension, path, card } of results) {
    const bytes = await media.get(sha256, "arrayBuffer")
    if (card === 1 || (bytes !== null && explainPictureBytes(new Uint8Array(bytes), extension) === null))
      clean.push(sha256)
    else if (path === null) unused.push(sha256)
    else dirty.push({ sha256, extension, path })
  }
  await Promise.all(unused.map((sha256) => media.delete(sha256)))
  const among = "WHERE sha256 IN (SELECT value FROM json_each(?1))"
  await batch(db, [
    [`UPDATE media SET clean = 1 ${among}`, JSON.stringify(clean)],
    [`DELETE FROM media ${among}`, JSON.stringify(unused)],
    // The edge keeps pictures for a year, and may have cached one again since its address was replaced.
    ...(unused.length > 0 ? [enqueuePurges("everything", now)] : []),
  ])
  return { dirty, next: results.length === sweptAtOnce ? (results.at(-1)?.sha256 ?? null) : null }
}

const nameOf = (extension: string) => (extension in recordingTypes ? "recording" : "picture")

/** Why these bytes may not be published with this extension, or null if they may. */
export function explainPictureBytes(bytes: Uint8Array, extension: string): string | null {
  if (extension === "svg") return explainSvg(bytes)
  try {
    const metadata = findMetadata(bytes, extension)
    return metadata === null ? null : `the ${nameOf(extension)} contains metadata (${metadata})`
  } catch (error) {
    if (error instanceof RangeError) return `the ${nameOf(extension)} is not a complete ${extension} file`
    throw error
  }
}

/**
 * Replaces the picture `old` with another in every article and revision that refers to it, in one transaction.
 * Digests do not change, because the file in the folder is the same. The next sweep deletes the bytes of `old`.
 */
export async function replacePicture(db: D1Database, old: string, picture: PictureFile, who: string, now: number) {
  const { sha256, extension, width, height } = picture
  // In a JSON merge patch, null removes a field.
  const address = JSON.stringify({ src: `/media/${sha256}.${extension}`, width, height, variants: null })
  const using = "SELECT article FROM media_uses WHERE sha256 = ?1"
  const inRevisions = `UPDATE revisions SET media = (
      SELECT json_group_object(m.key, json(CASE WHEN m.value ->> 'sha256' = ?1
        THEN json_set(?2, '$.original', json(coalesce(m.value -> 'original', m.value))) ELSE m.value END))
      FROM json_each(revisions.media) m)
    WHERE path IN (SELECT path FROM articles WHERE id IN (${using})) AND instr(media, ?1) > 0 AND json_valid(media)`
  const inRecords = `UPDATE articles SET record = json_set(record,
      '$.media', json((SELECT json_group_object(m.key, json(CASE WHEN instr(m.value ->> 'src', ?1) > 0
        THEN json_patch(m.value, ?2) ELSE m.value END)) FROM json_each(record, '$.media') m)),
      '$.image', json(CASE WHEN instr(record ->> '$.image.src', ?1) > 0
        THEN json_patch(record -> '$.image', ?2) ELSE record -> '$.image' END))
    WHERE id IN (${using}) AND instr(record, ?1) > 0 AND json_valid(record)`
  await batch(db, [
    [inRevisions, old, JSON.stringify({ sha256, extension, width, height })],
    [inRecords, old, address],
    [`INSERT OR IGNORE INTO media_uses SELECT ?2, article FROM (${using})`, old, sha256],
    ["DELETE FROM media_uses WHERE sha256 = ?1", old],
    ["DELETE FROM variants WHERE sha256 = ?1", old],
    fillVariants(using, sha256),
    enqueuePurges("everything", now),
    recordAudit({ who, action: "replace-picture", subject: old, detail: sha256 }, now),
  ])
}

export interface CardUpload {
  readonly path: string
  /** The revision that the card was drawn for. */
  readonly revision: number
  readonly drawn: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The extension of every card. */
const cardExtension = "jpg"

/**
 * Stores the bytes of cards, then records them and enqueues their pages' purges in one transaction. A card is refused
 * if its article is gone or no longer at that revision, as the next revision gets its own card. Readers may still
 * have a card's address after it is replaced, so its bytes stay until the article is erased.
 * @returns the paths whose cards were stored
 */
export async function keepCards({ catalogue: db, media }: Bytes, cards: readonly CardUpload[], now: number) {
  const rows = await Promise.all(
    cards.map(async ({ path, revision, drawn, bytes }) => {
      const sha256 = await hashContent(bytes)
      await putBytes(media, sha256, bytes, { extension: cardExtension, size: bytes.length })
      return { path, revision, drawn, sha256, size: bytes.length, src: `/media/${sha256}.${cardExtension}` }
    }),
  )
  const given = JSON.stringify(rows)
  const keep = `INSERT OR REPLACE INTO cards (path, title, drawn, src)
    SELECT a.path, a.title, j.value ->> 'drawn', j.value ->> 'src' FROM json_each(?1) j
    JOIN articles a ON a.path = j.value ->> 'path' AND a.revision = j.value ->> 'revision' AND a.live = 1
    RETURNING path`
  const store = `INSERT OR IGNORE INTO media (sha256, extension, size, at, clean)
    SELECT j.value ->> 'sha256', '${cardExtension}', j.value ->> 'size', ?2, 1 FROM json_each(?1) j`
  const remember = `INSERT OR IGNORE INTO erasures (path, store, key)
    SELECT path, 'media', substr(src, 8, 64) FROM cards WHERE path IN (SELECT value ->> 'path' FROM json_each(?1))
    UNION SELECT value ->> 'path', 'media', value ->> 'sha256' FROM json_each(?1)`
  const tags = rows.map(({ path }) => `a:${path}`)
  const [, kept] = await batch<[unknown, { path: string }]>(db, [
    [remember, given],
    [keep, given],
    [store, given, now],
    enqueuePurges(tags, now),
  ])
  return kept.results.map(({ path }) => path)
}

// Variants are smaller versions of pictures, made by the CLI. They are copied into the records of articles, so that
// pages need no further query, but are never part of a revision or a digest.
/** SQL: a picture in a record, with its current variants or none. */
const withVariants = (picture: string) => `json_patch(${picture}, json_object('variants',
  (SELECT json(s.files) FROM variants s WHERE s.sha256 = substr(${picture} ->> 'src', 8, 64) AND s.files <> '[]')))`

/** SQL: a record, as JSON, with the current variants of its pictures. */
const filled = (record: string) => `json_set(${record},
  '$.media', json((SELECT json_group_object(m.key, json(${withVariants("m.value")})) FROM json_each(${record}, '$.media') m)),
  '$.image', json(CASE json_type(${record}, '$.image') WHEN 'object' THEN ${withVariants(`(${record} -> '$.image')`)}
    ELSE 'null' END))`

/** The statement that copies variants into articles' records. `ids`: SQL that selects their ids; `bound`: its ?1. */
export function fillVariants(ids: string, bound: string): Statement {
  const query = `UPDATE articles SET record = ${filled("record")}
    WHERE id IN (${ids}) AND json_valid(record) AND record -> '$.media' <> '{}'`
  return [query, bound]
}

/** A record that is not in the catalogue, with the variants of its pictures added. */
export async function addVariants(db: D1Database, record: ArticleRecord): Promise<ArticleRecord> {
  const found = await value<string>(db, `SELECT ${filled("?1")}`, JSON.stringify(record))
  return found === null ? record : JSON.parse(found)
}

/** Which of these pictures have no variants of at least this version. */
export async function findUnsized(db: D1Database, hashes: readonly string[], version: number): Promise<string[]> {
  const query = `SELECT j.value AS hash FROM json_each(?1) j LEFT JOIN variants s ON s.sha256 = j.value AND s.version >= ?2
    WHERE s.sha256 IS NULL`
  return column<string>(db, query, JSON.stringify(hashes), version)
}

/** Pictures in use whose variants are missing or older than this version. */
export async function listUnsized(db: D1Database, version: number, limit: number) {
  const query = `SELECT s.sha256, m.extension FROM variants s JOIN media m ON m.sha256 = s.sha256 AND m.clean = 1
    WHERE s.version < ?1 ORDER BY s.version LIMIT ?2`
  return list<Pick<PictureFile, "sha256" | "extension">>(db, query, version, limit)
}

/** Pictures with their variants. `files` is empty if a picture needs none. */
type Sized = readonly { readonly sha256: string; readonly files: readonly Variant[] }[]

/** Stores variants, and adds them to the articles that already use the pictures, without creating revisions. */
export async function keepVariants(db: D1Database, sized: Sized, version: number, now: number) {
  const rows = JSON.stringify(sized)
  const using = "SELECT article FROM media_uses WHERE sha256 IN (SELECT value ->> 'sha256' FROM json_each(?1))"
  const write = "INSERT OR REPLACE INTO variants SELECT value ->> 'sha256', ?2, value -> 'files' FROM json_each(?1)"
  const [, changed] = await batch<[unknown, unknown]>(db, [[write, rows, version], fillVariants(using, rows)])
  // Any list may show these pictures. Pages with the old files still work, so the purge may follow the transaction.
  if (changed.meta.changes !== 0) await run(db, ...enqueuePurges("everything", now))
}
