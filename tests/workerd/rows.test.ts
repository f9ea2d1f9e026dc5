import { expect, it } from "vitest"
import { addressOf, countRows, fillCatalogue, rareWord } from "../../bench/catalogue.ts"
import { buildCorrections, buildFront, buildListing, buildSearch } from "../../src/reader/articles.ts"
import { buildFeed, buildMachinePage } from "../../src/reader/entrypoint.ts"
import type { PageContext } from "../../src/reader/page.ts"
import { noParameters } from "../../src/reader/target.ts"
import { lookUpArticle } from "../../src/store/lookup.ts"
import { createRig, env, site } from "./rig.ts"

const now = Date.UTC(2026, 10, 1)
const country = { kind: "country", language: "en", region: "asia", country: "tajikistan" } as const

it("reads as few rows for a page of 3,000 articles as of 300", async () => {
  await createRig()
  await fillCatalogue(env.CATALOGUE, 0, 300)
  const small = await readAll()
  await fillCatalogue(env.CATALOGUE, 300, 3000)
  const large = await readAll()
  expect(large).toEqual(small)
  // A page of 20: their keys and rows, the one behind them, and when the list will change.
  expect(small["listing 1"]).toBeLessThanOrEqual(50)
  expect(small.search).toBeLessThanOrEqual(12)
  // The list's own key leads to a deep page; nothing else is read for what it passes over.
  expect(small["listing 10"]).toBeLessThanOrEqual(50 + 180)
}, 120_000)

async function readAll(): Promise<Record<string, number>> {
  const { db, take } = countRows(env.CATALOGUE)
  const context: PageContext = {
    site,
    catalogue: db,
    reading: { audience: "public", bodies: { articles: env.ARTICLES } },
    checkout: false,
    now,
  }
  const found: Record<string, number> = {}
  const note = async (name: string, work: Promise<{ status: number } | { kind: string }>) => {
    const page = await work
    expect("status" in page ? page.status : page.kind, name).toBe("status" in page ? 200 : "story")
    found[name] = take()
  }
  await note("article", lookUpArticle(db, addressOf(40), "en:/asia/tajikistan", now))
  await note("front", buildFront(context, "en"))
  await note("listing 1", buildListing(context, country, 1))
  await note("listing 10", buildListing(context, country, 10))
  await note("topic", buildListing(context, { kind: "topic", language: "en", slug: "water" }, 1))
  await note("feed", buildFeed(context, { kind: "feed", format: "json", of: country }))
  await note("sitemap part", buildMachinePage(context, { kind: "sitemap", month: "2026-10" }))
  await note("news", buildMachinePage(context, { kind: "newsSitemap" }))
  await note("corrections", buildCorrections(context, "en", 1))
  await note("search", buildSearch(context, "en", { ...noParameters, query: rareWord(40), region: "asia" }))
  return found
}
