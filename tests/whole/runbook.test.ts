// The drills of docs/runbook: each page's incident on a running site, what to do about it, and what that printed.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import sharp from "sharp"
import { afterEach, beforeEach, expect, it } from "vitest"
import { copyProject, type RunningSite, root, runDateline, startSite, waitFor } from "./running-site.ts"
import { signInByMail } from "./sign-in-by-mail.ts"

const pages = join(root, "docs/runbook")
const drills: Record<string, () => Promise<void>> = {
  "A store is down": storeDown,
  "A purge is refused": purgeRefused,
  "A key has leaked": keyLeaked,
  "A deploy is bad": badDeploy,
  "A take-down order": takeDownOrder,
  "Restore from an archive": restoreArchive,
}

const pass = "/asia/tajikistan/pass"
const lake = "/asia/tajikistan/lake"
let folder: string
let site: RunningSite | undefined
let printed: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dateline-runbook-"))
  printed = []
})
afterEach(async () => {
  await site?.stop()
  site = undefined
  rmSync(folder, { recursive: true, force: true })
})

it.each(Object.entries(drills))("%s", async (name, drill) => {
  write(pass, "The pass is open.")
  write(lake, "The lake is full.")
  await drill()
  const page = readdirSync(pages)
    .map((file) => readFileSync(join(pages, file), "utf8"))
    .find((text) => text.startsWith(`# ${name}\n`))
  // What the drill printed is on its page.
  expect(printed.join("\n")).toBe(/```console\n(.*?)\n```/s.exec(page ?? "")?.[1])
})

it("each page of the runbook has a drill, and each drill a page that the index links to", () => {
  const files = readdirSync(pages)
  const index = readFileSync(join(root, "docs/operations.md"), "utf8")
  const headings = files.map((file) => /^# (.*)/.exec(readFileSync(join(pages, file), "utf8"))?.[1])
  expect(headings.sort()).toEqual(Object.keys(drills).sort())
  for (const file of files) expect(index).toContain(`](runbook/${file})`)
})

function write(path: string, words: string, more = ""): void {
  const file = join(folder, "content", `${path}.md`)
  mkdirSync(dirname(file), { recursive: true })
  const title = path.split("/").at(-1)
  writeFileSync(
    file,
    `---\ntitle: The ${title}\nsummary: About the ${title}.\ndate: 2026-01-02\n${more}---\n${words}\n`,
  )
}

async function start(more: { args?: string[]; from?: string } = {}): Promise<RunningSite> {
  site = await startSite({ copy: false, watch: false, folder, ...more })
  return site
}

async function stop(): Promise<void> {
  await site?.stop()
  site = undefined
}

/** Adds a command and its output to what the page shows, without what differs between runs. */
function show(command: string, output: string): void {
  const same = `$ ${command}\n${output}`
    .replaceAll(/http:\/\/localhost:\d+/g, "http://localhost:8787")
    .replaceAll(`${folder}/`, "")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d [A-Z]+/g, "2026-11-29 09:00 CET")
    .replaceAll(/\d+ rows/g, "20 rows")
    .replaceAll(/live after \d+ ms/g, "live after 40 ms")
    .replaceAll(/dl_[\w-]{43}/g, "dl_…")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "5e2f…")
    .replaceAll(/[0-9a-f]{64}/g, "9f86…")
    // Progress.
    .replaceAll(/^\d+ of \d+ .*\n/gm, "")
  printed.push(...same.split("\n").filter(Boolean))
}

/** Runs a command as on the page. */
function run(on: RunningSite, args: readonly string[], { key = on.key, note = "" } = {}) {
  const { code, out, err } = runDateline({ ...on, key }, args)
  const words = args.map((word) => (word.includes(" ") ? JSON.stringify(word) : word))
  show(`npx dateline ${words.join(" ")}${note && `   # ${note}`}`, out + err + (code === 0 ? "" : `exit code ${code}`))
  return { code, out }
}

/** Asks for a page as `curl -sI` does, and shows some of the headers. */
async function look(on: RunningSite, path: string, ...names: string[]): Promise<Response> {
  const response = await fetch(on.url + path, { redirect: "manual" })
  const lines = names.flatMap((name) => (response.headers.has(name) ? [`${name}: ${response.headers.get(name)}`] : []))
  show(`curl -sI ${on.url}${path}`, [`HTTP/1.1 ${response.status}`, ...lines].join("\n"))
  return response
}

/** Shows the first line of the log that contains these words. */
async function grep(on: RunningSite, words: string): Promise<void> {
  const find = () =>
    on
      .printed()
      .split("\n")
      .find((line) => line.includes(words))
  await waitFor(() => find() !== undefined, `"${words}" in the log`)
  show(`grep -m1 "${words}"   # in the log`, find() ?? "")
}

/** The catalogue of a stopped site. */
function openCatalogue(): DatabaseSync {
  const state = join(folder, "state/v3/d1")
  for (const name of readdirSync(state, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".sqlite")) continue
    const database = new DatabaseSync(join(state, name))
    if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'purge_outbox'").get() !== undefined) return database
    database.close()
  }
  throw new Error("no catalogue")
}

async function storeDown(): Promise<void> {
  const on = await start()
  expect((await look(on, pass)).status).toBe(200)
  const blobs = join(on.state, "v3/kv/articles/blobs")
  renameSync(blobs, `${blobs}.away`)
  // What memory has is fresh for ten seconds.
  const cacheStatus = async () => (await fetch(on.url + pass)).headers.get("Cache-Status") ?? ""
  await waitFor(async () => (await cacheStatus()).includes("stale"), "the page to be served stale")
  const warm = await look(on, pass, "Cache-Status")
  expect([warm.status, await warm.text()]).toEqual([200, expect.stringContaining("The pass is open.")])
  const cold = await look(on, `${lake}.md`, "Retry-After", "Cache-Control")
  expect([cold.status, cold.headers.get("Cache-Control")]).toEqual([503, "no-store"])
  await grep(on, "store failed")
  renameSync(`${blobs}.away`, blobs)
  expect((await look(on, `${lake}.md`)).status).toBe(200)
  await waitFor(async () => !(await cacheStatus()).includes("stale"), "the page to be fresh again")
}

async function purgeRefused(): Promise<void> {
  await start()
  await stop()
  const catalogue = openCatalogue()
  // As a refused purge leaves it.
  const enqueue = catalogue.prepare("INSERT INTO purge_outbox (tag, due_at) VALUES (?, ?)")
  for (const tag of [`a:${pass}`, "l:en:/asia", "m:"]) enqueue.run(tag, Date.now() - 300_000)
  catalogue.close()
  const on = await start({ args: ["--empty"] })
  const count = () => JSON.parse(runDateline(on, ["stats", "--json"]).out).purges
  show("npx dateline stats --json | jq .purges", String(count()))
  expect(count()).toBe(3)
  expect(run(on, ["publish", "--no-cards"]).code).toBe(0)
  show("npx dateline stats --json | jq .purges", String(count()))
  expect(count()).toBe(0)
}

async function keyLeaked(): Promise<void> {
  let on = await start()
  const member = await signInByMail(on, "member@reader.example")
  const visit = (cookie: string) => fetch(`${on.url}/account`, { headers: { Cookie: cookie }, redirect: "manual" })
  expect((await visit(member)).status).toBe(200)
  const leaked = /dl_[\w-]+/.exec(run(on, ["editors", "add", "Mallory"]).out)?.[0] ?? ""
  write(pass, "The pass is sold.")
  expect(run(on, ["publish", "--no-cards"], { key: leaked, note: "with the leaked key" }).code).toBe(0)

  expect(run(on, ["editors", "revoke", "Mallory"]).code).toBe(0)
  write(lake, "The lake is sold.")
  expect(run(on, ["publish", "--no-cards"], { key: leaked, note: "with the leaked key" }).code).toBe(4)
  write(lake, "The lake is full.")
  expect(run(on, ["log", pass]).out).toContain("Mallory")
  expect(run(on, ["rollback", pass]).code).toBe(0)
  expect(await (await fetch(on.url + pass)).text()).toContain("The pass is open.")

  const old = on.key
  await stop()
  // On Cloudflare: `npx wrangler secret put DESK_KEY`, and SESSION_KEYS.
  for (const name of ["desk.key", "session.keys"]) rmSync(join(folder, "state", name))
  on = await start({ args: ["--empty"] })
  expect(on.key).not.toBe(old)
  expect(run(on, ["editors", "list"], { key: old, note: "with the old DESK_KEY" }).code).toBe(4)
  expect(run(on, ["editors", "list"], { note: "with the new DESK_KEY" }).code).toBe(0)
  expect((await visit(member)).headers.get("Location")).toContain("/sign-in")
  expect((await visit(await signInByMail(on, "another@reader.example"))).status).toBe(200)
  await look(on, "/account", "Location")
}

async function badDeploy(): Promise<void> {
  let on = await start()
  await stop()
  const bad = join(folder, "bad")
  copyProject(bad)
  const entrypoint = join(bad, "src/reader/entrypoint.ts")
  const code = readFileSync(entrypoint, "utf8")
  const broken = code.replace(
    /^async function buildPage\(.*\{$/m,
    (line) => `${line}\n  if (path !== "") throw new TypeError("a bad release")`,
  )
  expect(broken).not.toBe(code)
  writeFileSync(entrypoint, broken)
  writeFileSync(join(bad, "src/version.ts"), 'export const version = "0.2.0-bad"\n')
  writeFileSync(
    join(bad, "migrations/catalogue/9999_bad.sql"),
    "ALTER TABLE articles ADD COLUMN mood TEXT;\nCREATE TABLE moods (mood TEXT PRIMARY KEY) STRICT;\n",
  )
  const version = async () => show(`curl -s ${on.url}/healthz`, await (await fetch(`${on.url}/healthz`)).text())

  on = await start({ from: bad, args: ["--empty"] })
  await version()
  expect((await look(on, pass)).status).toBe(500)
  await grep(on, "failed")
  await stop()
  // On Cloudflare: `npx wrangler rollback`. The database keeps the bad release's migration.
  on = await start({ args: ["--empty"] })
  await version()
  expect((await look(on, pass)).status).toBe(200)
  write(pass, "The pass is open again.")
  expect(run(on, ["publish", "--no-cards"]).code).toBe(0)
  expect(await (await fetch(on.url + pass)).text()).toContain("open again")
  await stop()
  const catalogue = openCatalogue()
  expect(catalogue.prepare("SELECT mood FROM articles").all()).toHaveLength(2)
  catalogue.close()
}

async function takeDownOrder(): Promise<void> {
  const image = { create: { width: 900, height: 600, channels: 3, background: "#236" } } as const
  mkdirSync(join(folder, "content/asia/tajikistan"), { recursive: true })
  await sharp(image).jpeg().toFile(join(folder, "content/asia/tajikistan/pass.jpg"))
  write(
    pass,
    "The canary says who.\n\n<!-- members-only -->\n\nThe canary says why.",
    "image: { src: ./pass.jpg, alt: A canary }\n",
  )
  const on = await start()
  const page = await (await fetch(on.url + pass)).text()
  const picture = /\/media\/[0-9a-f]{64}\.\w+/.exec(page)?.[0] ?? ""
  expect((await fetch(on.url + picture)).status).toBe(200)
  expect(run(on, ["unpublish", pass, "--reason", "Court order 12/345"]).code).toBe(0)
  // Still there for editors, and the picture for anyone with its address.
  expect(JSON.parse(runDateline(on, ["log", pass, "--json"]).out)).toMatchObject([{ erased: false }, { erased: false }])
  expect((await fetch(on.url + picture)).status).toBe(200)
  expect(run(on, ["erase", pass, "--reason", "Court order 12/345"]).code).toBe(0)
  expect(run(on, ["log", pass]).out).toContain("(erased)")
  expect(run(on, ["rollback", pass]).code).not.toBe(0)
  expect((await look(on, pass)).status).toBe(410)
  expect((await fetch(`${on.url}${pass}.md`)).status).toBe(410)
  expect((await look(on, picture)).status).toBe(404)
  for (const path of ["/", "/asia/tajikistan", "/feed.xml", "/search?q=canary", "/sitemaps/2026-01.xml"])
    expect(await (await fetch(on.url + path)).text()).not.toMatch(/canary says|tajikistan\/pass"/)
  await stop()

  // No store has a word or a picture of it.
  const kv = join(folder, "state/v3/kv")
  const blobs = readdirSync(kv, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/blobs/"))
  for (const name of blobs) expect(readFileSync(join(kv, name), "latin1"), name).not.toMatch(/canary/)
  expect(blobs.filter((name) => name.startsWith("media/"))).toEqual([])
  const catalogue = openCatalogue()
  const tables = catalogue
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search\\_%' ESCAPE '\\'")
    .all()
  for (const { name } of tables) {
    if (String(name).startsWith("_cf_")) continue
    expect(JSON.stringify(catalogue.prepare(`SELECT * FROM "${name}"`).all()), String(name)).not.toMatch(/canary/)
  }
  expect(catalogue.prepare("SELECT count(*) AS n FROM search_text WHERE body LIKE '%canary%'").get()).toEqual({ n: 0 })
  catalogue.close()
}

async function restoreArchive(): Promise<void> {
  let on = await start()
  await signInByMail(on, "member@reader.example")
  const archive = join(folder, "site.tar.gz")
  expect(run(on, ["export", archive, "--people"]).code).toBe(0)
  const read = async (path: string) => (await (await fetch(on.url + path)).text()).replaceAll(String(on.port), "PORT")
  const paths = ["/", "/asia", pass, `${pass}.md`, lake, "/feed.xml", "/search?q=pass"]
  const before = await Promise.all(paths.map(read))
  await stop()
  rmSync(join(folder, "state"), { recursive: true })
  on = await start({ args: ["--empty"] })
  expect((await look(on, pass)).status).toBe(404)
  expect(run(on, ["restore", archive]).code).toBe(0)
  expect((await look(on, pass)).status).toBe(200)
  expect(await Promise.all(paths.map(read))).toEqual(before)
  expect(run(on, ["publish", "--no-cards"]).out).toContain("0 published, 2 unchanged")
  expect(JSON.parse(runDateline(on, ["stats", "--json"]).out).members.now).toBe(1)
}
