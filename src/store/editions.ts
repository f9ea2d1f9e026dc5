// Stores newsletter editions: public content in the catalogue, members-only content in KV. Also reads editors' notes
// for them, which are published in the same way as articles (publish.ts).
import type { Entry } from "../article/article.ts"
import {
  type Edition,
  type EditionContent,
  type EditionKey,
  editionId,
  type Issue,
  isEditionDate,
  type List,
} from "../article/edition.ts"
import type { NoteRecord } from "../article/kinds.ts"
import { createBody, type MembersBodies, putBytes, readBody, readOpenBody, readWholeBody } from "./bodies.ts"
import { StoreFailure } from "./failure.ts"
import { queryChanges, queryList, textAt } from "./listings.ts"
import { enqueuePurges } from "./purges.ts"
import { recordAudit } from "./revisions.ts"
import {
  articleAt,
  type Changes,
  isReadable,
  listWithChanges,
  noChanges,
  type RecordRow,
  readRecord,
  readRows,
  type TextRow,
  toStoredText,
} from "./rows.ts"
import { batch, column, first, list, run, type Statement } from "./sql.ts"
import type { Texts } from "./stores.ts"

interface Row {
  readonly list: List
  readonly date: string
  readonly language: string
  readonly plannedAt: number
  readonly content: string
  readonly membersHash: string | null
}

const columns = `list, date, language, planned_at AS plannedAt, content, members_hash AS membersHash`

/** The cache tag of the pages that show a list's editions. */
export const editionTag = (list: List) => `e:${list}`

/**
 * Plans an edition, unless it is already planned.
 * @param content what everyone may read
 * @param whole what members get, if the edition is for members
 * @returns false if it was already planned
 */
export async function planEdition(
  { catalogue: db, bodies }: Texts,
  { list, date, language }: EditionKey,
  { content, whole = null }: { content: EditionContent; whole?: EditionContent | null },
  { now, who }: { now: number; who: string },
): Promise<boolean> {
  if (!isEditionDate(date)) throw new Error(`${date} is not the date of an edition`)
  const members = whole === null ? null : await createBody(JSON.stringify(whole))
  if (members !== null) await putBytes(bodies.members, members.hash, members.bytes)
  const insert = `INSERT OR IGNORE INTO editions (list, date, language, planned_at, planned_by, content, members_hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`
  const [planned] = await batch<[unknown, unknown, unknown]>(db, [
    [insert, list, date, language, now, who, JSON.stringify(content), members?.hash ?? null],
    recordAudit({ who, action: "send", subject: editionId({ list, date, language }) }, now, "changes() > 0"),
    enqueuePurges([editionTag(list)], now),
  ])
  return planned.meta.changes === 1
}

/** Records that a date has no edition, because there was nothing new when it was due. */
export async function skipEdition(db: D1Database, { list, date, language }: EditionKey): Promise<void> {
  const query = "INSERT OR REPLACE INTO skipped_editions (list, language, date) VALUES (?1, ?2, ?3)"
  await run(db, query, list, language, date)
}

/** Which of these editions are open: neither planned nor skipped, with no later one planned or skipped. One D1 trip. */
export async function findOpenEditions(db: D1Database, due: readonly EditionKey[]): Promise<EditionKey[]> {
  const has = (table: string) =>
    `EXISTS (SELECT 1 FROM ${table} WHERE list = v ->> 'list' AND language = v ->> 'language' AND date >= v ->> 'date')`
  const query = `SELECT v ->> 'list' AS list, v ->> 'date' AS date, v ->> 'language' AS language
    FROM (SELECT value AS v FROM json_each(?1)) WHERE NOT ${has("editions")} AND NOT ${has("skipped_editions")}`
  return list<EditionKey>(db, query, JSON.stringify(due))
}

/** When (milliseconds) and by whom an edition was planned: `cron`, or an editor's name. */
export interface Plan {
  readonly at: number
  readonly who: string
}

/** When and by whom an edition was planned, or null if it was not. */
export function readPlan(db: D1Database, { list, date, language }: EditionKey): Promise<Plan | null> {
  const query =
    "SELECT planned_at AS at, planned_by AS who FROM editions WHERE list = ?1 AND language = ?2 AND date = ?3"
  return first<Plan>(db, query, list, language, date)
}

/** An edition as its recipients get it, or null if there is none. @throws StoreFailure if the content is missing */
export async function readWholeEdition({ catalogue, bodies }: Texts, { list, date, language }: EditionKey) {
  const query = `SELECT ${columns} FROM editions WHERE list = ?1 AND language = ?2 AND date = ?3`
  const row = await first<Row>(catalogue, query, list, language, date)
  if (row === null || row.membersHash === null) return row && toEdition(row)
  return toEdition({ ...row, content: await readBody(bodies.members, row.membersHash) })
}

/** The newest edition of a list in a language, as everyone may read it, or null. */
export async function readLastEdition(db: D1Database, list: List, language: string): Promise<Edition | null> {
  const query = `SELECT ${columns} FROM editions WHERE list = ?1 AND language = ?2 ORDER BY date DESC LIMIT 1`
  const row = await first<Row>(db, query, list, language)
  return row && toEdition(row)
}

/** Up to 20 editions whose recipients are not all stored yet, oldest first, with their public content. */
export async function listUnspread(db: D1Database): Promise<Edition[]> {
  const query = `SELECT ${columns} FROM editions WHERE recipients_at IS NULL ORDER BY planned_at LIMIT 20`
  return (await list<Row>(db, query)).map(toEdition)
}

type FoundIssue = Issue & { readonly membersHash: string | null }
type IssueRow = Row & Record<"earlier" | "languages" | "ended", string> & Pick<Issue, "next">

/**
 * The edition of a date, or the newest (`date` null), for its page; null if there is none. It lists only stories that
 * have not ended. `changes`: when the next article may begin or end. One D1 trip.
 * @param languages the languages in which to look for editions of the same date
 * @returns includes the hash of the members' version, for `readMembersContent`
 */
export async function readIssue(db: D1Database, asked: AskedEdition, languages: readonly string[], now: number) {
  const { rows, changes } = await listWithChanges<IssueRow>(db, queryIssue(asked, languages, now), now)
  return { issue: toIssue(rows[0]), changes }
}

/** `date`: null for the newest. */
export type AskedEdition = Omit<EditionKey, "date"> & { readonly date: string | null }

/**
 * The public content of a newsletter's newest edition, and the newest articles, for a page that shows a sample of the
 * newsletter. One D1 trip.
 * @param listing the key of the list of articles
 */
export async function readSample(
  db: D1Database,
  asked: Omit<EditionKey, "date">,
  { listing, size, languages, now }: { listing: string; size: number; languages: readonly string[]; now: number },
) {
  const [issue, newest, changes] = await batch<[IssueRow, RecordRow, Changes]>(db, [
    queryIssue({ ...asked, date: null }, languages, now),
    queryList(listing, { size }, now),
    queryChanges(listing, now),
  ])
  const entries = readRows(newest.results, readRecord)
  return { issue: toIssue(issue.results[0]), entries, changes: changes.results[0] ?? noChanges }
}

/** SQL: whether readers can no longer open what was at a path. False if nothing ever was. `now` is bound as `?2`. */
const hasEnded = (path: string) => `0 = (SELECT max(${isReadable}) FROM articles a
  WHERE a.path = ${path} OR a.id = (SELECT target FROM redirects WHERE path = ${path}))`

function queryIssue({ list, date, language }: AskedEdition, languages: readonly string[], now: number): Statement {
  const query = `SELECT ${columns}, (
      SELECT json_group_array(json_object('date', date, 'title', json_extract(content, '$.title'))) FROM (
        SELECT date, content FROM editions WHERE list = e.list AND language = e.language AND date < e.date
        ORDER BY date DESC LIMIT 10)
    ) AS earlier, (
      SELECT min(date) FROM editions WHERE list = e.list AND language = e.language AND date > e.date
    ) AS next, (
      SELECT json_group_array(value) FROM json_each(?5) WHERE EXISTS (
        SELECT 1 FROM editions WHERE list = e.list AND language = value AND date = e.date)
    ) AS languages, (
      SELECT json_group_array(value ->> 'path') FROM json_each(iif(json_valid(e.content), e.content, '{}'), '$.stories')
      WHERE ${hasEnded("value ->> 'path'")}
    ) AS ended
    FROM editions e WHERE list = ?1 AND language = ?3
      AND date = coalesce(?4, (SELECT max(date) FROM editions WHERE list = ?1 AND language = ?3))`
  return [query, list, now, language, date, JSON.stringify(languages)]
}

function toIssue(row: IssueRow | undefined): FoundIssue | null {
  if (row === undefined) return null
  const edition = toEdition(row)
  const { membersHash, next } = row
  const content = leaveOut(edition.content, JSON.parse(row.ended))
  const links = { earlier: JSON.parse(row.earlier), next, languages: JSON.parse(row.languages) }
  return { edition: { ...edition, content }, membersHash, ...links }
}

function leaveOut(content: EditionContent, ended: readonly string[]): EditionContent {
  return { ...content, stories: content.stories.filter(({ path }) => !ended.includes(path)) }
}

/** The members' version of an edition, without stories that have ended. @throws StoreFailure if it is missing */
export async function readMembersContent(db: D1Database, bodies: MembersBodies, hash: string, now: number) {
  const content = JSON.parse(await readBody(bodies.members, hash)) as EditionContent
  const paths = JSON.stringify(content.stories.map(({ path }) => path))
  const query = `SELECT value FROM json_each(?1) WHERE ${hasEnded("value")}`
  return leaveOut(content, await column<string>(db, query, paths, now))
}

function toEdition({ list, date, language, plannedAt, content, membersHash }: Row): Edition {
  try {
    return { list, date, language, plannedAt, gated: membersHash !== null, content: JSON.parse(content) }
  } catch {
    throw new StoreFailure(`the edition ${list} ${date} ${language} is damaged`)
  }
}

/**
 * The articles in a language that appeared after `since` and are readable now: the lead, then the others, newest first.
 * One D1 trip.
 * @returns at most `size` articles, and how many more there are
 */
export async function readAppeared(
  db: D1Database,
  { language, since, now }: { language: string; since: number; now: number },
  size: number,
): Promise<{ entries: Entry[]; more: number }> {
  const appeared = `FROM articles a INDEXED BY articles_appeared
    WHERE a.language = ?1 AND a.appeared_at > ?3 AND a.appeared_at <= ?2 AND ${isReadable}`
  const query = `SELECT a.path, a.record FROM (SELECT a.id ${appeared} ORDER BY a.published_at DESC, a.id DESC LIMIT ?4) entry
    JOIN articles a ON a.id = entry.id ORDER BY a.published_at DESC, a.id DESC`
  const [rows, count] = await batch<[RecordRow, { all: number }]>(db, [
    [query, language, now, since, size],
    [`SELECT count(*) AS "all" ${appeared}`, language, now, since],
  ])
  const entries = readRows(rows.results, readRecord)
  const lead = entries.find((entry) => entry.lead)
  const more = (count.results[0]?.all ?? 0) - rows.results.length
  return { entries: lead === undefined ? entries : [lead, ...entries.filter((entry) => entry !== lead)], more }
}

/** The readable articles at these paths, current or former, in the given order. One D1 trip. */
export async function readChosen(db: D1Database, paths: readonly string[], now: number): Promise<Entry[]> {
  const query = `SELECT a.path, a.record FROM json_each(?1) j JOIN articles a ON a.id = ${articleAt("j.value")}
    WHERE ${isReadable} ORDER BY j.key`
  const results = await list<RecordRow>(db, query, JSON.stringify(paths), now)
  return readRows(results, readRecord)
}

/**
 * The published note at a path, or null. @throws Error if it is damaged, StoreFailure if a text is missing
 * @returns `stories`: paths of the articles that the editor chose, in order; null if they are selected automatically.
 * `open`: Markdown that everyone may read. `whole`: Markdown that members may read, including the open part
 */
export async function readNote({ catalogue, bodies }: Texts, path: string) {
  const row = await first<TextRow>(catalogue, textAt, path)
  if (row === null) return null
  const { record, hashes } = toStoredText(row)
  const { stories = null } = record as Partial<NoteRecord>
  const [open, whole] = await Promise.all([readOpenBody(bodies, hashes), readWholeBody(bodies, hashes)])
  return { title: record.title || null, stories, open, whole }
}
