import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { beforeAll, describe, expect, it } from "vitest"
import { type Bundle, bundleWorker } from "../../../src/cli/local/bundle.ts"

const root = resolve(import.meta.dirname, "../../..")
/** What a new isolate loads before it answers a reader, bytes in gzip. */
const mostForReaders = 120_000
const mostInAll = 300_000

let bundle: Bundle
const contents = (name: string) => readFileSync(join(bundle.folder, name), "utf8")
const gzipped = (names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(contents(name)).length, 0)

beforeAll(async () => {
  bundle = await bundleWorker(root)
}, 60_000)

describe("the production bundle", () => {
  it("is small where a reader waits for it, and not large in all", () => {
    expect(gzipped(bundle.reader)).toBeLessThan(mostForReaders)
    expect(gzipped(bundle.modules)).toBeLessThan(mostInAll)
  })

  it("evaluates nothing of the desk, the members' room or the sanitizer for a reader", () => {
    const rare = bundle.modules.filter((name) => !bundle.reader.includes(name))
    const marks = ["/desk/v1", "nonTextTags", "block-scalar"]
    for (const mark of marks)
      expect(
        rare.filter((name) => contents(name).includes(mark)),
        mark,
      ).not.toEqual([])
    for (const name of bundle.reader) {
      expect(contents(name), name).not.toContain("nonTextTags")
      expect(contents(name), name).not.toContain("block-scalar")
    }
  })

  it("names modules that are there, its entry first", () => {
    expect(bundle.modules[0]).toBe("worker.js")
    for (const name of bundle.reader) expect(bundle.modules).toContain(name)
  })
})
