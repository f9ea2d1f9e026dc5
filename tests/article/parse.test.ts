import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseArticle } from "../../src/article/parse.ts"
import { tryArticle } from "../../src/render/try-article.ts"
import { formatProblem } from "../../src/site/problem.ts"
import { file, mistakes, parse, parseAt, site, write } from "./sample.ts"

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)))

describe("the file", () => {
  it("is split into front matter and body, byte for byte", () => {
    for (const source of [
      write("Text.\n"),
      write("Text.").replaceAll("\n", "\r\n"),
      `\ufeff${write("A\n\n---\nB: c\n---\n")}`,
    ]) {
      const article = parseAt(file, source)
      expect(article.frontSource + article.body).toBe(source)
      expect(parseAt(file, new TextEncoder().encode(source))).toEqual(article)
    }
  })

  it("may have no text, or further `---` rulers", () => {
    expect(parseAt(file, "---\ntitle: x\nsummary: y\ndate: unknown\n---").body).toBe("")
    expect(parse("A\n\n---\n\nB: c\n---\nC").body).toBe("A\n\n---\n\nB: c\n---\nC")
  })

  it.each([
    ["nothing", "", "is empty"],
    ["a byte order mark alone", "\ufeff", "is empty"],
    ["no front matter", "# Text\n", "has no front matter"],
    ["TOML", '+++\ntitle = "x"\n+++\n', "begins with `+++`: front matter must be YAML"],
    ["JSON", '---json\n{"title":"x"}\n---\n', "begins with `---json`: front matter must be YAML"],
    [
      "JavaScript",
      "---js\n{ title: (globalThis.ran = true) }\n---\n",
      "begins with `---js`: front matter must be YAML",
    ],
    ["four dashes", "----\ntitle: x\n----\n", "begins with `----`"],
    ["an empty first line", `\n${write("x")}`, "begins with an empty line"],
    ["an open end", "---\ntitle: x\nText", "is not closed"],
    ["nothing between the fences", "---\n---\nText", "front matter is empty"],
    ["a list between the fences", "---\n- a\n---\nText", "front matter is not a list of keys"],
    ["a second front matter", `${write("")}---\ntitle: y\naccess: open\n---\nText`, "has a second front matter block"],
    ["more than 64 KiB of front matter", write("x", `# ${"x".repeat(65_536)}`), "more than 64 KiB"],
    ["more than 1 MiB", write("x\n".repeat(600_000)), "larger than 1 MiB"],
    ["more than 1 MiB of UTF-8", write("غ".repeat(530_000)), "larger than 1 MiB"],
    ["UTF-16", bytes([0xff, 0xfe], "-\0-\0-\0"), "is saved as UTF-16"],
    ["an overlong form", bytes("---\ntitle: ", [0xc0, 0xaf], "\n---\n"), "is not UTF-8 text"],
    ["half a character", write("\ud800"), "contains an invalid character"],
  ])("is refused when it is %s", (_, source, expected) => {
    const [first] = mistakes(source)
    expect(first).toContain(expected)
    expect(first).toMatch(/^\d+:1 file: /)
    expect(globalThis).not.toHaveProperty("ran")
  })

  it("reports mistakes in path, front matter and text together", () => {
    const found = mistakes("---\ntitle: x\ndate: never\n---\n<!-- member-only -->\n", "asia/TJ/x.md")
    expect(found.map((line) => line.split(" ")[1])).toEqual(["path:", "summary:", "date:", "body:"])
  })
})

describe("the path", () => {
  it.each([
    ["asia/tajikistan/summit.md", { path: "/asia/tajikistan/summit", language: "en", country: "tajikistan" }],
    ["asia/central-asia-water.md", { path: "/asia/central-asia-water", region: "asia", country: null }],
    ["fr/africa/cote-divoire/x.md", { path: "/fr/africa/cote-divoire/x", language: "fr", slug: "x" }],
    ["pt-br/asia/x.md", { path: "/pt-br/asia/x", language: "pt-BR" }],
    ["asia\\tajikistan\\summit.md", { path: "/asia/tajikistan/summit" }],
  ])("%s gives the address", (path, expected) => {
    expect(parseAt(path, write("x"))).toMatchObject(expected)
  })

  it.each([
    ["x.md", "cannot be an article's address"],
    ["asia/tajikistan.md", "is the address of another page (country)"],
    ["africa/tajikistan.md", "cannot be an article's address"],
    ["africa/tajikistan/x.md", "cannot be an article's address"],
    ["search.md", "is the address of another page (search)"],
    ["topics/water.md", "is the address of another page (topic)"],
    ["asia/tajikistan/a/b.md", "cannot be an article's address"],
    ["asia/tajikistan/Summit.md", "name it asia/tajikistan/summit.md"],
    ["asia/tajikistan/é.md", "cannot be an article's address — name it asia/tajikistan/e.md"],
    ["asia/tajikistan/My story_2.md", "name it asia/tajikistan/my-story-2.md"],
    ["fr/Asie/tajikistan/x.md", "name it fr/asia/tajikistan/x.md"],
    ["africa/tajikistan/é.md", "name it asia/tajikistan/e.md"],
    ["asia/tajikstan/x.md", "name it asia/tajikistan/x.md"],
    ["asai/x.md", "name it asia/x.md"],
    ["en/asia/tajikistan/x.md", "name it asia/tajikistan/x.md"],
    ["posts/x.md", "name it region/country/slug.md"],
    ["asia/tajikistan/../x.md", "name it asia/x.md"],
    ["asia/tajikistan/x.txt", "is not a Markdown file"],
    ["asia/tajikistan/x.md.md", "is the address of another page (markdown)"],
    ["de/asia/x.md", "cannot be an article's address"],
    ["en/asia/x.md", "cannot be an article's address"],
    ["__proto__/constructor.md", "cannot be an article's address"],
    [`asia/${"x".repeat(101)}.md`, "cannot be an article's address"],
    ["", "is not a Markdown file"],
  ])("%s is refused", (path, expected) => {
    const [first] = mistakes(write("x"), path)
    expect(first).toMatch(/^1:1 path: /)
    expect(first).toContain(expected)
  })

  it("is reported without what it could do to a terminal", () => {
    const { problems } = parseArticle("asia/a\u001b[31mb\nc\u202ed.md", write("x"), site)
    expect(problems.map(formatProblem)).toEqual([
      "asia/a [31mb c d.md:1:1 path: `/asia/a [31mb c d` cannot be an article's address — name it asia/a-31mb-cd.md",
    ])
  })
})

describe("the text", () => {
  it("lists the recordings to upload, whether shown or linked to, and refuses other files", () => {
    const body =
      "![a](./a.mp3)\n\n[b](b.webm) [c](/c.mp3) [d](https://example.org/d.mp4) [e](./e.md) <a href='f.ogg'>f</a>"
    expect(parse(body).pictures).toEqual(["./a.mp3", "b.webm", "f.ogg"])
    expect(mistakes(write("![a](./a.wav)"))).toEqual([
      expect.stringMatching(/"?`?\.\/a\.wav.* is not a supported type of picture or recording.*mp3/),
    ])
    expect(mistakes(write("x", "image: { src: ./a.mp3, alt: x }"))[0]).toContain("is not a supported type of picture")
  })

  it("does not look beside the file for a picture with another site's address", () => {
    const source = write("x").replace("title:", "image: { src: https://a.example/x.jpg, alt: A pass }\ntitle:")
    expect(parseArticle("asia/a.md", source, site).readable?.pictures).toEqual([])
  })

  it("lists the pictures to upload, once each, as written", () => {
    const body = [
      "![a](./a.jpg) ![a](./a.jpg 'again') ![b][ref] ![c](https://example.org/c.jpg) ![d](/media/d.png)",
      "<img src=\"./e.webp\" alt=''> <!-- <img src=./no.gif> --> `![f](./no.png)`",
      "",
      "> - ![g](<pictures/g h.avif>)",
      "",
      "| a |\n|---|\n| ![t](t.gif) |",
      "",
      "a <!--><img src=./h.png alt=''>--> b",
      "",
      '<img alt="from a > b" src="./i.png"> <img alt="<img" src = \'./j.png\'>',
      "",
      "<div><img alt=it's src=./k.png></div>",
      "",
      "a[^1]",
      "",
      "[^1]: ![l](./l.png)",
      "",
      "[ref]: ../b.jpeg",
    ].join("\n")
    const article = parse(body, "image: { src: ./lead.jpg, alt: x }")
    const found = [
      "./lead.jpg",
      "./a.jpg",
      "../b.jpeg",
      "./e.webp",
      "pictures/g h.avif",
      "t.gif",
      "./h.png",
      "./i.png",
      "./j.png",
      "./k.png",
      "./l.png",
    ]
    expect(article.pictures).toEqual(found)
  })

  it("is searched in linear time", () => {
    for (const unit of ["a", "a ", "=", "=  ", '="', "<img a", "<img =' "])
      expect(mistakes(write(`<div>\n<img ${unit.repeat(900_000 / unit.length)}\n</div>`)).length).toBeLessThan(2)
  })

  it.each([
    ["![x](./a.tiff)", /^6:6 body: `\.\/a\.tiff` is not a supported type of picture/],
    ["![x](../../../../etc/a.png)", /body: .* is outside the content folder/],
    ["![x](./a.jpg?w=1)", /body: .* some systems do not allow in file names/],
  ])("refuses %s", (body, expected) => {
    expect(mistakes(write(body))[0]).toMatch(expected)
  })

  it("counts words in every script", async () => {
    const words = async (text: string) => (await tryArticle(parse(text), site)).words
    expect(await words("")).toBe(0)
    expect(await words("Three l'été words. 2003 https://example.org/a/b/c **too**!")).toBe(5)
    expect(await words("اجتماع أمني في دوشنبه")).toBe(4)
    expect(await words("東京都の天気予報")).toBeGreaterThanOrEqual(4)
  })
})

describe("any file", () => {
  const piece = fc.constantFrom(
    ..."---\n|title: |summary: x\n|date: 2024-01-01\n|access: members\n|<!-- members-only -->\n|```\n|> |- |\r\n|[a]: b\n|![x](./a.jpg)|\t|{|[|*|&a |!!x |'|\"|\ufeff|\u0000|\ud800|é|__proto__: |...\n|# |  |: ".split(
      "|",
    ),
  )
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
  )

  it("never throws, and gives each mistake a position inside the file", () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (text, right) => {
        const source = right ? write(text) : text
        const { article, problems } = parseArticle(file, source, site)
        expect(article === null).toBe(problems.length > 0)
        if (article) expect(article.frontSource + article.body).toBe(source)
        const lines = source.split("\n")
        for (const { line, column, message, fix } of problems) {
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThan(0)
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
          expect(message && fix).toBeTruthy()
        }
      }),
      { numRuns: 2000 },
    )
  })

  it("never throws, whatever the bytes and path", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary" }), (source, path) => {
        expect(parseArticle(path, source, site).article).toBeNull()
      }),
    )
  })
})
