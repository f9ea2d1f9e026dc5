// Stores pictures and social cards: bytes in KV under their hash, and details in the catalogue. Bytes with metadata are
// refused; those published before that check existed are replaced.
import { findMetadata } from "../article/picture-parts.ts"
import { type DirtyPicture, type PictureFile, recordingTypes } from "../article/picture-types.ts"
import { explainSvg } from "../article/svg.ts"
import { hashContent, putBytes } from "./bodies.ts"
import { enqueuePurges } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { column, list, run } from "./sql.ts"
import type { Stores } from "./stores.ts"
import { fillVariants } from "./variants.ts"

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
 * Checks pictures that were stored unchecked, in order of hash, starting after `after`. Those without metadata are
 * marked as clean; those with metadata are deleted, bytes first, unless a revision refers to them.
 * @returns those that must be replaced first; `next`: where to continue, or null at the end
 */
export async function sweepMedia(
  { catalogue: db, media }: Bytes,
  after: string,
  now: number,
): Promise<{ dirty: DirtyPicture[]; next: string | null }> {
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
  await db.batch([
    db.prepare(`UPDATE media SET clean = 1 ${among}`).bind(JSON.stringify(clean)),
    db.prepare(`DELETE FROM media ${among}`).bind(JSON.stringify(unused)),
    // The edge keeps pictures for a year, and may have cached one again since its address was replaced.
    ...(unused.length > 0 ? [enqueuePurges(db, "everything", now)] : []),
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
    if (error instanceof RangeError) return `the bytes are not a complete ${extension} ${nameOf(extension)}`
    throw error
  }
}

/**
 * Makes every article and revision that refers to the picture `old` refer to another instead, in one transaction.
 * Digests do not change, because the folder's file is the same. The bytes of `old` are deleted by the next sweep.
 */
export async function replacePicture(
  db: D1Database,
  old: string,
  picture: PictureFile,
  who: string,
  now: number,
): Promise<void> {
  const { sha256, extension, width, height } = picture
  // In a JSON patch, null removes what it replaces.
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
  await db.batch([
    db.prepare(inRevisions).bind(old, JSON.stringify({ sha256, extension, width, height })),
    db.prepare(inRecords).bind(old, address),
    db.prepare(`INSERT OR IGNORE INTO media_uses SELECT ?2, article FROM (${using})`).bind(old, sha256),
    db.prepare("DELETE FROM media_uses WHERE sha256 = ?1").bind(old),
    db.prepare("DELETE FROM variants WHERE sha256 = ?1").bind(old),
    fillVariants(db, using, sha256),
    enqueuePurges(db, "everything", now),
    recordAudit(db, { who, action: "replace-picture", subject: old, detail: sha256 }, now),
  ])
}

export interface CardUpload {
  readonly path: string
  /** The revision that it was drawn for. */
  readonly revision: number
  readonly drawn: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The extension of every card. */
const cardExtension = "jpg"

/**
 * Stores cards and enqueues the purges of their pages: bytes first, then one transaction. A card is refused if its
 * article is gone or no longer at that revision, since the next revision draws its own card.
 * @returns the paths whose cards were stored
 */
export async function keepCards(
  { catalogue: db, media }: Bytes,
  cards: readonly CardUpload[],
  now: number,
): Promise<string[]> {
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
  const [kept] = await db.batch<{ path: string }>([
    db.prepare(keep).bind(given),
    db.prepare(store).bind(given, now),
    enqueuePurges(
      db,
      rows.map(({ path }) => `a:${path}`),
      now,
    ),
  ])
  return (kept?.results ?? []).map(({ path }) => path)
}
