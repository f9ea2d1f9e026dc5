// The record of an unchanged run: the digest of a changed file is never taken from it.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { digestFile, openBaseRecord } from "../../src/cli/base-record.ts"
import { isAsSeen, listFiles, pathOf, readStamp, rememberFiles } from "../../src/cli/content-folder.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")
let desk: FakeDesk
let content: string

beforeEach(async () => {
  desk = await startFakeDesk()
  content = mkdtempSync(join(tmpdir(), "dateline-stamps-"))
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
  // The files were written a while ago, so their times distinguish them from files written from now on.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 })
})

afterEach(async () => {
  vi.useRealTimers()
  await desk.stop()
  rmSync(content, { recursive: true })
})

const file = (name: string) => join(content, `asia/nepal/${name}`)
const recordFile = () => join(content, ".dateline/site-1.json")
const record = () => JSON.parse(readFileSync(recordFile(), "utf8"))
/** Files of a folder that a run does not need to read. */
const recalled = (root = content, siteId = "site-1") => {
  const known = openBaseRecord(root, siteId)
  return listFiles(root).filter((one) => {
    const seen = known.get(pathOf(one))?.seen
    return seen !== undefined && isAsSeen(root, seen)
  })
}
const publish = (more: object = {}) => publishFolder({ content, url: desk.url, key: "test-key-of-desk", ...more })
const published = async () => (await publish()).published.map(({ path }) => path)

function write(name: string, words = "Words.", front = ""): void {
  const text = `---\ntitle: ${name}\nsummary: A summary.\ndate: 2020-01-02\n${front}---\n\n${words}\n`
  writeFileSync(file(`${name}.md`), text)
}

describe("publishing files that are on record", () => {
  it("does not read unchanged files", async () => {
    write("a")
    write("b", "![A dot](./dot.gif)")
    writeFileSync(file("dot.gif"), gif)
    await publish()
    expect(recalled()).toEqual(["asia/nepal/a.md", "asia/nepal/b.md"])
    expect((await publish()).unchanged).toEqual(["/asia/nepal/a", "/asia/nepal/b"])
    expect(desk.publishes).toHaveLength(1)
    const known = openBaseRecord(content, "site-1")
    known.set("/asia/nepal/a", { ...known.get("/asia/nepal/a"), revision: 1, digest: "as recorded" })
    const found = await digestFile(content, "asia/nepal/a.md", known)
    expect(found?.digest).toBe("as recorded")
  })

  it("notices a changed text of the same size with its time set back", async () => {
    write("a", "Words.")
    await publish()
    const { atime, mtime } = statSync(file("a.md"))
    write("a", "Other!")
    utimesSync(file("a.md"), atime, mtime)
    expect(statSync(file("a.md")).mtimeMs).toBe(mtime.getTime())
    expect(await published()).toEqual(["/asia/nepal/a"])
  })

  it("notices another file moved into its place with the same times", async () => {
    write("a", "Words.")
    write("b", "Other!", "status: draft\n")
    await publish()
    writeFileSync(file("c"), readFileSync(file("a.md"), "utf8").replace("Words.", "Other!"))
    const { atime, mtime } = statSync(file("a.md"))
    utimesSync(file("c"), atime, mtime)
    renameSync(file("c"), file("a.md"))
    expect(await published()).toEqual(["/asia/nepal/a"])
  })

  it("notices a replaced picture, even behind a symbolic link", async () => {
    const other = Buffer.from(gif)
    other[13] = 1
    write("a", "![A dot](./dot.gif)")
    write("b", "![A dot](./linked/dot.gif)")
    writeFileSync(file("dot.gif"), gif)
    mkdirSync(file("one"))
    mkdirSync(file("two"))
    writeFileSync(file("one/dot.gif"), gif)
    writeFileSync(file("two/dot.gif"), other)
    symlinkSync("one", file("linked"))
    await publish()
    expect(recalled()).toEqual(["asia/nepal/a.md"])
    writeFileSync(file("dot.gif"), other)
    rmSync(file("linked"))
    symlinkSync("two", file("linked"))
    expect(await published()).toEqual(["/asia/nepal/a", "/asia/nepal/b"])
  })

  it("notices a deleted picture", async () => {
    write("a", "![A dot](./dot.gif)")
    writeFileSync(file("dot.gif"), gif)
    await publish()
    rmSync(file("dot.gif"))
    expect((await publish()).problems).toMatchObject([{ message: "there is no picture ./dot.gif" }])
  })

  it("does not publish a touched but unchanged file again, and records its new times", async () => {
    write("a")
    await publish()
    utimesSync(file("a.md"), new Date(2020, 1), new Date(2020, 1))
    expect(recalled()).toEqual([])
    expect((await publish()).unchanged).toEqual(["/asia/nepal/a"])
    expect(recalled()).toEqual(["asia/nepal/a.md"])
    expect(desk.publishes).toHaveLength(1)
  })

  it("rereads a file changed so recently that a later change could have the same time", async () => {
    vi.setSystemTime(Date.now() - 10_000)
    write("a")
    await publish()
    // As if a file system with a coarse clock had two writes in the same tick.
    const base = record()["/asia/nepal/a"]
    expect(base.seen).toBeUndefined()
    write("a", "Other.")
    expect(await published()).toEqual(["/asia/nepal/a"])
    vi.setSystemTime(Date.now() + 10_000)
    expect((await publish()).unchanged).toEqual(["/asia/nepal/a"])
    expect(recalled()).toEqual(["asia/nepal/a.md"])
  })

  it("writes the record only when something changed", async () => {
    write("a")
    await publish()
    const before = statSync(recordFile())
    await publish()
    expect(statSync(recordFile())).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
  })

  it("still finds clashes with an unchanged article without reading it", async () => {
    write("a", "Words.", "aliases: [ /asia/nepal/old ]\n")
    await publish()
    write("b", "Words.", "aliases: [ /asia/nepal/old ]\n")
    expect(recalled()).toEqual(["asia/nepal/a.md"])
    expect((await publish()).problems).toMatchObject([{ field: "aliases" }])
  })

  it("ignores the record of another site, and in a copy of the folder", async () => {
    write("a", "Words.")
    await publish()
    const copy = `${content}-copy`
    cpSync(content, copy, { recursive: true, preserveTimestamps: true })
    expect(recalled(copy)).toEqual([])
    rmSync(copy, { recursive: true })
    expect(recalled(content, "site-2")).toEqual([])
  })
})

it("a folder whose record cannot be written is published with one warning, and a later edit never overwrites", async () => {
  const folder = join(realpathSync(content), ".dateline")
  writeFileSync(folder, "")
  write("a", "One.")
  write("b", "One.")
  const warnings: string[] = []
  const output = { warn: (line: unknown) => void warnings.push(String(line)), progress: () => undefined }
  const first = await publish({ output })
  expect(first.published.map(({ path }) => path)).toEqual(["/asia/nepal/a", "/asia/nepal/b"])
  expect(warnings).toEqual([
    `${folder} cannot be written: file already exists. Make it writable: without a record of what was published, later edits are conflicts, except in a Git repository`,
  ])
  expect(await publish()).toMatchObject({ published: [], unchanged: ["/asia/nepal/a", "/asia/nepal/b"], conflicts: [] })
  write("a", "Two.")
  expect(await publish()).toMatchObject({ published: [], conflicts: [{ path: "/asia/nepal/a", revision: 1 }] })
  rmSync(folder)
  expect(await publish({ force: true })).toMatchObject({ published: [{ path: "/asia/nepal/a", revision: 2 }] })
  expect(Object.keys(record())).toEqual(["/asia/nepal/b", "/asia/nepal/a"])
})

describe("an old or edited record", () => {
  it("is harmless: files missing from it are read", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f"]) write(name)
    await publish()
    const whole = record()
    const { seen, ...older } = whole["/asia/nepal/a"]
    const torn = {
      ...whole,
      "/asia/nepal/a": older,
      "/asia/nepal/b": null,
      "/asia/nepal/c": { ...whole["/asia/nepal/c"], seen: null },
      "/asia/nepal/d": { ...whole["/asia/nepal/d"], seen: { stamp: seen["asia/nepal/a.md"] } },
      "/asia/nepal/e": { ...whole["/asia/nepal/e"], digest: "0".repeat(64) },
      "/asia/nepal/f": { ...whole["/asia/nepal/f"], seen: { ...seen, "../../etc/passwd": 7 } },
    }
    writeFileSync(recordFile(), JSON.stringify(torn))
    expect((await publish()).unchanged).toHaveLength(6)
    expect(desk.publishes).toHaveLength(1)
    expect(record()).toEqual(whole)
    writeFileSync(recordFile(), JSON.stringify(torn))
    write("a", "Other.")
    write("e", "Other.")
    expect(await published()).toEqual(["/asia/nepal/a", "/asia/nepal/e"])
  })
})

describe("rememberFiles", () => {
  it("records nothing for a file that is missing, or changed in the last two seconds or in the future", () => {
    write("a")
    const stamp = readStamp(file("a.md"))
    const changed = statSync(file("a.md")).ctimeMs
    const stamps = { "a.md": stamp }
    expect(rememberFiles(changed + 2001, stamps)).toEqual(stamps)
    for (const now of [changed + 1999, changed, changed - 60_000]) expect(rememberFiles(now, stamps)).toBeUndefined()
    expect(rememberFiles(changed + 2001, { ...stamps, "a.gif": null })).toBeUndefined()
    expect(readStamp(file("none.md"))).toBeNull()
    symlinkSync("a.md", file("link.md"))
    expect(readStamp(file("link.md"))).toBeNull()
  })
})
