import fc from "fast-check"
import { parseFragment } from "parse5"
import { describe, expect, it } from "vitest"
import { type FeedView, renderJsonFeed, renderRss } from "../../src/render/feeds.ts"
import { hostile, makeEntry, site } from "./sample.ts"
import { childrenNamed, parseXml } from "./xml.ts"

const of = { kind: "country", language: "en", region: "asia", country: "tajikistan" } as const

function view(entries: FeedView["entries"], format: "xml" | "json" = "xml"): FeedView {
  return { address: { kind: "feed", format, of }, entries }
}

const channelOf = (rss: string) => childrenNamed(parseXml(rss), "channel")[0]

describe("RSS", () => {
  it("identifies itself, its page, and each article by its permanent address", () => {
    const channel = channelOf(renderRss(view([makeEntry()]), site))
    expect(childrenNamed(channel, "title")[0]?.text).toBe("Meridian: Tajikistan")
    expect(childrenNamed(channel, "link")[0]?.text).toBe("https://meridian.example/asia/tajikistan")
    expect(childrenNamed(channel, "atom:link")[0]?.attributes.href).toBe(
      "https://meridian.example/asia/tajikistan/feed.xml",
    )
    const [item] = childrenNamed(channel, "item")
    const [guid] = childrenNamed(item, "guid")
    expect(guid).toMatchObject({
      attributes: { isPermaLink: "true" },
      text: "https://meridian.example/asia/tajikistan/security-summit-dushanbe",
    })
    expect(childrenNamed(item, "pubDate")[0]?.text).toBe("Fri, 25 Apr 2003 00:00:00 +0200")
  })

  it("gives an article's picture, as JSON Feed does (Media RSS)", () => {
    const image = { src: "/media/a.jpg", width: 3, height: 2, alt: "A", caption: null, credit: null }
    const [item] = childrenNamed(channelOf(renderRss(view([makeEntry({ image })]), site)), "item")
    const url = "https://meridian.example/media/a.jpg"
    expect(childrenNamed(item, "media:content")[0]?.attributes).toEqual({ url, medium: "image" })
    expect(JSON.parse(renderJsonFeed(view([makeEntry({ image })], "json"), site)).items[0].image).toBe(url)
    const [bare] = childrenNamed(channelOf(renderRss(view([makeEntry({ image: null })]), site)), "item")
    expect(childrenNamed(bare, "media:content")).toEqual([])
  })

  it("gives an undated entry no date", () => {
    const [item] = childrenNamed(channelOf(renderRss(view([makeEntry({ publishedAt: null })]), site)), "item")
    expect(childrenNamed(item, "pubDate")).toEqual([])
    expect(childrenNamed(channelOf(renderRss(view([]), site)), "lastBuildDate")).toEqual([])
  })

  it("preserves a summary's words after XML and HTML parsing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant("Why the <details> tag matters &amp; more"), hostile), (summary) => {
        const [item] = childrenNamed(channelOf(renderRss(view([makeEntry({ summary })]), site)), "item")
        const description = childrenNamed(item, "description")[0]?.text ?? ""
        const kept = summary.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
        const { childNodes } = parseFragment(description)
        const words = childNodes.map((node) => ("value" in node ? node.value : "an element")).join("")
        expect(words.replace(/\r\n?/g, "\n")).toBe(kept.replace(/\r\n?/g, "\n"))
      }),
    )
  })

  it("is well-formed and decodes to what was written, whatever that is", () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const name = { slug: "x", name: title }
        const entry = makeEntry({ title, summary: title, authors: [name], topics: [name] })
        const [item] = childrenNamed(channelOf(renderRss(view([entry]), site)), "item")
        const kept = title.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
        expect(childrenNamed(item, "title")[0]?.text ?? "").toBe(kept)
        expect(childrenNamed(item, "dc:creator")[0]?.text ?? "").toBe(kept)
      }),
    )
  })
})

describe("JSON Feed", () => {
  it("parses to whatever was written into it", () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const name = { slug: "x", name: title }
        const entry = makeEntry({ title, summary: title, authors: [name], topics: [name] })
        const [item] = JSON.parse(renderJsonFeed(view([entry], "json"), site)).items
        expect(item).toMatchObject({
          title,
          summary: title,
          content_text: title,
          tags: [title],
          authors: [{ name: title }],
        })
      }),
    )
  })

  it("agrees with the RSS feed", () => {
    const feed = JSON.parse(renderJsonFeed(view([makeEntry()], "json"), site))
    expect(feed).toMatchObject({
      version: "https://jsonfeed.org/version/1.1",
      home_page_url: "https://meridian.example/asia/tajikistan",
      feed_url: "https://meridian.example/asia/tajikistan/feed.json",
      language: "en",
    })
    expect(feed.items[0]).toMatchObject({
      id: "https://meridian.example/asia/tajikistan/security-summit-dushanbe",
      content_text: "A permanent council is expected.",
      date_published: "2003-04-25T00:00:00+02:00",
    })
  })

  it("gives an undated entry no date", () => {
    const feed = JSON.parse(renderJsonFeed(view([makeEntry({ publishedAt: null })], "json"), site))
    expect(feed.items[0]).not.toHaveProperty("date_published")
  })
})
