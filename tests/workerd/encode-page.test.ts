// A page is encoded in pieces, of which pages share some. Its policy allows what it contains.
import { describe, expect, it } from "vitest"
import { encodePage, narrowPolicy, prepareSecurity } from "../../src/reader/page.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { renderPack } from "../../src/render/country-pack.ts"
import { renderMessagePage } from "../../src/render/layout.ts"
import { renderListingPage } from "../../src/render/listing-page.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { makeEntry, makeStory, now, site } from "../render/sample.ts"

const texts = {
  plain: "A text – “with” quotation marks.",
  "a card": "Before.\n\nhttps://www.youtube.com/watch?v=abcdefghijk\n\nAfter.",
  "a table": "| a | b |\n|---|---|\n| 1 | 2 |",
  "markup that looks like a head's": "`<style>` and `<script>` and `</head>`, and <b></head><style>x</style></b>",
}

async function renderArticle(text: string, language: string): Promise<string> {
  const story = makeStory({ language, title: "</head><style>", related: [makeEntry()] })
  const html = await renderMarkdown(text, { language, media: {}, site, path: story.path })
  return renderArticlePage({ story, html, audience: "public", full: true, now }, site)
}

const address = { kind: "country", language: "ar", region: "asia", country: "tajikistan" } as const
const listing = {
  address: { kind: "topic", language: "ru", slug: "water" } as const,
  ...{ title: "Вода", namesakes: [], entries: [makeEntry()], page: 1, more: false, next: [], countries: [] },
  ...{ topics: [], facts: null, biography: null },
}
const pages: [string, string][] = [
  ...(await Promise.all(
    Object.entries(texts).flatMap(([name, text]) =>
      ["en", "ar"].map(async (language): Promise<[string, string]> => {
        return [`an article with ${name}, ${language}`, await renderArticle(text, language)]
      }),
    ),
  )),
  ["a list", renderListingPage(listing, site)],
  ["a pack", renderPack({ address, stories: [], now }, site)],
  ["an error", renderMessagePage({ status: 404, language: "fr", search: true }, site)],
]

describe.each(pages)("%s", (_, page) => {
  it("has the bytes of its text", () => {
    expect(new TextDecoder().decode(encodePage(page).bytes)).toBe(page)
    // The second time, its head is known.
    expect(new TextDecoder().decode(encodePage(page).bytes)).toBe(page)
  })

  it("has a policy for its own style sheets and scripts, and for no others", async () => {
    const { "Content-Security-Policy": policy = "" } = await prepareSecurity(site.origin, {})
    const hashes = narrowPolicy(policy, encodePage(page).unused.join(" ")).match(/sha256-[^']+/g)
    const inline = [...page.matchAll(/<(style|script)>(.*?)<\/\1>/gs)].map(([, , text = ""]) => text)
    const hash = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
    const digests = await Promise.all(inline.map(hash))
    const expected = digests.map((digest) => `sha256-${new Uint8Array(digest).toBase64()}`)
    expect(new Set(hashes)).toEqual(new Set(expected))
  })
})
