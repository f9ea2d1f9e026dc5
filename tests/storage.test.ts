// docs/storage.md is checked against the migrations.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const root = join(import.meta.dirname, "..")
const page = readFileSync(join(root, "docs/storage.md"), "utf8")

function tablesOf(database: string): string[] {
  const folder = join(root, "migrations", database)
  const sql = readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8")) // in order
  const tables = new Set<string>()
  for (const [, verb, name = ""] of sql.join("\n").matchAll(/^(CREATE(?: VIRTUAL)?|DROP) TABLE (\w+)/gm))
    if (verb === "DROP") tables.delete(name)
    else tables.add(name)
  return [...tables]
}

/** Tables that are no longer used; the page mentions them outside its tables. */
const unused: Readonly<Record<string, string>> = { catalogue: "purges", people: "attempts" }

it.each(["catalogue", "people"])("docs/storage.md lists every table of %s, and no other", (database) => {
  const start = page.indexOf(`## D1 \`${database.toUpperCase()}\``)
  const end = page.indexOf("\n## ", start + 1)
  const section = page.slice(start, end === -1 ? undefined : end)
  const named = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  const tables = tablesOf(database)
  expect(tables.length).toBeGreaterThan(10)
  expect(named.sort()).toEqual(tables.filter((name) => name !== unused[database]).sort())
  expect(section).toContain(`\`${unused[database]}\``)
})

it("docs/storage.md lists every KV namespace in wrangler.toml", () => {
  const bindings = readFileSync(join(root, "wrangler.toml"), "utf8").matchAll(/kv_namespaces\]\]\s*binding = "(\w+)"/g)
  const names = [...bindings].map(([, name]) => name)
  expect(names.length).toBe(3)
  for (const name of names) expect(page).toContain(`| \`${name}\` |`)
})
