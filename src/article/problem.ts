// A mistake in the content: where it is and how to mend it.

export interface Problem {
  /** Path of the file as the editor knows it, with forward slashes. */
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

/** One line for a terminal: `file:line:column field: what is wrong — how to mend it`. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.field}: ${problem.message} — ${problem.fix}`
}
