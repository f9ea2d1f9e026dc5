// The part of a text that a search found, in the words of the text itself, what matches marked.
import { askedForms, foldText, foldWords, indexedForms } from "./fold.ts"

/** What was searched for, ready to be looked for in texts. */
export interface Sought {
  /** The asked forms of each word. */
  readonly terms: readonly (readonly string[])[]
  /** The last word may be the beginning of one. */
  readonly open: boolean
}

/** Stand around each match. */
export const markStart = "\u0001"
export const markEnd = "\u0002"

const longestTerms = 12
/** Shorter beginnings would match half of the words there are. */
const shortestBeginning = 3
const longestExcerpt = 240
const before = 70

/** What a reader typed as words; null: no word. */
export function readSought(query: string): Sought | null {
  const words = foldWords(query).slice(0, longestTerms)
  const last = words.at(-1)
  if (last === undefined) return null
  return { terms: words.map(askedForms), open: last.length >= shortestBeginning }
}

// A word with what an apostrophe ties to it.
const chunk = /[\p{L}\p{N}\p{M}\u0640\u00ad]+(?:['’ʼ][\p{L}\p{N}\p{M}\u0640]+)*/gu

interface Match {
  readonly start: number
  readonly end: number
  readonly term: number
}

/** The stretch of `text` with most of what is sought, about 240 characters; null when nothing of it is there. */
export function cutExcerpt(text: string, sought: Sought): string | null {
  const clean = text.replaceAll(markStart, "").replaceAll(markEnd, "")
  const matches = findMatches(clean, sought)
  const first = matches[0]
  if (first === undefined) return null
  let best = first
  let most = 0
  for (const match of matches) {
    const within = matches.filter(
      ({ start, end }) => start >= match.start && end <= match.start + longestExcerpt - before,
    )
    const distinct = new Set(within.map(({ term }) => term)).size
    if (distinct > most) {
      best = match
      most = distinct
    }
  }
  const from = best.start <= before ? 0 : afterSpace(clean, best.start - before, best.start)
  const to = from + longestExcerpt >= clean.length ? clean.length : beforeSpace(clean, from + longestExcerpt, best.end)
  let excerpt = from > 0 ? "… " : ""
  let at = from
  for (const { start, end } of matches) {
    if (start < from || end > to) continue
    excerpt += clean.slice(at, start) + markStart + clean.slice(start, end) + markEnd
    at = end
  }
  return excerpt + clean.slice(at, to).trimEnd() + (to < clean.length ? " …" : "")
}

/** All of what matches near where the first does, at most 50. */
function findMatches(text: string, sought: Sought): Match[] {
  const folded = foldText(text)
  const places = sought.terms.flat().map((form) => folded.indexOf(form))
  const known = places.filter((place) => place >= 0)
  if (known.length === 0) return []
  // Folding moves letters a little; where it moved them too far, the whole text is looked through.
  const start = text.lastIndexOf(" ", Math.min(...known) - 300) + 1
  const matches = findMatchesFrom(text, start, sought)
  return matches.length === 0 && start > 0 ? findMatchesFrom(text, 0, sought) : matches
}

function findMatchesFrom(text: string, start: number, sought: Sought): Match[] {
  const matches: Match[] = []
  const known = new Map<string, number>()
  const words = new RegExp(chunk)
  words.lastIndex = start
  for (let found = words.exec(text); found !== null; found = words.exec(text)) {
    const [word] = found
    let term = known.get(word)
    if (term === undefined) {
      term = termOf(word, sought)
      known.set(word, term)
    }
    if (term === -1) continue
    matches.push({ start: found.index, end: found.index + word.length, term })
    if (matches.length === 50 || (sought.terms.length === 1 && found.index > (matches[0]?.end ?? 0) + longestExcerpt))
      break
  }
  return matches
}

/** Which of the sought words this one is; -1: none. */
function termOf(word: string, { terms, open }: Sought): number {
  const forms = foldWords(word).flatMap(indexedForms)
  return terms.findIndex((asked, index) => {
    const beginning = open && index === terms.length - 1
    return asked.some((one) => forms.some((form) => form === one || (beginning && form.startsWith(one))))
  })
}

function afterSpace(text: string, from: number, latest: number): number {
  const space = text.indexOf(" ", from)
  return space === -1 || space >= latest ? latest : space + 1
}

function beforeSpace(text: string, to: number, earliest: number): number {
  const space = text.lastIndexOf(" ", to)
  return space < earliest ? Math.max(to, earliest) : space
}
