// Replaces files atomically, and makes private those that contain keys, sign-in links, addresses or publish records.
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Replaces a file atomically: nobody ever reads a partial file, even if the run is interrupted. */
export function replaceFile(
  file: string,
  contents: string | Uint8Array,
  write: (file: string, contents: string | Uint8Array) => void = writeFileSync,
): void {
  const next = `${file}.${process.pid}.tmp`
  try {
    removeUnfinished(next, () => write(next, contents))
    renameSync(next, file)
  } catch (error) {
    throw Object.assign(error as Error, { path: file })
  }
}

/** Creates a file. @throws if it exists */
export function createFile(file: string, text: string): void {
  removeUnfinished(file, () => writeFileSync(file, text, { flag: "wx" }))
}

/** If the disk is full, deletes the unfinished file and adds its path to the error, which Node omits. */
function removeUnfinished(file: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== "write") throw error
    rmSync(file, { force: true })
    throw Object.assign(error as Error, { path: file })
  }
}

/** Creates a folder that only its owner can open, whatever the umask. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Writes a file that only its owner can read, whatever the umask and its previous mode. */
export function writePrivateFile(file: string, text: string | Uint8Array, flag: "w" | "wx" = "w"): void {
  if (flag === "w" && existsSync(file)) chmodSync(file, 0o600)
  const write = () => writeFileSync(file, text, { mode: 0o600, flag })
  if (flag === "w") write()
  else removeUnfinished(file, write)
  chmodSync(file, 0o600)
}

/** Removes other users' access to a file, or a folder and its contents. Links are skipped: they may lead anywhere. */
export function makePrivate(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink()) return
  chmodSync(path, found.isDirectory() ? 0o700 : 0o600)
  if (found.isDirectory()) for (const name of readdirSync(path)) makePrivate(join(path, name))
}
