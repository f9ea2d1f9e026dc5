// Recordings beside an article: what is removed from them before they are published, and the space that they need.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findMetadata, measureRecording, removeMetadata } from "../../src/article/media-metadata.ts"
import { recordingTypes } from "../../src/article/media-types.ts"
import { makeBox, makeMp3, makeMp4, makePlace, makeTags, makeTrack } from "../stand-ins/recordings.ts"

const place = "+38.56+068.77/"
const textOf = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString("latin1")

describe("an MP3", () => {
  it("loses its tags at both ends, and keeps its sound", () => {
    const sound = makeMp3(20)
    const old = new Uint8Array(128)
    old.set([0x54, 0x41, 0x47])
    const tagged = new Uint8Array([...makeTags(`place ${place}`), ...makeTags("more"), ...sound, ...old])
    expect(findMetadata(tagged, "mp3")).toBe("ID3 tags")
    const clean = removeMetadata(tagged, "mp3")
    expect(clean).toEqual(sound)
    expect(findMetadata(clean ?? old, "mp3")).toBeNull()
    expect(measureRecording(sound, "mp3")).toEqual({ width: 1, height: 1 })
  })
})

describe("an MP4", () => {
  it("loses place, tags and tracks of timed metadata without moving any other byte", () => {
    const uuid = makeBox("uuid", new Uint8Array(16))
    const dirty = makeMp4(makeTrack("vide", 1920, 1080), makeTrack("meta"), makeTrack("soun"), makePlace(place), uuid)
    expect(findMetadata(dirty, "mp4")).toBe("a trak box")
    const clean = removeMetadata(dirty, "mp4")
    expect(findMetadata(clean ?? dirty, "mp4")).toBeNull()
    expect(textOf(clean)).not.toMatch(/xyz|38\.56|udta|uuid/)
    expect(clean?.length).toBe(dirty.length)
    expect(textOf(clean).indexOf("mdatframes")).toBe(textOf(dirty).indexOf("mdatframes"))
    expect(textOf(clean)).toMatch(/vide.*soun/s)
  })

  it("is unchanged if it has nothing of this", () => {
    const clean = makeMp4(makeTrack("vide", 640, 360), makeTrack("soun"))
    expect(removeMetadata(clean, "mp4")).toEqual(clean)
  })

  it("needs the space of its video, turned if the phone was held upright", () => {
    expect(measureRecording(makeMp4(makeTrack("soun"), makeTrack("vide", 1280, 720)), "mp4")).toEqual({
      width: 1280,
      height: 720,
    })
    expect(measureRecording(makeMp4(makeTrack("vide", 1280, 720, true)), "mp4")).toEqual({ width: 720, height: 1280 })
    expect(measureRecording(makeMp4(), "mp4")).toEqual({ width: 16, height: 9 })
  })
})

it("a file cut off, or of another type, is not a recording", () => {
  const video = makeMp4(makeTrack("vide", 640, 360))
  for (const [bytes, extension] of [
    [video.subarray(0, video.length - 3), "mp4"],
    [video, "mp3"],
    [makeMp3(1), "m4a"],
    [makeMp3(1), "ogg"],
    [makeMp3(1), "webm"],
    [new Uint8Array(), "mp3"],
    [makeTags("tags alone"), "mp3"],
  ] as const)
    expect(() => measureRecording(bytes, extension), extension).toThrow(RangeError)
})

it("any bytes are measured, or refused with a RangeError", () => {
  const extensions = Object.keys(recordingTypes)
  const source = makeMp4(makeTrack("vide", 640, 360, true), makeTrack("meta"), makePlace(place))
  const damaged = fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
    const bytes = new Uint8Array(source)
    for (const [at, value] of changes) bytes[at] = value
    return bytes
  })
  fc.assert(
    fc.property(
      fc.oneof(damaged, fc.uint8Array({ maxLength: 300 })),
      fc.constantFrom(...extensions),
      (bytes, extension) => {
        try {
          const { width, height } = measureRecording(bytes, extension)
          expect(width * height).toBeGreaterThan(0)
          expect(findMetadata(removeMetadata(bytes, extension) ?? new Uint8Array(), extension)).toBeNull()
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      },
    ),
    { numRuns: 2000 },
  )
})
