// Parts of `npm run deploy` without Cloudflare: names, what is refused, secrets, the origin. tests/whole/deploy.test.ts runs it.
import { spawnSync } from "node:child_process"
import { isAbsolute, join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { experimental_readRawConfig } from "wrangler"
import { chooseAccount, chooseOrigin, chooseSubdomain } from "../../../src/cli/deploy/cloudflare.ts"
import { chooseSecrets, optionalSecrets } from "../../../src/cli/deploy/secrets.ts"
import { composeConfig, listStores, prepareStores, type Settings } from "../../../src/cli/deploy/stores.ts"

const root = join(import.meta.dirname, "../../..")
const raw = experimental_readRawConfig({ config: join(root, "wrangler.toml") }).rawConfig
const bindings = ["ARTICLES", "MEMBERS_ARTICLES", "MEDIA", "CATALOGUE", "PEOPLE", "MAIL", "MAIL_DEAD", "MAIL_EVENTS"]

describe("the stores", () => {
  it("are all that wrangler.toml binds, named after the Worker", () => {
    const stores = listStores(raw, "dateline-staging")
    expect(stores.map(({ binding }) => binding)).toEqual(bindings)
    expect(stores.map(({ name }) => name)).toContain("dateline-staging-members-articles")
  })

  it("have no ids in wrangler.toml, which wrangler would take for real ones", () => {
    expect(listStores(raw, "dateline").map(({ given }) => given)).toEqual(bindings.map(() => undefined))
  })
})

describe("preparing the stores", () => {
  const worker = "dateline"
  const id = (name: string) => `id-of-${name}`
  const withId = { ...raw, d1_databases: [{ ...raw.d1_databases?.[0], database_id: id("mine") }] } as typeof raw
  /** An account with these databases, and none of the other stores. */
  const prepare = async (databases: readonly string[], bound: Record<string, string>[], config = raw) => {
    const call = vi.fn(async (_method: string, _path: string, body?: unknown) => {
      const [name = ""] = Object.values(body as Record<string, string>)
      return { id: id(name), uuid: id(name), queue_name: name }
    })
    const list = async (path: string) =>
      path.startsWith("/d1") ? databases.map((name) => ({ name, uuid: id(name) })) : []
    const settings = bound.length === 0 ? null : ({ bindings: bound } as unknown as Settings)
    const result = prepareStores({ call, list }, listStores(config, worker), worker, settings, () => undefined)
    const outcome = await result.catch((error: Error) => error.message)
    return { outcome, created: call.mock.calls.map(([, , body]) => Object.values(body as Record<string, string>)[0]) }
  }
  const catalogue = (of: string) => ({ type: "d1", name: "CATALOGUE", id: id(of) })

  it("creates what is missing and uses what exists", async () => {
    const { outcome, created } = await prepare(["dateline-catalogue"], [])
    expect(created).not.toContain("dateline-catalogue")
    expect(created).toHaveLength(bindings.length - 1)
    expect((outcome as Map<string, string>).get("CATALOGUE")).toBe(id("dateline-catalogue"))
    expect([...(outcome as Map<string, string>).keys()].sort()).toEqual([...bindings].sort())
  })

  it("creates a store that a new version needs, beside those that the Worker is bound to", async () => {
    const { created } = await prepare(["dateline-catalogue"], [catalogue("dateline-catalogue")])
    expect(created).toHaveLength(bindings.length - 1)
  })

  it.each([
    [
      "another store, while ours exists",
      ["dateline-catalogue", "old"],
      [catalogue("old")],
      raw,
      "bound to the D1 database old",
    ],
    ["another store, while ours does not exist", ["old"], [catalogue("old")], raw, "bound to the D1 database old"],
    ["a store that is gone", ["dateline-catalogue"], [catalogue("old")], raw, "which no longer exists"],
    ["another store than wrangler.toml gives", ["mine", "old"], [catalogue("old")], withId, "not to mine"],
    ["nothing, while wrangler.toml gives an unknown id", [], [], withId, "the account has no such D1 database"],
    [
      "nothing of ours: somebody else's Worker",
      [],
      [{ type: "kv_namespace", name: "CACHE", namespace_id: "1" }],
      raw,
      "not a Dateline site",
    ],
  ] as const)("refuses a Worker bound to %s, and creates nothing", async (_, databases, bound, config, message) => {
    const { outcome, created } = await prepare(databases, [...bound], config)
    expect(outcome).toContain(message)
    expect(created).toEqual([])
  })

  it("takes a store of any name whose id wrangler.toml gives", async () => {
    const { outcome } = await prepare(["mine"], [catalogue("mine")], withId)
    expect((outcome as Map<string, string>).get("CATALOGUE")).toBe(id("mine"))
  })
})

describe("the config for wrangler", () => {
  const ids = new Map(bindings.map((binding) => [binding, `id-${binding}`]))
  const compose = (worker: string, config = raw) =>
    composeConfig(config, { root, worker, account: "account", ids, origin: "https://news.org" })

  it("has the id of every store, ORIGIN and full paths, and builds nothing itself", () => {
    const { kv_namespaces, d1_databases, queues, ...made } = compose("dateline")
    expect(kv_namespaces?.map(({ id, preview_id }) => [id, preview_id])).toEqual(
      ["ARTICLES", "MEMBERS_ARTICLES", "MEDIA"].map((name) => [`id-${name}`, undefined]),
    )
    expect(d1_databases?.map(({ database_id }) => database_id)).toEqual(["id-CATALOGUE", "id-PEOPLE"])
    expect(queues?.consumers?.map(({ queue, dead_letter_queue }) => [queue, dead_letter_queue])).toEqual([
      ["id-MAIL", "id-MAIL_DEAD"],
      ["id-MAIL_EVENTS", undefined],
    ])
    expect(made).toMatchObject({ name: "dateline", account_id: "account", vars: { ORIGIN: "https://news.org" } })
    for (const path of [
      made.main,
      made.base_dir,
      made.assets?.directory,
      ...(d1_databases ?? []).map((one) => one.migrations_dir),
    ])
      expect(isAbsolute(path ?? "")).toBe(true)
    expect(made.build).toBeUndefined()
    // Everything else is as in wrangler.toml.
    for (const key of [
      "compatibility_date",
      "cache",
      "exports",
      "triggers",
      "observability",
      "send_email",
      "rules",
    ] as const)
      expect(made[key]).toEqual(raw[key])
  })

  it("gives a domain to production only", () => {
    const routes = [{ pattern: "news.org", custom_domain: true }]
    expect(compose("dateline", { ...raw, routes }).routes).toEqual(routes)
    expect(compose("dateline-staging", { ...raw, routes }).routes).toBeUndefined()
  })
})

describe("the origin", () => {
  it.each([
    ["https://meridian.example", true, "https://dateline.newsroom.workers.dev"],
    ["https://news.example.org", true, "https://dateline.newsroom.workers.dev"],
    ["http://localhost:8787", true, "https://dateline.newsroom.workers.dev"],
    ["https://news.org", true, "https://news.org"],
    ["https://example.news", true, "https://example.news"],
    ["https://news.org", false, "https://dateline.newsroom.workers.dev"],
  ])("of %s (production: %s) is %s", (configured, production, expected) => {
    expect(chooseOrigin(configured, "dateline", "newsroom", production)).toBe(expected)
  })

  it("asks once for the account's name, until Cloudflare takes it, and never without a terminal", async () => {
    const call = vi.fn(async (method: string, _path: string, body?: unknown) => {
      if (method === "GET") return null
      const { subdomain } = body as { subdomain: string }
      if (subdomain === "taken") throw new Error("unavailable")
      return { subdomain }
    })
    await expect(chooseSubdomain(call, "id", null)).rejects.toThrow("dash.cloudflare.com/id/workers/onboarding")
    const complain = vi.spyOn(console, "error").mockImplementation(() => undefined)
    const answers = ["taken", "newsroom"]
    expect(await chooseSubdomain(call, "id", async () => answers.shift() ?? "")).toBe("newsroom")
    expect(complain).toHaveBeenCalledWith("unavailable")
    complain.mockRestore()
  })
})

describe("the account", () => {
  const [one, two] = [
    { id: "1", name: "One" },
    { id: "2", name: "Two" },
  ]

  it("is the only one, or the one that is named", () => {
    expect(chooseAccount([one], undefined)).toBe(one)
    expect(chooseAccount([one, two], "2")).toBe(two)
    expect(chooseAccount([], "3").id).toBe("3")
  })

  it("is never guessed", () => {
    expect(() => chooseAccount([one, two], undefined)).toThrow(/CLOUDFLARE_ACCOUNT_ID[\s\S]*1 {2}One[\s\S]*2 {2}Two/)
    expect(() => chooseAccount([one], "2")).toThrow("no access to the account 2")
    expect(() => chooseAccount([], undefined)).toThrow("CLOUDFLARE_ACCOUNT_ID")
  })
})

describe("the secrets", () => {
  const key = () => "admin-key"

  it("are generated for a new Worker, and only the optional ones are asked for", async () => {
    const ask = vi.fn(async (question: string) => (question.startsWith("STRIPE") ? " sk_1 " : ""))
    const secrets = await chooseSecrets(new Set(), key, ask)
    expect(secrets).toMatchObject({ DESK_KEY: "admin-key", STRIPE_SECRET_KEY: "sk_1", STRIPE_WEBHOOK_SECRET: "sk_1" })
    expect(secrets.SESSION_KEYS?.length).toBeGreaterThanOrEqual(32)
    // Without the first of a group, the others are not asked for.
    expect(ask.mock.calls.map(([question]) => question.split(",")[0])).toEqual([
      ...optionalSecrets[0].names,
      optionalSecrets[1].names[0],
    ])
  })

  it("are not asked for again, nor without a terminal", async () => {
    const ask = vi.fn(async () => "never")
    expect(await chooseSecrets(new Set(["DESK_KEY", "SESSION_KEYS"]), key, ask)).toEqual({})
    expect(Object.keys(await chooseSecrets(new Set(["SESSION_KEYS"]), key, ask))).toEqual(["DESK_KEY"])
    expect(Object.keys(await chooseSecrets(new Set(), key, null))).toEqual(["DESK_KEY", "SESSION_KEYS"])
    expect(ask).not.toHaveBeenCalled()
  })

  it("that the Worker has are kept", async () => {
    const known = new Set(["DESK_KEY", "STRIPE_SECRET_KEY"])
    const secrets = await chooseSecrets(known, key, async () => "given")
    expect(secrets.DESK_KEY ?? secrets.STRIPE_SECRET_KEY).toBeUndefined()
    expect(secrets.STRIPE_WEBHOOK_SECRET).toBe("given")
  })
})

it.each(["deploy", "versions upload"])("`wrangler %s` stops at its build, before it uploads anything", (command) => {
  const env = { ...process.env, WRANGLER_COMMAND: command }
  const run = spawnSync(process.execPath, [join(root, "src/cli/local/bundle.ts")], { encoding: "utf8", env })
  expect([run.status, run.stderr]).toEqual([1, expect.stringContaining("npm run deploy")])
})
