// Articles of the folder as they are sent: parsed, with the pictures that they show, and the digest of all of it.
import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import type { Article } from "../article/article.ts"
import { parseArticle } from "../article/parse.ts"
import { digestOf, largestPicture, mostPixels, type PictureFile } from "../article/picture-types.ts"
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

/** Reads and parses articles; all their mistakes at once. Of pictures it reads as much as the digest needs. */
export async function readArticles(
  root: string,
  files: readonly string[],
  site: SiteConfig,
): Promise<{ articles: FolderArticle[]; problems: Problem[] }> {
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
    const { article } = parsed
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

/** What is wrong with a picture, at the place that names it. */
export function reportPicture(
  { file, article }: Pick<FolderArticle, "file" | "article">,
  src: string,
  wrong: { message: string; fix: string },
): Problem {
  const lines = ((article.frontSource + article.body).split(src)[0] ?? "").split("\n")
  const field = src === article.front.image?.src ? "image.src" : "body"
  return { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, field, ...wrong }
}

const tooLarge = "save it smaller: 2,000 pixels wide is plenty"

/** What an editor is told of a picture that cannot be decoded. */
export function explainFailure(src: string, { message }: Error): { message: string; fix: string } {
  if (message.includes("larger than")) return { message: `the picture ${src} is ${message}`, fix: tooLarge }
  if (message.includes("pixel limit"))
    return { message: `the picture ${src} has more than ${mostPixels / 1_000_000} million pixels`, fix: tooLarge }
  const kinds = "JPEG, PNG, WebP, GIF or AVIF"
  if (message.includes("unsupported"))
    return { message: `${src} is not a picture that can be read`, fix: `save it again as ${kinds}` }
  return { message: `the picture ${src} is damaged or cut short`, fix: `save it again as ${kinds}` }
}

async function readPictures(root: string, file: string, article: Article, problems: Problem[]) {
  const pictures = new Map<string, FolderPicture>()
  const stamps: Record<string, Stamp | null> = {}
  for (const src of article.pictures) {
    const refuse = (message: string, fix: string) =>
      problems.push(reportPicture({ file, article }, src, { message, fix }))
    const path = locatePicture(root, file, src)
    if (path === null) {
      const near = findName(join(root, dirname(file), src), (name) => name.normalize().toLowerCase())
      if (near === undefined || near === basename(src))
        refuse(
          `there is no picture ${src}`,
          "put the file beside the article, inside the content folder, or correct its name",
        )
      else
        refuse(
          `there is no picture ${src}, but there is \`${near}\`: capitals count`,
          "write its name as the file has it",
        )
      continue
    }
    if (statSync(path).size > largestPicture) {
      refuse(`the picture ${src} is larger than ${largestPicture / 1024 / 1024} MiB`, tooLarge)
      continue
    }
    const stamp = readStamp(path)
    try {
      const original = await measure(readFileSync(path))
      const named = src.slice(src.lastIndexOf(".") + 1).toLowerCase()
      if (original.extension !== (named === "jpeg" ? "jpg" : named)) {
        refuse(`the picture ${src} is named ${named}, but its bytes are ${original.extension}`, "name it as what it is")
        continue
      }
      pictures.set(src, { path, original })
    } catch (error) {
      const { message, fix } = explainFailure(src, error as Error)
      refuse(message, fix)
      continue
    }
    // Through a symbolic link another file may come to stand there.
    const direct = join(root, dirname(file), src) === path
    stamps[relative(root, path).split(sep).join("/")] = direct ? stamp : null
  }
  return { pictures, stamps }
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

/** A file's bytes by their hash, and the size that it is stored in. @throws Error when it is no picture */
async function measure(bytes: Buffer): Promise<PictureFile> {
  // Not needed where no article names a picture.
  const { default: sharp } = await import("sharp")
  const { format, compression, width, height } = await sharp(bytes, { limitInputPixels: mostPixels }).metadata()
  const extension = format === "jpeg" ? "jpg" : compression === "av1" ? "avif" : format
  return { sha256: createHash("sha256").update(bytes).digest("hex"), extension, width, height }
}
