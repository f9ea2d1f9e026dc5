// The statements of a publish: one D1 transaction, whatever the number of articles, which also enqueues the purges.
import type { prepareRow } from "./publish.ts"
import { enqueueOldAddresses, enqueuePurges } from "./purges.ts"
import { unknownDate } from "./rows.ts"
import { touchMonths } from "./sitemap.ts"

type Row = Awaited<ReturnType<typeof prepareRow>>["row"]

/** An article's revision as its transaction made it. */
export interface Made {
  readonly path: string
  readonly revision: number
}

/**
 * The last revision that stood at an address which no article has now: its article moved away. Revisions at an address
 * only grow: else a base of the article that moved would pass for one of the next article there.
 */
export const lastRevisionAt = (path: string) =>
  `coalesce((SELECT t.revision FROM redirects r JOIN articles t ON t.id = r.target WHERE r.path = ${path}), 0)`

const articleIds = "SELECT a.id FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path'"

// Which article a row is from now on: the one that had these very bytes, else the live one, else a new one.
const life = `coalesce(
  (SELECT r.life FROM revisions r WHERE r.path = v ->> 'path' AND r.digest = v ->> 'digest' ORDER BY r.revision DESC LIMIT 1),
  (SELECT o.life FROM articles o WHERE o.path = v ->> 'path' AND o.live = 1),
  lower(hex(randomblob(8))))`

/**
 * Writes the rows, all or none. Each statement is bound to as much of them as it reads: SQLite parses what it is given
 * anew for each, and the texts are most of it.
 * @returns the revisions that it made, or null when an article's revision is no longer its `base`
 */
export async function commitRows(
  db: D1Database,
  rows: readonly Row[],
  tags: string[],
  by: { who: string; message: string },
  now: number,
): Promise<Made[] | null> {
  const bound = (pick: (row: Row) => object) => JSON.stringify(rows.map(pick))
  const heads = bound(({ path, base, action }) => ({ path, base, action }))
  const whole = bound(({ listings, front, media, aliases, corrections, openText, words, ...row }) => row)
  const lists = bound(({ path, listings }) => ({ path, listings }))
  const history = bound(({ path, action, digest, front, division, openHash, membersHash, media }) => ({
    path,
    action,
    digest,
    front,
    division,
    openHash,
    membersHash,
    media,
  }))
  // What is new has nothing yet that would have to go first; the guard holds it to that.
  const again = rows.some(({ base }) => base > 0)
  const clear = (statement: string) => (again ? [db.prepare(statement).bind(heads)] : [])
  const statements = [
    // Before and after: an article may come from one month into another.
    ...(again ? [touchMonths(db, heads, now)] : []),
    db
      .prepare(
        `INSERT INTO articles (path, revision, live, digest, language, region, country, title, summary, published_at,
           updated_at, expires_at, access, gated, division, open_hash, members_hash, details, translation_group, revised_at, revised_by, life)
         SELECT v ->> 'path', iif(v ->> 'base' > 0, v ->> 'base', ${lastRevisionAt("v ->> 'path'")}) + 1, 1, v ->> 'digest', v ->> 'language', v ->> 'region', v ->> 'country',
           v ->> 'title', v ->> 'summary', v ->> 'publishedAt', v ->> 'updatedAt', v ->> 'expiresAt', v ->> 'access',
           v ->> 'gated', v ->> 'division', v ->> 'openHash', v ->> 'membersHash', v ->> 'details', v ->> 'group', ?2, ?3, ${life}
         FROM (SELECT value AS v FROM json_each(?1)) WHERE true
         ON CONFLICT (path) DO UPDATE SET revision = excluded.revision, live = 1, digest = excluded.digest,
           language = excluded.language, region = excluded.region, country = excluded.country, title = excluded.title,
           summary = excluded.summary, published_at = excluded.published_at, updated_at = excluded.updated_at,
           expires_at = excluded.expires_at, access = excluded.access, gated = excluded.gated,
           division = excluded.division, open_hash = excluded.open_hash, members_hash = excluded.members_hash,
           details = excluded.details, translation_group = excluded.translation_group,
           revised_at = excluded.revised_at, revised_by = excluded.revised_by, life = excluded.life
         RETURNING path, revision`,
      )
      .bind(whole, now, by.who),
    ...clear(`DELETE FROM listed WHERE article IN (${articleIds})`),
    db
      .prepare(
        `INSERT INTO listed (listing, at, article, expires_at)
         SELECT l.value, coalesce(a.published_at, ${unknownDate}), a.id, a.expires_at
         FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path', json_each(j.value, '$.listings') l`,
      )
      .bind(lists),
    db
      .prepare(
        `INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, members_hash, media, at, who, message, life)
         SELECT a.path, a.revision, v ->> 'action', v ->> 'digest', v ->> 'front', v ->> 'division',
           v ->> 'openHash', v ->> 'membersHash', v ->> 'media', ?2, ?3, ?4, a.life
         FROM (SELECT value AS v FROM json_each(?1)) JOIN articles a ON a.path = v ->> 'path'`,
      )
      .bind(history, now, by.who, by.message),
    ...clear(`DELETE FROM search WHERE rowid IN (${articleIds})`),
    ...addTexts(
      db,
      "INSERT INTO search (rowid, title, summary, body) SELECT a.id, v.column2, v.column3, v.column4",
      rows.map(({ path, words }) => [path, words.title, words.summary, words.body]),
    ),
    ...addTexts(
      db,
      "INSERT OR REPLACE INTO search_text (id, body) SELECT a.id, v.column2",
      rows.map(({ path, openText }) => [path, openText]),
    ),
    db.prepare("DELETE FROM redirects WHERE path IN (SELECT j.value ->> 'path' FROM json_each(?1) j)").bind(heads),
    ...(rows.some(({ aliases }) => aliases.length > 0) ? [addRedirects(db, rows)] : []),
    ...clear(`DELETE FROM corrections WHERE article IN (${articleIds})`),
    ...(rows.some(({ corrections }) => corrections.length > 0) ? [addCorrections(db, rows)] : []),
    touchMonths(db, heads, now),
    enqueuePurges(db, tags, now),
    ...(again ? [enqueueOldAddresses(db, heads, now)] : []),
    db
      .prepare(
        `INSERT INTO audit (at, who, action, subject, detail)
         SELECT ?2, ?3, j.value ->> 'action', j.value ->> 'path', ?4 FROM json_each(?1) j`,
      )
      .bind(heads, now, by.who, by.message),
  ]
  return runGuarded(db, rows, statements)
}

/** A statement takes so many bound values (D1's limit; locally none is enforced). */
const boundValues = 100

/** Long texts as values of their own: in JSON they would be written and read twice more, and together exceed D1's 2 MB. */
function addTexts(db: D1Database, insert: string, texts: readonly string[][]): D1PreparedStatement[] {
  const width = texts[0]?.length ?? 1
  const height = Math.floor(boundValues / width)
  return Array.from({ length: Math.ceil(texts.length / height) }, (_, index) => {
    const some = texts.slice(index * height, (index + 1) * height)
    const places = some.map((row) => `(${row.map(() => "?").join(", ")})`).join(", ")
    return db.prepare(`${insert} FROM (VALUES ${places}) v JOIN articles a ON a.path = v.column1`).bind(...some.flat())
  })
}

function addRedirects(db: D1Database, rows: readonly Row[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR REPLACE INTO redirects (path, target)
       SELECT l.value, a.id FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path', json_each(j.value, '$.aliases') l`,
    )
    .bind(JSON.stringify(rows.map(({ path, aliases }) => ({ path, aliases }))))
}

function addCorrections(db: D1Database, rows: readonly Row[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO corrections (language, at, article, position, date, text)
       SELECT a.language, c.value ->> 'at', a.id, c.value ->> 'position', c.value ->> 'date', c.value ->> 'text'
       FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path', json_each(j.value, '$.corrections') c`,
    )
    .bind(JSON.stringify(rows.map(({ path, corrections }) => ({ path, corrections }))))
}

/**
 * Runs a batch behind the guard of revisions: compare and set, in one transaction.
 * @param bases the revisions that it replaces; 0: none. One of the statements returns those that it made
 * @returns what it made, or null when the guard refused it; nothing is written then
 */
export async function runGuarded(
  db: D1Database,
  bases: readonly { readonly path: string; readonly base: number }[],
  statements: readonly D1PreparedStatement[],
): Promise<Made[] | null> {
  const guard = db
    .prepare(
      `INSERT INTO conflict_guard SELECT j.value ->> 'path' FROM json_each(?1) j
       LEFT JOIN articles a ON a.path = j.value ->> 'path' WHERE coalesce(a.revision, 0) <> j.value ->> 'base'`,
    )
    .bind(JSON.stringify(bases.map(({ path, base }) => ({ path, base }))))
  try {
    const results = await db.batch<Made>([guard, ...statements])
    return results.flatMap((result) => result.results)
  } catch (error) {
    if (error instanceof Error && /\bconflict\b/.test(error.message)) return null
    throw error
  }
}
