// Makes and sends smaller files of pictures: several widths in WebP, and one in the original's format.
import { hash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { Readable } from "node:stream"
import { deserialize, serialize } from "node:v8"
import sharp, { type Sharp } from "sharp"
import { type MediaName, mostPixels, variantsVersion, variantWidths } from "../article/media-types.ts"
import { isLossless } from "./clean-pictures.ts"
import { type DeskClient, expectAnswer, fetchPicture, flushAfter, sendPicture, type Target } from "./desk-client.ts"
import { countOf, type Report } from "./output.ts"
import { writeCache } from "./write-files.ts"

interface MadeFile {
  readonly width: number
  readonly extension: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const rasters = /^(?:jpe?g|png|webp|gif|avif)$/
/** Pictures of fewer bytes are served as they are. */
const lightest = 6_000
/** The widest file in the original's format, for browsers that do not support the modern one. */
const plainWidth = 1280
/** Limits for animations: the widest file, and the pixels of all frames, which are decoded at once. */
const animation = { width: 960, pixels: 40_000_000 }
/** WebP allows 16,383 pixels on a side. */
const tallest = 16_000

type Encode = (picture: Sharp) => Sharp
const asPhoto: Encode = (picture) => picture.webp({ quality: 70, smartSubsample: true })
const asDrawing: Encode = (picture) => picture.webp({ nearLossless: true, quality: 60 })
const asAnimation: Encode = (picture) => picture.webp({ quality: 65, effort: 2 })
const asAvif: Encode = (picture) => picture.avif({ quality: 50, effort: 3 })
const plainFormats: Readonly<Record<string, readonly [extension: string, encode: Encode]>> = {
  jpeg: ["jpg", (picture) => picture.jpeg({ quality: 75, mozjpeg: true })],
  jpg: ["jpg", (picture) => picture.jpeg({ quality: 75, mozjpeg: true })],
  png: ["png", (picture) => picture.png({ compressionLevel: 9 })],
  avif: ["webp", asPhoto],
}

/** A picture's smaller files, in the order of `variants`; none if it is served as it is. @throws if it is damaged */
export async function makeVariants(bytes: Uint8Array<ArrayBuffer>, extension: string): Promise<MadeFile[]> {
  // SVGs scale by themselves, and recordings are not pictures.
  if (!rasters.test(extension) || bytes.length < lightest) return []
  const options = { limitInputPixels: mostPixels, failOn: "error" } as const
  const { width, height: whole, pageHeight: height = whole, pages = 1 } = await sharp(bytes, options).metadata()
  const moves = pages > 1 && extension !== "avif"
  if (moves && width * height * pages > animation.pixels) return []
  const top = Math.min(width, moves ? animation.width : (variantWidths.at(-1) ?? width))
  if (height * top > tallest * width) return []
  // Decoded once, no larger than needed: this bounds the memory, and the other widths take little time.
  const pixels = moves
    ? null
    : await sharp(bytes, options)
        .resize({ width: top })
        .toColourspace("srgb")
        .raw()
        .toBuffer({ resolveWithObject: true })
  const draw = async (wanted: number, encode: Encode) => {
    const source =
      pixels === null ? sharp(bytes, { ...options, animated: true }) : sharp(pixels.data, { raw: pixels.info })
    return new Uint8Array(await encode(source.resize({ width: wanted })).toBuffer())
  }
  const isDrawing = async () => (await draw(top, asDrawing)).length <= (await draw(top, asPhoto)).length
  const encode =
    extension === "avif"
      ? asAvif
      : moves
        ? asAnimation
        : isLossless(bytes, extension) && (await isDrawing())
          ? asDrawing
          : asPhoto
  const modern = extension === "avif" ? "avif" : "webp"
  const files: MadeFile[] = []
  for (const wanted of [top, ...variantWidths.filter((one) => one < 0.85 * top).reverse()]) {
    const made = await draw(wanted, encode)
    // A picture already in the modern format may be lighter than its re-encoded file.
    const isLighter = made.length < bytes.length || wanted < width || modern !== extension
    const file = { width: wanted, extension: modern, bytes: isLighter ? made : bytes }
    // Skips files that are heavier than a wider one, as a drawing's may be.
    if (file.bytes.length < (files[0]?.bytes.length ?? Number.POSITIVE_INFINITY)) files.unshift(file)
  }
  const [plain, asPlain] = moves ? [] : (plainFormats[extension] ?? [])
  if (plain === undefined || asPlain === undefined) return files
  const wide = Math.min(top, plainWidth)
  const fallback = { width: wide, extension: plain, bytes: await draw(wide, asPlain) }
  return fallback.bytes.length < bytes.length ? [...files, fallback] : files
}

/** A published picture, and how to get its bytes: they are needed only if its files are not in the cache. */
export interface Master extends MediaName {
  bytes(): Promise<Uint8Array<ArrayBuffer>>
}

/** A picture's smaller files from the cache in the content folder. Makes them first if they are not there. */
async function readVariants(root: string, { sha256, extension, bytes }: Master): Promise<MadeFile[]> {
  const kept = join(root, ".dateline", `variants-${variantsVersion}`, `${sha256}.v8`)
  try {
    return deserialize(readFileSync(kept))
  } catch {
    const files = await makeVariants(await bytes(), extension)
    if (!existsSync(dirname(kept))) removeFormer(dirname(dirname(kept)))
    writeCache(kept, serialize(files))
    return files
  }
}

/** Removes the caches of former versions, but no links, which may lead anywhere. */
function removeFormer(folder: string): void {
  try {
    if (lstatSync(folder).isDirectory())
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && /^variants-\d+$/.test(entry.name))
          rmSync(join(folder, entry.name), { recursive: true })
  } catch {
    // There is no such folder yet, or it is read-only.
  }
}

/** For how many pictures the smaller files are in memory at once, and how many files are sent at once. */
const picturesARequest = 10
const filesAtOnce = 4

/** Makes and sends the smaller files of pictures that are on the site. @throws CLIError if the desk refuses them */
export async function sendVariants(
  { desk, root }: { desk: DeskClient; root: string },
  masters: readonly Master[],
  report: Report,
): Promise<void> {
  for (let from = 0; from < masters.length; from += picturesARequest) {
    const pictures: { sha256: string; files: (MediaName & { width: number })[] }[] = []
    const byHash = new Map<string, MediaName & { bytes: Uint8Array<ArrayBuffer> }>()
    for (const master of masters.slice(from, from + picturesARequest)) {
      const { sha256, extension } = master
      const made = await readVariants(root, master).catch((error: Error) => {
        report(`Readers get /media/${sha256}.${extension} in full size only: ${error.message}`)
        return []
      })
      const files = made.map((file) => ({ ...file, sha256: hash("sha256", file.bytes) }))
      for (const file of files) byHash.set(file.sha256, file)
      pictures.push({ sha256, files: files.map(({ bytes: _, ...file }) => file) })
    }
    const { missing } = await expectAnswer(desk.media.missing.$post({ json: { hashes: [...byHash.keys()] } }))
    const unsent = missing.flatMap((sha256) => byHash.get(sha256) ?? [])
    const send = (file: (typeof unsent)[number]) => sendPicture(desk, file, file.bytes)
    await Readable.from(unsent).forEach(send, { concurrency: filesAtOnce })
    await expectAnswer(desk.media.variants.$post({ json: { version: variantsVersion, pictures } }))
  }
}

/** Makes smaller files of pictures published before this version, for as many in each run as the site lists. */
export async function sizePublished(
  at: { desk: DeskClient; root: string },
  target: Target,
  report: Report,
): Promise<void> {
  const { desk } = at
  const { pictures } = await expectAnswer(desk.media.unsized.$post({ json: { version: variantsVersion } }))
  if (pictures.length === 0) return
  report(`Making smaller versions of ${countOf(pictures.length, "picture")} published earlier`)
  const masters = pictures.map((picture) => ({ ...picture, bytes: () => fetchPicture(target, picture) }))
  await flushAfter(desk, report, () => sendVariants(at, masters, report))
}
