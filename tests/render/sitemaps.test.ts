import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readHtml } from "../../src/article/words.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import {
  renderLlms,
  renderNewsSitemap,
  renderRobots,
  renderSecurityTxt,
  renderSitemap,
  renderSitemapIndex,
} from "../../src/render/sitemaps.ts"
import { renderMarkdownTwin } from "../../src/render/twin.ts"
import { hostile, makeStory, now, readPage, site } from "./sample.ts"
import { childrenNamed, parseXml } from "./xml.ts"

describe("sitemaps", () => {
  it("have an index of months", () => {
    const index = parseXml(renderSitemapIndex([{ month: "undated", lastmod: now }], site))
    const [part] = childrenNamed(index, "sitemap")
    expect(childrenNamed(part, "loc")[0]?.text).toBe("https://meridian.example/sitemaps/undated.xml")
    expect(childrenNamed(part, "lastmod")[0]?.text).toBe("2026-11-24T10:00:00+01:00")
  })

  it("list each article's other languages, if it has any", () => {
    const translations = [
      { language: "en", path: "/asia/a" },
      { language: "ar", path: "/ar/asia/a" },
    ]
    const entries = [
      { path: "/asia/a", lastmod: now, translations },
      { path: "/asia/b", lastmod: now, translations: [{ language: "en", path: "/asia/b" }] },
    ]
    const urls = childrenNamed(parseXml(renderSitemap(entries, site)), "url")
    expect(urls.map((url) => childrenNamed(url, "xhtml:link").map((link) => link.attributes.href))).toEqual([
      ["https://meridian.example/asia/a", "https://meridian.example/ar/asia/a", "https://meridian.example/asia/a"],
      [],
    ])
  })

  it("list no news without a date", () => {
    const entries = [
      { path: "/asia/a", language: "en", title: "<A> & B", publishedAt: now },
      { path: "/asia/b", language: "en", title: "B", publishedAt: null },
    ]
    const urls = childrenNamed(parseXml(renderNewsSitemap(entries, site)), "url")
    expect(urls).toHaveLength(1)
    expect(childrenNamed(childrenNamed(urls[0], "news:news")[0], "news:title")[0]?.text).toBe("<A> & B")
  })
})

describe("hostile titles", () => {
  it("name languages in the news sitemap as Google does: by ISO 639 codes, Chinese by zh-cn or zh-tw", () => {
    const of = (language: string) => {
      const entry = { path: "/asia/a", language, title: "A", publishedAt: 1 }
      return /<news:language>(.*)<\/news:language>/.exec(renderNewsSitemap([entry], site))?.[1]
    }
    expect(["en", "pt-BR", "sr-Latn", "fil"].map(of)).toEqual(["en", "pt", "sr", "fil"])
    expect(["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK"].map(of)).toEqual(Array(5).fill("zh-cn"))
    expect(["zh-TW", "zh-HK", "zh-Hant", "zh-hant", "zh-Hant-CN"].map(of)).toEqual(Array(5).fill("zh-tw"))
  })

  it("keep the news sitemap well-formed, and parse to what was written", () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const entries = [{ path: "/asia/a", language: "en", title, publishedAt: now }]
        const [url] = childrenNamed(parseXml(renderNewsSitemap(entries, site)), "url")
        const kept = title.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
        expect(childrenNamed(childrenNamed(url, "news:news")[0], "news:title")[0]?.text ?? "").toBe(kept)
      }),
    )
  })

  it("become a one-line heading without markup in the Markdown version", () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const twin = renderMarkdownTwin(
          { story: makeStory({ title, summary: title, authors: [] }), text: "Text.\n", full: true },
          site,
        )
        const { named } = readPage(String(renderMarkdown(twin, { language: "en", media: {}, site, exact: true })))
        expect(named("h1").length + named("h2").length).toBeLessThanOrEqual(1)
        for (const name of ["script", "img", "a"])
          expect(named(name).length, name).toBeLessThanOrEqual(name === "a" ? 1 : 0)
      }),
    )
  })
})

describe("plain files", () => {
  it("robots.txt names the sitemap", () => {
    expect(renderRobots(site)).toContain("\nSitemap: https://meridian.example/sitemap.xml\n")
  })

  it("llms.txt says what the site is", () => {
    expect(renderLlms(site)).toMatch(/^# Meridian\n\n> Reporting/)
    expect(renderLlms(site)).toContain("[Asia](https://meridian.example/asia)")
  })

  it("security.txt expires within a year, and stays the same all day", () => {
    const text = renderSecurityTxt(now, site)
    const expires = Date.parse(/Expires: (.*)/.exec(text)?.[1] ?? "")
    expect(expires).toBeGreaterThan(now + 90 * 86_400_000)
    expect(expires).toBeLessThan(now + 365 * 86_400_000)
    expect(renderSecurityTxt(now + 3_600_000, site)).toBe(text)
    expect(text).toContain("Canonical: https://meridian.example/.well-known/security.txt")
  })
})

describe("the Markdown version", () => {
  it("has title, summary, address and text, with the stored pictures", () => {
    const media = { "./a.jpg": { src: "/media/f.jpg", width: 1, height: 1 } }
    const story = makeStory({ title: "A *bold*\nclaim", media })
    const text = renderMarkdownTwin({ story, text: "Hello ![x](./a.jpg)\n", full: true }, site)
    expect(text).toBe(`# A \\*bold\\* claim

> A permanent council is expected.

- <https://meridian.example/asia/tajikistan/security-summit-dushanbe>
- 2003-04-25
- By IRIN

Hello ![x](https://meridian.example/media/f.jpg)
`)
  })

  it("replaces addresses of pictures in references and raw HTML too, but never a prefix of another address", () => {
    const kept = (name: string) => ({ src: `/media/${name}`, width: 1, height: 1 })
    const story = makeStory({
      media: { "./a.png": kept("f.png"), "./a.png.webp": kept("g.webp"), "b c.jpg": kept("h.jpg") },
    })
    const text = `![x](./a.png.webp) ![x](<b c.jpg> "t") ![x][r] <img alt="" src='./a.png'>\n\n[r]: ./a.png`
    const twin = renderMarkdownTwin({ story, text, full: true }, site)
    const at = `${site.origin}/media`
    expect(twin).toContain(
      `![x](${at}/g.webp) ![x](<${at}/h.jpg> "t") ![x][r] <img alt="" src='${at}/f.png'>\n\n[r]: ${at}/f.png\n`,
    )
  })

  it.each([
    "AT&amp;T",
    "&copy; &#38; R&D",
    "~~not~~ ~50",
    "2024. A dry year",
    "- 5 degrees",
    "+ more",
    "1) First",
  ])("has titles and summaries as written: %s", async (written) => {
    const story = makeStory({ title: written, summary: written })
    const html = await renderMarkdown(renderMarkdownTwin({ story, text: "", full: true }, site), {
      language: "en",
      media: {},
      site,
      exact: true,
    })
    const [title, summary] = ["<h2", "<blockquote"].map((tag) => readHtml(`${html.split(tag)[1]}`).text)
    expect([title, summary]).toEqual([expect.stringContaining(written), expect.stringContaining(written)])
  })

  it("keeps the indent of code at the beginning", () => {
    const text = renderMarkdownTwin({ story: makeStory(), text: "\n\n    code\n\nText.\n\n", full: true }, site)
    expect(text.endsWith("\n\n    code\n\nText.\n")).toBe(true)
  })

  it("says that a date is unknown", () => {
    const text = renderMarkdownTwin({ story: makeStory({ publishedAt: null }), text: "", full: true }, site)
    expect(text).toContain("- Date unknown\n")
  })
})
