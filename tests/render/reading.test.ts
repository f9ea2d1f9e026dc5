import { describe, expect, it } from "vitest"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { sheets } from "../../src/render/style.ts"
import { attribute, makeStory, now, readPage, site, textOf } from "./sample.ts"

const text = (headings: readonly string[]) => headings.map((heading) => `${heading}\n\nSome words.\n`).join("\n")

async function draw(source: string, words: number, { full = true, language = "en" } = {}) {
  const html = await renderMarkdown(source, { language, media: {}, site, isPart: !full })
  const story = makeStory({ words, language, gated: !full, rights: "meridian", map: false })
  return renderArticlePage({ story, html, audience: "public", full, now }, site)
}

describe("contents", () => {
  const long = text(["## The river", "### A detail", "## The *dam* & the “lake”[^1]", "## Who pays"])

  it("link to the sections of a long article, once", async () => {
    const page = readPage(await draw(`${long}\n[^1]: A note.`, 1_200))
    const [nav, ...more] = page.withClass("contents")
    expect(more).toEqual([])
    expect(attribute(nav, "aria-label")).toBe("Contents")
    const links = page.named("a").filter((link) => attribute(link, "href")?.startsWith("#h-"))
    expect(links.map(textOf)).toEqual(["The river", "The dam & the “lake”", "Who pays"])
    const ids = page.named("h2").map((heading) => attribute(heading, "id"))
    for (const link of links) expect(ids).toContain(attribute(link, "href")?.slice(1))
    expect(page.errors).toEqual([])
  })

  it("are absent from shorter articles and from those with few sections", async () => {
    expect(await draw(long, 1_199)).not.toContain('class="contents')
    expect(await draw(text(["## One", "## Two", "### Detail"]), 3_000)).not.toContain('class="contents')
  })

  it("list only the sections that the reader gets", async () => {
    expect(await draw(long, 3_000, { full: false })).toContain('class="contents')
    expect(await draw(text(["## One", "## Two"]), 3_000, { full: false })).not.toContain('class="contents')
  })

  it("lead to the headings that the sanitizer kept", async () => {
    const hidden = "<script>\n\n## Not here\n\n</script>\n\n"
    const page = readPage(await draw(`${hidden}<h2 id="own">Own <b>words</b></h2>\n\n${long}\n[^1]: A note.`, 2_000))
    const ids = page.elements.map((element) => attribute(element, "id"))
    const links = page.named("a").filter((link) => attribute(link, "href")?.startsWith("#h-"))
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) expect(ids).toContain(attribute(link, "href")?.slice(1))
    expect(textOf(page.withClass("contents")[0])).toContain("Own words")
  })

  it("have a name in each language", async () => {
    expect(await draw(long, 2_000, { language: "fr" })).toContain('aria-label="Sommaire"')
    expect(await draw(long, 2_000, { language: "ar" })).toContain('aria-label="المحتويات"')
  })
})

it("only articles with contents, quotations, tables, code or footnotes carry their style sheet", async () => {
  expect(await draw("A paragraph, **partly bold**.\n\n- A list", 100)).not.toContain(sheets.reading)
  for (const part of [
    "> **Bold words.**",
    "> A quotation.",
    "| a |\n|---|\n| b |",
    "    code",
    "a[^1]\n\n[^1]: b",
    "***",
  ])
    expect(await draw(part, 100), part).toContain(sheets.reading)
  expect(await draw(text(["## a", "## b", "## c"]), 2_000)).toContain(sheets.reading)
})
