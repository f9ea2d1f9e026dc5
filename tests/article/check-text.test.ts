// What readers do not get as written: each is reported once, where it stands, with advice that fits.
import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { isKept } from "../../src/render/sanitize.ts"
import { formatProblem } from "../../src/site/problem.ts"
import { parseAt, site, write } from "./sample.ts"

function check(body: string, ...keys: string[]): string[] {
  const article = parseAt("asia/a.md", write(body, ...keys))
  return checkArticles([article], new Set(), site, isKept).map((problem) =>
    formatProblem(problem).slice("asia/a.md:".length),
  )
}
/** `line:column quoted text` of each mistake. */
const places = (...args: Parameters<typeof check>) =>
  check(...args).map((line) => line.replace(/^(\d+:\d+) body: (?:the \w+ )?`(.*?)`.*$/, "$1 $2"))

describe("elements that pages leave out", () => {
  it.each([
    ["a <svg><g><text>**x** {{y}}</text></g></svg> <text>", "6:3 <svg>", "6:46 <text>"],
    ['<svg viewBox="0 0 1 1">\n<path d="M0"/>\n\n<path/>\n</svg>\n\n<path>', "6:1 <svg>", "12:1 <path>"],
    ["<textarea>a</textarea>\n<text>\n", "6:1 <textarea>", "7:1 <text>"],
    ["<select><option>a<option>b</select>", "6:1 <select>"],
    ['<object data="/asia"><embed src="/none"><a href="/none">x</a></object>', "6:1 <object>"],
    ['<img src="/media/x.jpg" alt="a <b c> d"> <form>', "6:42 <form>"],
  ])("are reported without what is inside them: %s", (body, ...found) => {
    expect(places(body)).toEqual(found)
  })

  it("are not known players, whatever their address begins with", () => {
    expect(check('<iframe src="//www.youtube.com/embed/dQw4w9WgXcQ"></iframe>')).toEqual([])
  })

  it("do not count as words", () => {
    const words = (body: string) => parseAt("asia/a.md", write(body)).words
    const dropped = ["template", "noscript", "textarea", "object", "canvas", "video", "iframe", "svg", "script"]
    for (const name of dropped) {
      expect([name, words(`One <${name} a="b">x y *z*</${name}> two`)]).toEqual([name, 2])
      expect([name, words(`<${name}>\nx y\n</${name}>\n\none two`)]).toEqual([name, 2])
    }
    expect(words("<svg>\n\nx\n\n</svg>\n\none two")).toBe(2)
  })
})

describe("Markdown that is not read", () => {
  it.each([
    ["<div>**b** [l](/asia) ![p](x.jpg)</div>", "6:6 **b**", "6:12 [l](/asia)", "6:23 ![p](x.jpg)"],
    ["<p>a[^1]</p>\n\n[^1]\n\n[^1]: Note.", "6:5 [^1]"],
    ["| a | b |\n|---|---|---|\n| c | d |", "7:1 |---|---|---|"],
    ["Text:\n\na | b\n-|\nc | d", "9:1 -|"],
    ["Words ^[a note] and {.wide}", "6:7 ^[a note]", "6:21 {.wide}"],
    ["## Words{#id}", "6:9 {#id}"],
    ["Words<o:p></o:p>", "6:6 <o:p>", "6:11 </o:p>"],
    ["[x][^1]", "6:4 [^1]"],
  ])("is reported in %j", (body, ...found) => {
    expect(places(body)).toEqual(found)
  })

  it.each([
    "<pre>**b** [l](/none)</pre>\n\n<div><code>**b**</code></div>",
    "<div>\n\n**b** [l](/asia)\n\n</div>",
    "<!-- **b** {{ c }} -->\n\n<span>**b**</span>",
    "| a \\| b | `c \\| d` |\n|:--|:-:|\n| 1 | 2 |",
    "## Words {#id}\n\n{x} {1.5} x^2^ [a] M*A*S*H",
  ])("is not found in %j", (body) => expect(check(body)).toEqual([]))
})

describe("what the public part refers to in the members' part", () => {
  it("is reported: the page leaves it out", () => {
    const body =
      "Open [words][r], [r], ![p][p], [x][^1] `[r]` [other].\n\n<!-- members-only -->\n\nMore.\n\n[^1]: Note.\n\n[r]: /asia\n[p]: /media/a.jpg"
    expect(check(body).map((line) => line.replace(/ —.*/, ""))).toEqual([
      "6:6 body: the link `[words][r]` is public, but its address is in the members' part",
      "6:13 body: the link `[r]` is public, but its address is in the members' part",
      "6:23 body: the picture `![p][p]` is public, but its address is in the members' part",
      "6:35 body: the footnote `[^1]` is public, but its note is in the members' part",
    ])
  })
})
