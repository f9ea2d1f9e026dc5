// `npm run bench -- weight`: the bytes that a phone loads of the starter publication's pages, scrolled to their end.
// With PHOTOS=FOLDER, every article has a photograph: a crop of one in the folder, so that no two are the same.
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Browser, Request } from "playwright-core"
import sharp from "sharp"
import { openBrowser } from "../tests/browser/open-browser.ts"
import { type Figures, printTable } from "./report.ts"
import { makeFolder, root, startSite } from "./site.ts"

const pages = ["/", "/asia", "/asia/tajikistan", "/africa/how-famine-is-declared", "/join"]
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, reducedMotion: "reduce" } as const

/** Kilobytes of each page, with and without articles' pictures: everything but photographs gzipped, without headers. */
export async function benchWeight(): Promise<Figures> {
  const content = join(makeFolder("weight"), "content")
  cpSync(join(root, "content"), content, { recursive: true, filter: (from) => !from.includes(".dateline") })
  if (process.env.PHOTOS !== undefined) await addPhotographs(content, process.env.PHOTOS)
  const site = await startSite({ content })
  const browser = await openBrowser()
  const figures: Figures = {}
  const rows: string[][] = []
  for (const path of pages) {
    const { all, pictures, requests } = await weigh(browser, site.url + path)
    figures[`all ${path}`] = Math.round(all / 100) / 10
    figures[`rest ${path}`] = Math.round((all - pictures) / 100) / 10
    rows.push([path, `${figures[`all ${path}`]} KB`, `${figures[`rest ${path}`]} KB`, String(requests)])
  }
  await browser.close()
  await site.stop()
  printTable(["360 px, 2 pixels per px", "in total", "without articles' pictures", "requests"], rows)
  return figures
}

async function weigh(browser: Browser, url: string): Promise<{ all: number; pictures: number; requests: number }> {
  const page = await browser.newPage(phone)
  const sizes: Promise<{ bytes: number; isPicture: boolean }>[] = []
  page.on("requestfinished", (request) => sizes.push(sizeOf(request)))
  await page.goto(url)
  for (const image of await page.locator("img:visible").all()) await image.scrollIntoViewIfNeeded()
  await page.waitForLoadState("networkidle")
  const found = await Promise.all(sizes)
  await page.close()
  const sum = (of: typeof found) => of.reduce((total, { bytes }) => total + bytes, 0)
  return { all: sum(found), pictures: sum(found.filter(({ isPicture }) => isPicture)), requests: found.length }
}

async function sizeOf(request: Request) {
  const response = await request.response()
  const body = (await response?.body()) ?? Buffer.alloc(0)
  const isPhotograph = /image\/(webp|jpeg|png)/.test(response?.headers()["content-type"] ?? "")
  const isPicture = new URL(request.url()).pathname.startsWith("/media/")
  return { bytes: isPhotograph ? body.length : gzipSync(body).length, isPicture }
}

/** Gives every article a photograph of 1500 × 1000 pixels in place of its picture. */
async function addPhotographs(content: string, from: string): Promise<void> {
  const photographs = readdirSync(from).filter((name) => name.endsWith(".jpg"))
  const articles = readdirSync(content, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"))
  for (const [index, name] of articles.entries()) {
    const file = join(content, name)
    if (/(pages|authors|digest|headlines)\//.test(name)) continue
    const source = readFileSync(file, "utf8").replace(/^image:.*\n(?:[ \t].*\n)*/m, "")
    await sharp(join(from, photographs[index % photographs.length] as string))
      .rotate()
      .resize(1800, 1200)
      .extract({ left: (index * 37) % 300, top: (index * 53) % 200, width: 1500, height: 1000 })
      .modulate({ hue: index * 17 })
      .jpeg({ quality: 85 })
      .toFile(file.replace(/md$/, "jpg"))
    const image = `image: { src: ./${name.split("/").at(-1)?.replace(/md$/, "jpg")}, alt: A photograph, credit: Somebody }`
    writeFileSync(file, source.replace(/^---\n/, `---\n${image}\n`))
  }
}
