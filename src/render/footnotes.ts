// Footnotes: one numbered list at the end, in the order in which the text refers to them.
import type { Token } from "marked"
import type { Definition } from "../article/footnotes.ts"
import { message } from "../site/messages.ts"
import { escapeHtml } from "./html.ts"

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
