// Publishing to an in-memory desk: only changes are sent, conflicts are left out, and the next run completes an interrupted one.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type PublishOptions, publishFolder } from "../../src/cli/publish-folder.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

let desk: FakeDesk
let content: string

beforeEach(async () => {
  desk = await startFakeDesk()
  content = mkdtempSync(join(tmpdir(), "dateline-cli-"))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await desk.stop()
  rmSync(content, { recursive: true })
})

function write(name: string, words = "Words.", front = ""): void {
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
  const text = `---\ntitle: ${name}\nsummary: A summary.\ndate: 2020-01-02\n${front}---\n\n${words}\n`
  writeFileSync(join(content, `asia/nepal/${name}.md`), text)
}

const publish = (more: Partial<PublishOptions> = {}) =>
  publishFolder({ content, url: desk.url, key: "test-key-of-desk", ...more })

const pathsOf = (list: readonly { path: string }[]) => list.map(({ path }) => path)

/** What another editor has published in the meantime. */
function overwrite(path: string): void {
  const head = desk.articles.get(path)
  desk.articles.set(path, { revision: (head?.revision ?? 0) + 1, digest: "e", source: "", status: "live", who: "Ada" })
}

const record = () => JSON.parse(readFileSync(join(content, ".dateline/site-1.json"), "utf8"))

it("does not list the folder if it is given the list", async () => {
  for (const name of ["a", "b"]) write(name)
  expect(pathsOf((await publish({ listed: ["asia/nepal/a.md"] })).published)).toEqual(["/asia/nepal/a"])
})

describe("social cards of a publish", () => {
  const cards = (draw: () => Promise<void>) => draw()
  const seeCards = (seen: string[]) => ({
    warn: () => undefined,
    progress(done: number, all: number, things?: string) {
      if (things === "cards") seen.push(`${done} of ${all}`)
    },
  })

  it("are drawn once the articles are live; the next run draws those of an interrupted one", async () => {
    for (const name of ["a", "b"]) write(name)
    await publish()
    expect(desk.cards.size).toBe(0)
    write("c")
    const drawn: string[] = []
    const { published } = await publish({
      cards,
      output: seeCards(drawn),
    })
    expect(pathsOf(published)).toEqual(["/asia/nepal/c"])
    expect([...desk.cards.keys()]).toEqual(["/asia/nepal/a", "/asia/nepal/b", "/asia/nepal/c"])
    expect(drawn).toEqual(["3 of 3"])
  })

  it("are redrawn when the title changes, but not when the text does", async () => {
    write("a")
    await publish({ cards })
    const first = desk.cards.get("/asia/nepal/a")
    write("a", "Other words.")
    const asked: string[] = []
    await publish({ cards, output: seeCards(asked) })
    expect(asked).toEqual([])
    write("a", "Other words.", "topics: [ water ]\n")
    writeFileSync(
      join(content, "asia/nepal/a.md"),
      readFileSync(join(content, "asia/nepal/a.md"), "utf8").replace("title: a", "title: Another"),
    )
    await publish({ cards })
    expect(desk.cards.get("/asia/nepal/a")).not.toBe(first)
  })

  it("refused by the desk do not fail the run, which reports them", async () => {
    write("a")
    desk.failures.push({ method: "POST", path: "/desk/v1/cards", status: 400 })
    const lines: string[] = []
    const { published } = await publish({
      cards,
      output: { warn: (line) => lines.push(String(line)), progress: () => undefined },
    })
    expect(pathsOf(published)).toEqual(["/asia/nepal/a"])
    expect(lines).toEqual(["The articles are live, but some social cards could not be drawn: told to fail"])
    await publish({ cards })
    expect(desk.cards.size).toBe(1)
  })

  it("are not drawn for conflicts, drafts or dry runs", async () => {
    write("a")
    await publish()
    overwrite("/asia/nepal/a")
    write("a", "Mine.")
    write("b", "Words.", "status: draft\n")
    await publish({ cards })
    write("c")
    await publish({ cards, dryRun: true })
    expect(desk.cards.size).toBe(0)
  })
})

describe("publishFolder", () => {
  it("publishes new files, then only changed ones, each with a receipt", async () => {
    for (const name of ["a", "b", "c"]) write(name)
    const first = await publish()
    expect(pathsOf(first.published)).toEqual(["/asia/nepal/a", "/asia/nepal/b", "/asia/nepal/c"])
    for (const { liveMs } of first.published) expect(liveMs).toBeGreaterThanOrEqual(0)
    write("b", "Other words.")
    const second = await publish()
    expect(second.published).toMatchObject([{ path: "/asia/nepal/b", revision: 2 }])
    expect(second.unchanged).toEqual(["/asia/nepal/a", "/asia/nepal/c"])
    expect(record()["/asia/nepal/b"]).toEqual({ revision: 2, digest: desk.articles.get("/asia/nepal/b")?.digest })
  })

  it("measures how soon readers get an article even while the machine's clock is set", async () => {
    let hours = 0
    const clock = Date.now
    vi.spyOn(Date, "now").mockImplementation(() => clock() + ++hours * 3_600_000)
    write("a")
    const warnings: string[] = []
    const { published } = await publish({ output: { warn: (line) => warnings.push(String(line)), progress() {} } })
    expect([published[0]?.liveMs, warnings]).toEqual([expect.any(Number), []])
    expect(published[0]?.liveMs).toBeLessThan(15_000)
  })

  it("sends nothing if anything is wrong, and reports all mistakes", async () => {
    write("a")
    write("b", "Words.", "acces: open\n")
    write("c", "Words.", "image: { src: ./none.jpg, alt: None }\n")
    const { problems } = await publish()
    expect(problems.map(({ file }) => file)).toEqual(["asia/nepal/b.md", "asia/nepal/c.md"])
    expect(problems[1]).toMatchObject({ field: "image.src", line: 5 })
    expect(desk.publishes).toEqual([])
  })

  it("skips drafts, and does not wait for articles under embargo", async () => {
    write("draft", "Words.", "status: draft\n")
    write("later")
    const file = join(content, "asia/nepal/later.md")
    writeFileSync(file, readFileSync(file, "utf8").replace("2020-01-02", "2999-01-02"))
    expect((await publish()).published).toMatchObject([{ path: "/asia/nepal/later", liveMs: null }])
  })

  it("splits a run into requests of 50 articles and a megabyte, and flushes the purges once at the end", async () => {
    for (let index = 10; index < 112; index++) write(`n${index}`)
    for (const name of ["x", "y", "z"]) write(name, "long words ".repeat(50_000))
    await publish()
    expect(desk.publishes.map(({ paths }) => paths.length).sort((a, b) => b - a)).toEqual([50, 50, 3, 1, 1])
    expect(desk.publishes.map(({ last }) => last)).toEqual([false, false, false, false, false])
    expect(desk.purges).toBe(1)
  })

  it("asks for up to 100 articles as a reader, and for 25 of more, spread evenly", async () => {
    const asked: number[][] = []
    for (const size of [100, 101]) {
      for (let index = 0; index < size; index++) write(`n${index + 100}`, `Words of a run of ${size}.`)
      const { published } = await publish()
      expect(published).toHaveLength(size)
      asked.push(published.flatMap(({ liveMs }, index) => (liveMs === null ? [] : index)))
    }
    const [all, some = []] = asked
    expect(all).toHaveLength(100)
    expect(some).toHaveLength(25)
    const gaps = some.map((index, at) => (some[at + 1] ?? 101) - index)
    expect([...new Set(gaps)].sort()).toEqual([4, 5])
  })

  it("counts texts as sent, with JSON escapes", async () => {
    for (const name of ["x", "y"]) write(name, `${"\u0001".repeat(20)}\n\n`.repeat(5000))
    await publish()
    expect(desk.publishes.map(({ paths }) => paths.length)).toEqual([1, 1])
  })

  it("leaves out conflicts, says who and when, and overwrites only with --force", async () => {
    write("a")
    write("b")
    await publish()
    overwrite("/asia/nepal/a")
    write("a", "Mine.")
    write("b", "Mine.")
    const outcome = await publish()
    expect(pathsOf(outcome.published)).toEqual(["/asia/nepal/b"])
    expect(outcome.conflicts).toEqual([
      { path: "/asia/nepal/a", revision: 2, who: "Ada", when: "2026-11-20T08:00:00.000Z" },
    ])
    expect((await publish({ force: true })).published).toMatchObject([{ path: "/asia/nepal/a", revision: 3 }])
  })

  it("without a record, reports a conflict where the site differs, and nothing where it does not", async () => {
    write("a")
    write("b")
    await publish()
    rmSync(join(content, ".dateline"), { recursive: true })
    write("a", "Mine.")
    const outcome = await publish()
    expect(pathsOf(outcome.conflicts)).toEqual(["/asia/nepal/a"])
    expect(outcome.unchanged).toEqual(["/asia/nepal/b"])
    write("a", "![A map](none.jpg)")
    expect(await publish()).toMatchObject({ published: [], unchanged: [], conflicts: [] })
  })

  it("recognises its own publish after an interruption before the record was written", async () => {
    write("a")
    await publish()
    const digest = desk.articles.get("/asia/nepal/a")?.digest ?? ""
    writeFileSync(
      join(content, ".dateline/site-1.json"),
      JSON.stringify({ "/asia/nepal/a": { revision: 0, digest: "", pending: digest } }),
    )
    write("a", "Edited after the cut.")
    expect((await publish()).published).toMatchObject([{ path: "/asia/nepal/a", revision: 2 }])
  })

  it("treats a damaged record as missing", async () => {
    write("a")
    await publish()
    writeFileSync(join(content, ".dateline/site-1.json"), "{ torn")
    expect((await publish()).unchanged).toEqual(["/asia/nepal/a"])
  })

  it("retries when the desk fails briefly", async () => {
    write("a")
    desk.failures.push({ method: "POST", path: "/desk/v1/publish", status: 503 })
    desk.failures.push({ method: "GET", path: "/desk/v1/site", status: 429 })
    expect((await publish()).published).toHaveLength(1)
  })

  it("sends pictures once, before the article, and retries a failed upload", async () => {
    const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")
    write("a", "![A dot](./dot.gif)")
    write("b", "![A dot](./dot.gif)")
    writeFileSync(join(content, "asia/nepal/dot.gif"), gif)
    desk.failures.push({ method: "PUT", path: "/desk/v1/media/", status: 503 })
    expect((await publish()).published).toHaveLength(2)
    expect(desk.media.size).toBe(1)
  })

  it("sends a picture's smaller files before the article, once", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const
    const photo = sharp({ create: { width: 500, height: 300, channels: 3, background: "red", noise } }).blur(2)
    write("a", "![A photo](./photo.jpg)")
    writeFileSync(join(content, "asia/nepal/photo.jpg"), await photo.jpeg({ quality: 95 }).toBuffer())
    await publish()
    expect([[...desk.variants.values()], desk.media.size, desk.publishes.length]).toEqual([[5], 6, 1])
    expect(desk.sizedAfter).toEqual([0])
    write("a", "![A photo](./photo.jpg) Words.")
    await publish()
    expect([desk.sizedAfter, desk.publishes.length]).toEqual([[0], 2])
  })

  it("with dryRun, reports what it would do and does nothing", async () => {
    write("a")
    expect((await publish({ dryRun: true })).published).toMatchObject([{ path: "/asia/nepal/a", revision: 1 }])
    expect(desk.publishes).toEqual([])
  })

  it("accepts an edit of an article that somebody moved, once its file is moved too", async () => {
    const [from, to] = ["/asia/nepal/a", "/asia/nepal/b"] as const
    write("a")
    await publish()
    const head = desk.articles.get(from)
    if (head === undefined) throw new Error("nothing was published")
    const moved = { ...head, revision: 2, action: "move", message: `${from} → ${to}` }
    desk.articles.delete(from)
    desk.articles.set(to, moved)
    write("b", "Edited.")
    // The file is not the one that was moved, which is still there, or is based on an older text.
    expect(await publish({ paths: ["asia/nepal/b.md"] })).toMatchObject({ conflicts: [{ path: to, revision: 2 }] })
    rmSync(join(content, "asia/nepal/a.md"))
    desk.articles.set(to, { ...moved, revision: 3 })
    expect(await publish()).toMatchObject({ conflicts: [{ path: to, revision: 3 }] })
    desk.articles.set(to, moved)
    expect(await publish()).toMatchObject({ published: [{ path: to, revision: 3 }], conflicts: [] })
  })

  it("restores an unpublished article only with --force", async () => {
    write("a")
    await publish()
    const head = desk.articles.get("/asia/nepal/a")
    if (head) desk.articles.set("/asia/nepal/a", { ...head, revision: 2, status: "gone" })
    const lines: string[] = []
    const output = { warn: (line: string) => void lines.push(line), progress: () => undefined }
    expect(await publish({ output })).toMatchObject({ published: [], unchanged: ["/asia/nepal/a"], conflicts: [] })
    expect(lines).toEqual([expect.stringMatching(/^Skipped \/asia\/nepal\/a: \w+ took it down/)])
    // That run does not make a later edit look as if it were based on the takedown.
    write("a", "Edited.")
    expect(await publish()).toMatchObject({ published: [], conflicts: [{ path: "/asia/nepal/a", gone: true }] })
    expect((await publish({ force: true })).published).toMatchObject([{ revision: 3 }])
  })

  it("exits with code 4 for a wrong site, an unknown key or a site that is down", async () => {
    write("a")
    await expect(publish({ key: "another-key-of-desk" })).rejects.toMatchObject({ code: 4 })
    await expect(publish({ url: `${desk.url}/elsewhere` })).rejects.toMatchObject({ code: 4 })
    const stopped = await startFakeDesk()
    await stopped.stop()
    await expect(publish({ url: stopped.url })).rejects.toThrow(/cannot be reached.*safe to run the command again/)
  })
})

it("sends originals before translations, because the desk requires the original", async () => {
  for (const [folder, front] of [
    ["fr/pacific/fiji", "translationOf: /pacific/fiji/a\n"],
    ["pacific/fiji", ""],
  ] as const) {
    mkdirSync(join(content, folder), { recursive: true })
    writeFileSync(
      join(content, folder, "a.md"),
      `---\ntitle: A\nsummary: S.\ndate: 2020-01-02\n${front}---\n\nWords.\n`,
    )
  }
  expect((await publish()).problems).toEqual([])
  expect([...desk.articles.keys()]).toEqual(["/pacific/fiji/a", "/fr/pacific/fiji/a"])
})

describe("an editor's note for an edition of a newsletter", () => {
  const note = (file: string, text: string) => {
    mkdirSync(join(content, file, ".."), { recursive: true })
    writeFileSync(join(content, file), text)
  }

  it("is published after the stories that it names, without a card, and nobody waits for its page", async () => {
    note("digest/2026-11-23.md", "---\nstories: [ /asia/nepal/a, /asia/nepal/b ]\n---\nGood morning.\n")
    for (const name of ["a", "b"]) write(name)
    const { published, problems } = await publish({ cards: (draw) => draw() })
    expect(problems).toEqual([])
    expect(desk.publishes.map(({ paths }) => paths)).toEqual([
      ["/asia/nepal/a", "/asia/nepal/b"],
      ["/digest/2026-11-23"],
    ])
    expect([...desk.cards.keys()].sort()).toEqual(["/asia/nepal/a", "/asia/nepal/b"])
    expect(published.find(({ path }) => path === "/digest/2026-11-23")).toMatchObject({ revision: 1, liveMs: null })
    expect(published.filter(({ liveMs }) => liveMs !== null)).toHaveLength(2)
    const again = await publish({ cards: (draw) => draw() })
    expect([again.published, again.unchanged]).toEqual([[], ["/asia/nepal/a", "/asia/nepal/b", "/digest/2026-11-23"]])
  })

  it("conflicts with another editor's, and a dry run names its edition's address", async () => {
    note("headlines/2026-11-23.md", "Good morning.\n")
    const { published } = await publish({ dryRun: true })
    expect(published).toMatchObject([{ path: "/headlines/2026-11-23", url: `${desk.url}/newsletter/2026-11-23` }])
    await publish()
    overwrite("/headlines/2026-11-23")
    note("headlines/2026-11-23.md", "Good evening.\n")
    expect(await publish()).toMatchObject({ published: [], conflicts: [{ path: "/headlines/2026-11-23", who: "Ada" }] })
  })

  it("that names an article which is neither live nor being published is a mistake", async () => {
    note("digest/2026-11-23.md", "---\nstories: [ /asia/nepal/none ]\n---\nGood morning.\n")
    const { problems, published } = await publish()
    expect(problems).toMatchObject([{ file: "digest/2026-11-23.md", line: 2, field: "stories" }])
    expect(published).toEqual([])
  })
})
