// Footnotes: `[^label]` in the text, `[^label]: …` anywhere, one numbered list at the end.
import type { MarkedExtension, Token, TokenizerThis, Tokens } from "marked"
import { message } from "../site/messages.ts"
import { escapeHtml } from "./escape.ts"

/** What a definition leaves among the references of the text. */
interface Definition {
  href: string
  title: null
  note: readonly Token[]
}

interface Note {
  readonly number: number
  readonly tokens: readonly Token[]
  references: number
}

/** The footnotes of one text, in the order of their first reference. */
export interface Notes {
  readonly definitions: Readonly<Record<string, unknown>>
  readonly byLabel: Map<string, Note>
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
  return { type: "note", raw: source.slice(0, length), tokens: [] }
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

/** The reference's markup: a raised number that leads to the note. */
export function renderReference(key: string, notes: Notes, prefix: string): string {
  let note = notes.byLabel.get(key)
  if (note === undefined) {
    const definition = notes.definitions[key] as Definition
    note = { number: notes.byLabel.size + 1, tokens: definition.note, references: 0 }
    notes.byLabel.set(key, note)
  }
  note.references++
  const { number } = note
  return `<sup class="note"><a href="#${prefix}fn-${number}" id="${referenceId(note, prefix, note.references)}" role="doc-noteref">${number}</a></sup>`
}

function referenceId(note: Note, prefix: string, time: number): string {
  return `${prefix}fn-${note.number}-ref${time === 1 ? "" : `-${time}`}`
}

/** The list of notes, each with links back to where it is referred to; "" when there are none. */
export function renderNotes(
  notes: Notes,
  prefix: string,
  language: string,
  renderBlocks: (tokens: readonly Token[]) => string,
): string {
  if (notes.byLabel.size === 0) return ""
  // Notes may refer to notes: the map grows while it is walked, and the links back are written when all are known.
  const texts: [Note, string][] = []
  for (const note of notes.byLabel.values()) texts.push([note, renderBlocks(note.tokens)])
  let items = ""
  for (const [note, text] of texts) {
    let back = ""
    for (let time = 1; time <= note.references; time++)
      back += ` <a href="#${referenceId(note, prefix, time)}" role="doc-backlink" aria-label="${escapeHtml(message(language, "backToText"))}">↩\ufe0e</a>`
    const inside = text.endsWith("</p>\n") ? `${text.slice(0, -5)}${back}</p>` : `${text}<p>${back.trim()}</p>`
    items += `<li id="${prefix}fn-${note.number}">${inside}</li>\n`
  }
  return `<section class="notes" role="doc-endnotes" aria-label="${escapeHtml(message(language, "footnotes"))}"><ol>\n${items}</ol></section>\n`
}
