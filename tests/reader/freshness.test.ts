import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { freshness, type Kept } from "../../src/reader/freshness.ts"

const now = 1_700_000_000_000
const page: Kept = { status: 200, sort: "page", gated: false, audience: "public", changesAt: null }

describe("how long an answer may be kept", () => {
  it.each<[string, Partial<Kept>, string, string]>([
    [
      "an open article",
      {},
      "public, max-age=60, stale-if-error=86400",
      "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400",
    ],
    [
      "a members' article, to the public",
      { gated: true },
      "private, no-cache",
      "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400",
    ],
    [
      "a members' article, to a member",
      { gated: true, audience: "members" },
      "private, no-store",
      "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400",
    ],
    ["what is not there", { status: 404 }, "public, max-age=30", "public, max-age=30"],
    ["a failure", { status: 503 }, "no-store", "no-store"],
    ["a picture", { sort: "picture" }, "public, max-age=31536000, immutable", "public, max-age=31536000, immutable"],
    ["a page that changes in 7 s", { changesAt: now + 7_400 }, "public, max-age=7", "public, max-age=7"],
    [
      "a 404 that an embargo ends in 5 s",
      { status: 404, changesAt: now + 5_000 },
      "public, max-age=5",
      "public, max-age=5",
    ],
    ["a page that has just changed", { changesAt: now }, "no-store", "no-store"],
  ])("%s", (_name, change, browser, edge) => {
    const times = freshness({ ...page, ...change }, now)
    expect([times.browser, times.edge]).toEqual([browser, edge])
  })

  it("never keeps anything beyond the next change, stale windows too", () => {
    const kept = fc.record({
      status: fc.constantFrom(200, 301, 404, 410, 503),
      sort: fc.constantFrom("page", "search", "redirect", "map"),
      gated: fc.boolean(),
      audience: fc.constantFrom("public", "members"),
      changesAt: fc.integer({ min: now - 1000, max: now + 200_000_000 }),
    }) as fc.Arbitrary<Kept>
    fc.assert(
      fc.property(kept, (one) => {
        const times = freshness(one, now)
        const left = Math.max(0, ((one.changesAt ?? 0) - now) / 1000)
        for (const header of [times.browser, times.edge]) {
          const seconds = [...header.matchAll(/=(\d+)/g)].map((match) => Number(match[1]))
          const [maxAge = 0, ...windows] = seconds
          for (const window of windows) expect(maxAge + window).toBeLessThanOrEqual(left)
          expect(maxAge).toBeLessThanOrEqual(left)
        }
        expect(times.memoryFresh).toBeLessThanOrEqual(left * 1000)
        expect(times.memoryStale).toBeLessThanOrEqual(left * 1000)
      }),
    )
  })
})
