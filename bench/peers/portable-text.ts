// Converts Markdown to Portable Text, which EmDash stores.
import { marked, type Token, type Tokens } from "marked"

/** Paragraphs, headings, quotations and lists, with links and emphasis, as in our generated articles. */
export function composeBlocks(text: string): object[] {
  return marked.lexer(text).flatMap((token): object[] => {
    if (token.type === "heading") return [composeBlock(`h${token.depth}`, token.tokens ?? [])]
    if (token.type === "paragraph") return [composeBlock("normal", token.tokens ?? [])]
    if (token.type === "blockquote")
      return ((token.tokens ?? []) as Tokens.Paragraph[]).map((inner) => composeBlock("blockquote", inner.tokens))
    if (token.type === "list")
      return (token as Tokens.List).items.map((item) => ({
        ...composeBlock("normal", (item.tokens as Tokens.Text[])[0]?.tokens ?? []),
        listItem: "bullet",
        level: 1,
      }))
    return []
  })
}

const markOf: Record<string, string> = { em: "em", strong: "strong" }

function composeBlock(style: string, tokens: readonly Token[]): object {
  const markDefs: object[] = []
  const spans = (list: readonly Token[], marks: readonly string[]): object[] =>
    list.flatMap((token) => {
      const inner = "tokens" in token ? token.tokens : undefined
      if (inner === undefined || inner.length === 0)
        return [{ _type: "span", text: "text" in token ? token.text : token.raw, marks }]
      if (token.type !== "link") return spans(inner, [...marks, markOf[token.type] ?? []].flat())
      const key = `link${markDefs.length}`
      markDefs.push({ _key: key, _type: "link", href: token.href })
      return spans(inner, [...marks, key])
    })
  return { _type: "block", style, children: spans(tokens, []), markDefs }
}
