// Full-text search over what the public may read (SQLite FTS5 in D1).
import type { Entry } from "../article/article.ts"
import { unspaced } from "../article/text.ts"
import { memo } from "../site/memo.ts"
import {
  askedForms,
  foldForIndex,
  foldText,
  foldWords,
  indexedForms,
  joint,
  splitUnspaced,
  stemMark,
  word,
} from "./fold.ts"
import { type Changes, isReadable, listWithChanges, type RecordRow, readRecord, readRows } from "./rows.ts"
import { first } from "./sql.ts"

export interface Found extends Entry {
  /** Plain text around the matches, each between U+0001 and U+0002. */
  readonly excerpt: string
}

/** How many characters at the start of a text are searched for an excerpt. */
export const searchedCharacters = 20_000
/** How many characters of a text are indexed: a D1 value is at most 2 MB, and a character may take three bytes. */
const mostIndexed = 600_000

/** What search covers besides an article's title and summary: the public text, and other words on the page. */
export type SearchedWords = Readonly<Record<"text" | "labels", string>>

/** An article's values for the columns of the index: title, summary and `body`, which is `labels` with `text`. */
export function indexWords(
  { title, summary, language }: Pick<Entry, "title" | "summary" | "language">,
  searched: SearchedWords,
): Readonly<Record<"title" | "summary" | "body" | "labels" | "text", string>> {
  const index = (words: string) => indexText(words, language)
  const [labels, text] = [index(searched.labels), index(searched.text)]
  const body = `${labels} ${text}`.slice(0, mostIndexed)
  return { title: index(title), summary: index(summary), body, labels, text }
}

/** A text as indexed: plain, or folded words, Arabic in several forms, Russian stems. If too long, each word once. */
export function indexText(text: string, language: string): string {
  const folded = foldForIndex(text, language)
  if (folded.length <= mostIndexed) return folded
  return [...new Set(folded.match(word))].join(" ").slice(0, mostIndexed)
}

/**
 * The FTS5 query for a search: all words, each in one of its forms, and phrases must occur; a last word may be a prefix.
 * Every form is quoted, so nothing that a reader types is syntax.
 */
export function buildMatch({ terms, open }: Sought): string {
  return terms
    .map((term, index) => {
      const star = open && index === terms.length - 1 ? "*" : ""
      return `(${term.indexed.map((one) => `"${splitUnspaced(one)}"${star}`).join(" OR ")})`
    })
    .join(" AND ")
}

/** How many of the newest matches can be paged through. One more is ranked, to know whether there are more. */
const rankedMatches = 1_000
/** How many rows of the index are read to find those matches, whatever their language, region and topic. */
const scannedMatches = 3_000

// The cost does not grow with the catalogue. Texts and records are read only for the results on the page.
const searchQuery = `
WITH scanned AS MATERIALIZED (
  SELECT rowid AS id, bm25(search, 40.0, 10.0, 1.0) AS score FROM search WHERE search MATCH ?1
  ORDER BY rowid DESC LIMIT ${scannedMatches}),
ranked AS MATERIALIZED (
  SELECT a.id, a.published_at, hit.score FROM scanned hit CROSS JOIN articles a ON a.id = hit.id
  WHERE ${isReadable} AND a.language = ?3 AND (?4 IS NULL OR a.region = ?4)
    AND (?5 IS NULL OR EXISTS (SELECT 1 FROM listed l WHERE l.article = a.id AND l.listing = a.language || ':/topics/' || ?5))
  ORDER BY a.published_at DESC LIMIT ${rankedMatches + 1}),
best AS (SELECT id, score FROM ranked ORDER BY score, published_at DESC, id DESC LIMIT ?6 OFFSET ?7)
SELECT a.path, a.record, substr(t.body, 1, ${searchedCharacters}) AS text,
  (SELECT count(*) FROM ranked) AS matches, (SELECT count(*) FROM scanned) = ${scannedMatches} AS cut
FROM best JOIN articles a ON a.id = best.id LEFT JOIN search_text t ON t.id = a.id
ORDER BY best.score, a.published_at DESC, a.id DESC`

/**
 * One page of the newest matches, most relevant first: titles weigh most, then summaries; ties by date. One D1 trip.
 * @param page from 1
 * @returns `count`: how many matches there are; `capped`: whether there may be more
 */
export async function searchArticles(
  db: D1Database,
  wanted: { sought: Sought; region: string | null; topic: string | null; page: number; size: number },
  now: number,
): Promise<{ results: Found[]; more: boolean; count: number; capped: boolean; changes: Changes }> {
  const { sought, region, topic, page, size } = wanted
  const skipped = (page - 1) * size
  const most = Math.max(0, Math.min(size + 1, rankedMatches - skipped))
  type Row = RecordRow & { text: string | null; matches: number; cut: number }
  const values = [buildMatch(sought), now, sought.language, region, topic, most, skipped]
  const { rows: found, changes } = await listWithChanges<Row>(db, [searchQuery, ...values], now)
  const results = readRows(found.slice(0, size), (row) => {
    const entry = readRecord(row)
    const excerpt = cutExcerpt(row.text ?? "", sought) ?? cutExcerpt(entry.summary, sought) ?? entry.summary
    return { ...entry, excerpt }
  })
  const { matches = 0, cut = 0 } = found[0] ?? {}
  const capped = cut === 1 || matches > rankedMatches
  return { results, more: found.length > size, count: matches, capped, changes }
}

/** Whether articles are waiting to be reindexed (src/desk/reindex.ts). */
export async function hasQueued(db: D1Database): Promise<boolean> {
  return (await first(db, "SELECT 1 FROM search_queue LIMIT 1")) !== null
}

/** A word or a phrase. */
interface Term {
  /** The word, or the words of the phrase, each in the forms in which it is searched for. */
  readonly words: readonly (readonly string[])[]
  /** What the index may contain for it: any form of the word, or what the phrase would be indexed as. */
  readonly indexed: readonly string[]
}

/** A search as words and phrases, ready to match against texts. */
export interface Sought {
  readonly terms: readonly Term[]
  /** Whether the last word may be a prefix. */
  readonly open: boolean
  readonly language: string
}

/** Characters that enclose each match in an excerpt. */
export const markStart = "\u0001"
export const markEnd = "\u0002"

const longestTerms = 12
/** Shorter prefixes would match half of all words. A Korean syllable counts as its letters. */
const shortestBeginning = 3
const longestExcerpt = 240
const before = 70

// Not a mark between two letters or after one, as in ארה"ב and 5".
const phrase = /(?<![\p{L}\p{N}])["“”„«»]([^"“”„«»]*)["“”„«»](?![\p{L}\p{N}])/u
const contraction = /['’](?:[sdmt]|ll|re|ve)$/iu

/** Parses what a reader typed, or returns null if it contains no words. */
export function readSought(query: string, language: string): Sought | null {
  // The phrases are at odd positions.
  const parts = query.split(phrase)
  const found = parts.flatMap((part, index): Term[] => {
    const words = foldWords(part).slice(0, longestTerms)
    if (index % 2 === 0 || words.length < 2)
      return words.map((one) => askedForms(one, language)).map((forms) => ({ words: [forms], indexed: forms }))
    const indexed = (foldForIndex(part, language).match(word) ?? []).join(" ").toLowerCase()
    return [{ words: words.map((one) => indexedForms(one, language)), indexed: [indexed] }]
  })
  const terms = found.slice(0, longestTerms)
  const last = terms.at(-1)?.words[0]?.[0]
  if (last === undefined) return null
  const end = parts.at(-1)?.trim() ?? ""
  const open = end !== "" && !contraction.test(end) && last.normalize("NFD").length >= shortestBeginning
  return { terms, open, language }
}

// A word with the invisible characters that folding drops, and with anything joined to it by an apostrophe or dots; or
// one character of a script without spaces.
const letter = `(?:(?!${unspaced.source})[\\p{L}\\p{N}\\p{M}\\p{Cf}])`
const chunk = `${unspaced.source}|${letter}+(?:(?:${joint})${letter}+)*`

interface Match {
  readonly start: number
  readonly end: number
  readonly term: number
}

/** The passage of `text`, about 240 characters, with the most search words; null if it contains none of them. */
export function cutExcerpt(text: string, sought: Sought): string | null {
  const clean = text.replaceAll(markStart, "").replaceAll(markEnd, "")
  const matches = findMatches(clean, sought)
  if (matches.length === 0) return null
  const countFrom = ({ start: from }: Match) => {
    const within = matches.filter(({ start, end }) => start >= from && end <= from + longestExcerpt - before)
    return new Set(within.map(({ term }) => term)).size
  }
  const best = matches.reduce((most, match) => (countFrom(match) > countFrom(most) ? match : most))
  // Cut after a space before the match, and before a space after it, where there is one.
  const lead = clean.slice(best.start - before, best.start).replace(/^[^ ]* ?/, "")
  const from = best.start <= before ? 0 : best.start - lead.length
  const longest = Math.max(from + longestExcerpt, best.end)
  const space = clean.lastIndexOf(" ", from + longestExcerpt)
  const to = longest >= clean.length ? clean.length : space < best.end ? longest : space
  // A no-break space keeps an ellipsis on the line of the word beside it.
  let excerpt = from > 0 ? "…\u00a0" : ""
  let at = from
  for (const { start, end } of matches) {
    if (start < at || end > to) continue
    excerpt += clean.slice(at, start) + markStart + clean.slice(start, end) + markEnd
    at = end
  }
  return (
    excerpt +
    clean
      .slice(at, to)
      .replace(/[\ud800-\udbff]$/, "")
      .trimEnd() +
    (to < clean.length ? "\u00a0…" : "")
  )
}

/** At most 50 matches, starting from the first. */
function findMatches(text: string, sought: Sought): Match[] {
  const folded = foldText(text)
  // Every form of a word starts with its stem, minus the last letter.
  const forms = sought.terms.flatMap(({ words }) => words.flat())
  const places = forms.map((form) => folded.indexOf(form.endsWith(stemMark) ? form.slice(0, -2) : form))
  const known = places.filter((place) => place >= 0)
  if (known.length === 0) return []
  // Folding shifts positions a little. If it shifted them too far, the whole text is searched.
  const start = text.lastIndexOf(" ", Math.min(...known) - 300) + 1
  const matches = findMatchesFrom(text, start, sought)
  return matches.length === 0 && start > 0 ? findMatchesFrom(text, 0, sought) : matches
}

function findMatchesFrom(text: string, start: number, sought: Sought): Match[] {
  const { terms } = sought
  const matches: Match[] = []
  const seen: { readonly at: number; readonly fits: readonly (readonly boolean[])[] }[] = []
  const findFits = memo((word: string) => fitsOf(word, sought))
  const runs = terms.flatMap(({ words }) => words.flat()).filter((form) => splitUnspaced(form) !== form)
  for (const found of text.slice(start).matchAll(new RegExp([...runs, chunk].join("|"), "giu"))) {
    const [word] = found
    const end = start + found.index + word.length
    seen.push({ at: start + found.index, fits: findFits(word) })
    const term = terms.findIndex(({ words }, index) =>
      words.every((_, place) => seen.at(place - words.length)?.fits[index]?.[place]),
    )
    const first = seen.at(-(terms[term]?.words.length ?? 0))
    if (term === -1 || first === undefined) continue
    matches.push({ start: first.at, end, term })
    if (matches.length === 50 || (terms.length === 1 && end > (matches[0]?.end ?? 0) + longestExcerpt)) break
  }
  return matches
}

/** For each term, which of its words this word matches. */
function fitsOf(word: string, { terms, open, language }: Sought): boolean[][] {
  const forms = foldWords(word).flatMap((folded) => indexedForms(folded, language))
  return terms.map(({ words }, index) => {
    const beginning = open && index === terms.length - 1
    return words.map((asked) =>
      asked.some((one) => forms.some((form) => form === one || (beginning && form.startsWith(one)))),
    )
  })
}
