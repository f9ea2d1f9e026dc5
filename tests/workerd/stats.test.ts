// The desk's figures: members, subscribers, stopped addresses, what became of the last editions, caches and queues.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { answerDesk } from "../../src/desk/app.ts"
import { createGateway } from "../../src/reader/gateway.ts"
import { planEdition } from "../../src/store/editions.ts"
import { createMember, grantMembership, revokeMembership } from "../../src/store/members.ts"
import { readStats } from "../../src/store/stats.ts"
import { recordMailEvent, subscribe } from "../../src/store/subscribers.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import { reportTally } from "../../src/store/traffic.ts"
import worker from "../../src/worker.ts"
import { compose, createRig, env, origin, publish, type Rig, site, wrapDatabase } from "./rig.ts"

let rig: Rig
beforeEach(async () => {
  rig = await createRig()
  for (const table of ["deliveries", "subscriptions", "subscribers", "members", "mail_events"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  for (const table of ["editions", "purge_outbox", "traffic"]) await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const content = { title: null, intro: null, stories: [], more: 0 }
const now = Date.now()
const ask = async (key?: string) => {
  const response = await rig.desk("GET", "/stats", undefined, key)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it("an empty site has figures too", async () => {
  expect(await ask()).toEqual({
    status: 200,
    body: {
      members: { now: 0, paying: 0 },
      subscribers: [],
      stopped: { bounce: 0, complaint: 0 },
      sender: "local",
      editions: [],
      purges: 0,
      pages: [],
      queues: { mail: 0, events: 0, dead: 0 },
    },
  })
})

it("counting takes one trip to the catalogue and two to the people database", async () => {
  const trips: string[] = []
  const counted = (database: D1Database, name: string) =>
    wrapDatabase(database, (go) => {
      trips.push(name)
      return go()
    })
  await readStats({ catalogue: counted(env.CATALOGUE, "catalogue"), people: counted(env.PEOPLE, "people") }, now)
  expect(trips.sort()).toEqual(["catalogue", "people", "people"])
})

it("members, subscribers by list and language, and stopped addresses are counted", async () => {
  for (const [index, name] of ["paying", "granted", "revoked", "ended"].entries()) {
    const { id, email } = await createMember(env.PEOPLE, `${name}@example.org`, index % 2 ? "fr" : "en", 1)
    await subscribe(env.PEOPLE, { email, language: index % 2 ? "fr" : "en", list: "digest" }, 1)
    if (name === "paying") await env.PEOPLE.prepare("UPDATE members SET paid_until = 9e15 WHERE id = ?").bind(id).run()
    if (name === "granted" || name === "revoked") await grantMembership(env.PEOPLE, id, 9e15)
    if (name === "revoked") await revokeMembership(env.PEOPLE, id, now)
  }
  for (const name of ["a", "b", "c"])
    await subscribe(env.PEOPLE, { email: `${name}@example.org`, language: "ar", list: "headlines" }, 1)
  await subscribe(env.PEOPLE, { email: "paying@example.org", language: "en", list: "headlines" }, 1)
  const stop = (email: string, stops: "bounce" | "complaint") =>
    recordMailEvent(env.PEOPLE, email, { message: "", emails: [email], stops }, now)
  await stop("a@example.org", "bounce")
  await stop("b@example.org", "bounce")
  await stop("paying@example.org", "complaint")
  expect((await ask()).body).toMatchObject({
    members: { now: 2, paying: 1 },
    subscribers: [
      { list: "headlines", language: "ar", subscribers: 3, recipients: 1 },
      { list: "headlines", language: "en", subscribers: 1, recipients: 0 },
      // Neither the membership that was revoked, nor the one that ended, nor the one whose owner complained.
      { list: "digest", language: "en", subscribers: 2, recipients: 0 },
      { list: "digest", language: "fr", subscribers: 2, recipients: 1 },
    ],
    stopped: { bounce: 2, complaint: 1 },
  })
})

it("each recipient of an edition is in one state, and a cut call is unknown after 15 minutes", async () => {
  const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
  const key = { list: "headlines", date: "2026-11-23", language: "en" } as const
  await planEdition(stores, { ...key, date: "2026-11-22" }, { content }, { now: now - 86_400_000, who: "cron" })
  await planEdition(stores, key, { content }, { now, who: "Nena" })
  const states: [string, number][] = [
    ["planned", now],
    ["claimed", now],
    ["claimed", now - 15 * 60_000 - 1],
    ["accepted", now],
    ["accepted", now],
    ["failed", now],
    ["withdrawn", now],
  ]
  for (const [index, [state, at]] of states.entries()) {
    await subscribe(env.PEOPLE, { email: `r${index}@example.org`, language: "en", list: "headlines" }, 1)
    await env.PEOPLE.prepare(
      `INSERT INTO deliveries (edition, subscriber, state, at, queued_at, message)
       SELECT 'headlines 2026-11-23 en', id, ?2, ?3, 0, ?1 FROM subscribers WHERE email = ?1`,
    )
      .bind(`r${index}@example.org`, state, at)
      .run()
  }
  await recordMailEvent(env.PEOPLE, "event", { message: "r4@example.org", emails: [], stops: "bounce" }, now)
  const none = { planned: 0, waiting: 0, sending: 0, accepted: 0, failed: 0, unknown: 0, withdrawn: 0, bounced: 0 }
  const moment = expect.stringMatching(/^20\d\d-.*Z$/)
  expect((await ask()).body.editions).toEqual([
    {
      ...{ ...key, at: moment, who: "Nena" },
      ...{ planned: 7, waiting: 1, sending: 1, accepted: 2, failed: 1, unknown: 1, withdrawn: 1, bounced: 1 },
    },
    { ...key, date: "2026-11-22", at: moment, who: "cron", ...none },
  ])
  // Each edition's pages are purged at the cron's next run. A purge that the cron has tried for minutes has failed.
  const purgeDue = (at: number) => env.CATALOGUE.prepare("UPDATE purge_outbox SET due_at = ?1").bind(at).run()
  await purgeDue(Date.now())
  expect((await ask()).body.purges).toBe(0)
  await purgeDue(Date.now() - 121_000)
  expect((await ask()).body.purges).toBe(1)
})

it("any editor can see them, without addresses, and nobody else can", async () => {
  await subscribe(env.PEOPLE, { email: "canary@example.org", language: "en", list: "headlines" }, 1)
  await env.PEOPLE.prepare("DELETE FROM editors").run()
  const { key } = (await (await rig.desk("POST", "/editors", { name: "Nena", role: "editor" })).json()) as {
    key: string
  }
  const { status, body } = await ask(key)
  expect(status).toBe(200)
  expect(JSON.stringify(body)).not.toMatch(/canary|@/)
  expect((await ask("another-key-that-is-not-known")).status).toBe(401)
})

it("deliveries are deleted after 90 days, one edition of each list at a time", async () => {
  await subscribe(env.PEOPLE, { email: "a@example.org", language: "en", list: "headlines" }, 1)
  const editions = [
    "headlines 2026-01-01 en",
    "headlines 2026-01-02 en",
    "headlines 2026-11-23 en",
    "digest 2026-01-01 fr",
  ]
  for (const edition of editions)
    await env.PEOPLE.prepare(
      "INSERT INTO deliveries (edition, subscriber, state, at, queued_at) SELECT ?1, id, 'accepted', 1, 1 FROM subscribers",
    )
      .bind(edition)
      .run()
  const kept = async () => {
    const { results } = await env.PEOPLE.prepare("SELECT edition FROM deliveries").all<{ edition: string }>()
    return results.map(({ edition }) => edition)
  }
  const later = Date.parse("2026-11-23T06:00:00Z") + 90 * 86_400_000
  await sweepPeople(env.PEOPLE, later)
  expect(await kept()).toEqual(["headlines 2026-01-02 en", "headlines 2026-11-23 en"])
  await sweepPeople(env.PEOPLE, later)
  await sweepPeople(env.PEOPLE, later)
  expect(await kept()).toEqual(["headlines 2026-11-23 en"])
})

const cached = "/asia/tajikistan/counted"
const at = (time: number) => vi.useFakeTimers({ toFake: ["Date"], now: time })

it("pages are counted by what served them, and the counts of isolates add up by day", async () => {
  rig = await createRig({ platform: true })
  await publish(rig, cached, compose({}, "Text.\n"), { force: true })
  const start = Date.parse("2026-11-23T12:00:00Z")
  at(start)
  for (const isolate of [0, 0, 0, 1]) await (await rig.get(cached, {}, isolate)).text()
  // Stale in memory and at the edge: refreshed.
  at(start + 400_000)
  await (await rig.get(cached)).text()
  await rig.cache.settle()
  // The stores fail: memory has the page, but not another one.
  at(start + 800_000)
  rig.cache.drop()
  rig.faults.d1 = "throw"
  await (await rig.get(cached)).text()
  expect((await rig.get("/asia/tajikistan/cold")).status).toBe(503)
  rig.faults.d1 = "ok"
  const [first, second] = rig.tallies
  expect(first?.counts).toEqual({ memory: 2, edge: 0, rendered: 2, stale: 1, failed: 1 })
  expect(second?.counts).toEqual({ memory: 0, edge: 1, rendered: 0, stale: 0, failed: 0 })
  for (const tally of rig.tallies) await report(tally)
  expect((await ask()).body.pages).toEqual([
    { day: "2026-11-23", memory: 2, edge: 1, rendered: 2, stale: 1, failed: 1 },
  ])
  // The figures are of seven days.
  at(start + 7 * 86_400_000)
  expect((await ask()).body.pages).toEqual([])
})

/** Reports a tally as the Worker does after a request. @returns whether it was time to */
async function report(tally: Rig["tallies"][number], db = env.CATALOGUE): Promise<boolean> {
  const work: Promise<unknown>[] = []
  reportTally(tally, db, Promise.resolve(), (one) => void work.push(one))
  await Promise.all(work)
  return work.length > 0
}

it("an isolate reports at most once a minute, and counts that could not be written come with the next report", async () => {
  const start = Date.parse("2026-11-23T23:59:30Z")
  at(start)
  const [tally] = rig.tallies
  if (tally === undefined) throw new Error("no isolate")
  tally.counts.memory = 5
  const broken = wrapDatabase(env.CATALOGUE, () => Promise.reject(new Error("D1 is down")))
  expect(await report(tally, broken)).toBe(true)
  tally.counts.memory += 2
  at(start + 59_000)
  expect(await report(tally)).toBe(false)
  at(start + 61_000)
  expect(await report(tally)).toBe(true)
  expect((await ask()).body.pages).toEqual([
    { day: "2026-11-24", memory: 7, edge: 0, rendered: 0, stale: 0, failed: 0 },
  ])
  expect(tally.counts.memory).toBe(0)
})

it("the Worker reports after a request that memory could not answer, and never on a hit", async () => {
  await publish(rig, cached, compose({}, "Text.\n"), { force: true })
  at(Date.parse("2027-01-01T12:00:00Z"))
  const nobody = () => Promise.reject(new Error("nobody asks"))
  const gateway = createGateway(env, site, { version: "test", desk: nobody, account: nobody })
  const work: Promise<unknown>[] = []
  const Pages = () => ({ fetch: ({ url }: Request) => gateway.render(url, "public") })
  const ctx = { exports: { Pages }, waitUntil: (one: Promise<unknown>) => void work.push(one) }
  const get = () => worker.fetch(new Request(origin + cached) as never, env, ctx as unknown as ExecutionContext)
  const miss = get()
  expect(miss).toBeInstanceOf(Promise)
  expect(await (await miss).text()).toContain("Text.")
  await Promise.all(work)
  expect((await ask()).body.pages).toMatchObject([{ day: "2027-01-01", rendered: 1 }])
  work.length = 0
  expect(get()).toBeInstanceOf(Response)
  expect(work).toEqual([])
})

it("messages in the queues are counted, and a queue that cannot be asked hides no other figure", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined)
  // The local queues drop what nobody consumes.
  const holding = (backlogCount: number) => ({ metrics: async () => ({ backlogCount }) }) as unknown as Queue
  const silent = { metrics: () => Promise.reject(new Error("no answer")) } as unknown as Queue
  const queues = { MAIL: holding(3), MAIL_EVENTS: silent, MAIL_DEAD: holding(1) } as Pick<Env, "MAIL">
  const request = new Request(`${origin}/desk/v1/stats`, { headers: { Authorization: "Bearer test-desk-key" } })
  const service = { env: { ...env, ...queues }, site, version: "test", purge: async () => true }
  expect(await (await answerDesk(request, service)).json()).toMatchObject({
    members: { now: 0 },
    queues: { mail: 3, events: null, dead: 1 },
  })
})
