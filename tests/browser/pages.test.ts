import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSite, startSite } from "../whole/running-site.ts"
import { openBrowser } from "./open-browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
let site: RunningSite
let browser: Browser

beforeAll(async () => {
  site = await startSite({ copy: true, watch: false })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
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

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  it.each(pages)("%s has no accessibility violation, no error and no scrolling sideways on a phone", async (path) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 }, bypassCSP: true })
    const page = await context.newPage()
    const errors: string[] = []
    page.on("pageerror", (error) => errors.push(error.message))
    await page.goto(site.url + path)
    await page.evaluate(axe)
    const found = await page.evaluate(async () => {
      const runner = (
        globalThis as unknown as {
          axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
        }
      ).axe
      const { violations } = await runner.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    })
    expect(found).toEqual([])
    expect(errors).toEqual([])
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)
    await context.close()
  })
})

it("keeps to its own content security policy and asks nobody else for anything", async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const said: string[] = []
  const asked: string[] = []
  page.on("console", (message) => said.push(message.text()))
  page.on("request", (request) => asked.push(request.url()))
  await page.goto(`${site.url}/asia/tajikistan/security-summit-dushanbe`)
  await page.click('nav ol a[href="/asia/tajikistan"]')
  await page.waitForURL("**/asia/tajikistan")
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
