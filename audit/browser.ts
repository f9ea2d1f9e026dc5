// The audit in a browser: every page in every language, light and dark, wide and narrow.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { findCutOff, findUnreachable, findVanished, findViolations } from "./checks.ts"
import { type AuditedPage, addressesOf, auditedPages } from "./pages.ts"

/** A list of faults, each with the page and the way in which it was viewed. */
export type Faults = string[]

/** The cookies of a signed-in reader. */
export type Session = Awaited<ReturnType<BrowserContext["storageState"]>>

interface Way {
  readonly name: string
  readonly context: BrowserContextOptions
  readonly check: (page: Page) => Promise<string[]>
}

const narrow = { width: 360, height: 740 }
const wide = { width: 1280, height: 900 }

/** The colours are the reader's. axe takes those of the page: it reads -webkit-text-fill-color, which is not replaced. */
const forced = ["color-contrast"]

const ways: readonly Way[] = [
  ...(["light", "dark"] as const).flatMap((colorScheme) =>
    [narrow, wide].map((viewport) => ({
      name: `axe, ${colorScheme}, ${viewport.width} px`,
      context: { colorScheme, viewport },
      check: async (page: Page) => [...(await findViolations(page)), ...(await findCutOff(page))],
    })),
  ),
  // Without smooth scrolling, so that the focused element is in view immediately.
  { name: "keyboard, 1280 px", context: { viewport: wide, reducedMotion: "reduce" }, check: findUnreachable },
  { name: "keyboard, 360 px", context: { viewport: narrow, reducedMotion: "reduce" }, check: findUnreachable },
  // A window of 1,280 pixels at 200 % and at 400 % (WCAG 1.4.4 and 1.4.10).
  { name: "200 % zoom", context: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }, check: findCutOff },
  { name: "400 % zoom", context: { viewport: { width: 320, height: 225 }, deviceScaleFactor: 4 }, check: findCutOff },
  {
    name: "forced colours",
    context: { viewport: wide, forcedColors: "active", colorScheme: "dark" },
    check: async (page) => [...(await findVanished(page)), ...(await findViolations(page, forced))],
  },
  {
    name: "without script",
    context: { viewport: narrow, javaScriptEnabled: false },
    check: async (page) => ((await page.locator("main h1, header h1").count()) === 1 ? [] : ["has no heading"]),
  },
]

/** Views every page in every way, or only in those whose name begins with one of `chosen`. Calls `report` after each way. */
export async function auditPages(
  browser: Browser,
  site: string,
  session: Session,
  chosen: readonly string[],
  report: (way: string, pages: number, faults: Faults) => void,
): Promise<number> {
  let all = 0
  for (const way of ways.filter(({ name }) => chosen.length === 0 || chosen.some((part) => name.startsWith(part)))) {
    const faults: Faults = []
    let count = 0
    const context = await browser.newContext(way.context)
    const signedIn = await browser.newContext({ ...way.context, storageState: session })
    for (const audited of auditedPages)
      for (const path of addressesOf(audited)) {
        count++
        const page = await (audited.signedIn ? signedIn : context).newPage()
        for (const fault of await auditPage(page, site, path, audited, way)) faults.push(`${path}: ${fault}`)
      }
    await context.close()
    await signedIn.close()
    report(way.name, count, faults)
    all += faults.length
  }
  return all
}

async function auditPage(page: Page, site: string, path: string, { status }: AuditedPage, way: Way): Promise<string[]> {
  const faults: string[] = []
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`))
  page.on("console", (message) => {
    // The browser's own message about a page that answered 404 or 410.
    if (!(status !== 200 && message.text().startsWith("Failed to load resource")))
      faults.push(`console: ${message.text()}`)
  })
  page.on("request", (request) => {
    if (!request.url().startsWith(`${site}/`) && !request.url().startsWith("data:"))
      faults.push(`requests ${request.url()}`)
  })
  const response = await page.goto(site + path)
  if (response?.status() !== status) faults.push(`answers ${response?.status()}, not ${status}`)
  faults.push(...(await way.check(page)))
  await page.close()
  return faults
}
