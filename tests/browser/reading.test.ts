// Cards for what other sites show, in a browser: nothing is requested from them before a reader asks.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { findViolations } from "../../audit/checks.ts"
import { type RunningSite, startSite } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"

let site: RunningSite
let browser: Browser
const folder = mkdtempSync(join(tmpdir(), "dateline-"))
const watch = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
const article = `---
title: A dam from above
summary: What the dam looks like.
date: 2026-01-02
---

Words before.

[The *dam* at Nurek](${watch})

[The minister's post](https://t.me/who/42)

[The interview](https://soundcloud.com/desk/interview)

> Quoted.
>
> Quoted again.

- Item.

  More of it.

Water.

Water.[^1]

[^1]: Note.

    More of it.
`

beforeAll(async () => {
  mkdirSync(join(folder, "content/asia"), { recursive: true })
  writeFileSync(join(folder, "content/asia/dam.md"), article)
  site = await startSite({ copy: false, watch: false, folder })
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens the article; requests to other sites are recorded, and answered with a page that says who asked. */
async function open(
  options: BrowserContextOptions,
  look: (page: Page, others: string[], said: string[]) => Promise<void>,
) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const others: string[] = []
  const said: string[] = []
  page.on("console", (message) => said.push(message.text()))
  page.on("pageerror", (error) => said.push(error.message))
  await context.route(
    (url) => url.origin !== site.url,
    (route) => {
      others.push(route.request().url())
      const { referer = "none" } = route.request().headers()
      return route.fulfill({ contentType: "text/html", body: `<p id="from">${referer}</p>` })
    },
  )
  await page.goto(`${site.url}/asia/dam`, { waitUntil: "networkidle" })
  await look(page, others, said)
  await context.close()
}

it("nothing is requested from another site before the click; then the frame takes the card's place", async () => {
  await open({}, async (page, others, said) => {
    await page.mouse.wheel(0, 5000)
    await page.waitForLoadState("networkidle")
    expect(others).toEqual([])
    expect(await page.locator("iframe").count()).toBe(0)
    const height = async () => (await page.locator(".embed").first().boundingBox())?.height
    const before = await height()
    await page.getByRole("link", { name: "The dam at Nurek" }).click()
    const frame = page.frameLocator('iframe[title="The dam at Nurek"]')
    // The other site learns which site asks, and not which page.
    expect(await frame.locator("#from").textContent()).toBe(`${site.url}/`)
    expect(others).toEqual(["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"])
    expect(await page.locator("iframe").count()).toBe(1)
    expect(await page.getByRole("link", { name: "The dam at Nurek" }).count()).toBe(0)
    expect(await height()).toBe(before)
    expect(page.url()).toBe(`${site.url}/asia/dam`)
    // Chromium warns of frames that could be of this site; the policy allows none.
    expect(said.filter((line) => !line.includes("allow-same-origin"))).toEqual([])
  })
})

it("each card opens by keyboard, and the keyboard is then in the frame", async () => {
  await open({}, async (page, others) => {
    for (const [name, host] of [
      ["The minister’s post", "t.me"],
      ["The interview", "w.soundcloud.com"],
    ] as const) {
      await page.getByRole("link", { name }).focus()
      await page.keyboard.press("Enter")
      await page.frameLocator(`iframe[title="${name}"]`).locator("#from").waitFor()
      expect(await page.evaluate("document.activeElement.tagName")).toBe("IFRAME")
      expect(new URL(others.at(-1) ?? "").host).toBe(host)
    }
  })
})

it("without script it is a link to the other site", async () => {
  await open({ javaScriptEnabled: false }, async (page, others) => {
    expect(others).toEqual([])
    await page.getByRole("link", { name: "The dam at Nurek" }).click()
    expect(page.url()).toBe(watch)
  })
})

it("the policy refuses frames of other sites", async () => {
  await open({}, async (page, _, said) => {
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://evil.example/' }))",
    )
    await expect.poll(() => said.join()).toContain("evil.example")
    expect(said.join()).toMatch(/frame-src/)
  })
})

it.each(["light", "dark"] as const)("cards have no accessibility violations in %s", async (colorScheme) => {
  await open({ colorScheme, viewport: { width: 360, height: 740 } }, async (page) => {
    expect(await findViolations(page)).toEqual([])
  })
})

it("feeds and the Markdown version have the plain link", async () => {
  const markdown = await (await fetch(`${site.url}/asia/dam.md`)).text()
  expect(markdown).toContain(`[The *dam* at Nurek](${watch})`)
})

it("paragraphs in quotations, lists and notes are apart, and a note's mark does not move its line", async () => {
  await open({}, async (page) => {
    const gaps = await page.$$eval(".body :is(blockquote, li) p + p", (found) =>
      found.map(
        (one) => one.getBoundingClientRect().top - (one.previousElementSibling?.getBoundingClientRect().bottom ?? 0),
      ),
    )
    expect(gaps).toHaveLength(3)
    expect(Math.min(...gaps)).toBeGreaterThan(12)
    const heights = await page.$$eval(".body > p", (found) => found.slice(-2).map((one) => one.clientHeight))
    expect(heights[0]).toBeGreaterThan(0)
    expect(heights[1]).toBe(heights[0])
  })
})
