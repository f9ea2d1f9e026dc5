// Summarises a site's stores, so that a benchmark can tell whether a command wrote anything.
import { createHash } from "node:crypto"
import { cpSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { makeFolder } from "./site.ts"

export interface Stores {
  /** Texts in KV. */
  readonly bodies: number
  /** A hash of every row of every table, and of KV's values by name, size and time. */
  readonly content: string
}

/** Reads a copy of a running site's stores. */
export function readStores(state: string): Stores {
  const hash = createHash("sha256")
  const folder = join(state, "v3")
  let bodies = 0
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const found = statSync(join(folder, name))
    if (!found.isFile() || !name.includes("/blobs/")) continue
    if (/kv\/.*articles\//.test(name)) bodies++
    hash.update(`${name} ${found.size} ${found.mtimeMs}\n`)
  }
  const copy = makeFolder("copy")
  cpSync(join(folder, "d1"), copy, { recursive: true })
  for (const name of readdirSync(copy, { recursive: true, encoding: "utf8" }).sort())
    if (name.endsWith(".sqlite")) hashTables(join(copy, name), (text) => hash.update(text))
  rmSync(copy, { recursive: true })
  return { bodies, content: hash.digest("hex") }
}

/** Hashes all tables except the platform's own, in which it counts queries, including reads. */
function hashTables(file: string, update: (text: string) => void): void {
  const database = new DatabaseSync(file)
  const tables = database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
    )
    .all()
  for (const { name } of tables) {
    update(`${name}\n`)
    const rows = database.prepare(`SELECT * FROM "${name}"`)
    rows.setReadBigInts(true)
    for (const row of rows.iterate())
      update(
        Object.values(row)
          .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value)))
          .join("\t"),
      )
  }
  database.close()
}
