import { reset } from "cloudflare:test"
import { expect, it } from "vitest"
import { addressOf, countRows, fillCatalogue, rareWord } from "../../bench/catalogue.ts"
import { buildCorrections, buildFront, buildListing } from "../../src/reader/articles.ts"
import { buildFeed, buildFile } from "../../src/reader/feeds-and-sitemaps.ts"
import type { PageContext } from "../../src/reader/page.ts"
import { noParameters } from "../../src/reader/request-target.ts"
import { buildSearch } from "../../src/reader/search.ts"
import { readAppeared } from "../../src/store/editions.ts"
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
  // A page of 20: their keys and rows, the next entry, and the list's next change.
  expect(small["listing 1"]).toBeLessThanOrEqual(50)
  expect(small.search).toBeLessThanOrEqual(13)
  // A deep page is found through the list's key; nothing else is read for the entries it skips.
  expect(small["listing 10"]).toBeLessThanOrEqual(50 + 180)
}, 125_000)

it("reads a bounded number of rows for a word that 60,000 articles have, and says that there are more", async () => {
  await reset()
  await createRig()
  await fillCatalogue(env.CATALOGUE, 0, 20)
  await multiply(env.CATALOGUE, 60_000)
  const { db, context, take } = countReads()
  for (const more of [{}, { region: "asia" }, { topic: "water" }, { page: 50 }]) {
    const page = await buildSearch(context, "en", { ...noParameters, query: "story", ...more })
    expect(page.status).toBe(200)
    expect(String(page.body)).toContain("More than 1,000 results for “story”")
    // The limit in docs/operations.md.
    expect(take()).toBeLessThanOrEqual(25_000)
  }
  expect((await buildSearch(context, "en", { ...noParameters, query: "story", page: 51 })).status).toBe(404)
  // Equally good matches are listed by date, so these are the newest and the last of the newest 1,000.
  const ends = { 1: 60_000, 50: 59_001 }
  for (const [page, number] of Object.entries(ends)) {
    const { body } = await buildSearch(context, "en", { ...noParameters, query: "story", page: Number(page) })
    expect(
      String(body)
        .match(/href="[^"]*-\d{5}"/g)
        ?.at(page === "1" ? 0 : -1),
    ).toContain(`-${number}"`)
  }
  take()
  await buildListing(context, { kind: "topic", language: "en", slug: "water" }, 500)
  // The limit in docs/operations.md.
  expect(take()).toBeLessThanOrEqual(20 * 500 + 50)
  // An edition on a usual day, and on the day when so many articles were imported: only their keys, to sort and to count.
  const edition = { language: "en", now }
  await readAppeared(db, { ...edition, since: now - 1 }, 20)
  expect(take()).toBeLessThanOrEqual(10)
  expect((await readAppeared(db, { ...edition, since: 0 }, 20)).more).toBeGreaterThanOrEqual(60_000 - 20)
  expect(take()).toBeLessThanOrEqual(3 * 60_100)
}, 125_000)

/** Copies readable articles until there are this many, each with its row in the index. */
async function multiply(db: D1Database, wanted: number): Promise<void> {
  const { results } = await db.prepare("PRAGMA table_info(articles)").all<{ name: string }>()
  const columns = results.map(({ name }) => name).filter((name) => name !== "id" && name !== "path")
  const source = "(SELECT * FROM articles WHERE language = 'en' AND published_at < 1793491200000 LIMIT 1) a"
  const copied: Record<string, string> = {
    translation_group: "a.path || '-' || i",
    published_at: "a.published_at + i",
    record: "json_set(a.record, '$.path', a.path || '-' || i)",
  }
  const numbers = `(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${wanted}) SELECT i FROM n)`
  await db.batch([
    db.prepare(
      `INSERT INTO articles (id, path, ${columns.join(", ")}) SELECT 100000 + i, a.path || '-' || i, ${columns.map((name) => copied[name] ?? `a.${name}`).join(", ")} FROM ${source}, ${numbers}`,
    ),
    db.prepare(
      "INSERT INTO listed (listing, at, article) SELECT 'en:/topics/water', published_at, id FROM articles WHERE id > 100000",
    ),
    db.prepare(
      "INSERT INTO search (rowid, title, summary, body) SELECT id, 'story', 'water', 'water' FROM articles WHERE id > 100000",
    ),
  ])
}

/** The function that builds a page, with a count of the rows that it reads. */
function countReads() {
  const { db, take } = countRows(env.CATALOGUE)
  const reading = { audience: "public", bodies: { articles: env.ARTICLES } } as const
  const context: PageContext = { site, catalogue: db, reading, checkout: false, now }
  return { db, context, take }
}

async function readAll(): Promise<Record<string, number>> {
  const { db, context, take } = countReads()
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
  await note("sitemap part", buildFile(context, { kind: "sitemap", month: "2026-10" }))
  await note("news", buildFile(context, { kind: "newsSitemap" }))
  await note("corrections", buildCorrections(context, "en", 1))
  await note("search", buildSearch(context, "en", { ...noParameters, query: rareWord(40), region: "asia" }))
  return found
}
