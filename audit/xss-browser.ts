// Opens pages with hostile text in a real browser and looks for dialogs, policy reports, active nodes and stray requests.
import { readFileSync } from "node:fs"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { cardScript } from "../src/render/contents-and-embeds.ts"
import { inlineScript } from "../src/render/layout.ts"

/** Declares findActive in the page. */
const declaration = readFileSync(new URL("active-nodes.js", import.meta.url), "utf8")
const reportViolations = `document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy", event.violatedDirective, event.blockedURI))`
const tabs = 4

/** Opens each address of a site. A finding is `KIND ADDRESS WHAT`. */
export async function openPages(
  browser: Browser,
  origin: string,
  addresses: readonly string[],
  say: (line: string) => void,
): Promise<{ opened: number; sightings: string[] }> {
  const context = await browser.newContext({ viewport: { width: 360, height: 320 } })
  await context.addInitScript(reportViolations)
  const sightings: string[] = []
  let next = 0
  const started = Date.now()
  const work = async () => {
    const tab = await openTab(context, origin)
    for (let at = next++; at < addresses.length; at = next++) {
      for (const sighting of await tab(addresses[at] ?? "")) {
        sightings.push(sighting)
        if (sightings.length <= 20) say(sighting)
      }
      if (at % 500 === 499)
        say(`${at + 1} of ${addresses.length} pages, ${Math.round((Date.now() - started) / 1000)} s`)
    }
  }
  await Promise.all(Array.from({ length: tabs }, work))
  await context.close()
  return { opened: addresses.length, sightings }
}

/** A tab: takes an address and returns the findings there. */
export async function openTab(
  context: BrowserContext,
  origin: string,
): Promise<(address: string) => Promise<string[]>> {
  const page = await context.newPage()
  let seen: string[] = []
  page.on("dialog", (dialog) => {
    seen.push(`dialog ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  // Our pages write nothing to the console, so any message is a policy report or a script error.
  page.on("console", (message) => {
    const text = message.text()
    seen.push(`${text.startsWith("Failed to load resource") ? "missing" : "report"} ${text} ${message.location().url}`)
  })
  page.on("pageerror", (error) => seen.push(`report ${error.message}`))
  page.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:image/svg+xml,")) seen.push(`request ${url}`)
  })
  return async (address) => {
    seen = []
    await lookAt(page, origin + address, seen)
    return seen.map((sighting) => sighting.replace(" ", ` ${address} `))
  }
}

async function lookAt(page: Page, url: string, seen: string[]): Promise<void> {
  const status = await open(page, url)
  if (status !== 200) seen.push(`lost ${status}`)
  try {
    const active = await page.evaluate(`${declaration}\nfindActive(${JSON.stringify([inlineScript, cardScript])})`)
    seen.push(...(active as string[]).map((what) => `active ${what}`))
  } catch (error) {
    // A page that navigates elsewhere, or shadows what this check uses.
    seen.push(`active ${error instanceof Error ? error.message.split("\n", 1)[0] : error}`)
  }
  if (page.url() !== new URL(url).href) seen.push(`lost at ${page.url()}`)
}

/** The response's status. A busy machine gets a second try; a page that still does not load is reported. */
async function open(page: Page, url: string): Promise<number | string> {
  for (let turn = 1; ; turn++) {
    try {
      return (await page.goto(url, { waitUntil: "load" }))?.status() ?? "without an answer"
    } catch (error) {
      if (turn === 2) return error instanceof Error ? error.message.replaceAll("\n", " ") : String(error)
    }
  }
}
