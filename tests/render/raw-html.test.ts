import { expect, test } from "vitest"
import config from "../../dateline.config.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { normaliseHtml } from "./parsed.ts"

const src = `/media/${"c".repeat(64)}.png`
const options = { language: "en", media: { "./a.png": { src, width: 3, height: 2 } }, site: config }
const own = [
  "a[^1] *b* **c** ~~d~~ `e` [f](/g) <https://h.example> &copy; \\* &amp; \"i\" 'j'\n",
  "# K\n\n> l\n\n- m\n  n\n\n3. o\n\n   p\n\n- [x] q\n",
  '![r](./a.png)\n\n![s](./a.png "t")\n\n![u](/v.png "w")\n\n---\n',
  "| x | y |\n|---|--:|\n| z | 1 |\n\n```js\n\n<2>\n```\n\n    3\n",
  "\n[^1]: 4\n",
]

test("raw HTML later in a text does not change the rest", async () => {
  for (const text of [...own, own.join("\n")]) {
    const alone = renderMarkdown(text, options)
    const sanitized = await renderMarkdown(`${text}\n\n<div>raw</div>`, options)
    expect(normaliseHtml(sanitized.replace(/<div>raw<\/div>\n?/, ""))).toBe(normaliseHtml(String(alone)))
  }
})

test("an unclosed element extends to the end", async () => {
  expect(await renderMarkdown("a\n\n<div class=note>\n\nb\n\nc", options)).toBe(
    '<p>a</p>\n<div class="note">\n<p>b</p>\n<p>c</p></div>\n',
  )
})

test("an id may contain spaces, or be a picture's, as links and `check` expect", async () => {
  const text =
    '<a name="Foo Bar">1</a> <b id="fn-1 x">2</b> <img id="A" src="/media/a.jpg" alt="3"> <img id=b src=//c.example>'
  const html = await renderMarkdown(`${text}\n\n[x](#Foo%20Bar)`, options)
  expect(html.match(/<\w+ [^>]*(?:id="[^"]*"|href="#[^"]*")/g)).toEqual([
    '<a id="h-foo-bar"',
    '<b id="h-fn-1-x"',
    '<img src="/media/a.jpg" alt="3" id="h-a"',
    '<a href="//c.example" id="h-b"',
    '<a href="#h-foo-bar"',
  ])
})

test("a heading keeps its id even if an author's element wants the same one", async () => {
  const html = await renderMarkdown(
    '<p id="a">1</p>\n\n# A\n2\n\n<b id=a>3</b> <b id=c>4</b>\n\n<i id=c>5</i>',
    options,
  )
  expect(html.match(/<\w+ id="[^"]*"/g)).toEqual(['<h2 id="h-a"', '<b id="h-c"'])
  const raw = await renderMarkdown('<h3 id="a">raw</h3>\n\n# a\n\nText', options)
  expect(raw).toBe('<h3>raw</h3>\n<h2 id="h-a">a</h2>\n<p>Text</p>\n')
})

test.each([
  [
    '<iframe src="https://v.example/e/1" title="The &quot;hall&quot;"></iframe>',
    '<p><a href="https://v.example/e/1">The "hall"</a></p>\n',
  ],
  [
    "<video controls><source src='//v.example/a.mp4'>none</video>",
    '<p><a href="https://v.example/a.mp4">v.example</a></p>\n',
  ],
  [
    '<audio src="javascript:x"></audio><iframe srcdoc="x"></iframe><object data="https://v.example"></object>',
    "<p></p>\n",
  ],
  ['<a href="/x">y<iframe src="https://v.example/"></iframe></a>', '<p><a href="/x">y</a></p>\n'],
])("an embed from another site becomes a link: %s", async (source, expected) =>
  expect(await renderMarkdown(source, options)).toBe(expected))
