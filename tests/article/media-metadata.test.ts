// Finds metadata in the bytes of each picture type, and checks that only metadata is removed.
import fc from "fast-check"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { findMetadata, removeMetadata } from "../../src/article/media-metadata.ts"
import { pictureExtensions } from "../../src/article/media-types.ts"

const raw = Buffer.from(Array.from({ length: 60 * 40 * 3 }, (_, index) => (index * 7) % 256))
const picture = () => sharp(raw, { raw: { width: 60, height: 40, channels: 3 } })
const exif = { IFD0: { Make: "Camera of Farid" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "38/1 33/1 0/1" } }
const xmp = '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">Farid</x:xmpmeta>'
const formatOf = { jpg: "jpeg", jpeg: "jpeg", png: "png", webp: "webp", gif: "gif", avif: "avif" } as const
const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer()

function pngChunk(type: string, text: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, Buffer.from(type + text), Buffer.alloc(4)])
}

function insert(bytes: Uint8Array, at: number, more: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])
}

/** A picture of each type with the metadata that cameras and programs add. */
async function makeDirty(extension: keyof typeof formatOf): Promise<[name: string, bytes: Buffer][]> {
  const format = formatOf[extension]
  const plain = await picture()[format]().toBuffer()
  const behind: [string, Buffer] = ["data behind", Buffer.concat([plain, Buffer.from("PK a film")])]
  if (format === "gif") {
    const comment = Buffer.from([0x21, 0xfe, 5, ...Buffer.from("Farid"), 0])
    const app = Buffer.from([0x21, 0xff, 11, ...Buffer.from("XMP DataXMP"), 5, ...Buffer.from("Farid"), 0])
    const header = 13 + 3 * 2 ** (((plain[10] ?? 0) & 7) + 1)
    return [["comment", insert(plain, header, comment)], ["XMP", insert(plain, header, app)], behind]
  }
  const made: [string, Buffer][] = [
    ["EXIF", await picture().withExif(exif)[format]().toBuffer()],
    ["XMP", await picture().withXmp(xmp)[format]().toBuffer()],
    ["profile", await picture().withIccProfile("srgb")[format]().toBuffer()],
  ]
  if (format !== "avif") made.push(behind)
  if (format === "jpeg")
    made.push(["comment", insert(plain, 2, Buffer.from([0xff, 0xfe, 0, 7, ...Buffer.from("Farid")]))])
  if (format === "png")
    for (const type of ["tEXt", "zTXt", "iTXt", "tIME", "prVt"])
      made.push([type, insert(plain, 33, pngChunk(type, "Author\0Farid"))])
  return made
}

// SVG is cleaned otherwise: svg.test.ts.
const extensions = pictureExtensions.filter((one) => one !== "svg")

describe.each(extensions)("metadata of %s", (extension) => {
  it("is found, and removed without changing a pixel", async () => {
    const plain = await picture()[formatOf[extension]]().toBuffer()
    expect(findMetadata(plain, extension)).toBeNull()
    for (const [name, dirty] of await makeDirty(extension)) {
      expect(findMetadata(dirty, extension), name).not.toBeNull()
      const clean = removeMetadata(dirty, extension)
      if (extension === "avif") {
        expect(clean, name).toBeNull()
        continue
      }
      expect(clean, name).not.toBeNull()
      expect(findMetadata(clean ?? plain, extension), name).toBeNull()
      expect(Buffer.from(clean ?? []).includes("Farid"), name).toBe(false)
      expect(await pixels(clean ?? plain), name).toEqual(await pixels(plain))
    }
  })

  it("is searched for only in complete files, and any bytes give a result", async () => {
    const plain = await picture()[formatOf[extension]]().toBuffer()
    for (let length = 0; length < plain.length; length += 7)
      expect(() => findMetadata(plain.subarray(0, length), extension), `${length}`).toThrow(RangeError)
    fc.assert(
      fc.property(fc.nat(plain.length - 1), fc.uint8Array({ minLength: 1, maxLength: 20 }), (at, bytes) => {
        const torn = new Uint8Array(plain)
        torn.set(bytes.subarray(0, plain.length - at), at)
        const clean = removeMetadata(torn, extension)
        if (clean !== null) expect(findMetadata(clean, extension)).toBeNull()
      }),
    )
  })
})

it("a progressive JPEG with a comment between its scans keeps all scans and loses the comment", async () => {
  const plain = await picture().jpeg({ progressive: true }).toBuffer()
  const second = plain.indexOf(Buffer.from([0xff, 0xc4]), plain.indexOf(Buffer.from([0xff, 0xda])))
  const dirty = insert(plain, second, Buffer.from([0xff, 0xfe, 0, 7, ...Buffer.from("Farid")]))
  expect(findMetadata(dirty, "jpg")).toBe("a comment")
  expect(removeMetadata(dirty, "jpg")).toEqual(new Uint8Array(plain))
})
