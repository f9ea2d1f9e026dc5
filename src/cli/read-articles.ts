// Reads the folder's articles for sending: parsed, with the pictures that they show and a digest of both.
import { isUtf8 } from "node:buffer"
import { hash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import { setImmediate as nextTurn } from "node:timers/promises"
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { findPicture } from "../article/check-references.ts"
import { measureRecording } from "../article/media-metadata.ts"
import {
  isPictureName,
  isRecordingName,
  largestPicture,
  longestSide,
  mostPixels,
  type PictureFile,
} from "../article/media-types.ts"
import { type Mistake, nearestPath, type Refusal, toProblems } from "../article/mistakes.ts"
import { parseArticle } from "../article/parse.ts"
import { findInFront } from "../article/read-front-matter.ts"
import { findFile } from "../article/references.ts"
import { cleanSvgBytes } from "../article/svg.ts"
import type { Problem } from "../site/problem.ts"
import { digestOf } from "./base-record.ts"
import type { ReadyArticle } from "./clean-pictures.ts"
import { readFile, readStamp, rememberFiles, type Seen, type Stamp } from "./content-folder.ts"
import { explainFileError } from "./output.ts"

export interface FolderPicture {
  /** The file's real path. */
  readonly path: string
  readonly original: PictureFile
}

/** An article in the folder, and the pictures that it names. */
export interface FolderArticle {
  readonly file: string
  readonly article: Article
  readonly source: string
  /** Keyed by the addresses written in the article. */
  readonly pictures: ReadonlyMap<string, FolderPicture>
  readonly digest: string
  readonly seen: Seen | undefined
}

/**
 * Reads and parses articles, reporting all mistakes at once. Pictures are hashed and measured, but not decoded.
 * @param wrongToo include articles with mistakes, as far as they can be read
 */
export async function readArticles(root: string, files: readonly string[], wrongToo = false) {
  const articles: FolderArticle[] = []
  const problems: Problem[] = []
  const now = Date.now()
  for (const file of files) {
    // Lets timers run: a command must not be silent for long.
    await nextTurn()
    const read = readFile(root, file)
    if (read === null) continue
    const { bytes, stamp, unreadable } = read
    // If the file is not text, the parser reports that.
    const source = isUtf8(bytes) ? bytes.toString() : ""
    const mistake =
      unreadable === undefined
        ? findConflict(source)
        : { offset: 0, field: "file", message: `cannot be read: ${unreadable}`, fix: "check its permissions" }
    if (mistake !== null) {
      problems.push(...toProblems(file, source, [mistake]))
      continue
    }
    const parsed = parseArticle(file, source === "" ? bytes : source, config)
    problems.push(...parsed.problems)
    const article = wrongToo ? parsed.readable : parsed.article
    if (article === null) continue
    const { pictures, stamps } = await readPictures(root, file, article, problems)
    const digest = digestOf(bytes, originalsOf(pictures))
    articles.push({ file, article, source, pictures, digest, seen: rememberFiles(now, { [file]: stamp, ...stamps }) })
  }
  return { articles, problems }
}

const conflictMarks = [/^<{7}(?: |\r?$)/m, /^={7}\r?$/m, /^>{7}(?: |\r?$)/m]

/** Reports Git's conflict markers, except those shown in a code block. */
function findConflict(source: string): Mistake | null {
  if (!source.includes("<<<<<<<")) return null
  const places: number[] = []
  for (const mark of conflictMarks) {
    const from = (places.at(-1) ?? -1) + 1
    const found = source.slice(from).search(mark)
    if (found === -1) return null
    places.push(from + found)
  }
  const [offset = 0] = places
  const fences = source.slice(0, offset).match(/^ {0,3}(?:`{3}|~{3})/gm) ?? []
  if (fences.length % 2 === 1) return null
  const fix = "keep the right text, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`"
  return { offset, field: "file", message: "contains an unresolved merge conflict", fix }
}

export const originalsOf = (pictures: FolderArticle["pictures"]): Record<string, PictureFile> =>
  Object.fromEntries([...pictures].map(([src, { original }]) => [src, original]))

/**
 * The digest by which the site knows a text, whatever its line endings: Git on Windows may check files out with CRLF.
 * If the site does not have the text, the digest of the text as it is.
 */
export function matchDigest(
  source: string,
  originals: Readonly<Record<string, PictureFile>>,
  known: readonly { readonly digest: string }[],
): string {
  const unix = source.replaceAll("\r\n", "\n")
  for (const text of new Set([source, unix, unix.replaceAll("\n", "\r\n")])) {
    const digest = digestOf(text, originals)
    if (known.some((one) => one.digest === digest)) return digest
  }
  return digestOf(source, originals)
}

/** Prepares articles for sending, with their pictures as published. Reports all damaged pictures at once. */
export async function readyPictures(root: string, articles: readonly FolderArticle[]) {
  // The picture library is not loaded if there are no pictures.
  if (articles.every(({ pictures }) => pictures.size === 0))
    return { ready: articles.map((one): ReadyArticle => ({ ...one, media: {} })), problems: [] }
  return (await import("./clean-pictures.ts")).cleanPictures(root, articles)
}

/** Reports what is wrong with a picture, at the place in the article that names it. */
export function reportPicture({ file, article }: Pick<FolderArticle, "file" | "article">, src: string, wrong: Refusal) {
  const { frontSource, body, front } = article
  const place =
    src === front.image?.src
      ? { field: "image.src", offset: findInFront(frontSource, ["image", "src"]) }
      : { field: "body", offset: frontSource.length + findPicture(body, src) }
  return toProblems(file, frontSource + body, [{ ...place, ...wrong }])
}

/** An error that says why a picture cannot be published, and what to do about it. */
const refuse = (message: string, fix: string) => Object.assign(new Error(message), { fix })

const saveSmaller = "save a smaller copy: 2,000 pixels wide is enough"

export function refuseLarge(src: string): Error {
  const limit = `is larger than ${largestPicture / 1024 / 1024} MiB`
  return isRecordingName(src)
    ? refuse(`the recording ${src} ${limit}`, "export it at a lower bit rate, or host it elsewhere and link to it")
    : refuse(`the picture ${src} ${limit}`, saveSmaller)
}

/** Explains why a picture cannot be published. The picture library does not say what to do about it. */
export function explainFailure(src: string, error: Error): Refusal {
  const { message } = error
  if ("fix" in error) return { message, fix: String(error.fix) }
  if ("syscall" in error) {
    const why = explainFileError(error as NodeJS.ErrnoException)
    return { message: `the picture ${src} cannot be read: ${why}`, fix: "check its permissions" }
  }
  if (message.includes("pixel limit"))
    return { message: `the picture ${src} has more than ${mostPixels / 1_000_000} million pixels`, fix: saveSmaller }
  const fix = "save it again as JPEG, PNG, WebP, GIF, AVIF or SVG"
  if (message.includes("unsupported")) return { message: `${src} is not a readable picture`, fix }
  return { message: `the picture ${src} is damaged or incomplete`, fix }
}

async function readPictures(root: string, file: string, article: Article, problems: Problem[]) {
  const pictures = new Map<string, FolderPicture>()
  const stamps: Record<string, Stamp | null> = {}
  for (const src of article.pictures)
    try {
      const written = join(root, dirname(file), src)
      const path = locatePicture(root, file, src)
      if (path === null) throw refuseAbsent(written, src)
      const stamp = readStamp(path)
      if (statSync(path).size > largestPicture) throw refuseLarge(src)
      const original = await measurePicture(readFileSync(path), src)
      if (Math.max(original.width, original.height) > longestSide)
        throw refuse(`the picture ${src} is wider or higher than ${longestSide} pixels`, saveSmaller)
      pictures.set(src, { path, original })
      // A symbolic link may later point to another file, so its stamp is not kept.
      stamps[relative(root, path).split(sep).join("/")] = written === path ? stamp : null
    } catch (error) {
      problems.push(...reportPicture({ file, article }, src, explainFailure(src, error as Error)))
    }
  return { pictures, stamps }
}

function refuseAbsent(path: string, src: string): Error {
  const near = findName(path, (name) => name.normalize().toLowerCase())
  if (near !== undefined && near !== basename(src))
    return refuse(
      `there is no picture ${src}, but there is \`${near}\`: names are case-sensitive`,
      "use the exact name of the file",
    )
  const names = existsSync(dirname(path)) ? readdirSync(dirname(path)) : []
  const other = nearestPath(
    basename(src),
    names.filter((name) => isPictureName(name) || isRecordingName(name)),
  )
  const fix = "put the file beside the article, inside the content folder, or correct its name"
  return refuse(`there is no picture ${src}`, other === null ? fix : `did you mean \`${other}\`?`)
}

/** The real path of a picture as its article names it, percent-encoded or not; null if there is none below the root. */
function locatePicture(root: string, file: string, src: string): string | null {
  const name = findFile(src, (one) => locateFile(root, file, one) !== null)
  return name === null ? null : locateFile(root, file, name)
}

/** The file's real path, or null if it is not a regular file below the root. Accepts any Unicode normal form. */
function locateFile(root: string, file: string, name: string): string | null {
  const written = join(root, dirname(file), name)
  try {
    const path = realpathSync(existsSync(written) ? written : join(dirname(written), findName(written) ?? ""))
    return path.startsWith(root + sep) && lstatSync(path).isFile() ? path : null
  } catch {
    return null
  }
}

/** The file's name as stored in its folder, where its Unicode form may differ: macOS stores é as two characters. */
function findName(path: string, fold = (name: string) => name.normalize()): string | undefined {
  if (!existsSync(dirname(path))) return undefined
  return readdirSync(dirname(path)).find((name) => fold(name) === fold(basename(path)))
}

const lfsPointer = Buffer.from("version https://git-lfs.github.com/spec/")

/** A picture's hash, format and stored dimensions. @throws if it cannot be published (`explainFailure`) */
export async function measurePicture(bytes: Buffer, src: string): Promise<PictureFile> {
  const named = src.slice(src.lastIndexOf(".") + 1).toLowerCase()
  // Git on Windows may check an SVG out with CRLF, as it does with text files.
  const content = named === "svg" ? Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1") : bytes
  const sha256 = hash("sha256", content)
  if (bytes.subarray(0, lfsPointer.length).equals(lfsPointer))
    throw refuse(`${src} is a Git LFS pointer, not the file itself`, "fetch the file with `git lfs pull`")
  if (isRecordingName(src))
    try {
      return { sha256, extension: named, ...measureRecording(bytes, named) }
    } catch {
      throw refuse(`${src} is not a complete ${named} file`, "export it again from the program that made it")
    }
  if (named === "svg")
    try {
      const { width, height } = cleanSvgBytes(bytes)
      return { sha256, extension: named, width, height }
    } catch (error) {
      throw refuse(`the picture ${src} ${(error as Error).message}`, "export it as plain SVG, or as PNG")
    }
  // Loaded only if an article names a picture.
  const { default: sharp } = await import("sharp")
  const { format, compression, width, height } = await sharp(bytes, { limitInputPixels: mostPixels }).metadata()
  const extension = format === "jpeg" ? "jpg" : compression === "av1" ? "avif" : format
  if (extension === (named === "jpeg" ? "jpg" : named)) return { sha256, extension, width, height }
  throw refuse(`the picture ${src} is named ${named}, but its content is ${extension}`, "correct its name")
}
