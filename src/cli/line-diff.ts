// The lines by which two texts differ: longest common subsequence after equal ends are cut off.

export interface DiffLine {
  readonly mark: " " | "+" | "-"
  readonly text: string
}

/** Texts this long are compared in full; longer middles are shown as all removed, all added. */
const mostCells = 4_000_000

/** Lines of `before` that are gone (-), of `after` that are new (+), and common ones. */
export function compareLines(before: string, after: string): DiffLine[] {
  const a = before.split("\n")
  const b = after.split("\n")
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const keep = (text: string): DiffLine => ({ mark: " ", text })
  const middle = compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end))
  return [...a.slice(0, start).map(keep), ...middle, ...a.slice(a.length - end).map(keep)]
}

function compareMiddle(a: string[], b: string[]): DiffLine[] {
  const gone = a.map((text): DiffLine => ({ mark: "-", text }))
  const come = b.map((text): DiffLine => ({ mark: "+", text }))
  if (a.length * b.length > mostCells || a.length === 0 || b.length === 0) return [...gone, ...come]
  const width = b.length + 1
  const common = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ mark: " ", text: a[i] ?? "" })
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(gone[i++] as DiffLine)
    else lines.push(come[j++] as DiffLine)
  }
  return [...lines, ...gone.slice(i), ...come.slice(j)]
}

/** Changes with three lines around them, as `diff -u` cuts and numbers them. */
export function cutHunks(lines: readonly DiffLine[]): { head: string; lines: DiffLine[] }[] {
  const around = 3
  const ranges: { start: number; end: number }[] = []
  for (const [index, { mark }] of lines.entries()) {
    if (mark === " ") continue
    const last = ranges.at(-1)
    if (last !== undefined && index - around <= last.end) last.end = index + around + 1
    else ranges.push({ start: Math.max(0, index - around), end: index + around + 1 })
  }
  const hunks: { head: string; lines: DiffLine[] }[] = []
  const at = { before: 1, after: 1 }
  let index = 0
  for (const { start, end } of ranges) {
    at.before += start - index
    at.after += start - index
    const near = lines.slice(start, end)
    const before = near.filter(({ mark }) => mark !== "+").length
    const after = near.filter(({ mark }) => mark !== "-").length
    hunks.push({ head: `@@ -${at.before},${before} +${at.after},${after} @@`, lines: near })
    at.before += before
    at.after += after
    index = start + near.length
  }
  return hunks
}
