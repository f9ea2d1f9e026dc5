// Recordings made for tests: silent MP3 frames, and an MP4 of boxes only.

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const join = (...parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]))

/** Silence: about 26 ms and 417 bytes a frame. Browsers play it. */
export function makeMp3(frames: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frames * 417)
  for (let at = 0; at < bytes.length; at += 417) bytes.set([0xff, 0xfb, 0x90, 0], at)
  return bytes
}

/** ID3v2 tags with a text, as recorders write them before the sound. */
export function makeTags(text: string): Uint8Array<ArrayBuffer> {
  return join(bytesOf("ID3"), new Uint8Array([4, 0, 0, 0, 0, text.length >> 7, text.length & 127]), bytesOf(text))
}

export function makeBox(name: string, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const inside = join(...content)
  const box = join(new Uint8Array(4), bytesOf(name), inside)
  new DataView(box.buffer).setUint32(0, box.length)
  return box
}

export function makeTrack(handler: string, width = 0, height = 0, isTurned = false): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(84)
  const view = new DataView(header.buffer)
  // The matrix's second value turns the picture.
  if (isTurned) view.setInt32(44, 0x10000)
  view.setUint16(76, width)
  view.setUint16(80, height)
  const hdlr = makeBox("hdlr", new Uint8Array(8), bytesOf(handler), new Uint8Array(13))
  return makeBox("trak", makeBox("tkhd", header), makeBox("mdia", hdlr))
}

export function makeMp4(...inMoov: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const moov = makeBox("moov", makeBox("mvhd", new Uint8Array(100)), ...inMoov)
  return join(makeBox("ftyp", bytesOf("isom"), new Uint8Array(4)), moov, makeBox("mdat", bytesOf("frames")))
}

/** Where a phone writes the place. */
export const makePlace = (text: string) => makeBox("udta", makeBox("\xa9xyz", bytesOf(text)))
