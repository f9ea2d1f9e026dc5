// Addresses and files as editors type them: `/asia/x`, `asia/x`, `content/asia/x.md`, `../elsewhere/asia/x.md`.
import { existsSync, realpathSync } from "node:fs"
import { isAbsolute, relative, sep } from "node:path"

/** The site's path of what an editor typed. */
export function toPath(given: string, root?: string): string {
  return `/${toFile(given, root).replace(/\.md$/, "")}`
}

/** What an editor typed, relative to the content folder: a file or folder that is there by that name comes first. */
export function toFile(given: string, root?: string): string {
  const there = [given, `${given}.md`].find((path) => existsSync(path))
  if (root !== undefined && there !== undefined) {
    const inside = relative(root, realpathSync(there))
    if (inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) return inside.split(sep).join("/")
  }
  return given
    .replace(/^\.?\//, "")
    .replace(/^content\//, "")
    .replace(/\/$/, "")
}
