import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createRepublisher } from "../../../src/cli/local/watch.ts"
import { CLIError, type PublishOutcome } from "../../../src/cli/output.ts"

let content: string
let wrong: Set<string>
let asked: (readonly string[])[]
let printed: string[]
let republisher: ReturnType<typeof createRepublisher>

beforeEach(() => {
  content = mkdtempSync(join(tmpdir(), "dateline-republish-"))
  mkdirSync(join(content, "asia"))
  for (const name of ["a", "b", "c"]) writeFileSync(join(content, `asia/${name}.md`), name)
  wrong = new Set()
  asked = []
  printed = []
  const print = { line: (text: string) => printed.push(text), warn: (text: string) => printed.push(text) }
  republisher = createRepublisher(content, publish, print)
})
afterEach(() => rmSync(content, { recursive: true }))

/** Like the real one: if there is any problem, nothing is sent. */
async function publish(files: readonly string[]): Promise<PublishOutcome> {
  asked.push(files)
  const problems = files
    .filter((file) => wrong.has(file))
    .map((file) => ({ file, line: 3, column: 1, field: "date", message: "is missing", fix: "write a date" }))
  const published = files.map((file) => ({
    path: `/${file.slice(0, -3)}`,
    url: `http://localhost/${file}`,
    revision: 1,
    liveMs: 1,
  }))
  return { published: problems.length > 0 ? [] : published, unchanged: [], drafts: [], conflicts: [], problems }
}

describe("publishing what an editor saves", () => {
  it("publishes valid files beside an invalid one, and reports its mistakes", async () => {
    wrong.add("asia/b.md")
    expect(await republisher.publish()).toBe(true)
    expect(asked).toEqual([
      ["asia/a.md", "asia/b.md", "asia/c.md"],
      ["asia/a.md", "asia/c.md"],
    ])
    expect(printed[0]).toBe("asia/b.md:3:1 date: is missing — write a date")
  })

  it("retries an invalid file at each save until it is valid", async () => {
    wrong.add("asia/b.md")
    await republisher.publish(["asia/b.md"])
    asked.length = 0
    wrong.clear()
    await republisher.publish(["asia/a.md"])
    await republisher.publish(["asia/a.md"])
    expect(asked).toEqual([["asia/a.md", "asia/b.md"], ["asia/a.md"]])
  })

  it("keeps reporting a mistake until it is fixed, whatever else is saved", async () => {
    wrong.add("asia/b.md")
    await republisher.publish(["asia/b.md"])
    const mistakes = ["asia/b.md:3:1 date: is missing — write a date"]
    expect(republisher.mistakes()).toEqual(mistakes)
    await republisher.publish(["asia/notes.txt"])
    expect(republisher.mistakes()).toEqual(mistakes)
    await republisher.publish(["asia/a.md"])
    expect(republisher.mistakes()).toEqual(mistakes)
    rmSync(join(content, "asia/b.md"))
    await republisher.publish(["asia/b.md"])
    expect(republisher.mistakes()).toEqual([])
  })

  it("reports a folder that cannot be read once, keeps other mistakes, and goes on when it can", async () => {
    wrong.add("asia/b.md")
    await republisher.publish(["asia/b.md"])
    const away = `${content}-away`
    renameSync(content, away)
    const mistake = "asia/b.md:3:1 date: is missing — write a date"
    const missing = `${content} is not a folder. Go to the project's folder, or use --content DIR`
    for (let time = 0; time < 2; time++) {
      expect(await republisher.publish(["asia/photo.jpg"])).toBe(false)
      expect(republisher.mistakes()).toEqual([mistake, missing])
    }
    renameSync(away, content)
    wrong.clear()
    expect(await republisher.publish(["asia/photo.jpg"])).toBe(true)
    expect(republisher.mistakes()).toEqual([])
  })

  it("compares the whole folder when a picture is saved", async () => {
    await republisher.publish(["asia/photo.jpg"])
    expect(asked).toEqual([["asia/a.md", "asia/b.md", "asia/c.md"]])
  })

  it("ignores other files and deleted files", async () => {
    await republisher.publish()
    asked.length = 0
    expect(await republisher.publish(["asia/notes.txt"])).toBe(false)
    rmSync(join(content, "asia/a.md"))
    expect(await republisher.publish(["asia/a.md"])).toBe(false)
    expect(asked).toEqual([])
    expect(printed.join()).toContain("npx dateline unpublish /asia/a")
  })

  it("does not call an article live that never was", async () => {
    writeFileSync(join(content, "asia/d.md"), "d")
    wrong.add("asia/d.md")
    await republisher.publish()
    printed.length = 0
    // Text editors save under a temporary name, which may end in .md, and rename the file at once.
    rmSync(join(content, "asia/d.md"))
    await republisher.publish(["asia/d.md", "asia/a.tmp.md"])
    expect(printed).toEqual(["No mistakes are left"])
  })

  it("names the address of a deleted page's file", async () => {
    mkdirSync(join(content, "pages"))
    writeFileSync(join(content, "pages/about.md"), "about")
    const paths = createRepublisher(
      content,
      async (files) => ({ ...(await publish(files)), published: [], unchanged: ["/about"] }),
      { line: (text) => printed.push(String(text)), warn: () => {} },
    )
    await paths.publish()
    rmSync(join(content, "pages/about.md"))
    await paths.publish(["pages/about.md"])
    expect(printed).toEqual([
      "pages/about.md was deleted. To take the article down too, run `npx dateline unpublish /about`",
    ])
  })

  it("skips links and conflicted copies, which `publish` refuses, and goes on publishing", async () => {
    const copy = "asia/a (Jo's conflicted copy 2026-11-30).md"
    symlinkSync("a.md", join(content, "asia/link.md"))
    writeFileSync(join(content, copy), "a")
    await republisher.publish(["asia/link.md", copy])
    expect(printed.map((text) => text.split(":")[0])).toEqual([`Skipped ${copy}`, "Skipped asia/link.md"])
    printed.length = 0
    await republisher.publish(["asia/a.md"])
    expect(asked).toEqual([["asia/a.md"]])
    expect(printed).toEqual([expect.stringMatching(/^Published /)])
  })

  it("reports only skipped files that were saved, whatever their names", async () => {
    writeFileSync(join(content, "asia/a.md: draft.markdown"), "a")
    await republisher.publish(["asia/a.md"])
    expect(printed).toEqual([expect.stringMatching(/^Published /)])
  })

  it("lists the folder once for all rounds of a save", async () => {
    wrong.add("asia/b.md")
    const lists: (readonly string[])[] = []
    const watched = createRepublisher(
      content,
      (files, listed) => {
        lists.push(listed)
        // A later listing would contain this file.
        writeFileSync(join(content, `asia/new-${lists.length}.md`), "new")
        return publish(files)
      },
      { line: () => {}, warn: () => {} },
    )
    await watched.publish(["asia/a.md", "asia/b.md"])
    expect(asked).toEqual([["asia/a.md", "asia/b.md"], ["asia/a.md"]])
    expect(lists).toEqual(Array(2).fill(["asia/a.md", "asia/b.md", "asia/c.md"]))
  })

  it("says when the last mistake is gone, though nothing had to be published", async () => {
    wrong.add("asia/b.md")
    await republisher.publish(["asia/b.md"])
    rmSync(join(content, "asia/b.md"))
    await republisher.publish(["asia/b.md"])
    await republisher.publish(["asia/b.md"])
    expect(printed.slice(1)).toEqual(["No mistakes are left"])
  })

  it("retries at the next save what could not be sent", async () => {
    const texts: string[] = []
    let down = true
    const fragile = createRepublisher(
      content,
      async (files) => {
        if (down) throw new CLIError("the site cannot be reached", 4)
        return publish(files)
      },
      { line: () => {}, warn: (text) => texts.push(String(text)) },
    )
    expect(await fragile.publish(["asia/a.md"])).toBe(false)
    expect(texts).toEqual(["the site cannot be reached"])
    down = false
    await fragile.publish(["asia/c.md"])
    expect(asked).toEqual([["asia/a.md", "asia/c.md"]])
  })
})
