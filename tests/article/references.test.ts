// A text's links and pictures: one function resolves addresses for page, feed, Markdown and `check`.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { findAnchors, findPicture } from "../../src/article/check-references.ts"
import { lexMarkdown } from "../../src/article/lex-markdown.ts"
import { findAddresses, resolveLink } from "../../src/article/references.ts"
import { renderPrivateFeed } from "../../src/render/feeds.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { takeAddress, toAbsolute } from "../../src/render/text-links.ts"
import { renderMarkdownTwin } from "../../src/render/twin.ts"
import { makeStory, site as meridian } from "../render/sample.ts"

const site = { ...meridian, origin: "https://news.example" }
const path = "/asia/nepal/link"

test.each([
  ["[x]: ./p.jpg\n\nWords ![a][x]", "![a][x]"],
  ["[x]: ./p.jpg\n\n![a](./p.jpg) and ![a][x]", "./p.jpg)"],
  ["![a][x]\n\n[x]: ./p.jpg", "![a][x]"],
  ["[x]: ./p.mp3\n\nListen to [it](./p.mp3)", "./p.mp3)"],
  ['[x]: ./p.jpg\n\n<img src="./p.jpg" alt="a">', './p.jpg" alt'],
])("a picture or recording is found where it is shown, not at its definition: %s", (body, place) => {
  expect(findPicture(body, /p\.mp3/.test(body) ? "./p.mp3" : "./p.jpg")).toBe(body.indexOf(place))
})

describe("a link", () => {
  test.each([
    ["/asia/nepal/target", "/asia/nepal/target"],
    ["target", "/asia/nepal/target"],
    ["./target.md", "/asia/nepal/target"],
    ["target.MD#Water_power", "/asia/nepal/target#h-water-power"],
    ["../india/x.md?a=b", "/asia/india/x?a=b"],
    ["/Asia//Nepal/target/", "/asia/nepal/target"],
    ["t%61rget.md", "/asia/nepal/target"],
    ["https://news.example/asia/nepal/target.md#h-water", "/asia/nepal/target#h-water"],
    ["target#%D9%82%D9%85%D8%A9", "/asia/nepal/target#h-قمة"],
    ["/قديم/صفحة", "/%D9%82%D8%AF%D9%8A%D9%85/%D8%B5%D9%81%D8%AD%D8%A9"],
    ["http://news.example/asia/nepal/target/", "/asia/nepal/target"],
    ["/search?q=x#results", "/search?q=x#results"],
    ["/corrections#top", "/corrections#top"],
    ["/old/alias#Water_power", "/old/alias#h-water-power"],
    ["target#:~:text=a%2Cb", "/asia/nepal/target#:~:text=a%2Cb"],
    ["https://other.example/x.md#Y", "https://other.example/x.md#Y"],
    ["mailto:a@b.example", "mailto:a@b.example"],
    ["#here", "#here"],
    ["", ""],
  ])("to %s leads to %s", (address, expected) => expect(resolveLink(address, path, site)).toBe(expected))
})

test("finds the positions of links and pictures, even in quotes and lists and with CRLF", () => {
  const body =
    "> a [b](c) and\r\n> ![d\r\n> e](f%20g.jpg)\r\n\r\n- x\r\n  - [y\\]](z) <a href='&eacute;'>\r\n\r\n| [`|`](t) | |\r\n|-|-|\r\n"
  const found = findAddresses(lexMarkdown(body), body)
  expect(found.map(({ kind, address, from, to }) => [kind, address, body.slice(from, Math.max(to, from + 1))])).toEqual(
    [
      ["link", "c", "c"],
      ["picture", "f%20g.jpg", "f%20g.jpg"],
      ["link", "z", "z"],
      ["link", "é", "&eacute;"],
      ["link", "t", "t"],
    ],
  )
})

test("a page's link to its own site is a path, however the host is written; another host's stays", () => {
  const take = (address: string) => takeAddress(address, { language: "en", media: {}, site, path })
  const own = ["HTTPS://News.Example/asia/x", "http://news.example:80/asia/x", "//news.example/asia/x"]
  expect([...own, "https://a@news.example/asia/x"].map(take)).toEqual(Array(4).fill("/asia/x"))
  const others = ["https://news.example.org/asia/x.md", "https://www.news.example/a", "https://news.example:8443/a"]
  expect(others.map(take)).toEqual(others)
})

test("a fragment leads to the same place as written by hand and as copied from a browser", () => {
  const take = (address: string) => takeAddress(address, { language: "en", media: {}, site, path })
  expect(["#قمة", "#%D9%82%D9%85%D8%A9", "#h-%D9%82%D9%85%D8%A9"].map(take)).toEqual(Array(3).fill("#h-قمة"))
  expect(["#top", "#:~:text=a%2Cb", "#"].map(take)).toEqual(["#top", "#:~:text=a%2Cb", "#"])
})

test("a page of several texts has the ids that their links lead to", async () => {
  const body = "## A b\n\nSo.[^1] [a](#a-b) [b](#h-a-b) [c](#fn-1)\n\n## C {#fn-1}\n\nx\n\n[^1]: Note.\n"
  const html = String(await renderMarkdown(body, { language: "en", media: {}, site, idPrefix: "two-" }))
  const read = (name: string) =>
    Array.from(html.matchAll(new RegExp(` ${name}="#?(two-[hf][^"]*)"`, "g")), ([, id]) => id)
  expect(read("id")).toEqual(["two-h-a-b", "two-fn-1-ref", "two-h-fn-1", "two-fn-1"])
  expect(read("href")).toEqual(["two-fn-1", "two-h-a-b", "two-h-a-b", "two-fn-1", "two-fn-1-ref"])
})

test("`check` finds the ids of headings and anchors that the page has", async () => {
  const body =
    "## Empty\n\n## Twice\n\n> ## Twice\n> - ## Twice\n\n## Twice {: #own .x}\n***\n## ?\n\n<h3 id='Raw'>x</h3>\n<a name=b></a>\n\n## Cafe\u0301 & co\n"
  const html = await renderMarkdown(body, { language: "en", media: {}, site, path })
  const ids = Array.from(html.matchAll(/ id="([^"]*)"/g), ([, id]) => id)
  expect([...findAnchors(lexMarkdown(body))].sort()).toEqual(ids.sort())
})

describe("the page, the feed, the Markdown version and `check`", () => {
  const part = fc.constantFrom(
    "target",
    "..",
    ".",
    "asia",
    "Nepal",
    "x.md",
    "t%61",
    "é",
    "%C3%A9",
    "",
    "a b",
    "(c)",
    "&amp;",
  )
  const base = fc.constantFrom(
    "",
    "/",
    "https://news.example/",
    "https://other.example/",
    "//news.example/",
    "http://news.example/",
    "//other.example/",
    "#",
    "?q=",
  )
  const fragment = fc.constantFrom("", "#water", "#Water_power", "#%D9%82", "#top", "#h-x", "#fn-1")
  const address = fc
    .tuple(base, fc.array(part, { maxLength: 4 }), fragment)
    .map(([start, parts, end]) => start + parts.join("/") + end)
    // `//a b` is not an address, which `check` reports.
    .filter((to) => URL.canParse(to, site.origin + path))
  const written = fc.constantFrom(
    (to: string) => `[x](<${to}> "t")`,
    (to: string) => `> - *[x][r]*\n\n[r]: <${to}>`,
    (to: string) => `a <a title='](y)' href="${to}">x</a>`,
    (to: string) => `| a |\n|-|\n| [x](<${to}>) |`,
    (to: string) => `[![p](./a.jpg)](<${to}>)`,
    (to: string) => `> - a [long\n>   text](<${to}> "t")`,
    (to: string) => `1. a\n   - b <a\n     href="${to}">x</a>`,
  )

  test("resolve links to the same target", async () => {
    const media = { "./a.jpg": { src: `/media/${"a".repeat(64)}.jpg`, width: 1, height: 1 } }
    const story = makeStory({ path, media, language: "en" })
    const base = site.origin + path
    const hrefOf = (html: string) => / href="([^"]*)"/.exec(html.replaceAll("&amp;", "&"))?.[1] ?? "none"
    const property = fc.asyncProperty(address, written, async (to, write) => {
      const text = write(to)
      const html = await renderMarkdown(text, { language: "en", media, site, path })
      const page = new URL(hrefOf(html), base).href
      const feed = renderPrivateFeed({ language: "en", items: [{ entry: story, html }] }, site)
      const encoded = /<content:encoded>(.*)<\/content/s.exec(feed)?.[1] ?? ""
      const inFeed = hrefOf(
        encoded.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&"),
      )
      expect(new URL(inFeed, base).href).toBe(page)
      expect(new URL(hrefOf(toAbsolute(html, path, site)), to === "" ? base : "https://reader.example/").href).toBe(
        page,
      )
      const twin = renderMarkdownTwin({ story, text, full: true }, site).split("\n\n").slice(3).join("\n\n")
      const inTwin = findAddresses(lexMarkdown(twin), twin).find(({ kind }) => kind === "link")?.address ?? "none"
      const twinTarget = new URL(inTwin, "https://reader.example/").href.replaceAll("%28", "(").replaceAll("%29", ")")
      expect(twinTarget).toBe(to === "" ? "https://reader.example/" : page)
      const checked = findAddresses(lexMarkdown(text), text).find(({ kind }) => kind === "link")?.address ?? "none"
      const resolved = new URL(resolveLink(checked, path, site), base)
      expect(resolved.href.replace(resolved.hash, "")).toBe(page.replace(new URL(page).hash, ""))
    })
    await fc.assert(property, { numRuns: 300 })
  })
})

test("the Markdown version's bare addresses lead where the page's do, and stay as written if they are another site's", () => {
  const text =
    "> See https://news.example/Asia/x.md#Water_power, <https://news.example/y.md> and http://münchen.example/ä?(b)."
  const story = makeStory({ path, language: "en" })
  expect(renderMarkdownTwin({ story, text, full: true }, site)).toContain(
    "> See https://news.example/asia/x#h-water-power, <https://news.example/y> and http://münchen.example/ä?(b).",
  )
})

test("a private feed changes addresses only in tags, not in words that look like attributes", async () => {
  const text = 'Write ` href="/a"` and ` srcset="b" sizes="c"` in <a title=" href=x" href="/d">tags</a>.'
  const html = await renderMarkdown(text, { language: "en", media: {}, site, path })
  expect(toAbsolute(html, path, site)).toBe(html.replace('href="/d"', `href="${site.origin}/d"`))
})

test("a teaser's Markdown has no marks or references defined after the members-only line", () => {
  const story = makeStory({ path, language: "en", gated: true })
  const text = "- So.[^1] [the\n  *report*][src], [x](b.md)[^2]\n\n[a][b] `[^1]`\n\n[b]: c.md"
  expect(renderMarkdownTwin({ story, text, full: false }, site)).toContain(
    "- So. the\n  *report*, [x](https://news.example/asia/nepal/b)\n\n[a][b] `[^1]`\n\n[b]: https://news.example/asia/nepal/c\n\n",
  )
  const kept = "[a [b] c][^1] d\n\n[^1]: Note."
  expect(renderMarkdownTwin({ story, text: kept, full: false }, site)).toContain(kept)
  expect(renderMarkdownTwin({ story, text, full: true }, site)).toContain("- So.[^1] [the\n  *report*][src], ")
})

test.each([
  ["*[^1]* starred *[^1]*", "*<wbr>* starred *<wbr>*"],
  ["**Bold[^1]** and _it_[^1]_alic_", "**Bold<wbr>** and _it_<wbr>_alic_"],
  ["[^1]- no list", "<wbr>- no list"],
  ["[^1]> no quotation", "<wbr>> no quotation"],
  ["a\n[^1]1. no list", "a\n<wbr>1. no list"],
  ["[a *b*][ref]*c*", "a *b*<wbr>*c*"],
  ["see www.example.org[^1][x](/x)", "see www.example.org<wbr>[x](https://news.example/x)"],
  ["words[^1][^2], **more**![p][ref]", "words, **more**"],
  ["Twice [![a][pic]][link] and [b ![c][pic] d][link]!", "Twice  and b  d!"],
  ["> - [^1]\n>   words (see [the report][ref])[^1]. Next", "> - \n>   words (see the report). Next"],
  ["a\n[^1]\nb", "a\nb"],
])("a teaser's Markdown reads as its page does without the dropped marks: %j", async (text, expected) => {
  const story = makeStory({ path, language: "en", gated: true })
  const twin = renderMarkdownTwin({ story, text, full: false }, site).split("\n\n").slice(3, -1).join("\n\n")
  expect(twin).toBe(expected)
  const read = async (source: string, isPart: boolean) => {
    const html = await renderMarkdown(source, { language: "en", media: {}, site, path, isPart })
    return html
      .replace(/<\/?(?:a|wbr)\b[^>]*>/g, "")
      .replace(/\s+/g, " ")
      .replace(/ *(<\/?(?:li|p)>) */g, "$1")
  }
  expect(await read(twin, false)).toBe(await read(text, true))
})
