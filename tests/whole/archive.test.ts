// `dateline export` and `restore`: the same site again, from one file.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSite, root, runDateline, startSite, waitFor } from "./running-site.ts"

const folder = mkdtempSync(join(tmpdir(), "dateline-archive-"))
const file = join(folder, "site.tar.gz")
const gone = "/asia/tajikistan/lake-sarez"
const [from, to] = ["/asia/kazakhstan/north-aral-dam", "/asia/kazakhstan/the-north-aral"]
let old: RunningSite
let pages: Map<string, string>
let history: string
let editions: unknown[]

const run = (site: RunningSite, ...args: string[]) => {
  const { code, out, err } = runDateline(site, args)
  // Progress is also written there.
  expect([args.join(" "), code, err.replace(/^\d+ of \d+ .*\n/gm, "")]).toEqual([args.join(" "), 0, ""])
  return out
}

/** The SHA-256 of what each address answers, without the port. */
async function hashPages(site: RunningSite): Promise<Map<string, string>> {
  const read = async (path: string) => {
    const response = await fetch(site.url + path, { redirect: "manual" })
    const text = Buffer.from(await response.arrayBuffer()).toString("latin1")
    const to = response.headers.get("location") ?? ""
    return {
      status: response.status,
      all: `${response.status} ${to} ${text}`.replaceAll(String(site.port), "PORT"),
      text,
    }
  }
  const found = new Map<string, string>()
  const more = [
    "/",
    "/fr",
    "/ar",
    "/asia",
    "/asia/tajikistan",
    "/topics/water",
    "/feed.xml",
    "/fr/feed.json",
    "/sitemap.xml",
  ]
  const searches = [
    "/search?q=glaciers",
    "/search?q=privacy",
    "/fr/search?q=eau",
    "/ar/search?q=%D8%A7%D9%84%D9%85%D9%8A%D8%A7%D9%87",
  ]
  const queue = [...more, ...searches, "/corrections", "/llms.txt", gone, from, to, `/newsletter/${today()}`]
  for (const [, path = ""] of (await read("/sitemap.xml")).text.matchAll(/<loc>http:\/\/[^/]+([^<]*)</g))
    for (const [, article = ""] of (await read(path)).text.matchAll(/<loc>http:\/\/[^/]+([^<]*)</g))
      queue.push(article, `${article}.md`)
  for (const path of queue) {
    const { all, text } = await read(path)
    found.set(path, createHash("sha256").update(all).digest("hex"))
    for (const [picture] of text.matchAll(/\/media\/[0-9a-f]{64}\.\w+/g))
      if (!queue.includes(picture)) queue.push(picture)
  }
  return found
}

const today = () => new Intl.DateTimeFormat("sv", { timeZone: "Europe/Zurich" }).format(new Date())

const historyOf = (site: RunningSite) =>
  [gone, to, "/asia/nepal/rebuilding-after-gorkha"].map((path) => runDateline(site, ["log", path, "--json"]).out).join()

const editionsOf = (site: RunningSite): unknown[] => JSON.parse(run(site, "stats", "--json")).editions

beforeAll(async () => {
  old = await startSite({ copy: true, watch: false })
  run(old, "unpublish", gone, "--reason", "for this test")
  run(old, "move", from, to)
  run(old, "members", "grant", "member@reader.example")
  run(old, "editors", "add", "Ann")
  run(old, "headlines", "send", today())
  pages = await hashPages(old)
  history = historyOf(old)
  editions = editionsOf(old)
  expect(editions).not.toEqual([])
  run(old, "export", file, "--people")
})
afterAll(async () => {
  await old?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe("an exported site", () => {
  it("is restored whole into an empty one, even after an interruption", async () => {
    expect(pages.size).toBeGreaterThan(100)
    // It contains addresses and members' texts.
    expect(statSync(file).mode & 0o077).toBe(0)
    let site = await startSite({ copy: false, watch: false })
    try {
      // A site that already has people is left alone.
      run(site, "members", "grant", "earlier@reader.example")
      const early = runDateline(site, ["restore", file])
      expect([early.code, early.err]).toEqual([3, expect.stringContaining("has members or subscribers")])
      await site.stop()
      site = await startSite({ copy: false, watch: false })
      const args = [join(root, "src/cli/main.ts"), "restore", file, "--url", site.url]
      const env = { ...process.env, DATELINE_KEY: site.key }
      const cut = spawn(process.execPath, args, { stdio: "ignore", env })
      await waitFor(
        () => runDateline(site, ["list", "--json"]).out !== "[]\n" || cut.exitCode !== null,
        "the first article",
      )
      cut.kill("SIGKILL")
      expect(run(site, "restore", file)).toContain(", including members, subscribers and editors)")
      expect(await hashPages(site)).toEqual(pages)
      expect(historyOf(site)).toBe(history)
      expect(run(site, "members", "list", "--json")).toContain("member@reader.example")
      expect(run(site, "editors", "list", "--json")).toContain("Ann")
      // The old site's cron may have planned another one during or after the export.
      const restored = editionsOf(site)
      expect(restored).toEqual(expect.arrayContaining(editions))
      expect(editionsOf(old)).toEqual(expect.arrayContaining(restored))
      // The next publish of the same folder has nothing to do, and nothing is restored over a live site.
      expect(runDateline(site, ["publish", "--no-cards"], old.content).out).toMatch(/0 published/)
      const again = runDateline(site, ["restore", file])
      expect([again.code, again.err]).toEqual([3, expect.stringContaining("restore an archive into an empty site")])
    } finally {
      await site.stop()
    }
  })

  it("contains no people unless requested", () => {
    const open = join(folder, "open.tar.gz")
    expect(run(old, "export", open)).not.toContain("people")
    expect(JSON.parse(run(old, "export", join(folder, "json.tar.gz"), "--json")).people).toBe(false)
    const names = namesIn(open)
    expect(names.some((name) => name.startsWith("catalogue/"))).toBe(true)
    expect(names.filter((name) => name.startsWith("people/"))).toEqual([])
    const refused = runDateline(old, ["export", open])
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("exists")])
  })

  it("is refused entirely when it is truncated, altered or not an archive", async () => {
    const bytes = readFileSync(file)
    const damaged = join(folder, "damaged.tar.gz")
    const site = await startSite({ copy: false, watch: false })
    try {
      for (const content of [
        bytes.subarray(0, bytes.length >> 1),
        bytes.subarray(0, -1),
        flip(bytes, bytes.length >> 1),
        Buffer.alloc(0),
        Buffer.from("not an archive"),
      ]) {
        writeFileSync(damaged, content)
        const { code, err } = runDateline(site, ["restore", damaged])
        expect([code, err]).toEqual([1, expect.stringContaining("Nothing was restored")])
        expect(run(site, "list", "--json")).toBe("[]\n")
      }
    } finally {
      await site.stop()
    }
  })
})

/** The names of a tar file's entries. */
function namesIn(archive: string): string[] {
  const { stdout } = spawnSync("tar", ["-tzf", archive], { encoding: "utf8" })
  return stdout.split("\n")
}

function flip(bytes: Buffer, index: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[index] = (changed[index] ?? 0) ^ 1
  return changed
}
