// `npm run deploy` from copies of the project, with the real wrangler, against a stand-in of Cloudflare's API. What is deployed
// runs in workerd with the databases that were migrated, and is published to and probed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { drawMaps } from "../../src/cli/local/maps.ts"
import { type CloudflareStandIn, startCloudflare, token } from "../stand-ins/cloudflare.ts"
import { root } from "./running-site.ts"

const minutes = 60_000
const folder = mkdtempSync(join(tmpdir(), "dateline-deploy-"))
const home = join(folder, "home")
const origin = "https://dateline.newsroom.workers.dev"
const staging = "https://dateline-staging.newsroom.workers.dev"

beforeAll(() => {
  drawMaps()
  mkdirSync(home)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the project with four articles. */
function clone(name: string): string {
  const copy = join(folder, name)
  for (const part of ["src", "probe", "migrations", "public", "dateline.config.ts", "package.json", "wrangler.toml"])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  mkdirSync(join(copy, ".cache"))
  cpSync(join(root, ".cache/maps.stamp"), join(copy, ".cache/maps.stamp"))
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"))
  for (const slug of ["one", "two", "three", "four"]) write(copy, slug)
  return copy
}

function write(copy: string, slug: string, text = ""): void {
  const file = join(copy, `content/asia/nepal/${slug}.md`)
  mkdirSync(join(file, ".."), { recursive: true })
  const access = slug === "four" ? "access: members\n" : ""
  const words = `Words of article ${slug} for everybody.\n\n<!-- members-only -->\n\nMore of article ${slug} for members.\n`
  writeFileSync(file, `---\ntitle: Article ${slug}\nsummary: About ${slug}.\ndate: 2020-01-02\n${access}---\n\n${text}${words}`)
}

const environment = (cloudflare: CloudflareStandIn): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  ...{ HOME: home, XDG_CONFIG_HOME: join(home, "config"), NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" },
  ...{ CLOUDFLARE_API_BASE_URL: cloudflare.url, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  EDGE: JSON.stringify(Object.fromEntries([...cloudflare.ports].map(([name, port]) => [`${name}.newsroom.workers.dev`, port]))),
  NODE_OPTIONS: `--import ${join(root, "tests/stand-ins/to-edge.ts")}`,
})

interface Run {
  readonly code: number | null
  readonly out: string
}

/** Runs a deployment. `cutAt`: kills it and its children as soon as the text is printed. */
async function deploy(copy: string, env: NodeJS.ProcessEnv, args: string[] = [], cutAt?: string): Promise<Run> {
  const program = [join(copy, "src/cli/local/deploy.ts"), ...args]
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
function kill(): void {
  if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) process.kill(-running.pid, "SIGKILL")
}

const titles = ({ kv, d1, queues }: CloudflareStandIn) => ({
  kv: [...kv.values()].map(({ title }) => title).sort(),
  d1: [...d1.values()].map(({ name }) => name).sort(),
  queues: [...queues.values()].map(({ queue_name }) => queue_name).sort(),
})
const storesOf = (worker: string) => ({
  kv: ["articles", "media", "members-articles"].map((name) => `${worker}-${name}`),
  d1: ["catalogue", "people"].map((name) => `${worker}-${name}`),
  queues: ["mail", "mail-dead", "mail-events"].map((name) => `${worker}-${name}`),
})
const bindingOf = (cloudflare: CloudflareStandIn, worker: string, name: string) =>
  cloudflare.scripts.get(worker)?.serving?.bindings.find((one) => one.name === name)
const secretsOf = (cloudflare: CloudflareStandIn, worker: string) =>
  cloudflare.scripts.get(worker)?.serving?.bindings.filter(({ type }) => type === "secret_text") ?? []
const changes = (cloudflare: CloudflareStandIn, since: number) =>
  cloudflare.log.slice(since).filter((request) => !request.startsWith("GET"))
const page = (cloudflare: CloudflareStandIn, path: string, worker = "dateline") =>
  fetch(`http://127.0.0.1:${cloudflare.ports.get(worker)}${path}`)

/** Names of the migrations that a database has, in the order in which they were applied. */
async function applied(cloudflare: CloudflareStandIn, name: string): Promise<unknown[]> {
  const id = [...cloudflare.d1.values()].find((one) => one.name === name)?.uuid ?? ""
  const { results } = await cloudflare.query(id, "SELECT name FROM d1_migrations ORDER BY id")
  return results.map((row) => row.name)
}

/** All that a finished first deployment has made. */
async function expectDeployed(cloudflare: CloudflareStandIn, copy: string): Promise<void> {
  expect(titles(cloudflare)).toEqual(storesOf("dateline"))
  for (const database of ["catalogue", "people"])
    expect(await applied(cloudflare, `dateline-${database}`)).toEqual(readdirSync(join(copy, "migrations", database)).sort())
  expect(bindingOf(cloudflare, "dateline", "ORIGIN")).toMatchObject({ type: "plain_text", text: origin })
  expect(secretsOf(cloudflare, "dateline").map(({ name }) => name).sort()).toEqual(["DESK_KEY", "SESSION_KEYS"])
  const script = cloudflare.scripts.get("dateline")
  expect([script?.crons, script?.subdomain.enabled]).toEqual([["* * * * *"], true])
  const consumed = [...cloudflare.queues.values()].filter(({ consumers }) => consumers.length === 1)
  expect(consumed.map(({ queue_name }) => queue_name).sort()).toEqual(["dateline-mail", "dateline-mail-events"])
  for (const slug of ["one", "two", "three", "four"]) {
    const response = await page(cloudflare, `/asia/nepal/${slug}`)
    expect([slug, response.status, await response.text()]).toEqual([slug, 200, expect.stringContaining(`${origin}/asia/nepal/${slug}`)])
  }
  const key = join(copy, ".wrangler/deploy/dateline.newsroom.workers.dev.key")
  expect(secretsOf(cloudflare, "dateline")[0]?.text).toBe(readFileSync(key, "utf8").trim())
  expect(statSync(key).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(copy, ".wrangler/deploy")).sort()).toEqual([
    "dateline.newsroom.workers.dev.key",
    "wrangler.dateline.json",
  ])
}

describe("an account with nothing in it", () => {
  let cloudflare: CloudflareStandIn
  let env: NodeJS.ProcessEnv
  let first: string
  let fresh: Run

  beforeAll(async () => {
    cloudflare = await startCloudflare()
    env = environment(cloudflare)
    first = clone("first")
  })
  afterAll(() => cloudflare?.stop())

  it("`--dry-run` lists each step without an account or the network", async () => {
    const none = { PATH: process.env.PATH, HOME: home, CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:9" }
    const { code, out } = await deploy(first, none, ["--dry-run"])
    expect(code).toBe(0)
    expect(out.match(/^\d\. /gm)).toHaveLength(7)
    for (const name of Object.values(storesOf("dateline")).flat()) expect(out).toContain(name)
    expect((await deploy(first, none, ["--dry-run", "--env", "staging"])).out).toContain("dateline-staging-catalogue")
    expect(existsSync(join(first, ".wrangler"))).toBe(false)
  })

  it("refuses a wrong command with exit code 2, and shows help", async () => {
    expect(await deploy(first, env, ["--env", "nowhere"])).toMatchObject({ code: 2, out: expect.stringContaining("staging") })
    expect((await deploy(first, env, ["--nonsense"])).code).toBe(2)
    expect(await deploy(first, env, ["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run") })
  })

  it("without a login says how to log in", async () => {
    const { CLOUDFLARE_API_TOKEN: _, ...nobody } = env
    const { code, out } = await deploy(first, nobody)
    expect([code, out]).toEqual([1, expect.stringContaining("npx wrangler login")])
    expect(cloudflare.log).toEqual([])
  })

  it("deploys from nothing, publishes and probes", { timeout: 5 * minutes }, async () => {
    fresh = await deploy(first, env)
    expect([fresh.code, fresh.out]).toEqual([0, expect.stringMatching(/ 0 failed[^\n]*\nDeployed https:/)])
    await expectDeployed(cloudflare, first)
    // No secret is printed, and none is asked for without a terminal.
    for (const { text } of secretsOf(cloudflare, "dateline")) expect(fresh.out).not.toContain(text)
    expect(fresh.out).not.toContain("Enter for none")
    expect(cloudflare.log.filter((request) => request.startsWith("POST /queues")).length).toBe(3 + 2)
  })

  it("announces the steps that `--dry-run` lists", async () => {
    const steps = (out: string) => out.match(/^\d\. .*$/gm)
    const { out } = await deploy(first, env, ["--dry-run"])
    expect(steps(fresh.out)).toEqual(steps(out.replaceAll("YOUR-SUBDOMAIN", "newsroom")))
  })

  it("keeps the admin key where `npx dateline` finds it for that address", () => {
    const args = [join(first, "src/cli/main.ts"), "list", "--json", "--url", origin]
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: first, env, encoding: "utf8" })
    expect([status, JSON.parse(stdout).length]).toEqual([0, 4])
  })

  it("a second run creates nothing, with a login by `wrangler login`", { timeout: 5 * minutes }, async () => {
    mkdirSync(join(home, "config/.wrangler/config"), { recursive: true })
    const login = `oauth_token = "${token}"\nexpiration_time = "2999-01-01T00:00:00.000Z"\nscopes = ["account:read"]\n`
    writeFileSync(join(home, "config/.wrangler/config/default.toml"), login)
    const { CLOUDFLARE_API_TOKEN: _, ...loggedIn } = env
    const [secrets, since] = [secretsOf(cloudflare, "dateline"), cloudflare.log.length]
    write(first, "five")
    const { code, out } = await deploy(first, loggedIn)
    expect([code, out]).toEqual([0, expect.stringContaining("The site has 4 articles")])
    rmSync(join(home, "config"), { recursive: true })
    rmSync(join(first, "content/asia/nepal/five.md"))
    const made = changes(cloudflare, since).filter((request) => /^POST \/(storage|d1\/database$|queues)/.test(request))
    expect(made).toEqual([])
    expect(cloudflare.scripts.get("dateline")?.versions.length).toBe(2)
    expect(secretsOf(cloudflare, "dateline")).toEqual(secrets)
    await expectDeployed(cloudflare, first)
    expect((await page(cloudflare, "/asia/nepal/five")).status).toBe(404)
  })

  it("a second clone finds the stores by name, and leaves the secrets alone", { timeout: 5 * minutes }, async () => {
    const second = clone("second")
    const secrets = secretsOf(cloudflare, "dateline")
    const { code, out } = await deploy(second, env)
    expect([code, out]).toEqual([0, expect.stringContaining("Set DATELINE_KEY to publish from here")])
    expect(secretsOf(cloudflare, "dateline")).toEqual(secrets)
    await expectDeployed(cloudflare, first)
  })

  it("staging stands beside production, with stores of its own", { timeout: 5 * minutes }, async () => {
    const before = cloudflare.scripts.get("dateline")?.serving
    const { code, out } = await deploy(first, env, ["--env", "staging"])
    expect([code, out]).toEqual([0, expect.stringContaining(`Deployed ${staging}`)])
    const [own, theirs] = [storesOf("dateline"), storesOf("dateline-staging")]
    for (const kind of ["kv", "d1", "queues"] as const)
      expect(titles(cloudflare)[kind]).toEqual([...own[kind], ...theirs[kind]].sort())
    for (const name of ["ARTICLES", "MEMBERS_ARTICLES", "MEDIA", "CATALOGUE", "PEOPLE", "MAIL", "DESK_KEY", "SESSION_KEYS", "ORIGIN"])
      expect(bindingOf(cloudflare, "dateline-staging", name)).not.toEqual(bindingOf(cloudflare, "dateline", name))
    expect(cloudflare.scripts.get("dateline")?.serving).toBe(before)
    expect(await (await page(cloudflare, "/asia/nepal/one", "dateline-staging")).text()).toContain(`${staging}/asia/nepal/one`)
  })

  it("a failing migration leaves the old version serving", { timeout: 5 * minutes }, async () => {
    const before = cloudflare.scripts.get("dateline")?.serving
    const since = cloudflare.log.length
    const broken = join(first, "migrations/catalogue/9999_broken.sql")
    writeFileSync(broken, "CREATE TABLE half (id INTEGER);\nALTER TABLE nowhere ADD COLUMN gone TEXT;\n")
    const { code, out } = await deploy(first, env)
    rmSync(broken)
    expect([code, out]).toEqual([1, expect.stringMatching(/9999_broken\.sql[\s\S]*present version goes on serving/)])
    expect(changes(cloudflare, since).filter((request) => !request.includes("/query"))).toEqual([])
    expect(cloudflare.scripts.get("dateline")?.serving).toBe(before)
    expect((await page(cloudflare, "/asia/nepal/one")).status).toBe(200)
    expect(await applied(cloudflare, "dateline-catalogue")).not.toContain("9999_broken.sql")
  })

  it("publishes on after an interrupted first publish, and not into a site with articles", { timeout: 5 * minutes }, async () => {
    write(first, "five")
    writeFileSync(join(first, ".wrangler/deploy/dateline.publishing"), "")
    expect((await deploy(first, env)).code).toBe(0)
    expect((await page(cloudflare, "/asia/nepal/five")).status).toBe(200)
    rmSync(join(first, "content/asia/nepal/five.md"))
  })

  it("wrangler alone deploys nothing from a clone", { timeout: 2 * minutes }, async () => {
    const since = cloudflare.log.length
    const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js")
    const child = spawn(process.execPath, [wrangler, "deploy"], { cwd: first, env, stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (out += chunk))
    expect((await once(child, "close"))[0]).not.toBe(0)
    expect(out).toContain("Use `npm run deploy`")
    expect(changes(cloudflare, since)).toEqual([])
  })

  it.each([
    ["another database", () => addDatabase(cloudflare), /CATALOGUE: the Worker dateline is bound to the D1 database elsewhere/],
    ["a database that is gone", () => "11111111-2222-3333-4444-555555555555", /does not exist any more/],
  ])("refuses a Worker that is bound to %s", { timeout: 2 * minutes }, async (_, other, message) => {
    const script = cloudflare.scripts.get("dateline")
    const serving = script?.serving
    if (script === undefined || serving === undefined) throw new Error("nothing is deployed")
    const id = other()
    script.serving = { ...serving, bindings: serving.bindings.map((one) => (one.name === "CATALOGUE" ? { ...one, id } : one)) }
    const since = cloudflare.log.length
    const { code, out } = await deploy(first, env)
    script.serving = serving
    expect([code, out]).toEqual([1, expect.stringMatching(message)])
    expect(changes(cloudflare, since)).toEqual([])
  })
})

function addDatabase(cloudflare: CloudflareStandIn): string {
  cloudflare.d1.set("elsewhere", { uuid: "elsewhere", name: "elsewhere" })
  return "elsewhere"
}

describe("a deployment that is cut", () => {
  /** Changes after each of which a run is killed, in the order in which they happen. */
  const cuts: readonly (readonly [what: string, request: RegExp, count: number])[] = [
    ["the first namespace", /^POST \/storage/, 1],
    ["the last namespace", /^POST \/storage/, 2],
    ["the first database", /^POST \/d1\/database$/, 1],
    ["the last queue", /^POST \/queues$/, 3],
    ["the first migration", /query$/, 3],
    ["half of the migrations", /query$/, 20],
    ["the list of assets", /assets-upload-session$/, 1],
    ["the assets", /assets\/upload$/, 1],
    ["the first version", /^PUT \/workers\/scripts\/dateline$/, 1],
    ["the address", /subdomain$/, 1],
    ["the schedule", /schedules$/, 1],
    ["the first consumer", /consumers$/, 1],
  ]
  let cloudflare: CloudflareStandIn
  let copy: string

  beforeAll(async () => {
    cloudflare = await startCloudflare()
    copy = clone("cut")
  })
  afterAll(() => cloudflare?.stop())

  it.each(cuts)("goes on after %s", { timeout: 2 * minutes }, async (_, request, count) => {
    let left = count
    cloudflare.state.cut = (asked) => {
      if (!request.test(asked) || --left > 0) return false
      kill()
      return true
    }
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, left, out]).toEqual([null, 0, out])
    cloudflare.state.cut = () => false
  })

  it("goes on after a lost connection, and says so", { timeout: 2 * minutes }, async () => {
    cloudflare.state.cut = (asked) => asked.endsWith("/query")
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, out]).toEqual([1, expect.stringContaining("run the command again")])
    cloudflare.state.cut = () => false
  })

  it("goes on after the deployment, before or while it publishes", { timeout: 2 * minutes }, async () => {
    expect((await deploy(copy, environment(cloudflare), [], "6. Publish")).code).toBe(null)
  })

  it("has made everything once in the end", { timeout: 5 * minutes }, async () => {
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, out]).toEqual([0, expect.stringContaining(`Deployed ${origin}`)])
    await expectDeployed(cloudflare, copy)
  })
})
