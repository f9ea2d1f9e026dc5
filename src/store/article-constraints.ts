// Guards the desk's transactions against concurrent edits and against breaking the rules between articles.
import { batch, type Statement } from "./sql.ts"

/** A rule that an article would break, the address concerned, and the article in the way (null if none). */
export interface BrokenRule {
  readonly rule:
    | "alias-live"
    | "alias-taken"
    | "path-taken"
    | "original-absent"
    | "language-taken"
    | "has-translations"
    | "story-absent"
  readonly path: string
  readonly address: string
  readonly other: string | null
}

// Two compound selects, because D1 allows at most five terms in each (platform limit). Without CROSS JOIN, which keeps
// its order, SQLite would scan all articles for each rule, or compare each of the batch with each other.
const brokenRules = `WITH changed AS MATERIALIZED (
  SELECT a.id, a.path, a.language, iif(a.kind = 'article', a.translation_group, a.path) AS original, j.value -> 'aliases' AS aliases, j.value -> 'stories' AS stories
  FROM json_each(?1) j JOIN articles a ON a.path = j.value ->> 'path'),
given AS MATERIALIZED (SELECT c.id, c.path, l.value AS alias FROM changed c, json_each(c.aliases) l),
broken_aliases AS (
  SELECT 'alias-live' AS rule, g.path AS path, alias AS address, o.path AS other
  FROM given g CROSS JOIN articles o ON o.path = alias WHERE o.live = 1
  UNION SELECT 'alias-taken', g.path, alias, o.path
  FROM given g CROSS JOIN aliases s ON s.path = alias CROSS JOIN articles o ON o.id = s.article WHERE o.live = 1 AND o.id <> g.id
  UNION SELECT 'alias-taken', g.path, g.alias, other.path FROM given g CROSS JOIN given other USING (alias) WHERE other.id < g.id),
broken_others AS (
  SELECT 'path-taken', c.path, c.path, o.path
  FROM changed c CROSS JOIN aliases s ON s.path = c.path CROSS JOIN articles o ON o.id = s.article WHERE o.live = 1 AND o.id <> c.id
  UNION SELECT 'original-absent', c.path, original, NULL FROM changed c WHERE original <> c.path AND NOT EXISTS (
    SELECT 1 FROM articles o WHERE o.path = original AND o.live = 1 AND o.translation_group = o.path)
  UNION SELECT 'language-taken', c.path, original, o.path
  FROM changed c CROSS JOIN articles o ON o.translation_group = original AND o.language = c.language WHERE o.live = 1 AND o.id <> c.id
  UNION SELECT 'has-translations', c.path, original, o.path
  FROM changed c CROSS JOIN articles o ON o.translation_group = c.path WHERE original <> c.path AND o.live = 1 AND o.id <> c.id
  UNION SELECT 'story-absent', c.path, s.value, NULL FROM changed c, json_each(c.stories) s
  WHERE NOT EXISTS (SELECT 1 FROM articles o WHERE o.path = s.value AND o.live = 1))
INSERT INTO rule_guard SELECT json_group_array(json_object('rule', rule, 'path', path, 'address', address, 'other', other))
FROM (SELECT * FROM broken_aliases UNION SELECT * FROM broken_others) HAVING count(*) > 0`

/**
 * The statement that aborts the transaction if one of these articles breaks a rule.
 * @param rows JSON: objects with a `path` and its new `aliases`; for a note, its `stories` too
 */
export function checkRules(rows: string): Statement {
  return [brokenRules, rows]
}

/**
 * The statement that points translations at the new address of an original that has moved. Run it before `checkRules`.
 * @param rows JSON: objects with a `path`
 */
export function followOriginals(rows: string): Statement {
  const query = `UPDATE articles SET translation_group = (
      SELECT o.path FROM redirects r JOIN articles o ON o.id = r.target WHERE r.path = articles.translation_group)
    WHERE path IN (SELECT value ->> 'path' FROM json_each(?1)) AND translation_group <> path AND kind = 'article'
      AND NOT EXISTS (SELECT 1 FROM articles o WHERE o.path = articles.translation_group AND o.live = 1)
      AND EXISTS (SELECT 1 FROM redirects r JOIN articles o ON o.id = r.target WHERE r.path = articles.translation_group)`
  return [query, rows]
}

/** An article's revision, created by a transaction. */
export interface Made {
  readonly path: string
  readonly revision: number
}

/** What a transaction created, or the rules that it would have broken, in which case nothing is written. */
export interface Written {
  readonly made: readonly Made[]
  readonly broken: readonly BrokenRule[]
}

/**
 * Runs a batch guarded by revisions: compare-and-set in one transaction.
 * @param bases the revisions that the batch replaces (0: none)
 * @param statements one of which returns the revisions created
 * @returns null if an article's revision is no longer its base: another change came first, and nothing is written
 */
export async function runGuarded(
  db: D1Database,
  bases: readonly { readonly path: string; readonly base: number }[],
  statements: readonly Statement[],
): Promise<Written | null> {
  const query = `INSERT INTO conflict_guard SELECT j.value ->> 'path' FROM json_each(?1) j
    LEFT JOIN articles a ON a.path = j.value ->> 'path' WHERE coalesce(a.revision, 0) <> j.value ->> 'base'`
  const guard: Statement = [query, JSON.stringify(bases.map(({ path, base }) => ({ path, base })))]
  try {
    const results = await batch<Made[]>(db, [guard, ...statements])
    return { made: results.flatMap((result) => result.results), broken: [] }
  } catch (error) {
    const message = error instanceof Error ? error.message : ""
    const broken = /\brules (\[\{.*\}\])/s.exec(message)?.[1]
    if (broken !== undefined) return { made: [], broken: JSON.parse(broken) }
    if (/\bconflict\b/.test(message)) return null
    throw error
  }
}
