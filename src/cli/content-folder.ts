// Lists and reads the files in the editor's content folder: only regular files below its real path.
import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs"
import { basename, dirname, isAbsolute, join, posix, relative, sep } from "node:path"
import config from "../../dateline.config.ts"
import { nearestPath } from "../article/mistakes.ts"
import { fileOf as fileOfPath, pathOf as pathOfFile } from "../site/format-address.ts"
import { CLIError, explainFileError } from "./output.ts"

const mostFiles = 200_000
/** The most bytes read of a file: more than the parser accepts, so that huge files are refused but not read in full. */
const mostRead = 2 * 1024 * 1024
/** How many levels of folders are searched: far more than addresses have, so that files too deep are reported. */
const deepest = 32

/** The real path of the content folder. @throws CLIError if there is none */
export function openFolder(content: string): string {
  if (!statSync(content, { throwIfNoEntry: false })?.isDirectory())
    throw new CLIError(`${content} is not a folder. Go to the project's folder, or use --content DIR`, 2)
  return realpathSync(content)
}

/** File extensions that other systems use for Markdown. Notepad on Windows adds `.txt` to any name. */
const nearlyMarkdown = /\.(?:md|markdown|mdown|mkdn?|mdx)(?:\.txt)?$/i
/** Copies made by Dropbox, Nextcloud and Syncthing when two people edit a file: publishing one would be a duplicate. */
const conflictedCopy = /\([^()]*\bconflict(?:ed copy)?\b[^()]*\)\.md$|\.sync-conflict-\d{8}-/i

/**
 * Relative paths of the folder's Markdown files, sorted, excluding symbolic links and dot folders.
 * @param report called with a line for each file that looks like an article but is skipped, and the file's path
 */
export function listFiles(root: string, report?: (line: string, file: string) => void): string[] {
  const files: string[] = []
  const walk = (folder: string, depth: number): void => {
    if (depth > deepest) return
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue
      const file = folder + entry.name
      const skip = (why: string) => report?.(`Skipped ${file}: ${why}`, file)
      if (entry.isDirectory()) walk(`${file}/`, depth + 1)
      else if (conflictedCopy.test(entry.name))
        skip("it is a conflicted copy. Compare it with the original, then delete it")
      else if (nearlyMarkdown.test(entry.name) && entry.name.includes("\ufffd"))
        skip("its name is not UTF-8. Rename it")
      else if (entry.isFile() && entry.name.endsWith(".md")) files.push(file)
      else if (entry.isSymbolicLink() && /^[^.]+$|\.md$/i.test(entry.name)) skip("it is a symbolic link")
      else if (nearlyMarkdown.test(entry.name)) skip(adviseRename(entry, entries, folder))
      if (files.length > mostFiles)
        throw new CLIError(`${root} contains more than ${mostFiles} articles. Is it the right folder?`, 2)
    }
  }
  walk("", 0)
  return files.sort()
}

function adviseRename(entry: Dirent, entries: readonly Dirent[], folder: string): string {
  const name = entry.name.replace(nearlyMarkdown, ".md")
  if (!entry.isFile()) return "it is not a file"
  const exists = entries.some((one) => one.name === name)
  return exists ? `${folder}${name} already exists. Delete one of the two` : `rename it to ${folder}${name}`
}

export const pathOf = (file: string): string => pathOfFile(file, config)
export const fileOf = (path: string): string => fileOfPath(path, config)

/** The site path for an editor's input: `/asia/x`, `asia/x`, `content/asia/x.md`. The content folder need not exist. */
export const toPath = (given: string, content: string): string => pathOf(toFile(given, realOf(content)))

/**
 * Resolves what an editor typed to a path relative to the content folder: preferably an existing file or folder,
 * otherwise a file that could exist.
 * @param root the folder's real path
 */
export function toFile(given: string, root: string): string {
  if (given.trim() === "") throw new CLIError("A path is empty. Is a variable unset?", 2)
  refuseURL(given)
  const there = [given, `${given}.md`].find((path) => existsSync(path))
  const named = there ?? (given.endsWith(".md") || existsSync(dirname(given)) ? given : undefined)
  if (named !== undefined) {
    const inside = relative(root, realOf(named))
    if (inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.split(sep).join("/")
  }
  return posix.normalize(given.trim().replaceAll("\\", "/")).replace(/^\/?(?:content\/)?|\/$/g, "")
}

/** Refuses a full URL given instead of a path. @throws CLIError that suggests the path */
export function refuseURL(given: string): void {
  if (/^https?:\/\//i.test(given) && URL.canParse(given))
    throw new CLIError(`Give a path, not a full URL. Did you mean ${new URL(given).pathname}?`, 2)
}

/** Suggests the path most likely meant, or "". */
export function suggestPath(wrong: string, known: Iterable<string>): string {
  const near = nearestPath(wrong.toLowerCase(), known)
  return near === null ? "" : `Did you mean ${near}?`
}

/** The real path of a file, whether or not it exists. */
function realOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realOf(dirname(path)), basename(path))
}

/** The files that an editor's paths name; without paths, all files. @throws CLIError if a path matches no file */
export function selectFiles(root: string, files: readonly string[], paths: readonly string[]): string[] {
  if (paths.length === 0) return [...files]
  const chosen = new Set<string>()
  const all = new Set(files)
  for (const given of paths) {
    const wanted = all.has(given) && !existsSync(given) ? given : toFile(given, root)
    const article = fileOf(`/${wanted.replace(/\.md$/, "")}`)
    // Skips the search for an exact file name: `npm start` passes every file in the folder.
    const found = all.has(wanted)
      ? [wanted]
      : files.filter((file) => wanted === "" || file === article || file.startsWith(`${wanted}/`))
    if (found.length === 0) {
      const hint = suggestPath(wanted, files) || "Give files or folders in the content folder"
      throw new CLIError(`No article at ${given}. ${hint}`, 2)
    }
    for (const file of found) chosen.add(file)
  }
  return files.filter((file) => chosen.has(file))
}

/**
 * A file's bytes and stamp, or null if the file is missing or a symbolic link. The stamp is taken before the bytes are
 * read, so that a change in between is noticed next time. If the file cannot be read, `unreadable` says why.
 */
export function readFile(root: string, file: string) {
  try {
    const descriptor = openSync(join(root, file), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      const found = fstatSync(descriptor)
      const bytes = Buffer.allocUnsafe(Math.min(found.size, mostRead))
      return { stamp: stampOf(found), bytes: bytes.subarray(0, readSync(descriptor, bytes)) }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    const failure = error as NodeJS.ErrnoException
    if (failure.code === "ENOENT" || failure.code === "ELOOP") return null
    return { bytes: Buffer.alloc(0), stamp: null, unreadable: explainFileError(failure) }
  }
}

/** A file's state, as in Git's index: size, mtime and ctime in milliseconds (ctime cannot be set back), inode. */
export type Stamp = readonly [size: number, written: number, changed: number, number: number]

/** The stamps, by path, of a file and the pictures that its digest covers, as they were when the file was read. */
export type Seen = Readonly<Record<string, Stamp>>

/** The stamp of a regular file, or null if there is none. Symbolic links are not followed. */
export const readStamp = (path: string): Stamp | null => stampOf(lstatSync(path, { throwIfNoEntry: false }))

function stampOf(stats: Stats | undefined): Stamp | null {
  return stats?.isFile() ? [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino] : null
}

/** The coarsest timestamp resolution of a file system (FAT), in milliseconds: closer changes may have the same time. */
const coarsest = 2000

/**
 * Returns the stamps of files if they are safe to remember. Undefined if a timestamp is in the future, or so recent
 * that a later change may leave it the same (Git calls such a file racily clean).
 * @param now a time before the stamps were taken, in milliseconds since the epoch
 */
export function rememberFiles(now: number, stamps: Readonly<Record<string, Stamp | null>>): Seen | undefined {
  const settled = Object.values(stamps).every((one) => one && Math.max(one[1], one[2]) < now - coarsest)
  return settled ? (stamps as Seen) : undefined
}

export function isAsSeen(root: string, seen: Seen): boolean {
  return Object.entries(seen).every(([path, kept]) =>
    readStamp(join(root, path))?.every((value, index) => value === kept[index]),
  )
}
