// The one order of writing: bodies to KV, then one D1 transaction that also enqueues the purges; the caller flushes them.
import type { Article, Label, MediaItem } from "../article/article.ts"
import type { MediaUpload } from "../article/picture-types.ts"
import type { MembersShelf } from "./bodies.ts"
import { createBody, writeBody } from "./bodies.ts"
import { commitRows, type Made } from "./commit.ts"
import type { Details } from "./rows.ts"
import { indexedCharacters, indexText } from "./search.ts"

/** An article with all that publishing it needs. */
export interface Publication {
  readonly article: Article
  readonly topics: readonly Label[]
  readonly authors: readonly Label[]
  /** The catalogue's revision that this one replaces; 0: none. */
  readonly base: number
  readonly digest: string
  readonly media: Readonly<Record<string, MediaUpload>>
  /** Keys of the lists that it will stand in. */
  readonly listings: readonly string[]
  /** Text of the open part for search, without markup. */
  readonly openText: string
  readonly action: "publish" | "rollback"
}

/** What the catalogue held before: the lists and group whose pages change too. */
export interface Head {
  readonly path: string
  readonly revision: number
  readonly live: number
  readonly digest: string
  readonly openHash: string
  readonly membersHash: string | null
  readonly group: string
  readonly listings: readonly string[]
  readonly revisedAt: number
  readonly who: string
}

/** The catalogue's heads of these paths. One D1 trip. */
export async function readHeads(db: D1Database, paths: readonly string[]): Promise<Map<string, Head>> {
  const { results } = await db
    .prepare(
      `SELECT a.path, a.revision, a.live, a.digest, a.open_hash AS openHash, a.members_hash AS membersHash,
         a.translation_group AS "group", a.revised_at AS revisedAt, a.revised_by AS who,
         (SELECT json_group_array(listing) FROM listed WHERE article = a.id) AS listings
       FROM json_each(?1) j JOIN articles a ON a.path = j.value`,
    )
    .bind(JSON.stringify(paths))
    .all<Omit<Head, "listings"> & { listings: string }>()
  return new Map(results.map((row) => [row.path, { ...row, listings: JSON.parse(row.listings) as string[] }]))
}

/**
 * Publishes all of the batch or none of it.
 * @returns the revisions that it made, or null when an article's revision is no longer its `base`: another editor was first
 */
export async function publishBatch(
  stores: { db: D1Database; shelf: MembersShelf },
  batch: readonly Publication[],
  heads: ReadonlyMap<string, Head>,
  by: { who: string; message: string },
  now: number,
): Promise<Made[] | null> {
  const rows = await Promise.all(batch.map((publication) => prepareRow(publication, heads)))
  const writes = new Map<string, () => Promise<void>>()
  for (const { open, members, head } of rows) {
    if (head?.openHash !== open.hash) writes.set(`open ${open.hash}`, () => writeBody(stores.shelf.articles, open))
    if (members !== null && head?.membersHash !== members.hash)
      writes.set(`members ${members.hash}`, () => writeBody(stores.shelf.members, members))
  }
  await Promise.all([...writes.values()].map((write) => write()))
  const tags = new Set(rows.flatMap(({ publication, row, head }) => tagsOf(publication, row.group, head)))
  return commitRows(
    stores.db,
    rows.map(({ row }) => row),
    [...tags],
    by,
    now,
  )
}

export async function prepareRow(publication: Publication, heads: ReadonlyMap<string, Head>) {
  const { article } = publication
  const image = article.front.image
  const stored = image === undefined ? undefined : publication.media[image.src]
  const media: Record<string, MediaItem> = {}
  for (const [src, upload] of Object.entries(publication.media))
    media[src] = { src: addressOf(upload), width: upload.width, height: upload.height }
  const details: Details = {
    topics: publication.topics,
    authors: publication.authors,
    image:
      image === undefined || stored === undefined
        ? null
        : {
            src: addressOf(stored),
            width: stored.width,
            height: stored.height,
            alt: image.alt,
            caption: image.caption ?? null,
            credit: image.credit ?? null,
          },
    map: article.front.map,
    words: article.words,
    rights: article.front.rights ?? null,
    corrections: article.front.corrections,
    media,
  }
  const [open, members] = await Promise.all([
    createBody(article.open),
    article.members === null ? null : createBody(article.members),
  ])
  const row = {
    path: article.path,
    base: publication.base,
    digest: publication.digest,
    language: article.language,
    region: article.region,
    country: article.country,
    title: article.front.title,
    summary: article.front.summary,
    publishedAt: article.publishedAt,
    updatedAt: article.updatedAt,
    expiresAt: article.expiresAt,
    access: article.front.access,
    gated: article.members === null ? 0 : 1,
    division: article.division,
    openHash: open.hash,
    membersHash: members?.hash ?? null,
    details: JSON.stringify(details),
    group: article.front.translationOf ?? article.path,
    listings: publication.listings,
    front: article.frontSource,
    media: JSON.stringify(publication.media),
    aliases: article.front.aliases,
    corrections: article.front.corrections.map((item, position) => ({
      ...item,
      position,
      at: Date.parse(item.date) || 0,
    })),
    action: publication.action,
    openText: publication.openText.slice(0, indexedCharacters),
    words: {
      title: indexText(article.front.title),
      summary: indexText(article.front.summary),
      body: indexText(publication.openText),
    },
  }
  return { publication, row, open, members, head: heads.get(article.path) }
}

function tagsOf({ article, listings }: Publication, group: string, head: Head | undefined): string[] {
  const lists = [...listings, ...(head?.listings ?? [])].map((listing) => `l:${listing}`)
  const addresses = [article.path, ...article.front.aliases].map((path) => `a:${path}`)
  const groups = [group, ...(head === undefined ? [] : [head.group])].map((path) => `g:${path}`)
  return [...addresses, ...groups, ...lists, "m:", "q:"]
}

function addressOf(upload: MediaUpload): string {
  return `/media/${upload.sha256}.${upload.extension}`
}
