// Pictures from an editor's folder to a reader: nothing that the site serves contains metadata, even where an earlier
// version published some.
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"
import sharp from "sharp"
import { afterAll, beforeAll, expect, it } from "vitest"
import { findMetadata } from "../../src/article/media-metadata.ts"
import { hash, writeOldState } from "../stand-ins/old-state.ts"
import { type RunningSite, runDateline, startSite } from "./running-site.ts"

const river = "/asia/nepal/open-river"
const exif = { IFD0: { Make: "Camera" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "38/1 33/1 0/1" } }
const picture = () => sharp({ create: { width: 60, height: 40, channels: 3, background: "red" } })
const noise = { type: "gaussian", mean: 128, sigma: 60 } as const
const photo = () => sharp({ create: { width: 600, height: 400, channels: 3, background: "red", noise } }).blur(2)
let folder: string
let old: string
let site: RunningSite

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-pictures-"))
  await writeOldState(folder)
  old = await plantDirtyPicture()
  site = await startSite({ copy: false, watch: false, folder })
})
afterAll(async () => {
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Statement {
  bind(...values: unknown[]): Statement
  run(): Promise<unknown>
  all(): Promise<{ results: unknown[] }>
  first(column: string): Promise<unknown>
}
interface Database {
  prepare(query: string): Statement
}
interface Store {
  get(key: string): Promise<unknown>
  put(key: string, value: Uint8Array, options: { metadata: object }): Promise<void>
  delete(key: string): Promise<void>
}

/** The stores of a site that is not running. */
async function openStores<T>(use: (db: Database, media: Store) => Promise<T>): Promise<T> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      telemetry: { enabled: false },
      resourcePersistencePath: join(folder, "state/v3"),
      kvNamespaces: { MEDIA: "media" },
      d1Databases: { CATALOGUE: "catalogue" },
    }),
  )
  try {
    const db = (await miniflare.getD1Database("CATALOGUE")) as unknown as Database
    return await use(db, (await miniflare.getKVNamespace("MEDIA")) as unknown as Store)
  } finally {
    await miniflare.dispose()
  }
}

/** Replaces the old site's picture by a rotated one with GPS data, in the folder, in KV and in every row. */
async function plantDirtyPicture(): Promise<string> {
  const file = join(folder, "content/asia/nepal/river.png")
  const was = hash(readFileSync(file))
  const { width, height } = await sharp(file).metadata()
  const dirty = await photo().withExif(exif).withMetadata({ orientation: 6 }).png().toBuffer()
  const sha256 = hash(dirty)
  writeFileSync(file, dirty)
  const source = readFileSync(join(folder, `content${river}.md`))
  const media = { "./river.png": { sha256, extension: "png", width: 600, height: 400 } }
  const digest = createHash("sha256")
    .update(source)
    .update(`\n${JSON.stringify(media)}`)
    .digest("hex")
  await openStores(async (db, kv) => {
    await kv.put(sha256, dirty, { metadata: { extension: "png", size: dirty.length, at: 1 } })
    await kv.delete(was)
    const head = await db.prepare("SELECT digest FROM articles WHERE path = ?1").bind(river).first("digest")
    const size = [`"width":${width},"height":${height}`, '"width":600,"height":400'] as const
    for (const [table, column] of [
      ["articles", "details"],
      ["revisions", "media"],
    ] as const)
      for (const [from, to] of [size, [was, sha256]] as const)
        await db.prepare(`UPDATE ${table} SET ${column} = replace(${column}, ?1, ?2)`).bind(from, to).run()
    await db.prepare("UPDATE media SET sha256 = ?2 WHERE sha256 = ?1").bind(was, sha256).run()
    for (const table of ["articles", "revisions"])
      await db.prepare(`UPDATE ${table} SET digest = ?2 WHERE digest = ?1`).bind(head, digest).run()
  })
  return sha256
}

/** The command line blocks this process for so long that the site closes idle connections, so none is reused. */
const ask = (path: string) => fetch(site.url + path, { headers: { Connection: "close" } })
const read = async (path: string) => (await ask(path)).text()
const picturesOf = (page: string) => [...new Set(page.match(/\/media\/[0-9a-f]{64}\.(?:jpg|png|webp)/g))]

const widthsOf = (page: string) =>
  /<(?:img|source) [^>]*srcset="([^"]*)"/
    .exec(page)?.[1]
    ?.match(/\d+(?=w)/g)
    ?.join(" ")

async function expectClean(path: string): Promise<void> {
  const response = await ask(path)
  expect([path, response.status]).toEqual([path, 200])
  expect(findMetadata(new Uint8Array(await response.arrayBuffer()), path.split(".")[1] ?? "")).toBeNull()
}

it("the first publish after an upgrade replaces pictures that have metadata, and makes smaller files, without new revisions", async () => {
  expect(site.printed()).toContain("Removing metadata from 1 picture published earlier")
  expect(site.printed()).toContain("Making smaller versions of 1 picture published earlier")
  expect(site.printed()).not.toMatch(/Published/)
  const page = await read(river)
  expect(page).not.toContain(old)
  expect(page).toMatch(/\.png"[^>]* width="400" height="600"/)
  expect((await ask(`/media/${old}.png`)).status).toBe(404)
  expect(widthsOf(page)).toBe("160 240 320 400")
  for (const path of picturesOf(page).filter((one) => !one.endsWith(".jpg"))) await expectClean(path)
  expect(runDateline(site, ["log", river]).out).toMatch(/^\D*4\b/)
})

it("a rollback to an earlier revision shows the clean picture", async () => {
  const file = join(site.content, `${river}.md`)
  writeFileSync(file, readFileSync(file, "utf8").replace("The third edition", "The fourth edition"))
  expect(runDateline(site, ["publish", "--no-cards"])).toMatchObject({ code: 0 })
  expect(await read(river)).toContain("The fourth edition says so.")
  expect(runDateline(site, ["rollback", river, "4"])).toMatchObject({ code: 0, err: "" })
  const page = await read(river)
  expect([page.includes("The third edition says so."), page.includes(old)]).toEqual([true, false])
  expect(widthsOf(page)).toBe("160 240 320 400")
  expect(page).toMatch(/\.png"[^>]* width="400" height="600"/)
})

it("a new picture is upright and clean everywhere on the page, and an unchanged folder sends nothing", async () => {
  const nepal = join(site.content, "asia/nepal")
  mkdirSync(nepal, { recursive: true })
  writeFileSync(join(nepal, "a.jpg"), await picture().withExif(exif).withMetadata({ orientation: 8 }).jpeg().toBuffer())
  writeFileSync(join(nepal, "b.webp"), await picture().withExif(exif).webp().toBuffer())
  const front = "title: New\nsummary: Of pictures.\ndate: 2024-01-01\naccess: open\nimage: { src: a.jpg, alt: A }"
  writeFileSync(join(nepal, "new.md"), `---\n${front}\n---\n\nWords.\n\n![B](b.webp)\n`)
  expect(runDateline(site, ["publish", "--no-cards", "asia/nepal/new"])).toMatchObject({ code: 0 })
  // What follows shows other articles' pictures.
  const [page = ""] = (await read("/asia/nepal/new")).split("</article>")
  expect(picturesOf(page)).toHaveLength(2)
  for (const path of picturesOf(page)) await expectClean(path)
  for (const part of ['og:image:width" content="40"', 'og:image:height" content="60"']) expect(page).toContain(part)
  expect(page).toMatch(/\.jpg"[^>]* width="40" height="60"/)
  const cache = join(site.content, ".dateline/pictures.json")
  const before = statSync(cache).mtimeMs
  expect(runDateline(site, ["publish", "--no-cards", "asia/nepal/new"]).out).toContain("0 published, 1 unchanged")
  expect(statSync(cache).mtimeMs).toBe(before)
})

it("`check` and `publish` report a damaged picture with its position and fix", async () => {
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const
  const whole = await sharp({ create: { width: 400, height: 300, channels: 3, background: "red", noise } })
    .jpeg()
    .toBuffer()
  writeFileSync(join(site.content, "asia/nepal/cut.jpg"), whole.subarray(0, whole.length / 2))
  const text = "---\ntitle: Cut\nsummary: Of a picture.\ndate: 2024-01-01\n---\n\n![Cut](cut.jpg)\n"
  writeFileSync(join(site.content, "asia/nepal/cut.md"), text)
  for (const command of ["check", "publish"]) {
    const { code, err } = runDateline(site, [command, "asia/nepal/cut"])
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^asia\/nepal\/cut\.md:7:\d+.*cut\.jpg is damaged or incomplete.*save it again/),
    ])
    expect(err).not.toContain(" at ")
  }
})

it("the old bytes are gone from the stores", async () => {
  await site.stop()
  await openStores(async (db, kv) => {
    expect(await kv.get(old)).toBeNull()
    const { results } = await db.prepare("SELECT sha256 FROM media WHERE sha256 = ?1 OR clean = 0").bind(old).all()
    expect(results).toEqual([])
    const { results: naming } = await db
      .prepare("SELECT path FROM articles WHERE instr(record, ?1) > 0")
      .bind(old)
      .all()
    expect(naming).toEqual([])
  })
})
