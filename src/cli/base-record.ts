// Records the revision that each file in the folder is based on, per site, to detect conflicts with other editors.
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { digestSuffix, type MediaUpload } from "../article/media-types.ts"
import { isAsSeen, pathOf, readFile, rememberFiles, type Seen } from "./content-folder.ts"
import { explainFileError, type Report } from "./output.ts"
import { makePrivateFolder, writePrivateFile } from "./write-files.ts"

export interface Base {
  readonly revision: number
  readonly digest: string
  /** The stamps of the file and its pictures when it had this digest. If missing, the file is read. */
  readonly seen?: Seen
  /** The digest being sent when a run was interrupted: if the site has it, this folder published it. */
  readonly pending?: string
}

/** The revision that a file is based on according to the record, or undefined if the record does not say. */
export function recallBase(
  record: BaseRecord | null,
  path: string,
  head: { readonly revision: number; readonly digest: string } | undefined,
): number | undefined {
  const base = record?.get(path)
  return head !== undefined && base?.pending === head.digest ? head.revision : base?.revision
}

export type BaseRecord = ReturnType<typeof openBaseRecord>

/** Opens `CONTENT/.dateline/{siteId}.json`. A damaged record counts as empty. */
export function openBaseRecord(root: string, siteId: string) {
  const folder = join(root, ".dateline")
  const file = join(folder, `${siteId}.json`)
  const ignore = join(folder, ".gitignore")
  let saved = existsSync(file) ? readFileSync(file, "utf8") : "{}"
  const bases = new Map(readBases(saved))
  let writable = true
  return {
    get: (path: string) => bases.get(path),
    set: (path: string, base: Base) => void bases.set(path, base),
    /** @param report called once instead of throwing if the record cannot be written, as in a read-only checkout */
    save(report?: Report) {
      const text = JSON.stringify(Object.fromEntries(bases))
      if (text === saved || !writable) return
      try {
        makePrivateFolder(folder)
        // In a clone, a record that was committed would be older than the site, and each edit a conflict.
        if (!existsSync(ignore)) writePrivateFile(ignore, "*\n")
        writePrivateFile(file, text)
        saved = text
      } catch (error) {
        if (report === undefined) throw error
        writable = false
        report(`${folder} cannot be written: ${explainFileError(error as Error)}. ${withoutRecord}`)
      }
    },
  }
}

const withoutRecord =
  "Make it writable: without a record of what was published, later edits are conflicts, except in a Git repository"

function readBases(text: string): [string, Base][] {
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    return []
  }
}

/** An article's digest, by which the site knows its text and pictures. */
export const digestOf = (source: string | Uint8Array, media: Readonly<Record<string, MediaUpload>>): string =>
  createHash("sha256").update(source).update(digestSuffix(media)).digest("hex")

/** A file's digest and stamps, or null if it does not exist. If it had to be read, the digest excludes its pictures. */
export function digestFile(root: string, file: string, record: BaseRecord | null) {
  const { digest, seen } = record?.get(pathOf(file)) ?? {}
  if (digest !== undefined && seen && isAsSeen(root, seen)) return { digest, seen }
  const now = Date.now()
  const read = readFile(root, file)
  if (read === null) return null
  return { digest: digestOf(read.bytes, {}), seen: rememberFiles(now, { [file]: read.stamp }) }
}
