// Splits a recording (MP3, MP4, Ogg, WebM) into its parts, as media-metadata.ts does for pictures.
import { expect, type Part, readBoxes, readName, type Walk } from "./media-parts.ts"

export const recordingWalks: Readonly<Record<string, Walk>> = {
  mp3: walkMp3,
  m4a: walkMp4,
  mp4: walkMp4,
  ogg: (view) => walkWhole(view, readName(view, 0) === "OggS"),
  webm: (view) => walkWhole(view, view.getUint32(0) === 0x1a45dfa3 && readName(view, 0, 64).includes("webm")),
}

/** MPEG frames, with tags (ID3v2.4 §3.1, ID3v1) around them. */
function* walkMp3(view: DataView): Generator<Part> {
  let from = 0
  while (readName(view, from, 3) === "ID3") {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (view.getUint8(from + at) & 127), 0)
    const to = from + 10 + size + (view.getUint8(from + 5) & 16 ? 10 : 0)
    yield { name: "ID3 tags", from, to, needed: false }
    from = to
  }
  const end = view.byteLength
  const to = end - from > 128 && readName(view, end - 128, 3) === "TAG" ? end - 128 : end
  expect(to - from > 4 && view.getUint16(from) >= 0xffe0)
  yield { name: "sound", from, to, needed: true }
  if (to < end) yield { name: "ID3 tags", from: to, to: end, needed: false }
}

/** Boxes. User data, metadata and tracks of timed metadata may reveal a place, a name or a device. */
function* walkMp4(view: DataView): Generator<Part> {
  expect(readName(view, 4) === "ftyp")
  const names = new Set<string>()
  function* walk(from: number, end: number): Generator<Part> {
    for (const { name, from: at, to } of readBoxes(view, from, end)) {
      names.add(name)
      const isTagged = /^(?:udta|meta|uuid)$/.test(name) || (name === "trak" && !isMedia(view, at + 8, to))
      if (!isTagged && /^(?:moov|trak|mdia|minf)$/.test(name)) yield* walk(at + 8, to)
      else yield { name: isTagged ? `a ${name} box` : name, from: at, to, needed: !isTagged }
    }
  }
  yield* walk(0, view.byteLength)
  expect(names.has("moov") && names.has("mdat"))
}

function findBox(view: DataView, from: number, end: number, ...path: readonly string[]): number | null {
  const [name, ...rest] = path
  for (const box of readBoxes(view, from, end))
    if (box.name === name) return rest.length === 0 ? box.from : findBox(view, box.from + 8, box.to, ...rest)
  return null
}

function isMedia(view: DataView, from: number, end: number): boolean {
  const handler = findBox(view, from, end, "mdia", "hdlr")
  return handler !== null && /^(?:soun|vide)$/.test(readName(view, handler + 16))
}

/** Turns unneeded boxes into free space, because removing them would shift the offsets in the file. */
export function blankBoxes(bytes: Uint8Array, parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const clean = new Uint8Array(bytes)
  for (const { from, to, needed } of parts) {
    if (needed) continue
    clean.fill(0, from + 8, to)
    clean.set(new TextEncoder().encode("free"), from + 4)
  }
  return clean
}

function* walkWhole(view: DataView, isType: boolean): Generator<Part> {
  expect(isType)
  yield { name: "the recording", from: 0, to: view.byteLength, needed: true }
}

/** The size of an MP4's first video track, with the sides swapped if it is rotated; null if there is none. */
export function findSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const moov = findBox(view, 0, bytes.length, "moov") ?? 0
  for (const { name, from, to } of readBoxes(view, moov + 8, moov + view.getUint32(moov))) {
    const header = name === "trak" ? findBox(view, from + 8, to, "tkhd") : null
    if (header === null) continue
    // The box ends with a matrix (second value: 0 unless rotated), then width and height in px/65536.
    const end = header + view.getUint32(header)
    const [width, height] = [view.getUint16(end - 8), view.getUint16(end - 4)]
    const isTurned = view.getInt32(end - 40) !== 0
    if (width > 0 && height > 0) return isTurned ? { width: height, height: width } : { width, height }
  }
  return null
}
