// Markdown lexed with fewer of marked's rules has the same tokens.
import fc from "fast-check"
import { expect, test } from "vitest"
import { lexMarkdown } from "../../src/article/lex-markdown.ts"

const pieces = fc.constantFrom(
  ...["a", "b c", "\n", "\n", "\n\n", " ", "    ", "\t", "\r\n", "\u00a0", "\f", "\\", "`", "# ", "```\n"],
  ...["-", "=", "---", "===", "--- \t", "---\u00a0", ":-", "-:", "|", "|-|-|", "a|b\n:-|-:", "\n-", "\n=", "\n:-:\n"],
  ...["- ", "* ", "1. ", "> ", ">", "- [ ] ", "[^1]: ", "[a]: b", "<div>", "</div>", "<!--", "-->"],
)

test("headings and tables are found below any line, whether or not another part of the text is underlined", () => {
  const texts = fc.array(pieces, { maxLength: 20 }).map((some) => `p\n\n${some.join("")}`)
  fc.assert(
    fc.property(texts, fc.boolean(), (text, isPart) => {
      const [_heading, _space, ...others] = lexMarkdown(`x\n===\n\n${text}`, isPart)
      expect(others).toEqual([...lexMarkdown(text, isPart)])
    }),
    { numRuns: 5000 },
  )
})
