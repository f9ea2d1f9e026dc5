#!/usr/bin/env node
// Finds the project's own Node 24 and runs the command line with it: the host's may be 20.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { constants } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(fileURLToPath(import.meta.url), "../..")
const node = join(root, "node_modules", "node", "bin", "node")
if (!existsSync(node)) {
  console.error("Nothing is installed yet: run `npm start` or `npm ci` in the project first.")
  process.exit(2)
}
// Half of a short command's time goes into reading its own TypeScript: Node keeps what it made of it.
const env = { NODE_COMPILE_CACHE: join(root, ".cache", "node"), ...process.env }
const child = spawn(node, [join(root, "src/cli/main.ts"), ...process.argv.slice(2)], { stdio: "inherit", env })
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
child.on("error", (error) => {
  console.error(`The project's Node cannot be run (${error.message}): run \`npm ci\` in the project.`)
  process.exit(2)
})
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 2) : 128 + constants.signals[signal]))
