import { describe, expect, test } from "vitest"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { smarten } from "../../src/render/typography.ts"
import { config } from "../../src/site/config.ts"

const english = (text: string) => smarten(text, "", false, "en")

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
    [`"Ҷаласа" ва 'об'`, "“Ҷаласа” ва ‘об’"],
  ])("%s", (text, expected) => expect(english(text)).toBe(expected))

  test("follows the language", () => {
    expect(smarten(`"Wort" 'Wort'`, "", false, "de")).toBe("„Wort“ ‚Wort‘")
    expect(smarten(`"слово"`, "", false, "ru")).toBe("«слово»")
    expect(smarten(`l'eau, "l'eau"`, "", false, "fr-TN")).toBe("l’eau, “l’eau”")
    expect(smarten(`"ماء" -- ...`, "", false, "ar")).toBe(`"ماء" – …`)
  })

  test("knows what stands before and after a mark in other elements, and leaves code and escapes alone", () => {
    const render = (source: string) => renderMarkdown(source, { language: "en", media: {}, site: config })
    expect(render('"*water*" is `"x" -- y`')).toBe("<p>“<em>water</em>” is <code>&quot;x&quot; -- y</code></p>\n")
    expect(render('\\"a\\" &quot;')).toBe("<p>&quot;a&quot; &quot;</p>\n")
    expect(render("`it`'s")).toBe("<p><code>it</code>’s</p>\n")
    expect(render('    "x" --\n\n<https://a.example/--\'>')).toContain("--&#39;</a>")
  })
})
