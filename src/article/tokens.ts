// A text as blocks: the one call of the markdown lexer, and a walk over what it gives.
import { Marked, type Token, type Tokens } from "marked"

const plain = new Marked({ gfm: true })

/** CommonMark and GFM blocks with their inline tokens. Only for a text within bounds (bounds.ts). */
export function lexMarkdown(body: string): Token[] {
  return plain.lexer(body)
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
