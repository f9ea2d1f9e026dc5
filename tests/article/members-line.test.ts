import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { divideBody, findCandidates } from "../../src/article/members-line.ts"
import { parseArticle } from "../../src/article/parse.ts"
import { file, mistakes, parse, site, write } from "./sample.ts"

const line = "<!-- members-only -->"

describe("the members-only line", () => {
  it.each([
    ["after an empty line", "open\n\n", `${line}\n\nSECRET`],
    ["at the very start", "", `${line}\nSECRET`],
    ["at the very end", "open\n", line],
    ["right below a paragraph", "open\n", `${line}\nSECRET`],
    ["below a paragraph, indented", "open\n", `  ${line}\nSECRET`],
    ["indented by three", "open\n\n", `   ${line}\nSECRET`],
    ["with spaces inside and after", "open\n\n", "<!--   members-only\t-->  \nSECRET"],
    ["without spaces inside", "open\n\n", "<!--members-only-->\nSECRET"],
    ["before a definition", "See [a]\n\n", `${line}\n[a]: https://example.org/SECRET`],
    ["before a footnote", "Text[^1]\n\n", `${line}\n[^1]: SECRET`],
    ["below a footnote", "Text[^1]\n\n[^1]: note\n", `${line}\nSECRET`],
    ["below a list", "- a\n- b\n", `${line}\nSECRET`],
    ["below a quote", "> a\n", `${line}\nSECRET`],
    ["below a table", "| a |\n|---|\n| b |\n", `${line}\nSECRET`],
    ["below a heading", "# a\n", `${line}\n## SECRET`],
    ["below a closed fence", "```\nx\n```\n", `${line}\nSECRET`],
    ["below HTML", "<div>x</div>\n\n", `${line}\nSECRET`],
    ["before a ruler", "open\n", `${line}\n===\nSECRET`],
    ["the first of two", "open\n\n", `${line}\nSECRET\n\n${line}\n\nSECRET too`],
    ["before what looks like it", "open\n\n", `${line}\nSECRET\n\n<!-- member only -->\n`],
    ["after one in a code span", `\`${line}\` does it\n\n`, `${line}\nSECRET`],
  ])("divides %s", (_, open, members) => {
    for (const crlf of [false, true]) {
      const write = (text: string) => (crlf ? text.replaceAll("\n", "\r\n") : text)
      const divided = divideBody(write(open + members), "open")
      expect(divided).toEqual({ division: "line", open: write(open), members: write(members), mistakes: [] })
      expect(divideBody(write(open + members), "members")).toEqual(divided)
    }
  })

  it.each([
    ["in a fence", `\`\`\`\n${line}\n\`\`\`\npublic`],
    ["in a long fence with a language", `~~~~html\n~~~\n${line}\n~~~~\n`],
    ["in a code span", `write \`${line}\` alone`],
    ["in a code span of two", `write \`\`${line} \` \`\` alone`],
    ["in a fence in a list", `- a\n\n  \`\`\`\n  ${line}\n  \`\`\`\n`],
    ["in a code span in a table", `| a |\n|---|\n| \`${line}\` |`],
  ])("is ordinary text %s", (_, body) => {
    expect(divideBody(body, "open")).toEqual({ division: "none", open: body, members: null, mistakes: [] })
  })

  it.each([
    ["in an HTML block", `open\n\n<div>\n${line}\n</div>SECRET`],
    ["in an HTML comment that is open", `open\n\n<!-- note\n${line}\nSECRET`],
    ["in a quote", `> a\n> ${line}\n> SECRET`],
    ["in a list", `- a\n\n  ${line}\n\n  SECRET`],
    ["in a table", `| a |\n|---|\n| ${line} |\n`],
    ["in a heading", `# a ${line}\nSECRET`],
    ["in a sentence", `open ${line} SECRET`],
    ["before more on its line", `open\n\n${line} SECRET`],
    ["as a definition's address", `[a]:\n${line}\nSECRET`],
    ["in a fence that nothing closes", `\`\`\`\n${line}\nSECRET`],
    ["in a fence closed by another sign", `\`\`\`\n${line}\n~~~\nSECRET`],
    ["indented by four", `open\n\n    ${line}\n\nSECRET`],
    ["in what only looks like a code span", `\`\`${line}\` SECRET`],
    ["escaped", `\\${line}\n\nSECRET`],
  ])("is a mistake %s", (_, body) => {
    const { division, mistakes: found } = divideBody(body, "open")
    expect(division).toBe("none")
    expect(found).toHaveLength(1)
    expect(found[0]?.offset).toBe(body.indexOf(line))
    expect(parseArticle(file, write(body), site).article).toBeNull()
  })

  it("reports where it is and how to fix it", () => {
    const [first] = mistakes(write(`a\r\n\r\n> ${line}\r\n`))
    expect(first).toBe(
      "8:3 body: the members-only line is inside another element, so it does not divide the text — write `<!-- members-only -->` on a line of its own, outside lists, quotes, tables, HTML and unclosed code fences; to show it as text, put it in a code fence",
    )
  })
})

describe("a comment that looks like the line", () => {
  it.each([
    "<!-- member-only -->",
    "<!-- members only -->",
    "<!-- Members-Only -->",
    "<!--membersonly-->",
    "<!-- members_only -->",
    "<!-- MEMBERS-ONLY -->",
    "<!-- memebrs-only -->",
    "<!-- members-only --",
    "<!-- members-only ->",
    "<!- members-only -->",
    "<!— members-only —>",
    "<!–– members-only ––>",
    "<-- members-only -->",
    "<! -- members-only -->",
    "<!--- members-only --->",
    "<!-- for members only -->",
    "<!-- only members -->",
    "<!-- members -->",
    "<!-- /members-only -->",
    "<!-- begin members -->",
    "<!-- members-only: start -->",
    "<!-- subscribers-only -->",
    "<!-- réservé aux abonnés -->",
    "<!-- pour les membres -->",
    "&lt;!-- members-only --&gt;",
    "<!-- m\u0435mbers-only -->",
    "<!-- mem\u200bbers-only -->",
    "<!--\nmembers-only\n-->",
    "<!-- ｍembers-only -->",
    "<!-- paywall -->",
    "<!-- members-only --!>",
    "<!-- members\u2010only -->",
  ])("is a mistake: %j", (comment) => {
    for (const access of ["open", "members"] as const) {
      const { division, mistakes: found } = divideBody(`open\n\n${comment}\n\nSECRET\n`, access)
      expect(division).toBe(access === "open" ? "none" : "teaser")
      expect(found).toMatchObject([{ offset: 6, fix: "write `<!-- members-only -->`, or remove the comment" }])
    }
  })

  it.each(["", "\n\n![a](/maps/tjk.svg)"])("is found with any line endings, and before other content: %j", (more) => {
    for (const comment of ["<!-- members-only\rThe words begin here -->", `<!--${"\r\n".repeat(60)}members-only -->`])
      expect(mistakes(write(`Open.\n\n${comment}\n\nrest${more}`))[0]).toContain("members-only line")
  })

  it.each([
    "<!-- a note -->",
    "<!-- the members of parliament -->",
    "<!-- membership -->",
    "<!-- only here -->",
    "<!--more-->",
    "a < b - members only",
    "<members@example.org>",
    "Members only!",
    "members-only",
    "<!-- team photo, all members -->",
  ])("is not reported: %j", (text) => {
    expect(findCandidates(text)).toEqual([])
    expect(parse(`open\n\n${text}\n`).division).toBe("none")
  })

  it("is found in linear time", () => {
    for (const unit of ["<!--", "<!- ", "<!-- members", "< ! ", "<!-- m\n"]) findCandidates(unit.repeat(100_000))
  })
})

describe("members' articles without the line", () => {
  it.each([
    ["First.\n\nSECRET", "First."],
    ["# Heading\n\n![a](./a.jpg)\n\nSECRET", "![a](./a.jpg)"],
    ["- SECRET\n\n> SECRET\n\nFirst\nparagraph.\n\nSECRET", "First\nparagraph."],
    ["First.\n[^1]: SECRET", "First.\n"],
    ["[^1]: SECRET note\n\nFirst.", "First."],
    ["- SECRET\n", ""],
    ["", ""],
    ["<p>First</p>\n<p>Second</p>\n\nThird.\n", "<p>First</p>"],
    ["<div>\n\n<P class='a'>First\nline</P>\n\nThird.\n", "<P class='a'>First\nline</P>"],
    ["<p>First\n\nSecond</p>\n\nThird.\n", ""],
  ])("give the first paragraph of %j", (body, open) => {
    expect(divideBody(body, "members")).toEqual({ division: "teaser", open, members: body, mistakes: [] })
    expect(parse(body, "access: members")).toMatchObject({ division: "teaser", open, members: body, body })
  })
})

describe("any text", () => {
  const pieces = `${line}\n;${line};  ${line}\n;\`${line}\`;<!-- member-only -->;SECRET ;open ;\n;\n\n;\r\n;- ;> ;1. ;    ;\`\`\`\n;~~~\n;\`;<div>\n;</div>\n;| a |\n|---|\n;[a]: b\n;[^1]: c\n;# ;===\n;***\n;<!--;-->;[a]:\n;\t;\\`
  const piece = fc.constantFrom(...pieces.split(";"))
  const bodies = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(""))

  it("is divided at the line without loss", () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom("open", "members"), (body, access) => {
        const { division, open, members } = divideBody(body, access)
        if (division === "line") {
          expect(open + members).toBe(body)
          expect(members).toMatch(/^ {0,3}<!--[ \t]*members-only[ \t]*-->[ \t]*(?:\r?\n|$)/)
        } else if (division === "teaser") expect(members).toBe(body)
        else expect([open, members]).toEqual([body, null])
      }),
      { numRuns: 3000 },
    )
  })

  it("never reveals what follows a line at the left margin, except in code fences", () => {
    fc.assert(
      fc.property(bodies, bodies, (before, after) => {
        fc.pre(!/```|~~~/.test(before))
        const source = write(`${before.replaceAll("SECRET", "public")}\n\n${line}\n\nSECRET ${after}`)
        const { article } = parseArticle(file, source, site)
        if (article !== null) expect(article.open).not.toContain("SECRET")
      }),
      { numRuns: 3000 },
    )
  })
})
