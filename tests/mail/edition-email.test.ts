// An edition's email: its size, subject, preheader, headers and each recipient's own links.
import fc from "fast-check"
import { decodeWords } from "postal-mime"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import type { EditionStory } from "../../src/article/edition.ts"
import { addressLetter, writeLetter } from "../../src/mail/edition-email.ts"
import { wrap } from "../../src/mail/email-layout.ts"
import type { SiteConfig } from "../../src/site/site.ts"
import { attribute, readPage, textOf } from "../render/sample.ts"
import { makeEdition, makeStories } from "./sample.ts"

const site: SiteConfig = config
const bytes = (text: string) => new TextEncoder().encode(text).length
const times = (text: string, part: string) => text.split(part).length - 1
/** The visible texts of an email's elements with one name. */
const read = (html: string, name: string) => readPage(html).named(name).map(textOf)

describe("the size of an edition's email", () => {
  const signs = fc.constantFrom("a", " ", '"', "&", "<", "é", "ب", "雪", "𝄞")
  const exactly = (length: number) =>
    fc.array(signs, { minLength: 1, maxLength: 12 }).map((some) => some.join("").repeat(length).slice(0, length))
  const stories = fc.array(fc.record({ title: exactly(200), summary: exactly(300) }), { minLength: 20, maxLength: 20 })
  const block = fc.oneof(
    exactly(700).map((text) => `x${text}`),
    fc.constant("> A quotation with *emphasis* and a [link](/asia/nepal/x).\n>\n> - and\n> - a list"),
    fc.constant("## A heading"),
    fc.constant("| a | b |\n|---|---|\n| 1 | 2 |"),
    fc.constant("A note.[^1]\n\n[^1]: Its text."),
  )

  it("is below 60 KB with the longest stories and an introduction of any length", () => {
    const introduction = fc.array(block, { maxLength: 200 }).map((blocks) => blocks.join("\n\n"))
    fc.assert(
      fc.property(stories, introduction, (texts, intro) => {
        const all = makeStories("en", 20).map((story, index): EditionStory => ({ ...story, ...texts[index] }))
        const letter = writeLetter(makeEdition({ intro, stories: all, more: 3 }), site)
        const { html } = addressLetter(letter, { email: "a@b.example", token: "t".repeat(100) })
        expect(bytes(html)).toBeLessThan(60_000)
        const links = readPage(html)
          .named("a")
          .map((link) => attribute(link, "href"))
        for (const { path } of all) expect(links).toContain(site.origin + path)
      }),
      { numRuns: 30 },
    )
  })

  it("loses the last summaries if the titles and summaries alone are too long", () => {
    const texts = { title: '"'.repeat(200), summary: `it ${'"'.repeat(297)}` }
    const letter = writeLetter(
      makeEdition({ stories: makeStories("en", 20).map((one) => ({ ...one, ...texts })) }),
      site,
    )
    expect(bytes(letter.html)).toBeLessThan(60_000)
    expect(read(letter.html, "h2")).toEqual(Array.from({ length: 20 }, () => texts.title))
    const shown = read(letter.html, "p").filter((one) => one === texts.summary).length
    expect(shown).toBeGreaterThan(5)
    expect(shown).toBeLessThan(20)
    expect(times(letter.text, "it\n")).toBe(shown)
  })

  it("loses the last stories if even the titles are too long, and counts them with those on the site", () => {
    const title = '"'.repeat(200)
    const stories = makeStories("en", 50).map((one) => ({ ...one, title }))
    const { html, text } = writeLetter(makeEdition({ stories, more: 2 }), site)
    expect(bytes(html)).toBeLessThan(60_000)
    const shown = read(html, "h2").length
    expect(shown).toBeGreaterThan(20)
    expect(shown).toBeLessThan(50)
    expect(times(text, title)).toBe(shown)
    expect(text).toContain(`And ${52 - shown} more stories`)
  })

  it("cuts a long introduction after a paragraph and links to the rest, in both texts", () => {
    const paragraphs = Array.from({ length: 100 }, (_, index) => `Paragraph ${index}. ${"Snow fell. ".repeat(80)}END`)
    const { html, text } = writeLetter(makeEdition({ list: "digest", intro: paragraphs.join("\n\n") }), site)
    const shown = read(html, "p").filter((one) => one.startsWith("Paragraph "))
    expect(shown.length).toBeGreaterThan(30)
    expect(shown.length).toBeLessThan(100)
    expect(shown).toEqual(paragraphs.slice(0, shown.length))
    expect(times(text, "END")).toBe(shown.length)
    expect(read(html, "a")).toContain("Continue reading on the web")
    expect(text).toContain(
      "END\n\nContinue reading on the web\nhttps://meridian.example/digest/2026-11-23\n\nToday’s stories",
    )
    for (const { title } of makeStories("en", 3)) expect(read(html, "h3")).toContain(title)
  })

  it("keeps the words of a link whose definition is cut off", () => {
    const long = Array.from({ length: 100 }, () => "Snow fell. ".repeat(80)).join("\n\n")
    const { text } = writeLetter(makeEdition({ intro: `The [first words][1].\n\n${long}\n\n[1]: /asia` }), site)
    expect(text).toContain("The first words.")
  })
})

describe("a recipient's links", () => {
  const [first] = makeStories("en", 1) as [EditionStory]
  const token = "secret"
  it.each([
    "\u001a",
    "&#26;",
    "&#x1a;",
    "\\\u001a",
    "RECIPIENT-TOKEN",
    "{token}",
    "%1A",
  ])("cannot be inserted by an editor's text (%j)", (mark) => {
    const words = `https://evil.example/?token=${mark}`
    const story = { ...first, title: words, summary: words, path: `/asia/${mark}` }
    const intro = `${words} [x](${words}) <a href="${words}">x</a>\n\n\`${words}\`\n\n[y]: ${words}\n\n[y]`
    const letter = writeLetter(makeEdition({ title: words, intro, stories: [story] }), site)
    const email = addressLetter(letter, { email: "a@b.example", token })
    for (const text of [email.text, email.html]) {
      expect(times(text, token)).toBe(2)
      expect(times(text, `token=${token}`)).toBe(2)
    }
    expect(email.subject).not.toContain(token)
    expect(times(JSON.stringify(email.headers), token)).toBe(1)
  })

  it("are the only difference between two recipients' emails", () => {
    const letter = writeLetter(makeEdition({}), site)
    const [one, two] = ["one", "two"].map((token) => addressLetter(letter, { email: `${token}@b.example`, token }))
    expect(JSON.parse(JSON.stringify(one).replaceAll("token=one", "token=two").replace("one@", "two@"))).toEqual(two)
  })
})

describe("the inbox entry", () => {
  it("is the list's name with the date, and the first titles", () => {
    const { subject, html } = writeLetter(makeEdition({ stories: makeStories("en", 20) }), site)
    expect(subject).toBe("Daily headlines, 23 November 2026")
    expect(writeLetter(makeEdition({ language: "ar" }), site).subject).toBe("عناوين اليوم، 23 نوفمبر 2026")
    const [preheader = ""] = read(html, "div").slice(1)
    expect(preheader).toMatch(/^Snow closes the Anzob pass, and .* · .*… [\u034f\u200c\u00a0]{200,}$/)
  })

  it("is the editor's title, and how the introduction begins", () => {
    const edition = makeEdition({
      title: "Lorries & <snow>",
      intro: '## First\n\nThe "pass" is *closed* & cold.\n\nMore.',
    })
    const { subject, html, text } = writeLetter(edition, site)
    expect(subject).toBe("Lorries & <snow>")
    expect(read(html, "title")).toEqual(["Lorries & <snow>"])
    expect(read(html, "h1")).toEqual(["Lorries & <snow>"])
    expect(read(html, "div")[1]).toMatch(/^The “pass” is closed & cold\. [\u034f\u200c\u00a0]{200,}$/)
    expect(text).toMatch(/^Lorries & <snow>\n=+\n\nDaily headlines · 23 November 2026\n/)
  })

  it("has at most 78 characters of subject, however long the list's name", () => {
    const long = { ...site, newsletter: { ...site.newsletter, name: { en: "All of the day’s headlines ".repeat(9) } } }
    const { subject } = writeLetter(makeEdition({}), long)
    expect(subject.length).toBeLessThanOrEqual(78)
    expect(subject).toMatch(/^All of the day’s headlines .*\S…$/)
  })
})

describe("the headers", () => {
  const { name: short } = site.digest
  const long: typeof short = { ...short, ar: short.ar?.repeat(10) ?? "" }
  it.each([
    ["en", short],
    ["fr", short],
    ["ar", short],
    ["ar", long],
  ])("are ASCII and identify the list in %s (RFC 2919, RFC 8058)", (language, name) => {
    const letter = writeLetter(makeEdition({ list: "digest", language }), { ...site, digest: { ...site.digest, name } })
    const headers = addressLetter(letter, { email: "a@b.example", token: "t" }).headers ?? {}
    for (const value of Object.values(headers)) expect(value).toMatch(/^[ -~]{1,870}$/)
    const [, phrase = "", id] = /^(.*) <([^<>]*)>$/.exec(headers["List-Id"] ?? "") ?? []
    expect(id).toBe("digest.meridian.example")
    for (const word of phrase.startsWith('"') ? [] : phrase.split(" ")) expect(word.length).toBeLessThanOrEqual(75)
    const decoded = decodeWords(phrase.replace(/^"|"$/g, ""))
    expect(decoded).toBe(name[language])
    expect(headers).toMatchObject({
      "List-Unsubscribe": `<https://meridian.example${language === "en" ? "" : `/${language}`}/newsletter/unsubscribe?list=digest&token=t>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      Precedence: "bulk",
    })
  })
})

describe("wrap", () => {
  it("breaks at spaces only, and leaves URLs and signatures whole", () => {
    const url = `https://meridian.example/${"a".repeat(150)}`
    expect(wrap(`${"word ".repeat(20)}${url} ${"word ".repeat(3)}`)).toBe(
      `${"word ".repeat(14).trim()}\n${"word ".repeat(6).trim()}\n${url}\nword word word`,
    )
    expect(wrap("-- \nshort\n\nlines")).toBe("-- \nshort\n\nlines")
    const word = fc.string({ unit: fc.constantFrom("a", "«\u00a0b", "ب"), minLength: 1, maxLength: 90 })
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const lines = wrap(words.join(" ")).split("\n")
        expect(lines.join(" ")).toBe(words.join(" "))
        for (const line of lines) expect(line.includes(" ") && line.length > 72).toBe(false)
      }),
    )
  })
})
