import { decodeHTMLStrict } from "entities/decode"
import { describe, expect, test } from "vitest"
import config from "../../dateline.config.ts"
import { useDecoder } from "../../src/article/text.ts"
import type { MarkdownOptions } from "../../src/render/inline.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { dangersOf, elementsOf, parseErrors } from "./parsed.ts"

const src = `/media/${"a".repeat(64)}.jpg`
const options: MarkdownOptions = {
  language: "en",
  media: { "./summit.jpg": { src, width: 1200, height: 800 } },
  site: { ...config, origin: "https://news.example" },
}

useDecoder(decodeHTMLStrict)

/** Rendered synchronously: a text without raw HTML never waits for the sanitizer. */
function render(source: string, more: Partial<MarkdownOptions> = {}): string {
  const html = renderMarkdown(source, { ...options, ...more })
  if (typeof html !== "string") throw new Error("a promise")
  expect(parseErrors(html)).toEqual([])
  return html
}

const idOf = (source: string) => / id="([^"]*)"/.exec(render(source))?.[1]

describe("a pull quote", () => {
  test("is a quotation of one bold paragraph", () => {
    expect(render("> **We counted *every* tree.**")).toBe(
      '<blockquote class="pull">\n<p>We counted <em>every</em> tree.</p>\n</blockquote>\n',
    )
  })

  test("may say whose words they are, in a second paragraph", () => {
    expect(render("> __We counted.__\n>\n> Amina Saleh, *forester*")).toBe(
      '<figure class="pull"><blockquote>\n<p>We counted.</p>\n</blockquote>\n<figcaption>Amina Saleh, <em>forester</em></figcaption></figure>\n',
    )
  })

  test.each([
    "> Partly **bold**.",
    "> **Bold** and not.",
    "> **Two** **parts**",
    "> **Bold.**\n>\n> One.\n>\n> Two.",
    "> **Bold.**\n>\n> - list",
    "> # **Bold**",
    "> - **Bold**",
  ])("is nothing else: %j", (source) => {
    expect(render(source)).not.toContain("pull")
  })

  test("is an ordinary quotation in an email", () => {
    expect(render("> **Bold.**", { plain: true, figures: false })).toBe(
      "<blockquote>\n<p><strong>Bold.</strong></p>\n</blockquote>\n",
    )
  })
})

describe("headings", () => {
  test("start at h2, skip no level and keep their order", () => {
    const levels = (source: string) =>
      elementsOf(render(source.replaceAll("\n", "\n\nx\n\n"))).flatMap(({ name }) => (name === "p" ? [] : name))
    expect(levels("# a\n## b\n# c\n")).toEqual(["h2", "h3", "h2"])
    expect(levels("### a\n###### b\n### c\n# d\n")).toEqual(["h2", "h3", "h2", "h2"])
    expect(levels("# a\n## b\n### c\n#### d\n##### e\n###### f\n").at(-1)).toBe("h6")
  })

  test("have unique ids from their words, in any script", () => {
    const ids = (source: string) => elementsOf(render(source)).flatMap(({ attributes }) => attributes.id ?? [])
    expect(ids("# Water & *power*\nx\n# Water power\nx\n# Water power 2\nx\n# Water power\nx")).toEqual([
      "h-water-power",
      "h-water-power-2",
      "h-water-power-2-2",
      "h-water-power-3",
    ])
    expect(ids("# قمة الأمن\nx\n# Ҷаласаи амният\nx\n# ***\nx\n# …\nx")).toEqual([
      "h-قمة-الأمن",
      "h-ҷаласаи-амният",
      "h-section",
      "h-section-2",
    ])
    expect(render("# a\nx", { idPrefix: "s1-" })).toContain('id="s1-h-a"')
    // Whatever is between them: a dash selects the slow path.
    for (const words of ["Snow Closes 2 Passes", "a", `${"long ".repeat(20)}end`, "1 b 3"])
      expect(idOf(`# ${words.replaceAll(" ", "  – ")}!\nx`)).toBe(idOf(`# ${words}\nx`))
    expect(idOf("# Snow Closes 2 Passes\nx")).toBe("h-snow-closes-2-passes")
  })

  test("in quotations, or with nothing below them, have no id, but always a level that fits the page's outline", () => {
    expect(render("> # a\n> b")).toBe("<blockquote>\n<h2>a</h2>\n<p>b</p>\n</blockquote>\n")
    expect(render("x\n\n### a\n***\n### b\n\n# c\n\n## d\n\ne\n\n# f")).toBe(
      '<p>x</p>\n<h2>a</h2>\n<hr>\n<h2>b</h2>\n<h2 id="h-c">c</h2>\n<h3 id="h-d">d</h3>\n<p>e</p>\n<h2>f</h2>\n',
    )
  })

  test("have the id that their author gave them", () => {
    expect(render("## Water {#My_id}\n\n[x](#My_id)")).toBe(
      '<h2 id="h-my-id">Water</h2>\n<p><a href="#h-my-id">x</a></p>\n',
    )
    expect(render("a *b* {#c}\n===")).toBe('<h2 id="h-c">a <em>b</em></h2>\n')
    expect(render("# a {#قمة}\n# b {#قمة}\n# {#d}")).toBe(
      '<h2 id="h-قمة">a</h2>\n<h2 id="h-قمة-2">b</h2>\n<h2 id="h-d"></h2>\n',
    )
    for (const written of ["{ #b }", "{: #b}", "{:#b .c}", '{#b .c title="d"}'])
      expect(render(`# a ${written} #`)).toBe('<h2 id="h-b">a</h2>\n')
    // As GitHub, Hugo and Jekyll make them: punctuation joins.
    for (const [words, link] of [
      ["My company's U.S. rules — and A/B", "my-companys-us-rules--and-ab"],
      ["5.1 Été : l’eau", "51-été--leau"],
      ["پروژه\u200cی باز", "پروژهی-باز"],
    ])
      expect(render(`# ${words}\n\n[x](#${link})`)).toMatch(/ id="([^"]+)".* href="#\1"/s)
    expect(render("# Cafe\u0301\n\n[x](#caf\u00e9)")).toContain('<h2 id="h-caf\u00e9">')
    expect(render("# a \\{#b}\nx\n# `{#c}`")).toContain('<h2 id="h-a-b">a {#b}</h2>')
  })

  test("and named anchors can be linked to", async () => {
    const html = await renderMarkdown('<a name="The Place"></a><a name="Spot_1">x</a> [y](#Spot_1)', options)
    expect(html).toBe('<p><a id="h-the-place"></a><a id="h-spot-1">x</a> <a href="#h-spot-1">y</a></p>\n')
    const open = await renderMarkdown('<a name="a"/>b\n\nc <br> [d](/e) https://f.example', options)
    expect(open).toContain('<a href="/e">d</a>')
    expect(open).toContain('<a href="https://f.example">')
  })

  test("can be linked to by #words", () => {
    expect(render("[x](#water)")).toContain('href="#h-water"')
    expect(render("[x](#top)")).toContain('href="#top"')
  })
})

describe("footnotes", () => {
  test("are numbered by first reference, wherever they are defined", () => {
    const html = render("[^b]: second\n\nOne[^a], two[^b], again[^a].\n[^a]: first\n[^unused]: never")
    expect(html).toContain(
      'One<sup class="note"><a href="#fn-1" id="fn-1-ref" role="doc-noteref">1</a></sup>, two<sup class="note"><a href="#fn-2"',
    )
    expect(html).toMatch(
      /<li id="fn-1"><p>first .*href="#fn-1-ref".*href="#fn-1-ref-2".*<\/li>\n<li id="fn-2"><p>second/,
    )
    expect(html).not.toContain("never")
  })

  test("next to each other are told apart", async () => {
    const html = render("One[^a][^b], two[^a].[^b]\n\n[^a]: A\n[^b]: B\n")
    expect(html.replace(/<[^>]*>/g, "")).toContain("One1, 2, two1.2\n")
    // A power before a note is not another note.
    const power = await renderMarkdown("10<sup>2</sup>[^1]\n\n[^1]: A", options)
    expect(power.replace(/<[^>]*>/g, "")).toContain("1021\n")
  })

  test("may have several paragraphs, lists and code", () => {
    const html = render("x[^1]\n\n[^1]: one\nstill one\n\n    two\n\n    - three\n\n        code\n\nafter")
    expect(html).toMatch(/after<\/p>\n<section/)
    expect(html).toMatch(/<li id="fn-1"><p>one\nstill one<\/p>\n<p>two<\/p>\n<ul>/)
  })

  test("without a definition are text, as is a definition within a note", () => {
    expect(render("x[^1]")).toBe("<p>x[^1]</p>\n")
    expect(render("x[^1]\n\n[^1]: [^2]: y")).toContain("[^2]: y")
  })

  test("may refer to each other", () => {
    const html = render("x[^1]\n\n[^1]: see[^2]\n[^2]: back to[^1]")
    expect(html).toContain('id="fn-2"')
    expect(html).toContain('id="fn-1-ref-2"')
  })

  test("and their references keep their ids, whatever raw HTML takes them first", () => {
    const taken =
      '<p id="fn-1">p</p>\n\n<ol><li id="fn-1">li</li></ol>\n\n<a name="fn-1-ref"></a><a id="fn-2">own</a>\n\n'
    const html = render(`${taken}x[^1], again[^1]\n\n[^1]: <b>Note</b>`)
    expect(html).toContain('<li id="fn-1"><p><b>Note</b>')
    for (const id of ["fn-1", "fn-1-ref", "fn-1-ref-2", "fn-2"]) expect(html.split(`id="${id}"`)).toHaveLength(2)
    expect(html).toContain('x<sup class="note"><a href="#fn-1" id="fn-1-ref"')
    expect(html).toContain('<a id="fn-2">own</a>')
  })

  test("may follow exclamation marks and bracketed words, but not within a link", () => {
    const note = "\n\n[^1]: n"
    expect(render(`Peace![^1]${note}`)).toContain("Peace!<sup")
    expect(render(`[words][^1]${note}`)).toContain("words<sup")
    expect(render(`[a[^1]](/x)${note}`)).not.toContain('href="/x"')
  })
})

describe("the public part of a members' article", () => {
  const part = (source: string) => render(source, { isPart: true })

  test("shows no marks or references defined after the members-only line", () => {
    expect(part("He said so.[^1] More![^b] [the *report*][src] and [x][], ![A hall][p].")).toBe(
      "<p>He said so. More! the <em>report</em> and x, .</p>\n",
    )
    expect(part("- a[^1]\n\n> **b**[^2]\n\n| c[^3] |\n|-|")).not.toContain("[^")
  })

  test("shows references defined before the line, code, escapes and bracketed words", () => {
    expect(part("a[^1] [b][c]\n\n[^1]: d\n\n[c]: /e")).toContain('<a href="/e">b</a>')
    expect(part("`[^1]` \\[^1] [the army] [b][c]\n\n[B]: /d")).toBe("<p><code>[^1]</code> [^1] [the army] b</p>\n")
    expect(render("a[^1] [b][c]")).toBe("<p>a[^1] [b][c]</p>\n")
  })
})

describe("recordings", () => {
  const file = (extension: string) => `/media/${"c".repeat(64)}.${extension}`
  const media = {
    "./talk.mp3": { src: file("mp3"), width: 1, height: 1 },
    "film.mp4": { src: file("mp4"), width: 640, height: 360 },
  }
  const player = `<figure><video controls preload="none" src="${file("mp4")}" width="640" height="360" aria-label="At the &quot;dam&quot;"></video><figcaption>At the &quot;dam&quot;</figcaption></figure>`

  test("alone in a paragraph are players, as pictures or as links", () => {
    expect(render('![At the "dam"](./film.mp4)', { media })).toBe(`${player}\n`)
    expect(render('[At the "dam"](film.mp4)', { media })).toBe(`${player}\n`)
    expect(render('[Film](film.mp4 "At the \\"dam\\"")', { media })).toBe(`${player}\n`)
    expect(render("![](./talk.mp3)", { media })).toBe(
      `<figure><audio controls preload="none" src="${file("mp3")}"></audio></figure>\n`,
    )
  })

  test("are links in running text and in emails, and elsewhere what was written", () => {
    const link = `<a href="${file("mp3")}">the interview</a>`
    for (const written of ["[the interview](./talk.mp3)", "![the interview](talk.mp3)"])
      expect(render(`Hear ${written}.`, { media })).toBe(`<p>Hear ${link}.</p>\n`)
    expect(render("![the interview](./talk.mp3)", { media, plain: true })).toBe(`<p>${link}</p>\n`)
    expect(render("[Film](/films/a.mp4)", { media })).toBe('<p><a href="/films/a.mp4">Film</a></p>\n')
  })

  test("stay players in a text with raw HTML, which cannot add one that plays by itself or is elsewhere", async () => {
    const html = await render(
      `![At the "dam"](./film.mp4)\n\n<audio src="${file("mp3")}" autoplay onplay="x" controls></audio><video src="https://t.example/a.mp4"></video><audio src="/x.mp3"></audio>`,
      { media },
    )
    expect(html).toContain(
      player.replace("controls preload", 'controls="" preload').replace(/>At [^<]*/, '>At the "dam"'),
    )
    expect(html).toContain(
      `<audio src="${file("mp3")}" controls=""></audio><a href="https://t.example/a.mp4">t.example</a>`,
    )
    expect(html).not.toMatch(/autoplay|onplay|x\.mp3/)
  })
})

describe("pictures", () => {
  test("keep their choice of files in a text with raw HTML, which cannot add files from elsewhere", async () => {
    const files = [320, 640].map((width, at) => ({ src: `/media/${`${at}`.repeat(64)}.webp`, width }))
    const media = { "./a.jpg": { src, width: 1200, height: 800, variants: files } }
    const plain = render("![A](./a.jpg)", { media })
    expect(plain).toContain('<picture><source type="image/webp" srcset="/media/')
    const foreign =
      '<picture><source srcset="https://t.example/a.webp 1w" media="x"><img src="./a.jpg" alt=""></picture>'
    const html = await render(`![A](./a.jpg)\n\n${foreign}`, { media })
    expect(html).toContain(String(plain).trim())
    expect(html).not.toContain("t.example")
  })

  test("without an address become their alternative text", () => {
    expect(render("![a]() ![]() ![b][^1]\n\n[^1]: ./a.jpg")).toBe("<p>a  b</p>\n")
  })

  test("in bold, alone in a paragraph, take the full width", () => {
    const img = `<img src="${src}" alt="A hall" width="1200" height="800" loading="lazy" decoding="async">`
    expect(render("**![A hall](./summit.jpg)**")).toBe(`<figure class="full">${img}</figure>\n`)
    expect(render("**![A hall](./summit.jpg \"Full & 'wide'\")**")).toBe(
      `<figure class="full">${img}<figcaption>Full &amp; ‘wide’</figcaption></figure>\n`,
    )
    // Not the article's own picture, not alone, or in an email.
    for (const other of [
      "**![A map](/maps/tjk.svg)**",
      "**![A hall](./summit.jpg)** x",
      "**![A hall](./summit.jpg) x**",
    ])
      expect(render(other)).not.toContain("figure")
    expect(render("**![A hall](./summit.jpg)**", { plain: true, figures: false })).not.toContain("figure")
  })

  test("with a title, alone in a paragraph, are figures", () => {
    expect(render("![A hall](./summit.jpg \"The 'hall' -- full\")")).toBe(
      `<figure><img src="${src}" alt="A hall" width="1200" height="800" loading="lazy" decoding="async"><figcaption>The ‘hall’ – full</figcaption></figure>\n`,
    )
  })

  test("are found with and without ./, and percent-encoded", () => {
    const media = { "my hall.jpg": { src, width: 1, height: 1 } }
    for (const address of ["my%20hall.jpg", "./my%20hall.jpg", "<my hall.jpg>"]) {
      expect(render(`a ![b](${address})`, { media })).toContain(src)
    }
  })

  test("that the article lacks are loaded only from this site, and names on prototypes are not found", () => {
    expect(render('![A hall](./my hall.jpg "t") ![](/maps/tjk.svg)')).toBe(
      '<p>![A hall](./my hall.jpg “t”) <img src="/maps/tjk.svg" alt=""></p>\n',
    )
    expect(render("![x](constructor) ![y](__proto__)")).toBe(
      '<p><img src="constructor" alt="x"> <img src="__proto__" alt="y"></p>\n',
    )
    expect(render("![x](https://news.example/maps/tjk.svg)")).toContain('<img src="https://news.example/maps/tjk.svg"')
    expect(render("![x](javascript:y) ![z](data:image/png;base64,AA) ![m](mailto:a@b.example)")).toBe("<p>x z m</p>\n")
    expect(render("![x](</\\evil.example/x>)")).toBe('<p><img src="/%5Cevil.example/x" alt="x"></p>\n')
  })

  test("on other sites become links: pages load nothing from third parties", () => {
    expect(render("![A hall](https://cdn.example/a.jpg)")).toBe(
      '<p><a href="https://cdn.example/a.jpg">A hall</a></p>\n',
    )
    expect(render("![](//cdn.example/a.jpg)")).toContain(">cdn.example</a>")
    expect(render("[![](https://cdn.example/a.jpg)](/x)")).toBe('<p><a href="/x">cdn.example</a></p>\n')
    expect(render("[![A hall](https://cdn.example/a.jpg)](/x)")).toBe('<p><a href="/x">A hall</a></p>\n')
  })
})

test.each([
  '<a href="/x"><img src="https://cdn.example/a.jpg" alt="A hall"></a>',
  '<a href="/x">![A hall](https://cdn.example/a.jpg)</a>',
  '[<img src="https://cdn.example/a.jpg" alt="A hall">](/x)',
])("a linked picture on another site becomes a link with its alternative text: %s", async (source) => {
  const html = await renderMarkdown(source, options)
  expect(html.replace(/<\/?span>/g, "")).toBe('<p><a href="/x">A hall</a></p>\n')
})

describe("links", () => {
  test("may lead to http, https, mailto, tel, relative and # addresses", () => {
    for (const href of ["http://a.example/", "https://a.example/", "mailto:a@b.example", "tel:+992", "/asia", "x.md"]) {
      expect(render(`[x](${href})`)).toContain(`href="${href}"`)
    }
  })

  test("to anything else become text", () => {
    const refused = [
      "javascript:alert(1)",
      "JAVASCRIPT:x",
      "&#106;avascript:x",
      "data:text/html,x",
      "vbscript:x",
      "ftp://x",
    ]
    for (const href of [...refused, "java&#10;script:x", "javascript&colon;x", "&#1;javascript:x"]) {
      expect(dangersOf(render(`[x](${href})`))).toEqual([])
    }
    for (const href of refused) expect(render(`[x](${href})`)).toBe("<p>x</p>\n")
    expect(render("<javascript:alert>")).toBe("<p>javascript:alert</p>\n")
  })

  test("never contain links", () => {
    expect(render("[a <https://b.example> c](/d)").match(/<a /g)).toHaveLength(1)
  })

  test("are made from bare web addresses, up to sentence punctuation in any script", () => {
    expect(render("See https://пример.рф/путь and www.été.example.")).toBe(
      '<p>See <a href="https://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84/%D0%BF%D1%83%D1%82%D1%8C">https://пример.рф/путь</a> and <a href="http://www.%C3%A9t%C3%A9.example">www.été.example</a>.</p>\n',
    )
    const href = (source: string) =>
      [...render(source).matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].map(([, to, words]) => [to, words])
    expect(href("See https://a.example/b--c_d?e=f&amp;g...h, (www.a.example) or “HTTPS://b.example/(x)”!")).toEqual([
      ["https://a.example/b--c_d?e=f&amp;g...h", "https://a.example/b--c_d?e=f&amp;g...h"],
      ["http://www.a.example", "www.a.example"],
      ["HTTPS://b.example/(x)", "HTTPS://b.example/(x)"],
    ])
    expect(
      href(
        "见https://a.example/x，**https://b.example** | قال https://c.example؟\nhttps://d.example/ü\n\n- www.e.example",
      ),
    ).toEqual([
      ["https://a.example/x", "https://a.example/x"],
      ["https://b.example", "https://b.example"],
      ["https://c.example", "https://c.example"],
      ["https://d.example/%C3%BC", "https://d.example/ü"],
      ["http://www.e.example", "www.e.example"],
    ])
    for (const source of [
      "a@b.example",
      "`https://a.example`",
      "xhttps://a.example",
      "http and www",
      "ftp://a.example",
    ])
      expect(render(source)).not.toContain("<a ")
    expect(render("[https://a.example](/b)")).toBe('<p><a href="/b">https://a.example</a></p>\n')
  })

  test.each([
    ["हिंदी https://a.example/x। और https://a.example/y॥", "https://a.example/x", "https://a.example/y"],
    ["https://a.example/x։ https://a.example/y። https://a.example/z۔", "…/x", "…/y", "…/z"],
    ["https://a.example/A–B https://a.example/x– y https://a.example/z–", "…/A–B", "…/x", "…/z"],
    ["https://a.example/x\u200b https://a.example/y\u200fz https://a.example/می\u200cخ", "…/x", "…/y", "…/می\u200cخ"],
    ["https://a.example/x&nbsp;y https://a.example/z&lt;br&gt; ?a=1", "…/x", "…/z"],
    ["https://a.example/?a=1&copy=2&amp;b=3", "…/?a=1&copy=2&b=3"],
    ["[https://a.example/x] {https://a.example/y}, https://a.example/?f[0]=a&g={b}", "…/x", "…/y", "…/?f[0]=a&g={b}"],
    ["https://a.example/x\\_y\\\nhttps://a.example/z\\", "…/x_y", "…/z"],
    ["[https://a.example/x`](https://a.example/y)", "…/x", "…/y"],
    ["https://a.example/x[^1] https://a.example/[^1]\n\n[^1]: https://a.example/n.", "…/x", "…/", "…/n"],
  ])("end where the address does: %s", (source, ...addresses) => {
    const texts = [...render(source).matchAll(/<a href="https:[^"]*">([^<]*)<\/a>/g)].map(([, text = ""]) =>
      text.replaceAll("&amp;", "&"),
    )
    expect(texts).toEqual(addresses.map((address) => address.replace("…", "https://a.example")))
  })

  test("have a scheme, however the author wrote `www`", () => {
    expect(render("WWW.a.example")).toBe('<p><a href="http://WWW.a.example">WWW.a.example</a></p>\n')
  })
})

describe("tables and code", () => {
  test("can be reached by keyboard where they scroll", () => {
    const html = render("| a | b |\n|---|--:|\n| 1 | ~~2~~ |")
    expect(html).toContain('<div class="table" role="region" tabindex="0" aria-label="Table 1"><table>')
    expect(html).toContain('<th scope="col">a</th>')
    expect(html).toContain('<td class="end"><del>2</del></td>')
    expect(render("| | b |\n|-|-|\n| 1 | 2 |")).toContain("<td></td>")
  })

  test("have Arabic labels in Arabic, and code keeps its direction", () => {
    expect(render("|a|\n|-|", { language: "ar" })).toContain('aria-label="جدول 1"')
    expect(render("`x`\n\n    y", { language: "ar" })).toBe(
      '<p><code dir="auto">x</code></p>\n<pre dir="auto"><code>y\n</code></pre>\n',
    )
    expect(render("```js\na < b\n```")).toBe('<pre><code class="language-js">a &lt; b\n</code></pre>\n')
  })
})

describe("text", () => {
  test("comments are removed without the sanitizer", () => {
    expect(render("a\n\n<!-- members-only -->\n\nb <!-- c --> d")).toBe("<p>a</p>\n<p>b  d</p>\n")
  })

  test("contains only characters allowed in HTML", () => {
    expect(render("a\0b\u0007c\ud800d &#0; &#x1f; &#xfdd0;")).toBe("<p>a�b�c�d � � �</p>\n")
  })

  test("decodes every character reference, once", () => {
    expect(render("R&amp;D &copy; &lt;b&gt;")).toBe("<p>R&amp;D © &lt;b&gt;</p>\n")
    expect(render("&HilbertSpace; &foo; &#38;amp; &amp;lt;")).toBe("<p>ℋ &amp;foo; &amp;amp; &amp;lt;</p>\n")
  })

  test("shows the boxes of task lists", () => {
    expect(render("- [x] a\n- [ ] b")).toBe("<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>\n")
  })
})
