// Shared by the parsers of media formats: the parts of a file, their names, and the boxes of MP4 and AVIF.

export interface Part {
  /** The part's name in messages. */
  readonly name: string
  readonly from: number
  readonly to: number
  /** Whether the part is needed to show the picture or play the recording. */
  readonly needed: boolean
}

export type Walk = (view: DataView) => Generator<Part>

export function expect(holds: boolean): asserts holds {
  if (!holds) throw new RangeError("the file does not follow its format")
}

/** The name of a chunk or box, by default four characters; each byte is one character. */
export function readName(view: DataView, at: number, length = 4): string {
  return String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint8(at + index)))
}

/** Lists boxes (ISO/IEC 14496-12 §4.2). */
export function* readBoxes(view: DataView, from: number, end: number): Generator<Omit<Part, "needed">> {
  for (let at = from; at < end; ) {
    const size = view.getUint32(at)
    // A size of 0 means "to the end of the file"; 1 means that a 64-bit size follows.
    const to = size === 0 ? end : at + (size === 1 ? Number(view.getBigUint64(at + 8)) : size)
    expect(to >= at + 8 && to <= end)
    yield { name: readName(view, at + 4), from: at, to }
    at = to
  }
}
