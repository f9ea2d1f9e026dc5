import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { beforeAll, describe, expect, it } from "vitest"
import { type Bundle, bundleWorker } from "../../../src/cli/local/bundle.ts"

const root = resolve(import.meta.dirname, "../../..")
/** What a new isolate loads before it answers a reader, in gzipped bytes. */
const mostForReaders = 110_000
/** Includes the newsletters, the desk, payments, the sanitizer and the texts of four languages. */
const mostInAll = 375_000

let bundle: Bundle
const contents = (name: string) => readFileSync(join(bundle.folder, name), "utf8")
const gzipped = (names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(contents(name)).length, 0)

beforeAll(async () => {
  bundle = await bundleWorker(root)
}, 60_000)

describe("the production bundle", () => {
  it("is small for readers' requests, and not too large in total", () => {
    expect(gzipped(bundle.reader)).toBeLessThan(mostForReaders)
    expect(gzipped(bundle.modules)).toBeLessThan(mostInAll)
  })

  it("loads no code of the desk, the account or the sanitizer for readers", () => {
    const rare = bundle.modules.filter((name) => !bundle.reader.includes(name))
    const marks = ["/desk/v1", "kbd mark picture", "block-scalar"]
    for (const mark of marks)
      expect(
        rare.filter((name) => contents(name).includes(mark)),
        mark,
      ).not.toEqual([])
    for (const name of bundle.reader) {
      expect(contents(name), name).not.toContain("kbd mark picture")
      expect(contents(name), name).not.toContain("block-scalar")
    }
  })

  it("lists existing modules, the entry first", () => {
    expect(bundle.modules[0]).toBe("worker.js")
    for (const name of bundle.reader) expect(bundle.modules).toContain(name)
  })

  it("contains the current config and messages, however often it was built before", async () => {
    const copy = mkdtempSync(join(tmpdir(), "dateline-bundle-"))
    try {
      for (const name of ["src", "dateline.config.ts", "package.json"])
        cpSync(join(root, name), join(copy, name), { recursive: true })
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
      await bundleWorker(copy)
      for (const [file, from, to] of [
        ["dateline.config.ts", '"Meridian"', '"The Edited Courier"'],
        ["src/site/messages/en.json", '"Skip to content"', '"Edited skip link"'],
      ] as const) {
        const before = readFileSync(join(copy, file), "utf8")
        expect(before).toContain(from)
        writeFileSync(join(copy, file), before.replace(from, to))
      }
      const { folder, modules } = await bundleWorker(copy)
      const built = modules.map((name) => readFileSync(join(folder, name), "utf8")).join("\n")
      for (const text of ["The Edited Courier", "Edited skip link"]) expect(built).toContain(text)
      expect(built).not.toContain("Skip to content")
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }, 60_000)

  it("is rebuilt by wrangler when the config or the messages change", () => {
    const watched = /watch_dir = \[(.*)\]/.exec(readFileSync(join(root, "wrangler.toml"), "utf8"))?.[1]
    expect(watched).toContain('"dateline.config.ts"')
    expect(watched).toContain('"src"')
  })
})
