// A sample of `npm run audit xss`: our own hostile texts, and proof that the audit would detect them.
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { tryPayloads } from "../../audit/xss.ts"
import { openTab } from "../../audit/xss-browser.ts"
import { families } from "../../audit/xss-payloads.ts"
import { connectBrowser } from "./connect-browser.ts"

let browser: Browser

beforeAll(async () => {
  browser = await connectBrowser()
})
afterAll(() => browser?.close())

it("shows hostile titles, summaries, captions, topics, bodies and searches as inert text", async () => {
  const said: string[] = []
  const faults = await tryPayloads(Object.values(families).flat(), (line) => said.push(line))
  expect(faults, said.join("\n")).toEqual([])
  const opened = Number(/(\d+) pages opened/.exec(said.join("\n"))?.[1])
  expect(opened).toBeGreaterThan(2 * Object.values(families).flat().length)
})

/** Texts that are harmless inside an element: they need a template engine, a parser, a filter or an attribute. */
const inert = ["template", "markdown", "created by a filter that removes text", "end of an attribute"]

it.each(
  Object.entries(families).filter(([family]) => !inert.includes(family)),
)("would detect an active %s", async (_family, payloads) => {
  const context = await browser.newContext()
  const origin = "http://localhost:9"
  for (const payload of payloads) {
    const body = `<!doctype html><html lang="en"><head><title>x</title></head><body><h1>${payload}</h1></body></html>`
    await context.route("**/*", (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }))
    const tab = await openTab(context, origin)
    expect(await tab("/"), payload).not.toEqual([])
  }
  await context.close()
})
