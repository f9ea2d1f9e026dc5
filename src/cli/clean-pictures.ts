// From the pictures beside an article to the ones that are published: upright, in sRGB, without metadata.
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import sharp, { type Sharp } from "sharp"
import { removeMetadata } from "../article/picture-parts.ts"
import { largestPicture, type MediaUpload, mostPixels, type PictureFile } from "../article/picture-types.ts"
import type { Problem } from "../site/problem.ts"
import { CLIError } from "./output.ts"
import { explainFailure, type FolderArticle, reportPicture } from "./read-articles.ts"

/** An article whose pictures can be sent. */
export interface ReadyArticle extends FolderArticle {
  readonly media: Readonly<Record<string, MediaUpload>>
}

/** Whoever changes what comes out of `cleanPicture` counts this up: then no picture is taken from the cache. */
const pipeline = 1

export interface CleanPicture extends PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * What is published of a picture. Only the metadata go where that is enough; what lies on its side, or has other colours
 * than the web's, is encoded anew. Animations stay animated.
 * @throws Error when the bytes cannot be decoded
 */
export async function cleanPicture(bytes: Uint8Array, extension: string): Promise<CleanPicture> {
  const options = { failOn: "error", limitInputPixels: mostPixels } as const
  const { orientation = 1, space, icc, pages = 1, width, height } = await sharp(bytes, options).metadata()
  // An animation has no one orientation that viewers agree on.
  const lies = orientation > 1 && pages === 1
  const stripped = lies || space === "cmyk" || !isSRGB(icc) ? null : removeMetadata(bytes, extension)
  if (stripped !== null) {
    // Decoded, if small: a damaged file is found here, not by a reader.
    await sharp(bytes, options).resize(8, 8, { fit: "fill" }).raw().toBuffer()
    return { ...describe(stripped, extension), bytes: stripped, width, height }
  }
  const picture = sharp(bytes, { ...options, animated: pages > 1 })
  if (lies) picture.autoOrient()
  const { data, info } = await encode(picture, bytes, extension).toBuffer({ resolveWithObject: true })
  const encoded = new Uint8Array(data)
  return { ...describe(encoded, extension), bytes: encoded, width: info.width, height: info.pageHeight ?? info.height }
}

function describe(bytes: Uint8Array, extension: string) {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), extension }
}

/** No loss where the format has none, and none to be seen elsewhere. sharp writes no metadata, and sRGB. */
function encode(picture: Sharp, bytes: Uint8Array, extension: string): Sharp {
  picture.toColourspace("srgb")
  if (extension === "jpg") return picture.jpeg({ quality: 92, chromaSubsampling: "4:4:4" })
  if (extension === "png") return picture.png()
  if (extension === "gif") return picture.gif()
  if (extension === "avif") return picture.avif({ quality: 80, chromaSubsampling: "4:4:4" })
  return picture.webp(
    Buffer.from(bytes.buffer, bytes.byteOffset).includes("VP8L") ? { lossless: true } : { quality: 92 },
  )
}

/** Browsers take a picture without a profile for sRGB. A profile names itself in ASCII, or in UTF-16 since its version 4. */
function isSRGB(profile: Buffer | undefined): boolean {
  return profile === undefined || profile.toString("latin1").replaceAll("\0", "").includes("sRGB")
}

/** Readies articles to be sent; all damaged pictures at once. What was cleaned before is not read again. */
export async function cleanPictures(
  root: string,
  articles: readonly FolderArticle[],
): Promise<{ ready: ReadyArticle[]; problems: Problem[] }> {
  const problems: Problem[] = []
  const ready: ReadyArticle[] = []
  const cache = openCache(join(root, ".dateline", "pictures.json"))
  for (const one of articles) {
    const media: Record<string, MediaUpload> = {}
    for (const [src, { path, original }] of one.pictures) {
      const found = cache.get(original) ?? (await tryToClean(path, original.extension))
      if (found instanceof Error) {
        problems.push(...reportPicture(one, src, explainFailure(src, found)))
        continue
      }
      const { sha256, extension, width, height } = found
      media[src] = { sha256, extension, width, height, original }
      cache.set(original, { sha256, extension, width, height })
    }
    ready.push({ ...one, media })
  }
  cache.save()
  return { ready, problems }
}

/** A picture that is published already: one that cannot be decoded loses its metadata at least. @throws Error */
export async function cleanPublished(bytes: Uint8Array, extension: string): Promise<CleanPicture> {
  const type = extension === "jpeg" ? "jpg" : extension
  try {
    return await cleanPicture(bytes, type)
  } catch (error) {
    const stripped = removeMetadata(bytes, type)
    if (stripped === null) throw error
    const { width, height } = await sharp(bytes, { failOn: "none", limitInputPixels: false }).metadata()
    return { ...describe(stripped, type), bytes: stripped, width, height }
  }
}

async function tryToClean(path: string, extension: string): Promise<PictureFile | Error> {
  try {
    const clean = await cleanPicture(readFileSync(path), extension)
    return clean.bytes.length > largestPicture ? new Error("larger than 25 MiB") : clean
  } catch (error) {
    return error as Error
  }
}

/** The bytes of a picture that the desk lacks. @throws CLIError when the file was changed since it was looked at */
export async function readCleanBytes(
  path: string,
  { sha256, extension }: PictureFile,
): Promise<Uint8Array<ArrayBuffer>> {
  const clean = await cleanPicture(readFileSync(path), extension)
  if (clean.sha256 !== sha256) throw new CLIError(`${path} was changed during the publish: publish again`, 4)
  return clean.bytes
}

/** What became of each file's bytes, by their hash. A damaged cache, or one that cannot be written, counts as none. */
function openCache(file: string) {
  const kept = new Map(Object.entries(readCache(file)))
  let changed = false
  return {
    get: ({ sha256 }: PictureFile) => kept.get(sha256),
    set({ sha256 }: PictureFile, clean: PictureFile) {
      if (kept.has(sha256)) return
      kept.set(sha256, clean)
      changed = true
    },
    save() {
      if (!changed) return
      try {
        mkdirSync(dirname(file), { recursive: true })
        const next = `${file}.${process.pid}.tmp`
        writeFileSync(next, JSON.stringify({ made: made(), pictures: Object.fromEntries(kept) }))
        renameSync(next, file)
      } catch {
        // The next run cleans them again.
      }
    },
  }
}

const made = () => `${pipeline} sharp ${sharp.versions.sharp}`

function readCache(file: string): Record<string, PictureFile> {
  try {
    const cache = JSON.parse(readFileSync(file, "utf8")) as { made: string; pictures: Record<string, PictureFile> }
    return cache.made === made() ? cache.pictures : {}
  } catch {
    return {}
  }
}
