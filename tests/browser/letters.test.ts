// Editions' emails in a browser, as webmail shows them: nothing is loaded, nothing overflows, everyone can read them.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { addressLetter, writeLetter } from "../../src/mail/edition-email.ts"
import { makeEdition, makeIntroduction, makeStories } from "../mail/sample.ts"
import { connectBrowser } from "./connect-browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
/** A folder for screenshots of each email; without it, none are taken. */
const shots = process.env.SHOTS
let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

const wide = `

| A table | of | more | columns | than | fit |
|---|---|---|---|---|---|
| ${"word".repeat(20)} | b | c | d | e | f |

    ${"code ".repeat(40)}${"x".repeat(200)}

https://meridian.example/${"a".repeat(200)}

![A picture](https://other.example/tracker.png) <img src="https://other.example/tracker.png">`
const letters = [
  ["headlines", makeEdition({ stories: makeStories("en", 20), more: 12 })],
  ["one headline", makeEdition({ language: "fr", stories: makeStories("fr", 1) })],
  ["a digest", makeEdition({ list: "digest", title: "Snow", intro: makeIntroduction("en") + wide })],
  [
    "a digest in Arabic",
    makeEdition({ list: "digest", language: "ar", intro: makeIntroduction("ar") + wide, more: 2 }),
  ],
  [
    "long words",
    makeEdition({
      title: "x".repeat(200),
      stories: makeStories("en", 2).map((one) => ({ ...one, title: "x".repeat(200), summary: "y".repeat(300) })),
    }),
  ],
] as const
const schemes = ["light", "dark"] as const
const cases = letters.flatMap(([name, edition]) =>
  [360, 640].flatMap((width) => schemes.map((scheme) => [name, width, scheme, edition] as const)),
)

it.each(cases)("%s at %i pixels, %s", async (name, width, colorScheme, edition) => {
  const letter = addressLetter(writeLetter(edition, config), { email: "reader@example.org", token: "t".repeat(43) })
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 740 } })
  const page = await context.newPage()
  const asked: string[] = []
  await page.route("**/*", (route) => {
    asked.push(route.request().url())
    return route.abort()
  })
  await page.setContent(letter.html, { waitUntil: "load" })
  if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true })
  expect(asked).toEqual([])

  // Every element, since a cell may hide what overflows it.
  const outside = await page.evaluate(`[...document.body.querySelectorAll("*")].flatMap((one) => {
    const { left, right } = one.getBoundingClientRect()
    return one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 || left < 0 || right > innerWidth ? [one.outerHTML.slice(0, 200)] : []
  })`)
  expect(outside).toEqual([])
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)

  const [paper, ink] =
    colorScheme === "dark" ? ["rgb(20, 22, 26)", "rgb(232, 228, 218)"] : ["rgb(251, 250, 245)", "rgb(28, 26, 21)"]
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(paper)
  expect(await page.evaluate(`getComputedStyle(document.querySelector("h1")).color`)).toBe(ink)
  // The preheader and its padding are for the inbox list only.
  expect(await page.locator("body").innerText()).not.toContain("\u034f")

  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const runner = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string }[] }> } }
    const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    // Webmail has its own landmarks around an email.
    const rules = { region: { enabled: false }, "landmark-one-main": { enabled: false } }
    const { violations } = await runner.axe.run({ runOnly, rules })
    return violations.map(({ id }) => id)
  })
  expect(found).toEqual([])
  await context.close()
})
