// Replaces files atomically, and makes private those that contain keys, sign-in links, addresses or publish records.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"

/** Replaces a file atomically: nobody ever reads a partial file, even if the run is interrupted. */
export const replaceFile = (file: string, contents: string | Uint8Array, mode?: number): void =>
  writeWhole(file, contents, mode, renameSync)

/** Creates a file, also atomically. @throws if it exists */
export const createFile = (file: string, contents: string, mode?: number): void =>
  writeWhole(file, contents, mode, (next) => {
    try {
      linkSync(next, file)
    } catch (error) {
      // FAT has no links.
      if ((error as NodeJS.ErrnoException).code === "EEXIST" || existsSync(file)) throw error
      renameSync(next, file)
    }
  })

/** @param finish gives the complete file, which has a temporary name, its own */
function writeWhole(
  file: string,
  contents: string | Uint8Array,
  mode: number | undefined,
  finish: (next: string, file: string) => void,
): void {
  const next = temporaryName(file)
  try {
    removeLeftovers(file)
    writeFileSync(next, contents, { mode })
    if (mode !== undefined) chmodSync(next, mode)
    finish(next, file)
    // A file that was created is linked under both names.
    rmSync(next, { force: true })
  } catch (error) {
    // As on a full disk.
    if (lstatSync(next, { throwIfNoEntry: false })?.isFile()) rmSync(next)
    throw Object.assign(error as Error, { path: file })
  }
}

/** Writes a file of a cache, and its folder. If that fails, the next run does without the file. */
export function writeCache(file: string, contents: string | Uint8Array): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    replaceFile(file, contents)
  } catch {
    // As in a read-only folder.
  }
}

/** The name of a file while this process writes it. */
export const temporaryName = (file: string): string => `${file}.${process.pid}.tmp`

/** Removes temporary files left by runs that were killed while writing this file. */
export function removeLeftovers(file: string): void {
  const prefix = `${basename(file)}.`
  for (const name of readdirSync(dirname(file))) {
    const pid = /^(\d+)\.tmp$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : "")?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(file), name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

/**
 * Creates a folder, and those above it, for its owner only. Node's own `recursive` says ENOENT on a read-only disk, and
 * never returns below /proc. @throws if there is a file in its place, or it cannot be created
 */
export function createFolder(folder: string): void {
  const exists = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  if (exists()) return
  if (dirname(folder) !== folder) createFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!exists()) throw error
  }
}

/** Creates a folder that only its owner can open, whatever the umask. */
export function makePrivateFolder(folder: string): void {
  createFolder(folder)
  chmodSync(folder, 0o700)
}

/** Replaces a file with one that only its owner can read, whatever the umask and its previous mode. */
export const writePrivateFile = (file: string, contents: string | Uint8Array): void =>
  replaceFile(file, contents, 0o600)

/** Removes other users' access to a file, or a folder and its contents. Links are skipped: they may lead anywhere. */
export function makePrivate(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink()) return
  chmodSync(path, found.isDirectory() ? 0o700 : 0o600)
  if (found.isDirectory()) for (const name of readdirSync(path)) makePrivate(join(path, name))
}
