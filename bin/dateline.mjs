#!/usr/bin/env node
// Runs the command line with the project's own Node 24, because the host's may be older.
import { existsSync, realpathSync } from "node:fs"
import module from "node:module"
import { join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = resolve(fileURLToPath(import.meta.url), "../..")
const node = join(root, "node_modules", "node", "bin", "node")
if (!existsSync(node)) {
  console.error("Packages are not installed. Run `npm start` or `npm ci` in the project first.")
  process.exit(2)
}
const [main, preload] = ["main.ts", "preload.mjs"].map((name) => join(root, "src/cli", name))
// Compiling TypeScript takes half of a short command's time, so Node caches the result.
const kept = join(root, ".cache", "node")
// `npx` already runs this file with the project's Node. Starting it again would take half of a short command's time.
if (realpathSync(process.execPath) === realpathSync(node)) {
  module.enableCompileCache(kept)
  await import(pathToFileURL(preload).href)
  await (await import(pathToFileURL(main).href)).main(process.argv.slice(2))
} else await runWith(node)

/** Runs the command line in a child process and exits with its exit code. */
async function runWith(node) {
  const { spawn } = await import("node:child_process")
  const { constants } = await import("node:os")
  const env = { NODE_COMPILE_CACHE: kept, ...process.env }
  const child = spawn(node, ["--import", pathToFileURL(preload).href, main, ...process.argv.slice(2)], {
    stdio: "inherit",
    env,
  })
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
  child.on("error", (error) => {
    console.error(`Cannot run the project's Node (${error.message}). Run \`npm ci\` in the project.`)
    process.exit(2)
  })
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 2) : 128 + constants.signals[signal]))
}
