// A text as blocks: the one call of the markdown lexer, for the page and for all who look at a text before, and a walk.
import { Lexer, Marked, type Token, type Tokens, type TokensList } from "marked"
import { endParagraphAtNote, footnotes } from "./footnotes.ts"
import type { Mistake } from "./mistakes.ts"

// CommonMark with GFM's tables and strikethrough. Bare addresses are text, as in CommonMark.
const parser = new Marked({ gfm: true }, footnotes, { tokenizer: { url: () => undefined } })
const { block, inline } = Lexer.rules
const blockRules = { ...block.gfm, paragraph: endParagraphAtNote(block.gfm.paragraph) }
// Up to what may begin markup, or the two blanks of a line break. marked's own rule also looks for bare addresses at
// every letter: a quarter of the whole time.
const inlineRules = {
  ...inline.gfm,
  text: /^(?:`+|~+|[^`~])(?:(?=[`~])|(?= {2,}\n)|(?:[^\\<![`*~_ ]+| +(?=[^ \n]|$)| (?=\n))*)/,
}

/**
 * Blocks with their inline tokens: CommonMark, GFM's tables and strikethrough, footnotes. Only for a text within bounds
 * (bounds.ts).
 */
export function lexMarkdown(text: string): TokensList {
  const lexer = new Lexer(parser.defaults)
  const { tokenizer } = parser.defaults
  if (tokenizer) tokenizer.rules = { ...tokenizer.rules, block: blockRules, inline: inlineRules }
  return lexer.lex(text)
}

/** Visits every token in the order of the text, parents first. (marked's own walk is quadratic.) */
export function walkTokens(tokens: readonly Token[], visit: (token: Token) => void): void {
  for (const token of tokens) {
    visit(token)
    for (const inner of childrenOf(token)) walkTokens(inner, visit)
  }
}

/** The lists of tokens inside a token; none for a leaf. */
export function childrenOf(token: Token): (readonly Token[])[] {
  if (token.type === "list") return [(token as Tokens.List).items]
  if (token.type === "table") {
    const { header, rows } = token as Tokens.Table
    return [header, ...rows].flatMap((cells) => cells.map((cell) => cell.tokens))
  }
  return "tokens" in token && token.tokens ? [token.tokens] : []
}

/** Where a text that cannot be read or rendered is wrong: at its first paragraph that marked throws at, else at its beginning. */
export function explainUnreadable(body: string, error: unknown): Mistake {
  const why = error instanceof Error ? error.message : String(error)
  const mistake = { field: "body", message: `cannot be rendered: ${why}`, fix: "write this part more simply" }
  for (const { 0: paragraph, index } of body.matchAll(/(?:.+\n?)+/g)) {
    try {
      lexMarkdown(paragraph)
    } catch {
      return { offset: index, ...mistake }
    }
  }
  return { offset: 0, ...mistake }
}
