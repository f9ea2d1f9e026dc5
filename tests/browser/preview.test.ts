// A preview link in a browser: a draft from the folder, for somebody who has only the link.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import sharp from "sharp"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type RunningSite, runDateline, startSite } from "../whole/running-site.ts"
import { connectBrowser } from "./connect-browser.ts"

const path = "/asia/nepal/valley"
let folder: string
let site: RunningSite
let browser: Browser

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-preview-"))
  const nepal = join(folder, "content/asia/nepal")
  mkdirSync(nepal, { recursive: true })
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const
  const photo = sharp({ create: { width: 1600, height: 1000, channels: 3, background: "#888", noise } })
  writeFileSync(join(nepal, "valley.jpg"), await photo.jpeg({ quality: 80 }).toBuffer())
  const front = "title: The valley\nsummary: Of a valley.\ndate: 2024-01-01\nstatus: draft"
  const body = "For all.\n\n![A valley](valley.jpg)\n\n<!-- members-only -->\n\nFor members."
  writeFileSync(join(nepal, "valley.md"), `---\n${front}\nimage: { src: valley.jpg, alt: A valley }\n---\n\n${body}\n`)
  site = await startSite({ copy: false, watch: false, folder })
  browser = await connectBrowser()
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

it("shows the whole draft with its pictures on a phone, says that it is a preview, and ends when it is revoked", async () => {
  const made = JSON.parse(runDateline(site, ["preview", path, "--json"]).out) as { previews: { url: string }[] }
  const url = made.previews[0]?.url ?? ""
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
  const wrong: string[] = []
  page.on("console", (message) => void (message.type() === "error" && wrong.push(message.text())))
  page.on("pageerror", (error) => void wrong.push(String(error)))
  await page.goto(url, { waitUntil: "networkidle" })
  const text = await page.locator("main").innerText()
  for (const part of ["This is a preview", "The valley", "For all.", "For members."]) expect(text).toContain(part)
  const notice = await page.locator(".notice").first().boundingBox()
  expect((notice?.y ?? 740) + (notice?.height ?? 0)).toBeLessThan(740)
  const pictures = await page.evaluate<{ file: string; width: number }[]>(
    `(async () => {
      const all = [...document.querySelectorAll("main img[src*='/media/']")]
      for (const one of all) { one.loading = "eager"; await one.decode() }
      return all.map((one) => ({ file: one.currentSrc, width: one.naturalWidth }))
    })()`,
  )
  expect(pictures).toHaveLength(2)
  // A phone gets a smaller file, as on the article's page.
  for (const { file, width } of pictures) expect([file.endsWith(".webp"), width > 0]).toEqual([true, true])
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360)
  expect(wrong).toEqual([])
  expect((await page.goto(site.url + path))?.status()).toBe(404)
  expect(runDateline(site, ["preview", path, "--revoke"])).toMatchObject({
    code: 0,
    out: `Revoked 1 link to ${path}\n`,
  })
  expect((await page.goto(url))?.status()).toBe(410)
  expect(await page.locator("h1").innerText()).toBe("This link no longer works")
  await page.close()
})

it("is listed without its address, and is made of no article with a mistake", () => {
  expect(runDateline(site, ["preview", "--days", "2", path]).out).toMatch(
    new RegExp(`^${path} until \\d{4}-\\d\\d-\\d\\d .*: ${site.url}/preview/[0-9a-f]{40}\n$`),
  )
  const { out } = runDateline(site, ["preview"])
  expect(out).toMatch(new RegExp(`^${path} until .*, by admin\n1 link\\.`))
  expect(out).not.toContain("/preview/")
  expect(JSON.parse(runDateline(site, ["preview", "--json"]).out)).toMatchObject({ previews: [{ path, url: null }] })
  for (const days of ["0", "31", "a"])
    expect(runDateline(site, ["preview", path, "--days", days])).toMatchObject({ code: 2, out: "" })
  expect(runDateline(site, ["preview", "--revoke"])).toMatchObject({ code: 2, out: "" })
  expect(runDateline(site, ["preview", "/asia/nepal/vale"]).err).toContain("No article at /asia/nepal/vale")
  writeFileSync(join(folder, "content/asia/nepal/wrong.md"), "---\ntitel: Wrong\n---\n\n![None](none.jpg)\n")
  const wrong = runDateline(site, ["preview", path, "/asia/nepal/wrong"])
  expect([wrong.code, wrong.out, wrong.err]).toEqual([1, "", expect.stringContaining("asia/nepal/wrong.md:2:1 titel")])
})
