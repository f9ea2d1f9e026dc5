// Runs before every other npm script: installs missing packages, with any Node from version 20.
import { spawnSync } from "node:child_process"
import { statSync } from "node:fs"

function changedAt(file) {
  try {
    return statSync(file).mtimeMs
  } catch {
    return 0
  }
}

if (changedAt("node_modules/.package-lock.json") < changedAt("package-lock.json")) {
  console.log("Installing packages…")
  const npm = process.env.npm_execpath
  const args = ["ci", "--loglevel=error", "--no-audit", "--no-fund"]
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: "inherit" })
    : spawnSync("npm", args, { stdio: "inherit" })
  process.exit(run.status ?? 1)
}
