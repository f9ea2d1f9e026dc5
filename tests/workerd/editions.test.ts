// The newsletters on the web: how much of an edition each audience may read, for how long it is cached, and when it changes.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { type EditionContent, type EditionStory, type List, titleEdition } from "../../src/article/edition.ts"
import { writeLetter } from "../../src/mail/edition-email.ts"
import { dateAt } from "../../src/mail/schedule.ts"
import { signGift } from "../../src/membership/access.ts"
import { planEdition, readWholeEdition } from "../../src/store/editions.ts"
import { findArticle, giveArticle } from "../../src/store/gifts.ts"
import { withoutEnd } from "../../src/store/members.ts"
import { openBrowser, openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig, sessionKeys, site } from "./rig.ts"

let rig: Rig
const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const story = (slug: string, changes: Partial<EditionStory> = {}): EditionStory => ({
  ...{ path: `/asia/nepal/${slug}`, title: `Title of ${slug}`, summary: `Summary of ${slug}.` },
  ...{ region: "asia", country: "nepal", gated: false, ...changes },
})
const open: EditionContent = { title: null, intro: "A *first* word.", stories: [story("one"), story("two")], more: 0 }
const all: EditionContent = {
  ...open,
  intro: `${open.intro}\n\nSECRET words.`,
  stories: [...open.stories, story("secret")],
}

async function plan(list: List, date: string, { language = "en", content = open, whole = all } = {}) {
  const contents = list === "digest" ? { content, whole } : { content }
  await planEdition(stores, { list, date, language }, contents, { now: Date.now(), who: "cron" })
}
const openMembersBrowser = async () => (await openMember(rig, "member@example.org", Date.now() + 1e9)).browser

beforeEach(async () => {
  rig = await createRig()
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
})
afterEach(() => void vi.useRealTimers())

it.each([
  "/newsletter/2026-11-23",
  "/digest/2026-11-23",
  "/fr/newsletter/2026-11-23",
  "/newsletter/2026-02-30",
  "/newsletter/2026-13-01",
  "/digest/2026-11-2",
  "/digest/today",
])("%s answers 404 without an edition", async (path) => {
  await plan("headlines", "2026-11-22")
  await plan("digest", "2026-11-20")
  const { status, headers } = await rig.get(path)
  expect([status, headers.get("X-Robots-Tag")]).toEqual([404, "noindex"])
})

it("an edition of the headlines has the title, introduction and stories of its email, in the same order", async () => {
  await plan("headlines", "2026-11-23", { content: { ...open, more: 7 } })
  const response = await rig.get("/newsletter/2026-11-23")
  expect(response.headers.get("Cache-Control")).toBe("public, max-age=60, stale-if-error=86400")
  const page = await response.text()
  const edition = await readWholeEdition(stores, { list: "headlines", date: "2026-11-23", language: "en" })
  if (edition === null) throw new Error("no edition")
  expect(page).toContain(`<h1>${titleEdition(edition, site)}</h1>`)
  expect(writeLetter(edition, site).subject).toBe("Daily headlines, 23 November 2026")
  expect(page).toContain("<p>A <em>first</em> word.</p>")
  const links = [...page.matchAll(/<h2><a href="(\/[^"]+)">([^<]+)</g)].map(([, path, title]) => [path, title])
  expect(links).toEqual(open.stories.map(({ path, title }) => [path, title]))
  expect(page).toContain("And 7 more stories on our site")
  expect(page).toContain(`<link rel="canonical" href="${origin}/newsletter/2026-11-23">`)
  expect(page).toContain('"isAccessibleForFree":true')
})

it("links an edition to the one before, the one after, and the same date's in other languages", async () => {
  for (const date of ["2026-11-20", "2026-11-23", "2026-11-24"]) await plan("headlines", date)
  await plan("headlines", "2026-11-23", { language: "ar" })
  await plan("headlines", "2026-11-24", { language: "fr" })
  const page = await (await rig.get("/newsletter/2026-11-23")).text()
  expect(page).toContain('rel="prev" href="/newsletter/2026-11-20"')
  expect(page).toContain('rel="next" href="/newsletter/2026-11-24"')
  const alternates = [...page.matchAll(/<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">/g)]
  expect(alternates.map(([, language, url]) => [language, url])).toEqual([
    ["en", `${origin}/newsletter/2026-11-23`],
    ["ar", `${origin}/ar/newsletter/2026-11-23`],
    ["x-default", `${origin}/newsletter/2026-11-23`],
  ])
  const first = await (await rig.get("/newsletter/2026-11-20")).text()
  expect(first).not.toContain('rel="prev"')
})

it("an edition no longer lists a story that has ended, in any isolate, until it is published again", async () => {
  rig = await createRig({ platform: true })
  const pathOf = (slug: string) => `/asia/kyrgyzstan/${slug}`
  const listed = (...slugs: string[]) => slugs.map((slug) => story(slug, { path: pathOf(slug) }))
  const write = (slug: string, front = {}) => publish(rig, pathOf(slug), compose(front, `${slug}.\n`), { force: true })
  const soon = Date.now() + 3_600_000
  await write("expires", { expires: new Date(soon).toISOString() })
  for (const slug of ["stays", "moves", "gated"]) await write(slug)
  const content = { ...open, stories: listed("expires", "stays", "moves", "unknown") }
  const whole = { ...content, stories: [...content.stories, ...listed("gated")] }
  await plan("headlines", "2026-11-23", { content })
  await plan("digest", "2026-11-23", { content, whole })
  await rig.desk("POST", "/move", { from: pathOf("moves"), to: pathOf("moved"), base: 0, force: true })
  const member = await openMembersBrowser()
  const read = async (path: string, browser = openBrowser(rig, 1)) =>
    Array.from((await (await browser.get(path)).text()).matchAll(/>Title of ([\w-]+)</g), ([, slug]) => slug).join(" ")
  const expectListed = async (stories: string, gated = stories) => {
    for (const page of ["/newsletter/2026-11-23", "/newsletter", "/digest/2026-11-23", "/digest"])
      expect([page, await read(page)]).toEqual([page, stories])
    for (const page of ["/digest/2026-11-23", "/digest"])
      expect([page, await read(page, member)]).toEqual([page, gated])
  }
  const unpublish = async (slug: string) => {
    const change = { path: pathOf(slug), base: 0, force: true, reason: "wrong" }
    expect((await rig.desk("POST", "/unpublish", change)).status).toBe(200)
    await rig.flushPurges()
  }
  await expectListed("expires stays moves unknown", "expires stays moves unknown gated")
  vi.useFakeTimers({ toFake: ["Date"], now: soon - 60_000 })
  await unpublish("gated")
  vi.setSystemTime(soon - 30_000)
  await expectListed("expires stays moves unknown")
  vi.setSystemTime(soon + 1000)
  await expectListed("stays moves unknown")
  await unpublish("moved")
  await unpublish("stays")
  vi.setSystemTime(soon + 20_000)
  await expectListed("unknown")
  await write("stays")
  await rig.flushPurges()
  vi.setSystemTime(soon + 40_000)
  await expectListed("stays unknown")
})

it.each([
  "/digest",
  "/digest/2026-11-23",
])("%s gives visitors its first lines and the pitch, members all of it", async (path) => {
  await plan("digest", "2026-11-23")
  const browser = await openMembersBrowser()
  const visitor = await rig.get(path)
  const teaser = await visitor.text()
  const member = await browser.get(path)
  const page = await member.text()
  expect(visitor.headers.get("Cache-Control")).toBe("private, no-cache")
  expect(member.headers.get("Cache-Control")).toBe("private, no-store")
  expect(teaser).toContain("<em>first</em>")
  expect(teaser).toContain('class="paywall ')
  expect(teaser).not.toMatch(/secret/i)
  expect(page).toContain("SECRET words.")
  expect(page).toContain("Title of secret")
  expect(page).not.toContain('class="paywall ')
  // A validator of one audience never validates the page of another.
  for (const [reader, tag] of [
    [rig, member.headers.get("ETag")],
    [browser, visitor.headers.get("ETag")],
  ] as const) {
    const headers = { "If-None-Match": tag ?? "" }
    const again = reader === rig ? await rig.get(path, { headers }) : await browser.get(path, headers)
    expect(again.status).toBe(200)
  }
  const same = await rig.get(path, { headers: { "If-None-Match": visitor.headers.get("ETag") ?? "" } })
  expect(same.status).toBe(304)
  const head = await rig.get(path, { method: "HEAD" })
  expect([head.status, await head.text(), head.headers.get("ETag")]).toEqual([200, "", visitor.headers.get("ETag")])
})

it("the digest's page says that it is not free, to visitors and to members", async () => {
  await plan("digest", "2026-11-23")
  for (const [browser, selector] of [
    [openBrowser(rig), ".paywall"],
    [await openMembersBrowser(), ".members"],
  ] as const) {
    const page = await (await browser.get("/digest/2026-11-23")).text()
    const [, json = ""] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(page) ?? []
    const { isAccessibleForFree, hasPart } = JSON.parse(json)
    expect([isAccessibleForFree, hasPart.isAccessibleForFree, hasPart.cssSelector]).toEqual([false, false, selector])
    expect(page).toContain(`class="${selector === ".members" ? "members prose" : "paywall box noprint"}"`)
  }
})

it("a digest never touches the members' namespace for the public", async () => {
  await plan("digest", "2026-11-23")
  const browser = await openMembersBrowser()
  Object.assign(rig.counts, { d1: 0, kv: 0, members: 0, people: 0 })
  await rig.get("/digest/2026-11-23")
  expect(rig.counts).toEqual({ d1: 1, kv: 0, members: 0, people: 0 })
  await browser.get("/digest/2026-11-23")
  // Which of its stories have ended can only be asked once the members' text is known.
  expect(rig.counts).toMatchObject({ d1: 3, kv: 0, members: 1 })
})

it("missing members' text is a failure, never a page without it", async () => {
  await plan("digest", "2026-11-23")
  const { results } = await env.CATALOGUE.prepare("SELECT members_hash FROM editions").all<{ members_hash: string }>()
  const browser = await openMembersBrowser()
  await env.MEMBERS_ARTICLES.delete(results[0]?.members_hash ?? "")
  expect((await browser.get("/digest/2026-11-23")).status).toBe(503)
  expect((await rig.get("/digest/2026-11-23")).status).toBe(200)
})

it("the pages of the newsletters show a new edition as soon as it is planned, in every isolate", async () => {
  rig = await createRig({ platform: true })
  await plan("headlines", "2026-11-23")
  await plan("digest", "2026-11-23")
  const pages = ["/newsletter", "/newsletter/2026-11-23", "/digest", "/digest/2026-11-23", "/newsletter/2026-11-24"]
  for (const path of pages) await (await rig.get(path)).text()
  await plan("headlines", "2026-11-24", { content: { ...open, title: "News of the day after" } })
  await plan("digest", "2026-11-24", { content: { ...open, title: "Digest of the day after" } })
  await rig.flushPurges()
  for (const path of pages) expect(await (await rig.get(path)).text(), path).toContain("2026-11-24")
  expect(await (await rig.get("/newsletter")).text()).toContain("News of the day after")
  expect(await (await rig.get("/digest")).text()).toContain("Digest of the day after")
})

it("what an editor writes for members in a digest is on no page, feed, file or header for anyone else", async () => {
  const date = dateAt(Date.now(), site)
  const article = "/asia/nepal/for-members"
  await publish(rig, article, compose({}, "Open.\n\n<!-- members-only -->\n\nCANARYSTORY\n"), { force: true })
  const note = "Good morning.\n\n<!-- members-only -->\n\nCANARYNOTE for members.\n"
  await publish(rig, `/digest/${date}`, note, { force: true })
  const { browser, member } = await openMember(rig, "member@example.org", withoutEnd)
  const { browser: lapsed } = await openMember(rig, "lapsed@example.org", Date.now() - 1)
  for (const list of ["digest", "headlines"]) {
    const sent = await rig.desk("POST", "/editions/send", { list, date, language: "en" })
    expect(await sent.json()).toMatchObject({ editions: [{ outcome: "planned" }] })
  }
  const given = await findArticle(env.CATALOGUE, article, Date.now())
  if (given === null) throw new Error("no article")
  const expires = Math.floor(Date.now() / 1000) + 1000
  const id = await giveArticle(env.PEOPLE, member.id, { path: article, id: given.id }, Date.now(), expires * 1000)
  const gift = `?gift=${await signGift({ id: id ?? "", expires }, sessionKeys)}`
  const pages = ["/digest", `/digest/${date}`, "/newsletter", `/newsletter/${date}`]
  const files = [
    `/digest/${date}.md`,
    `/headlines/${date}`,
    `/headlines/${date}.md`,
    "/feed.xml",
    "/feed.json",
    "/asia/feed.xml",
  ]
  const others = ["/", "/asia", "/sitemap.xml", "/llms.txt", "/search?q=members", `/sitemaps/${date.slice(0, 7)}.xml`]
  for (const path of [...pages, ...files, ...others])
    for (const asked of [path, path + gift])
      for (const one of [openBrowser(rig), lapsed])
        for (const method of ["GET", "HEAD"]) {
          const cookie = [...one.jar].map(([name, value]) => `${name}=${value}`).join("; ")
          const response = await rig.get(asked, { method, headers: { Cookie: cookie } })
          const all = JSON.stringify([...response.headers]) + (await response.text())
          expect(all, `${method} ${asked}`).not.toContain("CANARY")
        }
  for (const path of pages.slice(0, 2)) expect(await (await browser.get(path)).text(), path).toContain("CANARYNOTE")
  expect(await (await rig.get(article + gift)).text()).toContain("CANARYSTORY")
})
