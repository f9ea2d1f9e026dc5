// Published pictures are upright, in sRGB and without metadata; editors get a clear message for one that cannot be.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import sharp, { type Sharp } from "sharp"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { findMetadata } from "../../src/article/media-metadata.ts"
import { cleanPicture } from "../../src/cli/clean-pictures.ts"
import { listFiles } from "../../src/cli/content-folder.ts"
import { explainFailure, readArticles, readyPictures } from "../../src/cli/read-articles.ts"

const corners = ["red", "lime", "blue", "white"] as const
const colours = { red: [255, 0, 0], lime: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255] }
const exif = { IFD0: { Make: "Camera" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "38/1 33/1 0/1" } }

/** 60 × 40: red and lime above, blue and white below. */
function picture(): Sharp {
  const tile = (colour: string) => ({ create: { width: 30, height: 20, channels: 3 as const, background: colour } })
  const composite = corners.map((colour, index) => ({
    input: tile(colour),
    left: 30 * (index % 2),
    top: index > 1 ? 20 : 0,
  }))
  return sharp({ create: { width: 60, height: 40, channels: 3, background: "black" } }).composite(composite)
}

/** The colours of its four corners, as shown by a decoder that ignores metadata. */
async function readCorners(bytes: Uint8Array): Promise<string[]> {
  const { data, info } = await sharp(bytes, { autoOrient: false }).raw().toBuffer({ resolveWithObject: true })
  const near = (at: number) =>
    corners.find((name) => colours[name].every((value, channel) => Math.abs(value - (data[at + channel] ?? 0)) < 40)) ??
    "?"
  const at = (x: number, y: number) => near((y * info.width + x) * info.channels)
  return [at(5, 5), at(info.width - 5, 5), at(5, info.height - 5), at(info.width - 5, info.height - 5)]
}

/** Orientation tags 2 to 4 are mirrored or upside down, 5 to 8 are on their side. */
const oriented = {
  1: ["red", "lime", "blue", "white"],
  2: ["lime", "red", "white", "blue"],
  3: ["white", "blue", "lime", "red"],
  4: ["blue", "white", "red", "lime"],
  5: ["red", "blue", "lime", "white"],
  6: ["blue", "red", "white", "lime"],
  7: ["white", "lime", "blue", "red"],
  8: ["lime", "white", "red", "blue"],
} as const

describe.each([1, 2, 3, 4, 5, 6, 7, 8] as const)("orientation %i", (orientation) => {
  it.each([
    "jpg",
    "png",
    "webp",
  ] as const)("of a %s with GPS gives an upright, clean picture in its displayed size", async (extension) => {
    const format = extension === "jpg" ? "jpeg" : extension
    const made = picture().withExif(exif).withMetadata({ orientation })
    const dirty = await made[format]({ quality: 95 } as object).toBuffer()
    expect(await sharp(dirty).metadata()).toMatchObject({ orientation, exif: expect.anything() })
    const clean = await cleanPicture(dirty, extension)
    expect(findMetadata(clean.bytes, extension)).toBeNull()
    expect(await readCorners(clean.bytes)).toEqual(oriented[orientation])
    const size = orientation > 4 ? { width: 40, height: 60 } : { width: 60, height: 40 }
    expect(clean).toMatchObject(size)
    expect(await sharp(clean.bytes).metadata()).toMatchObject(size)
  })
})

describe("cleanPicture", () => {
  it("leaves clean bytes unchanged", async () => {
    for (const [extension, format] of [
      ["jpg", "jpeg"],
      ["png", "png"],
      ["webp", "webp"],
      ["gif", "gif"],
      ["avif", "avif"],
    ] as const) {
      const plain = await picture()[format]().toBuffer()
      expect(Buffer.from((await cleanPicture(plain, extension)).bytes), extension).toEqual(plain)
    }
  })

  it("writes an SVG anew, with the size that it is drawn for", async () => {
    const source = new TextEncoder().encode('<!-- Ann --><svg viewBox="0 0 40 30"><path d="M0 0h1"/></svg>')
    const clean = await cleanPicture(source, "svg")
    expect(clean).toMatchObject({ extension: "svg", width: 40, height: 30 })
    expect(new TextDecoder().decode(clean.bytes)).not.toContain("Ann")
    expect((await cleanPicture(clean.bytes, "svg")).sha256).toBe(clean.sha256)
  })

  it("re-encodes an AVIF with EXIF", async () => {
    const clean = await cleanPicture(await picture().withExif(exif).avif().toBuffer(), "avif")
    expect(findMetadata(clean.bytes, "avif")).toBeNull()
    expect(await readCorners(clean.bytes)).toEqual(corners)
  })

  it("converts wide-gamut colours and CMYK to sRGB without visible change", async () => {
    const wide = await picture().withIccProfile("p3").jpeg({ quality: 95 }).toBuffer()
    const cmyk = await picture().withIccProfile("cmyk").jpeg({ quality: 95 }).toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk")
    for (const bytes of [wide, cmyk]) {
      const clean = await cleanPicture(bytes, "jpg")
      expect(findMetadata(clean.bytes, "jpg")).toBeNull()
      const metadata = await sharp(clean.bytes).metadata()
      expect([metadata.space, metadata.channels, metadata.icc]).toEqual(["srgb", 3, undefined])
    }
    // Unconverted P3 values would be duller.
    expect(await readCorners((await cleanPicture(wide, "jpg")).bytes)).toEqual(corners)
  })

  it("keeps an animation's frames and timing", async () => {
    const frames = await Promise.all(
      ["red", "lime", "blue"].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    for (const [extension, made] of [
      ["gif", sharp(frames, { join: { animated: true } }).gif({ delay: [50, 100, 150], loop: 2 })],
      [
        "webp",
        sharp(frames, { join: { animated: true } })
          .withExif(exif)
          .webp({ delay: [50, 100, 150], loop: 2 }),
      ],
    ] as const) {
      const dirty = await made.toBuffer()
      const clean = await cleanPicture(dirty, extension)
      expect(clean).toMatchObject({ width: 8, height: 8 })
      expect(findMetadata(clean.bytes, extension)).toBeNull()
      expect(await sharp(clean.bytes).metadata()).toMatchObject({ pages: 3, delay: [50, 100, 150], loop: 2 })
    }
  })
})

describe("readyPictures", () => {
  it("says why the system will not let us read a picture, not that it is damaged", () => {
    let error: unknown
    try {
      readFileSync(tmpdir())
    } catch (thrown) {
      error = thrown
    }
    const message = "the picture a.jpg cannot be read: illegal operation on a directory"
    expect(explainFailure("a.jpg", error as Error)).toEqual({ message, fix: "check its permissions" })
  })

  let root: string
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "dateline-pictures-")))
    mkdirSync(join(root, "asia/nepal"), { recursive: true })
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const write = (name: string, bytes: string | Buffer) => writeFileSync(join(root, "asia/nepal", name), bytes)
  const article = (body: string) => `---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\n${body}\n`
  async function ready() {
    const { articles, problems } = await readArticles(root, listFiles(root))
    const made = await readyPictures(root, articles)
    return { ready: made.ready, problems: [...problems, ...made.problems] }
  }

  it("reports every damaged picture with its line and fix", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 30 } as const
    const large = sharp({ create: { width: 400, height: 300, channels: 3, background: "red", noise } })
    const whole = await large.jpeg().toBuffer()
    write("cut.jpg", whole.subarray(0, whole.length / 2))
    write(
      "bomb.png",
      await sharp({ create: { width: 11_000, height: 11_000, channels: 3, background: "red" } })
        .png()
        .toBuffer(),
    )
    write("Photo.JPG", whole)
    write("run.svg", '<svg viewBox="0 0 1 1"><script/></svg>')
    write("a.md", article("![Cut](cut.jpg)\n\n![Bomb](bomb.png)\n\n![Capitals](photo.jpg)\n\n![Script](run.svg)"))
    expect((await ready()).problems.map(({ line, message, fix }) => [line, message, fix])).toEqual([
      [9, "the picture bomb.png has more than 100 million pixels", "save a smaller copy: 2,000 pixels wide is enough"],
      [
        11,
        "there is no picture photo.jpg, but there is `Photo.JPG`: names are case-sensitive",
        "use the exact name of the file",
      ],
      [13, "the picture run.svg contains `<script>`, which is not allowed", "export it as plain SVG, or as PNG"],
      [7, "the picture cut.jpg is damaged or incomplete", "save it again as JPEG, PNG, WebP, GIF, AVIF or SVG"],
    ])
  })

  it("refuses pictures that are longer than the desk accepts, before they are sent", async () => {
    const strip = { width: 30_001, height: 4, channels: 3, background: "red" } as const
    write("long.png", await sharp({ create: strip }).png().toBuffer())
    write(
      "high.png",
      await sharp({ create: { ...strip, width: 4, height: 30_001 } })
        .png()
        .toBuffer(),
    )
    write(
      "full.png",
      await sharp({ create: { ...strip, width: 30_000 } })
        .png()
        .toBuffer(),
    )
    write("a.md", article("![Long](long.png)\n\n![High](high.png)\n\n![Full](full.png)"))
    const fix = "save a smaller copy: 2,000 pixels wide is enough"
    expect((await ready()).problems).toMatchObject([
      { line: 7, message: "the picture long.png is wider or higher than 30000 pixels", fix },
      { line: 9, message: "the picture high.png is wider or higher than 30000 pixels", fix },
    ])
  })

  it("accepts a name in any Unicode normal form", async () => {
    write("cafe\u0301.jpg", await picture().jpeg().toBuffer())
    write("a.md", article("![A café](caf\u00e9.jpg)"))
    const {
      ready: [one],
      problems,
    } = await ready()
    expect([problems, Object.keys(one?.media ?? {})]).toEqual([[], ["caf\u00e9.jpg"]])
  })

  it("accepts a percent-encoded name, without leaving the folder", async () => {
    write("my photo.jpg", await picture().jpeg().toBuffer())
    write("100%.jpg", await picture().jpeg().toBuffer())
    const outside = `${root}-outside.jpg`
    writeFileSync(outside, await picture().jpeg().toBuffer())
    write("a.md", article("![A](my%20photo.jpg)\n\n![B](./my%20photo.jpg)\n\n![C](<my photo.jpg>)\n\n![D](100%.jpg)"))
    const climbing = `..%2F..%2F..%2F${basename(outside)}`
    write("b.md", article(`![E](${climbing})`))
    const { ready: articles, problems } = await ready()
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      ["asia/nepal/b.md", `there is no picture ${climbing}`],
    ])
    expect(articles.map(({ media }) => Object.keys(media))).toEqual([
      ["my%20photo.jpg", "./my%20photo.jpg", "my photo.jpg", "100%.jpg"],
      [],
    ])
    rmSync(outside)
  })

  it("keeps the digest of the original file, and does not clean it twice", async () => {
    write("a.jpg", await picture().withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer())
    write("a.md", article("![A](a.jpg)"))
    const first = (await ready()).ready[0]
    expect(first?.media["a.jpg"]).toMatchObject({ width: 40, height: 60, original: { width: 60, height: 40 } })
    const cache = join(root, ".dateline/pictures.json")
    const before = [readFileSync(cache, "utf8"), statSync(cache).ino]
    expect((await ready()).ready[0]).toEqual(first)
    expect([readFileSync(cache, "utf8"), statSync(cache).ino]).toEqual(before)
    // The cached value is used: the picture itself was not decoded again.
    const told = readFileSync(cache, "utf8").replace('"width":40', '"width":41')
    writeFileSync(cache, told)
    expect((await ready()).ready[0]?.media["a.jpg"]).toMatchObject({ width: 41 })
    // A cache from another pipeline, or a damaged one, is ignored.
    for (const other of [told.replace("sharp", "other"), "{"]) {
      writeFileSync(cache, other)
      expect((await ready()).ready[0]?.media["a.jpg"]).toMatchObject({ width: 40 })
    }
    expect((await ready()).ready[0]?.digest).toBe(first?.digest)
  })
})
