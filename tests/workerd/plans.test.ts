import { beforeAll, expect, it } from "vitest"
import type { Story } from "../../src/article/article.ts"
import { planDueEditions, planNow } from "../../src/mail/plan.ts"
import { checkRules } from "../../src/store/article-constraints.ts"
import { createBody, putBytes } from "../../src/store/bodies.ts"
import { readChosen, readIssue, readMembersContent } from "../../src/store/editions.ts"
import { readAddresses } from "../../src/store/gifts.ts"
import { readCorrections, readListing, readListings } from "../../src/store/listings.ts"
import { lookUpArticle } from "../../src/store/lookup.ts"
import {
  findMissingMedia,
  findUnsized,
  keepVariants,
  listUnsized,
  replacePicture,
  sweepMedia,
} from "../../src/store/media.ts"
import { createPreview, findPreview, listPreviews, revokePreviews } from "../../src/store/previews.ts"
import { enqueueChange, flushPurges } from "../../src/store/purges.ts"
import { readDepartures, readHeadsAfter, readRevisions, readSite } from "../../src/store/revisions.ts"
import { hasQueued, readSought, searchArticles } from "../../src/store/search.ts"
import { readMonth, readMonths, readNews } from "../../src/store/sitemap.ts"
import { list } from "../../src/store/sql.ts"
import { openStores } from "../../src/store/stores.ts"
import { compose, createRig, env, publish, type Rig, site } from "./rig.ts"

let rig: Rig
const plans: string[] = []

/** A database that explains each query before it runs it. */
function explaining(): D1Database {
  const wrap = (query: string, statement: D1PreparedStatement, values: unknown[]): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...bound: unknown[]) => wrap(query, target.bind(...bound), bound)
        const value = Reflect.get(target, name, target)
        if (typeof value !== "function" || !["first", "all", "run"].includes(String(name))) return value
        return async (...args: unknown[]) => {
          await explain(query, values)
          return value.apply(target, args)
        }
      },
    })
  const explain = async (query: string, values: unknown[]) => {
    if (/^\s*(?:INSERT|DELETE)/.test(query)) return
    const { results } = await env.CATALOGUE.prepare(`EXPLAIN QUERY PLAN ${query}`)
      .bind(...values)
      .all<{ detail: string }>()
    plans.push(...results.map(({ detail }) => `${detail}  ← ${query.replace(/\s+/g, " ").slice(0, 90)}`))
  }
  const originals = new WeakMap<object, { query: string; values: unknown[]; real: D1PreparedStatement }>()
  return {
    prepare(query: string) {
      const real = env.CATALOGUE.prepare(query)
      const note = (statement: D1PreparedStatement, values: unknown[]) => {
        const wrapped = wrap(query, statement, values)
        originals.set(wrapped, { query, values, real: statement })
        return new Proxy(wrapped, {
          get(target, name) {
            if (name === "bind") return (...bound: unknown[]) => note(statement.bind(...bound), bound)
            if (name === "original") return originals.get(wrapped)
            return Reflect.get(target, name)
          },
        })
      }
      return note(real, [])
    },
    async batch(statements: D1PreparedStatement[]) {
      const all = statements.map(
        (one) =>
          (one as unknown as { original: { query: string; values: unknown[]; real: D1PreparedStatement } }).original,
      )
      for (const { query, values } of all) await explain(query, values)
      return env.CATALOGUE.batch(all.map(({ real }) => real))
    },
  } as unknown as D1Database
}

beforeAll(async () => {
  rig = await createRig()
  await publish(rig, "/asia/tajikistan/one", compose({ topics: ["water"] }, "Text.\n"))
})

it("no query of a page or of the desk scans a table that grows", async () => {
  const db = explaining()
  const now = Date.now()
  await lookUpArticle(db, "/asia/tajikistan/one", "en:/asia/tajikistan", now)
  await readListing(db, "en:/asia", 2, 20, now, { led: true })
  await readListing(db, "en:/asia", 1, 20, now, {
    led: true,
    parts: { listings: ["en:/asia/nepal"], most: 100 },
    wider: "en:/",
  })
  await readListings(
    db,
    [
      { listing: "en:/", size: 10 },
      { listing: "en:/asia", size: 4 },
    ],
    now,
  )
  await readCorrections(db, "en", 1, 20, now)
  const sought = readSought("text", "en") ?? { terms: [], open: false, language: "en" }
  await searchArticles(db, { sought, region: null, topic: "water", page: 1, size: 20 }, now)
  await hasQueued(db)
  await readMonth(db, "2024-01", "UTC", now)
  await readMonth(db, "undated", "UTC", now)
  await readMonths(db, "UTC", now)
  await readNews(db, now)
  await readHeadsAfter(db, "", 100)
  await readRevisions(db, "/asia/tajikistan/one")
  await readDepartures(db, ["/asia/tajikistan/one"])
  await readAddresses(db, "/asia/tajikistan/one")
  await readSite(db, 1)
  await findMissingMedia(db, ["x"])
  await sweepMedia({ catalogue: db, media: env.MEDIA }, "", now)
  await findUnsized(db, ["x"], 1)
  await listUnsized(db, 1, 100)
  await keepVariants(db, [{ sha256: "x", files: [] }], 1, now)
  await replacePicture(db, "x", { sha256: "y", extension: "gif", width: 1, height: 1 }, "admin", now)
  await readIssue(db, { list: "digest", date: null, language: "en" }, ["en", "fr"], now)
  const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  const members = await createBody(JSON.stringify({ stories: [{ path: "/asia/tajikistan/one" }] }))
  await putBytes(bodies.members, members.hash, members.bytes)
  await readMembersContent(db, bodies, members.hash, now)
  const key = { list: "digest", date: "2026-11-23", language: "en" } as const
  await planNow({ catalogue: db, bodies }, key, site, { now: Date.parse("2026-11-23T12:00Z"), who: "admin" })
  await planDueEditions(openStores({ ...env, CATALOGUE: db }), site, now)
  await readChosen(db, ["/asia/tajikistan/one"], now)
  const { story } = (await lookUpArticle(db, "/asia/tajikistan/one", "en:/asia/tajikistan", now)) as { story: Story }
  const by = { who: "admin", expiresAt: now + 604_800_000 }
  const token = await createPreview(
    { catalogue: db, bodies },
    { kind: "article", record: story, text: "Text." },
    by,
    now,
  )
  await findPreview({ catalogue: db, bodies }, token, now)
  await listPreviews(db, now)
  await revokePreviews({ catalogue: db, bodies }, story.path, "admin", now)
  await flushPurges(db, async () => true, now)
  expect(plans.length).toBeGreaterThan(20)
  const growing = plans.filter(
    (plan) =>
      /^SCAN (?!.*VIRTUAL TABLE)(?:a|l|articles|listed|revisions|redirects|corrections|media|purge_outbox|audit|editions|e|media_uses|variants|previews|s|t|r|x|m|u|c|d|o)\b/.test(
        plan,
      ) && !/json_each|SUBQUERY|wanted/.test(plan.split("  ←")[0] ?? ""),
  )
  // `r` is the five related entries that the query itself has just read.
  expect(growing.filter((plan) => !plan.startsWith("SCAN r "))).toEqual([])
})

it("the rules between articles are checked from the batch outwards, which is read once", async () => {
  const [query, rows] = checkRules("[]")
  const results = await list<{ detail: string }>(env.CATALOGUE, `EXPLAIN QUERY PLAN ${query}`, rows)
  const plan = results.map(({ detail }) => detail)
  expect(plan.filter((step) => step.startsWith("SCAN j "))).toHaveLength(1)
  expect(plan.filter((step) => /^SCAN [aos]\b(?! VIRTUAL)/.test(step))).toEqual([])
  expect(plan.filter((step) => /^SEARCH [aos]\b/.test(step)).length).toBeGreaterThan(5)
})

it("the purges for a change are found from the changed articles outwards", async () => {
  const [query, ...values] = enqueueChange("[]", 1)
  const results = await list<{ detail: string }>(env.CATALOGUE, `EXPLAIN QUERY PLAN ${query}`, ...values)
  const plan = results.map(({ detail }) => detail)
  expect(plan.filter((step) => /^SCAN [adl]\b/.test(step))).toEqual([])
  expect(plan.filter((step) => /^SEARCH [adl]\b/.test(step))).toHaveLength(3)
})
