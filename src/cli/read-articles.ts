// Articles of the folder as they are sent: parsed, with the pictures that they show, and the digest of all of it.
import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import type { Article } from "../article/article.ts"
import { findInFront } from "../article/front-matter.ts"
import { type Mistake, toProblems } from "../article/mistakes.ts"
import { parseArticle } from "../article/parse.ts"
import { digestOf, largestPicture, mostPixels, type PictureFile } from "../article/picture-types.ts"
import { findPicture } from "../article/references.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import type { ReadyArticle } from "./clean-pictures.ts"
import { readFile, readStamp, rememberFile, type Seen, type Stamp } from "./folder.ts"

export interface FolderPicture {
  /** Where its bytes are. */
  readonly path: string
  readonly original: PictureFile
}

/** An article of the folder, and the pictures that it names. */
export interface FolderArticle {
  readonly file: string
  readonly article: Article
  readonly source: string
  /** By their addresses as written. */
  readonly pictures: ReadonlyMap<string, FolderPicture>
  readonly digest: string
  readonly seen: Seen | null
}

/**
 * Reads and parses articles; all their mistakes at once. Of pictures it reads as much as the digest needs.
 * @param wrongToo include articles with mistakes, as far as they can be read
 */
export async function readArticles(
  root: string,
  files: readonly string[],
  site: SiteConfig,
  wrongToo = false,
): Promise<{ articles: FolderArticle[]; problems: Problem[] }> {
  const articles: FolderArticle[] = []
  const problems: Problem[] = []
  const now = Date.now()
  for (const file of files) {
    const read = readFile(root, file)
    if (read === null) continue
    const { bytes, stamp } = read
    // What is not text is for the parser to explain.
    const source = isUtf8(bytes) ? bytes.toString() : ""
    const parsed = parseArticle(file, source === "" ? bytes : source, site)
    problems.push(...parsed.problems)
    const article = wrongToo ? parsed.readable : parsed.article
    if (article === null) continue
    const { pictures, stamps } = await readPictures(root, file, article, problems)
    const originals = Object.fromEntries([...pictures].map(([src, { original }]) => [src, original]))
    const digest = await digestOf(bytes, originals)
    articles.push({ file, article, source, pictures, digest, seen: rememberFile(now, stamp, stamps) })
  }
  return { articles, problems }
}

/** Readies articles to be sent: their pictures as they are published. All damaged ones at once. */
export async function readyPictures(
  root: string,
  articles: readonly FolderArticle[],
): Promise<{ ready: ReadyArticle[]; problems: Problem[] }> {
  // The library for pictures is not loaded where there is none.
  if (articles.every(({ pictures }) => pictures.size === 0))
    return { ready: articles.map((one) => ({ ...one, media: {} })), problems: [] }
  return (await import("./clean-pictures.ts")).cleanPictures(root, articles)
}

type Refusal = Pick<Mistake, "message" | "fix">

/** What is wrong with a picture, at the place that names it. */
export function reportPicture({ file, article }: Pick<FolderArticle, "file" | "article">, src: string, wrong: Refusal) {
  const { frontSource, body, front } = article
  const place =
    src === front.image?.src
      ? { field: "image.src", offset: findInFront(frontSource, ["image", "src"]) }
      : { field: "body", offset: frontSource.length + findPicture(body, src) }
  return toProblems(file, frontSource + body, [{ ...place, ...wrong }])
}

const tooLarge = "save it smaller: 2,000 pixels wide is plenty"

/** Explains why a picture cannot be decoded. */
export function explainFailure(src: string, error: Error): Refusal {
  const { message } = error
  // Node's own errors of files, such as EACCES, name the system call.
  if ("syscall" in error)
    return { message: `the picture ${src} cannot be read (${message.split(",")[0]})`, fix: "check its permissions" }
  if (message.includes("larger than")) return { message: `the picture ${src} is ${message}`, fix: tooLarge }
  if (message.includes("pixel limit"))
    return { message: `the picture ${src} has more than ${mostPixels / 1_000_000} million pixels`, fix: tooLarge }
  const fix = "save it again as JPEG, PNG, WebP, GIF or AVIF"
  if (message.includes("unsupported")) return { message: `${src} is not a picture that can be read`, fix }
  return { message: `the picture ${src} is damaged or cut short`, fix }
}

async function readPictures(root: string, file: string, article: Article, problems: Problem[]) {
  const pictures = new Map<string, FolderPicture>()
  const stamps: Record<string, Stamp | null> = {}
  for (const src of article.pictures) {
    const path = locatePicture(root, file, src)
    const stamp = path === null ? null : readStamp(path)
    const original = path === null ? explainAbsence(join(root, dirname(file), src), src) : await measure(path, src)
    if (path === null || "fix" in original) {
      problems.push(...reportPicture({ file, article }, src, original as Refusal))
      continue
    }
    pictures.set(src, { path, original })
    // Through a symbolic link another file may come to stand there.
    const direct = join(root, dirname(file), src) === path
    stamps[relative(root, path).split(sep).join("/")] = direct ? stamp : null
  }
  return { pictures, stamps }
}

function explainAbsence(path: string, src: string): Refusal {
  const near = findName(path, (name) => name.normalize().toLowerCase())
  if (near !== undefined && near !== basename(src))
    return {
      message: `there is no picture ${src}, but there is \`${near}\`: capitals count`,
      fix: "write its name as the file has it",
    }
  const fix = "put the file beside the article, inside the content folder, or correct its name"
  return { message: `there is no picture ${src}`, fix }
}

/** The picture's real path, or null when it is no regular file below the root. A name counts in any Unicode form. */
function locatePicture(root: string, file: string, src: string): string | null {
  const written = join(root, dirname(file), src)
  try {
    const path = realpathSync(existsSync(written) ? written : join(dirname(written), findName(written) ?? ""))
    return path.startsWith(root + sep) && lstatSync(path).isFile() ? path : null
  } catch {
    return null
  }
}

/** The file's name as its folder has it: macOS writes an é as two characters. */
function findName(path: string, fold = (name: string) => name.normalize()): string | undefined {
  if (!existsSync(dirname(path))) return undefined
  return readdirSync(dirname(path)).find((name) => fold(name) === fold(basename(path)))
}

/** A picture's bytes by their hash, and the size that it is stored in; or why it cannot be published. */
async function measure(path: string, src: string): Promise<PictureFile | Refusal> {
  if (statSync(path).size > largestPicture)
    return { message: `the picture ${src} is larger than ${largestPicture / 1024 / 1024} MiB`, fix: tooLarge }
  // Not needed where no article names a picture.
  const { default: sharp } = await import("sharp")
  try {
    const bytes = readFileSync(path)
    const { format, compression, width, height } = await sharp(bytes, { limitInputPixels: mostPixels }).metadata()
    const extension = format === "jpeg" ? "jpg" : compression === "av1" ? "avif" : format
    const named = src.slice(src.lastIndexOf(".") + 1).toLowerCase()
    if (extension !== (named === "jpeg" ? "jpg" : named))
      return {
        message: `the picture ${src} is named ${named}, but its bytes are ${extension}`,
        fix: "correct its name",
      }
    return { sha256: createHash("sha256").update(bytes).digest("hex"), extension, width, height }
  } catch (error) {
    return explainFailure(src, error as Error)
  }
}
