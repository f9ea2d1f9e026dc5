import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { findCutOff, findUnreachable, findVanished, findViolations } from "../../audit/checks.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { renderListingPage } from "../../src/render/listing-page.ts"
import { renderSearchPage } from "../../src/render/search-page.ts"
import { makeEntry, makeStory, now, site as sample } from "../render/sample.ts"
import { root } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"

const site = { url: inject("sampleSite") }
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
})

const pages = [
  "/",
  "/asia/tajikistan",
  "/asia/tajikistan/security-summit-dushanbe",
  "/europe/ukraine/power-in-winter",
  "/search?q=water",
  "/nowhere",
  "/fr",
  "/ar",
]

/** Opens a page in its own context, and calls `look` with the page, its console messages and its requests. */
async function open<T>(
  path: string,
  options: BrowserContextOptions,
  look: (page: Page, said: string[], asked: string[]) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const said: string[] = []
  const asked: string[] = []
  page.on("pageerror", (error) => said.push(error.message))
  page.on("console", (message) => said.push(message.text()))
  page.on("request", (request) => asked.push(request.url()))
  await page.goto(site.url + path)
  const seen = await look(page, said, asked)
  await context.close()
  return seen
}

const phone = { width: 360, height: 740 }
const desk = { width: 1280, height: 900 }
const summit = "/asia/tajikistan/security-summit-dushanbe"

// A sample: `npm run audit` checks every kind of page, every language and both widths.
describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each(
    pages,
  )("%s has no accessibility violations or errors, and does not scroll sideways on a phone", async (path) => {
    await open(path, { colorScheme, viewport: phone }, async (page, said) => {
      expect(await findViolations(page)).toEqual([])
      expect(await findCutOff(page)).toEqual([])
      expect(said.filter((line) => !line.includes("404"))).toEqual([])
    })
  })
})

it.each([
  ["/", desk],
  [summit, phone],
  ["/search?q=water", desk],
])("all of %s can be reached by keyboard, with visible focus", async (path, viewport) => {
  // Without smooth scrolling, so that the focused element is in view immediately.
  expect(await open(path, { viewport, reducedMotion: "reduce" }, findUnreachable)).toEqual([])
})

it.each([
  ["200 %", 640, 2],
  ["400 %", 320, 4],
])("stays usable at %s zoom", async (_, width, deviceScaleFactor) => {
  for (const path of ["/", summit, "/ar", "/newsletter"])
    expect(await open(path, { viewport: { width, height: 450 }, deviceScaleFactor }, findCutOff), path).toEqual([])
})

it("keeps its borders in forced colours", async () => {
  expect(await open(summit, { viewport: desk, forcedColors: "active" }, findVanished)).toEqual([])
})

it("is one request for text alone, plus a small one for the map", async () => {
  const text = await open("/africa/locust-lessons", { viewport: phone }, async (page, _, asked) => {
    await page.waitForLoadState("networkidle")
    return asked.filter((url) => !url.startsWith("data:"))
  })
  expect(text).toEqual([`${site.url}/africa/locust-lessons`])
  const mapped = await open(summit, { viewport: phone }, async (page, _, asked) => {
    await page.waitForLoadState("networkidle")
    return asked.filter((url) => !url.startsWith("data:"))
  })
  expect(mapped).toEqual([site.url + summit, `${site.url}/maps/tjk.svg`])
})

it("has no map larger than 20,000 bytes", () => {
  const folder = join(root, "public/maps")
  const heavy = readdirSync(folder).filter((name) => gzipSync(readFileSync(join(folder, name))).length > 20_000)
  expect(heavy).toEqual([])
  expect(readdirSync(folder).length).toBeGreaterThan(250)
})

it("is complete without script, and has no button that would do nothing", async () => {
  await open(summit, { viewport: phone, javaScriptEnabled: false }, async (page) => {
    expect(await page.locator("article .body p").count()).toBeGreaterThan(5)
    // A form's button works.
    expect(await page.locator("article :not(form) > button:visible").count()).toBe(0)
  })
})

it("links to the translation at the top of the page", async () => {
  await open(summit, { viewport: phone }, async (page) => {
    await page.click('header a[hreflang="ar"]')
    await page.waitForURL(`**/ar${summit}`)
    expect(await page.getAttribute("html", "dir")).toBe("rtl")
  })
})

it("complies with its content security policy and loads nothing from other sites", async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const said: string[] = []
  const asked: string[] = []
  page.on("console", (message) => said.push(message.text()))
  page.on("request", (request) => asked.push(request.url()))
  await page.goto(`${site.url}/asia/tajikistan/security-summit-dushanbe`)
  await page.click('nav ol a[href="/asia/tajikistan"]')
  await page.waitForURL("**/asia/tajikistan")
  for (const path of ["/", "/join", "/newsletter", "/digest"]) await page.goto(site.url + path)
  expect(said).toEqual([])
  expect(asked.filter((url) => !url.startsWith(site.url) && !url.startsWith("data:"))).toEqual([])
  await context.close()
})

it("reads from right to left in Arabic", async () => {
  const page = await browser.newPage()
  await page.goto(`${site.url}/ar`)
  expect(await page.evaluate("getComputedStyle(document.body).direction")).toBe("rtl")
  await page.close()
})

const word = "Rechtsschutzversicherungsgesellschaftenverbandsvorsitzende"
const label = { slug: "a", name: word }
const entry = makeEntry({ title: word, summary: word, topics: [label], authors: [label] })
const story = makeStory({
  ...entry,
  corrections: [{ date: "2024-05-01", text: word }],
  translations: [entry, { language: "ar", path: "/ar/a", title: word }],
  related: [entry],
})
const listing = { entries: [entry], page: 2, more: true, topics: [label], namesakes: [] }
const drawn = {
  article: renderArticlePage(
    { story, html: `<p>${word}</p><h2>${word}</h2><ul><li>${word}</li></ul>`, audience: "public", full: true, now },
    sample,
  ),
  topic: renderListingPage({ address: { kind: "topic", language: "en", slug: "a" }, title: word, ...listing }, sample),
  search: renderSearchPage(
    {
      language: "en",
      query: word,
      results: [{ ...entry, excerpt: word }],
      page: 1,
      more: false,
      count: 1,
      capped: false,
      topic: word,
    },
    sample,
  ),
}

it.each(Object.entries(drawn))("breaks words of the %s that are wider than a phone", async (_, html) => {
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } })
  await page.setContent(html)
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320)
  await page.close()
})

it("never slants Arabic text", async () => {
  const page = await browser.newPage()
  const names = ["i", "em", "cite", "dfn", "var", "address", "blockquote"]
  const html = names.map((name) => `<${name}>نص</${name}>`).join("")
  const view = { story: makeStory({ language: "ar" }), html, audience: "public", full: true, now } as const
  await page.setContent(renderArticlePage(view, sample))
  const styles = "[...document.querySelectorAll('.body *')].map((one) => getComputedStyle(one).fontStyle)"
  expect(await page.evaluate(styles)).toEqual(names.map(() => "normal"))
  await page.close()
})
