// Pictures and recordings in a browser: it loads the file that fits its screen, and plays from where the reader asks.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeMp3 } from "../stand-ins/recordings.ts"
import { type RunningSite, startSite } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"

const article = "/asia/nepal/valley"
/** Frames of the recording: almost nine minutes, 8 MB. */
const frames = 20_000
let folder: string
let site: RunningSite
let browser: Browser

const photo = (width: number, height: number) => {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const
  return sharp({ create: { width, height, channels: 3, background: "#888", noise } }).blur(3)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-media-"))
  const nepal = join(folder, "content/asia/nepal")
  mkdirSync(nepal, { recursive: true })
  writeFileSync(join(nepal, "valley.jpg"), await photo(2000, 1250).jpeg({ quality: 92 }).toBuffer())
  writeFileSync(join(nepal, "portrait.png"), await photo(800, 1200).png().toBuffer())
  writeFileSync(join(nepal, "talk.mp3"), makeMp3(frames))
  const front = "title: Valley\nsummary: Of pictures.\ndate: 2024-01-01\nimage: { src: valley.jpg, alt: A valley }"
  const body = `Words.\n\n${"A long text. ".repeat(400)}\n\n![A farmer](portrait.png "A farmer")\n\n![The farmer speaks](talk.mp3)\n`
  writeFileSync(join(nepal, "valley.md"), `---\n${front}\n---\n\n${body}`)
  site = await startSite({ copy: false, watch: false, folder })
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The pictures that a browser shows and loads on the article's page, once it has scrolled to its end. */
async function look(width: number, deviceScaleFactor: number, path = article) {
  const context = await browser.newContext({ viewport: { width, height: 740 }, deviceScaleFactor })
  const page = await context.newPage()
  const loaded = new Map<string, number>()
  page.on("response", async (response) => {
    if (response.url().includes("/media/")) loaded.set(response.url(), (await response.body()).length)
  })
  await page.goto(site.url + path, { waitUntil: "networkidle" })
  const before = loaded.size
  await page.evaluate(`(async () => {
    for (const picture of document.querySelectorAll("img")) {
      picture.scrollIntoView()
      picture.loading = "eager"
      await picture.decode()
    }
  })()`)
  await page.waitForLoadState("networkidle")
  const shown = await page.evaluate<{ file: string; box: number }[]>(
    `Array.from(document.querySelectorAll("article img[src*='/media/']"), (picture) =>
      ({ file: picture.currentSrc, box: picture.clientWidth }))`,
  )
  const files = await Promise.all(
    shown.map(async ({ file, box }) => {
      const bytes = await (await fetch(file)).arrayBuffer()
      const { width: pixels, format } = await sharp(bytes).metadata()
      return { pixels, format, box, bytes: bytes.byteLength }
    }),
  )
  await context.close()
  return { files, loaded, before }
}

describe("a picture", () => {
  it.each([
    [360, 1],
    [360, 2],
    [360, 3],
    [768, 2],
    [1280, 1],
    [1280, 2],
  ])("on a screen of %i px at density %i is as sharp as the screen, and no larger than needed", async (width, density) => {
    const { files, loaded } = await look(width, density)
    expect(files).toHaveLength(2)
    for (const [index, { pixels, format, box }] of files.entries()) {
      expect(format).toBe("webp")
      const needed = Math.min(box * density, index === 0 ? 2000 : 800)
      // Browsers take the nearest file: it may have a little less, or at most one width more.
      expect(pixels / needed).toBeGreaterThan(0.7)
      expect(pixels / needed).toBeLessThan(1.8)
    }
    // Each picture is loaded once, in one size.
    expect(loaded.size).toBe(2)
  })

  it("on a phone takes few bytes, and waits until it is about to be seen if it is not at the top", async () => {
    const { files, before } = await look(360, 2)
    expect(before).toBe(1)
    for (const { bytes } of files) expect(bytes).toBeLessThan(60_000)
  })
})

it("a recording loads nothing until it plays, then the part that the reader asks for", async () => {
  const page = await browser.newPage()
  const asked: { status: number; got: string }[] = []
  // What the event itself tells: to ask for more fails once the page is closed.
  page.on("response", (response) => {
    if (response.url().endsWith(".mp3"))
      asked.push({ status: response.status(), got: response.headers()["content-range"] ?? "" })
  })
  await page.goto(site.url + article, { waitUntil: "networkidle" })
  expect(asked).toEqual([])
  const at = await page.evaluate(`(async () => {
    const audio = document.querySelector("audio")
    const wait = (event) => new Promise((done) => audio.addEventListener(event, done, { once: true }))
    const known = wait("loadedmetadata")
    audio.preload = "metadata"
    audio.load()
    await known
    const sought = wait("seeked")
    audio.currentTime = 500
    await sought
    return audio.currentTime
  })()`)
  expect(at).toBe(500)
  const size = frames * 417
  const starts = () =>
    asked.map(({ got }) =>
      Number(/^bytes (\d+)-\d+\/(\d+)$/.exec(got)?.[2] === `${size}` ? /\d+/.exec(got)?.[0] : "NaN"),
    )
  // The browser's events arrive after the page's.
  await expect.poll(() => Math.max(...starts())).toBeGreaterThan(size / 2)
  expect(asked.every(({ status }) => status === 206)).toBe(true)
  await page.close()
})
