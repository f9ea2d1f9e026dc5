// Makes files private to their owner: keys, mail with sign-in links, databases, the record of what was published.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Creates a folder that only its owner can open, whatever the umask. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Writes a file that only its owner can read, whatever the umask and its previous mode. */
export function writePrivateFile(file: string, text: string, flag: "w" | "wx" = "w"): void {
  if (flag === "w" && existsSync(file)) chmodSync(file, 0o600)
  writeFileSync(file, text, { mode: 0o600, flag })
  chmodSync(file, 0o600)
}

/** Removes other users' access to a file, or a folder and its contents. Links are skipped: they may lead anywhere. */
export function makePrivate(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink()) return
  chmodSync(path, found.isDirectory() ? 0o700 : 0o600)
  if (found.isDirectory()) for (const name of readdirSync(path)) makePrivate(join(path, name))
}
