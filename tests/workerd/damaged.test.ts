// Damage stays contained: a damaged row, a text that cannot be rendered.
import * as fc from "fast-check"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { answerPage } from "../../src/reader/entrypoint.ts"
import { createBody, putBytes } from "../../src/store/bodies.ts"
import { makeFeed } from "../../src/store/gifts.ts"
import { createMember, grantMembership, withoutEnd } from "../../src/store/members.ts"
import { compose, createRig, env, publish, type Rig, site, wrapDatabase } from "./rig.ts"

/** marked 18 throws at it. */
const unrenderable = "- Quote\n  > -\n  Mary Smith"
const victim = "/asia/tajikistan/victim"
const neighbours = ["/asia/tajikistan/first-neighbour", "/asia/tajikistan/second-neighbour"]
const hour = 3_600_000
const date = new Date(Date.now() - hour).toISOString()
const front = (title: string) => ({
  title,
  date,
  topics: ["Water"],
  authors: ["The desk"],
  corrections: [{ date: "2026-01-02", text: `Corrected: ${title}` }],
})
/** Addresses of pages that list several articles, and how to recognise a neighbour there. */
const among: [path: string, sign: string][] = [
  ["/", neighbours[0] as string],
  ["/asia", neighbours[0] as string],
  ["/asia/tajikistan", neighbours[0] as string],
  ["/topics/water", neighbours[0] as string],
  ["/authors/the-desk", neighbours[0] as string],
  ["/feed.xml", neighbours[0] as string],
  ["/feed.json", neighbours[0] as string],
  ["/topics/water/feed.xml", neighbours[0] as string],
  ["/sitemap.xml", `/sitemaps/${date.slice(0, 7)}.xml`],
  [`/sitemaps/${date.slice(0, 7)}.xml`, neighbours[0] as string],
  ["/news-sitemap.xml", neighbours[0] as string],
  ["/search?q=rivers", neighbours[0] as string],
  ["/corrections", neighbours[0] as string],
  [neighbours[1] as string, "Text of rivers"],
  [`${neighbours[1]}.md`, "Text of rivers"],
]
let rig: Rig
let feed = ""
let intact: Record<string, unknown>
/** The victim's record. */
let record: Record<string, unknown>
let logged: unknown[][] = []

beforeAll(async () => {
  rig = await createRig()
  for (const path of [victim, ...neighbours]) {
    const outcome = await publish(rig, path, compose(front(`Title of ${path}`), "Text of rivers.\n"), { force: true })
    expect(outcome.problems).toEqual([])
  }
  intact = (await env.CATALOGUE.prepare("SELECT * FROM articles WHERE path = ?1").bind(victim).first()) ?? {}
  record = JSON.parse(String(intact.record))
  const member = await createMember(env.PEOPLE, "reader@example.org", "en", Date.now())
  await grantMembership(env.PEOPLE, member.id, withoutEnd)
  feed = `/account/feed/${await makeFeed(env.PEOPLE, member.id, Date.now())}.xml`
})

beforeEach(() => {
  logged = []
  vi.spyOn(console, "error").mockImplementation((...said: unknown[]) => void logged.push(said))
})

afterEach(async () => {
  vi.restoreAllMocks()
  await setColumns(intact)
})

async function setColumns(columns: Record<string, unknown>): Promise<void> {
  const names = Object.keys(columns).filter((name) => name !== "id")
  const sets = names.map((name, index) => `${name} = ?${index + 2}`).join(", ")
  await env.CATALOGUE.prepare(`UPDATE articles SET ${sets} WHERE id = ?1`)
    .bind(intact.id, ...names.map((name) => columns[name]))
    .run()
  for (const memory of rig.memories) memory.answers.clear()
}

async function expectNeighbours(what: string): Promise<void> {
  for (const [path, sign] of [...among, [feed, neighbours[0] as string] as const]) {
    const response = await rig.get(path)
    expect(`${response.status} ${path}`, what).toBe(`200 ${path}`)
    expect(await response.text(), `${what}: ${path}`).toContain(sign)
  }
}

/** The page for a bug: it is not cached, and the log has its stack under the id on the page. */
async function expectBug(response: Response): Promise<void> {
  expect(response.status).toBe(500)
  expect(response.headers.get("Cache-Control")).toMatch(/no-store/)
  expect(response.headers.get("Retry-After")).toBeNull()
  const page = await response.text()
  const entries = logged.filter(([said]) => said === "failed")
  expect(entries).toHaveLength(1)
  const [, id, , error] = entries[0] as unknown[]
  expect(page).toContain("<html")
  expect(page).toContain(id as string)
  expect((error as Error).stack).toContain("    at ")
  expect(logged.flat().join(" ")).not.toContain("store failed")
}

const isDamaged = (change: Record<string, unknown>) => () => ({ record: JSON.stringify({ ...record, ...change }) })
const recordKeys = [
  ...["language", "region", "country", "title", "summary", "publishedAt", "updatedAt", "expiresAt", "access", "gated"],
  ...["division", "topics", "authors", "image", "map", "words", "rights", "corrections", "media"],
]
const damages: [name: string, columns: () => Record<string, unknown>][] = [
  ["cut JSON", () => ({ record: '{"topics":[' })],
  ["no JSON", () => ({ record: "" })],
  ["JSON that is null", () => ({ record: "null" })],
  ["JSON that is a list", () => ({ record: "[]" })],
  ["a topic that is null", isDamaged({ topics: [null] })],
  ["a topic without a name", isDamaged({ topics: [{ slug: "water" }] })],
  ["authors as text", isDamaged({ authors: "The desk" })],
  ["a picture without a size", isDamaged({ image: { src: "/media/x.jpg" } })],
  ["a correction without a text", isDamaged({ corrections: [{ date: "2026-01-01" }] })],
  ["media that is null", isDamaged({ media: null })],
  ...recordKeys.map((key): [string, () => Record<string, unknown>] => [`no ${key}`, isDamaged({ [key]: undefined })]),
  ["an unknown access", isDamaged({ access: "everyone" })],
  ["gated 7", isDamaged({ gated: 7 })],
  ["an unknown division", isDamaged({ division: "half" })],
  ["a language that is no tag", isDamaged({ language: "no such, language" })],
  ["a date that no calendar has", isDamaged({ updatedAt: 9_000_000_000_000_000 })],
]

describe("a damaged row", () => {
  it.each(damages)("with %s affects only its own page", async (name, columns) => {
    await setColumns(columns())
    await expectBug(await rig.get(victim))
    logged = []
    for (const memory of rig.memories) memory.answers.clear()
    await expectBug(await rig.get(`${victim}.md`))
    await expectNeighbours(name)
    expect(await (await rig.get("/asia/tajikistan")).text()).not.toContain(victim)
  })

  it.each([
    ["a hash that is none", { open_hash: "lost" }],
  ])("with %s affects only its own page, since lists do not need it", async (name, columns) => {
    await setColumns(columns)
    await expectBug(await rig.get(victim))
    await expectNeighbours(name)
    expect(await (await rig.get("/asia/tajikistan")).text()).toContain(victim)
  })

  it("is logged once when lists leave it out, and listed as damaged by the desk", async () => {
    await setColumns({ record: "{" })
    for (let time = 0; time < 3; time++) {
      for (const memory of rig.memories) memory.answers.clear()
      expect((await rig.get("/asia")).status).toBe(200)
    }
    expect(logged.length).toBeLessThanOrEqual(1)
    const { articles } = (await (await rig.desk("GET", "/articles")).json()) as {
      articles: { path: string; status: string }[]
    }
    expect(articles.find(({ path }) => path === victim)?.status).toBe("damaged")
    expect(articles.find(({ path }) => path === neighbours[0])?.status).toBe("live")
  })

  it("with any JSON never hides its neighbours", async () => {
    const whole = String(intact.record)
    const cut = fc.nat(whole.length).map((at) => whole.slice(0, at))
    const keys = Object.keys(JSON.parse(whole))
    const replaced = fc
      .tuple(fc.constantFrom(...keys), fc.jsonValue())
      .map(([key, value]) => JSON.stringify({ ...JSON.parse(whole), [key]: value }))
    const other = fc.record(
      {
        record: fc.oneof(cut, replaced, fc.json(), fc.string()),
        language: fc.oneof(fc.constant("en"), fc.string()),
        region: fc.oneof(fc.constant("asia"), fc.string()),
        country: fc.oneof(fc.constant("tajikistan"), fc.constant(null), fc.string()),
        title: fc.string(),
        revised_at: fc.maxSafeInteger(),
        translation_group: fc.oneof(fc.constant(victim), fc.constant(neighbours[0] as string), fc.string()),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(other, async (columns) => {
        await setColumns({ ...intact, ...columns })
        await expectNeighbours(JSON.stringify(columns))
        const own = await rig.get(victim)
        expect([200, 500]).toContain(own.status)
        await own.arrayBuffer()
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it("from another schema, with any column empty or wrong, never hides its neighbours", async () => {
    const columns = [
      "path",
      "language",
      "region",
      "country",
      "title",
      "summary",
      "published_at",
      "publishedAt",
      "lastmod",
    ]
    const more = ["record", "date", "text", "translations", "month"]
    const change = fc.tuple(
      fc.constantFrom(...columns, ...more),
      fc.oneof(fc.constant(undefined), fc.constant(null), fc.jsonValue()),
    )
    await fc.assert(
      fc.asyncProperty(change, fc.constantFrom(...among), async ([column, value], [path, sign]) => {
        const damage = (rows: Record<string, unknown>[]) => {
          for (const row of rows) if (row.path === victim && column in row) row[column] = value
        }
        const db = wrapDatabase(env.CATALOGUE, async (go) => {
          const found = await go()
          for (const { results } of [found].flat() as unknown as { results: Record<string, unknown>[] }[])
            damage(results)
          return found
        })
        const page = await answerPage(`${site.origin}${path}`, "public", { ...env, CATALOGUE: db }, site)
        expect(`${page.status} ${path}`).toBe(`200 ${path}`)
        expect(await page.text()).toContain(sign)
      }),
      { numRuns: 300 },
    )
  }, 120_000)
})

describe("a text that cannot be rendered", () => {
  it.each([
    ["open", unrenderable, {}],
    ["a members' article", `An open start.\n\n${unrenderable}`, { access: "members" }],
    ["behind the line", `Open.\n\n<!-- members-only -->\n\n${unrenderable}`, {}],
    ["before the line", `${unrenderable}\n\n<!-- members-only -->\n\nMore.`, {}],
  ])("is refused by the desk, with its position: %s", async (_name, text, more) => {
    const source = compose({ title: "Bad", ...more }, `Words.\n\n${text}\n`)
    const { status, problems } = await publish(rig, "/asia/tajikistan/bad", source)
    expect(status).toBe(422)
    const line = source.split("\n").indexOf("- Quote") + 1
    expect(problems).toMatchObject([
      { file: "asia/tajikistan/bad.md", line, message: expect.stringMatching(/^cannot be rendered: /) },
    ])
    expect((await rig.get("/asia/tajikistan/bad")).status).toBe(404)
  })

  it("stored anyway affects only its own page; a private feed has its summary, and lists are unaffected", async () => {
    const body = await createBody(unrenderable)
    await putBytes(env.ARTICLES, body.hash, body.bytes)
    await setColumns({ open_hash: body.hash })
    await expectBug(await rig.get(victim))
    await expectNeighbours("unrenderable")
    const items = (await (await rig.get(feed)).text()).split("<item>")
    const item = items.find((one) => one.includes(victim)) ?? ""
    expect(item).toContain("<description>A summary.</description>")
    expect(item).not.toContain("content:encoded")
    expect(await (await rig.get("/asia/tajikistan")).text()).toContain(victim)
  })

  it("missing from KV does not break a private feed", async () => {
    await setColumns({ open_hash: "0".repeat(64) })
    const own = await rig.get(victim)
    expect(own.status).toBe(503)
    await expectNeighbours("lost")
    expect(await (await rig.get(feed)).text()).not.toContain(victim)
  })
})
