// Mistakes in articles: their type, how they become problems, and guesses at what the author meant.
import { createPlaces, type Problem, toOneLine } from "../site/problem.ts"
import { lexMarkdown } from "./lex-markdown.ts"

/** A mistake at an offset in the text being read. */
export interface Mistake extends Refusal {
  readonly offset: number
  /** The front matter key (`image.alt`), or `body`, `path`, `file`. */
  readonly field: string
}

/** What is wrong, and how to fix it. */
export type Refusal = Pick<Problem, "message" | "fix">

/** The most mistakes reported per file: any more are likely the same one repeated. */
export const mostMistakes = 100

/** Converts a file's mistakes to problems, sorted by position. Returns at most `mostMistakes`. */
export function toProblems(file: string, text: string, mistakes: readonly Mistake[]): Problem[] {
  const places = createPlaces(text)
  const first = mistakes.toSorted((a, b) => a.offset - b.offset).slice(0, mostMistakes)
  return first.map(({ offset, field, message, fix }) => ({ file, ...places(offset), field, message, fix }))
}

export function sortProblems(problems: readonly Problem[]): Problem[] {
  const byFile = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return problems.toSorted((a, b) => byFile(a.file, b.file) || a.line - b.line || a.column - b.column)
}

/** An author's text, quoted for a message: one line, at most 60 characters, no control characters. */
export function quote(text: string): string {
  const plain = toOneLine(text)
  return `\`${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}\``
}

/** The Levenshtein distance between two words; Infinity if their lengths differ by more than `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const [here = 0, above = 0] = row.slice(j, j + 2)
      next.push(Math.min(here + (a[i] === b[j] ? 0 : 1), above + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** The path most likely meant: a similar name in the same folder, or the same name elsewhere; null if there is none. */
export function nearestPath(wrong: string, known: Iterable<string>): string | null {
  const split = (path: string) => {
    const at = path.lastIndexOf("/") + 1
    return [path.slice(0, at), path.slice(at).replace(/\.\w+$/, "")] as const
  }
  const [folder, name] = split(wrong)
  let near = { path: null as string | null, distance: Math.ceil(name.length / 4) + 1 }
  for (const path of known) {
    const [otherFolder, other] = split(path)
    const same = other === name
    if (!same && otherFolder !== folder) continue
    const distance = same ? 0.5 : editDistance(name, other, 3)
    if (distance < Math.min(near.distance, name.length)) near = { path, distance }
  }
  return near.path
}

/** Our keys, and what other systems call them. */
const otherNames = new Map([
  ["title", "headline"],
  ["summary", "description excerpt standfirst subtitle"],
  ["date", "published pubdate publishdate"],
  ["updated", "modified lastmod"],
  ["expires", "expirydate"],
  ["authors", "author byline by"],
  ["topics", "tags tag categories category keywords"],
  ["access", "visibility"],
  ["status", "draft state published"],
  ["aliases", "redirect_from"],
  ["image", "thumbnail picture cover"],
  ["rights", "licence license copyright"],
  ["src", "url file"],
  ["alt", "alttext"],
  ["credit", "source"],
])

/** The known key that was most likely meant by an unknown one; null if none is close. */
export function nearestKey(wrong: string, known: readonly string[]): string | null {
  const word = wrong.slice(0, 40).toLowerCase()
  const limit = Math.max(2, Math.floor(word.length / 3))
  const ranked = known.map((key) => ({ key, distance: editDistance(word, key.toLowerCase(), limit) }))
  const [nearest] = ranked.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance)
  const findNamed = (name: string) =>
    known.find((key) => key === name || otherNames.get(key)?.split(" ").includes(name))
  // `featured_image`, `coverImage`, `last_modified_at`: of the words, the last one that names a key counts.
  const words = wrong.slice(0, 40).split(/_|(?=[A-Z])/)
  const inside = () => words.flatMap((one) => findNamed(one.toLowerCase()) ?? []).at(-1)
  return findNamed(word) ?? nearest?.key ?? inside() ?? null
}

/** The mistake in a text that cannot be rendered: at the first paragraph that makes marked throw, or at the start. */
export function explainUnreadable(body: string, error: unknown): Mistake {
  // Our own errors are plain `Error`s. marked's are TypeErrors and the like or, for endless loops, name its repository.
  const isOurs = error instanceof Error && error.name === "Error" && !error.message.includes("markedjs")
  const why = isOurs ? error.message : "the Markdown parser fails on it"
  const mistake = { field: "body", message: `cannot be rendered: ${why}`, fix: "simplify this part" }
  for (const { 0: paragraph, index } of body.matchAll(/(?:.+\n?)+/g)) {
    try {
      lexMarkdown(paragraph)
    } catch {
      return { offset: index, ...mistake }
    }
  }
  return { offset: 0, ...mistake }
}
