import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { placeholderSummary } from "../../src/article/check-front.ts"
import { parseArticle } from "../../src/article/parse.ts"
import { isKept } from "../../src/render/sanitize.ts"
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
    "/topics/water/feed.xml",
    "/topics/c",
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
    "b#вода",
    "b#h-%D0%B2%D0%BE%D0%B4%D0%B0",
    "b#:~:text=x",
    "./b",
    "b.md",
    "../tajikistan/b",
    "https://sample.example/asia/tajikistan/b",
    "/asia/tajikistan/live",
    "/ASIA/tajikistan/b/",
    "/old/b",
    "?page=2",
  ])("lead to %s", (href) => {
    const b = article(
      "asia/tajikistan/b",
      "# Part\n\nText.\n\n## Вода\n\n<p id='My_id'>\n\n<a name='two'></a>",
      "aliases: [/old/b]",
      "topics: [Water, C++]",
      "authors: [Amina]",
    )
    expect(
      check([article("asia/tajikistan/a", `[x](${href})\n\n# Part\n\nText.`), b], "/asia/tajikistan/live"),
    ).toEqual([])
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
    "http://sample.example/nowhere",
    "//sample.example/none",
    "/asia/tajikistan/draft",
    "/de/asia",
    "/topics/dry",
    "/topics/dry/feed.xml",
    "/fr/topics/water",
    "/authors/nobody",
  ])("lead nowhere: %s", (href) => {
    const articles = [
      article("asia/tajikistan/a", `Text.\n\n> [x](${href}) and [y][r]\n\n[r]: /asia`),
      article("asia/tajikistan/b"),
      article("asia/tajikistan/draft", "Text.", "status: draft"),
    ]
    expect(check(articles)).toEqual([
      `asia/tajikistan/a.md:8:7 body: the link \`${href}\` leads to a page that does not exist — fix the address, or publish the page it leads to`,
    ])
  })
})

it("checks bare addresses on this site too", () => {
  expect(check([article("asia/a", "See https://sample.example/nowhere.")])).toEqual([
    "asia/a.md:6:5 body: the link `https://sample.example/nowhere` leads to a page that does not exist — fix the address, or publish the page it leads to",
  ])
})

it("names the page in the same language that a link or `translationOf` probably means", () => {
  const articles = [
    article("asia/tajikistan/dam", "[x](talk) [y](/asia/tajikstan/talks) [z](damm) [w](/fr/asia/tajikistan/talk)"),
    article("asia/tajikistan/talks"),
    article("fr/asia/tajikistan/a", "Text.", "translationOf: /asia/tajikistan/talk"),
  ]
  expect(check(articles).map((line) => line.replace(/ (?:leads|does).* — /, " — "))).toEqual([
    "asia/tajikistan/dam.md:6:5 body: the link `talk` — did you mean /asia/tajikistan/talks?",
    "asia/tajikistan/dam.md:6:15 body: the link `/asia/tajikstan/talks` — did you mean /asia/tajikistan/talks?",
    "asia/tajikistan/dam.md:6:42 body: the link `damm` — fix the address, or publish the page it leads to",
    "asia/tajikistan/dam.md:6:52 body: the link `/fr/asia/tajikistan/talk` — fix the address, or publish the page it leads to",
    "fr/asia/tajikistan/a.md:5:16 translationOf: `/asia/tajikistan/talk` — did you mean /asia/tajikistan/talks?",
  ])
})

it("checks that linked headings and ids exist", () => {
  const articles = [
    article("asia/a", "[x](#none) [y](b.md#part) [z](b#none) [a](/old/b#Part) [b](/old/b#none)"),
    article("asia/b", "# Part\n\nText.", "aliases: [/old/b]"),
  ]
  expect(check(articles)).toEqual([
    "asia/a.md:6:5 body: the link `#none` leads to a heading or id that does not exist — use one that exists",
    "asia/a.md:6:31 body: the link `b#none` leads to a heading or id that does not exist — use one that exists",
    "asia/a.md:6:60 body: the link `/old/b#none` leads to a heading or id that does not exist — use one that exists",
  ])
})

it("says what to write for a link without an address, or to another site", () => {
  expect(
    check([article("asia/a", "[x]() [y](www.un.org) [z](un.org/a) <a href=''>w</a> words[^1]\n\n[^1]: Note.")]),
  ).toEqual([
    "asia/a.md:6:1 body: a link has no address — add its address, or remove the link",
    "asia/a.md:6:11 body: the link `www.un.org` leads to a page that does not exist — if it is another site, write `https://www.un.org`",
    "asia/a.md:6:27 body: the link `un.org/a` leads to a page that does not exist — if it is another site, write `https://un.org/a`",
    "asia/a.md:6:46 body: a link has no address — add its address, or remove the link",
  ])
})

it.each([
  "ftp://a.example/b",
  "JavaScript:alert(1)",
  "data:text/html,x",
  "whatsapp://send?text=x",
  "C:/a.md",
  "sms:+1",
])("reports a link that pages leave out: %s", (href) => {
  expect(check([article("asia/a", `<a href="${href}">x</a> and [y](<${href}>)`)])).toEqual(
    [10, 27 + href.length].map(
      (column) =>
        `asia/a.md:6:${column} body: the link \`${href}\` is not shown to readers — use an address that begins with https, http, mailto or tel, or remove the link`,
    ),
  )
})

it.each(["bbc.co.uk/news", "lemonde.fr/a", "www.a.example", "un.org"])("takes %s for another site's", (href) => {
  expect(check([article("asia/a", `[x](${href})`)])[0]).toContain(`if it is another site, write \`https://${href}\``)
})

it("checks links in raw HTML too", () => {
  const body = `<p><a title="a > b" href="/none">x</a> <a href='/asia'>y</a> <a id=z>z</a> <!-- <a href=/none2> --></p>\n`
  expect(check([article("asia/a", body)])).toEqual([
    "asia/a.md:6:27 body: the link `/none` leads to a page that does not exist — fix the address, or publish the page it leads to",
  ])
})

describe("footnotes", () => {
  it.each([
    "Peace![^1]\n\n[^1]: Reuters",
    "He said so.[^1]\n\n[^1]: [Reuters](https://reuters.example/x)",
    'He said so.[^1]\n\n[^1]: Reuters "Peace"',
    "Peace![^1]\n\n[^1]: https://example.org/report",
    "An address of another site: https://example.org/nowhere [a]",
  ])("are not mistaken for links or pictures: %j", (body) => {
    expect(check([article("asia/a", body)])).toEqual([])
  })

  it.each([
    ["Text.[^my note]\n\n[^my note]: Reuters", "`[^my note]` is a link, not a footnote"],
    ["Text.[^1](page)\n\n[^1]: Reuters", "`[^1](page)` is a link, not a footnote"],
    ["Text.[^my note]\n\n[^my note]: Reuters said so", "the footnote `[^my note]` is shown as written"],
  ])("are not made by names with spaces or before an address: %j", (body, message) => {
    expect(check([article("asia/a", body)]).join("\n")).toContain(message)
  })

  it("may contain links", () => {
    expect(check([article("asia/a", "Text.[^1]\n\n[^1]: See [there](/none).")])).toEqual([
      "asia/a.md:8:19 body: the link `/none` leads to a page that does not exist — fix the address, or publish the page it leads to",
    ])
  })
})

it("finds differently spelled addresses in linear time", () => {
  const body = "![x](/maps/a\\_b.svg)\n\n".repeat(50_000)
  expect(check([{ ...article("asia/a"), body }])).toEqual([])
})

it("pictures need alt text and must be on this site", () => {
  const body = "![](./a.jpg)\n![seen](https://example.org/b.jpg)\n![c](/media/c.png)\n<img src=./d.png>\n"
  expect(check([article("asia/a", body)])).toEqual([
    "asia/a.md:6:5 body: the picture `./a.jpg` has no alt text — describe it between `![` and `]`",
    "asia/a.md:7:9 body: the picture `https://example.org/b.jpg` is on another site and will not be shown — save it beside the article",
    "asia/a.md:9:10 body: the picture `./d.png` has no alt text — describe it between `![` and `]`",
  ])
})

describe("addresses", () => {
  it("belong to only one file", () => {
    expect(check([article("asia/a"), article("asia/a")])).toEqual([
      "asia/a.md:1:1 path: is the address of two files — keep one of the two",
    ])
  })

  it("cannot be another article's alias", () => {
    const articles = [
      article("asia/a", "x", "aliases: [/asia/b, /asia/live, /old, /é]"),
      article("asia/b", "x", "aliases: [/old, /x, /x/, /É/]"),
    ]
    expect(check(articles, "/asia/live")).toEqual([
      "asia/a.md:5:11 aliases: `/asia/b` is the address of an article — remove the alias, or move that article",
      "asia/a.md:5:20 aliases: `/asia/live` is the address of an article — remove the alias, or move that article",
      "asia/b.md:5:11 aliases: `/old` is also an alias of /asia/a — keep it in one of the two",
      "asia/b.md:5:26 aliases: `/é` is also an alias of /asia/a — keep it in one of the two",
    ])
  })
})

it("does not look for what is no article's address, which is a mistake already", () => {
  const parse = (file: string, source: string) => parseArticle(file, source, site)
  const parsed = [
    parse("fr/asia/a.md", write("Text.", "translationOf: /asia/a.md")),
    parse("digest/2026-11-23.md", "---\nstories: [ asia/a ]\n---\n"),
  ]
  expect(parsed.map(({ problems }) => problems.map(({ fix }) => fix))).toEqual([["use /asia/a"], ["use /asia/a"]])
  expect(check(parsed.flatMap(({ readable }) => readable ?? []))).toEqual([])
})

describe("translations", () => {
  it("need an original that exists", () => {
    const french = article("fr/asia/a", "x", "translationOf: /asia/a")
    expect(check([french, article("asia/a")])).toEqual([])
    expect(check([french], "/asia/a")).toEqual([])
    expect(check([french])).toEqual([
      "fr/asia/a.md:5:16 translationOf: `/asia/a` does not exist — use the original's address, or publish the original",
    ])
  })

  it("point to the original itself, once per language", () => {
    const articles = [
      article("asia/a"),
      article("fr/asia/a", "x", "translationOf: /asia/a"),
      article("fr/asia/b", "x", "translationOf: /asia/a"),
      article("pt-br/asia/a", "x", "translationOf: /fr/asia/a"),
    ]
    expect(check(articles)).toEqual([
      "fr/asia/b.md:5:16 translationOf: /fr/asia/a is already the translation of /asia/a in this language — keep one of the two",
      "pt-br/asia/a.md:5:16 translationOf: `/fr/asia/a` is itself a translation — use the original's address: /asia/a",
    ])
  })

  it("in the original's own language are reported once, when the file is parsed", () => {
    const same = parseArticle("asia/b.md", write("x", "translationOf: /asia/a"), site)
    expect(same.problems.map(formatProblem)).toEqual([
      "asia/b.md:5:16 translationOf: `/asia/a` is in the same language — use the address of an article in another language",
    ])
    for (const others of [[], [article("asia/a")]])
      expect(check([...others, same.readable as NonNullable<typeof same.readable>])).toEqual([])
  })
})

describe("content that readers will not see", () => {
  const found = (body: string, ...keys: string[]) =>
    checkArticles([article("asia/a", body, ...keys)], new Set(), site, isKept).map(formatProblem)
  const first = (...args: Parameters<typeof found>) => found(...args)[0]?.replace(/ — .*/, "")

  it.each([
    ['<iframe src="https://video.example/embed/abc" title="Video"></iframe>', "6:1", "`<iframe>`"],
    ['Text.\n\n<video src="clip.mp4" controls></video>', "8:1", "`<video>`"],
    ["<audio src=a.mp3></audio>", "6:1", "`<audio>`"],
    ["<script>alert(1)</script>", "6:1", "`<script>`"],
    ["A <svg><path/></svg> b", "6:3", "`<svg>`"],
    ["> A <form><input></form>", "6:5", "`<form>`"],
    ["- A\n- See Map<String>.", "7:10", "`<String>`"],
  ])("reports the element in %s", (body, place, element) => {
    expect(first(body)).toBe(`asia/a.md:${place} body: the element ${element} is not shown to readers`)
  })

  it.each([
    ['[caption id="a" width="300"]A boat[/caption]', "6:1"],
    ["Words.\n\n[gallery]", "8:1"],
    ["Watch [youtube https://youtu.be/abc] now", "6:7"],
    ['> **See** {{< figure src="a.jpg" >}}', "6:11"],
    ["- {% include map.html %}", "6:3"],
    ["[x]({{ site.url }}/a)", "6:5"],
    ["| a |\n|---|\n| ![[map.png]] |", "8:3"],
    ["# Water\n{: .wide}", "7:1"],
    [":::note\n\nWords.\n\n:::", "6:1"],
  ])("reports the shortcode in %s", (body, place) => {
    expect(first(body)).toMatch(
      new RegExp(`^asia/a\\.md:${place} body: .* is shown as written: shortcodes of other systems`),
    )
  })

  it("reports addresses with spaces, missing notes and placeholders", () => {
    expect(found("![A circle](my photo.jpg)")).toEqual([
      "asia/a.md:6:1 body: `![A circle](my photo.jpg)` is not a picture, because its address contains a space — write `<my photo.jpg>` or `my%20photo.jpg`",
    ])
    expect(found('[A](my page.md "Title") ![B](b c.jpg)')).toEqual([
      expect.stringContaining('write `<my page.md> "Title"` or `my%20page.md "Title"`'),
      expect.stringContaining("write `<b c.jpg>` or `b%20c.jpg`"),
    ])
    expect(found("A\n\n:::note\nWords.\n:::")).toEqual([expect.stringMatching(/^asia\/a.md:8:1 body: `:::note`/)])
    expect(first("Words.[^1] More.[^2]\n\n[^1]: A note.")).toBe("asia/a.md:6:17 body: the footnote `[^2]` has no note")
    expect(first("Words.[^A]\n\n[^a]: One.\n[^b]: Two.")).toBe(
      "asia/a.md:9:1 body: no `[^b]` in the text refers to this note",
    )
    expect(first("Words.\n\nTODO: more")).toBe("asia/a.md:8:1 body: `TODO:` is a placeholder")
    expect(first("TODO: more", "status: draft")).toBeUndefined()
    const source = write("x").replace("A summary", JSON.stringify(placeholderSummary))
    expect(check([parseAt("asia/a.md", source)])[0]).toContain(
      "asia/a.md:3:10 summary: is still the placeholder that `dateline new` wrote",
    )
    expect(check([parseAt("asia/a.md", source.replace("date:", "status: draft\ndate:"))])).toEqual([])
  })

  it.each([
    ["See [this] (https://example.org).", "6:5", "[this] (https://example.org)"],
    ["See [this][there].", "6:5", "[this][there]"],
    ["- A ** bold ** word", "6:5", "** bold **"],
    ["> **专利：**你们的公司", "6:3", "**专利：**"],
    ["Term\n: What it means", "7:1", ": W"],
  ])("reports the marks in %s", (body, place, marks) => {
    expect(first(body)).toBe(`asia/a.md:${place} body: \`${marks}\` is shown as written`)
  })

  it("reports marks in a teaser whose notes are for members", () => {
    const body = "Words.[^1]\n\n<!-- members-only -->\n\nMore.[^2]\n\n[^1]: One.\n[^2]: Two.\n"
    const said = "body: the footnote `[^1]` is public, but its note is in the members' part"
    expect(found(body).map((line) => line.replace(/ — .*/, ""))).toEqual([`asia/a.md:6:7 ${said}`])
    const teaser = "Words.[^1]\n\n[^1]: One.\n"
    expect(first(teaser, "access: members")).toBe(`asia/a.md:7:7 ${said}`)
    const headed = "# More words.[^1]\n\nwords.[^1]\n\n[^1]: One.\n"
    for (const body of [headed, headed.replaceAll("\n", "\r\n")])
      expect(first(body, "access: members")).toBe(`asia/a.md:9:7 ${said}`)
  })

  it("takes an article for open if its front matter is wrong but does not mention members", () => {
    const body = "Words.[^1]\n\nMore.\n\n[^1]: One.\n"
    const inBody = (line: string) => {
      const { readable } = parseArticle("asia/a.md", write(body, line), site)
      return checkArticles(readable === null ? [] : [readable], new Set(), site, isKept).length
    }
    expect(inBody("laed: true")).toBe(0)
    expect(inBody("acess: members")).toBe(1)
  })

  it("reports Markdown in plain-text fields, and a no-break space after a key", () => {
    const source = write("x").replace("title: A title", "title:\u00a0A **title**")
    expect(check([parseAt("asia/a.md", source)])).toEqual([
      "asia/a.md:2:7 title: there is a no-break space after `title:` — use an ordinary space",
      "asia/a.md:2:8 title: `**title**` is shown as written — use plain text here, without Markdown or HTML",
    ])
  })

  it("reports commas that do not separate names, unless the name is in quotes", () => {
    const of = (line: string) => check([parseAt("asia/a.md", write("x", line))])
    const fix = "write `, ` between names; if it is a single name, put it in quotes"
    expect(of("topics: [水，健康, 教育]")).toEqual([
      `asia/a.md:5:10 topics: \`水，健康\` is a single name, because only \`,\` separates names — ${fix}`,
    ])
    expect(of("authors: [آمنة، نور]")).toHaveLength(1)
    expect(of("topics:\n- 水、健康")).toHaveLength(1)
    expect(of("topics: ['水，健康', \"a、b\", 'Smith, J.']")).toEqual([])
  })

  it("reports a no-break space after an indented key, and none within a text", () => {
    const image = ["image:", "  src:\u00a0./a.png", "  alt: A pass", "  caption: >-", "    alt:\u00a0described"]
    const corrections = ["corrections:", "- date:\u00a02026-01-03", "  text: >-", "    Note:\u00a0the name was wrong"]
    const source = write("x").replace("title: A title", ["title: A title", ...image, ...corrections].join("\n"))
    expect(check([parseAt("asia/a.md", source)])).toEqual([
      "asia/a.md:4:7 src: there is a no-break space after `src:` — use an ordinary space",
      "asia/a.md:9:8 date: there is a no-break space after `date:` — use an ordinary space",
    ])
  })

  it("reports a no-break space after a key in braces, and none before it", () => {
    const source = write("x", "image: {\u00a0src:\u00a0./a.png, alt: 'alt:\u00a0x' }")
    expect(check([parseAt("asia/a.md", source)])).toEqual([
      "asia/a.md:5:14 src: there is a no-break space after `src:` — use an ordinary space",
    ])
  })

  it("ignores an element that a summary only mentions", () => {
    const named = (summary: string) => write("x").replace(/summary: .*/, `summary: "${summary}"`)
    expect(check([parseAt("asia/a.md", named("Why the <details> tag matters"))])).toEqual([])
    expect(check([parseAt("asia/a.md", named("Why <b>this</b> matters"))])).toHaveLength(1)
  })

  it("reports a video without a title, and none with one", () => {
    const id = "dQw4w9WgXcQ"
    expect(found(`x\n\nhttps://youtu.be/${id}`)).toEqual([
      `asia/a.md:8:1 body: the video on YouTube has no title — write \`[What it shows](https://youtu.be/${id})\``,
    ])
    expect(found(`[The dam](https://youtu.be/${id})`)).toEqual([])
    expect(found(`<iframe src="https://www.youtube.com/embed/${id}" title="The dam"></iframe>`)).toEqual([])
  })

  it.each([
    "`<iframe>` and `{{ x }}` and `[gallery]`",
    "```\n{% include x %} <video> [^1]\n```",
    "<!-- <iframe> {{ x }} -->\n\nText <b>bold</b><br>x<sup>2</sup> <https://example.org>",
    "[sic] [1] 2 ** 3 [y][z] [x](https://example.org 'a title') 5 < 6 {x} :: [[1]](https://example.org)\n\n[z]: /asia",
    "![A map](</maps/a b.svg>) and a [link](https://example.org/a_(b))",
    "The press was [not] there (see [video](https://example.org)). To do: nothing.",
  ])("does not report %s", (body) => {
    expect(found(body)).toEqual([])
  })
})

it("reports only topics that nearly match another", () => {
  const names = (path: string, topics: string) => article(path, "x", `topics: [${topics}]`)
  const articles = [
    names("asia/a", "Elections, Climate, Gambia, Iran, COP28, Austria"),
    names("asia/b", "Elections, Climate, Zambia, Iraq, COP29, Australia"),
    article("fr/asia/d", "x", "topics: [Climat, Élections, Climate]"),
    names("asia/c", "Election, Cilmate, Zambia, Iraq, COP29, Australia"),
  ]
  const named = { ...site, topics: { climat: { en: "Climate", fr: "Climat" }, "dry-land": { en: "Dry land" } } }
  const right = [names("fr/asia/e", "climate, Climat, climat, dry land"), names("asia/f", "Dry-land")]
  expect(checkArticles(right, new Set(), { ...named, topics: { climate: named.topics.climat } })).toEqual([])
  expect(checkArticles([names("asia/f", "dry lande")], new Set(), named)).toHaveLength(1)
  expect(check(articles)).toEqual([
    "asia/c.md:5:10 topics: `Election` is almost the same as the topic `elections` — if they are the same topic, spell them the same way",
    "asia/c.md:5:20 topics: `Cilmate` is almost the same as the topic `climate` — if they are the same topic, spell them the same way",
  ])
})

it("reports the position of the mistake, not of the same text earlier on", () => {
  const body = "A b.tif and ![b](./x.gif)\r\n\r\n> - none\r\n> - [none](none)\r\n\r\n![a](b.tif)"
  const wrong = article("asia/a", "x", "aliases: [/asia/b]").frontSource
  expect(wrong).toContain("/asia/b")
  expect(parseArticle("asia/a.md", write(body), site).problems.map(formatProblem)).toEqual([
    expect.stringMatching(/^asia\/a\.md:11:6 body: `b\.tif` is not a supported type of picture/),
  ])
  expect(check([article("asia/a", body.replace("![a](b.tif)", "![a](b.gif)"))])).toEqual([
    expect.stringMatching(/^asia\/a\.md:9:12 body: the link `none` leads to a page that does not exist/),
  ])
})
