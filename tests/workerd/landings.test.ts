// The pages of regions, countries, topics and authors: what they show besides their list, and what it costs.
import { beforeAll, expect, it } from "vitest"
import { countRows, fillCatalogue } from "../../bench/catalogue.ts"
import { buildListing } from "../../src/reader/articles.ts"
import type { PageContext } from "../../src/reader/page.ts"
import { spokenLanguages } from "../../src/render/listing-page.ts"
import type { LandingAddress } from "../../src/site/addresses.ts"
import { factsOf } from "../../src/site/country-facts.ts"
import { loadLanguages } from "../../src/site/messages.ts"
import { countries, countriesOf } from "../../src/site/places.ts"
import { compose, createRig, env, publish, site } from "./rig.ts"

const day = 86_400_000
const now = Date.UTC(2026, 5, 1)
const on = (days: number) => new Date(now + days * day).toISOString()
const { db, take } = countRows(env.CATALOGUE)
const reading = { audience: "public", bodies: { articles: env.ARTICLES } } as const
const context: PageContext = { site, catalogue: db, reading, checkout: false, now }
const asia = { kind: "region", language: "en", region: "asia" } as const
const nepal = { ...asia, kind: "country", country: "nepal" } as const
const water = { kind: "topic", language: "en", slug: "water" } as const

async function draw(address: LandingAddress, page = 1) {
  const { body, tags, changes } = await buildListing(context, address, page)
  const [list = "", beside = ""] = String(body).split("<aside>")
  return { list, beside, tags, changes, whole: String(body) }
}

const told = (beside: string) => [...beside.matchAll(/<li><a href="([^"]+)">[^<]+<\/a> <bdi>([^<]+)<\/bdi>/g)]
const linksIn = (markup: string) => [...markup.matchAll(/<h[23]><a href="([^"]+)"/g)].map(([, path]) => path ?? "")

beforeAll(async () => {
  const rig = await createRig()
  const write = async (path: string, front: Record<string, unknown>) =>
    expect((await publish(rig, path, compose(front, "Text.\n"))).problems).toEqual([])
  for (const [index, slug] of ["first", "second", "third"].entries())
    await write(`/asia/nepal/${slug}`, { date: on(index - 20), topics: ["water", "health"], authors: ["A. B."] })
  await write("/asia/pakistan/one", { date: on(-9) })
  await write("/asia/pakistan/expired", { date: on(-9), expires: on(-1) })
  await write("/asia/japan/embargoed", { date: on(3) })
  for (let index = 0; index < 6; index++) await write(`/africa/mali/story-${index}`, { date: on(-5 - index) })
})

it("lists the countries that have articles first, with their number, and folds the others", async () => {
  const { beside } = await draw(asia)
  const [open = "", folded = ""] = beside.split("<details")
  expect(told(open).map(([, path, stories]) => `${path} ${stories}`)).toEqual(["/asia/nepal 3", "/asia/pakistan 1"])
  expect(told(folded)).toEqual([])
  expect(folded).toContain(`(${countriesOf("asia", site).length - 2})`)
  // A country whose only article is under embargo looks like one without any.
  expect(folded).toContain(`<li><a href="/asia/japan">Japan</a></li>`)
})

it("counts a country's articles up to 99, however many there are", async () => {
  const row = `INSERT INTO listed (listing, at, article) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    SELECT 'en:/asia/' || ?1, i, 1000000 + i FROM n`
  await env.CATALOGUE.batch(["india", "china"].map((country) => env.CATALOGUE.prepare(row).bind(country)))
  const before = take()
  const { beside } = await draw(asia)
  expect(told(beside).map(([, , stories]) => stories)).toEqual(["99+", "99+", "3", "1"])
  expect(take() - before).toBeLessThanOrEqual(2 * 100 + 150)
  await env.CATALOGUE.prepare("DELETE FROM listed WHERE article > 1000000").run()
})

it("offers what to read next: the newest of the region or the site that the page does not show yet", async () => {
  const country = await draw(nepal)
  expect(linksIn(country.whole)).toEqual([
    ...["third", "second", "first"].map((slug) => `/asia/nepal/${slug}`),
    "/asia/pakistan/one",
  ])
  const topic = await draw(water)
  expect(linksIn(topic.whole).slice(3)).toEqual([0, 1, 2, 3].map((index) => `/africa/mali/story-${index}`))
  const empty = await draw({ ...asia, kind: "country", country: "japan" })
  expect(linksIn(empty.whole)[0]).toBe("/asia/pakistan/one")
})

it("is purged with the list that it offers to read next, and changes with it", async () => {
  const { tags, changes } = await draw(nepal)
  expect(tags).toEqual(["l:en:/asia/nepal", "l:en:/asia"])
  expect(changes.embargo).toBe(now + 3 * day)
})

it("links the topics of its articles, but not the topic that it is about", async () => {
  const { whole } = await draw(water)
  expect(whole).toContain(`<a href="/topics/health"`)
  expect(whole).not.toContain(`<a href="/topics/water"`)
})

it("offers nothing more while older articles follow, and shows facts on the first page only", async () => {
  await fillCatalogue(env.CATALOGUE, 0, 300)
  const country = { ...nepal, country: "tajikistan" }
  const at = { ...context, now: Date.UTC(2026, 10, 1) }
  const pages: string[] = []
  while (pages.length === 0 || pages.at(-1)?.includes(`rel="next"`)) {
    const { body, tags } = await buildListing(at, country, pages.length + 1)
    pages.push(String(body))
    expect(tags.includes("l:en:/asia")).toBe(!pages.at(-1)?.includes(`rel="next"`))
  }
  expect(pages.length).toBeGreaterThan(2)
  expect(pages.map((page) => page.includes("Dushanbe"))).toEqual(pages.map((_, index) => index === 0))
  expect(pages.filter((page) => page.includes("More from Asia"))).toEqual([])
  const listed = pages.flatMap(linksIn)
  expect(new Set(listed).size).toBe(listed.length)
})

it("a country's languages have names, or in Arabic and Russian are left out, but never codes", async () => {
  await loadLanguages(site.languages)
  for (const { code } of countries) {
    const facts = factsOf(code)
    const codes = facts.languages.map(({ code }) => code)
    expect(spokenLanguages(facts, "en"), code).toHaveLength(Math.min(6, codes.length))
    for (const language of site.languages)
      for (const name of spokenLanguages(facts, language))
        expect([...codes, false], `${code} ${language}`).not.toContain(name)
  }
  expect(spokenLanguages(factsOf("BT"), "en")).toEqual(["Dzongkha"])
  expect(spokenLanguages(factsOf("BT"), "ru")).toEqual([])
})
