import * as fc from "fast-check"
import { beforeAll, beforeEach, expect, it } from "vitest"
import { lookUpArticle } from "../../src/store/lookup.ts"
import { shareTrips } from "../../src/store/shared-trips.ts"
import { compose, createRig, env, publish, type Rig, wrapDatabase } from "./rig.ts"

let rig: Rig
const paths = Array.from({ length: 60 }, (_, index) => `/asia/tajikistan/shared-${index}`)
const listing = "en:/asia/tajikistan"
const echo = shareTrips<{ n: number }>("SELECT ?1 AS n")
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

beforeAll(async () => {
  rig = await createRig()
  for (const path of paths) await publish(rig, path, compose({ title: `Title of ${path}` }, "Text.\n"), { force: true })
})

beforeEach(() => {
  for (const memory of rig.memories) memory.answers.clear()
  rig.counts.d1 = 0
})

it("answers sixty simultaneous requests for different articles with their own pages, in six trips", async () => {
  const pages = await Promise.all(paths.map(async (path) => (await rig.get(path)).text()))
  for (const [index, page] of pages.entries()) expect(page).toContain(`<h1>Title of ${paths[index]}</h1>`)
  // Two start at once; the other 58 requests share four, 16 in each.
  expect(rig.counts.d1).toBe(2 + Math.ceil((60 - 2) / 16))
})

it("does not delay requests that come one after another", async () => {
  for (const path of paths.slice(0, 3)) expect((await rig.get(path)).status).toBe(200)
  expect(rig.counts.d1).toBe(3)
})

it("finds the same as without sharing, whatever else is looked up at the same time", async () => {
  const address = fc.oneof(fc.constantFrom(...paths), fc.constantFrom("/asia/tajikistan/nothing", "/x'; --", "/%00"))
  const lookup = fc.record({ path: address, now: fc.constantFrom(0, Date.now()), turns: fc.nat(4) })
  await fc.assert(
    fc.asyncProperty(fc.array(lookup, { maxLength: 60 }), async (lookups) => {
      const alone = []
      for (const { path, now } of lookups) alone.push(await lookUpArticle(env.CATALOGUE, path, listing, now))
      const db = wrapDatabase(env.CATALOGUE, (go) => go())
      const together = lookups.map(async ({ path, now, turns }) => {
        for (let turn = 0; turn < turns; turn++) await db.prepare("SELECT 1").first()
        return lookUpArticle(db, path, listing, now)
      })
      expect(await Promise.all(together)).toEqual(alone)
    }),
    { numRuns: 20 },
  )
})

it("sees everything written before the call, however many trips are under way", async () => {
  let trips = 0
  const db = wrapDatabase(env.CATALOGUE, (go) => {
    trips++
    return go()
  })
  const count = shareTrips<{ n: number }>("SELECT count(*) AS n FROM counted")
  await env.CATALOGUE.prepare("CREATE TABLE counted (n INTEGER)").run()
  const found: Promise<[number, number]>[] = []
  for (let written = 0; written < 30; written++) {
    for (let reader = 0; reader < 20; reader++) found.push(count(db).then(([row]) => [written, row?.n ?? -1]))
    await env.CATALOGUE.prepare("INSERT INTO counted VALUES (1)").run()
  }
  for (const [written, n] of await Promise.all(found)) expect(n).toBeGreaterThanOrEqual(written)
  expect(trips).toBeLessThan(found.length / 2)
})

it("has at most two trips under way, of at most 16 runs each", async () => {
  let underWay = 0
  let most = 0
  let trips = 0
  const db = wrapDatabase(env.CATALOGUE, async (go) => {
    trips++
    most = Math.max(most, ++underWay)
    try {
      return await go()
    } finally {
      underWay--
    }
  })
  const found = await Promise.all(upTo(500).map((n) => echo(db, n)))
  expect(found.map(([row]) => row?.n)).toEqual(upTo(500))
  expect(most).toBe(2)
  expect(trips).toBe(2 + Math.ceil((500 - 2) / 16))
})

it("fails for everyone in a trip that fails, and for nobody after it", async () => {
  let fail = true
  const db = wrapDatabase(env.CATALOGUE, async (go) => {
    const result = await go()
    if (fail) throw new Error("D1 is down")
    return result
  })
  const first = await Promise.allSettled(upTo(12).map((n) => echo(db, n)))
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set(["rejected"]))
  fail = false
  const then = await Promise.all(upTo(12).map((n) => echo(db, n)))
  expect(then.map(([row]) => row?.n)).toEqual(upTo(12))
})

it("does not wait for lost trips for long, nor again afterwards", async () => {
  let lost = 2
  let underWay = 0
  let most = 0
  const db = wrapDatabase(env.CATALOGUE, async (go) => {
    if (lost-- > 0) return new Promise(() => undefined)
    most = Math.max(most, ++underWay)
    try {
      return await go()
    } finally {
      underWay--
    }
  })
  for (let n = 0; n < 2; n++) void echo(db, n)
  expect(await Promise.all([echo(db, 5), echo(db, 6)])).toEqual([[{ n: 5 }], [{ n: 6 }]])
  // The first of these trips still waits for a lost one.
  for (let round = 0; round < 2; round++)
    expect((await Promise.all(upTo(200).map((n) => echo(db, n)))).map(([row]) => row?.n)).toEqual(upTo(200))
  expect(most).toBe(2)
})
