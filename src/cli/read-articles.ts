// Articles of the folder as they are sent: parsed, with the pictures that they show, and the digest of all of it.
import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs"
import { dirname, join, relative, sep } from "node:path"
import { imageSize } from "image-size"
import type { Article } from "../article/article.ts"
import { parseArticle } from "../article/parse.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { readStamp, rememberFile, type Seen, type Stamp } from "./file-stamps.ts"
import { readFile } from "./folder.ts"

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
  readonly seen: Seen | null
}

const largestPicture = 25 * 1024 * 1024

/** Reads and parses articles; all their mistakes at once. */
export function readArticles(
  root: string,
  files: readonly string[],
  site: SiteConfig,
): { articles: FolderArticle[]; problems: Problem[] } {
  const articles: FolderArticle[] = []
  const problems: Problem[] = []
  const now = Date.now()
  for (const file of files) {
    const read = readFile(root, file)
    if (read === null) continue
    const { bytes, stamp } = read
    // What is no text is the parser's to explain.
    const source = isUtf8(bytes) ? bytes.toString() : ""
    const parsed = parseArticle(file, source === "" ? bytes : source, site)
    problems.push(...parsed.problems)
    if (parsed.article === null) continue
    const { media, files: paths, stamps } = readPictures(root, file, parsed.article, problems)
    const { aliases, translationOf } = parsed.article.front
    const seen = rememberFile(now, stamp, aliases.length > 0 || translationOf !== undefined, stamps)
    const digest = digestOf(bytes, media)
    articles.push({ file, article: parsed.article, source, media, files: paths, digest, seen })
  }
  return { articles, problems }
}

/** The identity of a file and its pictures: what the desk compares. */
export function digestOf(source: string | Uint8Array, media: Record<string, Upload>): string {
  const sorted = Object.fromEntries(Object.entries(media).sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash("sha256")
    .update(source)
    .update(`\n${JSON.stringify(sorted)}`)
    .digest("hex")
}

function readPictures(root: string, file: string, article: Article, problems: Problem[]) {
  const media: Record<string, Upload> = {}
  const files = new Map<string, string>()
  const stamps: Record<string, Stamp | null> = {}
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
    const stamp = readStamp(picture)
    const upload = measure(readFileSync(picture), src)
    if (typeof upload === "string") {
      refuse(upload, "save it again as JPEG, PNG, WebP, GIF or AVIF")
      continue
    }
    media[src] = upload
    // Through a symbolic link another file may come to stand there.
    const direct = join(root, dirname(file), src) === picture
    stamps[relative(root, picture).split(sep).join("/")] = direct ? stamp : null
    files.set(upload.sha256, picture)
  }
  return { media, files, stamps }
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
