// Front matter that is read without a parser: never otherwise than the parser reads it.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readOneLineYaml } from "../../src/article/one-line-yaml.ts"
import { parseYaml, readYaml } from "../../src/article/yaml.ts"

const texts = fc.oneof(
  fc.constantFrom(
    ...[
      "a",
      "Word",
      "water",
      "Côte d'Ivoire",
      "2026-11-20",
      "2026-11-20T10:30:00Z",
      "10:30",
      "null",
      "~",
      "true",
      "false",
    ],
    ...[
      "/asia/nepal/x",
      "./a.jpg",
      "../a.jpg",
      "...",
      "---",
      "--- a",
      "-",
      "- a",
      "-5",
      "?",
      "? a",
      ":",
      "a:",
      "a: b",
      ": a",
    ],
    ...[
      "a #b",
      "a#b",
      "#",
      "#a",
      "&a",
      "*a",
      "!t",
      "!!str x",
      "|",
      ">",
      ">-",
      "%a",
      "@a",
      "`a`",
      "a, b",
      "{",
      "}",
      "[",
      "]",
    ],
    ...[
      "“quoted”",
      "l’eau",
      "العربية",
      "水",
      "\u00a0a\u00a0",
      "\u2028",
      "\ufeff",
      "\ud800",
      "😀",
      "a\\n",
      "\\",
      "\t",
      "\r",
    ],
    ...[
      "'",
      "''",
      "'a'",
      "'it''s'",
      '"',
      '""',
      '"a"',
      '"a\\n"',
      '"a" b',
      "'a' b",
      '"a',
      "'a",
      '"a: b # c, [d]"',
      "'a: b # c'",
    ],
    ...[
      "[]",
      "[ ]",
      "[a]",
      "[a, b]",
      "[a,b]",
      "[ a , b ]",
      "[a, ]",
      "[, a]",
      "[a b, 'c', \"d\"]",
      "[a: b]",
      "['a': b]",
      "[[a]]",
    ],
    ...[
      "[a",
      "a]",
      "[a] b",
      "[a] # c",
      "[a #b]",
      "[a#b]",
      "[-a]",
      "[null, ~, true]",
      "{}",
      "{ a: b }",
      "{a: b}",
      "{a:b}",
    ],
    ...[
      "{ src: ./a.jpg, alt: A dam }",
      '{ src: "./a.jpg", alt: "A: b" }',
      "{ a: 'b', a: c }",
      "{ a: b, }",
      "{ a }",
      "{ a: }",
    ],
    ...[
      "{ a: b } c",
      "{ a: [b] }",
      "{ a: null }",
      "{ map: true }",
      "{ date: 10:30 }",
      "{ __proto__: a }",
      "<<",
      "a\n b",
      "a\n\nb",
    ],
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: "binary", maxLength: 5 }),
)
/** Mostly the first. */
const often = (first: string, ...others: string[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const keys = fc.constantFrom(
  "title",
  "map",
  "topics",
  "a",
  "b1",
  "constructor",
  "__proto__",
  "prototype",
  "<<",
  "'q'",
  "k k",
  "",
)
const line = fc.oneof(
  {
    weight: 15,
    arbitrary: fc
      .tuple(keys, often(": ", ":", ":  ", " : ", ":\t", ": \n  "), texts, often("", " ", "  ", " # c"))
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom("", " ", "# comment", "- a", "  - a", "  a: b"), texts) },
)
const whole = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "\n", "\n\n"))
  .map(([lines, end]) => lines.join("\n") + end)
/** With a piece missing somewhere, as while an editor types. */
const torn = fc.tuple(whole, fc.nat(), fc.nat()).map(([source, from, length]) => {
  const at = from % (source.length + 1)
  return source.slice(0, at) + source.slice(at + (length % (source.length - at + 1)))
})
const sources = fc.oneof(whole, torn)

describe("readOneLineYaml", () => {
  it("gives what the YAML parser gives, or nothing", () => {
    let read = 0
    fc.assert(
      fc.property(sources, (source) => {
        const value = readOneLineYaml(source)
        if (value === null) return
        read++
        const parsed = parseYaml(source)
        expect(parsed.mistakes).toEqual([])
        expect(parsed.map?.value).toEqual(value)
      }),
      { numRuns: 30_000 },
    )
    expect(read).toBeGreaterThan(1000)
  })

  it.each([
    "topics: [a,",
    "topics: [a, ",
    "topics: [a,\n",
    "image: { src: a,",
    "topics: [a",
    "image: { src: a",
  ])("leaves a bracket that no one closed to the parser, which says where: %j", (source) => {
    expect(readOneLineYaml(source)).toBeNull()
    expect(readYaml(source).mistakes).toHaveLength(1)
  })

  it("reads an article's usual front matter, so that the parser is not needed", () => {
    const source = `title: "Snow closes the pass: again"
summary: It's the third time – and the “worst” yet (so far), at 10:30#1.
date: 2026-11-20
authors: [Meridian Asia desk, "A, B"]
topics: [ water, Côte d'Ivoire ]
image: { src: ./pass.jpg, alt: "A road: closed", credit: UN }
map: true
translationOf: /asia/nepal/snow
`
    expect(readOneLineYaml(source)).toEqual({
      title: "Snow closes the pass: again",
      summary: "It's the third time – and the “worst” yet (so far), at 10:30#1.",
      date: "2026-11-20",
      authors: ["Meridian Asia desk", "A, B"],
      topics: ["water", "Côte d'Ivoire"],
      image: { src: "./pass.jpg", alt: "A road: closed", credit: "UN" },
      map: true,
      translationOf: "/asia/nepal/snow",
    })
  })
})

describe("readYaml", () => {
  it("finds the places that the parser finds, when they are asked for", () => {
    const source = "title: A\ntopics: [ water, wells ]\nimage: { src: ./a.jpg, alt: A dam }\n"
    const read = readYaml(source).map
    const parsed = parseYaml(source).map
    for (const path of [["title"], ["topics", 1], ["image", "alt"], ["image", "credit"], ["absent"]]) {
      expect(read?.offsetOf(path)).toBe(parsed?.offsetOf(path))
      expect(read?.offsetOfKey(path)).toBe(parsed?.offsetOfKey(path))
    }
    expect(read?.offsetOf(["topics", 1])).toBe(source.indexOf("wells"))
  })
})
