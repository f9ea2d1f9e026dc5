import { describe, expect, it } from "vitest"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { cardScript } from "../../src/render/contents-and-embeds.ts"
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

describe("a link to a video, audio or post of another site", () => {
  const address = "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5"
  const card = async (source: string, language = "en") => {
    const page = await draw(source, 100, { language })
    const cards = readPage(page).withClass("embed")
    expect(readPage(page).errors).toEqual([])
    return {
      page,
      cards,
      link: readPage(page)
        .named("a")
        .find((one) => attribute(one, "data-frame") !== undefined),
    }
  }

  it("is a card with its title if it stands alone", async () => {
    const { page, cards, link } = await card(`Before.\n\n[The *dam* at Nurek](${address})\n\nAfter.`)
    expect(attribute(cards[0], "class")).toBe("embed video")
    expect(textOf(cards[0])).toBe("The dam at Nurek Video on YouTubeNothing loads from YouTube until you press this.")
    expect(attribute(link, "href")).toBe(address)
    expect(attribute(link, "data-frame")).toBe("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&start=5")
    expect(page).toContain(sheets.reading)
    expect(page).toContain(cardScript)
    for (const name of ["iframe", "img"]) expect(readPage(page).named(name)).toEqual([])
  })

  it("is called what it is without a title, in each language", async () => {
    for (const source of [address, `<${address}>`, `<iframe src="${address}"></iframe>`])
      expect(textOf((await card(source)).link)).toBe("Video on YouTube")
    expect(textOf((await card("https://t.me/who/42", "fr")).link)).toBe("Publication sur Telegram")
    expect(textOf((await card("https://soundcloud.com/a/b", "ar")).link)).toBe("مقطع صوتي على SoundCloud")
  })

  it("may be written as an iframe", async () => {
    for (const source of [
      '<iframe width="560" src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="The dam" allow="x"></iframe>',
      '<figure><div>\n<iframe src="https://player.vimeo.com/video/76979871" title="The dam"></iframe>\n</div></figure>',
    ])
      expect(textOf((await card(source)).cards[0])).toContain("The dam Video on ")
  })

  it("shows the picture in it", async () => {
    const media = { "./poster.jpg": { src: `/media/${"a".repeat(64)}.jpg`, width: 640, height: 360 } }
    const html = await renderMarkdown(`[![The dam, from above](./poster.jpg)](${address})`, {
      language: "en",
      media,
      site,
    })
    const page = readPage(
      renderArticlePage({ story: makeStory({ map: false }), html, audience: "public", full: true, now }, site),
    )
    expect(textOf(page.withClass("embed")[0])).toContain("The dam, from above Video on YouTube")
    expect(page.named("img").map((img) => attribute(img, "alt"))).toEqual([""])
  })

  it.each([
    `See [the dam](${address}).`,
    `[the dam](${address}) [again](${address})`,
    "[the dam](https://video.example/watch?v=dQw4w9WgXcQ)",
    `> See ${address}`,
    `\`${address}\``,
  ])("is only a link in %s", async (source) => {
    const { page, cards } = await card(source)
    expect(cards).toEqual([])
    expect(page).not.toContain(cardScript)
  })

  it("is a plain link in the text to republish, which the script takes from the page", async () => {
    const { cards } = await card(`[The *dam*](${address})`)
    expect(attribute(cards[0], "data-copy")).toBe(
      `<p><a href="${address.replace("&", "&amp;")}">The <em>dam</em></a></p>`,
    )
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
