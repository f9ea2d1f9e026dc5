// Every page of a running site as machines read it: conforming HTML, addresses, languages, metadata, a truthful paywall.
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { lists } from "../../src/article/edition.ts"
import { latestDue } from "../../src/mail/schedule.ts"
import { findNonconformities } from "../render/conformance.ts"
import { attribute, findFaults, type ReadPage, readPage, textOf } from "../render/sample.ts"
import { childrenNamed, parseXml } from "../render/xml.ts"
import { type RunningSite, runDateline, startSite } from "./running-site.ts"

const prefixes = ["", "/fr", "/ar"]
const everything = "asia/nepal/everything"
const gone = "asia/nepal/withdrawn"
let site: RunningSite
/** Every page by path: all that answer 200, and each kind of error in each language. */
const pages = new Map<string, { status: number; html: string; page: ReadPage }>()

beforeAll(async () => {
  site = await startSite({ copy: true, watch: false })
  for (const prefix of prefixes) {
    write(`${prefix}/${everything}`, wholeArticle(prefix))
    write(`${prefix}/${gone}`, "---\ntitle: Withdrawn\nsummary: It was not so.\ndate: 2026-01-05\n---\nA text.\n")
  }
  expect(runDateline(site, ["publish"])).toMatchObject({ code: 0 })
  for (const prefix of prefixes)
    expect(runDateline(site, ["unpublish", `${prefix}/${gone}`, "--reason", "it was not so"])).toMatchObject({
      code: 0,
    })
  const dates = lists.map((list) => latestDue(list, Date.now(), config).date)
  for (const [index, list] of lists.entries())
    expect(runDateline(site, [list, "send", dates[index] ?? ""])).toMatchObject({ code: 0 })
  const editions = [`newsletter/${dates[0]}`, "digest", `digest/${dates[1]}`]
  const more = ["asia", "asia/nepal", "topics/water", "authors/ada", "search", "search?q=water", "corrections"]
  const kinds = [...editions, "newsletter", "join", "sign-in", "nowhere", gone, ...more]
  const listed = await readSitemap()
  const paths = [
    ...listed,
    "/",
    "/fr",
    "/ar",
    ...prefixes.flatMap((prefix) => kinds.map((kind) => `${prefix}/${kind}`)),
  ]
  for (const path of new Set(paths)) {
    const response = await fetch(site.url + path, { redirect: "manual" })
    const html = await response.text()
    pages.set(path, { status: response.status, html, page: readPage(html) })
  }
}, 240_000)
afterAll(() => site?.stop())

function write(path: string, text: string): void {
  const file = join(site.content, `${path}.md`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** An article with everything that a text may contain. */
function wholeArticle(prefix: string): string {
  const original = prefix === "" ? "" : `translationOf: /${everything}\n`
  return `---
title: "Everything & “all” of it <at once>"
summary: 'It''s what a text may hold: "tables", notes & code'
date: unknown
updated: 2026-02-03T10:00+01:00
authors: [Ada, "O'Neill & Sons"]
topics: [water, "a <b> topic"]
map: true
rights: meridian
${original}corrections: [ { date: 2026-02-04, text: "The “year” was 1999 & not <1998>." } ]
---
# A heading of the first depth

A text with a note[^1], *emphasis*, \`code <b>\`, ~~no~~ and a [link](/asia). A bare & and a bare < too.

### One too deep

| a | b | c |
|:--|:-:|--:|
| 1 | 2 | 3 |

\`\`\`js
const a = "<b>" && 1
\`\`\`

1. one
2. two
   - [x] done
   - [ ] open

> A quotation.

<div class="table" onclick="x()"><p align="center">Raw <b>HTML<p>that nobody closed <table><td align=right>cell</table>
<details><summary>More</summary><dl><dt>a<dd>b</dl></details>

<aside id="location"><a name="x" href="javascript:alert(1)">not a link</a> <img src="https://t.example/pixel.gif"></aside>

[^1]: With **its** own text.

<!-- members-only -->

Only for members[^2].

[^2]: As is this.
`
}

async function readSitemap(): Promise<string[]> {
  const text = async (path: string) => (await fetch(site.url + path)).text()
  const paths: string[] = []
  for (const part of childrenNamed(parseXml(await text("/sitemap.xml")), "sitemap")) {
    const address = childrenNamed(part, "loc")[0]?.text ?? ""
    for (const url of childrenNamed(parseXml(await text(new URL(address).pathname)), "url"))
      paths.push((childrenNamed(url, "loc")[0]?.text ?? "").slice(site.url.length))
  }
  return paths
}

const articles = () => [...pages].filter(([, { page }]) => page.withClass("story").length > 0)
const meta = ({ page }: { page: ReadPage }, name: string) =>
  page.named("meta").find((one) => attribute(one, "name") === name || attribute(one, "property") === name)
const links = ({ page }: { page: ReadPage }, rel: string) =>
  page.named("link").filter((link) => attribute(link, "rel") === rel)

describe("every page of a running site", () => {
  it("has the status of its kind", () => {
    expect(articles().length).toBeGreaterThan(50)
    for (const [path, { status }] of pages)
      expect([path, status]).toEqual([path, path.endsWith("nowhere") ? 404 : path.endsWith(gone) ? 410 : 200])
  })

  it("is a conforming document", { timeout: 180_000 }, async () => {
    for (const [path, { html }] of pages) {
      expect(findFaults(html), path).toEqual([])
      expect(await findNonconformities(html), path).toEqual([])
    }
  })

  it("declares language, direction and character set first, and has no replacement characters", () => {
    for (const [path, { html, page }] of pages) {
      const language = /^\/(fr|ar|ru)\b/.exec(path)?.[1] ?? "en"
      expect(attribute(page.named("html")[0], "lang"), path).toBe(language)
      expect(attribute(page.named("html")[0], "dir"), path).toBe(language === "ar" ? "rtl" : "ltr")
      expect(html.indexOf('<meta charset="utf-8">'), path).toBeLessThan(1024)
      expect(meta({ page }, "viewport"), path).toBeDefined()
      expect(html, path).not.toContain("\ufffd")
    }
  })

  it("is canonical at its own address, or excluded from indexes", () => {
    for (const [path, { status, page }] of pages) {
      const canonical = links({ page }, "canonical").map((link) => attribute(link, "href"))
      const robots = attribute(meta({ page }, "robots"), "content")
      if (status !== 200 || path.endsWith("/sign-in")) expect([path, canonical, robots]).toEqual([path, [], "noindex"])
      else expect([path, canonical]).toEqual([path, [site.url + path.replace(/\?.*/, "")]])
    }
  })

  it("links to its other languages, each of which links back", () => {
    const alternates = (path: string) =>
      links({ page: pages.get(path)?.page ?? readPage("") }, "alternate").flatMap((link) => {
        const language = attribute(link, "hreflang")
        return language === undefined ? [] : [`${language} ${attribute(link, "href")}`]
      })
    let pairs = 0
    for (const [path, { status }] of pages) {
      if (status !== 200) continue
      for (const alternate of alternates(path)) {
        const other = alternate.split(" ")[1]?.slice(site.url.length) || "/"
        if (!pages.has(other)) continue
        pairs++
        expect(alternates(other), `${path} and ${other}`).toEqual(alternates(path))
      }
    }
    expect(pairs).toBeGreaterThan(20)
  })
})

describe("an article's metadata", () => {
  it("is complete for search engines and matches the page", () => {
    for (const [path, { page }] of articles()) {
      const [news, trail] = page.jsonLd
      const url = site.url + path
      expect(news, path).toMatchObject({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        headline: textOf(page.named("h1")[0]),
        url,
        inLanguage: attribute(page.named("html")[0], "lang"),
        publisher: { "@type": "NewsMediaOrganization", name: "Meridian", url: `${site.url}/` },
      })
      const authors = [news.author].flat()
      expect(authors.length, path).toBeGreaterThan(0)
      for (const author of authors)
        expect(author, path).toMatchObject({ name: expect.any(String), url: expect.stringContaining(site.url) })
      for (const image of news.image ?? []) expect(image, path).toMatch(/^http:\/\/localhost:\d+\/(media|maps)\//)
      expect(trail, path).toMatchObject({ "@context": "https://schema.org", "@type": "BreadcrumbList" })
      const steps = page
        .withClass("crumbs")
        .flatMap((list) => ("childNodes" in list ? list.childNodes.map(textOf) : []))
      expect(
        trail.itemListElement.map(({ name }: { name: string }) => name),
        path,
      ).toEqual(steps)
    }
  })

  it("never invents a date", () => {
    for (const [path, { page }] of articles()) {
      const [news] = page.jsonLd
      const shown = page.named("time").map((time) => attribute(time, "datetime"))
      const told = [news.datePublished, news.dateModified].filter((date) => date !== undefined)
      for (const date of told) expect(shown, path).toContain(date)
      for (const date of told) expect(date, path).toMatch(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2}))?$/)
    }
    const undated = pages.get(`/${everything}`)?.page.jsonLd[0]
    expect(undated).not.toHaveProperty("datePublished")
    expect(undated.dateModified).toBe("2026-02-03T10:00:00+01:00")
  })

  it("is truthful about the paywall", () => {
    let walled = 0
    for (const [path, { page }] of articles()) {
      const [news] = page.jsonLd
      const walls = page.withClass("paywall").length
      expect([path, news.isAccessibleForFree]).toEqual([path, walls === 0])
      if (walls === 0) expect([path, news.hasPart]).toEqual([path, undefined])
      else {
        walled++
        expect(news.hasPart, path).toEqual({
          "@type": "WebPageElement",
          isAccessibleForFree: false,
          cssSelector: ".paywall",
        })
      }
    }
    expect(walled).toBeGreaterThan(3)
  })

  it("preserves title, description and cards", () => {
    const found = pages.get(`/${everything}`) as { page: ReadPage }
    const title = "Everything & “all” of it <at once>"
    const summary = `It's what a text may hold: "tables", notes & code`
    expect(textOf(found.page.named("title")[0])).toBe(`${title} | Meridian`)
    expect(attribute(meta(found, "og:title"), "content")).toBe(title)
    for (const name of ["description", "og:description"]) expect(attribute(meta(found, name), "content")).toBe(summary)
    expect(attribute(meta(found, "og:url"), "content")).toBe(`${site.url}/${everything}`)
  })
})
