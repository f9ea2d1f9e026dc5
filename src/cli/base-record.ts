// Records the revision that each file in the folder is based on, per site, to detect conflicts with other editors.
import { existsSync, readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { digestOf } from "../article/picture-types.ts"
import { isAsSeen, pathOf, readFile, rememberFile, type Seen } from "./folder.ts"
import { makePrivateFolder, writePrivateFile } from "./private-files.ts"

const Stamp = v.tuple([v.number(), v.number(), v.number(), v.number()])
const Base = v.object({
  revision: v.number(),
  digest: v.string(),
  /** The file's stamps when it had this digest. If missing, the file is read. */
  seen: v.optional(v.object({ stamp: Stamp, pictures: v.optional(v.record(v.string(), Stamp)) })),
  /** The digest being sent when a run was interrupted: if the site has it, this folder published it. */
  pending: v.optional(v.string()),
})
type Base = Omit<v.InferOutput<typeof Base>, "seen"> & { seen?: Seen }

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

/** Opens `CONTENT/.dateline/{siteId}.json`. Damaged entries are ignored. */
export function openBaseRecord(root: string, siteId: string) {
  const folder = join(root, ".dateline")
  const file = join(folder, `${siteId}.json`)
  let saved = existsSync(file) ? readFileSync(file, "utf8") : "{}"
  const bases = new Map(readBases(saved))
  return {
    get: (path: string) => bases.get(path),
    set: (path: string, base: Base) => void bases.set(path, base),
    save() {
      const text = JSON.stringify(Object.fromEntries(bases))
      if (text === saved) return
      makePrivateFolder(folder)
      const next = `${file}.${process.pid}.tmp`
      writePrivateFile(next, text)
      renameSync(next, file)
      saved = text
    },
  }
}

function readBases(text: string): [string, Base][] {
  try {
    return Object.entries(JSON.parse(text) as Record<string, Base>).filter(([, base]) => v.is(Base, base))
  } catch {
    return []
  }
}

/** A file before it is parsed. */
export interface FileDigest {
  readonly file: string
  readonly path: string
  /** From `digestOf`. If the file had to be read here, it does not cover pictures. */
  readonly digest: string
  readonly seen: Seen | null
}

/** Each file's digest: from the record if the file is unchanged, otherwise by reading it. */
export async function digestFiles(
  root: string,
  files: readonly string[],
  record: BaseRecord | null,
): Promise<Map<string, FileDigest>> {
  const digests = new Map<string, FileDigest>()
  const now = Date.now()
  for (const file of files) {
    const path = pathOf(file)
    const { digest, seen } = record?.get(path) ?? {}
    if (digest !== undefined && seen !== undefined && isAsSeen(root, file, seen)) {
      digests.set(file, { file, path, digest, seen })
      continue
    }
    const read = readFile(root, file)
    // Deleted since the folder was listed, so not part of this run.
    if (read === null) continue
    digests.set(file, { file, path, digest: await digestOf(read.bytes, {}), seen: rememberFile(now, read.stamp) })
  }
  return digests
}
