import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { compose, createRig, publish, type Rig } from "./rig.ts"

const paths = Array.from({ length: 20 }, (_, index) => `/asia/tajikistan/story-${index}`)
const listings = ["/", "/asia", "/asia/tajikistan", "/topics/water", "/authors/the-desk"]
let rig: Rig

beforeAll(async () => {
  rig = await createRig()
  for (const path of paths)
    expect(
      (await publish(rig, path, compose({ topics: ["water"], authors: ["The desk"] }, `Text of ${path}.\n`))).status,
    ).toBe(200)
})

afterEach(() => {
  rig.faults.d1 = "ok"
  rig.faults.kv = "ok"
  vi.useRealTimers()
})

describe.each([
  ["KV", { kv: true, d1: false }],
  ["D1", { kv: false, d1: true }],
  ["both stores", { kv: true, d1: true }],
] as const)("%s fail", (_name, which) => {
  it.each([
    "throw",
    "hang",
  ] as const)("serves warm pages when they %s, and answers 503 for cold ones", async (fault) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() })
    for (const memory of rig.memories) memory.answers.clear()
    const warm = [...paths, ...listings]
    const before = new Map<string, string>()
    for (const path of warm) {
      const response = await rig.get(path)
      expect(response.status).toBe(200)
      before.set(path, await response.text())
    }
    vi.setSystemTime(Date.now() + 11_000)
    if (which.kv) rig.faults.kv = fault
    if (which.d1) rig.faults.d1 = fault
    await Promise.all(
      warm.map(async (path) => {
        const response = await rig.get(path)
        expect(response.status).toBe(200)
        expect(await response.text()).toBe(before.get(path))
        if (which.d1 || path.includes("story")) {
          expect(Number(response.headers.get("Age"))).toBeGreaterThanOrEqual(11)
          expect(response.headers.get("Cache-Status")).toContain("fwd=stale")
        }
      }),
    )
    for (const path of [paths[0] as string, ...(which.d1 ? ["/asia/tajikistan/never-written"] : [])]) {
      const response = await rig.get(path, {}, 1)
      expect(response.status).toBe(503)
      expect(response.headers.get("Cache-Control")).toBe("no-store")
      expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0)
      await response.arrayBuffer()
    }
    rig.faults.kv = "ok"
    rig.faults.d1 = "ok"
    const healed = await rig.get(paths[0] as string)
    expect(healed.status).toBe(200)
    expect(healed.headers.get("Cache-Status")).not.toContain("stale")
    await healed.arrayBuffer()
  })
})
