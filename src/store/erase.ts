// Permanently erases the content of revisions, for a court order or after a mistake. One transaction removes it from
// the catalogue and queues the stored bytes and editions that also contain it, to be cleaned up a few at a time.
import { type EditionContent, parseEditionId } from "../article/edition.ts"
import { runGuarded } from "./article-constraints.ts"
import { createBody, hashContent, putBytes, readBody } from "./bodies.ts"
import type { Head } from "./publish.ts"
import { enqueuePurges } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { batch, column, first, list, type Statement } from "./sql.ts"
import type { Stores, Texts } from "./stores.ts"

/** How many bodies, pictures and editions one request erases: each takes up to three of its 50 subrequests. */
const erasedAtOnce = 10

/** SQL: a revision of ?1 that differs from the live one, whose digest is ?2 ('' if none is live). */
const erased = (row: string) => `(${row}.path = ?1 AND ${row}.digest <> ?2)`
const picturesOf = (row: string) => `json_each(iif(json_valid(${row}.media), ${row}.media, '{}'))`

/** SQL: texts that only erased revisions use. ?3 is the hash of the empty text, which many articles share. */
const lostTexts = (store: string, column: string) =>
  `SELECT DISTINCT ?1, '${store}', r.${column} FROM revisions r
   WHERE ${erased("r")} AND r.${column} > '' AND r.${column} <> ?3
     AND NOT EXISTS (SELECT 1 FROM revisions k WHERE k.${column} = r.${column} AND NOT ${erased("k")})`

const article = "(SELECT id FROM articles WHERE path = ?1)"
/** SQL: pictures that only the article's erased revisions use, and those among them that no other article uses. */
const droppedPictures = `SELECT m.value ->> 'sha256' AS sha256 FROM revisions r, ${picturesOf("r")} m
  WHERE ${erased("r")} AND NOT EXISTS (SELECT 1 FROM revisions k, ${picturesOf("k")} n
    WHERE k.path = ?1 AND NOT ${erased("k")} AND n.value ->> 'sha256' = m.value ->> 'sha256')`
const lostPictures = `SELECT DISTINCT sha256 FROM (${droppedPictures}) d
  WHERE NOT EXISTS (SELECT 1 FROM media_uses u WHERE u.sha256 = d.sha256 AND u.article <> ${article})`
/** SQL: the article's card, unless it shows the title of a live article. */
const lostCard = `c.path = ?1 AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.path = c.path AND a.live = 1 AND a.title = c.title)`
/** SQL: pictures that are being erased, including their variants and former cards. */
const pending = "SELECT key FROM erasures WHERE path = ?1 AND store = 'media'"

/**
 * Removes the text, front matter and pictures of all revisions, except a live one, from the catalogue. Keeps who made
 * each change and when, and the digests, so that a copy in a folder is not published again.
 * @returns how many revisions were erased, or null if another editor changed the article in the meantime
 */
export async function eraseRevisions(
  db: D1Database,
  head: Head,
  by: { readonly who: string; readonly reason: string },
  now: number,
): Promise<number | null> {
  const { path, revision, live } = head
  const texts = [path, live === 0 ? "" : head.digest, await hashContent("")]
  const given = texts.slice(0, 2)
  const bind = (query: string, values = given): Statement => [query, ...values]
  const insert = "INSERT OR IGNORE INTO erasures (path, store, key)"
  const written = await runGuarded(
    db,
    [{ path, base: revision }],
    [
      bind(`${insert} ${lostTexts("articles", "open_hash")}`, texts),
      bind(`${insert} ${lostTexts("members", "members_hash")}`, texts),
      bind(`${insert} SELECT ?1, 'media', sha256 FROM (${lostPictures})`),
      bind(`DELETE FROM media_uses WHERE article = ${article} AND sha256 IN (${droppedPictures})`),
      bind(
        `${insert} SELECT ?1, 'media', substr(f.value ->> 'src', 8, 64) FROM variants v, json_each(v.files) f
         WHERE v.sha256 IN (${pending})
           AND NOT EXISTS (SELECT 1 FROM media_uses u WHERE u.sha256 = substr(f.value ->> 'src', 8, 64))`,
        [path],
      ),
      // An edition can contain the article only if it was planned after the first revision.
      bind(
        `${insert} SELECT ?1, 'edition', e.list || ' ' || e.date || ' ' || e.language FROM editions e
         JOIN articles a ON a.path = ?1 AND (a.language = e.language
           OR EXISTS (SELECT 1 FROM revisions m WHERE m.path = ?1 AND m.action = 'move'))
         WHERE e.planned_at >= (SELECT min(at) FROM revisions WHERE path = ?1)`,
        [path],
      ),
      bind(
        `UPDATE revisions AS r SET front = '', division = 'none', open_hash = '', members_hash = NULL, media = '{}'
         WHERE ${erased("r")} AND open_hash <> '' RETURNING path, revision`,
      ),
      ...(live === 0 ? [bind(eraseHead, [path])] : []),
      bind(`${insert} SELECT ?1, 'media', substr(c.src, 8, 64) FROM cards c WHERE ${lostCard}`, [path]),
      bind(`DELETE FROM cards AS c WHERE ${lostCard}`, [path]),
      bind(
        `DELETE FROM erasures WHERE path = ?1 AND store = 'media'
         AND EXISTS (SELECT 1 FROM cards c WHERE c.src = '/media/' || key || '.jpg')`,
        [path],
      ),
      bind(`DELETE FROM variants WHERE sha256 IN (${pending})`, [path]),
      bind(`DELETE FROM media WHERE sha256 IN (${pending})`, [path]),
      // The edge caches pictures for a year.
      enqueuePurges("everything", now),
      recordAudit({ who: by.who, action: "erase", subject: path, detail: by.reason }, now),
    ],
  )
  return written === null ? null : written.made.length
}

/** Erases the rest of an article that is not live: its record and legacy columns. */
const eraseHead = `UPDATE articles SET title = '', summary = '', details = '{}', record = '{}', open_hash = '',
  members_hash = NULL WHERE path = ?1`

interface Erasure {
  readonly store: "articles" | "members" | "media" | "edition"
  readonly key: string
}

/**
 * Deletes the next few files that only erased revisions used, or rewrites editions. Safe to interrupt and re-run.
 * @returns how many are left
 */
export async function continueErasure({ catalogue: db, bodies, media }: Omit<Stores, "people">, path: string) {
  const nextQuery = `SELECT store, key, count(*) OVER () AS total FROM erasures
    WHERE path = ?1 ORDER BY store, key LIMIT ?2`
  const next = await list<Erasure & { total: number }>(db, nextQuery, path, erasedAtOnce)
  const namespaces = { articles: bodies.articles, members: bodies.members, media }
  const kept = await findKept(db, next)
  const changes = await Promise.all(
    next.map(async ({ store, key }) => {
      if (store === "edition") return rewriteEdition({ catalogue: db, bodies }, path, key)
      if (!kept.has(key)) await namespaces[store].delete(key)
      return []
    }),
  )
  const query = `DELETE FROM erasures WHERE path = ?1 AND EXISTS (
    SELECT 1 FROM json_each(?2) j WHERE j.value ->> 'store' = erasures.store AND j.value ->> 'key' = erasures.key)`
  await batch(db, [[query, path, JSON.stringify(next)], ...changes.flat()])
  return (next[0]?.total ?? 0) - next.length + changes.filter((statements) => statements.length > 1).length
}

/** Which of these keys are in use again, because the content has been republished since. They must not be deleted. */
async function findKept(db: D1Database, next: readonly Erasure[]): Promise<ReadonlySet<string>> {
  const query = `SELECT value AS key FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM revisions WHERE open_hash = value)
    OR EXISTS (SELECT 1 FROM revisions WHERE members_hash = value) OR EXISTS (SELECT 1 FROM media WHERE sha256 = value)
    OR EXISTS (SELECT 1 FROM editions WHERE members_hash = value)`
  return new Set(await column<string>(db, query, JSON.stringify(next.map(({ key }) => key))))
}

/**
 * The statements that remove an article from an edition or, if it is live, update its title and summary there. If the
 * edition's note was erased, its title and introduction are removed too.
 */
async function rewriteEdition({ catalogue: db, bodies }: Texts, path: string, id: string): Promise<Statement[]> {
  const key = parseEditionId(id)
  if (key === null) return []
  const query = `SELECT e.content, e.members_hash AS membersHash, iif(a.live = 1, a.record, NULL) AS record, coalesce((
      SELECT substr(m.message, 1, instr(m.message, ' ') - 1) FROM revisions m
      WHERE m.path = ?4 AND m.action = 'move' AND m.at > e.planned_at ORDER BY m.revision LIMIT 1), ?4) AS place,
      a.kind = e.list AND a.path LIKE '%/' || e.date AND '' = (SELECT open_hash FROM revisions
        WHERE path = ?4 AND at <= e.planned_at ORDER BY revision DESC LIMIT 1) AS noted
    FROM editions e JOIN articles a ON a.path = ?4 WHERE e.list = ?1 AND e.language = ?2 AND e.date = ?3`
  // `place`: where the article was when the edition was planned. `noted`: whether the edition contains an erased note.
  type Row = { content: string; membersHash: string | null; record: string | null; place: string; noted: number }
  const row = await first<Row>(db, query, key.list, key.language, key.date, path)
  if (row === null) return []
  const now = row.record === null ? null : (JSON.parse(row.record) as { title: string; summary: string })
  const rewrite = (text: string) => {
    const content = JSON.parse(text) as EditionContent
    const stories = content.stories.flatMap((story) => {
      if (story.path !== row.place) return [story]
      return now === null ? [] : [{ ...story, title: now.title, summary: now.summary }]
    })
    return JSON.stringify({ ...content, ...(row.noted === 1 && { title: null, intro: null }), stories })
  }
  const { membersHash } = row
  const before = membersHash === null ? null : await readBody(bodies.members, membersHash)
  const members = before === null ? null : await createBody(rewrite(before))
  const content = rewrite(row.content)
  const isSame = members?.hash === (membersHash ?? undefined)
  if (content === row.content && isSame) return []
  if (members !== null && !isSame) await putBytes(bodies.members, members.hash, members.bytes)
  const update = "UPDATE editions SET content = ?4, members_hash = ?5 WHERE list = ?1 AND language = ?2 AND date = ?3"
  const forget = "INSERT OR IGNORE INTO erasures VALUES (?1, 'members', ?2)"
  const updated: Statement = [update, key.list, key.language, key.date, content, members?.hash ?? null]
  return isSame ? [updated] : [updated, [forget, path, membersHash]]
}
