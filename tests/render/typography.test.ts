import { describe, expect, test } from "vitest"
import config from "../../dateline.config.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { smarten } from "../../src/render/typography.ts"

const write = (text: string, language: string) => smarten(text, false, { language, before: "", openQuotes: 0 })

describe("smart punctuation", () => {
  test.each([
    [`"Water," she said. "It's ours."`, "“Water,” she said. “It’s ours.”"],
    [`('no')`, "(‘no’)"],
    [`"'No,' he said"`, "“‘No,’ he said”"],
    [`He said 'no'.`, "He said ‘no’."],
    ["the '90s, 'tis, rock 'n' roll", "the ’90s, ’tis, rock ’n’ roll"],
    ["the members' room", "the members’ room"],
    ["a -- b---c", "a – b—c"],
    ["1991--1997", "1991–1997"],
    ["wait...", "wait…"],
    ["---- and ....", "---- and ...."],
    ["run it with --force", "run it with --force"],
    ["a --> b <-- c", "a --> b <-- c"],
    ["a\n  ---\nb\n--", "a\n  ---\nb\n--"],
    [`"a "b" c" (“'d'”)`, "“a “b” c” (“‘d’”)"],
    [`a 6" pipe, 5'10", <a b="c" d='e'>, x"y"`, `a 6" pipe, 5'10", <a b="c" d='e'>, x"y"`],
    [`40°26'46"N, 10'000 francs in the 1990's`, `40°26'46"N, 10’000 francs in the 1990’s`],
    [
      `"水"と"山", 中国的"改革"。"Go,"she said. "Why?"he asked.`,
      "“水”と“山”, 中国的“改革”。“Go,”she said. “Why?”he asked.",
    ],
    [`"Ҷаласа" ва 'об'`, "“Ҷаласа” ва ‘об’"],
    [`"Hamlet"'s plot, ('it')'s, 𝐀's -- 😀's "😀"`, "“Hamlet”’s plot, (‘it’)’s, 𝐀’s – 😀’s “😀”"],
    [
      `fish 'n chips, ¿"Sí"? •"a" |"b"| 🏴\u{e0067}\u{e007f}'s`,
      "fish ’n chips, ¿“Sí”? •“a” |“b”| 🏴\u{e0067}\u{e007f}’s",
    ],
    [`\u200b"a"\u200b, \u2067"b"\u2069, "\u2067c\u2069".`, "\u200b“a”\u200b, \u2067“b”\u2069, “\u2067c\u2069”."],
    [
      `"But I—", she began. 'No—'! --"a 'b'"-- "pre-", "x"—"y"`,
      "“But I—”, she began. ‘No—’! –“a ‘b’”– “pre-”, “x”—“y”",
    ],
    [`so...she said:"Go." Then...."No."`, "so…she said:“Go.” Then....“No.”"],
    [`https://a.example/b--c's...d a--b@c.example, www.a.example/'x' d.example/e--f.`, undefined],
    ["&mdash;'tis &ldquo;'it'&rdquo;&nbsp;-- &quot;x&#34;", '—’tis “‘it’”\u00a0– "x"'],
  ])("%s", (text, expected = text) => expect(write(text, "en")).toBe(expected))

  test("follows the language", () => {
    expect(write(`"Wort" 'Wort'`, "de")).toBe("„Wort“ ‚Wort‘")
    expect(write(`"слово"`, "ru")).toBe("«слово»")
    expect(write(`Он: "Газета "Труд"". "Завод "Рассвет" и "Заря" закрыты"`, "ru")).toBe(
      "Он: «Газета „Труд“». «Завод „Рассвет“ и\u00a0„Заря“ закрыты»",
    )
    expect(write(`l'eau, "l'eau"`, "fr-TN")).toBe("l’eau, “l’eau”")
    expect(write(`"ماء" -- ...`, "ar")).toBe(`"ماء" – …`)
    expect(write("Qui paie ? « Nous » : tous", "fr")).toBe("Qui paie\u00a0? «\u00a0Nous\u00a0»\u00a0: tous")
    expect(write("В 16 км от села — вода, а не у реки -- лёд", "ru")).toBe(
      "В\u00a016\u00a0км от села\u00a0— вода, а\u00a0не у\u00a0реки\u00a0– лёд",
    )
  })

  test("considers the text in neighbouring elements, and leaves code and escapes alone", async () => {
    const render = (source: string) => renderMarkdown(source, { language: "en", media: {}, site: config })
    expect(render('"*water*" is `"x" -- y`')).toBe("<p>“<em>water</em>” is <code>&quot;x&quot; -- y</code></p>\n")
    expect(render("\\---")).toBe("<p>---</p>\n")
    expect(render('\\"a\\" &quot;')).toBe("<p>&quot;a&quot; &quot;</p>\n")
    expect(render(`"[*Go*](/a)"'s "**Hamlet**"'s`)).toContain(
      '<p>“<a href="/a"><em>Go</em></a>”’s “<strong>Hamlet</strong>”’s',
    )
    expect(await render('"a<br>"b"')).toBe("<p>“a<br>“b”</p>\n")
    expect(render("`it`'s")).toBe("<p><code>it</code>’s</p>\n")
    expect(render('    "x" --\n\n<https://a.example/--\'>')).toContain("--&#39;</a>")
  })
})
