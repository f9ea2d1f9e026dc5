import * as fc from "fast-check"
import { beforeAll, beforeEach, expect, it } from "vitest"
import { lookUpArticle, queryTogether } from "../../src/store/lookup.ts"
import { compose, createRig, env, publish, type Rig, wrapDatabase } from "./rig.ts"

let rig: Rig
const paths = Array.from({ length: 60 }, (_, index) => `/asia/tajikistan/together-${index}`)
const listing = "en:/asia/tajikistan"

beforeAll(async () => {
  rig = await createRig()
  for (const path of paths) await publish(rig, path, compose({ title: `Title of ${path}` }, "Text.\n"), { force: true })
})

beforeEach(() => {
  for (const memory of rig.memories) memory.answers.clear()
  rig.counts.d1 = 0
})

it("sixty different articles asked for at once are each answered with their own, in eight trips", async () => {
  const pages = await Promise.all(paths.map(async (path) => (await rig.get(path)).text()))
  for (const [index, page] of pages.entries()) expect(page).toContain(`<h1>Title of ${paths[index]}</h1>`)
  // Four go at once, and the others sixteen a trip.
  expect(rig.counts.d1).toBe(4 + Math.ceil((60 - 4) / 16))
})

it("articles asked for one after the other wait for nobody", async () => {
  for (const path of paths.slice(0, 3)) expect((await rig.get(path)).status).toBe(200)
  expect(rig.counts.d1).toBe(3)
})

it("gives each the answer that it gets alone, whoever asks at the same time", async () => {
  const address = fc.oneof(fc.constantFrom(...paths), fc.constantFrom("/asia/tajikistan/nothing", "/x'; --", "/%00"))
  const asked = fc.record({ path: address, now: fc.constantFrom(0, Date.now()), turns: fc.nat(4) })
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 60 }), async (all) => {
      const alone = []
      for (const { path, now } of all) alone.push(await lookUpArticle(env.CATALOGUE, path, listing, now))
      const db = wrapDatabase(env.CATALOGUE, (go) => go())
      const together = all.map(async ({ path, now, turns }) => {
        for (let turn = 0; turn < turns; turn++) await db.prepare("SELECT 1").first()
        return lookUpArticle(db, path, listing, now)
      })
      expect(await Promise.all(together)).toEqual(alone)
    }),
    { numRuns: 20 },
  )
})

it("asks after the call: who comes once a write is done finds it, however many trips are under way", async () => {
  let trips = 0
  const db = wrapDatabase(env.CATALOGUE, (go) => {
    trips++
    return go()
  })
  const read = () => queryTogether<{ n: number }>(db, "SELECT count(*) AS n FROM counted", [], Date.now())
  await env.CATALOGUE.prepare("CREATE TABLE counted (n INTEGER)").run()
  const found: Promise<[number, number]>[] = []
  for (let written = 0; written < 30; written++) {
    for (let reader = 0; reader < 20; reader++) found.push(read().then(([row]) => [written, row?.n ?? -1]))
    await env.CATALOGUE.prepare("INSERT INTO counted VALUES (1)").run()
  }
  for (const [written, n] of await Promise.all(found)) expect(n).toBeGreaterThanOrEqual(written)
  expect(trips).toBeLessThan(found.length / 2)
})

it("has four trips under way at most, and sixteen queries in each", async () => {
  let now = 0
  let most = 0
  const db = wrapDatabase(env.CATALOGUE, async (go) => {
    most = Math.max(most, ++now)
    try {
      return await go()
    } finally {
      now--
    }
  })
  const read = (n: number) => queryTogether<{ n: number }>(db, "SELECT ?1 AS n", [n], Date.now())
  const found = await Promise.all(Array.from({ length: 500 }, (_, n) => read(n)))
  expect(found.map(([row]) => row?.n)).toEqual(Array.from({ length: 500 }, (_, n) => n))
  expect(most).toBe(4)
})

it("fails for those who joined a trip that fails, and for nobody after", async () => {
  let fail = true
  const db = wrapDatabase(env.CATALOGUE, async (go) => {
    const result = await go()
    if (fail) throw new Error("D1 is down")
    return result
  })
  const read = (n: number) => queryTogether<{ n: number }>(db, "SELECT ?1 AS n", [n], Date.now())
  const first = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => read(n)))
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set(["rejected"]))
  fail = false
  const then = await Promise.all(Array.from({ length: 12 }, (_, n) => read(n)))
  expect(then.map(([row]) => row?.n)).toEqual(Array.from({ length: 12 }, (_, n) => n))
})

it("does not wait for trips that are lost", async () => {
  let lost = true
  const db = wrapDatabase(env.CATALOGUE, (go) => (lost ? new Promise(() => undefined) : go()))
  const read = (n: number) => queryTogether<{ n: number }>(db, "SELECT ?1 AS n", [n], Date.now())
  // Four are lost on their way, and those who wait for one of them go after all.
  for (let n = 0; n < 4; n++) void read(n)
  const waiting = Promise.all([read(5), read(6)])
  lost = false
  expect(await waiting).toEqual([[{ n: 5 }], [{ n: 6 }]])
  expect(await read(7)).toEqual([{ n: 7 }])
})
