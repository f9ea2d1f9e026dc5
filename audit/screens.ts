// `npm run audit:screens -- URL [--out FOLDER] [--pages "/ /join"] [--widths "360 1280"] [--schemes "light dark print"] [--whole]`:
// pictures of a running site's pages, to look at.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Browser } from "playwright-core"
import { openBrowser } from "../tests/browser/open-browser.ts"

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "screens" },
    pages: {
      type: "string",
      default: "/ /asia /asia/tajikistan /asia/tajikistan/security-summit-dushanbe /join /ar /ru",
    },
    widths: { type: "string", default: "360 768 959 1280" },
    schemes: { type: "string", default: "light" },
    /** The whole page, and not just its first screen. */
    whole: { type: "boolean", default: false },
  },
})
const words = (text: string) => text.split(/\s+/).filter((word) => word !== "")
const [url = "http://localhost:8787"] = positionals
mkdirSync(values.out, { recursive: true })
const browser = await openBrowser()
try {
  for (const scheme of words(values.schemes))
    for (const width of words(values.widths)) await takePictures(browser, scheme, Number(width))
} finally {
  await browser.close()
}

/** Takes a picture of each page. `scheme`: light, dark or print. */
async function takePictures(browser: Browser, scheme: string, width: number): Promise<void> {
  const viewport = { width, height: width < 700 ? 740 : 900 }
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: width < 700 ? 2 : 1,
    reducedMotion: "reduce",
  })
  const page = await context.newPage()
  await page.emulateMedia(
    scheme === "print" ? { media: "print" } : { colorScheme: scheme === "dark" ? "dark" : "light" },
  )
  for (const path of words(values.pages)) {
    await page.goto(url + path)
    // Pictures further down are loaded when they come into view.
    if (values.whole)
      for (const picture of await page.locator("img").all())
        await picture.scrollIntoViewIfNeeded().catch(() => undefined)
    const name = path === "/" ? "front" : path.slice(1).replace(/[^a-z0-9]+/gi, "-")
    const file = join(values.out, `${name}-${width}-${scheme}.png`)
    await page.screenshot({ path: file, fullPage: values.whole })
    console.log(file)
  }
  await context.close()
}
