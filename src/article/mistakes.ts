// What is wrong with an article: mistakes at offsets of its text, the problems they become, and what was probably meant.
import { createPlaces, type Problem } from "../site/problem.ts"

/** A mistake at an offset of the text at hand. */
export interface Mistake {
  readonly offset: number
  /** The front matter key (`image.alt`), or `body`, `path`, `file`. */
  readonly field: string
  readonly message: string
  readonly fix: string
}

export interface Report {
  readonly problems: readonly Problem[]
  /** @param shift added to the mistake's offset: where the text it was found in begins in the file */
  add(mistake: Mistake, shift?: number): void
}

/** More than this in one file is one mistake made many times. */
export const mostMistakes = 100

/** An empty list of a file's problems. */
export function createReport(file: string, text: string): Report {
  const problems: Problem[] = []
  const places = createPlaces(text)
  return {
    problems,
    add({ offset, field, message, fix }, shift = 0) {
      if (problems.length < mostMistakes) problems.push({ file, ...places(offset + shift), field, message, fix })
    },
  }
}

/** An author's text inside a message: one line, at most 60 characters, without control characters. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would act on the terminal
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
  return `\`${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}\``
}

/** The Levenshtein distance of two short words; at most `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced))
    }
    row = next
  }
  return Math.min(row[b.length] as number, limit + 1)
}

/** What other systems call our keys. */
const otherNames: Readonly<Record<string, string>> = {
  title: "headline",
  summary: "description excerpt standfirst subtitle",
  date: "published pubdate publishdate",
  updated: "modified lastmod",
  expires: "expirydate",
  authors: "author byline by",
  topics: "tags tag categories category keywords",
  access: "visibility",
  status: "draft state",
  aliases: "redirect_from",
  image: "thumbnail picture cover",
  rights: "licence license copyright",
  src: "url file",
  alt: "alttext",
  credit: "source",
}

/** The known key that a wrong one most likely meant; null when none is near. */
export function nearestKey(wrong: string, known: readonly string[]): string | null {
  const word = wrong.slice(0, 40).toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const key of known) {
    const distance = editDistance(word, key.toLowerCase(), least - 1)
    if (distance < least) [best, least] = [key, distance]
  }
  const synonym = known.find((key) => Object.hasOwn(otherNames, key) && otherNames[key]?.split(" ").includes(word))
  return least > 1 && synonym !== undefined ? synonym : best
}
