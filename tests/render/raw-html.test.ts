import fc from "fast-check"
import { parseFragment, serialize } from "parse5"
import { describe, expect, test } from "vitest"
import config from "../../dateline.config.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { type Part, sanitizeParts } from "../../src/render/raw-html.ts"
import { sanitizeHtml } from "../../src/render/sanitize.ts"

const options = { language: "en", media: {}, site: config }
const sanitize = (html: string, taken: Set<string>) => sanitizeHtml(html, options, taken)

/** What a browser makes of it, white space between blocks aside. */
const treeOf = (html: string) => serialize(parseFragment(html)).replace(/\s+/g, " ").replace(/> | </g, "")

const plain = ["<p>Text.</p>\n", "<h2>A</h2>\n", "<ul>\n<li>One</li>\n</ul>\n", "<hr>\n"]
const raw = [
  "<div>\n",
  "</div>\n",
  "<p>a <b>b</b></p>\n",
  "<p>a <b>b</p>\n",
  '<p>a <i>b</i> <img src="/a.png" alt=">"></p>\n',
  "<p></b></p>\n",
  "<section><p>x</p></section>\n",
  "<script>\n",
  "</script>\n",
  "<!--\n",
  "-->\n",
  "<table><tr><td>\n",
  "</td></tr></table>\n",
  '<p id="one">&rarr;</p>\n',
  "<DIV CLASS='note'>\n",
  "<br/>\n",
  "<font>x</font>\n",
  '<a href="\n',
  "<style>p{}</style>\n",
]
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.constantFrom(...plain).map((html) => ({ html, raw: false })),
  fc.constantFrom(...raw).map((html) => ({ html, raw: true })),
)

describe("a text of which only parts hold HTML of its author's", () => {
  test("is the same page as if all of it went through the sanitizer", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const whole = sanitize(parts.map(({ html }) => html).join(""), new Set())
        expect(treeOf(sanitizeParts(parts, sanitize))).toBe(treeOf(whole))
      }),
      { numRuns: 1000 },
    )
  })

  test("goes through it no further than the author's elements reach", () => {
    const seen: string[] = []
    const parts = ["<p>1</p>", "<div>", "<p>2</p>", "</div>", "<p>3</p>", "<p>a<br>b</p>", "<p>4</p>"]
    const whole = sanitizeParts(
      parts.map((html) => ({ html, raw: /div|br/.test(html) })),
      (html) => {
        seen.push(html)
        return `[${html}]`
      },
    )
    expect(seen).toEqual(["<div><p>2</p></div>", "<p>a<br>b</p>"])
    expect(whole).toBe("<p>1</p>[<div><p>2</p></div>]<p>3</p>[<p>a<br>b</p>]<p>4</p>")
  })

  test("goes through it to the end where an element is never closed", async () => {
    expect(await renderMarkdown("a\n\n<div class=note>\n\nb\n\nc", options)).toBe(
      '<p>a</p>\n<div class="note">\n<p>b</p>\n<p>c</p></div>\n',
    )
  })
})
