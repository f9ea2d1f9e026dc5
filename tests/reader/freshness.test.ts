import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cached, freshness } from "../../src/reader/freshness.ts"
import { noChanges } from "../../src/store/rows.ts"

const now = 1_700_000_000_000
const page: Cached = { status: 200, kind: "page", gated: false, audience: "public", changes: noChanges }

const expires = (after: number) => ({ changes: { embargo: null, expiry: now + after } })
const appears = (after: number) => ({ changes: { embargo: now + after, expiry: null } })

describe("how long a response may be cached", () => {
  it.each<[string, Partial<Cached>, string, string]>([
    [
      "an open article",
      {},
      "public, max-age=60, stale-if-error=86400",
      "public, max-age=285, stale-while-revalidate=60, stale-if-error=86400",
    ],
    [
      "a members' article, to the public",
      { gated: true },
      "private, no-cache",
      "public, max-age=285, stale-while-revalidate=60, stale-if-error=86400",
    ],
    [
      "a members' article, to a member",
      { gated: true, audience: "members" },
      "private, no-store",
      "public, max-age=285, stale-while-revalidate=60, stale-if-error=86400",
    ],
    ["what is not there", { status: 404 }, "public, max-age=30", "public, max-age=20"],
    ["a failure", { status: 503 }, "no-store", "no-store"],
    ["a picture", { kind: "picture" }, "public, max-age=31536000, immutable", "public, max-age=31536000, immutable"],
    ["a page that an expiry changes in 7 s", expires(7_400), "public, max-age=7", "public, max-age=7"],
    [
      "a page that an embargo changes in 7 s",
      appears(7_400),
      "public, max-age=60, stale-if-error=86400",
      "public, max-age=7",
    ],
    ["a page that an embargo has just changed", appears(0), "public, max-age=60, stale-if-error=86400", "no-store"],
    [
      "a 404 that an embargo ends in 5 s",
      { status: 404, ...appears(5_000) },
      "public, max-age=30",
      "public, max-age=5",
    ],
    ["a page that an expiry has just changed", expires(0), "no-store", "no-store"],
  ])("%s", (_name, change, browser, edge) => {
    const times = freshness({ ...page, ...change }, now)
    expect([times.browser, times.edge]).toEqual([browser, edge])
  })

  const moment = fc.option(fc.integer({ min: now - 1000, max: now + 200_000_000 }))
  const anyPage = fc.record({
    status: fc.constantFrom(200, 301, 404, 410, 503),
    kind: fc.constantFrom("page", "search", "redirect"),
    gated: fc.boolean(),
    audience: fc.constantFrom("public", "members"),
    changes: fc.record({ embargo: moment, expiry: moment }),
  }) as fc.Arbitrary<Cached>
  const left = (at: number | null) => Math.max(0, at === null ? Number.POSITIVE_INFINITY : at - now)
  function expectWithin(header: string, milliseconds: number): void {
    const [maxAge = 0, ...windows] = [...header.matchAll(/=(\d+)/g)].map((match) => Number(match[1]))
    for (const window of [0, ...windows]) expect((maxAge + window) * 1000).toBeLessThanOrEqual(milliseconds)
  }

  it("never exceeds the next expiry nor, at the edge and in memory, the next embargo, stale windows included", () => {
    fc.assert(
      fc.property(anyPage, (one) => {
        const times = freshness(one, now)
        const { embargo, expiry } = one.changes
        const ours = Math.min(left(embargo), left(expiry))
        expectWithin(times.browser, left(expiry))
        expectWithin(times.edge, ours)
        expect(times.shownFresh).toBeLessThanOrEqual(left(expiry))
        expect(times.memoryFresh).toBeLessThanOrEqual(ours)
        expect(times.memoryStale).toBeLessThanOrEqual(ours)
      }),
    )
  })

  it("leaves a page stale for at most 6 minutes after a refused purge, and a 404 for 30 s", () => {
    fc.assert(
      fc.property(anyPage, (one) => {
        fc.pre(one.kind === "page" || one.kind === "redirect")
        const { edge, memoryFresh } = freshness(one, now)
        const windows = [...edge.matchAll(/(?:max-age|while-revalidate)=(\d+)/g)].map((match) => Number(match[1]))
        const seconds = windows.reduce((sum, window) => sum + window, 0) + memoryFresh / 1000
        expect(seconds).toBeLessThanOrEqual(one.status === 404 ? 30 : 360 - 2)
      }),
    )
  })

  it("sends readers the same headers with and without an embargo", () => {
    fc.assert(
      fc.property(anyPage, (one) => {
        const shown = (kept: Cached) => {
          const { browser, shownFresh } = freshness(kept, now)
          return { browser, shownFresh }
        }
        expect(shown(one)).toEqual(shown({ ...one, changes: { ...one.changes, embargo: null } }))
      }),
    )
  })
})
