// The command line as a process: exit codes, what is on stdout and what on stderr, never a key.
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "../..")
let content: string

beforeAll(() => {
  content = mkdtempSync(join(tmpdir(), "dateline-line-"))
})

afterAll(() => rmSync(content, { recursive: true }))

function run(args: readonly string[], env: Record<string, string> = {}) {
  const all = [join(root, "src/cli/main.ts"), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: content,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", ...env },
  })
  return { code: status, out: stdout, err: stderr }
}

describe("a wrong command", () => {
  it.each([
    [["publsh"], "did you mean `publish`?"],
    [["publish", "--dryrun"], "did you mean `--dry-run`?"],
    [["log"], "name the article"],
    [["log", "/asia/a", "/asia/b"], "`/asia/b` is one too many"],
    [["unpublish", "/asia/a"], "--reason"],
    [["rollback", "/asia/a", "one"], "is no revision"],
    [["list", "--url", "ftp://there"], "is no address of a site"],
    [["check", "--content", "./nowhere"], "is not a folder"],
    [["check", "", "--content", "."], "a path is empty"],
    [["new", "atlantis", "A title"], "is no region or country"],
    [["new", "asia", "Tajikistan"], "the title's address, /asia/tajikistan, is a country's"],
    [["new", "africa", "Japan"], "the title's address, /africa/japan, is a country's"],
    [["new", "asia", "long ".repeat(50)], "title: "],
    [["new", "asia", "Two\nlines"], "title: "],
    [["new", "asia", "A\u007fsign"], "title: "],
  ])("%j ends with 2 and says what is wrong on stderr alone", (args, said) => {
    const { code, out, err } = run(
      ["log", "rollback", "unpublish"].includes(args[0] ?? "") ? [...args, "--content", "."] : args,
    )
    expect(err).toContain(said)
    expect([code, out]).toEqual([2, ""])
  })
})

describe("keys", () => {
  it("are asked for where there is none, and never printed", () => {
    expect(run(["list", "--url", "https://example.org"])).toMatchObject({ code: 4, out: "" })
    const { code, out, err } = run(["list", "--url", "http://localhost:1"], { DATELINE_KEY: "very secret key é" })
    expect(code).toBe(4)
    expect(out + err).not.toContain("secret")
  })
})

describe("dateline new and check", () => {
  it("makes a file that is right as it stands, and overwrites none", () => {
    const args = ["new", "asia/nepal", 'A "quoted" title: été', "--content", "."]
    expect(run(args).code).toBe(0)
    const file = join(content, "asia/nepal/a-quoted-title-ete.md")
    expect(readFileSync(file, "utf8")).toContain("status: draft")
    expect(run(args)).toMatchObject({ code: 2 })
    expect(run(["check", "--content", "."])).toMatchObject({ code: 0, err: "" })
  })

  it("renders every article, and gives machines one JSON value", () => {
    const folder = join(content, "many/asia/nepal")
    mkdirSync(folder, { recursive: true })
    for (const name of ["a", "b", "c", "d"])
      writeFileSync(join(folder, `${name}.md`), "---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\nWords.\n")
    const { code, out } = run(["check", "--json", "--content", "many"])
    expect([code, out]).toEqual([0, '{"problems":[]}\n'])
  })

  it("names mistakes by file, line and column, links to wrong files not among them, with 1", () => {
    const folder = join(content, "wrong/asia/nepal")
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "a.md"), "---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\n[B](/asia/nepal/b)\n")
    writeFileSync(join(folder, "b.md"), "---\ntitle: A\nsumary: B.\ndate: 2020-01-02\n---\n\nWords.\n")
    const { code, err } = run(["check", "--content", "wrong"])
    expect(code).toBe(1)
    expect(err).toMatch(/^asia\/nepal\/b\.md:3:1 sumary: .* — /m)
    expect(err).not.toContain("a.md")
  })
})

describe("the launcher", () => {
  it("says what to do where nothing is installed, with 2", () => {
    const bare = join(content, "bare")
    cpSync(join(root, "bin"), join(bare, "bin"), { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [join(bare, "bin/dateline.mjs")], { encoding: "utf8" })
    expect(status).toBe(2)
    expect(stderr).toContain("run `npm start` or `npm ci`")
  })
})
