import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { requireValidConfig } from "../../src/cli/commands/check.ts"
import { CLIError } from "../../src/cli/output.ts"
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
