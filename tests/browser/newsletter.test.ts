import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type StripeStandIn, startStripe } from "../stand-ins/stripe.ts"
import { type RunningSite, startSite, waitFor } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"
import { linkIn, readMails } from "./read-mail.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
/** A folder for screenshots of each page; without it, none are taken. */
const shots = process.env.SHOTS
let stripe: StripeStandIn
let site: RunningSite
let browser: Browser

beforeAll(async () => {
  stripe = await startStripe()
  const env = { STRIPE_SECRET_KEY: "sk_test_stand_in", STRIPE_WEBHOOK_SECRET: "whsec_x", STRIPE_API: stripe.url }
  site = await startSite({ copy: true, watch: false, env })
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  await stripe?.stop()
})

/** A phone without script: what works there works everywhere. */
async function openPhone(options: { dark?: boolean } = {}): Promise<BrowserContext> {
  const colorScheme = options.dark ? ("dark" as const) : ("light" as const)
  return browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, colorScheme })
}

/** Checks the current page: it has a heading, no accessibility violations and no sideways scrolling. */
async function look(page: Page, name: string, heading: string): Promise<void> {
  expect(await page.locator("main h1").textContent()).toBe(heading)
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  const checked = await browser.newContext({ bypassCSP: true, viewport: { width: 360, height: 740 } })
  const copy = await checked.newPage()
  await copy.setContent(await page.content())
  await copy.evaluate(axe)
  const found = await copy.evaluate(async () => {
    const runner = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
    const { violations } = await runner.axe.run()
    return violations.map(({ id }) => id)
  })
  expect([name, found]).toEqual([name, []])
  expect(await copy.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)
  await checked.close()
}

const mails = (to: string) => readMails(site.state).filter((mail) => mail.to === to)

it("signs up, confirms, manages and unsubscribes by clicks alone, without script", async () => {
  const reader = "reader@example.org"
  const context = await openPhone()
  const page = await context.newPage()
  await page.goto(`${site.url}/asia/tajikistan/security-summit-dushanbe`)
  await page.fill('form[action="/newsletter"] input[name="email"]', "reader@nowhere")
  await page.click('form[action="/newsletter"] button')
  await look(page, "newsletter-wrong", "The day’s headlines, every morning")
  expect(await page.inputValue('input[name="email"]')).toBe("reader@nowhere")
  await page.fill('input[name="email"]', reader)
  await page.click("main form button")
  await page.waitForURL("**/newsletter/sent")
  await look(page, "newsletter-sent", "Check your inbox")
  await waitFor(() => mails(reader).length === 1, "the confirming letter")

  const confirming = linkIn(mails(reader)[0] as never, "/newsletter/confirm")
  // The site prints the line after it has written the file.
  await waitFor(() => site.printed().includes(`E-mail to ${reader}: ${confirming}\n`), "the letter to be printed")
  await page.goto(confirming)
  await look(page, "newsletter-confirm", "Get Daily headlines every morning?")
  await page.click("main form button")
  await page.waitForURL("**/newsletter/confirmed")
  await look(page, "newsletter-confirmed", "You are subscribed")
  await page.reload()
  await waitFor(() => mails(reader).length === 2, "the welcoming letter")

  const welcome = mails(reader)[1] as never as typeof mails extends (to: string) => (infer M)[] ? M : never
  expect(welcome.headers).toMatch(/^List-Unsubscribe: <http:\/\/localhost:\d+\/newsletter\/unsubscribe\?token=/m)
  expect(welcome.headers).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
  const link = linkIn(welcome, "/newsletter/unsubscribe")
  await page.goto(link)
  await look(page, "newsletter-letters", "Unsubscribe from Daily headlines?")
  await page.selectOption("select", "fr")
  await page.click("form:has(select) button")
  await page.waitForURL("**saved=**")
  expect(await page.locator('[role="status"]').textContent()).toBe("Saved.")
  expect(await page.inputValue("select")).toBe("fr")
  await page.goto(link)
  await page.click("main form:not(:has(select)) button")
  await page.waitForURL("**/newsletter/unsubscribed")
  await look(page, "newsletter-unsubscribed", "You are unsubscribed")
  await page.goto(link)
  await look(page, "newsletter-nothing", "You are not subscribed")
  await context.close()
})

it("works in Arabic, right to left, including the email", async () => {
  const reader = "qari@example.org"
  const context = await openPhone({ dark: true })
  const page = await context.newPage()
  await page.goto(`${site.url}/ar/newsletter`)
  await page.fill('main input[name="email"]', reader)
  await page.click("main form button")
  await page.waitForURL("**/ar/newsletter/sent")
  await look(page, "newsletter-sent-ar", "تفقد بريدك")
  await waitFor(() => mails(reader).length === 1, "the confirming letter")
  const [letter] = mails(reader)
  expect(letter?.subject).toBe("أكد اشتراكك: عناوين اليوم")
  expect(letter?.html).toContain('<html lang="ar" dir="rtl">')
  await page.goto(linkIn(letter as never, "/ar/newsletter/confirm"))
  await look(page, "newsletter-confirm-ar", "هل تريد تلقي «عناوين اليوم» كل صباح؟")
  await page.click("main form button")
  await page.waitForURL("**/ar/newsletter/confirmed")
  await waitFor(() => mails(reader).length === 2, "the welcoming letter")
  await page.goto(linkIn(mails(reader)[1] as never, "/ar/newsletter/unsubscribe"))
  await look(page, "newsletter-letters-ar", "هل تريد إلغاء الاشتراك في «عناوين اليوم»؟")
  await page.click("main form:not(:has(select)) button")
  await page.waitForURL("**/ar/newsletter/unsubscribed")
  await context.close()
})

it("an email is readable in light and dark and on a phone, loads nothing, and matches its plain text", async () => {
  const letters = readMails(site.state)
  expect(letters.length).toBeGreaterThan(3)
  for (const [index, { html, text, subject }] of letters.entries()) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } })
      const page = await context.newPage()
      const asked: string[] = []
      page.on("request", (request) => asked.push(request.url()))
      await page.setContent(html)
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const runner = globalThis as unknown as { axe: { run(o: object): Promise<{ violations: { id: string }[] }> } }
        const { violations } = await runner.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] })
        return violations.map(({ id }) => id)
      })
      expect([subject, colorScheme, found]).toEqual([subject, colorScheme, []])
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)
      expect(asked).toEqual([])
      if (shots) await page.screenshot({ path: join(shots, `letter-${index}-${colorScheme}.png`), fullPage: true })
      const shown = (await page.locator("body").innerText()).replace(/\s+/g, " ")
      for (const line of text.split("\n").filter((one) => one.length > 3 && !one.includes("http")))
        expect(shown).toContain(
          line
            .replace(/^.* – /, "")
            .replace(/:$/, "")
            .trim(),
        )
      await context.close()
    }
  }
})

it("the join button leads to the payment page and back, as the security policy allows", async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  const said: string[] = []
  page.on("console", (message) => said.push(message.text()))
  await page.goto(`${site.url}/join`)
  await look(page, "join", "Become a member")
  await page.click('form[action="/join"] button')
  await page.waitForURL(`${stripe.url}/pay**`)
  await page.click("text=Pay")
  await page.waitForURL("**/join/welcome")
  await look(page, "join-welcome", "Welcome, and thank you")
  expect(said.filter((text) => text.includes("Content Security Policy"))).toEqual([])
  await context.close()
})
