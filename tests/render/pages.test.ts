import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { List } from "../../src/article/edition.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import type { EditionView } from "../../src/render/edition-pages.ts"
import { renderDigestPage, renderEditionPage, renderNewsletterPage } from "../../src/render/edition-pages.ts"
import { renderFrontPage } from "../../src/render/front-page.ts"
import { renderJoinPage } from "../../src/render/join-page.ts"
import { renderMessagePage } from "../../src/render/layout.ts"
import { renderCorrectionsPage, renderListingPage } from "../../src/render/listing-page.ts"
import { renderSearchPage } from "../../src/render/search-page.ts"
import { factsOf } from "../../src/site/country-facts.ts"
import { findNonconformities } from "./conformance.ts"
import {
  attribute,
  findFaults,
  hostile,
  makeEntry,
  makeStory,
  now,
  printable,
  readPage,
  site,
  textOf,
} from "./sample.ts"

/** Every kind of page, with `text` in every place that an editor or reader can write. */
function drawAll(text: string, language: string): Record<string, string> {
  const label = { slug: "x", name: text }
  const image = { src: "/media/a.jpg", width: 3, height: 2, alt: text, caption: text, credit: text }
  const entry = makeEntry({
    language,
    title: text,
    summary: text,
    topics: [label],
    authors: [label],
    gated: true,
    image,
  })
  const story = makeStory({
    ...entry,
    gated: false,
    rights: "meridian",
    corrections: [{ date: "2026-01-02", text }],
    translations: [
      { language: "en", path: "/asia/a", title: text },
      { language: "ar", path: "/ar/asia/a", title: text },
    ],
    related: [entry],
  })
  const article = { story, html: "<p>Text.</p>", audience: "public", full: true, now } as const
  const list = { entries: [entry], page: 2, more: true, topics: [label] }
  const latest = (list: List, full: boolean) => ({ latest: edition(list, full), newest: [] })
  const newest = { latest: null, newest: [entry] }
  const edition = (list: List, full: boolean): EditionView => ({
    edition: {
      ...{ list, date: "2026-11-23", language, plannedAt: now, gated: list === "digest" },
      content: {
        ...{ title: text, intro: text, more: 3 },
        stories: [{ path: "/asia/a", title: text, summary: text, region: "asia", country: null, gated: true }],
      },
    },
    earlier: [{ date: "2026-11-20", title: text }],
    next: "2026-11-24",
    languages: site.languages,
    intro: "<p>Introduction</p>",
    full,
  })
  const facts = factsOf("TJ")
  return {
    article: renderArticlePage(article, site),
    walled: renderArticlePage({ ...article, story: { ...story, gated: true }, full: false }, site),
    member: renderArticlePage({ ...article, story: { ...story, gated: true }, audience: "members" }, site),
    undated: renderArticlePage({ ...article, story: { ...story, publishedAt: null, image: null } }, site),
    front: renderFrontPage(
      { language, lead: entry, second: [entry], latest: [entry], regions: [{ region: "asia", entries: [entry] }] },
      site,
    ),
    empty: renderFrontPage({ language, lead: null, second: [], latest: [], regions: [] }, site),
    region: renderListingPage({ ...list, address: { kind: "region", language, region: "asia" }, title: "" }, site),
    country: renderListingPage(
      { ...list, address: { kind: "country", language, region: "asia", country: "tajikistan" }, title: "", facts },
      site,
    ),
    topic: renderListingPage({ ...list, address: { kind: "topic", language, slug: "x" }, title: text }, site),
    author: renderListingPage({ ...list, address: { kind: "author", language, slug: "x" }, title: text }, site),
    search: renderSearchPage(
      {
        language,
        query: text,
        results: [{ ...entry, excerpt: "\u0001a\u0002" }],
        page: 2,
        more: true,
        count: 1001,
        capped: true,
        topic: "x",
      },
      site,
    ),
    nothing: renderMessagePage({ status: 404, language, search: true }, site),
    gone: renderMessagePage({ status: 410, language, search: true }, site),
    failing: renderMessagePage({ status: 500, language, search: false, id: text }, site),
    corrections: renderCorrectionsPage(
      { language, entries: [{ path: "/asia/a", title: text, date: "2026-01-02", text }], page: 1, more: true },
      site,
    ),
    join: renderJoinPage({ language, checkout: false, isMember: false, sample: newest, gifts: 20 }, site),
    joined: renderJoinPage({ language, checkout: true, isMember: true, sample: newest, gifts: 20 }, site),
    checkout: renderJoinPage(
      { language, checkout: true, isMember: false, sample: latest("digest", false), gifts: 20 },
      site,
    ),
    newsletter: renderNewsletterPage(language, site, { sample: newest }),
    "newsletter without stories": renderNewsletterPage(language, site, { sample: { latest: null, newest: [] } }),
    "newsletter with an edition": renderNewsletterPage(language, site, { sample: latest("headlines", true) }),
    headlines: renderEditionPage(edition("headlines", true), site),
    "digest for visitors": renderDigestPage({ language, sample: latest("digest", false), isMember: false }, site),
    "digest for members": renderDigestPage({ language, sample: latest("digest", true), isMember: true }, site),
    "digest without an edition": renderDigestPage({ language, sample: newest, isMember: false }, site),
    "edition for visitors": renderEditionPage(edition("digest", false), site),
    "edition for members": renderEditionPage(edition("digest", true), site),
  }
}

describe("every page", () => {
  it.each(site.languages)("is a conforming, well-structured document in %s", { timeout: 60_000 }, async (language) => {
    for (const [name, page] of Object.entries(drawAll("A plain title", language))) {
      expect(findFaults(page), name).toEqual([])
      expect(await findNonconformities(page), name).toEqual([])
    }
  })

  it("declares its character set first, its language and direction, and no generator", () => {
    for (const page of Object.values(drawAll("Title", "ar"))) {
      const { named } = readPage(page)
      expect(attribute(named("html")[0], "lang")).toBe("ar")
      expect(attribute(named("html")[0], "dir")).toBe("rtl")
      expect(page.indexOf("<meta charset")).toBeLessThan(100)
      expect(page).not.toContain("generator")
    }
  })

  it("shows hostile titles as text, never as markup", { timeout: 60_000 }, () => {
    const plain = Object.fromEntries(Object.entries(drawAll("T", "en")).map(([name, page]) => [name, shapeOf(page)]))
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(printable(text).trim() !== "")
        for (const [name, page] of Object.entries(drawAll(text, "en"))) {
          expect(findFaults(page), name).toEqual([])
          expect(shapeOf(page), name).toBe(plain[name])
        }
      }),
      { numRuns: 60 },
    )
  })

  it("preserves a hostile title in heading, title, meta tags, cards and JSON-LD", () => {
    fc.assert(
      fc.property(hostile, (title) => {
        fc.pre(!title.includes("\r"))
        const page = renderArticlePage(
          { story: makeStory({ title, summary: title }), html: "", audience: "public", full: true, now },
          site,
        )
        const { named, jsonLd } = readPage(page)
        expect(textOf(named("h1")[0])).toBe(printable(title))
        if (title === "") return
        expect(textOf(named("title")[0])).toBe(`${printable(title)} | Meridian`)
        const content = (name: string) =>
          attribute(
            named("meta").find((one) => [attribute(one, "name"), attribute(one, "property")].includes(name)),
            "content",
          )
        for (const name of ["description", "og:title", "og:description"])
          expect(content(name), name).toBe(printable(title))
        expect(jsonLd[0].headline).toBe(title)
        expect(jsonLd[0].description).toBe(title)
      }),
      { numRuns: 200 },
    )
  })
})

/** A page's elements, in order. */
function shapeOf(page: string): string {
  return readPage(page)
    .elements.map((element) => element.tagName)
    .join(" ")
}

describe("names in the script of another language", () => {
  const draw = (language: string, first: string, ...others: string[]) => {
    const names = [first, ...others]
    const labels = names.map((name, index) => ({ slug: `n${index}`, name }))
    const story = makeStory({ language, authors: labels, topics: labels })
    const address = { kind: "author", language, slug: "n0" } as const
    return {
      article: renderArticlePage({ story, html: "<p>Text.</p>", audience: "public", full: true, now }, site),
      listing: renderListingPage({ address, title: first, entries: [], page: 1, more: false, topics: labels }, site),
    }
  }
  const isolated = (page: string) =>
    readPage(page)
      .named("a")
      .filter((link) => attribute(link, "dir") === "auto")
      .map(textOf)
  const heading = (page: string) => readPage(page).named("h1").map(textOf)[0]

  it("are isolated in bylines, topics and headings, so that names and their punctuation stay in order", () => {
    const arabic = draw("en", "محمد علي", "أحمد حسن", "Amina Odhiambo")
    expect(isolated(arabic.article)).toEqual(["محمد علي", "أحمد حسن", "محمد علي", "أحمد حسن"])
    expect(isolated(arabic.listing)).toEqual(["محمد علي", "أحمد حسن"])
    expect(heading(arabic.listing)).toBe("\u2068محمد علي\u2069")
    const latin = draw("ar", "Martin L. King Jr.", "C++", "محمد علي")
    expect(isolated(latin.article)).toEqual(["Martin L. King Jr.", "C++", "Martin L. King Jr.", "C++"])
    expect(heading(latin.listing)).toBe("\u2068Martin L. King Jr.\u2069")
  })

  it("are isolated in the credit to republish with the text", () => {
    const story = makeStory({ language: "ar", authors: [{ slug: "k", name: "Zoé K." }], rights: "meridian" })
    const page = renderArticlePage({ story, html: "<p>Text.</p>", audience: "public", full: true, now }, site)
    const credit = readPage(page).elements.find((one) => attribute(one, "id") === "credit_")
    expect(credit && textOf(credit)).toContain("\u2068Zoé K.\u2069")
  })

  it("are isolated in searches too, where the field takes the direction of what is typed", () => {
    const search = (language: string, query: string) =>
      renderSearchPage({ language, query, results: [], page: 1, more: false, count: 0, capped: false }, site)
    expect(search("ar", "c++")).toContain("«\u2068c++\u2069»")
    expect(search("en", "c++")).toContain("“c++”")
    const field = readPage(search("ar", "c++")).named("input")[0]
    expect(field && attribute(field, "dir")).toBe("auto")
  })
})

it("texts of the config that a language lacks name the language they are in (WCAG 3.1.2)", () => {
  const { meridian } = site.rights
  if (meridian === undefined) throw new Error("the sample's rights profile is missing")
  const partial = {
    ...site,
    tagline: { en: "In English." },
    rights: { meridian: { ...meridian, note: { en: "A note." } } },
  }
  const languagesOf = (language: string, config: typeof site) => {
    const story = makeStory({ language, rights: "meridian", gated: false })
    const page = renderArticlePage({ story, html: "<p>Text.</p>", audience: "public", full: true, now }, config)
    const named = readPage(page)
      .named("p")
      .filter((one) => attribute(one, "lang") !== undefined)
    return named.map((one) => [textOf(one), attribute(one, "lang"), attribute(one, "dir")])
  }
  expect(languagesOf("ar", partial)).toEqual([
    ["A note.", "en", "ltr"],
    ["In English.", "en", "ltr"],
  ])
  expect(languagesOf("en", partial)).toEqual([])
  expect(languagesOf("ar", site)).toEqual([])
})

describe("addresses in a page's head", () => {
  const links = (page: string, rel: string) =>
    readPage(page)
      .named("link")
      .filter((link) => attribute(link, "rel") === rel)
      .map((link) => attribute(link, "href"))

  it("omits the number of a list's first page, and links the neighbouring pages", () => {
    const address = { kind: "region", language: "en", region: "asia" } as const
    const draw = (page: number, more: boolean) =>
      renderListingPage({ address, title: "", entries: [makeEntry()], page, more, topics: [] }, site)
    expect(links(draw(1, true), "canonical")).toEqual(["https://meridian.example/asia"])
    expect(links(draw(1, true), "next")).toEqual(["https://meridian.example/asia?page=2"])
    expect(links(draw(2, false), "canonical")).toEqual(["https://meridian.example/asia?page=2"])
    expect(links(draw(2, false), "prev")).toEqual(["https://meridian.example/asia"])
    expect(links(draw(2, false), "next")).toEqual([])
  })

  it("excludes errors and searches from indexes", () => {
    const pages = drawAll("T", "en")
    for (const [name, page] of Object.entries(pages)) {
      const noindex = page.includes(`<meta name="robots" content="noindex">`)
      expect(noindex, name).toBe(["search", "nothing", "gone", "failing"].includes(name))
    }
    expect(links(pages.nothing ?? "", "canonical")).toEqual([])
  })

  it("lists all language versions, with the default language as the fallback", () => {
    const page = drawAll("T", "en").article ?? ""
    const versions = readPage(page)
      .named("link")
      .filter((link) => attribute(link, "hreflang") !== undefined)
      .map((link) => `${attribute(link, "hreflang")} ${attribute(link, "href")}`)
    expect(versions).toEqual([
      "en https://meridian.example/asia/a",
      "ar https://meridian.example/ar/asia/a",
      "x-default https://meridian.example/asia/a",
    ])
  })

  it("keeps the search query on the next page", () => {
    const page = renderSearchPage(
      {
        language: "fr",
        query: "eau & paix",
        results: [],
        page: 1,
        more: true,
        count: 1,
        capped: false,
        region: "asia",
      },
      site,
    )
    const next = readPage(page)
      .named("a")
      .find((link) => attribute(link, "rel") === "next")
    expect(attribute(next, "href")).toBe("/fr/search?q=eau%20%26%20paix&region=asia&page=2")
  })
})
