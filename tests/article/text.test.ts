// Text as readers see it: its words, and decoded character references.
import { decodeHTMLStrict } from "entities/decode"
import fc from "fast-check"
import { describe, expect, it, test, vi } from "vitest"
import config from "../../dateline.config.ts"
import { cleanText, decodeReferences } from "../../src/article/text.ts"
import { countWords, readHtml } from "../../src/article/words.ts"
import { tryArticle } from "../../src/render/try-article.ts"
import { parse } from "./sample.ts"

/** The definition, as two expressions over the whole text. */
function countByDefinition(text: string): number {
  const wordOrAddress = /https?:\/\/[^\s)>\]]+|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu
  const unspaced =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/gu
  const words = (text.match(wordOrAddress) ?? []).filter((word) => !word.includes("://")).length
  return words + Math.floor((text.match(unspaced)?.length ?? 0) / 2)
}

const pieces = fc.constantFrom(
  ...["a", "Word", "l’eau", "don't", "'", "’", " ", "\n", "\u00a0", "1", "½", "é", "e\u0301", "\u0301", "-", "_"],
  ...["http://", "https://", "http://a", "xhttps://b.org/c", "https://ex.org/水/ทะเล)", "http:// ", ">", "]", ")"],
  ...[
    "水源",
    "水",
    "ภาษาไทย",
    "カタカナ",
    "ျမန္မာ",
    "𠀀𠀁",
    "\ud800",
    "\udc00",
    "😀",
    "𝐀𝐁",
    "العربية",
    "السَّلام",
    "हिन्दी",
  ],
)

test("counts the words that people read", async () => {
  const body =
    "# One {#two}\n\nt*w*o [three](https://x.example/four) ![five](six.jpg) https://seven.example\n\n" +
    "<!-- eight --> <b title='nine'>four</b>\n\n|five|six|\n|-|-|\n|`seven`|AT&amp;T|\n\n- nine[^1]\n\n[^1]: ten\n\n[r]: /eleven"
  expect((await tryArticle(parse(body), config)).words).toBe(11)
})

describe("countWords", () => {
  it("agrees with the definition for any text", () => {
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((some) => some.join("")),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
    )
    fc.assert(
      fc.property(text, (some) => {
        expect(countWords(some)).toBe(countByDefinition(some))
      }),
      { numRuns: 3000 },
    )
  })

  it("skips addresses, and counts two characters as a word in scripts without spaces", () => {
    expect(countWords("See https://example.org/a/b for l’eau, don't: 3 things.")).toBe(6)
    expect(countWords("水源地")).toBe(2)
  })
})

describe("the text of rendered HTML", () => {
  it("is what readers see, with no word split by an element", () => {
    const html =
      '<h2 id="h-a">One</h2>\n<p>t<em>w</em>o&nbsp;A&amp;T &lt;b&gt; H<sub>2</sub>O<sup class="note"><a href="#fn-1" id="fn-1-ref" role="doc-noteref">1</a></sup> a<br>b</p>' +
      '<table><tr><td>c</td><td title="a > b">d</td></tr></table><p><img src="/x.jpg" alt="A &quot;hall&quot;"></p>' +
      '<section class="notes"><ol><li id="fn-1"><p>note <a href="#fn-1-ref" role="doc-backlink" aria-label="x">↩\ufe0e</a></p></li></ol></section>'
    const { text, alternatives } = readHtml(html)
    expect(text).toBe("One two\u00a0A&T <b> H2O a b c d note")
    expect(alternatives).toEqual(['A "hall"'])
  })

  it("has one space in place of any other element, and of white space", () => {
    const tags = [
      "<p>",
      "</p>",
      "<em>",
      "</em>",
      '<a href="/x" title="a <b> c">',
      "</a>",
      '<h2 id="b">',
      "<br>",
      "</b1>",
    ]
    const part = fc.constantFrom("a", "B", "é", "&lt;p>", " ", "  ", "\n", "\t", "\r", "\u00a0", "\u2028", ...tags)
    const textByDefinition = (html: string) =>
      html
        .replace(/<\/?(\w+)(?: \w+="[^"]*")*>/g, (_, name) => (/^(?:em|a)$/.test(name) ? "" : " "))
        .replace(/\s+/g, " ")
        .trim()
        .replaceAll("&lt;", "<")
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(readHtml(parts.join("")).text).toBe(textByDefinition(parts.join("")))
      }),
      { numRuns: 2000 },
    )
  })
})

describe("character references", () => {
  const names =
    "amp lt gt quot apos nbsp hellip eacute rlm zwnj bigodot NotEqualTilde ThickSpace Uuml frac34 nosuch amP"
  const ofNumber = fc.oneof(fc.nat({ max: 9_999_999 }), fc.nat({ max: 300 }), fc.integer({ min: 0xd7f0, max: 0xe010 }))
  const references = fc.oneof(
    fc.constantFrom(...names.split(" ")).map((name) => `&${name};`),
    ofNumber.map((code) => `&#${code};`),
    ofNumber.filter((code) => code < 0x1000000).map((code) => `&#x${code.toString(16)};`),
  )

  it("decode as HTML defines", () => {
    fc.assert(
      fc.property(fc.array(references, { maxLength: 5 }), (some) => {
        const text = some.join(" a ")
        expect(decodeReferences(text)).toBe(cleanText(decodeHTMLStrict(text)))
      }),
      { numRuns: 3000 },
    )
  })

  it("load the whole table for readers only for rare references", async () => {
    vi.resetModules()
    const { renderMarkdown } = await import("../../src/render/markdown.ts")
    const render = (text: string) => renderMarkdown(text, { language: "en", media: {}, site: config })
    expect(render("A&nbsp;B &#8212; &eacute; &#x1f600; `&bigodot;`")).toBe(
      "<p>A\u00a0B — é 😀 <code>&amp;bigodot;</code></p>\n",
    )
    const first = render("[&bigodot;](/a?&bigodot;)")
    expect(first).toBeInstanceOf(Promise)
    expect(await first).toBe('<p><a href="/a?%E2%A8%80">⨀</a></p>\n')
    expect(render("&nosuch; &bigodot; &#x80;")).toBe("<p>&amp;nosuch; ⨀ €</p>\n")
  })
})
