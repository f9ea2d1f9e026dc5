// Applied migrations never change, and later ones only add, because the previous version must continue to work.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { hash, oldMigrations } from "../stand-ins/old-state.ts"

const folder = join(import.meta.dirname, "../../migrations")

/** What a migration drops or renames: tables, columns, views, triggers. Indexes contain no data and may be dropped. */
function findLosses(sql: string): string[] {
  const statements = sql.replace(/--.*$|\/\*[\s\S]*?\*\//gm, "")
  return statements.match(/\bDROP\b(?!\s+INDEX\b)|\bRENAME\b|\bREPLACE\s+TABLE\b|\bwritable_schema\b/gi) ?? []
}

describe.each(["catalogue", "people"] as const)("migrations of %s", (name) => {
  const old: Record<string, string> = oldMigrations[name]
  const files = readdirSync(join(folder, name)).sort()
  const read = (file: string) => readFileSync(join(folder, name, file), "utf8")

  it("do not change once applied", () => {
    expect(Object.fromEntries(Object.keys(old).map((file) => [file, hash(read(file))]))).toEqual(old)
  })

  it("are applied in the order they were made", () => {
    expect(files.slice(0, Object.keys(old).length)).toEqual(Object.keys(old))
    for (const file of files) expect(file).toMatch(/^\d{4}_[a-z_-]+\.sql$/)
  })

  it("never drop or rename a table or column", () => {
    const losses = files.filter((file) => !(file in old)).flatMap((file) => findLosses(read(file)))
    expect(losses).toEqual([])
  })
})

it.each([
  ["DROP TABLE a;", 1],
  ["alter table a\n  drop column b;", 1],
  ["ALTER TABLE a DROP b;", 1],
  ["ALTER TABLE a RENAME TO b;", 1],
  ["ALTER TABLE a RENAME COLUMN b TO c;", 1],
  ["DROP /* ours */ TRIGGER a;", 1],
  ["DROP INDEX a; CREATE INDEX a ON b (c);", 0],
  ["-- DROP TABLE a;\nALTER TABLE a ADD COLUMN dropped INTEGER; /* RENAME\nDROP */", 0],
])("%j has %i destructive statements", (sql, count) => {
  expect(findLosses(sql)).toHaveLength(count)
})
