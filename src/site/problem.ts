// A mistake in the content or the config: where it is and how to fix it.

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

/** One line for a terminal: `file:line:column field: what is wrong — how to fix it`. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.field}: ${problem.message} — ${problem.fix}`
}

/** Finds line and column of offsets; the lines are counted when the first is asked for. */
export function createPlaces(text: string): (offset: number) => { line: number; column: number } {
  let starts: number[] | null = null
  return (offset) => {
    starts ??= findLines(text)
    const at = Math.max(0, Math.min(offset, text.length))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: at - (starts[low] as number) + 1 }
  }
}

function findLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return starts
}
