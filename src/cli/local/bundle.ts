// The production bundle: what a reader needs in one module and its chunks, the rest in modules loaded when asked for.
// Run as a program it is wrangler's build command. See docs/decisions/010-bundle.md.
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import type { Metafile, Plugin } from "esbuild"

/** The Worker's modules. */
export interface Bundle {
  readonly folder: string
  /** File names inside the folder, the entry first. */
  readonly modules: readonly string[]
  /** Those that are evaluated for a reader's request: the entry and what it imports statically. */
  readonly reader: readonly string[]
}

const entry = "worker.js"

/** Bundles the Worker below `root` into `dist/`; again only when its sources changed. @throws when esbuild fails */
export async function bundleWorker(root: string): Promise<Bundle> {
  const folder = join(root, "dist")
  const record = join(root, ".cache", "bundle.json")
  const stamp = hashSources(root)
  const kept = readRecord(record)
  if (kept?.stamp === stamp && kept.modules.every((name) => existsSync(join(folder, name))))
    return { folder, modules: kept.modules, reader: kept.reader }

  const { build, stop } = await import("esbuild")
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, "src", "worker.ts")],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    write: false,
    plugins: [leanSanitizer],
  })
  // esbuild's own process would live as long as ours.
  await stop()
  mkdirSync(folder, { recursive: true })
  for (const file of outputFiles) writeWhole(file.path, file.contents)
  const names = outputFiles.map(({ path }) => path.slice(folder.length + 1))
  // What ends so is another start's that writes it now.
  for (const old of readdirSync(folder))
    if (!names.includes(old) && !old.endsWith(".tmp")) rmSync(join(folder, old), { recursive: true })
  const modules = [entry, ...names.filter((name) => name !== entry).sort()]
  const reader = followImports(metafile)
  mkdirSync(join(root, ".cache"), { recursive: true })
  writeWhole(record, JSON.stringify({ stamp, modules, reader }))
  return { folder, modules, reader }
}

/**
 * sanitize-html is taken without what only its unused options need: a parser of CSS, one of dates, htmlparser2's DOM.
 * Were one of them needed all the same, it would fail loudly.
 */
const leanSanitizer: Plugin = {
  name: "lean-sanitizer",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(postcss|dayjs)$/ }, ({ path }) => ({ path, namespace: "left-out" }))
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = {}" }))
    onResolve({ filter: /^htmlparser2$/ }, ({ importer }) => {
      const whole = createRequire(importer).resolve("htmlparser2")
      return { path: join(whole, "..", "Parser.js") }
    })
  },
}

/** The entry and all that it imports before it runs. */
function followImports({ outputs }: Metafile): string[] {
  const found = new Set<string>([`dist/${entry}`])
  for (const path of found)
    for (const { path: other, kind } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && outputs[other] !== undefined) found.add(other)
  return [...found].map((path) => path.slice("dist/".length))
}

function readRecord(file: string): (Omit<Bundle, "folder"> & { readonly stamp: string }) | null {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return null
  }
}

/** Another start may read while this one writes. */
function writeWhole(file: string, contents: string | Uint8Array): void {
  const next = `${file}.${process.pid}.tmp`
  writeFileSync(next, contents)
  renameSync(next, file)
}

function hashSources(root: string): string {
  const hash = createHash("sha256")
  hash.update(readFileSync(join(root, "package-lock.json")))
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  for (const file of sources.filter((name) => name.endsWith(".ts")).sort()) {
    hash.update(file)
    hash.update(readFileSync(join(root, "src", file)))
  }
  return hash.digest("hex")
}

if (import.meta.main) await bundleWorker(resolve(import.meta.dirname, "../../.."))
