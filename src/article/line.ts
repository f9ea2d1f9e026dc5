// What a line may cost a markdown parser: the containers that it begins with, and the signs in it. For bounds.ts.

const [newline, tab, space, carriageReturn, plus] = [10, 9, 32, 13, 43]

/** What each ASCII sign costs; 0: nothing. */
const [none, isEmphasis, isBracket, isPipe, isColon] = [0, 1, 2, 3, 4]
const kinds = new Uint8Array(128)
for (const [signs, kind] of [
  ["*_~", isEmphasis],
  ["[]<!`\\&(", isBracket],
  ["|", isPipe],
  [":", isColon],
] as const)
  for (const sign of signs) kinds[sign.charCodeAt(0)] = kind

export interface Line {
  readonly blank: boolean
  /** Begins a list item with at most 3 spaces before it: a bullet does so in a paragraph too, a number in a list only. */
  readonly item: "bullet" | "number" | null
  /** Marks of lists and quotes at its beginning. */
  readonly depth: number
  /** Columns before its text. */
  readonly indent: number
  /** Runs of emphasis signs. */
  readonly emphasis: number
  readonly brackets: number
  readonly pipes: number
  /** `[` that may be links. */
  readonly links: number
  readonly reference: boolean
  /** The longest run of one sign. */
  readonly run: number
}

/** Reads a line from `start` to `end`, without its line feed. */
export function readLine(body: string, start: number, end: number): Line {
  const { blank, item, depth, indent } = readPrefix(body, start, end)
  const line = {
    blank,
    item,
    depth,
    indent,
    emphasis: 0,
    brackets: 0,
    pipes: 0,
    links: 0,
    run: 0,
    reference: false,
  }
  let last = -1
  let run = 0
  for (let at = start; at < end; at++) {
    const sign = body.charCodeAt(at)
    const kind = sign < 128 ? (kinds[sign] as number) : none
    if (kind !== none) {
      run = sign === last ? run + 1 : 1
      if (run > line.run) line.run = run
      if (kind === isEmphasis) {
        if (run === 1) line.emphasis++
      } else if (kind === isBracket) {
        line.brackets++
        if (sign === 91) line.links++
      } else if (kind === isPipe) line.pipes++
      else if (last === 93) line.reference = true
    }
    last = sign
  }
  return line
}

const itemStart = /^ {0,3}(?:[-*+]|(\d{1,9})[.)]) /

/** The marks of containers that a line begins with. */
function readPrefix(body: string, start: number, end: number): Pick<Line, "blank" | "item" | "depth" | "indent"> {
  let depth = 0
  let indent = 0
  let at = start
  while (at < end) {
    const sign = body.charCodeAt(at)
    if (sign === space || sign === carriageReturn) indent++
    else if (sign === tab) indent += 4
    else {
      const mark = markLength(body, at, end)
      if (mark === 0) break
      depth++
      at += mark - 1
    }
    at++
  }
  const blank = at === end && depth === 0
  // `- - -` and `* * *` are rulers.
  if (
    at === end &&
    depth > 2 &&
    /^ {0,3}([-*])(?:[ \t]*\1)+[ \t\r]*$/.test(body.slice(start, Math.min(end, start + 1000)))
  )
    depth = 1
  const mark = depth > 0 ? itemStart.exec(body.slice(start, start + 14)) : null
  const item = mark === null ? null : mark[1] === undefined ? "bullet" : "number"
  return { blank, item, depth, indent: blank ? 0 : indent }
}

/** The length of `>`, `-` or `1.` at a place; 0 when there is none. */
function markLength(body: string, at: number, end: number): number {
  const sign = body.charCodeAt(at)
  if (sign === 62) return 1
  let after = at
  if (sign === 42 || sign === plus || sign === 45) after++
  else {
    while (after - at < 9 && after < end && isDigit(body.charCodeAt(after))) after++
    if (after === at || (body[after] !== "." && body[after] !== ")")) return 0
    after++
  }
  const next = body.charCodeAt(after)
  return after >= end || next === space || next === tab || next === carriageReturn || next === newline ? after - at : 0
}

function isDigit(sign: number): boolean {
  return sign >= 48 && sign <= 57
}

/** May the line be the ruler below a table's head? */
export function isRuler(body: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const sign = body.charCodeAt(at)
    if (
      sign !== 45 &&
      sign !== 124 &&
      sign !== 58 &&
      sign !== 62 &&
      sign !== space &&
      sign !== tab &&
      sign !== carriageReturn
    )
      return false
  }
  return true
}
