// The production bundle, as `wrangler deploy` makes it; made again only when its sources changed.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Environment in which wrangler is offline and quiet. */
export const quietWrangler = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CI: "1",
}

/** Bundles the Worker below `root` and gives the script's path. @throws when wrangler fails */
export function bundleWorker(root: string): string {
  const folder = join(root, ".cache", "bundle")
  const script = join(folder, "worker.js")
  const stamp = join(folder, "stamp")
  const wanted = hashSources(root)
  if (existsSync(script) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return script
  mkdirSync(folder, { recursive: true })
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js")
  const args = [wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder]
  const env = { ...process.env, ...quietWrangler }
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env })
  if (run.status !== 0) throw new Error(`the Worker could not be bundled:\n${run.stdout}${run.stderr}`)
  writeFileSync(stamp, wanted)
  return script
}

function hashSources(root: string): string {
  const hash = createHash("sha256")
  for (const file of ["wrangler.toml", "package-lock.json"]) hash.update(readFileSync(join(root, file)))
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  for (const file of sources.filter((name) => name.endsWith(".ts")).sort()) {
    hash.update(file)
    hash.update(readFileSync(join(root, "src", file)))
  }
  return hash.digest("hex")
}
