// What a peer is, and how one comes from npm into a folder of its own below .cache/peers: exact versions, nothing global.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../site.ts"

/** The site as its pages name it, in English. */
export interface SharedSite {
  readonly name: string
  readonly tagline: string
  readonly origin: string
  readonly contact: string
  /** Of a membership, with its interval: `$5 a month`. */
  readonly price: string
  /** Name of the members' letter. */
  readonly digest: string
  readonly regions: readonly Named[]
  /** The other languages, by their own names. */
  readonly languages: readonly { readonly tag: string; readonly name: string; readonly dir: string }[]
}

interface Named {
  readonly slug: string
  readonly name: string
}

/** The one article that every peer serves, and what surrounds it on our page. */
export interface Shared {
  readonly path: string
  readonly title: string
  readonly summary: string
  readonly topics: readonly string[]
  /** Its text as markdown, and the same as marked makes HTML of it. */
  readonly text: string
  readonly html: string
  readonly words: number
  /** As `2026-11-20`. */
  readonly date: string
  readonly author: Named
  readonly region: Named
  /** Degrees of its middle, north and east above zero. */
  readonly country: Named & { readonly latitude: number; readonly longitude: number }
  /** The site's sections, by their slugs. */
  readonly menu: readonly string[]
  /** Four more to read. */
  readonly others: readonly {
    readonly path: string
    readonly slug: string
    readonly title: string
    readonly summary: string
    readonly date: string
  }[]
  readonly site: SharedSite
  /** The style sheet of our pages. */
  readonly style: string
}

/** A peer that runs, on 127.0.0.1. */
export interface Peer {
  readonly port: number
  /** Where its page of the article is. */
  readonly path: string
  /** The folder of files that its host would serve before the Worker is asked. */
  readonly files?: string
  /** CPU seconds of its processes so far; null where the system doesn't tell. */
  cpu(): number | null
  stop(): Promise<void>
}

/** Ten minutes: what installs or builds for longer hangs. */
const limit = 600_000

/** Runs a command to its end in a folder. @throws with what it printed, where it fails or takes too long */
export function run(folder: string, command: string, args: readonly string[]): void {
  const quiet = { ASTRO_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false" }
  const env = { ...process.env, ...quiet }
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env,
    timeout: limit,
    maxBuffer: 64 << 20,
  })
  if (status === 0) return
  const printed = `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n").slice(-15).join("\n")
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit ${status}`}\n${printed}`)
}

/** Installs packages once, and again when they are others. Scripts of packages are not run: they would load from elsewhere. */
export function install(name: string, packages: Readonly<Record<string, string>>, more: object = {}): string {
  const folder = join(root, ".cache", "peers", name)
  const manifest = `${JSON.stringify({ name: `peer-${name}`, private: true, type: "module", dependencies: packages, ...more })}\n`
  const stamp = join(folder, "installed.json")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === manifest) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), manifest)
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
  run(folder, "npm", ["install", "--ignore-scripts", "--legacy-peer-deps", ...quiet])
  writeFileSync(stamp, manifest)
  return folder
}

/** Writes the files of a peer's site, by their paths in it. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | object>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content, null, 2))
  }
}
