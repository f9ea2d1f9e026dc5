// Before any other npm script: installs what is missing, on whatever Node the machine has (20 or later).
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
  console.log("Installing what is missing …")
  const npm = process.env.npm_execpath
  const args = ["ci", "--loglevel=error", "--no-audit", "--no-fund"]
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: "inherit" })
    : spawnSync("npm", args, { stdio: "inherit" })
  process.exit(run.status ?? 1)
}
