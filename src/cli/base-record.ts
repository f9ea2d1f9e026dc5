// Which revision each file of the folder was derived from, by site: what makes a second editor's overwrite a conflict.
import { readFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import { digestOf } from "../article/picture-types.ts"
import { isAsSeen, pathOf, readFile, rememberFile, type Seen } from "./folder.ts"
import { makePrivateFolder, writePrivateFile } from "./private-files.ts"

interface Base {
  revision: number
  digest: string
  /** What the file was when it had this digest. Without: it is read. */
  seen?: Seen
  /** What was being sent when the run was cut: if the site has it, it was ours. */
  pending?: string
}

/**
 * The revision that a file is derived from: what was recorded, or what the site has if a run that was interrupted sent
 * that very text. Undefined: there is no record.
 */
export function recallBase(
  record: BaseRecord | null,
  path: string,
  head: { readonly revision: number; readonly digest: string } | undefined,
): number | undefined {
  const base = record?.get(path)
  return head !== undefined && base?.pending === head.digest ? head.revision : base?.revision
}

export interface BaseRecord {
  get(path: string): Base | undefined
  set(path: string, base: Base): void
  delete(path: string): void
  save(): void
}

/** Opens `CONTENT/.dateline/{siteId}.json`; a damaged one counts as none. */
export function openBaseRecord(root: string, siteId: string): BaseRecord {
  const folder = join(root, ".dateline")
  const file = join(folder, `${siteId}.json`)
  const bases = new Map<string, Base>(readBases(file))
  let saved = true
  return {
    get: (path) => bases.get(path),
    set(path, base) {
      bases.set(path, base)
      saved = false
    },
    delete(path) {
      bases.delete(path)
      saved = false
    },
    save() {
      if (saved) return
      makePrivateFolder(folder)
      const next = `${file}.${process.pid}.tmp`
      writePrivateFile(next, JSON.stringify(Object.fromEntries(bases)))
      renameSync(next, file)
      saved = true
    },
  }
}

function readBases(file: string): [string, Base][] {
  try {
    return Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Base>).filter(([, base]) =>
      isBase(base),
    )
  } catch {
    return []
  }
}

/** What somebody wrote into the record that is none of ours counts as none. */
function isBase(base: Base | null): boolean {
  if (typeof base?.revision !== "number" || typeof base.digest !== "string") return false
  if (base.seen === undefined) return true
  const { stamp, pictures = {} } = base.seen ?? {}
  const isMap = typeof pictures === "object" && pictures !== null
  return isMap && [stamp, ...Object.values(pictures)].every((one) => Array.isArray(one) && one.length === 4)
}

/** A file before it is parsed. */
export interface FileDigest {
  readonly file: string
  readonly path: string
  /** As `digestOf` makes it; of a file that was read, as it makes it where no picture is named. */
  readonly digest: string
  readonly seen: Seen | null
}

/** What each file is by its digest: from the record where the file is as it was, otherwise by reading it. */
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
    // Gone since the folder was listed: it is not part of this run.
    if (read === null) continue
    digests.set(file, { file, path, digest: await digestOf(read.bytes, {}), seen: rememberFile(now, read.stamp) })
  }
  return digests
}
