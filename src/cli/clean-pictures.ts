// Turns the pictures beside an article into the ones that are published: upright, in sRGB, without metadata.
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import sharp, { type Sharp } from "sharp"
import { measureRecording, removeMetadata } from "../article/media-metadata.ts"
import {
  type DirtyPicture,
  largestPicture,
  type MediaName,
  type MediaUpload,
  mostPixels,
  type PictureFile,
  recordingTypes,
} from "../article/media-types.ts"
import { cleanSvgBytes } from "../article/svg.ts"
import type { Problem } from "../site/problem.ts"
import { type DeskClient, expectAnswer, fetchPages, fetchPicture, sendPicture, type Target } from "./desk-client.ts"
import { CLIError, countOf, type Report } from "./output.ts"
import { explainFailure, type FolderArticle, refuseLarge, reportPicture } from "./read-articles.ts"
import { writeCache } from "./write-files.ts"

export interface ReadyArticle extends FolderArticle {
  readonly media: Readonly<Record<string, MediaUpload>>
}

/** Increment this when the output of `cleanPicture` changes: it invalidates the cache. */
const pipeline = 1

export interface CleanPicture extends PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>
}
type Size = Pick<PictureFile, "width" | "height">

/**
 * The published version of a picture. If possible, only its metadata is removed; a picture that is stored rotated, or
 * not in sRGB, is re-encoded. Animations stay animated. An SVG is sanitized.
 * @throws Error if the bytes cannot be decoded
 */
export async function cleanPicture(bytes: Uint8Array, extension: string): Promise<CleanPicture> {
  if (extension === "svg") {
    const { svg, width, height } = cleanSvgBytes(bytes)
    const clean = new TextEncoder().encode(svg)
    return describe(clean, extension, { width, height })
  }
  if (extension in recordingTypes) {
    const clean = removeMetadata(bytes, extension) ?? new Uint8Array(bytes)
    return describe(clean, extension, measureRecording(clean, extension))
  }
  const options = { failOn: "error", limitInputPixels: mostPixels } as const
  const { orientation = 1, space, icc, pages = 1, width, height } = await sharp(bytes, options).metadata()
  // Viewers do not agree on the orientation of an animation.
  const rotated = orientation > 1 && pages === 1
  const stripped = rotated || space === "cmyk" || !isSRGB(icc) ? null : removeMetadata(bytes, extension)
  if (stripped !== null) {
    // Decoded at a tiny size, so that a damaged file is found here and not by a reader.
    await sharp(bytes, options).resize(8, 8, { fit: "fill" }).raw().toBuffer()
    return describe(stripped, extension, { width, height })
  }
  const picture = sharp(bytes, { ...options, animated: pages > 1 })
  if (rotated) picture.autoOrient()
  const { data, info } = await encode(picture, bytes, extension).toBuffer({ resolveWithObject: true })
  return describe(new Uint8Array(data), extension, { width: info.width, height: info.pageHeight ?? info.height })
}

function describe(bytes: CleanPicture["bytes"], extension: string, { width, height }: Size): CleanPicture {
  return { sha256: hash("sha256", bytes), extension, width, height, bytes }
}

/** Re-encodes a picture: losslessly if its format is lossless, else without visible loss. sharp writes no metadata. */
function encode(picture: Sharp, bytes: Uint8Array, extension: string): Sharp {
  picture.toColourspace("srgb")
  if (extension === "jpg") return picture.jpeg({ quality: 92, chromaSubsampling: "4:4:4" })
  if (extension === "png") return picture.png()
  if (extension === "gif") return picture.gif()
  if (extension === "avif") return picture.avif({ quality: 80, chromaSubsampling: "4:4:4" })
  return picture.webp(isLossless(bytes, extension) ? { lossless: true } : { quality: 92 })
}

export function isLossless(bytes: Uint8Array, extension: string): boolean {
  if (extension !== "webp") return extension === "png" || extension === "gif"
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes("VP8L")
}

/** Browsers assume sRGB if there is no profile. A profile contains its name in ASCII, or from version 4 in UTF-16. */
function isSRGB(profile: Buffer | undefined): boolean {
  return profile === undefined || profile.toString("latin1").replaceAll("\0", "").includes("sRGB")
}

/** Prepares articles for sending, and reports all damaged pictures at once. Cached pictures are not cleaned again. */
export async function cleanPictures(root: string, articles: readonly FolderArticle[]) {
  const problems: Problem[] = []
  const ready: ReadyArticle[] = []
  const file = join(root, ".dateline", "pictures.json")
  const cache = readCache(file)
  const size = cache.size
  for (const one of articles) {
    const media: Record<string, MediaUpload> = {}
    for (const [src, { path, original }] of one.pictures)
      try {
        const found = cache.get(original.sha256) ?? (await cleanFile(path, src, original.extension))
        cache.set(original.sha256, found)
        media[src] = { ...found, original }
      } catch (error) {
        problems.push(...reportPicture(one, src, explainFailure(src, error as Error)))
      }
    ready.push({ ...one, media })
  }
  if (cache.size > size) writeCache(file, JSON.stringify({ made: madeBy, pictures: Object.fromEntries(cache) }))
  return { ready, problems }
}

async function cleanFile(path: string, src: string, extension: string): Promise<PictureFile> {
  const { bytes, ...clean } = await cleanPicture(readFileSync(path), extension)
  if (bytes.length > largestPicture) throw refuseLarge(src)
  return clean
}

/** The cleaned bytes of a picture that the desk lacks. @throws CLIError if the file has changed since it was checked */
export async function readCleanBytes(path: string, { sha256, extension }: MediaName): Promise<CleanPicture["bytes"]> {
  const clean = await cleanPicture(readFileSync(path), extension)
  if (clean.sha256 !== sha256) throw new CLIError(`${path} changed while it was being published. Publish again`, 4)
  return clean.bytes
}

const madeBy = `${pipeline} sharp ${sharp.versions.sharp}`

/** The cleaned version of each picture, by the hash of the original. A damaged cache counts as empty. */
function readCache(file: string): Map<string, PictureFile> {
  try {
    const cache = JSON.parse(readFileSync(file, "utf8")) as { made: string; pictures: Record<string, PictureFile> }
    return new Map(cache.made === madeBy ? Object.entries(cache.pictures) : [])
  } catch {
    return new Map()
  }
}

/**
 * Replaces pictures published by a CLI that did not remove metadata. Safe to interrupt: the next run finds the rest.
 * The caller must flush the purges afterwards.
 * @param report called with a line for the editor
 */
export async function replaceDirtyPictures(desk: DeskClient, target: Target, report: Report): Promise<void> {
  const dirty = await sweep(desk)
  if (dirty.length === 0) return
  report(`Removing metadata from ${countOf(dirty.length, "picture")} published earlier`)
  for (const picture of dirty)
    try {
      const published = await fetchPicture(target, picture)
      const { bytes, ...clean } = await cleanPublished(published, picture.extension)
      await sendPicture(desk, clean, bytes)
      const json = { old: picture.sha256, picture: clean }
      await expectAnswer(desk.media.replace.$post({ json }))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      report(`Could not replace /media/${picture.sha256}.${picture.extension} in ${picture.path}: ${why}`)
    }
  // Deletes the old pictures, now that nothing refers to them.
  await sweep(desk)
}

async function sweep(desk: DeskClient): Promise<DirtyPicture[]> {
  const pages = await fetchPages((after) => expectAnswer(desk.media.sweep.$post({ json: { after } })))
  return pages.flatMap(({ dirty }) => dirty)
}

/** Cleans a published picture. If it cannot be decoded, at least its metadata is removed. @throws Error */
async function cleanPublished(bytes: Uint8Array, extension: string): Promise<CleanPicture> {
  const type = extension === "jpeg" ? "jpg" : extension
  try {
    return await cleanPicture(bytes, type)
  } catch (error) {
    const stripped = removeMetadata(bytes, type)
    if (stripped === null) throw error
    return describe(stripped, type, await sharp(bytes, { failOn: "none", limitInputPixels: false }).metadata())
  }
}
