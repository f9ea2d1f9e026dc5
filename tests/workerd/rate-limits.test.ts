import fc from "fast-check"
import { beforeEach, expect, it } from "vitest"
import { consume, consumeFor, type Limit } from "../../src/store/rate-limits.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import { createRig, env } from "./rig.ts"

beforeEach(async () => {
  await createRig()
  await env.PEOPLE.prepare("DELETE FROM rate_limits").run()
})

const minute = 60_000
const ask = async (limits: readonly Limit[], now: number) => (await consume(env.PEOPLE, limits, now)) === 0
const countRows = () => env.PEOPLE.prepare("SELECT count(*) AS n FROM rate_limits").first<number>("n")

it("allows as many requests as the limit in any window, however they are spread", async () => {
  const limits = [{ key: "address", most: 5, window: 15 * minute }]
  const passed: number[] = []
  for (let at = 0; at < 60 * minute; at += 10_000) if (await ask(limits, at)) passed.push(at)
  for (const start of passed)
    expect(passed.filter((at) => at >= start && at < start + 15 * minute).length).toBeLessThanOrEqual(5)
  expect(passed.length).toBe(20)
})

it("counts nothing when one of several limits refuses", async () => {
  const network = { key: "network", most: 2, window: 60 * minute }
  const askFor = (address: string, now: number) => ask([{ key: address, most: 1, window: minute }, network], now)
  expect(await askFor("a", 0)).toBe(true)
  expect(await askFor("a", 1)).toBe(false)
  expect(await askFor("b", 2)).toBe(true)
  expect(await askFor("c", 3)).toBe(false)
})

it("two concurrent requests never both take the last place", async () => {
  const limits = [{ key: "crowd", most: 3, window: minute }]
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(limits, 1000)))
  expect(answers.filter(Boolean).length).toBe(3)
})

it("says to the second when a request is allowed again, whichever limits are reached", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }), async (gaps) => {
      await env.PEOPLE.prepare("DELETE FROM rate_limits").run()
      const limits = [
        { key: "a", most: 3, window: 90_000 },
        { key: "a", most: 5, window: 300_000 },
        { key: "b", most: 4, window: 200_000 },
      ]
      let now = 1_000_000
      for (const gap of gaps) {
        now += gap * 1000
        const wait = await consume(env.PEOPLE, limits, now)
        if (wait === 0) continue
        const peeks = limits.map((limit) => ({ ...limit, peek: true }))
        expect(await ask(peeks, now + (wait - 1) * 1000)).toBe(false)
        expect(await ask(peeks, now + wait * 1000)).toBe(true)
      }
    }),
    { numRuns: 25 },
  )
})

it("counts no failed work, does none beyond the limit, and writes nothing for limits that it only checks", async () => {
  const limit = { key: "mail", most: 2, window: minute }
  const fail = () => Promise.reject(new Error("no mail"))
  for (let i = 0; i < 5; i++) await expect(consumeFor(env.PEOPLE, [limit], i, fail)).rejects.toThrow("no mail")
  for (let i = 0; i < 5; i++) expect(await ask([{ ...limit, peek: true }], i)).toBe(true)
  expect(await countRows()).toBe(0)
  let done = 0
  for (let i = 0; i < 5; i++) await consumeFor(env.PEOPLE, [limit], i, async () => void done++)
  expect(done).toBe(2)
})

it("writes no row for a refused request, and deletes every row after a day", async () => {
  const limits = [
    { key: "a", most: 20, window: 60 * minute },
    { key: "b", most: 80, window: 60 * minute },
  ]
  for (let i = 0; i < 1_000; i++) await consume(env.PEOPLE, limits, i)
  expect(await countRows()).toBe(40)
  await sweepPeople(env.PEOPLE, 1440 * minute + 1_000)
  expect(await countRows()).toBe(0)
})
