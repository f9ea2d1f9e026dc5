// The editor's folder: markdown files and the pictures beside them. Only regular files below its real path.
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { CLIError } from "./failure.ts"
import { type Stamp, stampOf } from "./file-stamps.ts"

const mostFiles = 200_000
/** Far deeper than any address: files too deep for one are still reported. */
const deepest = 32

/** Relative paths of the folder's markdown files, sorted. Symbolic links and dot folders are passed over. */
export function listFiles(root: string): string[] {
  const files: string[] = []
  const walk = (folder: string, depth: number): void => {
    if (depth > deepest) return
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue
      if (entry.isDirectory()) walk(`${folder}${entry.name}/`, depth + 1)
      else if (entry.isFile() && entry.name.endsWith(".md")) files.push(folder + entry.name)
      if (files.length > mostFiles)
        throw new CLIError(`${root} holds more than ${mostFiles} articles: is it the right folder?`, 2)
    }
  }
  walk("", 0)
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

/** The address of a file's article. */
export function pathOf(file: string): string {
  return `/${file.slice(0, -".md".length)}`
}

/**
 * A file's bytes and its stamp; null when it is gone, or a symbolic link by now. The stamp is from before the reading: what
 * is changed between the two is read again the next time. @throws CLIError when it cannot be read
 */
export function readFile(root: string, file: string): { bytes: Buffer; stamp: Stamp | null } | null {
  const path = join(root, file)
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      return { stamp: stampOf(fstatSync(descriptor)), bytes: readFileSync(descriptor) }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ELOOP") return null
    throw new CLIError(`${path} cannot be read: ${message}`, 2)
  }
}
