// Mistakes in the content or the config: where they are and how to fix them.

export interface Problem {
  /** The file's path as the editor knows it, with forward slashes. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 code units. */
  readonly column: number
  /** The front matter key (`image.alt`), or `body`, `path`, `file`. */
  readonly field: string
  readonly message: string
  readonly fix: string
}

/** One line for a terminal: `file:line:column field: what is wrong — how to fix it`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, field, message, fix } = problem
  return toOneLine(`${file}:${line}:${column} ${field}: ${message} — ${fix}`)
}

/** Puts a text on one line: replaces control characters and marks that change its direction with spaces. */
export function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ")
}

/** Returns a function that finds an offset's line and column. It indexes the lines at its first call. */
export function createPlaces(text: string): (offset: number) => { line: number; column: number } {
  let starts: number[] | null = null
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
    const at = Math.max(0, Math.min(offset, text.length))
    const line = starts.findLastIndex((start) => start <= at)
    return { line: line + 1, column: at - (starts[line] as number) + 1 }
  }
}
