// The README is checked against the code: commands, flags, exit codes, settings, addresses, front matter.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { FrontMatterSchema, NoteSchema } from "../src/article/front-matter.ts"
import type { CommandSpec } from "../src/cli/commander.ts"
import { commands } from "../src/cli/main.ts"
import { routes } from "../src/routes.ts"

const root = join(import.meta.dirname, "..")
const specs = await Promise.all(commands.map(async ([, name, load]) => [name, await load()] as const))
const readme = readFileSync(join(root, "README.md"), "utf8")

describe("the README", () => {
  it.each(specs)("lists `%s` with its subcommands and flags", (name, spec: CommandSpec) => {
    expect(readme).toContain(`\`${name}`)
    for (const { usage } of spec.commands ?? []) expect(readme).toContain(`\`${name} ${usage.split(" ")[0]}`)
    for (const one of [spec, ...(spec.commands ?? [])])
      for (const [flags] of one.options ?? []) expect(readme).toContain(flags.split(" ")[0])
  })

  it("lists only commands that exist", () => {
    const named = [...readme.matchAll(/^npx dateline (\w+)/gm)].map((match) => match[1] ?? "")
    expect(named.length).toBeGreaterThan(2)
    for (const name of named) expect(specs.map(([known]) => known)).toContain(name)
  })

  it("lists every front matter key", () => {
    const keys = [FrontMatterSchema, NoteSchema].flatMap(({ entries }) => Object.keys(entries))
    for (const key of keys) expect(readme).toContain(`\`${key}\``)
  })

  it("lists every address of the site, and no other", () => {
    const section = readme.slice(readme.indexOf("\n## Addresses"), readme.indexOf("\n## How it works"))
    const table = section.slice(section.indexOf("\n|"))
    const shape = (path: string) => path.replace(/\?.*|\.md$/, "").replace(/\{[^}]+\}|(?<=feed\.)\w+/g, "{}")
    const named = [...table.matchAll(/`(\/[^`]*)`/g)].map(([, path = ""]) => shape(path.replace("…", "*")))
    const open = routes.filter(({ methods, by }) => methods.includes("GET") || by === "desk")
    for (const { path, kind, feedOf } of open)
      if (kind !== "feed" || feedOf === "front") expect(named).toContain(shape(path))
    const known = new Set(["/{}/*", ...routes.map(({ path }) => shape(path))])
    for (const path of named) expect([...known]).toContain(path)
  })

  it("mentions only scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>
    }
    for (const [, name = ""] of readme.matchAll(/`npm run (\w+)`/g)) expect(Object.keys(scripts)).toContain(name)
  })

  it.each([
    ["start", ["--port", "--state", "--content", "--no-watch", "--no-cards", "--empty"]],
    ["serve", ["--port", "--host", "--state", "--trusted-proxy"]],
  ])("lists the flags of `npm run %s`", (name, known) => {
    const source = readFileSync(join(root, `src/cli/local/${name}.ts`), "utf8")
    const flags = [...source.matchAll(/\.option\("(--[\w-]+)/g)].map((match) => match[1])
    expect(flags).toEqual(known)
    for (const flag of flags) expect(readme).toContain(`\`${flag}`)
  })
})
