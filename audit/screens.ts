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
/** Scrolls to the end and back, so that every picture is loaded. One that is not shown is never decoded. */
const scrollThrough = `(async () => {
  for (let top = 0; top < document.body.scrollHeight; top += 400) {
    scrollTo(0, top)
    await new Promise(requestAnimationFrame)
  }
  const decoded = Promise.all([...document.images].map((picture) => picture.decode().catch(() => undefined)))
  await Promise.race([decoded, new Promise((resolve) => setTimeout(resolve, 5_000))])
  scrollTo(0, 0)
})()`
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
    // Chromium's pictures are at most 16,384 pixels high.
    deviceScaleFactor: width < 700 && !values.whole ? 2 : 1,
    reducedMotion: "reduce",
  })
  const page = await context.newPage()
  await page.emulateMedia(
    scheme === "print" ? { media: "print" } : { colorScheme: scheme === "dark" ? "dark" : "light" },
  )
  for (const path of words(values.pages)) {
    await page.goto(url + path)
    if (values.whole) await page.evaluate(scrollThrough)
    const name = path === "/" ? "front" : path.slice(1).replace(/[^a-z0-9]+/gi, "-")
    const file = join(values.out, `${name}-${width}-${scheme}.png`)
    await page.screenshot({ path: file, fullPage: values.whole })
    console.log(file)
  }
  await context.close()
}
