import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { watchFolder } from "../../../src/cli/local/watch.ts"

let folder: string
let watching: Awaited<ReturnType<typeof watchFolder>>
let waiting: { file: string; done: () => void }[]
let told: string[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-watch-"))
  mkdirSync(join(folder, "asia"))
  told = []
  waiting = []
  watching = await watchFolder(folder, async (files) => {
    told.push(...files)
    for (const { file, done } of waiting) if (files.includes(file)) done()
  })
})
afterEach(async () => {
  await watching.stop()
  rmSync(folder, { recursive: true })
})

function untilTold(file: string): Promise<void> {
  return new Promise((done) => waiting.push({ file, done }))
}

/** Saves as text editors do: a new file with another name replaces the old one. */
function saveByRenaming(file: string, text: string): void {
  const next = join(folder, dirname(file), ".next")
  writeFileSync(next, text)
  renameSync(next, join(folder, file))
}

describe("watchFolder", () => {
  it("notices every save by renaming, not just the first", async () => {
    for (const text of ["one", "two", "three", "four"]) {
      const heard = untilTold("asia/a.md")
      saveByRenaming("asia/a.md", text)
      await heard
    }
    expect(new Set(told)).toEqual(new Set(["asia/a.md"]))
  })

  it("notices changes in new and recreated folders", async () => {
    for (const text of ["one", "two"]) {
      const heard = untilTold("asia/nepal/deep/b.md")
      mkdirSync(join(folder, "asia/nepal/deep"), { recursive: true })
      writeFileSync(join(folder, "asia/nepal/deep/b.md"), text)
      await heard
      const again = untilTold("asia/nepal/deep/b.md")
      writeFileSync(join(folder, "asia/nepal/deep/b.md"), `${text}, changed`)
      await again
      const gone = untilTold("asia/nepal/deep/b.md")
      rmSync(join(folder, "asia/nepal"), { recursive: true })
      await gone
    }
  })

  it("reports removed files, but never dotfiles or editors' temporary files", async () => {
    const heard = untilTold("asia/c.md")
    writeFileSync(join(folder, "asia/.c.md.swp"), "")
    writeFileSync(join(folder, "asia/c.md~"), "")
    writeFileSync(join(folder, "asia/c.md"), "")
    await heard
    const gone = untilTold("asia/c.md")
    unlinkSync(join(folder, "asia/c.md"))
    await gone
    expect(new Set(told)).toEqual(new Set(["asia/c.md"]))
  })
})
