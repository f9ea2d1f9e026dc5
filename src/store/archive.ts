// Reads and writes whole tables, and lists stored texts, for archives of the site. Only tables to leave out are named
// here, so new tables are archived automatically.
import { enqueuePurges } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import { batch, column, first, list, run, value } from "./sql.ts"

export type DatabaseName = "catalogue" | "people"

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** The columns of its primary key, in order; `rowid` if it has none. */
  readonly key: readonly string[]
}

/** Tables to leave out: they never have rows, or their rows expire within days or matter only to the running site. */
const leftOut =
  "d1_migrations purge_outbox purges conflict_guard rule_guard rate_limits attempts links sessions checkouts search_queue previews traffic erasures"

// Leaves out full-text indexes, whose contents cannot be read back, and the shadow tables that FTS5 keeps for them.
const tablesQuery = `SELECT t.name, json_group_array(c.name ORDER BY c.cid) AS columns,
  ifnull(nullif(json_group_array(c.name ORDER BY c.pk) FILTER (WHERE c.pk > 0), '[]'), '["rowid"]') AS "key"
FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND c.hidden = 0 AND t.sql NOT LIKE 'CREATE VIRTUAL%'
  AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND t.name NOT LIKE '~_cf~_%' ESCAPE '~'
  AND NOT EXISTS (SELECT 1 FROM sqlite_master f WHERE f.sql LIKE 'CREATE VIRTUAL%'
    AND t.name IN (f.name || '_data', f.name || '_idx', f.name || '_content', f.name || '_docsize', f.name || '_config'))
  AND t.name NOT IN (SELECT value FROM json_each(?1)) GROUP BY t.name ORDER BY t.name`

export async function readTables(db: D1Database): Promise<Table[]> {
  type Found = Record<"name" | "columns" | "key", string>
  const results = await list<Found>(db, tablesQuery, JSON.stringify(leftOut.split(" ")))
  return results.map(({ name, columns, key }) => ({ name, columns: JSON.parse(columns), key: JSON.parse(key) }))
}

export type Row = Readonly<Record<string, string | number | null>>

const rowsAtOnce = 200
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`

/** The next rows of a table, in the order of its key. `after`: the key of the last row read, or null to start. */
export async function readRowsAfter(
  db: D1Database,
  { name, columns, key }: Table,
  after: readonly (string | number)[] | null,
) {
  const names = key.map(quote).join(", ")
  const from = after === null ? "" : `WHERE (${names}) > (${after.map((_, index) => `?${index + 1}`).join(", ")})`
  const query = `SELECT ${[...new Set([...key, ...columns])].map(quote).join(", ")} FROM ${quote(name)} ${from} ORDER BY ${names} LIMIT ${rowsAtOnce}`
  const results = await list<Row>(db, query, ...(after ?? []))
  const last = results.length < rowsAtOnce ? undefined : results.at(-1)
  return { rows: results, next: last === undefined ? null : key.map((column) => last[column] as string | number) }
}

/** Writes rows unchanged, replacing any with the same key. @returns why the table refused them, or null */
export async function writeRows(
  db: D1Database,
  { name, columns, key }: Table,
  rows: readonly Row[],
): Promise<string | null> {
  const all = [...new Set([...key, ...columns])]
  const query = `INSERT OR REPLACE INTO ${quote(name)} (${all.map(quote).join(", ")})
    SELECT ${all.map((_, index) => `value ->> ${index}`).join(", ")} FROM json_each(?1)`
  try {
    await run(db, query, JSON.stringify(rows.map((row) => all.map((column) => row[column] ?? null))))
    return null
  } catch (error) {
    const refused = /D1_ERROR: (.*): SQLITE_(?:CONSTRAINT|MISMATCH)/s.exec(String(error))?.[1]
    if (refused === undefined) throw error
    return refused
  }
}

// Editions also refer to members-only text by its hash.
const hashQueries = {
  articles: "SELECT open_hash AS hash FROM revisions",
  members:
    "SELECT members_hash AS hash FROM revisions WHERE members_hash NOT NULL UNION SELECT members_hash FROM editions WHERE members_hash NOT NULL",
}

/** The next hashes, in order, of the texts that the catalogue refers to. */
export function readHashesAfter(db: D1Database, store: "articles" | "members", after: string): Promise<string[]> {
  const query = `SELECT DISTINCT hash FROM (${hashQueries[store]}) WHERE hash > ?1 ORDER BY hash LIMIT 1000`
  return column<string>(db, query, after)
}

/** A value that changes with the catalogue: an export is consistent if this is the same before and after it. */
export async function readMoment(db: D1Database): Promise<string> {
  const query = "SELECT (SELECT max(id) FROM audit) AS change, (SELECT count(*) FROM editions) AS editions"
  const row = await first<{ change: number | null; editions: number }>(db, query)
  return `${row?.change ?? 0} ${row?.editions}`
}

// While a restore is in progress, entry 0 of the audit log names its archive. Ordinary entries start at 1.
const began = "SELECT subject FROM audit WHERE id = 0"

/** The archive that is being restored, or null. */
export function findRestore(db: D1Database): Promise<string | null> {
  return value<string>(db, began)
}

/** Whether the people database has members or subscribers, which a restore could overwrite. */
export async function hasPeople(people: D1Database): Promise<boolean> {
  const query = "SELECT EXISTS (SELECT 1 FROM members) OR EXISTS (SELECT 1 FROM subscribers)"
  return (await value<number>(people, query)) === 1
}

/** Starts a restore. @returns false if the site has articles or a restore is in progress */
export async function beginRestore(db: D1Database, archive: string, who: string, now: number): Promise<boolean> {
  const query = `INSERT OR IGNORE INTO audit (id, at, who, action, subject, detail)
    SELECT 0, ?1, ?2, 'restore', ?3, '' WHERE NOT EXISTS (SELECT 1 FROM revisions) AND NOT EXISTS (SELECT 1 FROM articles)`
  const changes = await run(db, query, now, who, archive)
  return changes > 0
}

/** Queues every live article for indexing (src/desk/reindex.ts). */
export async function queueForSearch(db: D1Database): Promise<void> {
  await run(db, "INSERT OR IGNORE INTO search_queue SELECT id FROM articles WHERE live = 1 AND kind = 'article'")
}

/** Ends a restore: purges all caches, and logs who restored which archive. */
export async function endRestore(db: D1Database, archive: string, who: string, now: number): Promise<void> {
  await batch(db, [
    enqueuePurges("everything", now),
    ["DELETE FROM audit WHERE id = 0"],
    recordAudit({ who, action: "restore", subject: archive }, now),
  ])
}
