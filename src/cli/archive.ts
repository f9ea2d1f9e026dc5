// Reads and writes archives: gzipped tar files of a site's tables, texts and pictures. The last entry lists checksums.
import { hash } from "node:crypto"
import { createReadStream, createWriteStream, openSync, renameSync, rmSync } from "node:fs"
import { constants } from "node:os"
import { buffer } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"
import { createGunzip, createGzip } from "node:zlib"
import { extract, type Pack, pack } from "tar-stream"
import * as v from "valibot"
import { CLIError } from "./output.ts"
import { removeLeftovers, temporaryName } from "./write-files.ts"

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const
/** The name of the last entry, which lists the checksums of the others. */
const manifestName = "manifest.json"
const ManifestSchema = v.object({
  format: v.literal(1, "it was made by another version of Dateline"),
  /** When the archive was made, in ISO 8601. */
  made: v.pipe(v.string(), v.isoTimestamp()),
  /** The site's address and the version that it ran. */
  origin: v.string(),
  version: v.string(),
  people: v.boolean(),
  /** SHA-256 of each entry, by name. */
  entries: v.record(v.string(), v.string()),
})
type Manifest = v.InferOutput<typeof ManifestSchema>

/**
 * Writes an archive; `add` supplies the entries. The file gets its name only when complete, and only its owner can read
 * it: it contains members-only texts and, if requested, people's addresses.
 */
export async function writeArchive(
  file: string,
  about: Omit<Manifest, "format" | "entries">,
  add: (entry: (name: string, content: Uint8Array | string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const unfinished = temporaryName(file)
  const tar = pack()
  const entries: Record<string, string> = {}
  const interrupt = (signal: NodeJS.Signals) => {
    rmSync(unfinished, { force: true })
    console.error(`Interrupted: ${file} was not written`)
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of interruptions) process.on(signal, interrupt)
  try {
    removeLeftovers(file)
    const target = createWriteStream("", { fd: openSync(unfinished, "w", 0o600), flush: true })
    const written = pipeline(tar, createGzip(), target)
    // Stops as soon as either writing or filling fails.
    await Promise.race([written, fill()])
    await written
    renameSync(unfinished, file)
  } catch (error) {
    tar.destroy()
    rmSync(unfinished, { force: true })
    throw "syscall" in (error as Error) ? Object.assign(error as Error, { path: file }) : error
  } finally {
    for (const signal of interruptions) process.off(signal, interrupt)
  }

  async function fill(): Promise<void> {
    await add(async (name, content) => {
      entries[name] = hash("sha256", content)
      await addEntry(tar, name, content)
    })
    await addEntry(tar, manifestName, JSON.stringify({ format: 1, ...about, entries }))
    tar.finalize()
  }
}

function addEntry(tar: Pack, name: string, content: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = tar.entry({ name, mtime: new Date(0) }, Buffer.from(content), (error) =>
      error ? reject(error) : resolve(),
    )
    // If writing fails, for example because the disk is full, the entry being written emits the error as well.
    entry.on("error", reject)
  })
}

type Entry = [name: string, content: Buffer]

/** An archive's entries in order, its manifest last. @throws CLIError if it cannot be read in full */
async function* readEntries(file: string, advice?: string): AsyncGenerator<Entry> {
  // Opened here, so that a missing file is not reported as a damaged one.
  const descriptor = openSync(file, "r")
  const tar = extract()
  const unpacked = pipeline(createReadStream("", { fd: descriptor }), createGunzip(), tar)
  // The loop reports failures; this only avoids an unhandled rejection.
  unpacked.catch(() => undefined)
  try {
    for await (const entry of tar) yield [entry.header.name, await buffer(entry)]
    await unpacked
  } catch (error) {
    // The file itself could not be read, as when it is a folder.
    if ("syscall" in (error as Error)) throw Object.assign(error as Error, { path: file })
    throw damaged(file, (error as Error).message, advice)
  }
}

const damaged = (file: string, why: string, advice = "Nothing was restored. Use another copy") =>
  new CLIError(`${file} is not a valid archive (${why}). ${advice}`, 1)

/** Whether this is an entry that `export` writes: a text or picture named after its SHA-256, or rows of a table. */
function isEntry(name: string, content: Buffer, sha256: string): boolean {
  const named = /^(?:articles|members|media)\/([0-9a-f]{64})\.[a-z0-9]+$/.exec(name)?.[1]
  if (named !== undefined) return named === sha256
  return /^(?:catalogue|people)\/\w+\/\d+\.json$/.test(name) && v.is(Rows, content.toString("utf8"))
}
const Rows = v.pipe(v.string(), v.parseJson(), v.array(v.looseObject({})))

/** Checks the whole archive before any of it is used. @returns its manifest and the manifest's SHA-256 */
export async function checkArchive(file: string): Promise<{ manifest: Manifest; archive: string }> {
  const found: Record<string, string> = {}
  let text: string | null = null
  for await (const [name, content] of readEntries(file)) {
    if (text !== null || Object.hasOwn(found, name))
      throw damaged(file, `it contains ${name} twice, or after the manifest`)
    const sha256 = hash("sha256", content)
    if (name === manifestName) text = content.toString("utf8")
    else if (isEntry(name, content, sha256)) found[name] = sha256
    else throw damaged(file, `an export does not write ${name} like this`)
  }
  if (text === null) throw damaged(file, "its end is missing")
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), text)
  if (!result.success) throw damaged(file, `its manifest: ${result.issues[0].message}`)
  const { entries } = result.output
  const wrong = Object.keys({ ...entries, ...found }).find((name) => entries[name] !== found[name])
  if (wrong !== undefined) throw damaged(file, `${wrong} does not match the list of contents`)
  return { manifest: result.output, archive: hash("sha256", text) }
}

/** The entries of a checked archive, without its manifest. @throws CLIError if the file has changed since the check */
export async function* readChecked(file: string, { entries }: Manifest): AsyncGenerator<Entry> {
  const advice = "The file changed during the restore. To continue, run the command again with an unchanged copy"
  const left = new Map(Object.entries(entries))
  for await (const [name, content] of readEntries(file, advice)) {
    if (name === manifestName) continue
    if (left.get(name) !== hash("sha256", content)) throw damaged(file, `${name} was changed`, advice)
    left.delete(name)
    yield [name, content]
  }
  if (left.size > 0) throw damaged(file, `${[...left.keys()][0]} is missing`, advice)
}
