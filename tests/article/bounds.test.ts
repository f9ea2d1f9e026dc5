import { describe, expect, it } from "vitest"
import { checkBounds } from "../../src/article/bounds.ts"
import { lexMarkdown } from "../../src/article/lex-markdown.ts"
import { mistakes, parse, write } from "./sample.ts"

const paragraph = 'Text with *emphasis*, **more** of it, a [link](https://example.org/a_b_c "title") and `code`.\n'

describe("accepts realistic texts of any length", () => {
  it.each([
    ["paragraphs", `${paragraph.repeat(6)}\n`.repeat(1000)],
    ["a tight list", `- ${paragraph}`.repeat(1500)],
    ["a numbered list", Array.from({ length: 500 }, (_, index) => `${index}. ${paragraph}`).join("")],
    ["nested lists", `- a\n  - b\n    - c\n      1. d\n         > e\n`.repeat(300)],
    ["a table", `| a | b | c | d |\n|---|:-:|--:|---|\n${"| 1 | *2* | 3 | 4 |\n".repeat(400)}`],
    ["a long quote", `> ${paragraph}`.repeat(150)],
    ["code", `\`\`\`js\n${"const a = [b(c[d]), !e] // ***\n".repeat(1000)}\`\`\`\n`],
    [
      "references",
      `[a][1] and [b][2]\n\n${Array.from({ length: 300 }, (_, at) => `[${at}]: https://example.org/${at}\n`).join("")}`,
    ],
    ["rulers and blanks to fill in", `${"*".repeat(120)}\n\n${"- ".repeat(60)}\n\n${"_".repeat(200)}\n`],
    ["a table in HTML", `<table>\n\n${"<tr><td>a<br></td><TD>b</td></tr>\n\n".repeat(4000)}</table>\n`],
    ["items in HTML that nobody closed", `<ul>\n\n${"<li>a\n\n".repeat(2000)}</ul>\n`],
    ["one long line", "word ".repeat(30_000)],
  ])("%s", (_, body) => {
    expect(checkBounds(body)).toBeNull()
  })
})

describe("refuses texts that would keep a parser busy", () => {
  it.each([
    ["quotes in quotes", ">".repeat(60), "nested too deeply"],
    ["quotes in quotes with spaces", "> ".repeat(60), "nested too deeply"],
    ["bullets in bullets", `${"- ".repeat(60)}a`, "nested too deeply"],
    ["numbers in numbers", `${"1. ".repeat(60)}a`, "nested too deeply"],
    ["quotes in bullets", `${"> - 1) ".repeat(20)}a`, "nested too deeply"],
    [
      "lists by indent",
      Array.from({ length: 1000 }, (_, depth) => `${"  ".repeat(depth)}- a\n`).join(""),
      "deeply nested lists",
    ],
    ["openers of emphasis", "*a ".repeat(5000), "too many `*`"],
    ["emphasis in emphasis", "*a **a ".repeat(5000), "too many `*`"],
    ["emphasis by underscores", "_a]".repeat(5000), "too many `*`"],
    ["openers over many paragraphs", `${"*1.".repeat(400)}\n\n`.repeat(20), "too many `*`"],
    ["brackets", "[a](".repeat(20_000), "too many brackets"],
    ["exclamation marks", "!a".repeat(20_000), "too many brackets"],
    [
      "backticks",
      Array.from({ length: 300 }, (_, run) => `e${"`".repeat(run)}`)
        .join("")
        .repeat(5),
      "too many brackets",
    ],
    ["a run", "`".repeat(500), "very long run"],
    ["a table of many columns", `${"|a".repeat(1000)}\n${"|-".repeat(1000)}\n${"a\n".repeat(1000)}`, "too large"],
    ["a long list item", `- a\n${"  a\n".repeat(20_000)}`, "too many lines without a blank line"],
    ["lines", "- a\n\n".repeat(30_000), "more than 50,000 lines"],
    ["a reference of a long address", `[a]: x${"y".repeat(100_000)}\n\n${"[a]\n\n".repeat(1000)}`, "long references"],
    ["elements that are left open", "a <ul><li>\n\n".repeat(24_000), "unclosed HTML elements"],
    ["elements that another's end leaves open", "<ul></b>\n\n".repeat(24_000), "unclosed HTML elements"],
    [
      "a reference of a long title",
      `[a]: x "\n${"y\n".repeat(1500)}"\n\n${"[a]\n\n".repeat(10_000)}`,
      "long references",
    ],
  ])("%s", (_, body, expected) => {
    expect(checkBounds(body)?.message).toContain(expected)
    expect(mistakes(write(body))).toHaveLength(1)
  })

  it("reports the position of the paragraph", () => {
    expect(mistakes(write(`a\n\nb\n\n${"*a ".repeat(5000)}\n`))[0]).toMatch(/^9:1 body: /)
  })
})

it.each(["> - ", "- ", "1. ", "> ", "+ > "])("the deepest allowed nesting of %j can be parsed", (mark) => {
  const body = `${mark.repeat(Math.floor(50 / mark.trim().split(" ").length))}a\n`
  expect(checkBounds(body)).toBeNull()
  expect(lexMarkdown(body)).toHaveLength(1)
  expect(parse(body).body).toBe(body)
})

it("a heading of white space is read, which would take minutes if each space were tried as the start of its id", () => {
  expect(lexMarkdown(`# #${" ".repeat(300_000)}x`)).toHaveLength(1)
  expect(lexMarkdown(`# a${" ".repeat(300_000)}{#id}`)[0]).toMatchObject({ id: "id", text: "a" })
})
