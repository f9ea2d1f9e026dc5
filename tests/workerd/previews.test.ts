// Secret links to articles that are not published: who has the link reads all of it, and nobody else finds any of it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { digestSuffix } from "../../src/article/media-types.ts"
import { formatDate } from "../../src/site/messages.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { StoreFailure, type Trip } from "../../src/store/failure.ts"
import { revokePreviews } from "../../src/store/previews.ts"
import { compose, createRig, dot, env, origin, publish, type Rig, site, wrapDatabase } from "./rig.ts"

const path = "/asia/nepal/river"
const secrets = ["Titlesecret", "Summarysecret", "Opensecret", "Memberssecret"]
const [title, summary, open, members] = secrets
const draft = compose({ title, summary, status: "draft" }, `${open}.\n\n<!-- members-only -->\n\n${members}.\n`)
const day = 86_400_000
// KV's clock is the real one: it refuses values that have expired.
const start = Math.ceil(Date.now() / 1000) * 1000
const daysOn = (days: number) => new Date(start + days * day).toISOString()
let rig: Rig

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start })
  rig = await createRig({ platform: true })
})
afterEach(async () => {
  vi.useRealTimers()
  await env.CATALOGUE.prepare("DELETE FROM previews").run()
})

interface Link {
  path: string
  url: string
  who: string
  expires: string
}

async function send(source: string, more: object = {}, at = path) {
  const body = { path: at, source, media: {}, digest: await hashContent(source + digestSuffix({})), ...more }
  const response = await rig.desk("POST", "/previews", body)
  return { status: response.status, body: (await response.json()) as Link & { problems: object[]; error: object } }
}

/** Makes a link. @returns its path */
async function make(source = draft, more: object = {}, at = path): Promise<string> {
  const { status, body } = await send(source, more, at)
  expect([status, body]).toMatchObject([201, { path: at, who: "admin" }])
  expect(body.url).toMatch(new RegExp(`^${origin}/preview/[0-9a-f]{40}$`))
  return body.url.slice(origin.length)
}

const statusOf = async (address: string, isolate = 0) => (await rig.get(address, {}, isolate)).status
const linksOf = async () => ((await (await rig.desk("GET", "/previews")).json()) as { previews: Link[] }).previews

/** Every text in the catalogue and in the public's body store. */
async function dumpPublic(): Promise<string> {
  const { results: tables } = await env.CATALOGUE.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT GLOB '_cf_*'",
  ).all<{ name: string }>()
  const rows = await Promise.all(
    tables.map(async ({ name }) => (await env.CATALOGUE.prepare(`SELECT * FROM "${name}"`).all()).results),
  )
  const { keys } = await env.ARTICLES.list()
  return JSON.stringify([rows, await Promise.all(keys.map(({ name }) => env.ARTICLES.get(name)))])
}

describe("a preview", () => {
  it("is the whole article, marked as a preview with its last day, and never kept or indexed", async () => {
    const link = await make()
    const response = await rig.get(link)
    const page = await response.text()
    expect(response.status).toBe(200)
    for (const secret of secrets) expect(page).toContain(secret)
    expect(page).toContain("This is a preview of an article that we have not published")
    expect(page).toContain(`until ${formatDate(start + 7 * day, "en", site)}`)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "private, no-store",
      "x-robots-tag": "noindex",
      "referrer-policy": "same-origin",
    })
    expect(response.headers.get("Set-Cookie")).toBeNull()
    expect(page).toContain('<meta name="robots" content="noindex">')
    // It leads to no address of the article, which does not exist, and gives none away.
    expect(page).not.toContain(path)
    expect(page).not.toContain("ld+json")
    for (const { answers } of rig.memories) expect([...answers.keys()].join()).not.toContain("preview")
    const { fills } = rig.cache
    await rig.get(link)
    expect(rig.cache.fills).toBe(fills)
  })

  it("appears nowhere else: on no page, in no feed, list or search, in no store that public pages are built from", async () => {
    const link = await make()
    expect(await (await rig.get(link)).text()).toContain(members)
    const pages = [path, `${path}.md`, "/", "/asia", "/asia/nepal", "/asia/nepal/pack.html", "/preview", "/corrections"]
    const files = ["/feed.xml", "/feed.json", "/asia/nepal/feed.xml", "/sitemap.xml", "/sitemaps/2024-01.xml"]
    const more = ["/news-sitemap.xml", "/llms.txt", "/robots.txt", "/search?q=titlesecret", "/search?q=opensecret"]
    for (const address of [...pages, ...files, ...more, `/fr${link}`, `${link}.md`]) {
      const text = await (await rig.get(address)).text()
      for (const secret of secrets) expect(text, address).not.toContain(secret)
    }
    expect(await statusOf(path)).toBe(404)
    const token = link.slice("/preview/".length)
    const dump = await dumpPublic()
    for (const secret of [...secrets, token]) expect(dump).not.toContain(secret)
    expect(dump).toContain(await hashContent(token))
    // Archives leave links out.
    const { catalogue } = (await (await rig.desk("GET", "/archive")).json()) as { catalogue: { name: string }[] }
    expect(catalogue.map(({ name }) => name)).toContain("revisions")
    expect(catalogue.map(({ name }) => name)).not.toContain("previews")
  })

  it("shows pictures as the page will, smaller files included", async () => {
    const sha256 = await hashContent(dot)
    const media = { "./dot.gif": { sha256, extension: "gif", width: 2, height: 1 } }
    const source = compose({ title, image: { src: "./dot.gif", alt: "A dot" } }, "Words.\n\n![A dot](./dot.gif)\n")
    const sent = { media, digest: await hashContent(source + digestSuffix(media)) }
    // Unknown pictures, and those that were not sent, are mistakes.
    expect(await send(source, sent)).toMatchObject({ status: 422, body: { problems: [{ field: "file" }] } })
    await rig.desk("PUT", `/media/${sha256}.gif`, dot)
    expect(await send(source)).toMatchObject({ status: 422, body: { problems: [{ field: "body" }] } })
    const files = [{ sha256, extension: "gif", width: 320 }]
    await rig.desk("POST", "/media/variants", { version: 1, pictures: [{ sha256, files }] })
    const page = await (await rig.get(await make(source, sent))).text()
    const src = `/media/${sha256}.gif`
    expect(page.match(new RegExp(`src="${src}"`, "g"))).toHaveLength(2)
    expect(page).toContain(`${src} 320w`)
    expect(await statusOf(src)).toBe(200)
  })

  it("works for a static page, a changed article and a language, and not for what has no page", async () => {
    const about = await make("---\ntitle: About us\nsummary: Of us.\n---\nWe write.\n", {}, "/about")
    expect(await (await rig.get(about)).text()).toMatch(/This is a preview[\s\S]*We write\./)
    await publish(rig, path, compose({}, "As published.\n"), { force: true })
    const changed = await make(compose({}, "As changed.\n"))
    expect(await (await rig.get(changed)).text()).toContain("As changed.")
    expect(await (await rig.get(path)).text()).toContain("As published.")
    const french = await make(compose({}, "Des mots.\n"), {}, "/fr/asia/nepal/fleuve")
    expect(await (await rig.get(french)).text()).toMatch(/<html lang="fr"[\s\S]*Ceci est un aperçu/)
    expect(await send("Good morning.\n", {}, "/digest/2026-11-30")).toMatchObject({
      status: 400,
      body: { error: { message: "/digest/2026-11-30 has no page of its own, so it cannot be previewed" } },
    })
  })
})

describe("a link", () => {
  it("ends at its time, or at once when revoked, in every isolate; its text is then deleted", async () => {
    const [week, short] = [await make(), await make(draft, { days: 1 })]
    const other = await make(draft, {}, "/asia/nepal/other")
    expect((await linksOf()).map((one) => [one.path, one.url, one.expires])).toEqual([
      [path, null, daysOn(1)],
      ["/asia/nepal/other", null, daysOn(7)],
      [path, null, daysOn(7)],
    ])
    vi.setSystemTime(start + day - 1)
    expect(await statusOf(short)).toBe(200)
    vi.setSystemTime(start + day)
    for (const isolate of [0, 1])
      expect([await statusOf(short, isolate), await statusOf(week, isolate)]).toEqual([410, 200])
    const before = (await env.MEMBERS_ARTICLES.list()).keys.length
    const revoked = await rig.desk("POST", "/previews/revoke", { path })
    expect(await revoked.json()).toMatchObject({ previews: [{ path, who: "admin" }] })
    for (const isolate of [0, 1])
      expect([await statusOf(week, isolate), await statusOf(other, isolate)]).toEqual([410, 200])
    expect((await env.MEMBERS_ARTICLES.list()).keys).toHaveLength(before - 1)
    const ended = await rig.get(week)
    expect(ended.headers.get("Cache-Control")).toBe("private, no-store")
    expect(await ended.text()).toContain("This preview link no longer works")
    // After 30 days the site forgets it, when the next link is made.
    vi.setSystemTime(start + 32 * day)
    await make()
    expect([await statusOf(short), await statusOf(week), await statusOf(other)]).toEqual([404, 404, 410])
  })

  it("to an article that is unpublished ends too", async () => {
    const at = "/asia/nepal/taken-down"
    const { published } = await publish(rig, at, compose({}, "As published.\n"))
    const [link, other] = [await make(draft, {}, at), await make()]
    await rig.desk("POST", "/unpublish", { path: at, reason: "why", base: published[0]?.revision ?? 0 })
    expect([await statusOf(at), await statusOf(link), await statusOf(other)]).toEqual([410, 410, 200])
  })

  it("that is unknown or malformed is 404, in one spelling only", async () => {
    const link = await make()
    for (const address of [
      link.slice(0, -1),
      `${link.slice(0, -1)}x`,
      `/preview/${"0".repeat(40)}`,
      `${link}0`,
      "/preview",
    ])
      expect([address, await statusOf(address)]).toEqual([address, 404])
    const upper = await rig.get(link.toUpperCase())
    expect([upper.status, upper.headers.get("Location")]).toEqual([308, origin + link])
    expect(await statusOf(`${link}?utm_source=x`)).toBe(200)
  })

  it("answers 503 while a store fails, or has lost the text", async () => {
    const link = await make()
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    for (const store of ["d1", "kv"] as const) {
      rig.faults[store] = "throw"
      const response = await rig.get(link)
      expect([store, response.status, response.headers.get("Retry-After")]).toEqual([store, 503, "10"])
      rig.faults[store] = "ok"
    }
    for (const { name } of (await env.MEMBERS_ARTICLES.list()).keys) await env.MEMBERS_ARTICLES.delete(name)
    expect(await statusOf(link)).toBe(503)
    vi.restoreAllMocks()
  })
})

describe("the desk", () => {
  it("refuses what it would not publish, drafts aside, and makes no link", async () => {
    expect(await send(compose({ acces: "open" }, "Words.\n"))).toMatchObject({ status: 422 })
    expect(await send(draft, { digest: await hashContent("other") })).toMatchObject({ status: 422 })
    expect(await send(compose({}, "word ".repeat(220_000)))).toMatchObject({ status: 422 })
    for (const days of [0, 31, 1.5]) expect(await send(draft, { days })).toMatchObject({ status: 400 })
    expect((await rig.desk("POST", "/previews", {}, "another-key")).status).toBe(401)
    expect((await rig.desk("GET", "/previews", undefined, "another-key")).status).toBe(401)
    expect(await linksOf()).toEqual([])
  })

  it("writes each link and revocation to the audit log", async () => {
    await make()
    await rig.desk("POST", "/previews/revoke", { path })
    const { results } = await env.CATALOGUE.prepare(
      "SELECT who, action, subject FROM audit WHERE action LIKE '%preview%' ORDER BY id DESC LIMIT 2",
    ).all()
    expect(results).toEqual([
      { who: "admin", action: "revoke-previews", subject: path },
      { who: "admin", action: "preview", subject: path },
    ])
  })

  it("ends no link without an entry, even if the store fails in between, and writes none if no link ended", async () => {
    const logged = "SELECT count(*) AS n FROM audit WHERE action = 'revoke-previews'"
    const before = (await env.CATALOGUE.prepare(logged).first<number>("n")) ?? 0
    const address = await make()
    let trips = 0
    const once: Trip = (go) => (++trips > 1 ? Promise.reject(new StoreFailure("down")) : go())
    const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
    const stores = { catalogue: wrapDatabase(env.CATALOGUE, once), bodies }
    await Promise.allSettled([revokePreviews(stores, path, "admin", Date.now())])
    expect([await statusOf(address), await env.CATALOGUE.prepare(logged).first("n")]).toEqual([410, before + 1])
    await rig.desk("POST", "/previews/revoke", { path })
    expect(await env.CATALOGUE.prepare(logged).first("n")).toBe(before + 1)
  })
})
