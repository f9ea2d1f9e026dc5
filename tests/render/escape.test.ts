import fc from "fast-check"
import { parseFragment } from "parse5"
import { describe, expect, test } from "vitest"
import { escapeHtml, escapeXml } from "../../src/render/html.ts"
import { renderJsonLd } from "../../src/render/json-ld.ts"
import { elementsOf } from "./parsed.ts"

const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom("</script>", "<!--", "]]>", '"', "'", "&", "&amp;", "<", ">", "\u2028", "\u2029", "`"))
    .map((all) => all.join("")),
)

describe("escaping", () => {
  test("attributes and texts parse to what was written", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const plain = text.replaceAll(/[\0\r]/g, "")
        expect(elementsOf(`<i title="${escapeHtml(plain)}">`)[0]?.attributes.title).toBe(plain)
        const [node] = parseFragment(escapeHtml(plain)).childNodes
        expect(node === undefined ? "" : "value" in node ? node.value : null).toBe(plain)
      }),
    )
  })

  test("JSON in a script parses to what was written and never ends the script", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const script = renderJsonLd({ "@context": "https://schema.org", "@type": "WebSite", name: text }).markup
        const json = script.slice(script.indexOf(">") + 1, script.lastIndexOf("<"))
        expect(JSON.parse(json).name).toBe(text)
        expect(json).not.toMatch(/[<>&\u2028\u2029]/)
      }),
    )
  })

  test("XML contains only characters allowed in XML 1.0", () => {
    expect(escapeXml("a\0\u0008\u000b\ufffe\ud800<b>&\"'\t\n😀")).toBe("a&lt;b&gt;&amp;&quot;&#39;\t\n😀")
  })
})
