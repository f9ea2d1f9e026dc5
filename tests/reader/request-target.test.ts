import fc from "fast-check"
import { expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { formatParameters, matchOrigins, readParameters } from "../../src/reader/request-target.ts"

const address = { kind: "search", language: "en" } as const
const read = (query: string) => readParameters(address, query, config)

it("a query has one canonical form, which parses to itself", () => {
  const typed = fc.oneof(
    fc.string({ unit: "binary", maxLength: 240 }),
    fc.constantFrom("  Eau  POTABLE ", "İSTANBUL", "e\u0301", "ẞ", `${"a".repeat(199)}😀`, "ΑΣ ΑΣ", "\ud800"),
  )
  const slug = fc.constantFrom("", "asia", "water", "atlantis", "<x>", "ASIA")
  fc.assert(
    fc.property(typed, slug, slug, fc.integer({ min: 1, max: 500 }), (words, region, topic, page) => {
      const query = new URLSearchParams({ q: words, region, topic, page: String(page), other: words }).toString()
      const parameters = read(query)
      if (parameters === null) throw new Error("a page that is right was refused")
      const target = formatParameters(parameters)
      expect(read(target.slice(1))).toEqual(parameters)
      expect(parameters.query?.length ?? 0).toBeLessThanOrEqual(200)
      expect(parameters.region === null || parameters.region === "asia").toBe(true)
    }),
    { numRuns: 1000 },
  )
})

it("extra spaces and capitals do not create a second cache entry", () => {
  const one = read("q=eau+potable")
  expect(one?.query).toBe("eau potable")
  const others = [
    "q=Eau+Potable",
    "q=++EAU%20%20potable+",
    "page=1&q=eau%09potable&x=1",
    "region=&topic=&q=eau+potable",
  ]
  for (const other of others) expect(read(other)).toEqual(one)
})

it("an origin is ours with or without its default port, and with no other", () => {
  const isOurs = matchOrigins(["https://news.example", "http://[2001:db8::1]", "https://news.example:8443"])
  for (const own of ["news.example/", "NEWS.example:443/join", "news.example:8443/", "news.example?page=2"])
    expect([own, isOurs(`https://${own}`)]).toEqual([own, true])
  expect(isOurs("http://[2001:db8::1]:80/")).toBe(true)
  const foreign = [
    "https://news.example:4430/",
    "https://news.example:443@evil.test/",
    "https://news.example:8443:443/",
  ]
  for (const other of [...foreign, "http://news.example:443/", "https://news.example.:443/", "https://newsxexample/"])
    expect([other, isOurs(other)]).toEqual([other, false])
})
