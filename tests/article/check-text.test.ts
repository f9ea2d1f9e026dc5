// What readers do not get as written: each is reported once, where it stands, with advice that fits.
import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { parseArticle } from "../../src/article/parse.ts"
import { isKept } from "../../src/render/sanitize.ts"
import { tryArticle } from "../../src/render/try-article.ts"
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
    [
      "<!DOCTYPE html>\n\nA <?php b ?> <!-- <?c ?> --> <![CDATA[d]]>",
      "6:1 <!DOCTYPE",
      "8:3 <?php",
      "8:30 <![CDATA[d]]",
    ],
  ])("are reported without what is inside them: %s", (body, ...found) => {
    expect(places(body)).toEqual(found)
  })

  it("are not known players, whatever their address begins with", () => {
    expect(check('<iframe src="//www.youtube.com/embed/dQw4w9WgXcQ"></iframe>')).toEqual([])
  })

  it("do not count as words", async () => {
    const words = async (body: string) => (await tryArticle(parseAt("asia/a.md", write(body)), site)).words
    const dropped = ["template", "noscript", "textarea", "object", "canvas", "video", "iframe", "svg", "script"]
    for (const name of dropped) {
      // HTML ends an <svg> at an <em> or <p>, so readers do see these.
      const seen = name === "svg" ? 3 : 2
      expect([name, await words(`One <${name} a="b">x y *z*</${name}> two`)]).toEqual([name, seen])
      expect([name, await words(`<${name}>\n\nx\n\n</${name}>\n\none two`)]).toEqual([name, seen])
      expect([name, await words(`<${name}>\nx y\n</${name}>\n\none two`)]).toEqual([name, 2])
    }
    expect(await words("<p>caf&eacute;s &amp; bars</p>")).toBe(2)
  })
})

it.each([
  [
    "a\n\n<!-- b --> <!-- c\n\nd",
    "8:12 body: the comment is not closed, and hides what follows — write `-->` at its end",
  ],
  [
    "a\n\n<!-- members-only -->\n\n<!-- b -->\n",
    "8:1 body: nothing follows the members-only line — write the members' part, or remove the line",
  ],
  [
    "- a\n\n  ~~~ js\n  b\n\nc",
    "8:3 body: the code block is not closed, so what follows is shown as code — repeat its first marks at its end",
  ],
  [
    "a\n\n````\n```\n\nb",
    "8:1 body: the code block is not closed, so what follows is shown as code — repeat its first marks at its end",
  ],
  [
    "a[^1]\n\n[^1]: b\n\n[^1]: c",
    "10:1 body: the footnote `[^1]` is defined more than once, and only the other one is shown — rename one of them",
  ],
])("what hides the rest of a text, or has none, is reported: %j", (body, expected) =>
  expect(check(body)).toEqual([expected]))

describe("Markdown that is not read", () => {
  it.each([
    ["<div>**b** [l](/asia) ![p](x.jpg)</div>", "6:6 **b**", "6:12 [l](/asia)", "6:23 ![p](x.jpg)"],
    ["<figure><div>\nhttps://youtu.be/dQw4w9WgXcQ\n</div></figure>", "7:1 https://youtu.be/dQw4w9WgXcQ"],
    ["<p>a[^1]</p>\n\n[^1]\n\n[^1]: Note.", "6:5 [^1]"],
    ["| a | b |\n|---|---|---|\n| c | d |", "7:1 |---|---|---|"],
    ["Text:\n\na | b\n-|\nc | d", "9:1 -|"],
    ["Words <%= a %> and <%b%>", "6:7 <%= a %>", "6:20 <%b%>"],
    ["[a [b](/asia) c](/asia) [d[^1]](/asia)\n\n[^1]: e", "6:1 [a … c](/asia)", "6:25 [d…](/asia)"],
    ["> [a](https://b.example c\n> [d](/e\n> f)", "6:3 [a](https://b.example", "7:3 [d](/e"],
    ["a <!-- b\nc", "6:3 <!--"],
    ["a&amp;nbsp;b &amp;#8217;c", "6:2 &amp;nbsp;", "6:14 &amp;#8217;"],
    ["a:\n\n| b | c |\n| 1 | 2 |\n| 3 | 4 |", "8:1 | b | c | | 1 | 2 |"],
    ["[a](/asia){target=_blank}", "6:11 {target=_blank}"],
    ["Words ^[a note] and {.wide}", "6:7 ^[a note]", "6:21 {.wide}"],
    ["## Words{#id}", "6:9 {#id}"],
    ["Words<o:p></o:p>", "6:6 <o:p>", "6:11 </o:p>"],
    ["[x][^1]", "6:4 [^1]"],
    ["> [!NOTE]\n> Words", "6:3 [!NOTE]"],
    [
      "A ==b c== and %%note to self%% :smile: $$x$$",
      "6:3 ==b c==",
      "6:15 %%note to self%%",
      "6:32 :smile:",
      "6:40 $$x$$",
    ],
    ["A **bold word, unclosed", "6:3 **"],
    ["A **bold {{ a }}** and ***[[b]]***", "6:10 {{ a }}", "6:27 [[b]]"],
    ["!!! note\n    Words\n\n*[WHO]: World", "6:1 !!! note", "9:1 *[WHO]:"],
    ['import A from "./a"\n\nThe import of cars from "Japan"', '6:1 import A from "./a"'],
    ["##\u00a0Words\n\nWords\n\n##Words\n\n#hashtag", "10:1 ##"],
    ["参见[报告]（https://a.example/x）。", "6:3 [报告]（https://a.example/x）"],
    ["[TOC]\n\nSee (words)[/asia].", "6:1 [TOC]", "8:5 (words)[/asia]", "8:12 [/asia]"],
    ["See (words)[https://a.example/x].", "6:5 (words)[https://a.example/x]"],
  ])("is reported in %j", (body, ...found) => {
    expect(places(body)).toEqual(found)
  })

  it.each([
    "<pre>**b** [l](/none)</pre>\n\n<div><code>**b**</code></div>",
    "<div>\n\n**b** [l](/asia) https://a.example\n\n</div>",
    "<div><a href='https://a.example'>https://a.example</a></div>",
    "<!-- **b** {{ c }} -->\n\n<span>**b**</span>",
    "| a \\| b | `c \\| d` |\n|:--|:-:|\n| 1 | 2 |",
    "f**k, 2**3, **** off",
    "10:30: a :b: 5 == 5, a == b == c, 5 %% of $$ and $5 $6 # 1",
    "He said (words) [sic], (more)[sic] and f(x)[0]",
    "## Words {#id}\n\n{x} {1.5} x^2^ [a] M*A*S*H",
  ])("is not found in %j", (body) => expect(check(body)).toEqual([]))
})

describe("what the public part refers to in the members' part", () => {
  it("is reported: the page leaves it out", () => {
    const body =
      "Open [words][r], [r], ![p][p], [x][^1] `[r]` [other].\n\n<!-- members-only -->\n\nMore.\n\n[^1]: Note.\n\n[r]: /asia\n[p]: /media/a.jpg"
    expect(check(body).map((line) => line.replace(/ —.*/, ""))).toEqual([
      "6:6 body: the link `[words][r]` is public, but its address is in the members' part",
      "6:18 body: the link `[r]` is public, but its address is in the members' part",
      "6:23 body: the picture `![p][p]` is public, but its address is in the members' part",
      "6:35 body: the footnote `[^1]` is public, but its note is in the members' part",
    ])
  })
})

it.each([
  ["/assets/a.png", "not beside the article"],
  ["data:image/png;base64,AA", "not beside the article"],
  ["//a.example/b.png", "on another site"],
])("says where the picture %s is", (address, where) => {
  expect(check(`![a](${address})`)).toEqual([
    expect.stringContaining(`the picture \`${address}\` is ${where} and will not be shown`),
  ])
})

describe("the place of a mistake", () => {
  const wrong: [string, string][] = [
    ["[x](/none)", "/none"],
    ["![](./p.jpg)", "./p.jpg"],
    ['a ![c](./p.jpg "d")', "![c]"],
    ["<form>", "<form>"],
    ["a <svg><path/></svg>", "<svg>"],
    ["{{ y }}", "{{ y }}"],
    ["[^9]", "[^9]"],
    ["** b**", "** b**"],
    ["[a] (https://x.example)", "[a] ("],
    ["TODO: x", "TODO:"],
  ]
  const around: ((mark: string) => string)[] = [
    (mark) => `😀 e\u0301 ${mark} end`,
    (mark) => `> quote\n> 𝒜 ${mark} end`,
    (mark) => `> a\n${mark} lazy`,
    (mark) => `- a\n  - b ${mark}`,
    (mark) => `1. a\n\n   para\n   ${mark} x`,
    (mark) => `> - a\n>   > b\n>   > ${mark}`,
    (mark) => `- x\n\n\ty\n\tz ${mark}`,
    (mark) => `| a | b |\n|---|---|\n| 😀 c | ${mark} |`,
    (mark) => `## Head ${mark}\n\ntext`,
    (mark) => `note[^1]\n\n[^1]: Note text\n    more ${mark}`,
    (mark) => `<div>\n\nx ${mark}\n\n</div>`,
    (mark) => `\`${mark}\` and ${mark}`,
    (mark) => `\`\`\`\n${mark}\n\`\`\`\n\n<!-- ${mark} -->\n\nx  \n${mark}`,
  ]

  it.each(wrong)("is that of %s, whatever is around it, with any line endings and a byte order mark", (mark, first) => {
    for (const [index, write] of around.entries())
      for (const [start, end] of [
        ["", "\n"],
        ["\ufeff", "\r\n"],
      ] as const) {
        const source = `${start}---\ntitle: A 😀\nsummary: B\ndate: 2020-01-01\n---\n${write(mark)}\n`.replaceAll(
          "\n",
          end,
        )
        const { readable } = parseArticle("asia/a.md", source, site)
        const found = readable === null ? [] : checkArticles([readable], new Set(), site, isKept)
        const before = source.slice(0, source.lastIndexOf(mark) + mark.indexOf(first)).split("\n")
        const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
        expect([index, ...found]).toEqual([index, expect.objectContaining(place)])
      }
  })
})

it("accepts links to the article's own pictures and recordings, as other systems write them", () => {
  const links = "[![a](./a.jpg)](./a.jpg) [b](a.jpg) [c](./a%2Ejpg)\n\n![d](<./e f.png>) [g](e%20f.png) [h](./i.mp3)"
  expect(check(links)).toEqual([])
  expect(check("[a](./a.jpg)")).toEqual([expect.stringContaining("leads to a page that does not exist")])
  expect(places("![a]()")).toEqual(["6:1 body: a picture has no address — add its file name, or remove the picture"])
})

it("reports characters that cannot be shown", () => {
  const found = check("a\u0000b\n\tc\u000bd \u0085 caf\ufffd \ufdd0 é 😀\u200c").map((line) =>
    line.replace(/ — .*/, ""),
  )
  const expected = ["6:2", "7:3", "7:6", "7:11", "7:13"]
  expect(found).toEqual(expected.map((place) => `${place} body: contains a character that readers see as \`\ufffd\``))
})

it("reports table cells that are not shown, at their row", () => {
  const table = "> | a | b |\n> |---|---|\n> | 1 | 2 |\n> | `a | b` | 2 |\n> | `a \\| b` | 2 | |\n> 1 | 2 | 3"
  expect(check(table).map((line) => line.replace(/ —.*/, ""))).toEqual(
    ["9:3", "11:3"].map(
      (place) => `${place} body: the table row has more cells than the header, and the last ones are not shown`,
    ),
  )
})

it("takes nothing in a raw `<code>` for a mark", () => {
  expect(check("A <code>{{ x }} ** b**</code> and <kbd>[[c]]</kbd>")).toEqual([])
})

describe("a picture's caption", () => {
  it.each([
    ['Text ![a](./b.jpg "c")', "6:6"],
    ['[![a](./b.jpg "c")](/asia)', "6:2"],
    ['- ![a](./b.jpg "c")', "6:3"],
    ['| ![a](./b.jpg "c") |\n|---|', "6:3"],
    ['![a](./b.jpg "c")\n![a](./b.jpg)', "6:1"],
  ])("is not shown in %s", (body, place) => {
    expect(check(body)).toEqual([expect.stringContaining(`${place} body: the caption \`c\` is not shown`)])
  })

  it("is shown below a picture that stands alone", () => {
    expect(check('![a](./b.jpg "c")\n\n> **![a](./b.jpg "c")**\n\n- a\n\n  ![a](./b.jpg "c")')).toEqual([])
  })
})

describe("a text that is missing", () => {
  it.each([
    "",
    "\n \n",
    "<!-- To follow -->\n",
    "[a]: /asia\n",
    "<!-- members-only -->\n",
    "[^1]: A note\n",
  ])("is reported: %j", (body) => {
    const [line, ...others] = check(body).filter((one) => !one.includes("refers to this note"))
    expect(line).toBe("6:1 body: has no text — write the text, or make the article a draft: `status: draft`")
    expect(others).toEqual([])
  })

  it("is not reported if the article has a picture, or only members get the text", () => {
    expect(check("![A bridge](./bridge.jpg)\n")).toEqual([])
    expect(check("https://youtu.be/dQw4w9WgXcQ\n").join()).not.toContain("has no text")
    expect(check("<!-- members-only -->\n\nText.\n")).toEqual([])
  })

  it("is not reported of drafts, biographies and notes, but of pages", () => {
    expect(check("", "status: draft")).toEqual([])
    const found = (path: string, front: string) =>
      checkArticles([parseAt(path, `---\n${front}\n---\n`)], new Set(["/asia/a"]), site, isKept)
    expect(found("authors/a-b.md", "title: A B")).toEqual([])
    expect(found("digest/2026-11-23.md", "stories: [ /asia/a ]")).toEqual([])
    expect(found("pages/about.md", "title: About")).toMatchObject([{ line: 4, column: 1, message: "has no text" }])
  })
})

describe("a text that cannot be read", () => {
  // Beyond the bounds, and a text that makes marked throw once it is lexed for its picture.
  const unreadable = [`${">".repeat(60)} Deep`, "![A](./a.jpg)\n\n- Quote\n  > -\n  Mary Smith"]
  const keys = ["aliases: [ /asia/b ]", "translationOf: /fr/asia/none", "authors: [ '*A*' ]"]

  it.each(unreadable)("does not hide mistakes in the front matter, and between articles: %#", (body) => {
    const { article, readable, problems } = parseArticle("asia/a.md", write(body, ...keys), site)
    expect([article, problems.length]).toEqual([null, 1])
    const other = parseAt("asia/b.md", write("[A](/asia/a#b)"))
    const found = checkArticles(readable ? [readable, other] : [other], new Set(), site, isKept)
    expect(found.map(({ file, line, field }) => `${file}:${line} ${field}`)).toEqual([
      "asia/a.md:5 aliases",
      "asia/a.md:6 translationOf",
      "asia/a.md:7 authors",
    ])
  })
})

describe("front matter that readers do not get as written", () => {
  const front = (...lines: string[]) => check("Text.", ...lines).map((line) => line.replace(/ — .*/, ""))

  it.each([
    ["image: { src: ./a.jpg, alt: a *b* c }", "5:29 image.alt: `*b*` is shown as written"],
    ["image: { src: ./a.jpg, alt: b, caption: '[c](/d)' }", "5:41 image.caption: `[c](/d)` is shown as written"],
    ["image: { src: ./a.jpg, alt: b, credit: A &amp; B }", "5:40 image.credit: `&amp;` is shown as written"],
    ["authors: [ A, 'J&#8217;s' ]", "5:15 authors: `&#8217;` is shown as written"],
    ["topics: [ A, '`b`' ]", "5:14 topics: ``b`` is shown as written"],
    ["corrections: [ { date: 2020-01-01, text: TODO:x } ]", "5:42 corrections.text: `TODO:` is a placeholder"],
    [
      "corrections:\n- date: 2020-01-01\n  text: Was #1 in\n# fine\n#fine",
      "7:13 corrections.text: `#1 in` is a comment, not part of the text",
    ],
    [
      "image:\n  src: ./a.jpg\n  alt: Exit # 2 of the mine",
      "7:13 image.alt: `# 2 of the mine` is a comment, not part of the text",
    ],
    ["authors:\n- Radio #\t5", "6:9 authors: `# 5` is a comment, not part of the text"],
    ["topics: [ water #one\n  , health ]", "5:17 topics: `#one` is a comment, not part of the text"],
  ])("is reported in %s", (line, expected) => expect(front(line)).toEqual([expected]))

  it.each([
    "corrections: [ { date: 2020-01-01, text: 'M*A*S*H, 2 * 3 * 4, snake_case_x, R&D; &T; A&B' } ]",
    "topics: [ C#, 'A #1' ] # a comment\nstatus: published #too",
    "authors: [ A ] # x\n#y\nmap: true",
    "authors: [ A ] # 1 of 2\ntopics:\n- health # beat\n# 2 more\n- '# 1 aid' # 3\nmap: true # 1 map\nstatus: published # 1 June",
  ])("is not found in %s", (line) => expect(front(line)).toEqual([]))

  it("is reported in the title and the summary", () => {
    const source = "---\ntitle: Problem # 1 in town\nsummary: AT&amp;T TKTK\ndate: 2020-01-01\n---\nText.\n"
    const found = checkArticles([parseAt("asia/a.md", source)], new Set(), site, isKept)
    expect(found.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      "2:16 `# 1 in town` is a comment, not part of the text",
      "3:10 `&amp;` is shown as written",
      "3:10 `TKTK` is a placeholder",
    ])
  })

  it("is reported once if nothing is left of the text", () => {
    const source = write("Text.").replace("title: A title", "title: #MeToo")
    const { readable, problems } = parseArticle("asia/a.md", source, site)
    expect(problems.map(({ message, fix }) => `${message} — ${fix}`)).toEqual([
      "is empty — put the text in quotes: `#` begins a comment",
    ])
    expect(readable && checkArticles([readable], new Set(), site, isKept)).toEqual([])
  })

  it("is not looked for in texts that are too long anyway", () => {
    const source = write("Text.").replace("A title", `"${"<a>".repeat(200_000)}"`)
    const { readable, problems } = parseArticle("asia/a.md", source, site)
    expect(problems.map(({ message }) => message)).toEqual(["has more than 64 KiB of front matter"])
    expect(readable).toBeNull()
    const long = parseArticle("asia/a.md", write("Text.").replace("A title", `"${"<b>".repeat(20_000)}</b>"`), site)
    expect(checkArticles(long.readable ? [long.readable] : [], new Set(), site, isKept)).toEqual([])
  })
})
