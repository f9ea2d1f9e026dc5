// The house's law: imports run downward only, and Node lives in the CLI alone.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const source = join(import.meta.dirname, "../src")
/** What each room may import, itself aside. */
const allowed: Record<string, readonly string[]> = {
  site: [],
  article: ["site"],
  membership: ["site", "article"],
  store: ["site", "article", "membership"],
  render: ["site", "article"],
  mail: ["site", "article"],
  reader: ["site", "article", "membership", "store", "render", "mail"],
  members: ["site", "article", "membership", "store", "render", "mail"],
  desk: ["site", "article", "membership", "store", "render", "mail"],
  // The CLI renders to check, and knows the desk by its types and its schemas.
  cli: ["site", "article", "render", "desk"],
}
// The cached entrypoint draws pages for the audience that membership names.
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && name.includes("/"),
)

it.each(files)("%s imports only from the rooms below it", (file) => {
  const room = file.split("/", 1)[0] ?? ""
  const text = readFileSync(join(source, file), "utf8")
  for (const found of text.matchAll(/^(?:import|export) (type )?[^"]*?from "([^"]+)"/gm)) {
    const [, typeOnly, target = ""] = found
    if (target.startsWith("node:")) expect(room, `${file} imports ${target}`).toBe("cli")
    if (!target.startsWith(".")) continue
    const path = join(file, "..", target)
    const other = path.split("/", 1)[0] ?? ""
    if (other === room || !path.includes("/")) continue
    expect(allowed[room], `${file} imports ${target}`).toContain(other)
    if (room === "cli" && other === "desk" && path !== "desk/schema.ts")
      expect(typeOnly, `${file} imports more than types of ${target}`).toBe("type ")
  }
})
