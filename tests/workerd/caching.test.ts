// What readers are served, and for how long: other hosts, changes with time, Age, bugs, floods, damaged pictures.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createGateway } from "../../src/reader/gateway.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, dot, env, origin, publish, type Rig, site } from "./rig.ts"

const path = "/asia/tajikistan/kept"
let rig: Rig

beforeEach(async () => {
  rig = await createRig({ platform: true })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function at(time: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: time })
}

const iso = (time: number) => new Date(time).toISOString()
const nobody = () => Promise.reject(new Error("nobody asks"))
const rooms = { version: "test", desk: nobody, account: nobody }
const context = (fetch: (request: Request) => Promise<Response>) => ({
  exports: { Pages: () => ({ fetch, purge: async () => true }) },
  waitUntil: () => undefined,
})

describe("a request for another host or scheme", () => {
  const https = { ...site, origin: "https://news.example", otherOrigins: ["https://dateline.someone.workers.dev"] }
  const gateway = createGateway(env, https, rooms)
  const ask = (url: string, init: RequestInit = {}) =>
    gateway.fetch(
      new Request(url, { redirect: "manual", ...init }),
      context(({ url }) => gateway.render(url, "public")),
    )

  it.each([
    ["http://news.example/", "https://news.example/"],
    ["http://news.example/join", "https://news.example/join"],
    ["https://www.news.example/JOIN/", "https://news.example/join"],
    ["https://news.example.evil.test/search?q=a%20b", "https://news.example/search?q=a%20b"],
    ["https://news.example:8443/join", "https://news.example/join"],
    ["https://evil.test//news.example/%2e%2e/join", undefined],
    ["https://other.workers.dev/sign-in/confirm?token=abc", "https://news.example/sign-in/confirm?token=abc"],
    ["http://dateline.someone.workers.dev/healthz", "https://news.example/healthz"],
    ["https://evil.test/desk/v1/articles", "https://news.example/desk/v1/articles"],
    ["https://evil.test/no/such/thing", "https://news.example/no/such/thing"],
  ])("%s redirects to %s", async (from, to) => {
    for (const method of ["GET", "POST"]) {
      const response = await ask(from, { method })
      if (to === undefined) expect(response.headers.get("Location") ?? "").not.toContain("evil")
      else expect([response.status, response.headers.get("Location")]).toEqual([308, to])
      expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'")
    }
  })

  it("is answered at the origins in the config, from memory too, with links to the main origin", async () => {
    for (let time = 0; time < 2; time++)
      for (const own of ["https://news.example", "https://dateline.someone.workers.dev", "http://localhost:8787"]) {
        const response = await ask(`${own}/join`)
        expect([own, response.status]).toEqual([own, 200])
        expect(await response.text()).toContain('<link rel="canonical" href="https://news.example/join">')
      }
  })
})

it("does not send on whether the edge had the page, which only it and the figures need", async () => {
  await publish(rig, path, compose({}, "Text.\n"), { force: true })
  for (const asked of [path, "/", "/robots.txt"])
    for (const isolate of [0, 1]) {
      const { status, headers } = await rig.get(asked, {}, isolate)
      expect([asked, status, headers.get("Cf-Cache-Status")]).toEqual([asked, 200, null])
    }
})

describe("pages that change with time alone", () => {
  it("expire in time: a redirect with its target, under any spelling", async () => {
    const now = Date.now()
    const old = "/old/kept"
    const expires = compose({ aliases: [old], expires: iso(now + 40_000) }, "Text.\n")
    expect((await publish(rig, path, expires, { force: true })).status).toBe(200)
    at(now)
    const moved = await rig.get(old)
    expect([moved.status, moved.headers.get("Location")]).toEqual([301, origin + path])
    expect(moved.headers.get("Cache-Control")).toMatch(/^public, max-age=3\d$/)
    const spelled = `${path.toUpperCase()}/`
    const redirected = await rig.get(spelled)
    expect([redirected.status, redirected.headers.get("Location")]).toEqual([308, origin + path])
    expect(redirected.headers.get("Cache-Control")).toMatch(/^public, max-age=3\d$/)
    at(now + 35_000)
    const later = await rig.get(old, {}, 1)
    expect([later.status, later.headers.get("Cache-Control")]).toEqual([301, expect.stringMatching(/max-age=[45]$/)])
    at(now + 40_500)
    for (const isolate of [0, 1])
      for (const gone of [old, spelled]) expect((await rig.get(gone, {}, isolate)).status).toBe(410)
  })

  it("stop answering 410 the second an article under embargo takes the address over", async () => {
    const now = Date.now()
    const left = "/asia/nepal/left"
    const { published } = await publish(rig, left, compose({}, "Text.\n"), { force: true })
    await rig.desk("POST", "/unpublish", { path: left, base: published[0]?.revision, reason: "wrong" })
    const next = compose({ date: iso(now + 5_000), aliases: [left] }, "Text.\n")
    expect((await publish(rig, "/asia/nepal/next", next, { force: true })).status).toBe(200)
    at(now)
    for (const isolate of [0, 1]) expect((await rig.get(left, {}, isolate)).status).toBe(410)
    at(now + 5_100)
    for (const isolate of [0, 1]) expect((await rig.get(left, {}, isolate)).status).toBe(301)
  })

  it("include an unpublished article's aliases, which answer 410", async () => {
    const alias = "/old/ended"
    const { published } = await publish(rig, path, compose({ aliases: [alias] }, "Text.\n"), { force: true })
    expect((await rig.get(alias)).status).toBe(301)
    const base = published[0]?.revision
    expect((await rig.desk("POST", "/unpublish", { path, base, reason: "wrong" })).status).toBe(200)
    expect([(await rig.get(path)).status, (await rig.get(alias)).status]).toEqual([410, 410])
  })

  it("stop answering 404 the second an embargo ends, at old addresses too", async () => {
    const now = Date.now()
    const alias = "/old/coming"
    const coming = compose({ date: iso(now + 5_000), aliases: [alias] }, "Text.\n")
    expect((await publish(rig, "/asia/nepal/coming", coming, { force: true })).status).toBe(200)
    at(now)
    for (const isolate of [0, 1]) expect((await rig.get(alias, {}, isolate)).status).toBe(404)
    at(now + 5_100)
    for (const isolate of [0, 1]) expect((await rig.get(alias, {}, isolate)).status).toBe(301)
  })
})

describe("Age and Cache-Control", () => {
  it("agree: readers get a full minute, however long the edge has held the page, and stale pages show their real age", async () => {
    await publish(rig, path, compose({}, "Text.\n"), { force: true })
    const now = Date.now()
    at(now)
    await rig.get(path)
    for (const passed of [100, 109, 284]) {
      at(now + passed * 1000)
      const response = await rig.get(path, {}, 1)
      const [, seconds = "0"] = /max-age=(\d+)/.exec(response.headers.get("Cache-Control") ?? "") ?? []
      expect(Number(seconds) - Number(response.headers.get("Age") ?? 0)).toBeGreaterThanOrEqual(50)
    }
  })

  it("limit the effect of a refused purge to 6 minutes, including memory's 10 s", async () => {
    const { published } = await publish(rig, path, compose({}, "Before.\n"), { force: true })
    const now = Date.now()
    at(now)
    await rig.get(path)
    rig.cache.refusing = true
    const base = published[0]?.revision ?? 0
    expect((await publish(rig, path, compose({}, "After.\n"), { base })).status).toBe(200)
    // The last moment at which the edge still serves the old page, while it fetches the new one.
    for (let passed = 5; passed < 360; passed += 5) {
      at(now + passed * 1000 - 100)
      await rig.get(path, {}, 1)
    }
    at(now + 360_000)
    for (const isolate of [0, 1]) expect(await (await rig.get(path, {}, isolate)).text()).toContain("After.")
  })
})

it("only unknown addresses and searches take from the small share of memory that a flood may fill", async () => {
  const warm = [path, "/", "/asia", "/join", `${path}.md`, "/feed.xml"]
  const flood = ["/asia/nepal/unknown", "/topics/none", "/search?q=zzz", "/search?q=kept", "/none.md"]
  await publish(rig, path, compose({}, "Text.\n"), { force: true })
  for (const address of [...warm, ...flood]) await rig.get(address)
  const [memory] = rig.memories
  expect([...(memory?.answers.keys() ?? [])]).toEqual(expect.arrayContaining(warm))
  expect([...(memory?.scarce ?? [])].sort()).toEqual(flood.sort())
})

describe("a bug", () => {
  it("before a page is made gives an uncached 500 with the security headers", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    const broken = { ...env, STRIPE_SECRET_KEY: "a", STRIPE_WEBHOOK_SECRET: "b", STRIPE_API: "no address" }
    const bug = () => Promise.reject(new TypeError("x is not a function"))
    const gateway = createGateway(env, site, { ...rooms, account: bug, desk: bug })
    const answers = [
      createGateway(broken, site, rooms).fetch(new Request(`${origin}/join`), context(nobody)),
      createGateway(env, site, rooms).fetch(new Request(`${origin}/join`), context(bug)),
      gateway.fetch(new Request(`${origin}/account`), context(nobody)),
      gateway.fetch(new Request(`${origin}/desk/v1/articles`), context(nobody)),
    ]
    for (const answer of answers) {
      const { status, headers } = await answer
      expect([status, headers.get("Cache-Control")]).toEqual([500, "no-store"])
      expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'")
      for (const name of ["X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"])
        expect(headers.get(name), name).not.toBeNull()
    }
  })
})

describe("a picture", () => {
  it("with wrong bytes, or missing from KV, is a store failure", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    const sha256 = await hashContent(dot)
    const address = `/media/${sha256}.gif`
    expect((await rig.get(address)).status).toBe(404)
    rig.cache.drop()
    await rig.desk("PUT", address, dot)
    const metadata = { extension: "gif", size: dot.length, at: 1 }
    for (const torn of [dot.subarray(0, 20), new Uint8Array([...dot, 0]), new Uint8Array()]) {
      await env.MEDIA.put(sha256, torn, { metadata })
      const { status, headers } = await rig.get(address)
      expect([status, headers.get("Cache-Control"), headers.get("Retry-After")]).toEqual([503, "no-store", "10"])
    }
    await env.MEDIA.delete(sha256)
    expect((await rig.get(address)).status).toBe(503)
    await env.MEDIA.put(sha256, dot, { metadata })
    const whole = await rig.get(address)
    expect([whole.status, new Uint8Array(await whole.arrayBuffer())]).toEqual([200, dot])
    expect((await rig.get(address.replace(".gif", ".png"))).status).toBe(404)
  })
})
