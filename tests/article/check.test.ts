import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { formatProblem } from "../../src/site/problem.ts"
import { parseAt, site, write } from "./sample.ts"

const article = (path: string, body = "Text.", ...keys: string[]) => parseAt(`${path}.md`, write(body, ...keys))
const check = (articles: ReturnType<typeof article>[], ...known: string[]) =>
  checkArticles(articles, new Set(known), site).map(formatProblem)

describe("links", () => {
  it.each([
    "https://example.org/none",
    "mailto:a@example.org",
    "#part",
    "#h-part",
    "#Part",
    "#top",
    "/",
    "/asia",
    "/asia/tajikistan",
    "/fr/asia",
    "/search?q=x",
    "/topics/water",
    "/authors/amina",
    "/join",
    "/account",
    "/feed.xml",
    "/asia/tajikistan/feed.json",
    "/corrections",
    "/asia/tajikistan/b",
    "/asia/tajikistan/b#part",
    "/asia/tajikistan/b.md",
    "b.md#my_id",
    "b#two",
    "./b",
    "b.md",
    "../tajikistan/b",
    "https://sample.example/asia/tajikistan/b",
    "/asia/tajikistan/live",
    "/ASIA/tajikistan/b/",
    "/old/b",
    "?page=2",
  ])("lead to %s", (href) => {
    const b = article("asia/tajikistan/b", "# Part\n\n<p id='My_id'>\n\n<a name='two'></a>", "aliases: [/old/b]")
    expect(check([article("asia/tajikistan/a", `[x](${href})\n\n# Part`), b], "/asia/tajikistan/live")).toEqual([])
  })

  it.each([
    "/asia/tajikistan/none",
    "none",
    "./none.md",
    "/none",
    "/asia/atlantis",
    "/fr/asia/tajikistan/b",
    "/asia/%E2%82%AC",
    "https://sample.example/nowhere",
    "//sample.example/none",
    "/asia/tajikistan/draft",
    "/de/asia",
  ])("lead nowhere: %s", (href) => {
    const articles = [
      article("asia/tajikistan/a", `Text.\n\n> [x](${href}) and [y][r]\n\n[r]: /asia`),
      article("asia/tajikistan/b"),
      article("asia/tajikistan/draft", "Text.", "status: draft"),
    ]
    expect(check(articles)).toEqual([
      `asia/tajikistan/a.md:8:7 body: the link \`${href}\` leads nowhere on this site — fix the address, or publish what it leads to`,
    ])
  })
})

it("bare addresses of the site lead somewhere too", () => {
  expect(check([article("asia/a", "See https://sample.example/nowhere.")])).toEqual([
    "asia/a.md:6:5 body: the link `https://sample.example/nowhere` leads nowhere on this site — fix the address, or publish what it leads to",
  ])
})

it("links to headings and ids name one that is there", () => {
  const articles = [article("asia/a", "[x](#none) [y](b.md#part) [z](b#none)"), article("asia/b", "# Part")]
  expect(check(articles)).toEqual([
    "asia/a.md:6:5 body: the link `#none` names no heading or id of its page — name one that is there",
    "asia/a.md:6:31 body: the link `b#none` names no heading or id of its page — name one that is there",
  ])
})

it("links of raw HTML lead somewhere too", () => {
  const body = `<p><a title="a > b" href="/none">x</a> <a href='/asia'>y</a> <a id=z>z</a> <!-- <a href=/none2> --></p>\n`
  expect(check([article("asia/a", body)])).toEqual([
    "asia/a.md:6:27 body: the link `/none` leads nowhere on this site — fix the address, or publish what it leads to",
  ])
})

describe("footnotes", () => {
  it.each([
    "Peace![^1]\n\n[^1]: Reuters",
    "He said so.[^1]\n\n[^1]: [Reuters](https://reuters.example/x)",
    'He said so.[^1]\n\n[^1]: Reuters "Peace"',
    "Peace![^1]\n\n[^1]: https://example.org/report",
    "An address of another site: https://example.org/nowhere [a]",
  ])("are notes, no references of links or pictures: %j", (body) => {
    expect(check([article("asia/a", body)])).toEqual([])
  })

  it("have links of their own", () => {
    expect(check([article("asia/a", "Text.[^1]\n\n[^1]: See [there](/none).")])).toEqual([
      "asia/a.md:8:19 body: the link `/none` leads nowhere on this site — fix the address, or publish what it leads to",
    ])
  })
})

it("addresses that are written otherwise are looked for in time that grows with the text", () => {
  const body = "![x](/maps/a\\_b.svg)\n\n".repeat(250_000)
  expect(check([{ ...article("asia/a"), body }])).toEqual([])
})

it("pictures need an alt text, and must be the site's own", () => {
  const body = "![](./a.jpg)\n![seen](https://example.org/b.jpg)\n![c](/media/c.png)\n<img src=./d.png>\n"
  expect(check([article("asia/a", body)])).toEqual([
    "asia/a.md:6:5 body: the picture `./a.jpg` has no alt text — describe it between `![` and `]`",
    "asia/a.md:7:9 body: the picture `https://example.org/b.jpg` is on another site and will not be shown — put it beside the file",
    "asia/a.md:9:10 body: the picture `./d.png` has no alt text — describe it between `![` and `]`",
  ])
})

describe("addresses", () => {
  it("belong to one file", () => {
    expect(check([article("asia/a"), article("asia/a")])).toEqual([
      "asia/a.md:1:1 path: is the address of two files — keep one of the two",
    ])
  })

  it("are no alias of another", () => {
    const articles = [
      article("asia/a", "x", "aliases: [/asia/b, /asia/live, /old]"),
      article("asia/b", "x", "aliases: [/old]"),
    ]
    expect(check(articles, "/asia/live")).toEqual([
      "asia/a.md:5:11 aliases: `/asia/b` is the address of an article — remove the alias, or move that article",
      "asia/a.md:5:20 aliases: `/asia/live` is the address of an article — remove the alias, or move that article",
      "asia/b.md:5:11 aliases: `/old` is also an alias of /asia/a — keep it in one of the two",
    ])
  })
})

describe("translations", () => {
  it("name an original that is there", () => {
    const french = article("fr/asia/a", "x", "translationOf: /asia/a")
    expect(check([french, article("asia/a")])).toEqual([])
    expect(check([french], "/asia/a")).toEqual([])
    expect(check([french])).toEqual([
      "fr/asia/a.md:5:16 translationOf: `/asia/a` does not exist — write the original's address, or publish it",
    ])
  })

  it("name the original itself, once in each language", () => {
    const articles = [
      article("asia/a"),
      article("fr/asia/a", "x", "translationOf: /asia/a"),
      article("fr/asia/b", "x", "translationOf: /asia/a"),
      article("pt-br/asia/a", "x", "translationOf: /fr/asia/a"),
    ]
    expect(check(articles)).toEqual([
      "fr/asia/b.md:5:16 translationOf: /fr/asia/a is already the translation into this language — keep one of the two",
      "pt-br/asia/a.md:5:16 translationOf: `/fr/asia/a` is itself a translation — name the original: /asia/a",
    ])
  })
})
