import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { selectFiles } from "../../src/cli/content-folder.ts"

let root = ""
const files = [
  "asia/nepal/a.md",
  "asia/nepal/b.md",
  "asia/summit.md",
  "asia/summit/c.md",
  "fr/asia/nepal/a.md",
  "fr/pages/about.md",
]

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "dateline-paths-"))
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true })
    writeFileSync(join(root, file), "")
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe("paths given by an editor", () => {
  it.each([
    [[], files],
    [["asia/nepal/b.md"], ["asia/nepal/b.md"]],
    [["/asia/nepal/b"], ["asia/nepal/b.md"]],
    [["content/asia/nepal/b.md"], ["asia/nepal/b.md"]],
    [["asia/nepal/"], ["asia/nepal/a.md", "asia/nepal/b.md"]],
    [["/asia/summit"], ["asia/summit.md", "asia/summit/c.md"]],
    [["asia/summit.md"], ["asia/summit.md"]],
    [
      ["/fr", "asia/nepal/b.md", "/fr"],
      ["asia/nepal/b.md", "fr/asia/nepal/a.md", "fr/pages/about.md"],
    ],
    [["/fr/about"], ["fr/pages/about.md"]],
  ])("%j selects these files, in the folder's order", (paths, expected) => {
    expect(selectFiles(root, files, paths)).toEqual(expected)
  })

  it("are refused if nothing matches", () => {
    expect(() => selectFiles(root, files, ["europe"])).toThrow(
      "No article at europe. Give files or folders in the content folder",
    )
    expect(() => selectFiles(root, files, ["asia/nepal/z.md"])).toThrow(/No article at asia\/nepal\/z\.md\. Give/)
    expect(() => selectFiles(root, files, ["asia/sumit"])).toThrow("Did you mean asia/summit.md?")
    expect(() => selectFiles(root, files, ["/asia/nepal/b.markdown"])).toThrow("Did you mean asia/nepal/b.md?")
    expect(() => selectFiles(root, files, ["/Asia/Sumit"])).toThrow("Did you mean asia/summit.md?")
    expect(() => selectFiles(root, files, ["."])).toThrow("No article at .")
    expect(() => selectFiles(root, files, ["africa/b"])).toThrow("Did you mean asia/nepal/b.md?")
    expect(() => selectFiles(root, files, ["https://example.org/asia"])).toThrow("Did you mean /asia?")
  })

  it("are found by exact name without searching: `npm start` names all files of a folder of 100,000", () => {
    const all = [...files]
    const looks = vi.spyOn(all, "filter")
    expect(selectFiles(root, all, files)).toEqual(files)
    expect(looks).toHaveBeenCalledTimes(1)
  })
})
