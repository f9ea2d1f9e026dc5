// `npm run deploy` from copies of the project, with the real wrangler, against a stand-in of Cloudflare's API.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CloudflareStandIn, startCloudflare, token } from "../stand-ins/cloudflare.ts"
import {
  applied,
  bindingOf,
  changes,
  clone,
  deploy,
  environment,
  expectDeployed,
  home,
  minutes,
  origin,
  page,
  published,
  type Run,
  secretsOf,
  storesOf,
  titles,
  write,
} from "./deploying.ts"
import { root } from "./running-site.ts"

const staging = "https://dateline-staging.newsroom.workers.dev"

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
    expect(await deploy(first, env, ["--env", "nowhere"])).toMatchObject({
      code: 2,
      out: expect.stringContaining("staging"),
    })
    expect((await deploy(first, env, ["--nonsense"])).code).toBe(2)
    expect(await deploy(first, env, ["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run") })
  })

  it("says how to log in if nobody is logged in", { timeout: 5 * minutes }, async () => {
    const { CLOUDFLARE_API_TOKEN: _, ...nobody } = env
    const { code, out } = await deploy(first, nobody)
    expect([code, out]).toEqual([1, expect.stringContaining("npx wrangler login")])
    expect(cloudflare.log).toEqual([])
  })

  it("never prints a token, even one that cannot be sent", { timeout: 5 * minutes }, async () => {
    const { code, out } = await deploy(first, { ...env, CLOUDFLARE_API_TOKEN: "canary\ncanary" })
    expect([code, out]).toEqual([1, expect.stringContaining("Check CLOUDFLARE_API_TOKEN")])
    expect(out).not.toContain("canary")
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
    expect([status, JSON.parse(stdout).length]).toEqual([0, published])
  })

  it("a second run creates nothing, with a login by `wrangler login`", { timeout: 5 * minutes }, async () => {
    mkdirSync(join(home, "config/.wrangler/config"), { recursive: true })
    const login = `oauth_token = "${token}"\nexpiration_time = "2999-01-01T00:00:00.000Z"\nscopes = ["account:read"]\n`
    writeFileSync(join(home, "config/.wrangler/config/default.toml"), login)
    const { CLOUDFLARE_API_TOKEN: _, ...loggedIn } = env
    const [secrets, since] = [secretsOf(cloudflare, "dateline"), cloudflare.log.length]
    write(first, "five")
    const { code, out } = await deploy(first, loggedIn)
    expect([code, out]).toEqual([0, expect.stringContaining(`The site has ${published} articles`)])
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

  it("staging is separate from production, with its own stores", { timeout: 5 * minutes }, async () => {
    const before = cloudflare.scripts.get("dateline")?.serving
    // Static pages and an article for members: there is nothing that the probe could read.
    const open = ["one", "two", "three"]
    for (const slug of open) rmSync(join(first, `content/asia/nepal/${slug}.md`))
    const unread = await deploy(first, env, ["--env", "staging"])
    expect([unread.code, unread.out]).toEqual([0, expect.stringContaining("no article that everyone may read")])
    for (const slug of open) write(first, slug)
    // As if that run had been cut while it published.
    writeFileSync(join(first, ".wrangler/deploy/dateline-staging.publishing"), "")
    const { code, out } = await deploy(first, env, ["--env", "staging"])
    expect([code, out]).toEqual([0, expect.stringContaining(`Deployed ${staging}`)])
    expect(out).toMatch(/^ +\d+ passed, 0 failed/m)
    const [own, theirs] = [storesOf("dateline"), storesOf("dateline-staging")]
    for (const kind of ["kv", "d1", "queues"] as const)
      expect(titles(cloudflare)[kind]).toEqual([...own[kind], ...theirs[kind]].sort())
    for (const name of [
      "ARTICLES",
      "MEMBERS_ARTICLES",
      "MEDIA",
      "CATALOGUE",
      "PEOPLE",
      "MAIL",
      "DESK_KEY",
      "SESSION_KEYS",
      "ORIGIN",
    ])
      expect(bindingOf(cloudflare, "dateline-staging", name)).not.toEqual(bindingOf(cloudflare, "dateline", name))
    expect(cloudflare.scripts.get("dateline")?.serving).toBe(before)
    expect(await (await page(cloudflare, "/asia/nepal/one", "dateline-staging")).text()).toContain(
      `${staging}/asia/nepal/one`,
    )
  })

  it("a failing migration leaves the old version serving", { timeout: 5 * minutes }, async () => {
    const before = cloudflare.scripts.get("dateline")?.serving
    const since = cloudflare.log.length
    const broken = join(first, "migrations/catalogue/9999_broken.sql")
    writeFileSync(broken, "CREATE TABLE half (id INTEGER);\nALTER TABLE nowhere ADD COLUMN gone TEXT;\n")
    const { code, out } = await deploy(first, env)
    rmSync(broken)
    expect([code, out]).toEqual([1, expect.stringMatching(/9999_broken\.sql[\s\S]*current version keeps serving/)])
    expect(changes(cloudflare, since).filter((request) => !request.includes("/query"))).toEqual([])
    expect(cloudflare.scripts.get("dateline")?.serving).toBe(before)
    expect((await page(cloudflare, "/asia/nepal/one")).status).toBe(200)
    expect(await applied(cloudflare, "dateline-catalogue")).not.toContain("9999_broken.sql")
  })

  it("wrangler alone deploys nothing from a clone, but finds the databases", { timeout: 5 * minutes }, async () => {
    const since = cloudflare.log.length
    const wrangler = async (...args: string[]) => {
      const program = [join(root, "node_modules/wrangler/bin/wrangler.js"), ...args]
      const child = spawn(process.execPath, program, { cwd: first, env, stdio: ["ignore", "pipe", "pipe"] })
      let out = ""
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (out += chunk))
      return { code: (await once(child, "close"))[0], out }
    }
    const { code, out } = await wrangler("deploy")
    expect([code, out]).toEqual([1, expect.stringContaining("Use `npm run deploy`")])
    expect(changes(cloudflare, since)).toEqual([])
    const count = readdirSync(join(first, "migrations/people")).length
    const sql = "SELECT count(*) AS migrations FROM d1_migrations"
    const asked = await wrangler("d1", "execute", "PEOPLE", "--remote", "--json", "--command", sql)
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining(`"migrations": ${count}`)])
  })

  it.each([
    [
      "another database",
      () => addDatabase(cloudflare),
      /CATALOGUE: the Worker dateline is bound to the D1 database elsewhere/,
    ],
    ["a database that is gone", () => "11111111-2222-3333-4444-555555555555", /no longer exists/],
  ])("refuses a Worker that is bound to %s", { timeout: 5 * minutes }, async (_, other, message) => {
    const script = cloudflare.scripts.get("dateline")
    const serving = script?.serving
    if (script === undefined || serving === undefined) throw new Error("nothing is deployed")
    const id = other()
    script.serving = {
      ...serving,
      bindings: serving.bindings.map((one) => (one.name === "CATALOGUE" ? { ...one, id } : one)),
    }
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
