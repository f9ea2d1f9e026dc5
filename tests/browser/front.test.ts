// The front page in a browser: full rows, a face for every story, and a map whose pins are links.
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { connectBrowser } from "./connect-browser.ts"

const site = { url: inject("sampleSite") }
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
})

/** Opens a page without script and loads all its pictures. */
async function open<T>(path: string, width: number, look: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(site.url + path)
  await page.evaluate(`Promise.all([...document.querySelectorAll("main img")].map((picture) => {
    picture.loading = "eager"
    return picture.checkVisibility() && picture.decode()
  }))`)
  const seen = await look(page)
  await context.close()
  return seen
}

/** The centre and the width of each element. */
async function boxesOf(page: Page, selector: string) {
  const boxes = await Promise.all((await page.locator(selector).all()).map((one) => one.boundingBox()))
  return boxes.map((box) => {
    if (box === null) throw new Error(`${selector} is not shown`)
    return { ...box, middle: box.x + box.width / 2, centre: box.y + box.height / 2 }
  })
}

describe.each([
  ["/", 360],
  ["/", 768],
  ["/", 1280],
  ["/fr", 768],
  ["/ar", 360],
  ["/ar", 1280],
])("%s, %i pixels wide", (path, width) => {
  it("has rows without holes, a face for every story, and no story twice", async () => {
    await open(path, width, async (page) => {
      for (const deck of await page.locator("main .deck").all()) {
        const tops = await deck
          .locator(":scope > li:visible")
          .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)))
        const rows = [...new Set(tops)].map((top) => tops.filter((other) => other === top).length)
        expect(new Set(rows).size, `${rows}`).toBe(1)
      }
      const faces = await page.locator("main .entry:visible .face img").evaluateAll((all) =>
        all.map((one) => {
          const { naturalWidth } = one as unknown as { naturalWidth: number }
          return naturalWidth > 0 && one.getBoundingClientRect().width > 40
        }),
      )
      expect(faces.every(Boolean)).toBe(true)
      expect(faces.length).toBe(await page.locator("main .entry:visible").count())
      const links = await page
        .locator("main :is(.lead h2, .entry h3) a:visible, main a.entry")
        .evaluateAll((all) => all.map((one) => one.getAttribute("href")))
      expect(links.length).toBe(faces.length + 1)
      expect(new Set(links).size).toBe(links.length)
      expect(await page.locator("main").evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0)
    })
  })
})

it.each([
  360, 768, 1280,
])("has a pin on the map for each of the latest stories, within it and apart from the others, at %i px", async (width) => {
  await open("/", width, async (page) => {
    const [map] = await boxesOf(page, ".world > img")
    const pins = await boxesOf(page, ".pin svg circle")
    expect(pins.length).toBeGreaterThan(0)
    expect(pins.length).toBe(await page.locator(".world li").count())
    for (const [index, pin] of pins.entries()) {
      expect(pin.middle > (map?.x ?? 0) && pin.middle < (map?.x ?? 0) + (map?.width ?? 0)).toBe(true)
      expect(pin.centre > (map?.y ?? 0) && pin.centre < (map?.y ?? 0) + (map?.height ?? 0)).toBe(true)
      for (const other of pins.slice(0, index)) {
        const distance = Math.hypot(pin.middle - other.middle, pin.centre - other.centre)
        expect(distance).toBeGreaterThanOrEqual(Math.min(pin.width, 20))
      }
    }
  })
})

it("opens the story of a pin, whose link names its place, date and title", async () => {
  await open("/", 1280, async (page) => {
    const link = page.locator(".world a.entry").nth(2)
    const title = await link.locator("h3").innerText()
    const path = await link.getAttribute("href")
    expect(await page.getByRole("link", { name: title }).count()).toBe(1)
    await link.locator(".pin svg circle").click({ position: { x: 3, y: 12 } })
    await page.waitForURL(`**${path}`)
  })
})

it("marks the place of a story where its pin could not be put", async () => {
  await open("/", 360, async (page) => {
    const lines = await page.locator(".pin line").evaluateAll((all) =>
      all.map((one) => {
        const { width, height } = one.getBoundingClientRect()
        return Math.hypot(width, height)
      }),
    )
    // No pin is far from its place.
    expect(Math.max(...lines)).toBeLessThan(80)
  })
})
