// Deployments for tests: copies of the project, runs of `npm run deploy` with the real wrangler against a stand-in of Cloudflare's
// API, and what must be there in the end. What is deployed runs in workerd with the databases that were migrated.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, expect } from "vitest"
import { drawMaps } from "../../src/cli/local/maps.ts"
import { type CloudflareStandIn, token } from "../stand-ins/cloudflare.ts"
import { copyProject, root } from "./running-site.ts"

export const minutes = 60_000
const folder = mkdtempSync(join(tmpdir(), "dateline-deploy-"))
export const home = join(folder, "home")
const slugs = ["one", "two", "three", "four"]
export const published = slugs.length + readdirSync(join(root, "content/pages")).length
export const origin = "https://dateline.newsroom.workers.dev"

await drawMaps()
mkdirSync(home)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the project with four articles, and the pages that each page links to. */
export function clone(name: string): string {
  const copy = join(folder, name)
  copyProject(copy, "probe", "content/pages")
  for (const slug of slugs) write(copy, slug)
  return copy
}

export function write(copy: string, slug: string): void {
  const file = join(copy, `content/asia/nepal/${slug}.md`)
  mkdirSync(join(file, ".."), { recursive: true })
  const gated = slug === "four" ? "\n<!-- members-only -->\n\nMore words, for members.\n" : ""
  const head = `title: Article ${slug}\nsummary: About article ${slug}.\ndate: 2020-01-02\nauthors: [A desk]\ntopics: [water]`
  writeFileSync(file, `---\n${head}\n---\n\nWords of article ${slug} for everybody.\n${gated}`)
}

export const environment = (cloudflare: CloudflareStandIn): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  // Loading wrangler takes most of a run's time.
  NODE_COMPILE_CACHE: join(root, ".cache/node"),
  ...{ HOME: home, XDG_CONFIG_HOME: join(home, "config"), NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" },
  ...{ CLOUDFLARE_API_BASE_URL: cloudflare.url, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  EDGE: JSON.stringify(
    Object.fromEntries([...cloudflare.ports].map(([name, port]) => [`${name}.newsroom.workers.dev`, port])),
  ),
  NODE_OPTIONS: `--import ${pathToFileURL(join(root, "tests/stand-ins/to-edge.ts"))}`,
})

export interface Run {
  readonly code: number | null
  readonly out: string
}

/** Runs a deployment. `cutAt`: kills it and its children as soon as the text is printed. */
export async function deploy(copy: string, env: NodeJS.ProcessEnv, args: string[] = [], cutAt?: string): Promise<Run> {
  const program = [join(copy, "src/cli/deploy/deploy.ts"), ...args]
  const child = spawn(process.execPath, program, { cwd: copy, env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  running = child
  let out = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      out += chunk
      if (cutAt !== undefined && out.includes(cutAt)) kill()
    })
  const [code] = await once(child, "close")
  return { code, out }
}

let running: ChildProcess | undefined

/** Kills the running deployment with its children. */
export function kill(): void {
  if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null)
    process.kill(-running.pid, "SIGKILL")
}

/** Asks the running deployment to end, but not its children. */
export const terminate = (): void => void running?.kill("SIGTERM")

/** Whether the last deployment, or a child of it, is still running. */
export function isRunning(): boolean {
  try {
    return process.kill(-(running?.pid ?? 0), 0)
  } catch {
    return false
  }
}

export const titles = ({ kv, d1, queues }: CloudflareStandIn) => ({
  kv: [...kv.values()].map(({ title }) => title).sort(),
  d1: [...d1.values()].map(({ name }) => name).sort(),
  queues: [...queues.values()].map(({ queue_name }) => queue_name).sort(),
})
export const storesOf = (worker: string) => ({
  kv: ["articles", "media", "members-articles"].map((name) => `${worker}-${name}`),
  d1: ["catalogue", "people"].map((name) => `${worker}-${name}`),
  queues: ["mail", "mail-dead", "mail-events"].map((name) => `${worker}-${name}`),
})
export const bindingOf = (cloudflare: CloudflareStandIn, worker: string, name: string) =>
  cloudflare.scripts.get(worker)?.serving?.bindings.find((one) => one.name === name)
export const secretsOf = (cloudflare: CloudflareStandIn, worker: string) =>
  cloudflare.scripts.get(worker)?.serving?.bindings.filter(({ type }) => type === "secret_text") ?? []
export const changes = (cloudflare: CloudflareStandIn, since: number) =>
  cloudflare.log.slice(since).filter((request) => !request.startsWith("GET"))
export const page = (cloudflare: CloudflareStandIn, path: string, worker = "dateline") =>
  fetch(`http://127.0.0.1:${cloudflare.ports.get(worker)}${path}`)

/** Names of the migrations that a database has, in the order in which they were applied. */
export async function applied(cloudflare: CloudflareStandIn, name: string): Promise<unknown[]> {
  const id = [...cloudflare.d1.values()].find((one) => one.name === name)?.uuid ?? ""
  const { results } = await cloudflare.query(id, "SELECT name FROM d1_migrations ORDER BY id")
  return results.map((row) => row.name)
}

/** All that a finished first deployment has made. */
export async function expectDeployed(cloudflare: CloudflareStandIn, copy: string): Promise<void> {
  expect(titles(cloudflare)).toEqual(storesOf("dateline"))
  for (const database of ["catalogue", "people"])
    expect(await applied(cloudflare, `dateline-${database}`)).toEqual(
      readdirSync(join(copy, "migrations", database)).sort(),
    )
  expect(bindingOf(cloudflare, "dateline", "ORIGIN")).toMatchObject({ type: "plain_text", text: origin })
  expect(
    secretsOf(cloudflare, "dateline")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["DESK_KEY", "SESSION_KEYS"])
  const script = cloudflare.scripts.get("dateline")
  expect([script?.crons, script?.subdomain.enabled]).toEqual([["* * * * *"], true])
  const consumed = [...cloudflare.queues.values()].filter(({ consumers }) => consumers.length === 1)
  expect(consumed.map(({ queue_name }) => queue_name).sort()).toEqual(["dateline-mail", "dateline-mail-events"])
  for (const slug of slugs) {
    const response = await page(cloudflare, `/asia/nepal/${slug}`)
    expect([slug, response.status, await response.text()]).toEqual([
      slug,
      200,
      expect.stringContaining(`${origin}/asia/nepal/${slug}`),
    ])
  }
  const key = join(copy, ".wrangler/deploy/dateline.newsroom.workers.dev.key")
  expect(secretsOf(cloudflare, "dateline")[0]?.text).toBe(readFileSync(key, "utf8").trim())
  expect(statSync(key).mode & 0o777).toBe(0o600)
  // wrangler keeps a folder of its own there. Neither the secrets nor the mark of an unfinished publish is left.
  const kept = readdirSync(join(copy, ".wrangler/deploy")).filter((name) => name !== ".wrangler")
  expect(kept.sort()).toEqual(["dateline.newsroom.workers.dev.key", "wrangler.dateline.json"])
}
