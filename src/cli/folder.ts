// The editor's folder: markdown files and the pictures beside them. Only regular files below its real path.
import { createHash } from "node:crypto"
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { imageSize } from "image-size"
import type { Article } from "../article/article.ts"
import { parseArticle } from "../article/parse.ts"
import type { Problem } from "../article/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { CLIError } from "./failure.ts"

export interface Upload {
  readonly sha256: string
  readonly extension: string
  readonly width: number
  readonly height: number
}

/** An article of the folder, ready to be sent. */
export interface FolderArticle {
  readonly file: string
  readonly article: Article
  readonly source: string
  readonly media: Record<string, Upload>
  /** Where each picture's bytes are, by its hash. */
  readonly files: ReadonlyMap<string, string>
  readonly digest: string
}

const largestPicture = 25 * 1024 * 1024
const mostFiles = 200_000
/** Far deeper than any address: files too deep for one are still reported. */
const deepest = 32

/** Relative paths of the folder's markdown files, sorted. Symbolic links and dot folders are passed over. */
export function listFiles(root: string): string[] {
  const files: string[] = []
  const walk = (folder: string, depth: number): void => {
    if (depth > deepest) return
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path, depth + 1)
      else if (entry.isFile() && entry.name.endsWith(".md")) files.push(relative(root, path).split(sep).join("/"))
      if (files.length > mostFiles)
        throw new CLIError(`${root} holds more than ${mostFiles} articles: is it the right folder?`, 2)
    }
  }
  walk(root, 0)
  return files.sort()
}

/** The real path of the content folder. @throws CLIError when there is none */
export function openFolder(content: string): string {
  try {
    const root = realpathSync(content)
    if (!lstatSync(root).isDirectory()) throw new Error("no folder")
    return root
  } catch {
    throw new CLIError(`${content} is not a folder: name the content folder with --content DIR`, 2)
  }
}

/** A file before it is parsed. */
export interface FileDigest {
  readonly file: string
  readonly path: string
  /** As `digestOf` makes it where no picture is named. */
  readonly digest: string
  /** Its front matter may speak of other articles. */
  readonly mentions: boolean
}

/** Reads and hashes files, a few at a time: what the desk answers meanwhile is not kept waiting. */
export async function digestFiles(root: string, files: readonly string[]): Promise<FileDigest[]> {
  const digests: FileDigest[] = []
  for (const [index, file] of files.entries()) {
    if (index % filesATime === 0) await new Promise(setImmediate)
    const bytes = readFile(root, file)
    // Gone since the folder was listed: it is no part of this run.
    if (bytes === null) continue
    digests.push({
      file,
      path: `/${file.slice(0, -".md".length)}`,
      digest: createHash("sha256").update(bytes).update(noPictures).digest("hex"),
      mentions: bytes.includes("aliases") || bytes.includes("translationOf"),
    })
  }
  return digests
}

const filesATime = 64

/** Reads and parses articles; all their mistakes at once. */
export function readArticles(
  root: string,
  files: readonly string[],
  site: SiteConfig,
): { articles: FolderArticle[]; problems: Problem[] } {
  const articles: FolderArticle[] = []
  const problems: Problem[] = []
  for (const file of files) {
    const bytes = readFile(root, file)
    if (bytes === null) continue
    const parsed = parseArticle(file, bytes, site)
    problems.push(...parsed.problems)
    if (parsed.article === null) continue
    const found = readPictures(root, file, parsed.article, problems)
    const source = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
    articles.push({ file, article: parsed.article, source, ...found, digest: digestOf(source, found.media) })
  }
  return { articles, problems }
}

/** What `digestOf` adds where there is no picture. */
const noPictures = "\n{}"

function readFile(root: string, file: string): Buffer | null {
  try {
    return readFileSync(join(root, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new CLIError(`${join(root, file)} cannot be read: ${(error as Error).message}`, 2)
  }
}

/** The identity of a file and its pictures: what the desk compares. */
export function digestOf(source: string, media: Record<string, Upload>): string {
  const sorted = Object.fromEntries(Object.entries(media).sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash("sha256")
    .update(`${source}\n${JSON.stringify(sorted)}`)
    .digest("hex")
}

function readPictures(root: string, file: string, article: Article, problems: Problem[]) {
  const media: Record<string, Upload> = {}
  const files = new Map<string, string>()
  for (const src of article.pictures) {
    const refuse = (message: string, fix: string) => {
      const before = (article.frontSource + article.body).split(src)[0] ?? ""
      const lines = before.split("\n")
      const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
      problems.push({ file, ...place, field: src === article.front.image?.src ? "image.src" : "body", message, fix })
    }
    const picture = locatePicture(root, file, src)
    if (picture === null) {
      refuse(
        `there is no picture ${src}`,
        "put the file beside the article, inside the content folder, or mend its name",
      )
      continue
    }
    if (statSync(picture).size > largestPicture) {
      refuse(`the picture ${src} is larger than 25 MiB`, "save it smaller: 2,000 pixels wide is plenty")
      continue
    }
    const upload = measure(readFileSync(picture), src)
    if (typeof upload === "string") {
      refuse(upload, "save it again as JPEG, PNG, WebP, GIF or AVIF")
      continue
    }
    media[src] = upload
    files.set(upload.sha256, picture)
  }
  return { media, files }
}

/** The picture's real path, or null when it is no regular file below the root. */
function locatePicture(root: string, file: string, src: string): string | null {
  try {
    const path = realpathSync(join(root, dirname(file), src))
    return path.startsWith(root + sep) && lstatSync(path).isFile() ? path : null
  } catch {
    return null
  }
}

function measure(bytes: Buffer, src: string): Upload | string {
  const named = src.slice(src.lastIndexOf(".") + 1).toLowerCase()
  try {
    const { type, width, height } = imageSize(bytes)
    const is = type === "heif" || type === "avif" ? "avif" : type
    const extension = named === "jpeg" ? "jpg" : named
    if (is !== extension) return `the picture ${src} is named ${named}, but its bytes are ${is}`
    return { sha256: createHash("sha256").update(bytes).digest("hex"), extension, width, height }
  } catch {
    return `${src} is not a picture that can be read`
  }
}
