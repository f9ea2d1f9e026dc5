import anyAscii from "any-ascii"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { isSlug } from "../../src/site/addresses.ts"
import { checkConfig } from "../../src/site/config-schema.ts"
import {
  countries,
  countriesOf,
  countryByCode,
  countryByIso3,
  countryBySlug,
  countryName,
  regionName,
  regionOfCountry,
} from "../../src/site/places.ts"
import { formatProblem, type Problem } from "../../src/site/problem.ts"
import type { SiteConfig } from "../../src/site/site.ts"
import { nameSlug, slugify } from "../../src/site/slug.ts"

describe("the world", () => {
  it("has one slug, one code and a name in each language for every country and territory", () => {
    expect(countries.length).toBe(250)
    for (const key of ["slug", "code", "iso3"] as const)
      expect(new Set(countries.map((one) => one[key])).size).toBe(250)
    for (const country of countries) {
      expect(isSlug(country.slug), country.slug).toBe(true)
      expect(countryBySlug(country.slug)).toBe(country)
      expect(countryByIso3(country.iso3)).toBe(country)
      for (const language of config.languages) expect(countryName(country, language)).not.toMatch(/^(?:[A-Z]{2})?$/)
    }
  })

  it.each([
    ["TJ", "tajikistan", "TJK"],
    ["SS", "south-sudan", "SSD"],
    ["CD", "dr-congo", "COD"],
    ["CG", "republic-of-the-congo", "COG"],
    ["CI", "cote-divoire", "CIV"],
    ["PS", "palestine", "PSE"],
    ["XK", "kosovo", "XKX"],
    ["TR", "turkiye", "TUR"],
    ["TL", "timor-leste", "TLS"],
    ["ST", "sao-tome-and-principe", "STP"],
  ])("pins %s to %s", (code, slug, iso3) => expect(countryByCode(code)).toMatchObject({ slug, iso3 }))

  it("ignores names that objects inherit", () => {
    for (const name of ["__proto__", "constructor", "toString", ""]) {
      expect(countryBySlug(name)).toBeNull()
      expect(regionOfCountry(name, config)).toBeNull()
      expect(countriesOf(name, config)).toEqual([])
      expect(regionName(name, "en", config)).toBe(name)
    }
  })

  it("uses the country names that newsrooms use", () => {
    const name = (code: string, language: string) => countryName(countryByCode(code) as never, language)
    expect(name("PS", "en")).toBe("Palestine")
    expect(name("CD", "fr")).toBe("RD Congo")
    expect(name("US", "en")).toBe("United States")
    expect(name("HK", "en")).toBe("Hong Kong")
    expect(name("TJ", "ar")).toBe("طاجيكستان")
    expect(name("TJ", "ru")).toBe("Таджикистан")
    expect(name("CD", "ru")).toBe("ДР Конго")
  })
})

describe("the site's config", () => {
  it("has no mistakes, and each country is in one region", () => {
    expect(checkConfig(config)).toEqual([])
    const right = { holder: "X", note: { en: "Two\nlines." }, contact: "https://x.example", republish: false }
    expect(checkConfig({ ...config, rights: { x: right } })).toEqual([])
    for (const { slug } of countries) expect(regionOfCountry(slug, config), slug).not.toBeNull()
  })

  const region = { name: { en: "R" }, countries: [] }
  const broken: [string, Partial<SiteConfig>][] = [
    ["origin:", { origin: "https://x.example/" }],
    ["origin:", { origin: "javascript:alert(1)" }],
    ['use only scheme and host: "https://x.example"', { origin: "https://X.example:443/news" }],
    ['use only scheme and host: "https://xn--e1aybc.example"', { otherOrigins: ["https://тест.example"] }],
    ['name: "A\\nB" is not a name', { name: "A\nB" }],
    ['tagline.fr: "" is blank or has line breaks', { tagline: { en: "T", fr: "" } }],
    ['newsletter.name.en: "A\\r\\nB" is blank or has line breaks', { newsletter: { name: { en: "A\r\nB" }, hour: 6 } }],
    ["timeZone:", { timeZone: "Mars/Olympus" }],
    ['languages.0: "english" is not a language code', { languages: ["english"] }],
    ['languages.1: "e n"', { languages: ["en", "e n"] }],
    ['languages: "fr" is listed twice', { languages: ["en", "fr", "fr"] }],
    ['regions.topics: "topics" is the address of a page', { regions: { topics: region } }],
    ['regions.sign-in: "sign-in" is the address of a page', { regions: { "sign-in": region } }],
    ['regions.headlines: "headlines" is the address of a page', { regions: { headlines: region } }],
    ...["world", "tjk", "asia-globe"].map((slug): [string, object] => [
      `regions.${slug}: "${slug}" is the name of another map`,
      { regions: { [slug]: region } },
    ]),
    ["regions: is empty", { regions: {} }],
    ["regions.fr: /fr is the address of a language", { regions: { fr: region } }],
    ["regions.en: /en is the address of a language", { regions: { en: region } }],
    ["regions.Asia:", { regions: { Asia: region } }],
    ["regions.feed.xml:", { regions: { "feed.xml": region } }],
    ['regions.a.countries.0: "ZZ" is not a country', { regions: { a: { ...region, countries: ["ZZ"] } } }],
    ['regions.a.countries.0: "tj" is not a country', { regions: { a: { ...region, countries: ["tj"] } } }],
    ["regions.a: TJ is listed twice", { regions: { a: { ...region, countries: ["TJ", "TJ"] } } }],
    [
      "regions.b: TJ is also in a",
      { regions: { a: { ...region, countries: ["TJ"] }, b: { ...region, countries: ["TJ"] } } },
    ],
    ["regions.a.name: has no text", { regions: { a: { name: { fr: "A" }, countries: [] } } }],
    ["topics.Water:", { topics: { Water: { en: "Water" } } }],
    ["topics.water: has no text", { topics: { water: { fr: "Eau" } } }],
    ["contact:", { contact: "nobody" }],
    ['contact: "desk@x..example" is not an email address', { contact: "desk@x..example" }],
    ["use desk@xn--e1aybc.example", { contact: "Desk <desk@тест.example>" }],
    ["postalAddress:", { postalAddress: " " }],
    ["rights.x.contact:", { rights: { x: { holder: "X", note: { en: "X" }, contact: "http://x", republish: false } } }],
    ["newsletter.hour:", { newsletter: { name: { en: "N" }, hour: 24 } }],
    ["membership.price.amount:", { membership: { price: { amount: 4.5, currency: "USD", interval: "month" } } }],
    ["membership.price.currency:", { membership: { price: { amount: 450, currency: "usd", interval: "month" } } }],
    ["membership.stripePrice:", { membership: { ...config.membership, stripePrice: "sk_live_x" } }],
  ]
  it.each(broken)("reports %s", (mistake, change) => {
    const mistakes = checkConfig({ ...config, ...change })
    expect(mistakes.length).toBeGreaterThan(0)
    expect(formatProblem(mistakes[0] as Problem)).toContain(mistake)
    for (const { message, fix } of mistakes) expect([message, fix].filter((part) => part === "")).toEqual([])
  })
})

describe("slugs", () => {
  it.each([
    ["Regional security summit to convene in Dushanbe", "regional-security-summit-to-convene-in-dushanbe"],
    ["Côte d’Ivoire: l'eau", "cote-divoire-leau"],
    ["  --Déjà vu!  ", "deja-vu"],
    ["Straße № 5", "strasse-no-5"],
    ["🙈", ""],
    ["", ""],
    ["—", ""],
  ])("turns %j into %j", (title, slug) => expect(slugify(title)).toBe(slug))

  it("spells letters of living scripts like any-ascii", () => {
    const scripts = [
      "Latin",
      "Greek",
      "Cyrillic",
      "Arabic",
      "Hebrew",
      "Armenian",
      "Devanagari",
      "Thai",
      "Hangul",
      "Katakana",
    ]
    const living = new RegExp(`[${scripts.map((script) => `\\p{Script=${script}}`).join("")}]`, "u")
    const spell = (text: string) =>
      anyAscii(text.normalize("NFC"))
        .toLowerCase()
        .replace(/['`]/g, "")
        .replace(/[^a-z0-9]+/g, "-")
    const letters = Array.from({ length: 0xd800 - 0xa0 }, (_, index) => String.fromCharCode(0xa0 + index)).filter(
      (letter) =>
        letter.toLowerCase() === letter &&
        living.test(letter) &&
        /[\p{L}\p{N}]/u.test(letter) &&
        !/[\u1100-\u11ff\u3131-\u32ff\ua960-\ua97f\ud7b0-\ud7ff]/.test(letter),
    )
    expect(letters.length).toBeGreaterThan(12_000)
    for (const letter of letters) expect(slugify(`a${letter}b`), letter).toBe(spell(`a${letter}b`))
  })

  it("gives a Chinese name its own address", () => {
    expect(slugify("中文 2024")).toBe("4e2d6587-2024")
  })

  it("transliterates any script, and shortens without breaking a word", () => {
    expect(isSlug(slugify("أزمة المياه في اليمن"))).toBe(true)
    expect(isSlug(slugify("Душанбе"))).toBe(true)
    const long = slugify("water ".repeat(60))
    expect(isSlug(long)).toBe(true)
    expect(long.endsWith("water")).toBe(true)
    expect(isSlug(slugify("x".repeat(500)))).toBe(true)
  })
})

describe("slugs of names", () => {
  it.each([
    ["food security", "food-security"],
    ["São Tomé desk", "sao-tome-desk"],
    ["O’Brien & Sons", "obrien-sons"],
    ["C++", "c-plus-plus"],
    ["C#", "c-sharp"],
    ["Ａ＋", "a-plus"],
    ["Jane Sharp", "jane-sharp"],
    ["Straße", "strasse"],
  ])("turns %j into %j", (name, slug) => expect(nameSlug(name)).toBe(slug))

  it.each([
    ["C", "C++", "C#", "C plus plus", "C sharp"],
    ["Soren", "Søren"],
    ["Ivan Petrov", "Иван Петров"],
    ["عمر", "عمرو", "أمر", "amr", "mr"],
    ["#MeToo", "MeToo"],
    ["ع", "ء"],
    ["x".repeat(120), "x".repeat(121)],
  ])("gives %j and similar names separate pages", (...names) => {
    const slugs = names.map(nameSlug)
    expect(new Set(slugs).size).toBe(names.length)
    for (const slug of slugs) expect(isSlug(slug), slug).toBe(true)
  })

  it("returns no slug for a name without letters", () => expect(nameSlug(" — … ")).toBe(""))

  // As SPEC §2 defines it: case, Latin, Greek and Cyrillic marks, spaces and punctuation (but + and #) do not count.
  const reduce = (name: string) =>
    [...name.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").normalize("NFD")]
      .filter((one, at, all) => {
        const marked = all.slice(0, at).findLast((before) => !/\p{M}/u.test(before)) ?? ""
        const dropped = /\p{M}/u.test(one) && /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(marked)
        return !dropped && (/[+#]/.test(one) || !/[\p{P}\p{Z}\s]/u.test(one))
      })
      .join("")
      .normalize("NFC")

  it("never gives two names the same slug, in any script", () => {
    const alphabets = ["abcdeéèøßłñ", "عاأإءمروىيةه", "אבגדהוחכש", "پچگکیهآئ", "абвгдежзийьъё", "中国文学华", "αβγςσά"]
    const letter = fc
      .constantFrom(...alphabets)
      .chain((alphabet) => fc.constantFrom(...alphabet, ...alphabet, ..." -.’+#&"))
    const names = fc.sample(fc.string({ unit: letter, minLength: 1, maxLength: 6 }), { numRuns: 10_000, seed: 7 })
    const owners = new Map<string, string>()
    for (const name of names) {
      const slug = nameSlug(name)
      if (slug === "") continue
      expect(isSlug(slug), name).toBe(true)
      expect(owners.get(slug) ?? reduce(name), `${name} at ${slug}`).toBe(reduce(name))
      owners.set(slug, reduce(name))
    }
    expect(owners.size).toBeGreaterThan(5_000)
  })
})
