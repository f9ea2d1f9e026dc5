import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { readIntroduction, renderIntroduction, styleIntroduction } from "../../src/mail/edition-introduction.ts"
import { attribute, readPage } from "../render/sample.ts"

const render = (source: string, language = "en") =>
  renderIntroduction(source, { language, site: config, path: "/digest/2026-11-23", isPart: false })
const read = (source: string) => readIntroduction(render(source))
const links = (source: string) =>
  readPage(render(source))
    .named("a")
    .map((link) => attribute(link, "href"))

describe("links of an introduction", () => {
  it.each([
    ["/asia/nepal/x", "https://meridian.example/asia/nepal/x"],
    ["../asia/nepal/x.md#One", "https://meridian.example/asia/nepal/x#h-one"],
    ["2026-11-20", "https://meridian.example/digest/2026-11-20"],
    ["#one", "https://meridian.example/digest/2026-11-23#h-one"],
    ["<>", "https://meridian.example/digest/2026-11-23"],
    ["//other.example/x?a=1&b=2", "https://other.example/x?a=1&b=2"],
    ["\\\\\\\\other.example", "https://meridian.example/digest/%5C%5Cother.example"],
    ["http://other.example", "http://other.example"],
    ["mailto:desk@meridian.example", "mailto:desk@meridian.example"],
  ])("%s is absolute", (address, url) => {
    expect(links(`[words](${address})`)).toEqual([url])
  })

  it("to anything but web and mail addresses are omitted", () => {
    expect(render("[words](javascript:alert(1)) [more](data:text/html,x)")).toBe("<p>words more</p>\n")
  })
})

describe("what mail cannot show", () => {
  it("turns a picture into a link or its alternative text", () => {
    expect(links("![a map](/maps/npl.svg) ![far](https://other.example/x.png)")).toEqual([
      "https://meridian.example/maps/npl.svg",
      "https://other.example/x.png",
    ])
    expect(render('![beside the file](./x.jpg "A caption")')).toBe("<p>beside the file</p>\n")
    expect(render("[![a map](/maps/npl.svg)](/asia)")).toBe(
      '<p><a href="https://meridian.example/asia">a map</a></p>\n',
    )
  })

  it("turns raw HTML into plain text, and drops scripts and comments", () => {
    expect(render('Press <kbd>a</kbd> <img src="https://evil.example/x.png"> now <!-- not -->.')).toBe(
      "<p>Press a  now .</p>\n",
    )
    expect(read("10 Main Street<br>Geneva <BR/>\n\n| a |\n|---|\n| b<br >c |")).toBe(
      "10 Main Street\nGeneva\n\na\nb\nc",
    )
    expect(
      render('<div class="x">\nCaf&eacute; <b>&amp; bar</b>\n</div>\n\n<script>\nalert(1)\n</script>\n\n<!-- a -->'),
    ).toBe("<p>Café &amp; bar</p>\n")
  })

  it.each([
    ["10<sup>6</sup> people on 5 km<SUP class='a'>2</SUP>", "10⁶ people on 5 km²"],
    ["10<sup>&minus;3</sup>, 10<sup>-12</sup>, 2<sup>(0)</sup>", "10^−3, 10⁻¹², 2⁽⁰⁾"],
    ["H<sub>2</sub>O, log<sub>10</sub>100, a<sub>1,2</sub>", "H₂O, log₁₀100, a_1,2"],
    ["10<sup>3.5</sup>, ١٠<sup>٦</sup>", "10^3.5, ١٠^٦"],
    ["10<sup><b>6</b></sup>, 10*<sup>6</sup>*", "10⁶, 10⁶"],
    ["<p>\n10<sup>6</sup> people\n</p>", "10⁶ people"],
    ["10<sup>6 people, 10<SUP>-3, ١٠<sup>٦, H<sub>2O", "10^6 people, 10^-3, ١٠^٦, H_2O"],
    ["1<sup>er mai", "1er mai"],
    ["1<sup>er</sup> mai, the 2<sup>nd</sup>", "1er mai, the 2nd"],
    ["`10<sup>6</sup>` is 10<sup>6</sup>", "10<sup>6</sup> is 10⁶"],
    ["```\n10<sup>6</sup>\n```", "10<sup>6</sup>"],
  ])("keeps powers and indices apart from the number before them: %j", (source, text) => {
    expect(read(source)).toBe(text)
  })

  it("turns footnote marks into numbers, with the notes below", () => {
    const html = render("Snow.[^1] Again.[^1]\n\n[^1]: It fell.")
    expect(html).not.toMatch(/href|id=/)
    expect(readIntroduction(html)).toBe("Snow.[1] Again.[1]\n\n1. It fell.")
    const two = render("Snow.[^1][^2]\n\n[^1]: It fell.\n[^2]: It stayed.")
    expect(two).toContain("Snow.<sup>1</sup><sup>, 2</sup>")
    expect(readIntroduction(two)).toContain("Snow.[1][2]\n")
  })
})

describe("an introduction in plain text", () => {
  it("has paragraphs, headings, lists, quotations, code, tables and rulers", () => {
    const source = `First *and* **second**\\
with \`code\` & "quotes".

## What to watch

- One, which is long enough to need a second line of text, as this one does
- Two
  1. inner
  2. inner

     more

> A quotation
>
> - of a list

***

3. three
4. four

~~~
  let a = 1

  b < 2
~~~

| a | b |
|---|--:|
| 1 | 2 |`
    expect(read(source)).toBe(`First and second
with code & “quotes”.

What to watch
-------------

- One, which is long enough to need a second line of text, as this one
  does
- Two
  1. inner
  2. inner

     more

> A quotation

> - of a list

* * *

3. three
4. four

  let a = 1

  b < 2

a | b
1 | 2`)
  })

  it("puts links after their paragraph, unless their words are the address", () => {
    expect(read("See [the summit](/asia/x) and [the UN](https://un.org).\n\n- https://un.org/a\n- [b](/b)")).toBe(
      `See the summit and the UN.
the summit <https://meridian.example/asia/x>
the UN <https://un.org>

- https://un.org/a
- b
  b <https://meridian.example/b>`,
    )
  })
})

describe("styles", () => {
  it("are inline, follow the direction, and leave Arabic upright", () => {
    const source = "> *a*\n\n- b\n\n`<p>`"
    const left = styleIntroduction(render(source), "en").markup
    expect(left).toMatch(/<blockquote class="mark" style="[^"]*border-left:2px solid;font-style:italic/)
    expect(left).toMatch(/<ul style="[^"]*padding-left:24px">/)
    expect(left).toContain("&lt;p&gt;</code>")
    const right = styleIntroduction(render(source, "ar"), "ar").markup
    expect(right).toMatch(/<blockquote class="mark" style="[^"]*border-right:2px solid;font-style:normal/)
    expect(right).not.toMatch(/left|italic/)
  })
})
