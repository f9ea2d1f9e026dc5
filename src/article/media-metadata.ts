// Splits a picture or a recording into its parts, and finds and removes those that readers do not need. These (EXIF,
// XMP, comments, colour profiles, tags, data after the picture) may reveal where, by whom and on which device a file
// was made, and are never published.
import { expect, type Part, readBoxes, readName, type Walk } from "./media-parts.ts"
import { blankBoxes, findSize, recordingWalks } from "./recording-parts.ts"

/** The name of the first part that readers do not need, or null. @throws RangeError if the file is malformed */
export function findMetadata(bytes: Uint8Array, extension: string): string | null {
  return listParts(bytes, extension).find(({ needed }) => !needed)?.name ?? null
}

/**
 * The same picture without its metadata, pixel for pixel. Null if it must be re-encoded, because removing the metadata
 * would shift offsets in the file (AVIF), or because the file is malformed.
 */
export function removeMetadata(bytes: Uint8Array, extension: string): Uint8Array<ArrayBuffer> | null {
  try {
    const parts = listParts(bytes, extension)
    if (extension === "avif" && parts.some(({ needed }) => !needed)) return null
    if (/^m(?:p4|4a)$/.test(extension)) return blankBoxes(bytes, parts)
    const needed = parts.filter((part) => part.needed).map(({ from, to }) => bytes.subarray(from, to))
    const clean = new Uint8Array(needed.reduce((size, { length }) => size + length, 0))
    let at = 0
    for (const part of needed) {
      clean.set(part, at)
      at += part.length
    }
    if (extension === "webp") describeWebp(clean)
    return clean
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function listParts(bytes: Uint8Array, extension: string): Part[] {
  const walk = walks[extension === "jpeg" ? "jpg" : extension]
  if (walk === undefined) throw new RangeError(`unknown picture type ${extension}`)
  const parts = [...walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))]
  const end = parts.at(-1)?.to ?? 0
  if (end > bytes.length) throw new RangeError("the file is incomplete")
  if (end < bytes.length) parts.push({ name: "data after the picture", from: end, to: bytes.length, needed: false })
  return parts
}

const walks: Readonly<Record<string, Walk>> = {
  jpg: walkJpeg,
  png: walkPng,
  webp: walkWebp,
  gif: walkGif,
  avif: walkAvif,
  ...recordingWalks,
}

/** Segments (ITU-T T.81, annex B): a marker, a length and data. A scan's header is followed by the scan itself. */
function* walkJpeg(view: DataView): Generator<Part> {
  expect(view.getUint16(0) === 0xffd8)
  yield { name: "SOI", from: 0, to: 2, needed: true }
  for (let at = 2; ; ) {
    expect(view.getUint8(at) === 0xff)
    const marker = view.getUint8(at + 1)
    // Any number of fill bytes may precede a marker.
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) return yield { name: "EOI", from: at, to: at + 2, needed: true }
    let to = at + 2 + view.getUint16(at + 2)
    if (marker === 0xda) to = findMarker(view, to)
    yield { ...describeSegment(view, at, marker), from: at, to }
    at = to
  }
}

/** The end of a scan. Within a scan, 0xff 0x00 is data, and 0xff with 0xd0 to 0xd7 is a restart marker. */
function findMarker(view: DataView, from: number): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  for (let at = bytes.indexOf(0xff, from); ; at = bytes.indexOf(0xff, at + 1)) {
    expect(at !== -1)
    const next = view.getUint8(at + 1)
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at
  }
}

function describeSegment(view: DataView, at: number, marker: number): { name: string; needed: boolean } {
  if (marker === 0xfe) return { name: "a comment", needed: false }
  if (marker < 0xe0 || marker > 0xef) return { name: "a segment", needed: marker >= 0xc0 && marker <= 0xdf }
  const length = view.getUint16(at + 2)
  // Needed: APP0 if it has no thumbnail, and Adobe's APP14, which tells decoders how colours are stored.
  if (marker === 0xe0) return { name: "a thumbnail", needed: length === 16 && readName(view, at + 4) === "JFIF" }
  if (marker === 0xee) return { name: "APP14", needed: length === 14 && readName(view, at + 4, 5) === "Adobe" }
  return { name: marker === 0xe1 ? "EXIF or XMP" : `APP${marker - 0xe0}`, needed: false }
}

const pngChunks = /^(?:IHDR|PLTE|IDAT|IEND|tRNS|cHRM|gAMA|sBIT|sRGB|bKGD|hIST|pHYs|acTL|fcTL|fdAT|cICP|mDCV|cLLI)$/

function* walkPng(view: DataView): Generator<Part> {
  expect(view.getUint32(0) === 0x89504e47 && view.getUint32(4) === 0x0d0a1a0a)
  yield { name: "signature", from: 0, to: 8, needed: true }
  for (let at = 8, name = ""; name !== "IEND"; ) {
    const to = at + 12 + view.getUint32(at)
    name = readName(view, at + 4)
    yield { name, from: at, to, needed: pngChunks.test(name) }
    at = to
  }
}

const webpChunks = /^(?:VP8 |VP8L|VP8X|ALPH|ANIM|ANMF)$/

function* walkWebp(view: DataView): Generator<Part> {
  expect(readName(view, 0) === "RIFF" && readName(view, 8) === "WEBP")
  yield { name: "header", from: 0, to: 12, needed: true }
  const end = 8 + view.getUint32(4, true)
  for (let at = 12; at < end; ) {
    const { name, to } = readRiffChunk(view, at)
    // A frame contains chunks too.
    if (name === "ANMF")
      for (let inner = at + 24; inner < to; inner = readRiffChunk(view, inner).to)
        expect(webpChunks.test(readRiffChunk(view, inner).name))
    yield { name, from: at, to, needed: webpChunks.test(name) }
    at = to
  }
}

function readRiffChunk(view: DataView, at: number): { name: string; to: number } {
  const size = view.getUint32(at + 4, true)
  return { name: readName(view, at), to: at + 8 + size + (size % 2) }
}

/** Updates the header to match what is left: the new file size, and no flags for a profile, EXIF or XMP. */
function describeWebp(clean: Uint8Array): void {
  const view = new DataView(clean.buffer)
  view.setUint32(4, clean.length - 8, true)
  if (clean.length > 20 && readName(view, 12) === "VP8X") view.setUint8(20, view.getUint8(20) & ~0b0010_1100)
}

/** Blocks (GIF89a): images and extensions, each ended by an empty sub-block. */
function* walkGif(view: DataView): Generator<Part> {
  expect(/^GIF8[79]a$/.test(readName(view, 0, 6)))
  const header = 13 + sizeOfColours(view.getUint8(10))
  yield { name: "header", from: 0, to: header, needed: true }
  for (let at = header; ; ) {
    const kind = view.getUint8(at)
    if (kind === 0x3b) return yield { name: "trailer", from: at, to: at + 1, needed: true }
    expect(kind === 0x21 || kind === 0x2c)
    let to = kind === 0x21 ? at + 2 : at + 11 + sizeOfColours(view.getUint8(at + 9))
    for (; view.getUint8(to) !== 0; to += view.getUint8(to) + 1);
    to++
    yield { name: "a comment or another extension", from: at, to, needed: kind === 0x2c || isShown(view, at, to) }
    at = to
  }
}

const sizeOfColours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

/** Whether an extension is needed: for graphic control, or to say how often the animation repeats. */
function isShown(view: DataView, at: number, to: number): boolean {
  const label = view.getUint8(at + 1)
  if (label === 0xf9) return true
  return label === 0xff && to - at === 19 && /^(?:NETSCAPE2|ANIMEXTS1)/.test(readName(view, at + 3, 9))
}

/** Boxes (ISO/IEC 14496-12). Metadata is in items with types of their own, and in colour profiles. */
function* walkAvif(view: DataView): Generator<Part> {
  expect(readName(view, 4) === "ftyp" && /^avi[fs]$/.test(readName(view, 8)))
  const names = new Set<string>()
  for (const { name, from, to } of readBoxes(view, 0, view.byteLength)) {
    names.add(name)
    const inner = name === "meta" ? findInMeta(view, from + 12, to) : null
    yield { name: inner ?? name, from, to, needed: inner === null && /^(?:ftyp|meta|mdat)$/.test(name) }
  }
  expect(names.has("meta") && names.has("mdat"))
}

function findInMeta(view: DataView, from: number, end: number): string | null {
  for (const { name, from: at, to } of readBoxes(view, from, end)) {
    if (name === "iinf")
      for (const item of readBoxes(view, at + (view.getUint8(at + 8) === 0 ? 14 : 16), to)) {
        const type = readName(view, item.from + (view.getUint8(item.from + 8) < 3 ? 16 : 18))
        if (!/^(?:av01|grid|iovl)$/.test(type)) return type === "mime" ? "XMP" : type
      }
    if (name === "iprp")
      for (const box of readBoxes(view, at + 8, to))
        if (box.name === "ipco")
          for (const property of readBoxes(view, box.from + 8, box.to))
            if (property.name === "colr" && readName(view, property.from + 8) !== "nclx") return "a colour profile"
  }
  return null
}

/**
 * The width and height of a recording, to reserve space on the page: 16 × 9 for video of unknown size, 1 × 1 for sound.
 * @throws RangeError if it is not a complete file of this type
 */
export function measureRecording(bytes: Uint8Array, extension: string): { width: number; height: number } {
  listParts(bytes, extension)
  if (!/^(?:mp4|webm)$/.test(extension)) return { width: 1, height: 1 }
  return (extension === "mp4" ? findSize(bytes) : null) ?? { width: 16, height: 9 }
}
