// A member signs in, reads and signs out on a fresh site.
import { appendFileSync, readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSite, runDateline, startSite, waitFor } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"
import { linkIn, readMails } from "./read-mail.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const article = "/europe/ukraine/power-in-winter"
const open = "/africa/chad/lake-chad"
const whole = "gas engines of five megawatts"
const email = "reader@example.org"
let site: RunningSite
let browser: Browser

beforeAll(async () => {
  site = await startSite({ copy: true, watch: false })
  browser = await connectBrowser()
  const granted = runDateline(site, ["members", "grant", email])
  expect(granted).toMatchObject({ code: 0, out: `${email} is a member, with no end date\n` })
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})

const letters = () => readdirSync(join(site.state, "mail")).filter((name) => name.endsWith(".eml"))

/** The plain text of the newest email, as a mail program shows it. */
function readNewest(): string {
  const file = readFileSync(join(site.state, "mail", letters().sort().at(-1) ?? ""), "utf8")
  const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n(?:\r\n)?--/.exec(file)?.[1] ?? ""
  return `${file.split("\r\n\r\n", 1)[0]}\n${Buffer.from(part, "base64").toString("utf8")}`
}

/** Requests a link on the open page, and returns the address in the email. */
async function askLink(page: Page, address = email): Promise<string> {
  const before = letters().length
  await page.fill("main input[name=email]", address)
  await page.click("main form button")
  await page.waitForURL("**/sign-in?sent")
  await waitFor(() => letters().length > before, "the letter")
  return /http\S+confirm\S+/.exec(readNewest())?.[0] ?? ""
}

async function signIn(context: BrowserContext, address = email): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${site.url}/sign-in`)
  await page.goto(await askLink(page, address))
  await page.click("main form button")
  await page.waitForURL("**/account")
  return page
}

it("signs in by emailed link and reads a members' article in full; after signing out, Back and reload show the teaser", async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(site.url + article)
  expect(await page.content()).not.toContain(whole)
  await page.click(".paywall a[href*='/sign-in']")
  const link = await askLink(page)
  expect(readNewest()).toContain(`To: ${email}`)
  await page.goto(link)
  expect(await page.textContent("main")).toContain(email)
  await page.click("main form button")
  await page.waitForURL(`**${article}`)
  expect(await page.textContent("main")).toContain(whole)
  expect((await context.cookies()).map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])).toEqual([
    ["dateline", true, "Lax"],
    ["dateline-hint", false, "Lax"],
    ["dateline-owner", true, "Lax"],
  ])
  await page.click(".head a[href='/account']")
  await page.click("form[action='/sign-out'] button >> nth=0")
  await page.waitForURL("**/sign-out")
  await page.goBack()
  await page.goBack()
  await page.waitForURL(`**${article}`)
  expect(await page.content()).not.toContain(whole)
  await page.reload()
  expect(await page.content()).not.toContain(whole)
  // The remaining cookie lets this browser request links when strangers have used up the address's limit. It gives no access.
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["dateline-owner"])
  await context.close()
})

it("without script, saves an article beside its byline, and comes back to it; then gives it, and a stranger reads it", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(site.url + article)
  await page.click(".save button")
  // Nobody is signed in: the way leads through signing in to the question, and back to the article.
  await page.goto(await askLink(page))
  await page.click("main form button")
  await page.waitForURL("**/account/save?path=*")
  await page.click("main form button")
  await page.waitForURL(`**${article}#saved_`)
  expect(await page.isVisible("#saved_")).toBe(true)
  // The page is the same for everyone, so without script it still offers membership.
  await page.goto(site.url + open)
  expect(await page.isVisible(".boxes .pitch")).toBe(true)
  expect(await page.isVisible("#saved_")).toBe(false)
  await page.click(".save button")
  await page.waitForURL(`**${open}#saved_`)
  await page.click("#saved_")
  await page.waitForURL("**/account#saved_")
  const saved = () =>
    page.locator("#saved_ li a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))
  expect(await saved()).toEqual([open, article])
  await page.click("#saved_ li button >> nth=0")
  await page.waitForURL("**/account#saved_")
  expect(await saved()).toEqual([article])
  await page.goto(site.url + article)
  await page.click("main a[href*='/account/give']")
  await page.click("main form button")
  await page.waitForURL("**/account/give?path=*&made=*")
  expect(await page.isVisible("main .tools button")).toBe(false)
  const gift = await page.inputValue("main input[readonly]")
  expect(await page.getAttribute("main a[href^='https://wa.me']", "href")).toContain(encodeURIComponent(gift))
  const friend = await (await browser.newContext()).newPage()
  await friend.goto(gift)
  expect(await friend.textContent("main")).toContain(whole)
  await friend.goto(site.url + article)
  expect(await friend.textContent("main")).not.toContain(whole)
  await friend.context().close()
  await context.close()
})

it("with script, a member sees no pitch, their account, and what is saved; the gift link can be copied and shared", async () => {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] })
  const reader = "scripted@example.org"
  expect(runDateline(site, ["members", "grant", reader]).code).toBe(0)
  const asked: string[] = []
  context.on("request", (request) => {
    if (request.url().includes("reader.json")) asked.push(new URL(request.url()).search)
  })
  const page = await context.newPage()
  const shown = async (path: string) => {
    await page.goto(site.url + path)
    await page.waitForLoadState("networkidle")
    const visible = (selector: string) => page.locator(selector).filter({ visible: true }).count()
    return [await visible(".pitch"), await visible(".guest"), await visible(".own")]
  }
  const visitor = await shown(open)
  expect(visitor[0]).toBeGreaterThan(0)
  expect(visitor.slice(1)).toEqual([1, 0])
  // Without the hint the script asks nothing.
  expect(asked).toEqual([])
  await signIn(context, reader)
  asked.length = 0
  expect(await shown(open)).toEqual([0, 0, 1])
  expect(asked).toEqual([`?path=${encodeURIComponent(open)}`])
  const label = () => page.textContent(".save button")
  expect(await label()).toBe("Save for later")
  await page.click(".save button")
  await page.waitForURL(`**${open}#saved_`)
  await waitFor(async () => (await label()) === "Saved", "the saved article to say so")
  await page.click(".save button")
  await page.waitForURL(`**${open}`)
  await page.waitForLoadState("networkidle")
  expect(await label()).toBe("Save for later")
  expect(await shown("/")).toEqual([0, 0, 1])

  await page.addInitScript(
    'Object.defineProperty(navigator, "share", { value: async ({ url }) => (document.title = url) })',
  )
  await page.goto(site.url + article)
  await page.click("main a[href*='/account/give']")
  await page.click("main form button")
  await page.waitForURL("**/account/give?path=*&made=*")
  const gift = await page.inputValue("main input[readonly]")
  await page.click("main button[data-do=copy]")
  await page.waitForSelector("main button[data-do=copy]:text('Copied')")
  expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(gift)
  await page.click("main button[data-do=share]")
  expect(await page.title()).toBe(gift)

  // Signed out elsewhere: the first page that asks removes the hint, and the next one does not ask.
  expect(runDateline(site, ["members", "revoke", reader]).code).toBe(0)
  expect(await shown(open)).toEqual([visitor[0], 0, 1])
  await page.goto(`${site.url}/account`)
  await page.click("form[action='/sign-out'] button >> nth=0")
  await page.waitForURL("**/sign-out")
  asked.length = 0
  expect([await shown(open), asked]).toEqual([visitor, []])
  await context.close()
})

it("copies a text to republish with its credit, and with links that lead where the page's do", async () => {
  const links = "[a](./eastern-camps.md#x) [b](eastern-camps) [c](../../asia) [d](/join?a=b) [e](#words)\n\n## Words\n"
  appendFileSync(join(site.content, `${open}.md`), `\n${links}`)
  expect(runDateline(site, ["publish"]).code).toBe(0)
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] })
  const page = await context.newPage()
  await page.goto(site.url + open)
  await page.click("summary:has-text('Republish')")
  const more = '<p><a href="//other.example/a">b</a> <code>c="/d"</code> <img src="/f.png" srcset="/g.png 2w"></p>'
  await page.locator(".body").evaluate((body, more) => body.insertAdjacentHTML("beforeend", more), more)
  await page.click("button[data-do=whole]")
  await page.waitForSelector("button[data-do=whole]:text('Copied')")
  const copy = await page.evaluate<string>("navigator.clipboard.readText()")
  expect(copy).toMatch(/^<h1>/)
  expect(copy).toContain(`First published by`)
  expect(copy).toContain(
    `<p><a href="http://other.example/a">b</a> <code>c="/d"</code> <img src="${site.url}/f.png"></p>`,
  )
  expect(copy).not.toMatch(/(?:src|href)="\/|srcset/)
  // Links within the text stay fragments, as the copy has the ids too.
  const shown = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".body a")].map(({ href }) => href.startsWith(location.href + "#") ? new URL(href).hash : href)`,
  )
  expect(shown).toContain("#h-words")
  const copied = Array.from(copy.matchAll(/href="([^"]*)"/g), ([, href = ""]) => href.replaceAll("&amp;", "&"))
  expect(copied).toEqual(expect.arrayContaining(shown))
  await context.close()
})

it("ignores a form on another site", async () => {
  const context = await browser.newContext()
  const page = await signIn(context)
  await page.route("http://evil.test/", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<form method="post" action="${site.url}/sign-out"><button>x</button></form>`,
    }),
  )
  await page.goto("http://evil.test/")
  const answered = page.waitForResponse(`${site.url}/sign-out`)
  await page.click("button")
  expect((await answered).status()).toBe(403)
  await page.goto(`${site.url}/account`)
  expect(page.url()).toBe(`${site.url}/account`)
  await context.close()
})

it("a revoked membership ends within 5 minutes everywhere, and at once on the account page", async () => {
  const other = "other@example.org"
  expect(runDateline(site, ["members", "grant", other, "--months", "1"]).code).toBe(0)
  const list = JSON.parse(runDateline(site, ["members", "list", "--json"]).out) as { email: string; standing: string }[]
  expect(list.map(({ email: address, standing }) => [address, standing]).sort()).toEqual(
    [
      [email, "member"],
      [other, "member"],
      ["scripted@example.org", "revoked"],
    ].sort(),
  )
  const file = join(site.content, "..", "members.json")
  expect(runDateline(site, ["members", "export", file]).code).toBe(0)
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(list)
  expect(runDateline(site, ["members", "export", file]).code).toBe(2)
  expect(runDateline(site, ["members", "revoke", other]).code).toBe(0)
  expect(runDateline(site, ["members", "revoke", "nobody@example.org"]).code).toBe(2)
  expect(runDateline(site, ["members", "grant", "no address"]).code).toBe(2)
})

it("prints the recipient and link of each local email, and no address or token elsewhere", () => {
  const lines = site.printed().split("\n")
  const emails = lines.filter((line) => /^(?:\d\d:\d\d:\d\d )?E-mail to \S+@example\.org(?::|$)/.test(line))
  const sent = readMails(site.state).map((mail) => `E-mail to ${mail.to}: ${linkIn(mail, "/sign-in/confirm")}`)
  expect(emails.map((line) => line.replace(/^[\d:]+ /, ""))).toEqual(sent)
  expect(lines.filter((line) => !emails.includes(line)).join("\n")).not.toMatch(/example\.org|token=/)
})

const views = [
  ["/sign-in", "light", 360],
  ["/account", "light", 360],
  ["/account", "dark", 1280],
  ["/fr/account", "light", 1280],
  ["/ar/account", "dark", 360],
  [`/account/give?path=${article}`, "light", 360],
  ["/ar/account/delete", "light", 360],
  ["/fr/sign-out", "dark", 360],
] as const

describe("members' pages", () => {
  let context: BrowserContext
  beforeAll(async () => {
    context = await browser.newContext({ bypassCSP: true })
    // One network can request three links to an address, and the tests above have done so.
    const another = "another@example.org"
    expect(runDateline(site, ["members", "grant", another]).code).toBe(0)
    await signIn(context, another)
  })
  afterAll(() => context?.close())

  it.each(
    views,
  )("%s in %s at %i px has no accessibility violations and does not scroll sideways", async (path, colorScheme, width) => {
    const page = await context.newPage()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 740 })
    if (path === "/sign-in") await page.goto(`${site.url}/sign-in?sent`)
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
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true)
    await page.close()
  })
})
