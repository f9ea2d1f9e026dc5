import { readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { parseFragment, serialize } from "parse5"
import { describe, expect, test } from "vitest"
import config from "../../dateline.config.ts"
import type { MarkdownOptions } from "../../src/render/inline.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { dangersOf, parseErrors } from "./parsed.ts"

const src = `/media/${"b".repeat(64)}.png`
const options: MarkdownOptions = { language: "en", media: { "./a.png": { src, width: 3, height: 2 } }, site: config }
const corpora = process.env.CORPORA

async function render(source: string): Promise<string> {
  const html = await renderMarkdown(source, options)
  expect(dangersOf(html), source).toEqual([])
  expect(parseErrors(html), source).toEqual([])
  return html
}

/** Where a text may contain something hostile. */
const places: readonly ((payload: string) => string)[] = [
  (payload) => payload,
  (payload) => `a <span>${payload}</span> b`,
  (payload) => `<div>\n${payload}\n</div>`,
  (payload) => `<a href="${payload}" title='${payload}'>x</a> <img alt="${payload}" src='${payload}'>`,
  (payload) => `<a href=${payload}>x</a>`,
  (payload) => `[x](${payload}) [y](<${payload}> "${payload}") <${payload}>`,
  (payload) => `[x]\n\n[x]: ${payload}`,
  (payload) => `[${payload}](/x) ![${payload}](${payload}) ![${payload}](./a.png "${payload}")`,
  (payload) => `![x](./a.png "${payload}")`,
  (payload) => `**![${payload}](./a.png "${payload}")**`,
  (payload) => `> **${payload}**\n>\n> ${payload}`,
  (payload) =>
    `<figure class="full pull ${payload}"><blockquote class='pull ${payload}'>${payload}</blockquote></figure>`,
  (payload) => `|${payload}|\n|-|\n|${payload}|`,
  (payload) => `# ${payload}\n\na[^1]\n\n[^1]: ${payload}`,
  ...["pre", "code", "kbd", "script"].map(
    (tag) => (payload: string) => `![<${tag}>](/maps/tjk.svg) ${payload} [![<${tag}>](./a.png) ${payload}](/x)`,
  ),
  (payload) => `\`\`\`${payload}\n${payload}\n\`\`\`\n<!-- ${payload} --> &foo;`,
]

const payloads = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
  "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<form id=x><input name=attributes><button formaction=javascript:alert(1)>x</form>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=javascript:alert(1)>",
  "<a href='java\tscript:alert(1)' style='background:url(x)' onclick=alert(1) id=location name=body>x</a>",
  '<a href="&#1;javascript&colon;alert(1)">x</a>',
  "<style>@import 'https://evil.example'</style><link rel=stylesheet href=//evil.example><base href=//evil.example>",
  "<!--><img src=x onerror=alert(1)>-->",
  "<![CDATA[><img src=x onerror=alert(1)>]]>",
  "<template><script>alert(1)</script></template><textarea></textarea><title></title><xmp></xmp>",
  "javascript:alert(1)",
  "data:text/html;base64,PHNjcmlwdD4=",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "x\u0000<scr\u0000ipt>",
  // Tags for a browser, but text for CommonMark: there is no space between the attributes.
  '<meta http-equiv="refresh"content="0;url=//evil.example">',
  '<img src="x"onerror=alert(1)>',
  '<plaintext a="1"b="2">',
]

describe("hostile text", () => {
  test.each(payloads)("%s", async (payload) => {
    for (const place of places) await render(place(payload))
  })

  test.skipIf(corpora === undefined)("from the corpora leaves nothing active", { timeout: 300_000 }, async () => {
    const all: string[] = JSON.parse(readFileSync(join(corpora ?? "", "xss/payloads.json"), "utf8"))
    for (const payload of all) for (const place of places) await render(place(payload))
  })
})

describe("raw HTML", () => {
  test("keeps what an article may contain", async () => {
    const html =
      '<aside><p dir="rtl" lang="ar"><kbd>x</kbd> H<sub>2</sub> <mark>m</mark> <abbr title="t">a</abbr></p></aside>'
    expect(await render(`${html}\n`)).toContain(html)
    const more = "<details><summary>s</summary><dl><dt>t</dt><dd>d</dd></dl></details>"
    expect(await render(more)).toBe(`${more}\n`)
  })

  test("has its ids prefixed, in one namespace with headings and links", async () => {
    expect(await render('<div id="water"></div>\n\n[x](#water) <a href="#water">y</a>\n\n# Water\nx')).toMatch(
      /<div><\/div>.*href="#h-water".*href="#h-water".*<h2 id="h-water">/s,
    )
  })

  test("shows only the site's own pictures", async () => {
    expect(await render('<img src="./a.png" alt="x" onerror="y" width="9999">')).toBe(
      `<img src="${src}" alt="x" width="3" height="2" loading="lazy" decoding="async">\n`,
    )
    expect(await render('a <img src="https://t.example/pixel.gif"> <img src="data:x" alt="gone">')).toBe(
      '<p>a <a href="https://t.example/pixel.gif">t.example</a> <span>gone</span></p>\n',
    )
    expect(await render('<img src="/\\t.example/x" title="y" onerror="z">')).toBe(
      '<img src="/%5Ct.example/x" alt="" title="y">\n',
    )
  })

  test("leaves our own markup as it is", async () => {
    const html = await render("a[^1]<br>\n\n|a|\n|-|\n\n```js\nx\n```\n\n[^1]: n")
    for (const part of ['role="doc-noteref"', 'role="region"', 'tabindex="0"', 'class="language-js"', 'scope="col"']) {
      expect(html).toContain(part)
    }
  })
})

describe("nests badly nested raw HTML as browsers do", () => {
  test.each([
    ["<p>a<div>b</p></div>", "<p>a</p><div>b<p></p></div>"],
    ["<div><b><p>a</b>", "<div><b></b><p><b>a</b></p></div>"],
    ["</p></div>a", "<p></p>a"],
    ["<div>a<table><tr><td>b</table>c", "<div>a<table><tbody><tr><td>b</td></tr></tbody></table>c</div>"],
    ["<table>a<tr><td>b</table>c", "a<table><tbody><tr><td>b</td></tr></tbody></table>c"],
    ["<td>a</td><tr>", "a"],
    ["<div><a>b<a>c", "<div><a>b</a><a>c</a></div>"],
    ["<div><a>b<table><a>c", "<div><a>b</a><a>c</a><table></table></div>"],
    ["<h2>a<h3>b", "<h2>a</h2><h3>b</h3>"],
    ["<ul><li>a<li>b<ul><li>c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
    ["<div><ruby>a<rt>b<rt>c", "<div><ruby>a<rt>b</rt><rt>c</rt></ruby></div>"],
    [
      "<table><col><td>a<caption>b",
      "<table><colgroup><col></colgroup><tbody><tr><td>a</td></tr></tbody><caption>b</caption></table>",
    ],
    ["<pre>\n\na</pre>", "<pre>\n\na</pre>"],
  ])("%s", async (html, expected) => {
    expect(await render(html)).toBe(`${expected}\n`)
    expect(serialize(parseFragment(expected)).replace("<pre>", "<pre>\n")).toBe(expected)
  })

  test("refuses HTML whose tags browsers would repeat over and over", async () => {
    const open = Array.from({ length: 90 }, (_, index) => `<b title="${index}">`).join("")
    await expect(render(`<div><p>${open}${"<div>a</div>".repeat(1000)}`)).rejects.toThrow("left open")
    await expect(render(`x ${"<i>".repeat(300)}`)).rejects.toThrow("200 deep")
    await expect(render(`<div title=">"${" a".repeat(300)}>`)).rejects.toThrow("200 attributes")
    await render(`<div><p><b>${"<div>a</div>".repeat(1000)}`)
  })
})

const tags =
  "div p span a b table tr td th thead caption colgroup col li ul dl dt dd h1 h2 details summary ruby rt pre code kbd section figure br hr img form svg math script style template title".split(
    " ",
  )
const pieces = fc.oneof(
  fc.constantFrom(...tags.flatMap((tag) => [`<${tag}>`, `</${tag}>`])),
  fc.constantFrom(
    '<a href="#x" id="x">',
    "<a href=javascript:1>",
    '<img src="./a.png">',
    '<img src="x"onerror=y>',
    "![<kbd>](./a.png)",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?",
  ),
  fc.constantFrom(
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "# ",
    "**",
    "*",
    "_",
    "`",
    "```\n",
    "~~",
    "---\n",
  ),
  fc.constantFrom(
    "[",
    "]",
    "(",
    ")",
    "![",
    "](",
    "[^1]",
    "\n[^1]: ",
    "[x]: /u\n",
    "|",
    "|-|-|\n",
    "\\",
    '"',
    "'",
    "--",
  ),
  fc.constantFrom(
    "\0",
    "\ud800",
    "&#0;",
    "&foo;",
    "&amp;",
    "&colon;",
    "javascript:",
    "./a.png",
    ' "t")',
    '**![a](./a.png "t")**',
    "> **a**\n>\n> b\n\n",
    "word",
    "سلام",
  ),
  fc.string({ maxLength: 5 }),
)

test("no text produces script, an unexpected address, a duplicate id or a page that parses differently", async () => {
  const texts = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(""))
  await fc.assert(
    fc.asyncProperty(texts, async (source) => {
      await render(source)
    }),
    { numRuns: 500 },
  )
})
