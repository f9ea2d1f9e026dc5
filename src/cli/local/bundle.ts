// Bundles the Worker: code for readers' requests in the entry and its chunks, the rest in modules loaded on demand.
// Run directly, this is wrangler's build command. See docs/decisions/010-bundle.md.
import { mkdirSync, readdirSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Metafile } from "esbuild"
import { replaceFile } from "../write-files.ts"

export interface Bundle {
  readonly folder: string
  /** File names inside the folder, the entry first. */
  readonly modules: readonly string[]
  /** The modules evaluated for a reader's request: the entry and its static imports. */
  readonly reader: readonly string[]
}

const entry = "worker.js"

/** Bundles the Worker in `root` into `dist/`. @throws when esbuild fails */
export async function bundleWorker(root: string): Promise<Bundle> {
  const folder = join(root, "dist")
  const { build, stop } = await import("esbuild")
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, "src", "worker.ts")],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    // If escaped, Arabic messages would take three times as many bytes.
    charset: "utf8",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    legalComments: "none",
    logLevel: "silent",
    metafile: true,
    write: false,
  })
  // Otherwise esbuild's process keeps running until ours ends.
  await stop()
  mkdirSync(folder, { recursive: true })
  // Replaced atomically: another process may be reading them.
  for (const file of outputFiles) replaceFile(file.path, file.contents)
  const names = outputFiles.map(({ path }) => path.slice(folder.length + 1))
  // A .tmp file belongs to another build in progress.
  for (const old of readdirSync(folder))
    if (!names.includes(old) && !old.endsWith(".tmp")) rmSync(join(folder, old), { recursive: true })
  const modules = [entry, ...names.filter((name) => name !== entry).sort()]
  const reader = followImports(metafile)
  return { folder, modules, reader }
}

/** The entry and everything it imports statically. */
function followImports({ outputs }: Metafile): string[] {
  const found = new Set<string>([`dist/${entry}`])
  for (const path of found)
    for (const { path: other, kind } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && outputs[other] !== undefined) found.add(other)
  return [...found].map((path) => path.slice("dist/".length))
}

if (import.meta.main) {
  // wrangler.toml has neither the stores' ids nor ORIGIN, so a Worker deployed from it would not work.
  if (/^(?:deploy|versions upload)$/.test(process.env.WRANGLER_COMMAND ?? "")) {
    console.error("Nothing was deployed. Use `npm run deploy`, which finds the stores and applies migrations")
    process.exit(1)
  }
  await bundleWorker(resolve(import.meta.dirname, "../../.."))
}
