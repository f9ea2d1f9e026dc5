// The editor's folder: markdown files and the pictures beside them. Only regular files below its real path.
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { CLIError } from "./failure.ts"

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

/** A file's bytes; null when it is gone. @throws CLIError when it cannot be read */
export function readFile(root: string, file: string): Buffer | null {
  try {
    return readFileSync(join(root, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new CLIError(`${join(root, file)} cannot be read: ${(error as Error).message}`, 2)
  }
}
