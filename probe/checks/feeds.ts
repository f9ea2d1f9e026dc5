// F: feeds, sitemaps and robots.txt.
import { type Check, directivesOf, field, must } from "../check.ts"
import { readLocations } from "../discover.ts"

const textsOf = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(([, text = ""]) =>
    text.replace(/^<!\[CDATA\[([\s\S]*)\]\]>$/, "$1").replaceAll("&amp;", "&"),
  )

export const feeds: readonly Check[] = [
  must("F01", "the feed: stable and unique ids, valid dates newest first, links that work", async (site, expect) => {
    const [feed, again] = [await site.ask(site.feed), await site.ask(site.feed)]
    const items = textsOf(feed.text, "item")
    const ids = items.flatMap((item) => textsOf(item, "guid"))
    expect(new Set(ids).size === items.length, site.feed, "one id for each item", `${ids.length} of ${items.length}`)
    expect(ids.join() === textsOf(again.text, "guid").join(), site.feed, "the same ids again")
    const dates = items.flatMap((item) => textsOf(item, "pubDate")).map((date) => Date.parse(date))
    expect(
      dates.every((date) => date <= Date.now() + 60_000),
      site.feed,
      "valid dates, none in the future",
    )
    expect(
      dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? 0)),
      site.feed,
      "newest first",
    )
    const self = /<atom:link[^>]*href="([^"]*)"[^>]*rel="self"|<atom:link[^>]*rel="self"[^>]*href="([^"]*)"/.exec(
      feed.text,
    )
    expect((self?.[1] ?? self?.[2]) === site.origin + site.feed, site.feed, "a self link", self?.[0])
    for (const link of items.slice(0, 10).flatMap((item) => textsOf(item, "link"))) {
      const url = new URL(link)
      const { status } = await site.ask(url.pathname)
      expect(url.origin === site.origin && status === 200, link, "200 on this site", status)
    }
  }),
  must("F02", "the sitemaps: this site's addresses, each once, indexable", async (site, expect) => {
    const index = await site.ask(site.sitemap)
    const sitemaps = readLocations(index.text, site.origin)
    const found: string[] = []
    for (const path of sitemaps.slice(-4)) {
      const { text, status, bytes } = await site.page(path)
      expect(status === 200 && bytes.length <= 50_000_000, path, "200, at most 50 MB", status)
      found.push(...readLocations(text, site.origin))
      for (const time of textsOf(text, "lastmod")) expect(!Number.isNaN(Date.parse(time)), path, "a W3C date", time)
    }
    expect(new Set(found).size === found.length, site.sitemap, "no address twice")
    expect(
      found.length <= 50_000 * 4 && found.every((path) => !path.includes("?")),
      site.sitemap,
      "addresses without a query",
    )
    expect(!found.includes(site.missing), site.sitemap, "no missing address")
    const step = Math.max(1, Math.floor(found.length / 20))
    for (const path of found.filter((_, at) => at % step === 0).slice(0, 20)) {
      const page = await site.page(path)
      const canonical = /<link rel="canonical" href="([^"]*)"/.exec(page.text)?.[1]
      const indexable =
        !/noindex/.test(field(page, "x-robots-tag")) && !/<meta name="robots" content="noindex/.test(page.text)
      expect(
        page.status === 200 && canonical === site.origin + path && indexable,
        path,
        "200, canonical, indexable",
        canonical,
      )
    }
  }),
  must("F03", "robots.txt names the sitemap", async (site, expect) => {
    const page = await site.ask("/robots.txt")
    const right = page.status === 200 && field(page, "content-type").startsWith("text/plain")
    expect(right && page.text.includes(`Sitemap: ${site.origin}/sitemap.xml`), "/robots.txt", "Sitemap", page.status)
  }),
  must("F04", "feeds and sitemaps can be cached and validated", async (site, expect) => {
    for (const path of [site.feed, site.sitemap]) {
      const page = await site.page(path)
      const again = await site.ask(path, { headers: { "If-None-Match": field(page, "etag") } })
      expect(directivesOf(page).has("public") && again.status === 304, path, "public, and 304", again.status)
    }
  }),
]
