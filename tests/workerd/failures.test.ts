// Bugs answer 500 and are logged with their stack; failing stores answer 503; nothing hangs beyond its deadline.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { deskApp } from "../../src/desk/app.ts"
import { createGateway, pageBudget } from "../../src/reader/gateway.ts"
import { guardStores, isBug, StoreFailure } from "../../src/store/failure.ts"
import { makeFeed } from "../../src/store/gifts.ts"
import { createMember, grantMembership, withoutEnd } from "../../src/store/members.ts"
import { list } from "../../src/store/sql.ts"
import { compose, createRig, env, origin, publish, type Rig, site, wrapDatabase } from "./rig.ts"

const path = "/asia/tajikistan/failing"
let rig: Rig
let feed = ""
let logged: unknown[][] = []
const nobody = () => Promise.reject(new Error("nobody asks"))
const never = () => new Promise<never>(() => undefined)

beforeAll(async () => {
  rig = await createRig()
  await publish(rig, path, compose({}, "Text.\n"), { force: true })
  const member = await createMember(env.PEOPLE, "failing@example.org", "en", Date.now())
  await grantMembership(env.PEOPLE, member.id, withoutEnd)
  feed = `/account/feed/${await makeFeed(env.PEOPLE, member.id, Date.now())}.xml`
})

beforeEach(() => {
  logged = []
  for (const memory of rig.memories) memory.answers.clear()
  vi.spyOn(console, "error").mockImplementation((...said: unknown[]) => void logged.push(said))
})

afterEach(() => {
  Object.assign(rig.faults, { d1: "ok", kv: "ok", people: "ok" })
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function expectBugLogged(text: string): void {
  expect(logged).toHaveLength(1)
  const [said, id, , error] = logged[0] as unknown[]
  expect(said).toBe("failed")
  expect(text).toContain(id as string)
  expect((error as Error).stack).toMatch(/TypeError: nothing\.split is not a function\n {4}at /)
}

describe("a bug", () => {
  it.each([
    ["in what reads the catalogue", "d1", path],
    ["in what reads the catalogue for a list", "d1", "/asia/tajikistan"],
    ["in what reads a text", "kv", path],
    ["in the members' room", "people", ""],
  ] as const)("%s is a 500 with an id, logged once with its stack", async (_name, store, at) => {
    rig.faults[store] = "bug"
    const response = await rig.get(at || feed)
    expect(response.status).toBe(500)
    expect(response.headers.get("Cache-Control")).toMatch(/no-store/)
    expect(response.headers.get("Retry-After")).toBeNull()
    expectBugLogged(await response.text())
    rig.faults[store] = "ok"
    const healed = await rig.get(at || feed)
    expect(healed.status).toBe(200)
    await healed.arrayBuffer()
  })

  it("is logged once for all simultaneous requests for the page", async () => {
    rig.faults.d1 = "bug"
    const responses = await Promise.all(Array.from({ length: 10 }, () => rig.get(path)))
    const texts = await Promise.all(responses.map((response) => response.text()))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([500]))
    for (const text of texts) expectBugLogged(text)
  })

  it("at the desk is a 500 with an id; a store that fails there is a 503", async () => {
    const bug = await askDesk(() => Promise.reject(new TypeError("nothing.split is not a function")))
    expect(bug.status).toBe(500)
    expectBugLogged(await bug.text())
    const down = await askDesk(() => Promise.reject(new Error("D1_ERROR: D1 DB is overloaded")))
    expect(down.status).toBe(503)
    expect(down.headers.get("Retry-After")).toBe("10")
  })

  it.each([
    [new TypeError("x"), true],
    [new RangeError("x"), true],
    [new Error("D1_ERROR: no such column: x at offset 7: SQLITE_ERROR"), true],
    [new Error("D1_ERROR: NOT NULL constraint failed: SQLITE_CONSTRAINT"), true],
    [new Error("KV GET failed: 414 UTF-8 encoded length of 600 exceeds key length limit of 512."), true],
    [new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long."), false],
    [new Error("Network connection lost."), false],
    [new Error("KV PUT failed: 429 Too Many Requests"), false],
    [new Error("KV GET failed: 503 Service Unavailable"), false],
    [new StoreFailure("x"), false],
  ])("is distinguished from a store failure: %s", (error, bug) => {
    expect(isBug(error)).toBe(bug)
  })

  it("in our own SQL counts as one with real stores too", async () => {
    const { CATALOGUE } = guardStores(env, 1000)
    const failed = list(CATALOGUE, "SELECT nothing FROM articles")
    await expect(failed).rejects.toSatisfy((error) => !(error instanceof StoreFailure))
  })
})

describe("a store that hangs", () => {
  it("blocks nobody behind a lost fill: the next request starts another", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() })
    let lost = true
    const gateway = createGateway(env, site, { version: "test", desk: nobody, account: nobody })
    const fetch = ({ url }: Request) => (lost ? never() : gateway.render(url, "public"))
    const exports = { Pages: () => ({ fetch, purge: async () => true }) }
    const ask = async () => gateway.fetch(new Request(origin + path), { exports, waitUntil: () => undefined })
    const first = ask()
    await vi.advanceTimersByTimeAsync(pageBudget - 100)
    const joined = ask()
    await vi.advanceTimersByTimeAsync(100)
    expect((await first).status).toBe(503)
    expect((await joined).status).toBe(503)
    lost = false
    const after = await ask()
    expect(after.status).toBe(200)
    await after.arrayBuffer()
    expect(gateway.memory.fills.size).toBe(0)
  })

  it.each([
    "d1",
    "kv",
  ] as const)("for one call (%s) answers 503 in time, and the next request is answered", async (store) => {
    rig.faults[store] = "hang"
    const first = rig.get(path)
    await vi.waitFor(() => expect(rig.counts[store]).toBeGreaterThan(0))
    const joined = rig.get(path)
    expect((await first).status).toBe(503)
    expect((await joined).status).toBe(503)
    rig.faults[store] = "ok"
    const after = await rig.get(path)
    expect(after.status).toBe(200)
    await after.arrayBuffer()
  })

  it.each([
    "people",
    "d1",
    "kv",
  ] as const)("on the account page (%s) answers 503 in time, then works", async (store) => {
    rig.faults[store] = "hang"
    const response = await rig.get(feed)
    expect(response.status).toBe(503)
    expect(response.headers.get("Retry-After")).toBe("10")
    rig.faults[store] = "ok"
    expect((await rig.get(feed)).status).toBe(200)
  })

  it("at the desk answers 503 at its deadline", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const asked = askDesk(never)
    await vi.advanceTimersByTimeAsync(20_000)
    expect((await asked).status).toBe(503)
  })
})

async function askDesk(trip: () => Promise<never>): Promise<Response> {
  const { CATALOGUE, PEOPLE, ARTICLES, MEMBERS_ARTICLES, MEDIA } = guardStores(
    { ...env, CATALOGUE: wrapDatabase(env.CATALOGUE, trip) },
    20_000,
  )
  const desk = {
    site,
    version: "test",
    catalogue: CATALOGUE,
    people: PEOPLE,
    bodies: { articles: ARTICLES, members: MEMBERS_ARTICLES },
    media: MEDIA,
    adminKey: "test-desk-key",
    purge: rig.purge,
  }
  const headers = { Authorization: "Bearer test-desk-key" }
  return deskApp.fetch(new Request(`${origin}/desk/v1/articles`, { headers }), desk)
}
