import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { CLIError } from "../../src/cli/output.ts"
import { requireValidConfig } from "../../src/cli/site-config.ts"
import { root, runDateline } from "../whole/running-site.ts"

it("reports every mistake in the config before reading any article", () => {
  requireValidConfig(config)
  const wrong = { ...config, origin: "https://example.org/", timeZone: "Europe/Nowhere" }
  const said = (): unknown => {
    try {
      return requireValidConfig(wrong)
    } catch (error) {
      return error
    }
  }
  expect(said()).toBeInstanceOf(CLIError)
  expect(said()).toMatchObject({
    code: 1,
    message: expect.stringMatching(
      /^dateline\.config\.ts:\d\d:3 origin: .* — .*\ndateline\.config\.ts:\d\d:3 timeZone: .* — /,
    ),
  })
})

describe("a config that is wrong", () => {
  let copy: string
  const source = readFileSync(join(root, "dateline.config.ts"), "utf8")

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "dateline-"))
    for (const part of ["bin", "src", "package.json"]) cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
    mkdirSync(join(copy, "content"))
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  function run(config: string, ...args: string[]) {
    writeFileSync(join(copy, "dateline.config.ts"), config)
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" })
    return { code: status, out: stdout, err: stderr }
  }

  const back = " — correct it, or take back the last change\n"
  it.each([
    [
      `${source}\n]`,
      /^dateline\.config\.ts:\d+:1 file: cannot be loaded: .* — correct it, or take back the last change\n$/,
    ],
    ['const a = 1\n  throw new Error("boom")', `dateline.config.ts:2:9 file: cannot be loaded: boom${back}`],
    [
      'import "./there.ts"\nexport default {}',
      `dateline.config.ts:1:1 file: cannot be loaded: Cannot find module 'there.ts' imported from dateline.config.ts${back}`,
    ],
    ["", "dateline.config.ts:1:1 file: has no default export — write `export default { … }`\n"],
  ])("cannot be loaded: it is reported like any mistake, by each program", (config, said) => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    const programs = ["start", "serve", "dev", "deploy"].map((name) => scripts[name].split(" exec node ")[1].split(" "))
    for (const program of [["bin/dateline.mjs", "list"], ...programs]) {
      const { code, out, err } = run(config, ...program)
      expect([program, code, out, err]).toEqual([program, 1, "", expect.stringMatching(said)])
    }
  })

  const zone = 'timeZone: "Europe/Zürich" is not a time zone — use an IANA name, for example "Europe/Zurich"\n'
  it.each([
    ["check"],
    ["publish"],
    ["preview", "content/a.md"],
    ["new", "asia", "A"],
  ])("has a wrong time zone, which %s reports", (...args) => {
    const { code, err } = run(source.replace("Europe/Zurich", "Europe/Zürich"), "bin/dateline.mjs", ...args)
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`^dateline\\.config\\.ts:\\d+:3 ${zone}$`))])
  })

  it("is part of what `check --json` prints", () => {
    const { code, out } = run(source.replace("  name:", "  nmae:"), "bin/dateline.mjs", "check", "--json")
    const file = "dateline.config.ts"
    expect([code, JSON.parse(out)]).toEqual([
      1,
      {
        problems: [
          expect.objectContaining({ file, field: "name", message: "is missing" }),
          expect.objectContaining({ file, field: "nmae", message: '"nmae" is an unknown key' }),
        ],
      },
    ])
  })
})

it("checks a folder with pages when the config has none of its optional settings", () => {
  const copy = mkdtempSync(join(tmpdir(), "dateline-"))
  try {
    for (const part of ["src", "package.json"]) cpSync(join(root, part), join(copy, part), { recursive: true })
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
    const source = readFileSync(join(root, "dateline.config.ts"), "utf8")
    const least = source.replace(/^ {2}footer: \{[\s\S]*?^ {2}\},\n/m, "").replace(/^ {2}postalAddress: .*\n/m, "")
    expect(least).not.toMatch(/footer|postalAddress/)
    writeFileSync(join(copy, "dateline.config.ts"), least)
    const content = join(copy, "content")
    mkdirSync(join(content, "pages"), { recursive: true })
    writeFileSync(join(content, "pages/about.md"), "---\ntitle: About\n---\n\nWords.\n")
    const { code, err } = runDateline({ url: "http://localhost:1", key: "", content, from: copy }, ["check"])
    expect([code, err]).toEqual([0, ""])
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
