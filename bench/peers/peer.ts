// The interface of a peer, and its installation from npm into its own folder in .cache/peers: exact versions, nothing global.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../site.ts"

/** The site's details as its pages show them, in English. */
export interface SharedSite {
  readonly name: string
  readonly tagline: string
  readonly origin: string
  readonly contact: string
  /** The price of a membership, with its interval: `$5 a month`. */
  readonly price: string
  /** The name of the members' newsletter. */
  readonly digest: string
  readonly regions: readonly Named[]
  /** The names of the other languages, each in that language. */
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
  /** The article's text as Markdown, and as HTML rendered by marked. */
  readonly text: string
  readonly html: string
  readonly words: number
  /** As `2026-11-20`. */
  readonly date: string
  readonly author: Named
  readonly region: Named
  /** Includes the coordinates of the country's centre, in degrees; north and east are positive. */
  readonly country: Named & { readonly latitude: number; readonly longitude: number }
  /** The site's sections, by slug. */
  readonly menu: readonly string[]
  /** Four related articles. */
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

/** A running peer, on 127.0.0.1. */
export interface Peer {
  readonly port: number
  /** The path of the peer's article page. */
  readonly path: string
  /** The folder of static files that a host would serve without calling the Worker. */
  readonly files?: string
  /** CPU seconds that the peer's processes have used; null if the system does not report them. */
  cpu(): number | null
  stop(): Promise<void>
}

/** Ten minutes: an installation or build that takes longer has hung. */
const limit = 600_000

/** Runs a command in a folder. @throws with its output if it fails or takes too long */
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

/** Installs packages once, and again if they change. Package scripts are not run, because they may download from elsewhere. */
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

/** Writes the files of a peer's site, by path. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | object>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content, null, 2))
  }
}
