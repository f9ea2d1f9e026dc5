import { beforeEach, expect, it } from "vitest"
import { countAttempt } from "../../src/store/attempts.ts"
import { createRig, env } from "./rig.ts"

beforeEach(async () => {
  await createRig()
  await env.PEOPLE.prepare("DELETE FROM attempts").run()
})

const minute = 60_000

it("lets through as many attempts as a limit allows in any window, however they are spread", async () => {
  const limits = [{ key: "address", most: 5, window: 15 * minute }]
  const passed: number[] = []
  for (let at = 0; at < 60 * minute; at += 10_000) if (await countAttempt(env.PEOPLE, limits, at)) passed.push(at)
  for (const start of passed)
    expect(passed.filter((at) => at >= start && at < start + 15 * minute).length).toBeLessThanOrEqual(5)
  expect(passed.length).toBe(20)
})

it("counts nothing when one of several limits refuses", async () => {
  const network = { key: "network", most: 2, window: 60 * minute }
  const ask = (address: string, now: number) =>
    countAttempt(env.PEOPLE, [{ key: address, most: 1, window: minute }, network], now)
  expect(await ask("a", 0)).toBe(true)
  expect(await ask("a", 1)).toBe(false)
  expect(await ask("b", 2)).toBe(true)
  expect(await ask("c", 3)).toBe(false)
})

it("two at once never both take the last place", async () => {
  const limits = [{ key: "crowd", most: 3, window: minute }]
  const answers = await Promise.all(Array.from({ length: 50 }, () => countAttempt(env.PEOPLE, limits, 1000)))
  expect(answers.filter(Boolean).length).toBe(3)
})
