// Replaces files whole, and keeps those private that hold keys, sign-in links, addresses or what was published.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Replaces a file at once: a reader never gets a part of it, and neither does an interrupted run leave one. */
export function replaceFile(
  file: string,
  contents: string | Uint8Array,
  write: (file: string, contents: string | Uint8Array) => void = writeFileSync,
): void {
  const next = `${file}.${process.pid}.tmp`
  write(next, contents)
  renameSync(next, file)
}

/** Creates a folder that only its owner can open, whatever the umask. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Writes a file that only its owner can read, whatever the umask and its previous mode. */
export function writePrivateFile(file: string, text: string | Uint8Array, flag: "w" | "wx" = "w"): void {
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
