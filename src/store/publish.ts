// Publishes content of every kind: bodies go to KV, and one D1 transaction writes the rest and enqueues purges.
import type { Article, ArticleRecord, Label } from "../article/article.ts"
import { createRecord } from "../article/kinds.ts"
import type { MediaUpload } from "../article/media-types.ts"
import { listingKey } from "../site/format-address.ts"
import { slugify } from "../site/slug.ts"
import { checkRules, followOriginals, runGuarded, type Written } from "./article-constraints.ts"
import { createBody, writeBodies } from "./bodies.ts"
import { fillVariants } from "./media.ts"
import { enqueueChange } from "./purges.ts"
import { unknownDate } from "./rows.ts"
import { indexWords, type SearchedWords, searchedCharacters } from "./search.ts"
import { touchMonths } from "./sitemap.ts"
import { list, type Statement } from "./sql.ts"
import type { Texts } from "./stores.ts"

/** Content with everything needed to publish it. */
export interface Publication {
  readonly article: Article
  /** The revision in the catalogue that this one replaces, or 0 if none. */
  readonly base: number
  readonly digest: string
  readonly media: Readonly<Record<string, MediaUpload>>
  readonly action: "publish" | "rollback"
  /** The word count of the whole text. */
  readonly words: number
  /** What search finds besides title and summary: the public text, and other words on the page. */
  readonly searched: SearchedWords
}

/** Who makes a change, and their message about it. */
export interface By {
  readonly who: string
  readonly message: string
}

/** An article's state before a change. */
export interface Head {
  readonly path: string
  readonly revision: number
  /** 0 if unpublished. */
  readonly live: number
  readonly digest: string
  readonly revisedAt: number
  readonly who: string
}

/** The current heads of the articles at these paths. One D1 trip. */
export async function readHeads(db: D1Database, paths: readonly string[]): Promise<Map<string, Head>> {
  const query = `SELECT a.path, a.revision, a.live, a.digest, a.revised_at AS revisedAt, a.revised_by AS who
    FROM json_each(?1) j JOIN articles a ON a.path = j.value`
  const heads = await list<Head>(db, query, JSON.stringify(paths))
  return new Map(heads.map((head) => [head.path, head]))
}

/** Publishes the whole batch or none of it. The caller flushes the purges. @returns the same as `runGuarded` */
export async function publishBatch(
  stores: Texts,
  batch: readonly Publication[],
  by: By,
  now: number,
): Promise<Written | null> {
  const prepared = await Promise.all(batch.map((publication) => prepareRow(publication)))
  await writeBodies(
    stores,
    prepared.map(({ open }) => open),
    prepared.flatMap(({ members }) => members ?? []),
  )
  const rows = prepared.map(({ row }) => row)
  return commitRows(stores.catalogue, rows, by, now)
}

/** Keys of the lists that contain an article at this address, apart from those of its topics and authors. */
export function listingsOf(address: Pick<ArticleRecord, "language" | "region" | "country">): string[] {
  const { language, region, country } = address
  const places = [listingKey({ kind: "front", language }), listingKey({ kind: "region", language, region })]
  return country === null ? places : [...places, listingKey({ kind: "country", language, region, country })]
}

async function prepareRow({ article, base, digest, media, action, words, searched }: Publication) {
  const { front, path, kind } = article
  const isArticle = kind === "article"
  const record = createRecord(article, words, media)
  const { language } = record
  const [open, members] = await Promise.all([
    createBody(article.open),
    article.members === null ? null : createBody(article.members),
  ])
  const row = {
    path,
    base,
    digest,
    action,
    kind,
    record,
    division: record.division,
    openHash: open.hash,
    membersHash: members?.hash ?? null,
    // A static page has the same slug in every language.
    group: front.translationOf ?? (kind === "page" ? `/${article.slug}` : path),
    listings: isArticle
      ? [
          ...listingsOf(record),
          ...namedListings("topic", record.topics, language),
          ...namedListings("author", record.authors, language),
        ]
      : [],
    front: article.frontSource,
    media: JSON.stringify(media),
    stories: front.stories ?? [],
    aliases: front.aliases.filter((alias) => alias !== path),
    corrections: front.corrections.map((item, position) => ({ ...item, position, at: wallTime(item.date) })),
    openText: searched.text.slice(0, searchedCharacters),
    words: indexWords(record, searched),
  }
  return { row, open, members }
}

/** A date by the clock of the site's zone, so that those with and without a time are in the order that readers see. */
const wallTime = (date: string): number => Date.parse(`${date.slice(0, 10)}T${date.slice(11, 19) || "00:00:00"}Z`) || 0

/** Keys of the lists of topics or authors, and of the lists at their older slugs, which several names could share. */
function namedListings(kind: "topic" | "author", labels: readonly Label[], language: string): string[] {
  const slugs = labels.flatMap(({ slug, name }) => [slug, slugify(name)])
  return [...new Set(slugs.filter(Boolean))].map((slug) => listingKey({ kind, language, slug }))
}

type Row = Awaited<ReturnType<typeof prepareRow>>["row"]

/**
 * SQL: the last revision number at an address whose article moved away, or 0. Revision numbers at an address only
 * increase; otherwise, a base from the article that moved could match a revision of the next article there.
 */
export const lastRevisionAt = (path: string) => `coalesce((SELECT revision FROM former_paths WHERE path = ${path}), 0)`

/** Columns from an earlier release, filled only because they cannot be null (migrations/catalogue/0008_record.sql). */
const unread = "summary, access, gated, division, details"

/** SQL: the articles (`a`) at the paths of the given rows (`j`, from ?1). */
const changed = "json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path'"
const articleIds = `SELECT a.id FROM ${changed}`

// Which article a row continues: the last one at this path with exactly these bytes, else the live one, else a new one.
const life = `coalesce(
  (SELECT r.life FROM revisions r WHERE r.path = v ->> 'path' AND r.digest = v ->> 'digest' ORDER BY r.revision DESC LIMIT 1),
  (SELECT o.life FROM articles o WHERE o.path = v ->> 'path' AND o.live > 0),
  lower(hex(randomblob(8))))`

// When the article first appears to readers (migrations/catalogue/0010_editions.sql). Always later than the newest
// edition, which may have been planned since this request began and so lack this article.
const appearance = `max(?2, coalesce(v ->> '$.record.publishedAt', 0), coalesce((SELECT max(planned_at) + 1 FROM editions), 0))`

// Feeds identify an article that moved away by its first address, so the next one at that address gets another id.
const recordOf = `iif(v ->> 'base' = 0 AND ${lastRevisionAt("v ->> 'path'")} > 0, json_set(v -> 'record', '$.feedPath',
  v ->> 'path' || '#' || (${lastRevisionAt("v ->> 'path'")} + 1)), v -> 'record')`

// SQL: the given rows. If not materialized, SQLite would compose a row's JSON again for each field that is read.
const given = "WITH given AS MATERIALIZED (SELECT value AS v FROM json_each(?1))"

const writeArticles = `${given}
INSERT INTO articles (path, revision, live, kind, digest, language, region, country, title, published_at, expires_at,
  record, open_hash, members_hash, translation_group, revised_at, revised_by, life, appeared_at, ${unread})
SELECT v ->> 'path', iif(v ->> 'base' > 0, v ->> 'base', ${lastRevisionAt("v ->> 'path'")}) + 1, 1, v ->> 'kind', v ->> 'digest',
  v ->> '$.record.language', v ->> '$.record.region', v ->> '$.record.country', v ->> '$.record.title',
  v ->> '$.record.publishedAt', v ->> '$.record.expiresAt', ${recordOf}, v ->> 'openHash', v ->> 'membersHash',
  v ->> 'group', ?2, ?3, ${life}, ${appearance}, '', '', 0, '', '{}'
FROM given WHERE true
ON CONFLICT (path) DO UPDATE SET revision = excluded.revision, live = 1, kind = excluded.kind, digest = excluded.digest,
  language = excluded.language, region = excluded.region, country = excluded.country, title = excluded.title,
  published_at = excluded.published_at, expires_at = excluded.expires_at,
  record = iif(json_valid(record) AND record ->> 'feedPath' IS NOT NULL,
    json_set(excluded.record, '$.feedPath', record ->> 'feedPath'), excluded.record),
  open_hash = excluded.open_hash, members_hash = excluded.members_hash,
  translation_group = excluded.translation_group, revised_at = excluded.revised_at,
  revised_by = excluded.revised_by, life = excluded.life,
  appeared_at = iif(appeared_at <= iif(live = 1, ?2, revised_at), appeared_at, excluded.appeared_at)
RETURNING path, revision`

const writeRevisions = `${given}
INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, members_hash, media, at, who, message, life)
SELECT a.path, a.revision, v ->> 'action', a.digest, v ->> 'front', v ->> 'division', a.open_hash, a.members_hash,
  v ->> 'media', ?2, ?3, ?4, a.life FROM given CROSS JOIN articles a ON a.path = v ->> 'path'`

const writeAliases = (columns: string, rows: string): Statement => [
  `INSERT OR REPLACE INTO ${columns} SELECT l.value, a.id FROM ${changed}, json_each(j.value, '$.aliases') l`,
  rows,
]

const writeCorrections = `INSERT INTO corrections (language, at, article, position, date, text)
SELECT a.language, c.value ->> 'at', a.id, c.value ->> 'position', c.value ->> 'date', c.value ->> 'text'
FROM ${changed}, json_each(j.value, '$.corrections') c`

const writeAudit = `INSERT INTO audit (at, who, action, subject, detail)
SELECT ?2, ?3, j.value ->> 'action', j.value ->> 'path', ?4 FROM json_each(?1) j`

/** Whether the index and the excerpts have the same text. If so, it is sent to D1 only once. */
const isIndexedAsRead = ({ openText, words }: Row) => words.text === openText

const insertWords = (body: string) =>
  `INSERT INTO search (rowid, title, summary, body) SELECT a.id, v.column2, v.column3, ${body}`

/**
 * Writes the rows, all or nothing. Each statement gets only the fields that it reads, because SQLite parses the JSON
 * again for each statement, and texts make up most of it.
 * @returns the same as `runGuarded`
 */
async function commitRows(db: D1Database, rows: readonly Row[], { who, message }: By, now: number) {
  const bound = (...names: (keyof Row)[]) =>
    JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))))
  const heads = bound("path", "base", "action")
  const written = bound("path", "base", "kind", "digest", "record", "openHash", "membersHash", "group")
  const revisions = bound("path", "action", "front", "division", "media")
  const aliases = bound("path", "aliases", "stories")
  const articles = rows.filter(({ kind }) => kind === "article")
  // Each statement takes time even if it changes nothing, so those that would find nothing are left out.
  const ifAny = (condition: (row: Row) => boolean, ...some: Statement[]) => (rows.some(condition) ? some : [])
  // New articles have nothing to clear first; the guard ensures that they are new.
  const isOld = ({ base }: Row) => base > 0
  const clear = (where: string): Statement => [`DELETE FROM ${where} IN (${articleIds})`, heads]
  const statements: Statement[] = [
    // Both run again after the write, which may move an article to another month or to other lists.
    ...ifAny(isOld, touchMonths(heads, now), enqueueChange(heads, now)),
    [writeArticles, written, now, who],
    ...ifAny(isOld, clear("aliases WHERE article"), clear("listed WHERE article")),
    ...ifAny(isOld, clear("corrections WHERE article"), clear("search WHERE rowid")),
    ...ifAny(({ group, path }) => group !== path, followOriginals(heads)),
    checkRules(aliases),
    listArticles(bound("path", "listings")),
    [writeRevisions, revisions, now, who, message],
    ...ifAny(({ media }) => media !== "{}", fillVariants(articleIds, heads)),
    ...addTexts(
      "INSERT OR REPLACE INTO search_text (id, body) SELECT a.id, v.column2",
      articles.map(({ path, openText }) => [path, openText]),
    ),
    ...addTexts(
      insertWords("v.column4 || ' ' || (SELECT t.body FROM search_text t WHERE t.id = a.id)"),
      articles.filter(isIndexedAsRead).map(({ path, words }) => [path, words.title, words.summary, words.labels]),
    ),
    ...addTexts(
      insertWords("v.column4"),
      articles
        .filter((row) => !isIndexedAsRead(row))
        .map(({ path, words }) => [path, words.title, words.summary, words.body]),
    ),
    ["DELETE FROM redirects WHERE path IN (SELECT j.value ->> 'path' FROM json_each(?1) j)", heads],
    ...ifAny((row) => row.aliases.length > 0, writeAliases("redirects (path, target)", aliases)),
    ...ifAny((row) => row.aliases.length > 0, writeAliases("aliases (path, article)", aliases)),
    ...ifAny((row) => row.corrections.length > 0, [writeCorrections, bound("path", "corrections")]),
    touchMonths(heads, now),
    enqueueChange(heads, now),
    [writeAudit, heads, now, who, message],
  ]
  return runGuarded(db, rows, statements)
}

/** The statement that adds articles to lists. @param rows JSON: objects with a `path` and `listings` */
export function listArticles(rows: string): Statement {
  const query = `INSERT INTO listed (listing, at, article, expires_at)
    SELECT l.value, coalesce(a.published_at, ${unknownDate}), a.id, a.expires_at
    FROM ${changed}, json_each(j.value, '$.listings') l`
  return [query, rows]
}

/** How many values a statement can bind (D1's limit; not enforced locally). */
const boundValues = 100

/**
 * Binds long texts as separate values: in JSON, they would be escaped and parsed again, and could together exceed D1's
 * limit of 2 MB.
 */
function addTexts(insert: string, texts: readonly string[][]): Statement[] {
  const width = texts[0]?.length ?? 1
  const height = Math.floor(boundValues / width)
  return Array.from({ length: Math.ceil(texts.length / height) }, (_, index) => {
    const some = texts.slice(index * height, (index + 1) * height)
    const places = some.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ")
    return [`${insert} FROM (VALUES ${places}) v JOIN articles a ON a.path = v.column1`, ...some.flat()]
  })
}
