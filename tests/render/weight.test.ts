// The weight of pages in gzipped bytes: an article is one request, small enough for slow phones.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import type { Story } from "../../src/article/article.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { cardScript } from "../../src/render/contents-and-embeds.ts"
import { inlineScript } from "../../src/render/layout.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { attribute, makeEntry, makeStory, now, readPage, site } from "./sample.ts"

const content = join(import.meta.dirname, "../../content")
const names = readdirSync(content, { recursive: true, encoding: "utf8" }).filter((name) =>
  /^[a-z-]{4,}.*\.md$/.test(name),
)
/** Paragraphs of the publication's own articles, because repeated text would compress too well. */
const paragraphs = names.sort().flatMap((name) => {
  const body = readFileSync(join(content, name), "utf8").split(/^---$/m).slice(2).join("---")
  return body.split(/\n\n+/).filter((paragraph) => /^[A-Z“]/.test(paragraph))
})

function takeWords(count: number): string {
  const taken: string[] = []
  let left = count
  for (const paragraph of paragraphs) {
    const words = paragraph.split(/\s+/)
    taken.push(words.slice(0, left).join(" "))
    left -= words.length
    if (left <= 0) return taken.join("\n\n")
  }
  throw new Error("the publication has too few words")
}

async function draw(words: number, changes: Partial<Story> = {}): Promise<string> {
  const related = ["a", "b", "c", "d"].map((slug) =>
    makeEntry({ path: `/asia/tajikistan/${slug}`, title: `${slug}: rain and snow in the passes` }),
  )
  const story = makeStory({
    map: false,
    words,
    summary: "Six former Soviet republics meet in the Tajik capital to set up a permanent council and a headquarters.",
    topics: [
      { slug: "security", name: "Security" },
      { slug: "politics", name: "Politics" },
    ],
    rights: "meridian",
    translations: [
      { language: "en", path: "/asia/tajikistan/security-summit-dushanbe", title: "Regional security summit" },
      { language: "fr", path: "/fr/asia/tajikistan/security-summit-dushanbe", title: "Sommet sur la sécurité" },
      { language: "ar", path: "/ar/asia/tajikistan/security-summit-dushanbe", title: "قمة الأمن" },
    ],
    related,
    ...changes,
  })
  const html = await renderMarkdown(takeWords(words), { language: "en", media: {}, site })
  return renderArticlePage({ story, html, audience: "public", full: true, now }, site)
}

const weigh = (text: string) => gzipSync(text).length

/** What a browser requests by itself after the page. `lazy`: only when the reader comes near, or only at once. */
function requestsOf(page: string, lazy?: boolean): string[] {
  const { elements } = readPage(page)
  return elements.flatMap((element) => {
    const source = attribute(element, "src")
    if (lazy !== undefined && lazy !== (attribute(element, "loading") === "lazy")) return []
    if (source !== undefined) return [source]
    const loads = element.tagName === "link" && /stylesheet|icon|preload/.test(attribute(element, "rel") ?? "")
    const href = attribute(element, "href") ?? ""
    return loads && !href.startsWith("data:") ? [href] : []
  })
}

describe("an article", () => {
  it("of 600 words is one request of at most 8,000 bytes in total", async () => {
    const page = await draw(600)
    expect(requestsOf(page)).toEqual([])
    expect(weigh(page)).toBeLessThanOrEqual(8_000)
  })

  it("of 5,000 words is one request of at most 20,000 bytes", async () => {
    const page = await draw(5_000)
    expect(requestsOf(page)).toEqual([])
    expect(weigh(page)).toBeLessThanOrEqual(20_000)
  })

  it("loads its map and nothing else until the reader comes near the related articles", async () => {
    const page = await draw(600, { map: true })
    expect(requestsOf(page, false)).toEqual(["/maps/tjk.svg"])
    expect(new Set(requestsOf(page, true))).toEqual(new Set(["/maps/tjk-globe.svg"]))
  })

  it("has scripts of at most 2,000 bytes", () => {
    expect(weigh(inlineScript + cardScript)).toBeLessThanOrEqual(2_000)
  })
})
