// A newsletter from the sign-up to the last email, on a site whose cron runs when the test says so.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundleWorker } from "../../src/cli/local/bundle.ts"
import { startServer } from "../../src/cli/local/server.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { findPort, root, waitFor } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"
import { linkIn, type Mail, readMails } from "./read-mail.ts"

const key = "a-desk-key-for-this-test-only"
let folder: string
let url: string
let server: Awaited<ReturnType<typeof startServer>>
let browser: Browser
let page: Page

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-"))
  const [state, content] = [join(folder, "state"), join(folder, "content")]
  mkdirSync(state)
  cpSync(join(root, "content"), content, { recursive: true, filter: (from) => !from.includes(".dateline") })
  const port = await findPort()
  url = `http://localhost:${port}`
  server = await startServer({
    ...{ bundle: await bundleWorker(root), state, port },
    ...{ deskKey: key, sessionKeys: "a-session-key-for-this-test-only-0000" },
  })
  const { problems } = await publishFolder({ content, url, key })
  expect(problems).toEqual([])
  browser = await connectBrowser()
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const mailsTo = (to: string) => readMails(join(folder, "state")).filter((mail) => mail.to === to)
/** The editions among a reader's emails. The others are about the subscription itself. */
const editionsTo = (to: string) => mailsTo(to).filter(({ headers }) => /^List-Id:/im.test(headers))

async function signUp(email: string, prefix = ""): Promise<Mail> {
  await page.goto(`${url}${prefix}/newsletter`)
  await page.fill('main input[name="email"]', email)
  await page.click("main form button")
  await page.waitForURL("**/newsletter/sent")
  await waitFor(() => mailsTo(email).length === 1, "the confirmation email")
  return mailsTo(email)[0] as Mail
}

async function subscribe(email: string, prefix = ""): Promise<void> {
  await page.goto(linkIn(await signUp(email, prefix), `${prefix}/newsletter/confirm`))
  await page.click("main form button")
  await page.waitForURL("**/newsletter/confirmed")
}

/** The titles and paths of links in the page that is open. */
async function linksIn(selector: string) {
  const links = await page
    .locator(selector)
    .evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute("href")]))
  return links.map(([title, href]) => ({ title, path: new URL(href ?? "", url).pathname }))
}

/** The address for unsubscribing that a mail program finds in an email. */
function unsubscribeLink({ headers }: Mail): string {
  expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m)
  return /^List-Unsubscribe: <([^>]+)>/m.exec(headers)?.[1] ?? ""
}

it("sends each confirmed subscriber exactly one edition, the same as its web page, until one click ends it", async () => {
  const [reader, waiting, other] = ["reader@example.org", "waiting@example.org", "lectrice@example.org"] as const
  await subscribe(reader)
  await signUp(waiting)
  await server.runCron()
  await waitFor(() => editionsTo(reader).length === 1, "the edition")
  await server.runCron()

  const [edition] = editionsTo(reader) as [Mail]
  await page.goto(`${url}/newsletter`)
  const latest = (await linksIn("main .letter > p a"))[0]?.path ?? ""
  expect(latest).toMatch(/^\/newsletter\/\d{4}-\d\d-\d\d$/)
  await page.goto(url + latest)
  expect(await page.locator("main h1").textContent()).toBe(edition.subject)
  const stories = await linksIn("main .rows h2 a")
  expect(stories.length).toBe(20)
  await page.setContent(edition.html)
  expect(await linksIn("h2 a, h3 a")).toEqual(stories)
  const addresses = edition.text.split(/\r?\n/).flatMap((line) => URL.parse(line) ?? [])
  const inText = addresses.filter(({ search, pathname }) => search === "" && pathname !== "/")
  expect(inText.map(({ pathname }) => pathname)).toEqual([latest, ...stories.map(({ path }) => path)])

  // The reader now wants it in French, and then not at all: the next edition in French is not for them.
  await page.goto(unsubscribeLink(edition))
  await page.selectOption("select", "fr")
  await page.click("form:has(select) button")
  await page.waitForURL("**saved=**")
  const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" })
  expect((await fetch(unsubscribeLink(edition), { method: "POST", body })).status).toBe(200)
  await subscribe(other, "/fr")
  await server.runCron()
  await waitFor(() => editionsTo(other).length === 1, "the French edition")
  expect([reader, waiting, other].map((email) => editionsTo(email).length)).toEqual([1, 0, 1])
  await page.goto(`${url}/fr/newsletter`)
  await page.click("main .letter > p a")
  expect(await page.locator("main h1").textContent()).toBe(editionsTo(other)[0]?.subject)
})
