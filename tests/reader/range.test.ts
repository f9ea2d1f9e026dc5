// The part of a file that a request asks for (RFC 9110 §14).
import { describe, expect, it } from "vitest"
import { readRange } from "../../src/reader/respond.ts"

const current = { ETag: '"abc"', "Last-Modified": "Mon, 23 Nov 2026 08:00:00 GMT" }
const ask = (range: string, more: Record<string, string> = {}) =>
  readRange(new Headers({ Range: range, ...more }), 1000, current)

describe("a range", () => {
  it.each([
    ["bytes=0-", [0, 999]],
    ["bytes=0-0", [0, 0]],
    ["bytes=200-299", [200, 299]],
    ["BYTES=990-5000", [990, 999]],
    ["bytes=-100", [900, 999]],
    ["bytes=-5000", [0, 999]],
  ] as const)("%s is a part", (range, part) => {
    expect(ask(range)).toEqual(part)
  })

  it.each(["bytes=1000-", "bytes=5000-6000", "bytes=-0"])("%s is outside of the file", (range) => {
    expect(ask(range)).toBe("unsatisfiable")
  })

  it.each([
    "",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=0-1,5-6",
    "bytes=a-b",
    "items=0-1",
    "bytes 0-1",
  ])("%j is ignored", (range) => {
    expect(ask(range)).toBeNull()
  })

  it("counts only for the version that the reader has (If-Range)", () => {
    for (const known of ['"abc"', current["Last-Modified"]])
      expect(ask("bytes=5-9", { "If-Range": known })).toEqual([5, 9])
    for (const known of ['"old"', 'W/"abc"', "Mon, 23 Nov 2026 08:00:01 GMT", ""])
      expect(ask("bytes=5-9", { "If-Range": known })).toBeNull()
  })
})
