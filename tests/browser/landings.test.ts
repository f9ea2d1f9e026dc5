// The pages of places, topics and authors and the search page, measured in the browser.
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ArticleRecord } from "../../src/article/article.ts"
import { renderPack } from "../../src/render/country-pack.ts"
import { renderListingPage } from "../../src/render/listing-page.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { renderSearchPage } from "../../src/render/search-page.ts"
import type { LandingAddress } from "../../src/site/addresses.ts"
import { factsOf } from "../../src/site/country-facts.ts"
import { countriesOf } from "../../src/site/places.ts"
import { makeEntry, makeStory, site } from "../render/sample.ts"
import { connectBrowser } from "./connect-browser.ts"

let browser: Browser
beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

const asia = { kind: "region", language: "en", region: "asia" } as const
const tajikistan = { ...asia, kind: "country", country: "tajikistan" } as const
const entries = Array.from({ length: 9 }, (_, index) =>
  makeEntry({ path: `/asia/story-${index}`, title: `Story ${index}` }),
)
const next = [makeEntry({ path: "/asia/next-1" }), makeEntry({ path: "/asia/next-2" })]
const countries = countriesOf("asia", site).map((country, index) => ({
  country,
  stories: index % 7 === 0 ? index + 1 : 0,
}))

function draw(address: LandingAddress, language = "en", changed: object = {}): string {
  const view = {
    title: "Title",
    entries,
    page: 1,
    more: false,
    next,
    countries,
    topics: [{ slug: "water", name: "Water" }],
    facts: address.kind === "country" ? factsOf("TJ") : null,
    ...changed,
  }
  return renderListingPage({ ...view, address: { ...address, language } }, site)
}

async function show<T>(html: string, width: number, look: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage({ viewport: { width, height: 740 } })
  await page.setContent(html)
  const seen = await look(page)
  await page.close()
  return seen
}

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox()
  if (box === null) throw new Error(`${selector} is not on the page`)
  return box
}

describe.each([360, 768, 959, 1280])("%i pixels wide", (width) => {
  it("a country shows its stories before its map and facts, which stand beside them on wide screens", async () => {
    await show(draw(tajikistan), width, async (page) => {
      const [lead, last] = [await boxOf(page, ".lead h2"), await boxOf(page, ".rows > li:last-child")]
      const [map, facts] = [await boxOf(page, ".map"), await boxOf(page, ".facts")]
      expect(lead.y).toBeLessThan(740)
      if (width === 1280) {
        expect(map.x).toBeGreaterThan(last.x + last.width)
        expect(facts.y).toBeGreaterThan(map.y + map.height)
      } else {
        expect(map.y).toBeGreaterThan(last.y + last.height)
        expect(facts.y).toBeGreaterThan(last.y + last.height)
      }
    })
  })

  it.each(["en", "fr", "ar"])("nothing is cut off in %s", async (language) => {
    for (const html of [
      draw(asia, language),
      draw(tajikistan, language),
      draw({ kind: "topic", language, slug: "water" }),
    ])
      expect(await show(html, width, (page) => page.evaluate("document.documentElement.scrollWidth"))).toBe(width)
  })

  it("a word that is wider than the screen breaks, in titles, summaries and captions", async () => {
    const word = "w".repeat(120)
    const picture = { src: `/media/${"a".repeat(64)}.jpg`, width: 9, height: 6, alt: word, caption: word, credit: word }
    const changed = { title: word, summary: word, authors: [], topics: [{ slug: "w", name: word }] }
    for (const image of [picture, null]) {
      const long = entries.map((entry) => ({ ...entry, ...changed, image }))
      for (const address of [asia, tajikistan, { kind: "topic", language: "en", slug: "water" } as const]) {
        const html = draw(address, "en", { entries: long, next: long.slice(0, 4), topics: changed.topics })
        expect(await show(html, width, (page) => page.evaluate("document.documentElement.scrollWidth"))).toBe(width)
      }
    }
  })

  it("a pack's tables, code and lines of text fit", async () => {
    const cells = (text: string) => `| ${Array.from({ length: 12 }, () => text).join(" | ")} |\n`
    const source = `${"words ".repeat(99)}\n\n${cells("A heading")}${cells("---")}${cells("1234567890")}\n    ${"x".repeat(300)}\n`
    const options = { language: "en", media: {}, site, path: "/asia/story", idPrefix: "s1-", plain: true }
    const stories = [{ record: makeStory() as unknown as ArticleRecord, html: await renderMarkdown(source, options) }]
    const pack = renderPack({ address: { ...tajikistan, language: "en" }, stories, now: 0 }, site)
    await show(pack, width, async (page) => {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width)
      expect((await boxOf(page, ".body p:has-text('words')")).width).toBeLessThanOrEqual(38 * 16)
    })
  })

  it("no headline breaks at a hyphen, wherever the hyphenated word stands", async () => {
    const titles = Array.from(
      { length: 24 },
      (_, index) => `${"a".repeat(index)} summit for a decade-old treaty of well-known allies`,
    )
    const hyphenated = titles.map((title, index) => makeEntry({ path: `/asia/hyphenated-${index}`, title }))
    const lines = await show(draw(asia, "en", { entries: hyphenated, next: hyphenated.slice(0, 4) }), width, (page) =>
      page.locator("h2 .whole, h3 .whole").evaluateAll((words) => words.map((word) => word.getClientRects().length)),
    )
    expect(lines).toHaveLength(2 * (titles.length + 4))
    expect(new Set(lines)).toEqual(new Set([1]))
  })

  it("the search form takes two rows at most", async () => {
    const view = { language: "en", query: "water", results: [], page: 1, more: false, count: 0, capped: false } as const
    const tops = await show(renderSearchPage(view, site), width, (page) =>
      page
        .locator("main form > *")
        .evaluateAll((parts) => parts.map((part) => Math.round(part.getBoundingClientRect().y))),
    )
    expect(tops).toHaveLength(4)
    expect(new Set(tops).size).toBe(width === 360 ? 2 : 1)
  })
})

it.each(["en", "fr", "ar", "ru"])("a separator stays on the line of what follows it, in %s", async (language) => {
  const placed = countriesOf("asia", site).map(({ slug }) => makeEntry({ language, country: slug, gated: true }))
  const html = draw({ kind: "topic", language, slug: "water" }, language, { entries: placed, next: [] })
  const distances = await show(html, 320, (page) => page.evaluate<[number, number][]>(distancesOfSeparators))
  expect(distances).toHaveLength(2 * placed.length)
  const isOnLine = (distance: number) => Math.abs(distance) < 8
  expect(distances.filter(([, after]) => !isOnLine(after))).toEqual([])
  // Some lines do break, or this would prove nothing.
  expect(distances.filter(([before]) => !isOnLine(before))).not.toEqual([])
})

/** How far each separator above a title is below what precedes it, and above what follows it, in pixels. */
const distancesOfSeparators = `(() => {
  const range = document.createRange()
  const topsOf = (node) => (range.selectNodeContents(node), [...range.getClientRects()].map(({ top }) => top))
  return [...document.querySelectorAll("main .kick")].flatMap((line) =>
    [...line.childNodes].filter(({ data }) => data?.includes("·")).map((separator) => {
      const [before, after] = [topsOf(separator.previousSibling).at(-1), topsOf(separator.nextSibling)[0]]
      range.setStart(separator, separator.data.indexOf("·"))
      range.setEnd(separator, separator.data.indexOf("·") + 1)
      const { top } = range.getBoundingClientRect()
      return [top - before, after - top]
    }),
  )
})()`

it("unfolds the countries without articles", async () => {
  await show(draw(asia), 360, async (page) => {
    const bhutan = page.getByRole("link", { name: "Bhutan" })
    expect(await bhutan.isVisible()).toBe(false)
    await page.getByText("Other countries and territories").click()
    expect(await bhutan.isVisible()).toBe(true)
  })
})

it("names the search field by the page's heading", async () => {
  const view = { language: "en", query: "", results: [], page: 1, more: false, count: 0, capped: false } as const
  await show(renderSearchPage(view, site), 360, async (page) => {
    await page.locator("h1 label").click()
    expect(await page.evaluate("document.activeElement.id")).toBe("q_")
    expect(await page.getByRole("searchbox", { name: "Search", exact: true }).count()).toBe(1)
  })
})
