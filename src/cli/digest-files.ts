// What each file of the folder is, by its digest: from the record where the file is as it was, else by reading it.
import { createHash } from "node:crypto"
import type { BaseRecord } from "./base-record.ts"
import { isAsSeen, rememberFile, type Seen } from "./file-stamps.ts"
import { pathOf, readFile } from "./folder.ts"

/** A file before it is parsed. */
export interface FileDigest {
  readonly file: string
  readonly path: string
  /** As `digestOf` makes it; of a file that was read, as it makes it where no picture is named. */
  readonly digest: string
  /** Its front matter may speak of other articles. */
  readonly mentions: boolean
  readonly seen: Seen | null
}

/** Files a turn: what the desk answers meanwhile is not kept waiting. */
const filesATurn = 64

/** The digests of files that are as the record has seen them; the others are left to be read. */
export async function recallDigests(
  root: string,
  files: readonly string[],
  record: BaseRecord,
): Promise<Map<string, FileDigest>> {
  const digests = new Map<string, FileDigest>()
  for (const [index, file] of files.entries()) {
    if (index % filesATurn === 0) await new Promise(setImmediate)
    const path = pathOf(file)
    const base = record.get(path)
    if (base?.seen === undefined || !isAsSeen(root, file, base.seen)) continue
    const { digest, seen } = base
    digests.set(file, { file, path, digest, mentions: seen.mentions === true, seen })
  }
  return digests
}

/** Reads and hashes files. */
export async function digestFiles(root: string, files: readonly string[]): Promise<Map<string, FileDigest>> {
  const digests = new Map<string, FileDigest>()
  const now = Date.now()
  for (const [index, file] of files.entries()) {
    if (index % filesATurn === 0) await new Promise(setImmediate)
    const read = readFile(root, file)
    // Gone since the folder was listed: it is no part of this run.
    if (read === null) continue
    const { bytes, stamp } = read
    const mentions = mayMention(bytes)
    digests.set(file, {
      file,
      path: pathOf(file),
      digest: createHash("sha256").update(bytes).update(noPictures).digest("hex"),
      mentions,
      seen: rememberFile(now, stamp, mentions),
    })
  }
  return digests
}

/** May a file's front matter speak of other articles? YAML may spell a key with escapes: `"alias\x65s"`. */
function mayMention(bytes: Buffer): boolean {
  const end = bytes.indexOf("\n---", 3)
  const front = end === -1 ? bytes : bytes.subarray(0, end)
  return ["aliases", "translationOf", "\\"].some((word) => front.includes(word))
}

/** What `digestOf` adds where there is no picture. */
const noPictures = "\n{}"
