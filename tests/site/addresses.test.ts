import fc from "fast-check"
import { describe, expect, it } from "vitest"
import site from "../../dateline.config.ts"
import {
  type Address,
  type ArticleAddress,
  canonicalPath,
  isSlug,
  type ListingAddress,
  parseAddress,
} from "../../src/site/addresses.ts"
import { formatAddress, listingKey } from "../../src/site/format-address.ts"
import { countries, countriesOf, countryBySlug } from "../../src/site/places.ts"

const language = fc.constantFrom(...site.languages)
const region = fc.constantFrom(...Object.keys(site.regions))
const slug = fc
  .array(fc.constantFrom(..."abcz09-".split("")), { minLength: 1, maxLength: 100 })
  .map((characters) => characters.join(""))
  .filter((text) => isSlug(text) && !countryBySlug(text))
const country = region.chain((where) =>
  fc.constantFrom(...countriesOf(where, site)).map((one) => ({ region: where, country: one.slug })),
)

const article: fc.Arbitrary<ArticleAddress> = fc
  .record({
    language,
    slug,
    place: fc.oneof(
      country,
      region.map((one) => ({ region: one, country: null })),
    ),
  })
  .map(({ language, slug, place }) => {
    const bare = { kind: "article" as const, language, ...place, slug, path: "" }
    return { ...bare, path: formatAddress(bare, site) }
  })
const listing: fc.Arbitrary<ListingAddress> = fc.oneof(
  fc.record({ kind: fc.constant("front" as const), language }),
  fc.record({ kind: fc.constant("region" as const), language, region }),
  fc.tuple(language, country).map(([language, place]) => ({ kind: "country" as const, language, ...place })),
  fc.record({ kind: fc.constantFrom("topic" as const, "author" as const), language, slug }),
)
const hex = fc.array(fc.constantFrom(..."0123456789abcdef".split("")), { minLength: 64, maxLength: 64 })
const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  article,
  listing,
  fc.record({ kind: fc.constantFrom("search", "corrections", "newsletter", "join"), language }),
  fc.record({
    kind: fc.constant("feed" as const),
    format: fc.constantFrom("xml" as const, "json" as const),
    of: listing,
  }),
  article.map((one) => ({ kind: "markdown" as const, article: one })),
  fc.record({
    kind: fc.constantFrom("sitemapIndex", "newsSitemap", "robots", "llms", "security", "healthz"),
  }),
  fc.record({ kind: fc.constant("sitemap" as const), month: fc.constantFrom("2026-11", "1999-01", "undated") }),
  hex.map((digits) => ({ kind: "media" as const, sha256: digits.join(""), extension: "webp" })),
  fc.record({ kind: fc.constantFrom("map", "globe"), iso3: fc.constantFrom(...countries.map(({ iso3 }) => iso3)) }),
  fc.record({
    kind: fc.constantFrom("regionMap", "regionGlobe"),
    region: fc.constantFrom(...Object.keys(site.regions)),
  }),
  fc.constant({ kind: "worldMap" as const }),
)

describe("addresses", () => {
  it("parses what it formats, and formats it canonically", () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const path = formatAddress(address, site)
        expect(parseAddress(path, site)).toEqual(address)
        expect(canonicalPath(path)).toBe(path)
      }),
      { numRuns: 2000 },
    )
  })

  it("has one address for each page: whatever it parses, it formats the same", () => {
    const words = [
      "asia",
      "tajikistan",
      "fr",
      "en",
      "topics",
      "authors",
      "x",
      "feed.xml",
      "x.md",
      "maps",
      "tjk.svg",
      "join",
    ]
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 6 }),
        (parts) => {
          const path = `/${parts.join("/")}`
          const address = parseAddress(path, site)
          if (address) expect(formatAddress(address, site)).toBe(path)
        },
      ),
      { numRuns: 3000 },
    )
  })

  it.each([
    ["en:/", "/"],
    ["fr:/", "/fr"],
    ["en:/asia", "/asia"],
    ["fr:/asia/tajikistan", "/fr/asia/tajikistan"],
    ["ar:/topics/water", "/ar/topics/water"],
    ["en:/authors/ana-silva", "/authors/ana-silva"],
  ])("formats the listing %s as %s", (key, path) => {
    expect(listingKey(parseAddress(path, site) as ListingAddress)).toBe(key)
  })

  it("treats a region article named like a country as the country's page", () => {
    expect(parseAddress("/asia/tajikistan", site)?.kind).toBe("country")
    expect(parseAddress("/asia/tajikistan-votes", site)).toMatchObject({ kind: "article", country: null })
  })

  it.each([
    "/en",
    "/en/asia",
    "/de/asia",
    "/fr/fr",
    "/fr/healthz",
    "/fr/sitemap.xml",
    "/fr/robots.txt",
    "/fr/maps/tjk.svg",
    "/nowhere/tajikistan/summit",
    "/asia/nowhere/summit",
    "/asia/france",
    "/asia/france/summit",
    "/africa/tajikistan/summit",
    "/asia/tajikistan/summit/extra",
    "/asia/tajikistan/summit.css",
    "/asia/tajikistan/summit.html",
    "/asia/tajikistan/summit.json",
    "/asia/tajikistan/summit/x.css",
    "/asia/tajikistan/summit/index.html",
    "/asia/tajikistan/summit/feed.xml",
    "/asia/tajikistan/summit.md.md",
    "/asia/tajikistan/.md",
    "/asia/tajikistan.md",
    "/asia.md",
    "/topics/water.md",
    "/index.html",
    "/feed.xml/feed.xml",
    "/search/feed.xml",
    "/topics",
    "/topics/feed.xml",
    "/authors",
    "/topics/water/x",
    "/sitemaps/2026-13.xml",
    "/sitemaps/2026-11.json",
    "/media/abc.png",
    `/media/${"a".repeat(64)}`,
    `/media/${"a".repeat(64)}.`,
    `/media/${"a".repeat(64)}.tar.gz`,
    "/maps/zzz.svg",
    "/maps/unk.svg",
    "/maps/tjk.png",
    "/maps",
    "/__proto__",
    "/constructor/prototype/x",
    "/asia/__proto__",
    "/asia/constructor/x",
    "/asia/tajikistan/__proto__",
    "/topics/__proto__",
    "/valueof/x",
    "/wp-login.php",
    "/etc/passwd",
    "asia",
    "xasia",
    "",
    "//asia",
    "/asia/",
    "/asia//x",
    "/asia/tajikistan/-x",
    "/asia/tajikistan/x-",
    `/asia/tajikistan/${"a".repeat(101)}`,
  ])("has no page at %s", (path) => expect(parseAddress(path, site)).toBeNull())

  it("has regions and topics named like properties of Object only if the site defines them", () => {
    const odd = { ...site, regions: { valueof: { name: { en: "V" }, countries: ["TJ"] } } }
    expect(parseAddress("/valueof", odd)).toMatchObject({ kind: "region", region: "valueof" })
    expect(parseAddress("/asia", odd)).toEqual({ kind: "page", language: "en", page: "asia" })
    for (const page of ["constructor", "hasownproperty"])
      expect(parseAddress(`/${page}`, site)).toEqual({ kind: "page", language: "en", page })
  })

  it("formats a regional language's prefix in lower case", () => {
    const brazil = { ...site, languages: ["en", "pt-BR"] as const }
    expect(parseAddress("/pt-br/asia", brazil)).toMatchObject({ kind: "region", language: "pt-BR" })
    expect(formatAddress({ kind: "front", language: "pt-BR" }, brazil)).toBe("/pt-br")
  })
})
