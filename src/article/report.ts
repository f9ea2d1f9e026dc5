// Mistakes of one file as they are found: from an offset in its text to a line and a column.
import { createPlaces, type Problem } from "../site/problem.ts"

/** A mistake at an offset of the text that is at hand. */
export interface Mistake {
  readonly offset: number
  /** The front matter key (`image.alt`), or `body`, `path`, `file`. */
  readonly field: string
  readonly message: string
  readonly fix: string
}

export interface Report {
  readonly problems: readonly Problem[]
  /** `shift`: what to add to the mistake's offset to have it in the whole text. */
  add(mistake: Mistake, shift?: number): void
}

/** Whoever has this many mistakes in a file has made one mistake many times. */
const most = 100

/** An empty list of problems of a file. */
export function createReport(file: string, text: string): Report {
  const problems: Problem[] = []
  const places = createPlaces(text)
  return {
    problems,
    add({ offset, field, message, fix }, shift = 0) {
      if (problems.length < most) problems.push({ file, ...places(offset + shift), field, message, fix })
    },
  }
}

/** A piece of somebody's text inside a message: one line, not too long, without control characters. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would act on the terminal
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
  return `\`${plain.length > 60 ? `${plain.slice(0, 59)}…` : plain}\``
}
