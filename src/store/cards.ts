// Social cards: drawn by the command line after a publish, kept here, shown while the title is the one that was drawn.
import { hashContent } from "./bodies.ts"
import { enqueuePurges } from "./purges.ts"

export interface CardUpload {
  readonly path: string
  /** The revision that it was drawn for. */
  readonly revision: number
  readonly drawn: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Every card is one of these. */
export const cardExtension = "jpg"

/**
 * Keeps cards and enqueues the purges of their pages. Bytes first, then one transaction. A card of an article that is no
 * longer at its revision, or gone, is not taken: whoever changed it draws the next.
 * @returns the paths whose cards were taken
 */
export async function keepCards(
  stores: { db: D1Database; media: KVNamespace },
  cards: readonly CardUpload[],
  now: number,
): Promise<string[]> {
  const rows = await Promise.all(
    cards.map(async ({ path, revision, drawn, bytes }) => {
      const sha256 = await hashContent(bytes)
      await stores.media.put(sha256, bytes, { metadata: { extension: cardExtension, size: bytes.length } })
      return { path, revision, drawn, sha256, size: bytes.length, src: `/media/${sha256}.${cardExtension}` }
    }),
  )
  const given = JSON.stringify(rows)
  const [kept] = await stores.db.batch<{ path: string }>([
    stores.db
      .prepare(
        `INSERT OR REPLACE INTO cards (path, title, drawn, src)
         SELECT a.path, a.title, j.value ->> 'drawn', j.value ->> 'src' FROM json_each(?1) j
         JOIN articles a ON a.path = j.value ->> 'path' AND a.revision = j.value ->> 'revision' AND a.live = 1
         RETURNING path`,
      )
      .bind(given),
    stores.db
      .prepare(
        `INSERT OR IGNORE INTO media (sha256, extension, size, at, clean)
         SELECT j.value ->> 'sha256', '${cardExtension}', j.value ->> 'size', ?2, 1 FROM json_each(?1) j`,
      )
      .bind(given, now),
    enqueuePurges(
      stores.db,
      rows.map(({ path }) => `a:${path}`),
      now,
    ),
  ])
  return (kept?.results ?? []).map(({ path }) => path)
}
