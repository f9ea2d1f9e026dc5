// Editors' notes for editions of the newsletters, as files: addresses, front matter, division.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { parseContent, webPath } from "../../src/article/kinds.ts"
import { parseArticle } from "../../src/article/parse.ts"
import { formatProblem } from "../../src/site/problem.ts"
import { mistakes, parseAt, site, write } from "./sample.ts"

const digest = "digest/2026-11-23.md"
const headlines = "headlines/2026-11-23.md"

it("reads a note's kind, edition and language from its file's path", () => {
  const of = (path: string) => {
    const { kind, address } = parseContent(path, site)
    return [kind, address?.language, address?.slug]
  }
  expect(of("/digest/2026-11-23")).toEqual(["digest", "en", "2026-11-23"])
  expect(of("/fr/headlines/2026-11-23")).toEqual(["headlines", "fr", "2026-11-23"])
  expect(of("/pt-br/digest/2026-11-23")).toEqual(["digest", "pt-BR", "2026-11-23"])
  for (const path of ["/digest/2026-02-30", "/digest/hello", "/digest/a/2026-11-23", "/Digest/2026-11-23"])
    expect(of(path), path).toEqual(["digest", undefined, undefined])
  expect(of("/asia/tajikistan/summit")).toEqual(["article", "en", "summit"])
  expect(of("/en/digest/2026-11-23")).toEqual(["article", undefined, undefined])
})

it("knows where an edition is on the web", () => {
  expect(webPath("/fr/headlines/2026-11-23", site)).toBe("/fr/newsletter/2026-11-23")
  expect(webPath("/digest/2026-11-23", site)).toBe("/digest/2026-11-23")
  expect(webPath("/asia/headlines/x", site)).toBe("/asia/headlines/x")
})

it("accepts a file of plain Markdown, with or without a byte order mark", () => {
  for (const source of ["Good morning.\n\nToday: water.\n", "\ufeffGood morning.\n\nToday: water.\n"]) {
    const note = parseAt(digest, source)
    expect(note.frontSource + note.body).toBe(source)
    expect(note.front).toMatchObject({ title: "", status: "published" })
    expect(note.open).toBe("Good morning.")
    expect(note.members).toBe(note.body)
  }
})

it("divides a digest's note as an article for members, and leaves a headlines' note to everyone", () => {
  const text = "First.\n\n<!-- members-only -->\nSecond.\n"
  expect(parseAt(digest, text)).toMatchObject({
    division: "line",
    open: "First.\n\n",
    members: expect.stringMatching(/Second/),
  })
  expect(parseAt(headlines, "First.\n\nSecond.\n")).toMatchObject({ division: "none", members: null })
  expect(parseAt(digest, "---\ntitle: Rivers\n---\n")).toMatchObject({ division: "none", members: null, open: "" })
  expect(mistakes(text, headlines)).toEqual([
    "3:1 body: a members-only line is not allowed here — the headlines are for everyone: remove the line, or move the text below it to the digest's note",
  ])
  expect(mistakes("First.\n\n<!-- member only -->\nSecond.\n", headlines)).toEqual([
    expect.stringContaining("looks like the members-only line, but is not"),
  ])
})

describe("a note's mistakes", () => {
  it("are reported at their positions: dates, folders, keys", () => {
    const path = (file: string) => mistakes("Good morning.\n", file)
    const rename = "name it after the date of the edition: digest/2026-11-23.md"
    for (const wrong of ["digest/2026-02-30", "digest/hello", "digest/2026/11-23", "digest/2026-11-23-2"])
      expect(path(`${wrong}.md`)).toEqual([
        `1:1 path: \`/${wrong}\` does not end with the date of an edition — ${rename}`,
      ])
    expect(path("Digest/2026-11-23.md")).toEqual([
      "1:1 path: `/Digest/2026-11-23` is not a canonical address — name it digest/2026-11-23.md",
    ])
    expect(path("de/digest/2026-11-23.md")).toContainEqual(expect.stringContaining("cannot be an article's address"))
    expect(mistakes("---\ntitel: Rivers\ndate: 2026-11-23\nstatus: ready\n---\n", digest)).toEqual([
      "2:1 titel: is an unknown key — did you mean `title`?",
      "3:1 date: is an unknown key — remove it; the keys are title, stories, status",
      "4:9 status: is neither `draft` nor `published` — write `status: draft` or `status: published`",
    ])
    expect(mistakes("", digest)).toEqual([expect.stringMatching(/^1:1 file: is empty — write the note/)])
    expect(mistakes("+++\ntitle = 'x'\n+++\n", digest)).toEqual([expect.stringContaining("front matter must be YAML")])
    expect(mistakes("status: draft\n\nNot yet.\n", digest)).toEqual([
      expect.stringContaining("begins with `status:`, which is not in front matter — begin with a `---` line"),
    ])
    expect(mistakes("---\ntitle: x\n", digest)).toEqual([expect.stringContaining("front matter that is not closed")])
  })

  it("are pictures, which emails do not load", () => {
    const source = "Look:\n\n![A river](./river.jpg)\n\n<img src='/media/x.jpg' alt='x'>\n"
    expect(mistakes(source, digest)).toEqual([
      "3:12 body: the picture `./river.jpg` cannot be in an email — link to it, or to its article",
      "5:11 body: the picture `/media/x.jpg` cannot be in an email — link to it, or to its article",
    ])
  })

  it("are stories that are not addresses of articles in the note's language", () => {
    const named = (...stories: string[]) =>
      mistakes(`---\nstories:\n${stories.map((one) => `  - ${one}\n`).join("")}---\n`, digest)
    expect(named("/asia/tajikistan/summit", "/africa/locusts")).toEqual([])
    expect(named("https://sample.example/asia/tajikistan/summit")[0]).toContain("use /asia/tajikistan/summit")
    expect(named("asia/tajikistan/summit.md")[0]).toMatch(/^3:5 stories: .* — use \/asia\/tajikistan\/summit$/)
    expect(named("/asia/tajikistan")[0]).toContain("is not an article's address — write `stories: [")
    expect(named("/digest/2026-11-20")[0]).toContain("is not an article's address")
    expect(named("/fr/asia/tajikistan/summit")[0]).toContain(
      "is in another language — use its translation, or remove it",
    )
    expect(named("/asia/a", "/asia/a")).toEqual(["4:5 stories: `/asia/a` is listed twice — keep one of the two"])
    expect(named(...Array.from({ length: 51 }, (_, index) => `/asia/a${index}`))[0]).toContain(
      "has more than 50 stories",
    )
    expect(mistakes("---\nstories: /asia/a\n---\n", digest)[0]).toContain("must be a list")
  })

  it("are stories and links that lead nowhere in the folder and on the site", () => {
    const check = (note: string) => {
      const articles = [
        parseAt("asia/tajikistan/summit.md", write("# Water\n\nText.\n")),
        parseAt("asia/tajikistan/later.md", write("Text.", "status: draft")),
        parseAt("headlines/2026-11-20.md", "Good morning.\n"),
        parseAt(digest, note),
      ]
      return checkArticles(articles, new Set(["/asia/live"]), site).map(formatProblem)
    }
    const links = "[a](../asia/tajikistan/summit.md#water), [b](/asia/live), [c](2026-11-20.md), [d](/digest)"
    expect(check(`---\nstories: [ /asia/tajikistan/summit, /asia/live ]\n---\n${links}\n`)).toEqual([])
    expect(check("---\nstories: [ /asia/tajikistan/sumit, /asia/tajikistan/later, /africa/none ]\n---\n")).toEqual([
      "digest/2026-11-23.md:2:12 stories: `/asia/tajikistan/sumit` does not exist — did you mean /asia/tajikistan/summit?",
      "digest/2026-11-23.md:2:36 stories: `/asia/tajikistan/later` is a draft — publish it too",
      "digest/2026-11-23.md:2:60 stories: `/africa/none` does not exist — use a published article's address",
    ])
    expect(check("Press <kbd>a</kbd> <!-- not for readers -->.\n")).toEqual([
      expect.stringContaining("the element `<kbd>`"),
    ])
    expect(
      check("[a](../asia/none.md) and [b](/headlines/2026-11-20) and [c](../asia/tajikistan/summit#wind)\n"),
    ).toEqual([
      expect.stringContaining("the link `../asia/none.md` leads to a page"),
      expect.stringContaining("the link `/headlines/2026-11-20` leads to a page"),
      expect.stringContaining("leads to a heading or id that does not exist"),
    ])
  })
})

it("a digest's note for a weekend is a mistake that `check` reports, as no digest is sent then", () => {
  const check = (file: string) => checkArticles([parseAt(file, "Text.\n")], new Set(), site).map(formatProblem)
  expect(check("digest/2026-11-28.md")).toEqual([
    "digest/2026-11-28.md:1:1 path: is on a weekend, when no digest is sent — choose another date, or send it yourself: `dateline digest send 2026-11-28`",
  ])
  for (const file of ["digest/2026-11-27.md", "headlines/2026-11-28.md"]) expect(check(file)).toEqual([])
})

describe("any file of a note", () => {
  const line = "<!-- members-only -->"
  const pieces =
    "---\n|title: |stories: [|/asia/a|]\n|- /asia/a\n|status: draft\n|<!-- members-only -->\n|<!-- member only -->|```\n|> |- |\r\n|\n\n|SECRET|&a |*a|!!x |'|\"|\ufeff|\u0000|\ud800|__proto__: |constructor: x\n|<<: |...\n|+++\n|![x](a.jpg)|# |{"
  const piece = fc.constantFrom(...pieces.split("|"))
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
  )
  const files = fc.constantFrom(digest, headlines, "fr/digest/2026-11-23.md")

  it("is either a note, byte for byte, or has mistakes at positions inside the file; no key escapes the schema", () => {
    fc.assert(
      fc.property(anything, files, fc.boolean(), (text, file, right) => {
        const source = right ? `---\ntitle: A title\n---\n${text}` : text
        const { article, problems } = parseArticle(file, source, site)
        expect(article === null).toBe(problems.length > 0)
        const lines = source.split("\n")
        for (const { line: row, column, message, fix } of problems) {
          expect(row).toBeLessThanOrEqual(lines.length)
          expect(column).toBeLessThanOrEqual((lines[row - 1]?.length ?? 0) + 1)
          expect(message && fix).toBeTruthy()
        }
        if (article === null) return
        expect(article.frontSource + article.body).toBe(source)
        expect(Object.getPrototypeOf(article.front)).toBe(Object.prototype)
        expect(article.pictures).toEqual([])
        expect([article.region, article.country, article.front.aliases]).toEqual(["", null, []])
        if (article.kind === "headlines") expect([article.open, article.members]).toEqual([article.body, null])
      }),
      { numRuns: 3000 },
    )
  })

  it("a digest reveals at most its first paragraph, or the text before the line", () => {
    fc.assert(
      fc.property(anything, anything, fc.boolean(), (before, after, divided) => {
        fc.pre(!/```|~~~|SECRET|^---|\ufeff/.test(before))
        const source = divided ? `${before}\n\n${line}\n\nSECRET ${after}` : `Open.\n\n${after}\n\nSECRET`
        const { article } = parseArticle(digest, source, site)
        if (article !== null && (article.division === "line") === divided) expect(article.open).not.toContain("SECRET")
      }),
      { numRuns: 3000 },
    )
  })
})
