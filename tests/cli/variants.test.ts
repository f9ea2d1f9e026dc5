// The smaller files of a picture: their widths, formats and order, and that none is larger than needed.
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp, { type Sharp } from "sharp"
import { expect, it, vi } from "vitest"
import { findMetadata } from "../../src/article/media-metadata.ts"
import { openDesk } from "../../src/cli/desk-client.ts"
import { makeVariants, sendVariants } from "../../src/cli/variants.ts"
import { startFakeDesk } from "./fake-desk.ts"

/** A picture with as much detail as a photograph. */
const photo = (width: number, height: number) => {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const
  return sharp({ create: { width, height, channels: 3, background: "#888", noise } }).blur(2)
}
const svg = (width: number, height: number) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600" width="${width}" height="${height}"><rect width="900" height="600" fill="#fbfaf5"/>${Array.from(
      { length: 60 },
      (_, at) => `<rect x="${at * 15}" y="${(at * 37) % 400}" width="9" height="300" fill="#a1361a"/>`,
    ).join("")}</svg>`,
  )
const bytesOf = async (picture: Sharp) => new Uint8Array(await picture.toBuffer())
const widthsOf = (files: { width: number; extension: string }[]) =>
  files.map(({ width, extension }) => `${width} ${extension}`)

it("makes a photograph's widths in WebP, and one JPEG of moderate size, all without metadata", async () => {
  const bytes = await bytesOf(photo(2300, 1150).jpeg({ quality: 92 }))
  const files = await makeVariants(bytes, "jpg")
  const webp = [160, 240, 320, 480, 640, 960, 1280, 1920].map((width) => `${width} webp`)
  expect(widthsOf(files)).toEqual([...webp, "1280 jpg"])
  for (const { width, extension, bytes: made } of files) {
    const { format, height } = await sharp(made).metadata()
    expect([format, Math.abs((height ?? 0) - width / 2) < 1]).toEqual([extension === "jpg" ? "jpeg" : "webp", true])
    expect(findMetadata(made, extension)).toBeNull()
    expect(made.length).toBeLessThan(bytes.length)
  }
})

it("never enlarges a picture, and leaves out widths that save little", async () => {
  const files = await makeVariants(await bytesOf(photo(700, 900).jpeg()), "jpg")
  expect(widthsOf(files).filter((one) => one.endsWith("webp"))).toEqual([
    "160 webp",
    "240 webp",
    "320 webp",
    "480 webp",
    "700 webp",
  ])
})

it("makes each width lighter than the next", async () => {
  for (const [bytes, extension] of [
    [await bytesOf(photo(700, 450).png()), "png"],
    [await bytesOf(sharp(svg(900, 600)).png()), "png"],
    [await bytesOf(photo(700, 450).webp({ quality: 40 })), "webp"],
  ] as const) {
    const sizes = (await makeVariants(bytes, extension))
      .filter((one) => one.extension === "webp")
      .map((one) => one.bytes.length)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
  }
})

it("keeps a drawing's colours exact, and compresses a photograph saved as PNG like a photograph", async () => {
  const drawing = (await makeVariants(await bytesOf(sharp(svg(900, 600)).png()), "png")).findLast(
    ({ extension }) => extension === "webp",
  )
  const { data } = await sharp(drawing?.bytes).raw().toBuffer({ resolveWithObject: true })
  expect([...data.subarray(0, 3)]).toEqual([0xa1, 0x36, 0x1a])
  const bytes = await bytesOf(photo(700, 450).png())
  const widest = (await makeVariants(bytes, "png")).findLast(({ extension }) => extension === "webp")
  expect(widest?.width).toBe(700)
  expect(widest?.bytes.length).toBeLessThan(bytes.length / 3)
})

it("keeps transparency, and the format of an AVIF with WebP for browsers that do not know it", async () => {
  const clear = {
    create: { width: 900, height: 600, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  }
  const png = await bytesOf(
    sharp(clear)
      .composite([{ input: await photo(400, 300).png().toBuffer() }])
      .png(),
  )
  const [least] = await makeVariants(png, "png")
  expect((await sharp(least?.bytes).metadata()).hasAlpha).toBe(true)
  const avif = await makeVariants(await bytesOf(photo(600, 400).avif({ quality: 60, effort: 0 })), "avif")
  expect(widthsOf(avif)).toEqual(["160 avif", "240 avif", "320 avif", "480 avif", "600 avif", "600 webp"])
})

it("keeps an animation moving, and leaves one alone that needs too much memory", async () => {
  const frames = await Promise.all([1, 2, 3].map(() => photo(400, 250).png().toBuffer()))
  const gif = await bytesOf(sharp(frames, { join: { animated: true } }).gif({ delay: [50, 100, 150] }))
  const files = await makeVariants(gif, "gif")
  expect(widthsOf(files)).toEqual(["160 webp", "240 webp", "320 webp", "400 webp"])
  for (const { bytes } of files)
    expect(await sharp(bytes).metadata()).toMatchObject({ pages: 3, delay: [50, 100, 150] })
  const stripes = [sharp(svg(2000, 1400)), sharp(svg(2000, 1400)).negate()]
  const two = await Promise.all(stripes.map((one) => one.png().toBuffer()))
  const many = Array.from({ length: 15 }, (_, at) => two[at % 2] ?? "")
  const large = await bytesOf(sharp(many, { join: { animated: true } }).gif({ effort: 1, keepDuplicateFrames: true }))
  expect(await makeVariants(large, "gif")).toEqual([])
})

it("leaves light pictures, and strips too tall for WebP, as they are", async () => {
  expect(await makeVariants(await bytesOf(photo(60, 40).jpeg()), "jpg")).toEqual([])
  expect(await makeVariants(await bytesOf(photo(160, 17_000).jpeg({ quality: 30 })), "jpg")).toEqual([])
})

it("keeps the files in the content folder: another site gets them without the picture being read", async () => {
  const root = mkdtempSync(join(tmpdir(), "dateline-variants-"))
  const bytes = await bytesOf(photo(1400, 900).jpeg())
  const master = { sha256: createHash("sha256").update(bytes).digest("hex"), extension: "jpg" }
  const read = vi.fn(async () => bytes)
  const [production, staging] = [await startFakeDesk(), await startFakeDesk()]
  for (const { url } of [production, staging]) {
    const desk = openDesk({ url, key: "test-key-of-desk" })
    await sendVariants({ desk, root }, [{ ...master, bytes: read }], expect.unreachable)
  }
  expect(read).toHaveBeenCalledOnce()
  expect(production.variants.get(master.sha256)).toBeGreaterThan(5)
  expect([staging.variants, staging.media]).toEqual([production.variants, production.media])
  await Promise.all([production.stop(), staging.stop()])
  rmSync(root, { recursive: true })
})

it("removes the caches of former versions, but nothing else and nothing behind a link", async () => {
  const root = mkdtempSync(join(tmpdir(), "dateline-variants-"))
  const elsewhere = mkdtempSync(join(tmpdir(), "dateline-elsewhere-"))
  const { url, stop } = await startFakeDesk()
  const bytes = async () => bytesOf(photo(700, 400).jpeg())
  const desk = openDesk({ url, key: "test-key-of-desk" })
  const send = (folder: string) =>
    sendVariants({ desk, root: folder }, [{ sha256: "0".repeat(64), extension: "jpg", bytes }], expect.unreachable)
  for (const name of ["variants-0", "variants-old", "variants-2.bak", "pictures"]) {
    mkdirSync(join(root, ".dateline", name), { recursive: true })
    writeFileSync(join(root, ".dateline", name, "a.v8"), "a")
  }
  mkdirSync(join(elsewhere, "variants-0"))
  writeFileSync(join(elsewhere, "variants-0/a.v8"), "a")
  writeFileSync(join(root, ".dateline/variants-9"), "a file")
  symlinkSync(elsewhere, join(root, ".dateline/variants-8"))
  symlinkSync(join(elsewhere, "variants-0"), join(root, ".dateline/variants-0/link"))
  await send(root)
  const kept = ["pictures", "variants-1", "variants-2.bak", "variants-8", "variants-9", "variants-old"]
  expect(readdirSync(join(root, ".dateline"))).toEqual(kept)
  const linked = mkdtempSync(join(tmpdir(), "dateline-variants-"))
  symlinkSync(elsewhere, join(linked, ".dateline"))
  await send(linked)
  expect(existsSync(join(elsewhere, "variants-0/a.v8"))).toBe(true)
  await stop()
  for (const folder of [root, elsewhere, linked]) rmSync(folder, { recursive: true })
})

it("makes an incomplete cache complete, and removes what a killed run left", async () => {
  const root = mkdtempSync(join(tmpdir(), "dateline-variants-"))
  const bytes = await bytesOf(photo(700, 400).jpeg())
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  const read = vi.fn(async () => bytes)
  const { url, stop } = await startFakeDesk()
  const send = () =>
    sendVariants(
      { desk: openDesk({ url, key: "test-key-of-desk" }), root },
      [{ sha256, extension: "jpg", bytes: read }],
      expect.unreachable,
    )
  const cache = join(root, ".dateline/variants-1")
  await send()
  const [kept = ""] = readdirSync(cache)
  const { size } = statSync(join(cache, kept))
  for (const rest of [0, 1, size - 1]) {
    truncateSync(join(cache, kept), rest)
    writeFileSync(join(cache, `${kept}.${2 ** 22 + 1}.tmp`), "")
    await send()
    expect(readdirSync(cache)).toEqual([kept])
  }
  await send()
  expect(read).toHaveBeenCalledTimes(4)
  await stop()
  rmSync(root, { recursive: true })
})
