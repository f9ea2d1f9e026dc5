// Splits a picture or a recording into its parts, and finds and removes those that readers do not need.
// They (EXIF, XMP, comments, colour profiles, tags, data after the picture) may reveal where, by whom and with what it was
// taken, and are never published.

interface Part {
  /** What it is called in messages. */
  readonly name: string
  readonly from: number
  readonly to: number
  /** Whether it is needed to show the picture. */
  readonly needed: boolean
}

/**
 * The name of the first part that readers do not need, or null.
 * @throws RangeError if the bytes are not a complete file of this type
 */
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

type Walk = (view: DataView) => Generator<Part>

const walks: Readonly<Record<string, Walk>> = {
  jpg: walkJpeg,
  png: walkPng,
  webp: walkWebp,
  gif: walkGif,
  avif: walkAvif,
  mp3: walkMp3,
  m4a: walkMp4,
  mp4: walkMp4,
  ogg: (view) => walkWhole(view, readName(view, 0) === "OggS"),
  webm: (view) => walkWhole(view, view.getUint32(0) === 0x1a45dfa3 && readName(view, 0, 64).includes("webm")),
}

function expect(holds: boolean): asserts holds {
  if (!holds) throw new RangeError("the file does not follow its format")
}

/** The name of a chunk or box, by default four characters; any byte is taken as a character. */
function readName(view: DataView, at: number, length = 4): string {
  return String.fromCharCode(...Array.from({ length }, (_, index) => view.getUint8(at + index)))
}

/** Segments (ITU-T T.81, annex B): a marker, its length, and after a scan's header the scan itself. */
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

/** The end of a scan. Within it, 0xff followed by 0x00 is data, and by 0xd0 to 0xd7 a restart marker. */
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

/** Updates the header to match what is left: the new file size, and no profile, EXIF or XMP. */
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

function sizeOfColours(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

/** Whether it is a graphic control extension, or one that says how often the animation repeats. */
function isShown(view: DataView, at: number, to: number): boolean {
  const label = view.getUint8(at + 1)
  return (
    label === 0xf9 || (label === 0xff && to - at === 19 && /^(?:NETSCAPE2|ANIMEXTS1)/.test(readName(view, at + 3, 9)))
  )
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

function* readBoxes(view: DataView, from: number, end: number): Generator<{ name: string; from: number; to: number }> {
  for (let at = from; at < end; ) {
    const size = view.getUint32(at)
    // 0 means up to the end; 1 means a 64-bit size.
    const to = size === 0 ? end : at + (size === 1 ? Number(view.getBigUint64(at + 8)) : size)
    expect(to >= at + 8 && to <= end)
    yield { name: readName(view, at + 4), from: at, to }
    at = to
  }
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

/** Boxes that may hold a place, a name or a device: user data, metadata, and tracks of timed metadata. */
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

/** Whether a track is sound or video. */
function isMedia(view: DataView, from: number, end: number): boolean {
  const handler = findBox(view, from, end, "mdia", "hdlr")
  return handler !== null && /^(?:soun|vide)$/.test(readName(view, handler + 16))
}

/** Turns boxes into free space, because removing them would shift the offsets in the file. */
function blankBoxes(bytes: Uint8Array, parts: readonly Part[]): Uint8Array<ArrayBuffer> {
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

/**
 * The width and height of a recording, for the space that it takes on the page: of an MP4 as its first video track says,
 * 16 × 9 for other video, 1 × 1 for sound. @throws RangeError if it is not a complete file of this type
 */
export function measureRecording(bytes: Uint8Array, extension: string): { width: number; height: number } {
  listParts(bytes, extension)
  if (!/^(?:mp4|webm)$/.test(extension)) return { width: 1, height: 1 }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const moov = extension === "mp4" ? findBox(view, 0, bytes.length, "moov") : null
  for (const { name, from, to } of moov === null ? [] : readBoxes(view, moov + 8, moov + view.getUint32(moov))) {
    const header = name === "trak" ? findBox(view, from + 8, to, "tkhd") : null
    if (header === null) continue
    // Sides are in 1/65536 pixels, after a matrix that turns the video of a phone held upright.
    const end = header + view.getUint32(header)
    const [width, height] = [view.getUint16(end - 8), view.getUint16(end - 4)]
    const isTurned = view.getInt32(end - 8 - 32) !== 0
    if (width > 0 && height > 0) return isTurned ? { width: height, height: width } : { width, height }
  }
  return { width: 16, height: 9 }
}
