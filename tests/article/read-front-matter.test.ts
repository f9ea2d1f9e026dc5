import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseArticle } from "../../src/article/parse.ts"
import { file, mistakes, parse, parseAt, site, write } from "./sample.ts"

const front = (...lines: string[]) => ["---", ...lines, "---", "Text.", ""].join("\n")

describe("values", () => {
  it("keeps what YAML would read as a number, date or boolean as text", () => {
    const source = front(
      "title: 2024",
      "summary: 2024-01-01",
      "date: 2024-01-01",
      "authors: [NO, 1e3]",
      "topics: [0x1F, yes]",
    )
    const { front: values } = parseAt(file, source)
    expect(values).toMatchObject({
      title: "2024",
      summary: "2024-01-01",
      authors: ["NO", "1e3"],
      topics: ["0x1F", "yes"],
    })
  })

  it("fills in defaults", () => {
    expect(parse("Text.").front).toEqual({
      title: "A title",
      summary: "A summary",
      date: "2003-04-25",
      authors: [],
      topics: [],
      access: "open",
      map: false,
      lead: false,
      corrections: [],
      aliases: [],
      status: "published",
    })
  })

  it("never puts an update without a time before the publication on the same day", () => {
    const read = (...lines: string[]) => parseAt("asia/a.md", front("title: T", "summary: S", ...lines))
    const sameDay = read("date: 2003-04-25T15:00", "updated: 2003-04-25")
    expect(sameDay.updatedAt).toBe(sameDay.publishedAt)
    const later = read("date: 2003-04-25T15:00", "updated: 2003-04-26")
    expect(later.updatedAt).toBe(Date.parse("2003-04-25T22:00Z"))
    expect(read("date: 2003-04-25").updatedAt).toBeNull()
    expect(read("date: unknown", "updated: 2003-04-26").updatedAt).toBe(Date.parse("2003-04-25T22:00Z"))
  })

  it("reads every key", () => {
    const { front: values } = parseAt(
      "fr/asia/tajikistan/sommet.md",
      front(
        'title: "Un titre: deux"',
        "summary: >-",
        "  Folded",
        "  text",
        "date: 2003-04-25",
        "updated: 2003-04-26T09:30Z",
        "expires: 2103-04-25",
        "authors:",
        "  - Amina Rahimova",
        "topics: [Water, Santé]",
        "access: members",
        "image: { src: ./a b.jpg, alt: Seen, caption: Said, credit: By }",
        "map: true",
        "rights: un-irin",
        "translationOf: /asia/tajikistan/summit",
        "corrections:",
        "  - date: 2003-04-27",
        "    text: It was Monday.",
        "aliases: [ /old/path.html, /fr/asia/tajikistan/vieux ]",
        "status: draft",
      ),
    )
    expect(values).toMatchObject({ title: "Un titre: deux", summary: "Folded text", map: true, status: "draft" })
    expect(values.corrections).toEqual([{ date: "2003-04-27", text: "It was Monday." }])
    expect(values.image).toEqual({ src: "./a b.jpg", alt: "Seen", caption: "Said", credit: "By" })
  })

  it("reads quoted texts, punctuation and flow collections as written", () => {
    const source = front(
      'title: "Snow closes the pass: again"',
      "summary: It's the third time – and the “worst” yet (so far), at 10:30#1.",
      "date: 2003-04-25",
      'authors: [Meridian Asia desk, "A, B"]',
      "topics: [ water, Côte d'Ivoire ]",
      'image: { src: ./pass.jpg, alt: "A road: closed", credit: UN }',
    )
    expect(parseAt(file, source).front).toMatchObject({
      title: "Snow closes the pass: again",
      summary: "It's the third time – and the “worst” yet (so far), at 10:30#1.",
      authors: ["Meridian Asia desk", "A, B"],
      topics: ["water", "Côte d'Ivoire"],
      image: { src: "./pass.jpg", alt: "A road: closed", credit: "UN" },
    })
  })

  it.each([">", "|", ">+", ">-"])("reads a %s block without its final line break", (mark) => {
    const source = front("title: x", `summary: ${mark}`, "  A summary", "", "date: 2003-04-25")
    expect(parseAt(file, source).front.summary).toBe("A summary")
  })

  it("counts characters, not code units", () => {
    expect(mistakes(write("x").replace("A title", "🙂".repeat(200)))).toEqual([])
    expect(mistakes(write("x").replace("A title", "🙂".repeat(201)))[0]).toContain("is longer than 200 characters")
  })

  it("leaves characters that pages escape unchanged", () => {
    const title = `</script><!-- ]]> " onmouseover=alert(1) \\u2028`
    expect(parseAt(file, front(`title: ${JSON.stringify(title)}`, "summary: x", "date: unknown")).front.title).toBe(
      title,
    )
  })
})

describe("mistakes", () => {
  it("reports all mistakes at once, each with place, key and fix", () => {
    const source = front("title: x", "sumary: y", "date: 2024-02-30", "acess: members", "topics: water", "zzz: 1")
    expect(mistakes(source)).toEqual([
      expect.stringMatching(/^2:1 summary: is missing — write `summary: …`/),
      "3:1 sumary: is an unknown key — did you mean `summary`?",
      expect.stringMatching(/^4:7 date: `2024-02-30` is not a date/),
      "5:1 acess: is an unknown key — did you mean `access`?",
      expect.stringMatching(/^6:9 topics: must be a list: \[ one, two \] — /),
      expect.stringMatching(/^7:1 zzz: is an unknown key — remove it; the keys are title, /),
    ])
  })

  it.each([
    "acess: members",
    "Access: members",
    "access: membres",
    "access: [members]",
    "access: open\naccess: members",
    "access: open\nmembers: true",
    "members: true",
    "member-only: true",
    "'members only': yes",
    "visibility: paid",
    "paywall: on",
    "access members",
    "access:members",
    "access= members",
    "@access: members",
    "- access: members",
    "\taccess: members",
    " access: members",
    "title2: x: access: members",
    "image: { src: ./a.jpg, alt: x, access: members }",
    "image:\n  src: ./a.jpg\n  acess: members\n alt: x",
    "topics: [water\n access: members",
    "access: &a members",
  ])("an article with `%s` may be for members, so it is not read as open", (lines) => {
    const { article, readable } = parseArticle(file, write("First.\n\nSECRET", ...lines.split("\n")), site)
    expect(article).toBeNull()
    expect(readable).toMatchObject({ front: { access: "members" }, division: "teaser", open: "First." })
  })

  it.each([
    "lead: maybe",
    "topics: [accidents]\nexpires: soon",
    "sumary: x",
    "access: open\nmap: a: b",
    "draft: true",
  ])("an article with `%s` is read as open", (lines) => {
    const { article, readable } = parseArticle(file, write("First.\n\nSecond.", ...lines.split("\n")), site)
    expect(article).toBeNull()
    expect(readable).toMatchObject({ front: { access: "open" }, division: "none" })
  })

  it("a picture without a valid alt text or caption is still read", () => {
    for (const more of ["", ", alt: ''", ", alt: y, caption: ''", ", alt: [y]"])
      expect(parseArticle(file, write("x", `image: { src: ./a.jpg${more} }`), site).readable?.pictures).toEqual([
        "./a.jpg",
      ])
    for (const image of ["{ alt: y }", "[]", "{ src: [] }", "[./a.jpg]", "./a.jpg"])
      expect(parseArticle(file, write("x", `image: ${image}`), site).readable?.pictures).toEqual([])
  })

  it("reports positions inside lists and maps", () => {
    const source = write(
      "x",
      "image: { src: ./a.jpg, alts: y }",
      "corrections:",
      "  - { date: 2024-01-01, text: y }",
      "  - { date: someday, text: y }",
      "topics: [ water, '!?' ]",
    )
    expect(mistakes(source)).toEqual([
      "5:1 image.alt: is missing — describe the picture in `alt` for people who cannot see it",
      "5:24 image.alts: is an unknown key — did you mean `alt`?",
      expect.stringMatching(/^8:13 corrections\.date: `someday` is not a date/),
      expect.stringMatching(/^9:18 topics: `!\?` has no letters or digits/),
    ])
  })

  it.each([
    ["access: member", /^5:9 access: is neither `open` nor `members`/],
    ["access: Members", /^5:9 access: /],
    ["access: [members]", /^5:9 access: /],
    ["access:", /^5:\d+ access: is empty/],
    ["access: ~", /^5:9 access: is empty/],
    ["title: again", /^5:1 title: is listed twice/],
    ["map: maybe", /^5:6 map: must be true or false/],
    ["map: 'true'", /^5:6 map: must be true or false/],
    ["rights: un-irim", /^5:9 rights: .* did you mean `un-irin`\?/],
    ["status: live", /^5:9 status: /],
    ["expires: 2001-01-01", /^5:10 expires: is not after `date`/],
    ["updated: yesterday", /^5:10 updated: `yesterday` is not a date/],
    ["corrections: [{ date: 2004-01-01, txet: x, text: y }]", /^5:35 corrections\.txet: .* did you mean `text`\?/],
    ["image: ./a.jpg", /^5:8 image: must be \{ src/],
    ["image: { src: ./a.jpg }", /image\.alt: is missing/],
    ['image: { src: "javascript:alert(1)", alt: x }', /^5:15 image\.src: is not a picture beside the file/],
    ["image: { src: /media/a.jpg, alt: x }", /image\.src: is not a picture beside the file/],
    ["image: { src: ./a.tiff, alt: x }", /image\.src: is not a supported type of picture/],
    ["image: { src: ../../../a.jpg, alt: x }", /image\.src: is outside the content folder/],
    ["authors: [a, '']", /^5:14 authors: is empty/],
    ["topics: [x, [y]]", /^5:13 topics: must be text/],
    ["toString: x", /^5:1 toString: is an unknown key/],
    ["tags: [x]", /did you mean `topics`\?/],
    ["author: x", /did you mean `authors`\?/],
    ["coverImage: x.jpg", /did you mean `image`\?/],
    ["featured_image: x.jpg", /did you mean `image`\?/],
    ["last_modified_at: 2026-01-02", /did you mean `updated`\?/],
    ["published: 2026-01-02", /did you mean `date`\?/],
    ["published: false", /did you mean `status`\?/],
    [
      "image: { src: ./a.jpg, alt: Paris, London , caption: x }",
      /^5:36 image: the comma before `London` ends the text — put the whole text in quotes$/,
    ],
    ["image: { photo, src: ./a.jpg, alt: x }", /^5:10 image\.photo: is an unknown key/],
    ["translationOf: /asia/tajikistan", /^5:16 translationOf: .* is not an article's address/],
    ["translationOf: /asia/tajikistan/summit", /translationOf: is this article's own address/],
    [
      "translationOf: https://sample.example/asia/tajikistan/other/",
      /article's address — use \/asia\/tajikistan\/other$/,
    ],
    ["translationOf: asia/tajikistan/other.md", /article's address — use \/asia\/tajikistan\/other$/],
    ["translationOf: /asia/tajikistan/other", /translationOf: .* is in the same language/],
    ["aliases: [old/path]", /^5:11 aliases: .*cannot be an address/],
    ["aliases: [https://old.example/a]", /aliases: .*cannot be an address.* one slash: \/a$/],
    ["aliases: ['/%e0%a4%a']", /aliases: .*cannot be an address/],
    ["aliases: ['/a%2fb']", /aliases: .*cannot be an address/],
    ["aliases: ['/a?b=c']", /aliases: .*cannot be an address.* — remove everything after the path: \/a$/],
    ["aliases: [//evil.example/x]", /aliases: .*is not a canonical address/],
    ["aliases: [/asia]", /aliases: .* is a page of the site/],
    ["aliases: [/topics/water]", /aliases: .* is a page of the site/],
    ["aliases: [/desk/v1/site]", /aliases: .* is a page of the site/],
    ["aliases: [/fr/search]", /aliases: .* is a page of the site/],
    ["aliases: [/fr/account]", /aliases: .* is a page of the site/],
    ["aliases: [/asia/tajikistan/summit]", /aliases: .* is this article's own address/],
    ["aliases: [/a, /a]", /^5:15 aliases: .* is listed twice/],
  ])("refuses `%s`", (line, expected) => {
    const [first] = mistakes(write("Text.", line))
    expect(first).toMatch(expected)
    expect(first).not.toContain("undefined")
  })

  it.each(["topics", "authors"])("accepts at most 20 %s", (key) => {
    const list = (count: number) => `${key}: [${Array.from({ length: count }, (_, index) => `t${index}`)}]`
    expect(mistakes(write("x", list(20)))).toEqual([])
    expect(mistakes(write("x", list(21)))).toHaveLength(1)
    expect(mistakes(write("x", list(9000)))).toHaveLength(1)
  })
})

describe("YAML is data", () => {
  it.each([
    ["an alias", "topics: &t [a]\nauthors: *t", "anchor"],
    ["a tag", "rights: !!js/function 'return 1'", "tag"],
    ["a tag of one's own", "rights: !x y", "tag"],
    ["a merge key", "<<: { access: open }", "`<<` is not allowed"],
    ["a prototype", "__proto__: { access: open }", "`__proto__` is not allowed"],
    ["a quoted prototype", '"\\x5f_proto__": { access: open }', "`__proto__` is not allowed"],
    ["a constructor inside", "image: { constructor: { prototype: x } }", "`constructor` is not allowed"],
    ["a key that is a list", "? [a]\n: b", "a key that is not a word"],
    ["a tab", "image:\n\tsrc: x", "tabs are not allowed"],
    ["lists in lists", `topics: ${"[".repeat(5000)}`, "nested too deeply"],
    ["lists in lists by lines", `topics: ${"[\n ".repeat(5000)}`, "nested too deeply"],
    ["dashes in dashes", `topics:\n  ${"- ".repeat(5000)}x`, "nested too deeply"],
    [
      "maps in maps",
      Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
      "nested too deeply",
    ],
    ["an unclosed quote", 'rights: "a', "cannot be read"],
    ["a colon in a text", "rights: a: b", "cannot be read"],
    ["a list that nobody closed", "topics: [a,", "topics: the YAML cannot be read"],
    ["a list that nobody closed behind a comma", "topics: [a, ", "topics: the YAML cannot be read"],
    ["a map that nobody closed", "image: { src: a,", "image: the YAML cannot be read"],
    ["a second document", "--- a", "`---` is a YAML document marker"],
  ])("refuses %s", (_, lines, expected) => {
    expect(mistakes(write("Text.", lines)).join("\n")).toContain(expected)
    expect(({} as { access?: string }).access).toBeUndefined()
  })

  it.each([
    "a: [\n",
    'a: "x\n',
    "''\n",
    " \n",
    "a：b\n",
    "a: b: c\n",
    "a:\u00a0\n",
    "  ",
    "'a''",
    "[ ",
  ])("reads 60 KiB of %j in linear time", (unit) => {
    const found = mistakes(front(`${unit.repeat(60_000 / unit.length)}x: [`))
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBeLessThanOrEqual(100)
  })

  it("refuses many keys without comparing each with every other", () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `k${index}: x`)
    expect(mistakes(front(...keys))).toHaveLength(100)
    expect(mistakes(front("title: x", ...keys.map(() => "a: x"))).join()).toContain("is listed twice")
  })

  it.each([
    ["a control character", '"a\\0b"'],
    ["an escape", '"a\\eb"'],
    ["a line break", '"a\\r\\nX-Header: 1"'],
    ["a block of lines", "|\n  a\n  b"],
    ["half a character", '"\\uD800"'],
    ["what XML cannot say", '"\\uFFFF"'],
  ])("refuses a title with %s", (_, title) => {
    expect(mistakes(write("x").replace("A title", title)).join()).toMatch(/2:8 title: contains/)
  })

  it("reports a syntax mistake at its key", () => {
    expect(mistakes(front("title: x", "summary: a: b", "date: 2024-01-01"))[0]).toMatch(
      /^3:\d+ summary: the YAML cannot be read/,
    )
    expect(mistakes(front("title: *news*", "summary: a", "date: 2024-01-01"))[0]).toMatch(
      /^2:8 title: `\*news\*` is a YAML alias, which is not allowed — .*if it begins with a symbol, put it in quotes/,
    )
  })
})

it("reports every mistake of a list at its place, whatever else is wrong in the list", () => {
  const places = (...lines: string[]) => mistakes(write("x", ...lines)).map((line) => line.split(/ — |`/)[0])
  const long = Array.from({ length: 21 }, (_, index) => (index === 1 ? "'?'" : `n${index}`)).join(", ")
  expect(places(`authors: ['', "!!!", Ann, "¿"]`, `topics: [${long}]`)).toEqual([
    "5:11 authors: is empty",
    "5:15 authors: ",
    "5:27 authors: ",
    "6:9 topics: has more than 20 topics",
    "6:14 topics: ",
  ])
  expect(places("aliases: ['', /asia, ~, /a, /a]")).toEqual([
    "5:11 aliases: is empty",
    "5:15 aliases: ",
    "5:22 aliases: is empty",
    "5:29 aliases: ",
  ])
  const corrections = "corrections: [{ date: '', text: x }, { date: soon, text: y }, { date: 2001-01-01 }]"
  expect(places(corrections)).toEqual([
    "5:23 corrections.date: is empty",
    "5:46 corrections.date: ",
    "5:63 corrections.text: is missing",
  ])
})

describe("YAML as people and other systems write it", () => {
  const read = (...lines: string[]) => parseAt(file, front(...lines)).front
  const others = ["summary: y", "date: 2024-01-01"]

  it.each([
    ["a quoted text over several lines", 'title: "Snow: closes\n  the pass"'],
    ["a quoted text whose later lines are not indented", 'title: "Snow: closes\nthe pass"'],
    ["the same in single quotes", "title: 'Snow: closes\nthe pass'"],
    ["a folded text", "title: >\n  Snow: closes\n  the pass"],
    ["a folded text that is cut", "title: >-\n  Snow: closes\n  the pass\n"],
    ["a plain text over several lines", "title: 'Snow: closes the\n  pass'"],
    ["a line break that ends a quoted text", 'title: "Snow: closes the pass\\n"'],
    ["a comment behind it", 'title: "Snow: closes the pass" # final'],
    ["a no-break space behind the colon", 'title:\u00a0"Snow: closes the pass"'],
    ["a no-break space before the colon", 'title\u00a0: "Snow: closes the pass"'],
    ["no-break spaces around the text", "title: \u00a0'Snow: closes the pass'\u202f"],
    ["a quoted key", '"title": "Snow: closes the pass"'],
  ])("%s", (_, title) => {
    expect(read(title, ...others).title).toBe("Snow: closes the pass")
    expect(read(...others, title).title).toBe("Snow: closes the pass")
  })

  it.each([
    ["a no-break space behind a dash", "topics:\n-\u00a0Water\n-\u00a0Health"],
    ["a no-break space as indent", "topics:\n\u00a0 - Water\n\u00a0 - Health"],
    ["the same topic twice", "topics: [Water, Health, water, WATER]"],
    ["a list that is not indented", "topics:\n- Water\n- Health"],
    ["a list over several lines", "topics: [\n  Water,\n  Health,\n]"],
  ])("%s", (_, topics) => {
    expect(read("title: x", ...others, topics).topics).toEqual(["Water", "Health"])
  })

  it.each([
    "{\u00a0src:\u00a0./a.png,\u00a0alt\u00a0:\u00a0'A, B',\u00a0caption: C\u00a0D\u00a0}",
    '\u00a0{ src: ./a.png , alt:\u2009"A, B" ,\u00a0"caption":\u3000C\u00a0D }',
    "\n\u00a0\u00a0src:\u00a0./a.png\n\u00a0 alt: 'A, B'\n\u00a0 caption\u00a0:\u00a0C\u00a0D\u00a0",
    "{ src: ./a.png,\n\u00a0\u00a0alt:\u00a0'A, B',\n\u00a0caption:\u00a0C\u00a0D\u00a0}",
  ])("takes no-break spaces around YAML's signs as spaces, and keeps those in a text: %j", (image) => {
    expect(read("title: x", ...others, `image: ${image}`).image).toEqual({
      ...{ src: "./a.png", alt: "A, B", caption: "C\u00a0D" },
    })
  })

  it.each([
    [
      "a quoted text",
      '"Note:\u00a0x, {\u00a0alt:\u00a0y\u00a0} -\u00a0z"',
      "Note:\u00a0x, {\u00a0alt:\u00a0y\u00a0} -\u00a0z",
    ],
    ["a folded text", ">-\n  Note:\u00a0x\n\u00a0 date:\u00a0y\u00a0z", "Note:\u00a0x date:\u00a0y\u00a0z"],
    ["an unquoted text", "A word,\u00a0note:\u00a0x\u00a0#5", "A word,\u00a0note:\u00a0x\u00a0#5"],
  ])("keeps the no-break spaces of %s", (_, written, text) => {
    expect(read("title: x", "date: 2024-01-01", `summary: ${written}`).summary).toBe(text)
  })

  it("keeps every space of a quoted text, in brackets and braces too", () => {
    const pieces = fc.array(
      fc.constantFrom("\u00a0", "\u3000", " ", "{", "}", "[", "]", ",", ":", "#", "-", "'", '"', "x"),
    )
    fc.assert(
      fc.property(pieces, (some) => {
        const text = `a${some.join("")}b`
        for (const quoted of [JSON.stringify(text), `'${text.replaceAll("'", "''")}'`]) {
          expect(read(`title: ${quoted}`, ...others).title).toBe(text)
          expect(read("title: x", ...others, `image: { src: ./a.png, alt: ${quoted} }`).image?.alt).toBe(text)
          expect(read("title: x", ...others, `image:\u00a0{ src: ./a.png,\u00a0alt: ${quoted} }`).image?.alt).toBe(text)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it("normalises aliases with trailing slashes, capitals, other scripts or percent-encoding", () => {
    const written = [
      "/Old/Path/",
      "/old/path",
      "/archives/قديم/",
      "/archives/%d9%82%d8%af%d9%8a%d9%85",
      "/?p=123",
      "/à/b c",
    ]
    expect(read("title: x", ...others, `aliases: ${JSON.stringify(written)}`).aliases).toEqual([
      "/old/path",
      "/archives/%d9%82%d8%af%d9%8a%d9%85",
      "/%3fp%3d123",
      "/%c3%a0/b%20c",
    ])
  })

  it("reports a full-width colon where it is, without hiding other mistakes", () => {
    expect(mistakes(front("title：Snow closes the pass", "summary: y", "date: never"))).toEqual([
      "2:6 title: there is a full-width colon after `title` — use `:` and a space",
      expect.stringMatching(/^4:7 date: `never` is not a date/),
    ])
  })

  it("reads the values behind full-width colons, and places their mistakes", () => {
    const lines = ["title：x", "summary：'y'", "date：2024-01-01", "authors：[A, B]", "image：", "  alt：A pass"]
    const colons = ["2:6", "3:8", "4:5", "5:8", "6:6", "7:6"]
    expect(mistakes(front(...lines, "  src: ./x.jpg")).map((line) => line.split(" ", 1)[0])).toEqual(colons)
    expect(mistakes(front(...lines, "  src：x.html")).slice(6)).toEqual([
      "8:6 src: there is a full-width colon after `src` — use `:` and a space",
      expect.stringMatching(/^8:7 image\.src: /),
    ])
  })

  it("an unreadable key does not hide other mistakes, and does not count as missing", () => {
    expect(mistakes(front("title: *news*", "summary: a: b", "topics: [a", "date: never", 'authors: "a'))).toEqual([
      expect.stringMatching(/^2:8 title: `\*news\*` is a YAML alias/),
      expect.stringMatching(/^3:10 summary: the YAML cannot be read/),
      expect.stringMatching(/^4:\d+ topics: the YAML cannot be read/),
      expect.stringMatching(/^5:7 date: `never` is not a date/),
      expect.stringMatching(/^6:\d+ authors: the YAML cannot be read/),
    ])
  })

  it.each([
    [
      "summary: Snow: closes",
      "3:10 summary: the YAML cannot be read: the text contains a colon followed by a space — put the whole text in quotes",
    ],
    [
      "summary:Snow closes",
      "3:1 summary: front matter is not a list of keys: `summary:Snow closes` — write `key: value`, with a space",
    ],
    [
      "summary: 'It's closed'",
      "3:14 summary: the YAML cannot be read: there is something after the end of the value — put the whole text in quotes;",
    ],
    [
      "summary: [Update] Snow",
      "3:19 summary: the YAML cannot be read: there is something after the end of the value — put the whole text in quotes;",
    ],
    [
      "summary: @snow",
      "3:10 summary: the YAML cannot be read: the text begins with a symbol that has a special meaning in YAML — put the whole text",
    ],
    ['summary: "Snow', "3:15 summary: the YAML cannot be read: a quote or bracket is not closed — close it"],
    ['summary: "C:\\snow"', "3:13 summary: the YAML cannot be read: a `\\` begins an unknown escape sequence"],
    [
      "summary: x\ntopics: [a, b",
      "4:14 topics: the YAML cannot be read: a bracket is not closed, or its lines are not indented",
    ],
    ["summary: \u200b\u00ad", "3:10 summary: is empty"],
    ["summary: # news", "3:10 summary: is empty — put the text in quotes: `#` begins a comment"],
  ])("explains %s", (lines, expected) => {
    const [first, ...others] = mistakes(front("title: x", lines, "date: 2024-01-01"))
    expect(first).toContain(expected)
    expect(others).toEqual([])
  })
})

it("reads an empty list of other systems as one, and a line separator of layout programs as a space", () => {
  const { front } = parse("Text.", "topics:", "authors: ~", "aliases: null", "corrections:", "rights: un-irin")
  expect(front).toMatchObject({ topics: [], authors: [], aliases: [], corrections: [], rights: "un-irin" })
  const source = ["---", "title: One\u2028two", "summary: x", "date: unknown", "---", ""].join("\n")
  expect(parseAt(file, source).front.title).toBe("One two")
})
