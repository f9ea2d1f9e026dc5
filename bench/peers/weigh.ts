// Weighs a page in a browser: everything that it loads from its own origin. Nothing leaves the machine.
import { existsSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Page, Response } from "playwright-core"
import { openBrowser } from "../../tests/browser/open-browser.ts"
import type { Peer } from "./peer.ts"

export interface Weight {
  /** Bytes: text gzipped, fonts and pictures as they are. */
  readonly gzip: number
  readonly requests: number
}

const packed = /^(text\/|application\/(javascript|json|manifest|ld)|image\/svg)/
const types: Record<string, string> = { ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" }

/** Opens each page in a new context and waits until it makes no more requests. */
export async function weighPages(pages: ReadonlyMap<string, Omit<Peer, "cpu" | "stop">>): Promise<Map<string, Weight>> {
  const browser = await openBrowser()
  try {
    const found = new Map<string, Weight>()
    for (const [name, one] of pages) {
      const context = await browser.newContext({ serviceWorkers: "block" })
      found.set(name, await weighPage(await context.newPage(), one))
      await context.close()
    }
    return found
  } finally {
    await browser.close()
  }
}

async function weighPage(page: Page, { port, path, files }: Omit<Peer, "cpu" | "stop">): Promise<Weight> {
  const origin = `http://localhost:${port}`
  const answers: Response[] = []
  page.on("response", (response) => {
    if (new URL(response.url()).origin === origin) answers.push(response)
  })
  await page.route("**", (route) => {
    const url = new URL(route.request().url())
    if (url.origin !== origin) return route.abort()
    const file = files === undefined ? "" : join(files, url.pathname)
    if (file === "" || !existsSync(file) || !statSync(file).isFile()) return route.continue()
    // The host serves static files before it calls the Worker.
    return route.fulfill({ body: readFileSync(file), contentType: types[extname(file)] ?? "application/octet-stream" })
  })
  const first = await page.goto(origin + path, { waitUntil: "networkidle" })
  if (first?.status() !== 200) throw new Error(`${origin}${path} answered ${first?.status()} to a browser`)
  let gzip = 0
  for (const answer of answers) {
    if (answer.status() >= 300 && answer.status() < 400) continue
    const body = await answer.body()
    gzip += packed.test(answer.headers()["content-type"] ?? "") ? gzipSync(body).length : body.length
  }
  return { gzip, requests: answers.length }
}
