// A running site's feeds, sitemaps and Markdown versions, read as by feed readers and search engines.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, inject, it } from "vitest"
import { readPage, textOf } from "../render/sample.ts"
import { childrenNamed, parseXml, type XmlElement } from "../render/xml.ts"
import { root } from "./running-site.ts"

const landings = [
  "",
  "/fr",
  "/ar",
  "/asia",
  "/asia/tajikistan",
  "/ar/asia",
  "/africa",
  "/topics/water",
  "/fr/topics/water",
]
const itemElements = ["title", "link", "guid", "pubDate", "description", "dc:creator", "category", "media:content"]
const site = { url: inject("sampleSite") }

const get = (path: string, headers = {}) => fetch(site.url + path, { redirect: "manual", headers })
it("/healthz gives the deployed version for GET and HEAD", async () => {
  const ask = (method: string) => fetch(`${site.url}/healthz`, { method })
  expect([(await ask("HEAD")).status, await (await ask("GET")).json()]).toEqual([200, { version: expect.any(String) }])
  for (const [method, status] of [["OPTIONS", 204] as const, ["POST", 405] as const, ["DELETE", 405] as const]) {
    const { status: given, headers } = await ask(method)
    expect([given, headers.get("Allow"), headers.get("X-Content-Type-Options")]).toEqual([
      status,
      "GET, HEAD, OPTIONS",
      "nosniff",
    ])
  }
})

const readXml = async (path: string) => parseXml(await (await get(path)).text())

/** The text of the one child of that name. */
function one(element: XmlElement | undefined, name: string): string {
  const found = childrenNamed(element, name)
  expect(found.length, name).toBe(1)
  return found[0]?.text ?? ""
}

async function expectArticle(url: string): Promise<string> {
  const response = await get(url.slice(site.url.length))
  expect([url, response.status]).toEqual([`${site.url}${new URL(url).pathname}`, 200])
  return response.text()
}

describe("feeds", () => {
  it.each(
    landings,
  )("%s/feed.xml is RSS with permanent addresses that work, and dates in order, none in the future", async (of) => {
    const response = await get(`${of}/feed.xml`)
    expect(response.headers.get("Content-Type")).toBe("application/rss+xml; charset=utf-8")
    const source = await response.text()
    const rss = parseXml(source)
    expect(rss).toMatchObject({ name: "rss", attributes: { version: "2.0" } })
    const [channel] = childrenNamed(rss, "channel")
    for (const name of ["title", "description"]) expect(one(channel, name)).not.toBe("")
    expect(one(channel, "link")).toBe(`${site.url}${of || "/"}`)
    expect(one(channel, "language")).toBe(/^\/(fr|ar)/.exec(of)?.[1] ?? "en")
    const self = { rel: "self", type: "application/rss+xml", href: `${site.url}${of}/feed.xml` }
    expect(childrenNamed(channel, "atom:link")[0]?.attributes).toEqual(self)
    const items = childrenNamed(channel, "item")
    expect(items.length).toBeGreaterThan(0)
    expect(new Set(items.map((item) => one(item, "guid"))).size).toBe(items.length)
    for (const item of items) {
      expect(one(item, "guid")).toBe(one(item, "link"))
      expect(item.children.filter(({ name }) => !itemElements.includes(name))).toEqual([])
      const page = readPage(await expectArticle(one(item, "link")))
      expect(one(item, "title")).toBe(textOf(page.named("h1")[0]))
    }
    const dates = items.flatMap((item) => childrenNamed(item, "pubDate").map(({ text }) => text))
    for (const date of dates) {
      const [, day, zone] = /^(\w{3}, \d\d \w{3} \d{4}) \d\d:\d\d:\d\d (GMT|[+-]\d{4})$/.exec(date) ?? []
      // The weekday and day are those of the date's own zone.
      expect(new Date(`${day} 00:00:00 ${zone}`).getTime()).toBeLessThanOrEqual(Date.parse(date))
      expect(new Date(`${day} 12:00:00 GMT`).toUTCString().slice(0, 16)).toBe(day)
    }
    const moments = dates.map((date) => Date.parse(date))
    expect(moments).toEqual(moments.toSorted((a, b) => b - a))
    expect(Math.max(...moments)).toBeLessThanOrEqual(Date.now())
    expect(await (await get(`${of}/feed.xml`)).text()).toBe(source)
  })

  it.each(landings)("%s/feed.json is JSON Feed 1.1 and matches the RSS", async (of) => {
    const response = await get(`${of}/feed.json`)
    expect(response.headers.get("Content-Type")).toBe("application/feed+json; charset=utf-8")
    const feed = (await response.json()) as { title: string; items: Record<string, unknown>[] }
    expect(feed).toMatchObject({ version: "https://jsonfeed.org/version/1.1", feed_url: `${site.url}${of}/feed.json` })
    const [channel] = childrenNamed(await readXml(`${of}/feed.xml`), "channel")
    expect(feed.title).toBe(one(channel, "title"))
    expect(feed.items.map(({ id, url, title }) => [id, url, title])).toEqual(
      childrenNamed(channel, "item").map((item) => [one(item, "guid"), one(item, "link"), one(item, "title")]),
    )
    for (const { content_text, date_published } of feed.items) {
      expect(typeof content_text).toBe("string")
      if (date_published !== undefined)
        expect(date_published).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/)
    }
  })

  it.each(["/feed.xml", "/feed.json", "/sitemap.xml"])("%s can be cached and revalidated", async (path) => {
    const response = await get(path)
    await response.arrayBuffer()
    const tag = response.headers.get("ETag") ?? ""
    expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=\d/)
    expect((await get(path, { "If-None-Match": tag })).status).toBe(304)
  })
})

describe("sitemaps", () => {
  it("list each article once, by its own address, with the languages that its page links to", async () => {
    const seen = new Set<string>()
    for (const part of childrenNamed(await readXml("/sitemap.xml"), "sitemap")) {
      expect(one(part, "lastmod")).toMatch(/^\d{4}-\d\d-\d\dT/)
      const month = await readXml(new URL(one(part, "loc")).pathname)
      expect(month).toMatchObject({ attributes: { xmlns: "http://www.sitemaps.org/schemas/sitemap/0.9" } })
      const urls = childrenNamed(month, "url")
      expect(urls.length).toBeGreaterThan(0)
      for (const url of urls) {
        const address = one(url, "loc")
        expect(seen.has(address), address).toBe(false)
        seen.add(address)
        const page = await expectArticle(address)
        expect(page).toContain(`<link rel="canonical" href="${address}">`)
        for (const { attributes } of childrenNamed(url, "xhtml:link")) {
          expect(page).toContain(`hreflang="${attributes.hreflang}" href="${attributes.href}"`)
        }
      }
    }
    expect(seen.size).toBeGreaterThan(40)
    expect(seen).toContain(`${site.url}/asia/tajikistan/security-summit-dushanbe`)
    expect(seen).not.toContain(`${site.url}/nowhere`)
  })

  it("are named in robots.txt; the news sitemap is well-formed and has no old news", async () => {
    expect(await (await get("/robots.txt")).text()).toContain(`\nSitemap: ${site.url}/sitemap.xml\n`)
    for (const url of childrenNamed(await readXml("/news-sitemap.xml"), "url")) {
      const date = one(childrenNamed(url, "news:news")[0], "news:publication_date")
      expect(Date.now() - Date.parse(date)).toBeLessThan(172_800_000)
    }
  })
})

it("serves only the public part of a members' article as Markdown", async () => {
  const path = "/europe/ukraine/power-in-winter"
  const page = readPage(await (await get(path)).text())
  expect(page.withClass("paywall").length).toBe(1)
  const twin = await get(`${path}.md`)
  expect(twin.headers.get("Content-Type")).toBe("text/markdown; charset=utf-8")
  const text = await twin.text()
  expect(text).toContain(`<${site.url}${path}>`)
  expect(text).not.toContain("members-only")
  const [open = "", closed = ""] = readFileSync(join(root, `content${path}.md`), "utf8")
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .split("<!-- members-only -->")
  expect(text).toContain(open.trim())
  const paragraphs = closed.trim().split(/\n{2,}/)
  expect(paragraphs.length).toBeGreaterThan(3)
  expect(paragraphs.filter((paragraph) => text.includes(paragraph))).toEqual([])
})
