// The import law: folders import only from those before them, HTTP folders never from each other, and only the command
// line uses Node.
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "vitest"

const root = join(import.meta.dirname, "..")
const below = ["site", "article", "membership"]
/** What each folder of src may import apart from itself. */
const allowed: Record<string, readonly string[]> = {
  site: ["routes.ts"],
  "routes.ts": ["site"],
  article: ["site", "routes.ts"],
  membership: ["site", "article", "routes.ts"],
  store: [...below, "routes.ts"],
  render: [...below, "routes.ts"],
  mail: [...below, "store", "render", "routes.ts"],
  reader: [...below, "store", "render", "mail", "routes.ts"],
  account: [...below, "store", "render", "mail", "routes.ts"],
  desk: [...below, "store", "render", "mail", "routes.ts"],
  // The command line renders in `check`, and uses the desk's types and schemas, and the Worker's caching headers.
  cli: ["site", "article", "render", "desk", "reader/freshness.ts", "routes.ts", "version.ts", "dateline.config.ts"],
  "background.ts": ["site", "store", "mail", "desk"],
  "worker.ts": [
    ...below,
    "store",
    "render",
    "mail",
    "reader",
    "account",
    "desk",
    "routes.ts",
    "background.ts",
    "version.ts",
    "dateline.config.ts",
  ],
  "version.ts": [],
  // The file that publishers edit imports only the config's type.
  "dateline.config.ts": ["site"],
}
const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/${name}`)

/** A folder of src, or a file next to the folders. */
const partOf = (file: string) => file.replace(/^src\//, "").split("/", 1)[0] ?? ""

it.each([...files, "dateline.config.ts"])("%s imports only what its folder may import", (file) => {
  const part = partOf(file)
  const text = readFileSync(join(root, file), "utf8")
  for (const [, typeOnly, from, lazy] of text.matchAll(
    /^(?:import|export) (type )?[^"]*?from "([^"]+)"|\bimport\("([^"]+)"\)/gm,
  )) {
    const target = from ?? lazy ?? ""
    if (target.startsWith("node:")) expect(part, `${file} imports ${target}`).toBe("cli")
    if (!target.startsWith(".")) continue
    const path = join(dirname(file), target)
    const other = partOf(path)
    if (other === part) continue
    const isAllowed = [other, path.replace("src/", "")].some((one) => allowed[part]?.includes(one))
    expect(isAllowed, `${file} imports ${target}`).toBe(true)
    if (part === "cli" && other === "desk" && path !== "src/desk/schema.ts")
      expect(typeOnly, `${file} imports more than types of ${target}`).toBe("type ")
    if (part === "dateline.config.ts") expect(typeOnly, `${file} imports more than types`).toBe("type ")
  }
})

it("sets Cache-Control only in freshness.ts", () => {
  const naming = files.filter((file) => /cache-control/i.test(readFileSync(join(root, file), "utf8")))
  expect(naming).toEqual(["src/reader/freshness.ts"])
})

it("runs statements only through sql.ts, in batches: only those have deadlines", () => {
  const preparing = files.filter((file) => /\.prepare\(/.test(readFileSync(join(root, file), "utf8")))
  const inWorker = preparing.filter((file) => partOf(file) !== "cli").sort()
  expect(inWorker).toEqual(["src/store/failure.ts", "src/store/sql.ts"])
})
