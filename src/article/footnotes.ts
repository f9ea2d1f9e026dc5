// Footnotes as marked reads them: `[^label]` in the text, `[^label]: …` anywhere.
import type { MarkedExtension, Token, TokenizerThis, Tokens } from "marked"

/** What a definition leaves among the references of the text. */
export interface Definition {
  href: string
  title: null
  note: readonly Token[]
}

const label = String.raw`\[\^([^\s[\]\\]{1,99})\]`
const definitionStart = new RegExp(`^ {0,3}${label}:[ \\t]*`)
const reference = new RegExp(`^${label}`)
const indent = /^(?: {4}| {0,3}\t)/
const blank = /^[ \t]*$/
// What ends the lazy lines of a definition's paragraph.
const interrupts = new RegExp(
  `^ {0,3}(?:${label}:|#{1,6}(?:[ \\t]|$)|>|\`\`\`|~~~|[-*+] |\\d{1,9}[.)] |<|([-*_])([ \\t]*\\2){2,}[ \\t]*$)`,
)

/** A paragraph of marked's ends where a definition begins; `paragraph` is marked's own rule. */
export function endParagraphAtNote(paragraph: RegExp): RegExp {
  return new RegExp(paragraph.source.replace("(?!", `(?! {0,3}\\[\\^[^\\s[\\]\\\\]{1,99}\\]:|`), paragraph.flags)
}

function keyOf(name: string): string {
  return `^${name.toLowerCase().toUpperCase().toLowerCase()}`
}

// Definitions are kept with marked's own link references, so that marked knows `[^label]` for a unit when it pairs
// the marks of emphasis. The key begins with ^.
function takeDefinition(this: TokenizerThis, source: string): Tokens.Generic | undefined {
  const start = definitionStart.exec(source)
  const state = this.lexer.state as typeof this.lexer.state & { inNote?: boolean }
  if (start === null || state.inNote) return undefined
  const { text, length } = takeLines(source, start[0].length)
  const { top } = state
  state.top = true
  state.inNote = true
  const tokens = this.lexer.blockTokens(text, [])
  state.inNote = false
  state.top = top
  const links = this.lexer.tokens.links as unknown as Record<string, Definition>
  const key = keyOf(start[1] ?? "")
  links[key] ??= { href: "", title: null, note: tokens }
  return { type: "note", raw: source.slice(0, length), tokens }
}

function takeLines(source: string, from: number): { text: string; length: number } {
  let position = from
  let text = ""
  let afterBlank = false
  for (let first = true; position < source.length; first = false) {
    const end = source.indexOf("\n", position)
    const line = end === -1 ? source.slice(position) : source.slice(position, end)
    if (first) text = line
    else if (blank.test(line)) text += "\n"
    else {
      const inside = indent.exec(line)
      if (inside === null && (afterBlank || interrupts.test(line))) break
      text += `\n${inside === null ? line : line.slice(inside[0].length)}`
    }
    afterBlank = blank.test(line)
    position = end === -1 ? source.length : end + 1
  }
  return { text, length: position }
}

/** Teaches marked footnotes: tokens of type `note` (a definition) and `noteReference`. */
export const footnotes: MarkedExtension = {
  extensions: [{ name: "note", level: "block", tokenizer: takeDefinition }],
  tokenizer: {
    // Where a note's definition isn't taken (in another note), it is no link reference either.
    def: (source) => (definitionStart.test(source) ? undefined : false),
    reflink(source, links) {
      // "Peace![^1]" is an exclamation and a note, not a picture.
      if (source.startsWith("![^")) return { type: "text", raw: "!", text: "!" }
      if (!source.startsWith("[^")) return false
      const found = reference.exec(source)
      if (found === null) return false
      const key = keyOf(found[1] ?? "")
      if (!Object.hasOwn(links, key)) return false
      // A link can't hold a footnote's link: marked then leaves the outer one as text.
      this.lexer.state.linkEmitted = true
      return { type: "noteReference", raw: found[0], text: key } as unknown as Tokens.Text
    },
  },
}
