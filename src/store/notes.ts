// Reads editors' notes for editions of the newsletters. The same commands publish them as articles (store/publish.ts).
import type { Division } from "../article/article.ts"
import type { EditionKey } from "../article/edition.ts"
import { readOpenBody, readWholeBody } from "./bodies.ts"
import { bodyFields, expectFields, isText } from "./rows.ts"
import { first } from "./sql.ts"
import type { Texts } from "./stores.ts"

export interface Note {
  /** The editor's title, or null. */
  readonly title: string | null
  /** Paths of the articles that the editor chose, in order; null if the edition is compiled. */
  readonly stories: readonly string[] | null
  /** Markdown that everyone may read. */
  readonly open: string
  /** Markdown that members may read. */
  readonly whole: string
}

// The default language has no prefix. A moved story is given by its current address.
const noteQuery = `SELECT a.path, a.open_hash, a.members_hash, a.record ->> 'title' AS title, a.record ->> 'division' AS division,
  iif(json_type(a.record, '$.stories') = 'array', (SELECT json_group_array(coalesce(
    (SELECT o.path FROM articles o WHERE o.path = s.value AND o.live = 1),
    (SELECT o.path FROM redirects r JOIN articles o ON o.id = r.target WHERE r.path = s.value AND o.live = 1), s.value))
    FROM json_each(a.record, '$.stories') s), NULL) AS stories
FROM (SELECT path, kind, language, live, open_hash, members_hash, iif(json_valid(record), record, '{}') AS record FROM articles
  WHERE path IN ('/' || ?1 || '/' || ?2, '/' || lower(?3) || '/' || ?1 || '/' || ?2)) a
WHERE a.kind = ?1 AND a.language = ?3 AND a.live > 0`

const noteFields = { ...bodyFields, title: isText, division: isText }

interface Row {
  readonly path: string
  readonly open_hash: string
  readonly members_hash: string | null
  readonly title: string
  readonly division: Division
  /** JSON: a list of paths. */
  readonly stories: string | null
}

/** The published note for an edition, or null. @throws Error if it is damaged, StoreFailure if a text is missing */
export async function readNote(
  { catalogue, bodies }: Texts,
  { list, date, language }: EditionKey,
): Promise<Note | null> {
  const row = await first<Row>(catalogue, noteQuery, list, date, language)
  if (row === null) return null
  const { open_hash, members_hash, title, division, stories } = expectFields(row, noteFields)
  const hashes = { division, openHash: open_hash, membersHash: members_hash }
  const [open, whole] = await Promise.all([readOpenBody(bodies, hashes), readWholeBody(bodies, hashes)])
  return { title: title || null, stories: stories === null ? null : JSON.parse(stories), open, whole }
}
