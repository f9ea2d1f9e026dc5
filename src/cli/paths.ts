// Addresses and files as editors type them: `/asia/x`, `asia/x`, `content/asia/x.md`, `../elsewhere/asia/x.md`.
import { existsSync, realpathSync } from "node:fs"
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path"
import { CLIError } from "./failure.ts"

/** The site's path of what an editor typed. The content folder need not be there: an address alone needs none. */
export function toPath(given: string, content: string): string {
  return `/${toFile(given, realOf(content)).replace(/\.md$/, "")}`
}

/**
 * What an editor typed, relative to the content folder: a file or folder that is there by that name comes first, then a
 * file that could be.
 * @param root the folder's real path
 */
export function toFile(given: string, root: string): string {
  const there = [given, `${given}.md`].find((path) => existsSync(path))
  const named = there ?? (given.endsWith(".md") || existsSync(dirname(given)) ? given : undefined)
  if (named !== undefined) {
    const inside = relative(root, realOf(named))
    if (inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.split(sep).join("/")
  }
  return given
    .replace(/^\.?\//, "")
    .replace(/^content\//, "")
    .replace(/\/$/, "")
}

/** The real path of a file, or of one that is not there in the folder that is. */
function realOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realOf(dirname(path)), basename(path))
}

/** The files that paths name, as editors type them; none: all. @throws CLIError when a path names nothing */
export function selectFiles(root: string, files: readonly string[], paths: readonly string[] | undefined): string[] {
  if (paths === undefined || paths.length === 0) return [...files]
  const chosen = new Set<string>()
  const all = new Set(files)
  for (const given of paths) {
    if (given === "") throw new CLIError("a path is empty: is a variable not set?", 2)
    const wanted = all.has(given) && !existsSync(given) ? given : toFile(given, root)
    // A file's own name needs no look at all others: `npm start` names each of the folder.
    if (all.has(wanted)) {
      chosen.add(wanted)
      continue
    }
    const found = files.filter((file) => wanted === "" || file === `${wanted}.md` || file.startsWith(`${wanted}/`))
    if (found.length === 0) throw new CLIError(`no article at ${given}: name files or folders of the content folder`, 2)
    for (const file of found) chosen.add(file)
  }
  return files.filter((file) => chosen.has(file))
}
