import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cleanSvg, explainSvg, SvgError } from "../../src/article/svg.ts"

const wrap = (inside: string, root = 'viewBox="0 0 10 20"') =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${root}>${inside}</svg>`
const clean = (inside: string) => cleanSvg(wrap(inside)).svg
const bytes = (text: string) => new TextEncoder().encode(text)

describe("an SVG picture", () => {
  it("keeps shapes, text, style and dark mode", () => {
    const inside =
      "<title>A &amp; B</title><style>.a { fill: #a1361a } @media (prefers-color-scheme: dark) { .a { fill: rgb(1 2 3) } }</style>" +
      '<defs><linearGradient id="g"><stop offset="0" stop-color="red"></stop></linearGradient></defs>' +
      '<g class="a" transform="translate(1 2)"><path d="M0 0h1" fill="url(#g)"></path><text x="1" y="2">37 %<tspan> of “all”</tspan></text></g>' +
      '<g id="t"><rect width="1" height="1"></rect></g><use href="#t" x="3"></use>'
    const { svg, width, height } = cleanSvg(wrap(inside, 'viewBox="0 0 10 20" width="10" height="20"'))
    expect(svg).toBe(`${wrap(inside, 'viewBox="0 0 10 20" width="10" height="20"')}\n`)
    expect([width, height]).toEqual([10, 20])
    expect(explainSvg(bytes(svg))).toBeNull()
  })

  it("loses what programs add for themselves", () => {
    const source = `\ufeff<?xml version="1.0"?>\r\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- Made by Ann --><svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://x" width="30pt" height="15pt" inkscape:version="1">
<metadata><rdf:RDF><dc:creator>Ann</dc:creator></rdf:RDF></metadata><sodipodi:namedview><g/></sodipodi:namedview>
<style type="text/css"><![CDATA[.a { fill: red } /* Ann */]]></style><g inkscape:label="Ann" data-name="Ann">stray<path d='M0 0'/></g></svg>`
    const { svg, width, height } = cleanSvg(source)
    expect(svg).not.toMatch(/Ann|rdf|inkscape|DOCTYPE|stray/)
    expect(svg).toContain("<style>.a { fill: red } </style>")
    expect(svg).toContain('viewBox="0 0 40 20"')
    expect([width, height]).toEqual([40, 20])
    expect(explainSvg(bytes(source))).toMatch(/has not been sanitized/)
  })

  it.each([
    ["<script>alert(1)</script>", "`<script>`"],
    ["<SCRIPT/>", "`<SCRIPT>`"],
    ["<foreignObject><p>x</p></foreignObject>", "`<foreignObject>`"],
    ['<image href="https://evil.example/x.png"/>', "`<image>`"],
    ['<a href="https://evil.example"><path d=""/></a>', "`<a>`"],
    ['<animate attributeName="href" to="javascript:alert(1)"/>', "`<animate>`"],
    ['<set attributeName="onclick"/>', "`<set>`"],
    ["<iframe/>", "`<iframe>`"],
    ['<path onload="alert(1)"/>', "`onload`"],
    ['<path ONCLICK="alert(1)"/>', "`ONCLICK`"],
    ['<use href="https://evil.example/a.svg#x"/>', "cannot load or link to anything"],
    ['<use xlink:href="data:image/svg+xml,x"/>', "cannot load or link to anything"],
    ['<path src="x"/>', "cannot load or link to anything"],
    ["<style>@import 'https://evil.example';</style>", "`@import`"],
    ["<style>@\\69mport 'x';</style>", "in its style"],
    ["<style>.a { fill: url(https://evil.example) }</style>", "`url`"],
    ["<style>.a { fill: u\\72l(x) }</style>", "`\\`"],
    ["<style><![CDATA[.a { background: image-set('x' 1x) }]]></style>", "`image-set`"],
    ["<style>.a { fill: u/**/rl(x) }</style><style>@font-face { src: url(x) }</style>", "in its style"],
    ['<path style="fill: URL(//evil.example)"/>', "`url`"],
    ['<path fill="url(&#104;ttps://evil.example)"/>', "`url`"],
    ['<path fill="url(#a) url(x)"/>', "`url`"],
    ["<text>&evil;</text>", "`&evil;`"],
    ["<text>a & b</text>", "`&`"],
    ["<g>", "without its start"],
    ["</g>", "without its start"],
    ["<path d=x/>", "not well-formed"],
    ['<path d="1" d="2"/>', "twice"],
    ['<g id="a"><use href="#a"/></g>', "copies itself"],
    ['<use href="#gone"/>', "missing"],
    ["<g>".repeat(200) + "</g>".repeat(200), "too deeply"],
    [`<g id="a"><path/></g>${'<use href="#a"/>'.repeat(30_000)}`, "too many elements"],
  ])("is refused with %s", (inside, why) => {
    expect(() => clean(inside)).toThrow(SvgError)
    expect(() => clean(inside)).toThrow(why)
    expect(explainSvg(bytes(wrap(inside)))).toContain(why)
  })

  it.each([
    ["", "incomplete"],
    ["<html></html>", "not a single"],
    ["<svg></svg>", "no usable size"],
    ['<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1"/>', "not well-formed"],
    ['<svg viewBox="0 0 1 1"/><svg viewBox="0 0 1 1"/>', "not a single"],
    ['<svg viewBox="0 0 1 1"/>text', "outside"],
    ['<svg viewBox="0 0 1 1"/>\u0000', "control"],
    [`<svg viewBox="0 0 1 1">${" ".repeat(1024 * 1024)}</svg>`, "1 MiB"],
    ['<svg viewBox="0 0 1e9 1e9"/>', "no usable size"],
  ])("is refused as a whole: %j", (source, why) => {
    expect(() => cleanSvg(source)).toThrow(why)
  })

  it("is not UTF-8", () => {
    expect(explainSvg(new Uint8Array([0xff, 0xfe, 0x3c]))).toBe("the SVG is not UTF-8 text")
  })

  const names = ["svg", "g", "path", "text", "style", "use", "script", "metadata", "x:y", "a", "foreignObject", "title"]
  const pieces = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...names.flatMap((name) => [`<${name}>`, `</${name}>`, `<${name}/>`])) },
    fc.constantFrom(
      ...[
        '<g id="a">',
        '<use href="#a"/>',
        '<use xlink:href="#a"/>',
        "<path onload='x'/>",
        '<path fill="url(#a)" d="M0 0"/>',
      ],
      ...[
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "&lt;",
        "&#60;",
        "&#x3c;script&#62;",
        "&amp;",
        "&#10;",
        "&#13;",
        "&",
        '"',
        "'",
      ],
      ...["\n", " ", "\r\n", "/*", "*/", "url(", "@import", "javascript:", "]]&gt;", '<path d="&#9;&quot;\n"/>'],
    ),
    fc.string({ maxLength: 4 }),
  )

  it("is refused, or contains only what a picture may, and cleaning it again changes nothing", () => {
    let accepted = 0
    const balanced = fc.array(pieces, { maxLength: 12 }).map((all) => all.join(""))
    fc.assert(
      fc.property(fc.array(balanced, { maxLength: 4 }), (parts) => {
        let svg: string
        try {
          svg = clean(parts.map((part) => `<g>${part}</g>`).join("\n"))
        } catch (error) {
          expect(error).toBeInstanceOf(SvgError)
          return
        }
        accepted++
        expect(cleanSvg(svg).svg).toBe(svg)
        expect(explainSvg(bytes(svg))).toBeNull()
        // Everything in angle brackets is an element that a picture may contain, with quoted attributes.
        const rest = svg.replace(/<\/?(?:svg|g|path|text|style|use|title)(?: [a-z:A-Z-]+="[^"<>]*")*>/g, "")
        expect(rest).not.toMatch(/[<>]/)
        expect(svg).not.toMatch(/\son\w+=|href="[^#]|<!|<\?/)
      }),
      { numRuns: 4000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })
})
