// `export` saves everything on the site to one file; `restore` loads such a file into an empty site.
import { existsSync } from "node:fs"
import { parse, posix, resolve } from "node:path"
import { Readable } from "node:stream"
import * as v from "valibot"
import { checkArchive, readChecked, writeArchive } from "../archive.ts"
import type { CommandSpec, Context } from "../commander.ts"
import {
  type DeskClient,
  expectAnswer,
  fetchPages,
  fetchPicture,
  fetchSite,
  openDesk,
  sendPicture,
} from "../desk-client.ts"
import { CLIError, Count, countOf, formatTime, type Output } from "../output.ts"

const ArchiveShape = v.strictObject({
  file: v.string(),
  rows: Count,
  texts: Count,
  pictures: Count,
  /** Whether the archive includes members, subscribers and editors. */
  people: v.boolean(),
})
const databases = ["catalogue", "people"] as const
type Database = (typeof databases)[number]
const stores = ["articles", "members"] as const
type Store = (typeof stores)[number]
/** How many pictures are fetched at once. */
const atOnce = 6
const tries = 3

type Row = Record<string, string | number | null>
type Add = (name: string, content: Uint8Array | string) => Promise<void>

const fetchArchive = (desk: DeskClient) => expectAnswer(desk.archive.$get())

type Counts = Pick<v.InferOutput<typeof ArchiveShape>, "rows" | "texts" | "pictures">

const listCounts = ({ rows, texts, pictures }: Counts) =>
  `${countOf(rows, "row")}, ${countOf(texts, "text")}, ${countOf(pictures, "picture")}`

export const exportSite = {
  usage: "export <file>",
  summary: "Export everything on the site to one file: texts, pictures, history, redirects and newsletter editions",
  options: [["--people", "include members, subscribers and editors. Keep the file safe"]],
  examples: ["export meridian-2026-11-29.tar.gz", "export backup.tar.gz --people"],
  shape: ArchiveShape,
  async run(context, { args, options, output }) {
    const file = resolve(args[0] ?? "")
    if (existsSync(file)) throw new CLIError(`${file} already exists. Choose another name, or move that file`, 2)
    const desk = openDesk(context)
    const site = await fetchSite(desk)
    if (site.unclean)
      throw new CLIError("Some pictures on the site may contain metadata: run `dateline publish` first", 2)
    const people = options.people === true
    const about = { made: new Date().toISOString(), origin: site.origin, version: site.version, people }
    for (let attempt = 1; ; attempt++)
      try {
        const count = await exportOnce(context, desk, file, about, output)
        output.result({ file, ...count, people })
        output.line(`Wrote ${file}: ${listCounts(count)}${people ? ". It contains personal data: keep it safe" : ""}`)
        return
      } catch (error) {
        if (error !== changed || attempt === tries) throw error
      }
  },
} satisfies CommandSpec

const changed = new CLIError("The site kept changing during the export: try again when nobody is publishing", 4)

/** Makes one attempt at an export. @throws `changed`, without writing a file, if the site changed meanwhile */
async function exportOnce(
  context: Context,
  desk: DeskClient,
  file: string,
  about: Parameters<typeof writeArchive>[1],
  output: Output,
): Promise<Counts> {
  const before = await fetchArchive(desk)
  const count = { rows: 0, texts: 0, pictures: 0 }
  await writeArchive(file, about, async (add) => {
    for (const database of about.people ? databases : databases.slice(0, 1))
      for (const { name } of before[database]) {
        const pictures: Row[] = []
        let page = 0
        for await (const rows of readTable(desk, database, name)) {
          await add(posix.join(database, name, `${String(page++).padStart(6, "0")}.json`), JSON.stringify(rows))
          count.rows += rows.length
          if (name === "media") pictures.push(...rows)
        }
        count.pictures += await exportPictures(context, pictures, add, output)
      }
    for (const store of stores) count.texts += await exportTexts(desk, store, add)
    if ((await fetchArchive(desk)).moment !== before.moment) throw changed
  })
  return count
}

/** The rows of a table, one page at a time. */
async function* readTable(desk: DeskClient, database: Database, table: string): AsyncGenerator<Row[]> {
  for (let after: string | undefined, more = true; more; ) {
    const query = { database, table, after }
    const { rows, next } = await expectAnswer(desk.archive.rows.$get({ query }), "rows")
    if (rows.length > 0) yield rows
    more = next !== null
    after = JSON.stringify(next)
  }
}

async function exportPictures(context: Context, rows: readonly Row[], add: Add, output: Output): Promise<number> {
  const fetchOne = async ({ sha256, extension }: Row) => {
    const picture = { sha256: String(sha256), extension: String(extension) }
    return [`media/${sha256}.${extension}`, await fetchPicture(context, picture)] as const
  }
  let done = 0
  for await (const [name, bytes] of Readable.from(rows).map(fetchOne, { concurrency: atOnce })) {
    await add(name, bytes)
    output.progress(++done, rows.length, "pictures")
  }
  return done
}

async function exportTexts(desk: DeskClient, store: Store, add: Add): Promise<number> {
  const ask = (after: string) => expectAnswer(desk.archive.hashes.$get({ query: { store, after } }), "hashes")
  const pages = await fetchPages(ask)
  const hashes = pages.flatMap((page) => page.hashes)
  for (let index = 0; index < hashes.length; ) {
    const some = hashes.slice(index, index + 40)
    const { texts } = await expectAnswer(desk.archive.texts.$post({ json: { store, hashes: some } }), "texts")
    for (const [at, text] of texts.entries()) await add(`${store}/${some[at]}.md`, text)
    index += texts.length
  }
  return hashes.length
}

export const restore = {
  usage: "restore <file>",
  summary: "Restore an exported file to an empty site. Safe to interrupt and re-run",
  examples: ["restore meridian-2026-11-29.tar.gz --url https://meridian.example"],
  shape: ArchiveShape,
  async run(context, { args, output }) {
    const file = resolve(args[0] ?? "")
    // The whole archive is checked before the first request to the site.
    const { manifest, archive } = await checkArchive(file)
    const desk = openDesk(context)
    await expectAnswer(desk.archive.restore.$post({ json: { archive, people: manifest.people } }))
    const all = Object.keys(manifest.entries).length
    let done = 0
    const progress = () => output.progress(++done, all, "parts")
    const count = await sendParts(desk, archive, readChecked(file, manifest), progress)
    for (let begin = true, left = true; left; begin = false)
      left = (await expectAnswer(desk.archive.restore.search.$post({ json: { archive, begin } }))).left
    await expectAnswer(desk.archive.restore.end.$post({ json: { archive } }))
    output.result({ file, ...count, people: manifest.people })
    output.line(
      `Restored ${listCounts(count)} from ${manifest.origin} (exported ${formatTime(manifest.made)}${manifest.people ? ", including members, subscribers and editors" : ""})`,
    )
  },
} satisfies CommandSpec

/** Sends an archive's entries to the site, texts in batches. @param sent called after each */
async function sendParts(desk: DeskClient, archive: string, parts: AsyncIterable<[string, Buffer]>, sent: () => void) {
  const count = { rows: 0, texts: 0, pictures: 0 }
  let waiting: string[] = []
  let store: Store = "articles"
  const sendTexts = async () => {
    if (waiting.length > 0)
      await expectAnswer(desk.archive.restore.texts.$post({ json: { archive, store, texts: waiting } }))
    waiting = []
  }
  for await (const [name, content] of parts) {
    const [folder = "", table = ""] = name.split("/")
    if (folder === "media") {
      const { name: sha256, ext } = parse(name)
      await sendPicture(desk, { sha256, extension: ext.slice(1) }, new Uint8Array(content))
      count.pictures++
    } else if (folder === "articles" || folder === "members") {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content)
      const isFull = waiting.length === 40 || waiting.join("").length + text.length > 2_000_000
      if (store !== folder || isFull) await sendTexts()
      store = folder
      waiting.push(text)
      count.texts++
    } else count.rows += await sendRows(desk, { archive, database: folder as Database, table }, content)
    sent()
  }
  await sendTexts()
  return count
}

/** Sends a page of a table, in requests of about a megabyte. @returns how many rows it has */
async function sendRows(desk: DeskClient, to: { archive: string; database: Database; table: string }, content: Buffer) {
  const rows = JSON.parse(content.toString("utf8")) as Row[]
  const size = Math.ceil(rows.length / Math.ceil(content.length / 1_000_000))
  for (let index = 0; index < rows.length; index += size)
    await expectAnswer(desk.archive.restore.rows.$post({ json: { ...to, rows: rows.slice(index, index + size) } }))
  return rows.length
}
