// What an article's page adds to its rendered text: contents for long reads.
import type { Story } from "../article/article.ts"
import { message } from "../site/messages.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import type { Sheet } from "./style.ts"

/** Articles with at least this many words and sections have contents. */
const longRead = { words: 1_200, sections: 3 }

const section = /<h2 id="([^"]*)">(.*?)<\/h2>/gs
const markup = /<sup class="note">.*?<\/sup>|<[^>]*>/gs

/** Links to the sections of a long article. `text`: its markup, as far as the reader gets it. */
export function renderContents(text: string, words: number, language: string): Html {
  if (words < longRead.words) return nothing
  const sections = Array.from(text.matchAll(section), ({ 1: id = "", 2: heading = "" }) => [
    id,
    heading.replace(markup, "").trim(),
  ]).filter(([, name]) => name !== "")
  if (sections.length < longRead.sections) return nothing
  // The markup's text is escaped already.
  const links = sections.map(([id = "", name = ""]) => html`<li><a href="#${raw(id)}">${raw(name)}</a></li>`)
  const name = message(language, "contents")
  return html`<nav class="contents noprint" aria-label="${name}"><details><summary>${name}</summary><ol>${links}</ol></details></nav>`
}

/** The style sheets that an article needs. `text`: its markup. */
export function sheetsOf({ image, map }: Story, contents: Html, text: string): Sheet[] {
  const sheets: Sheet[] = ["story"]
  if (image !== null || map || text.includes("<figure")) sheets.push("face")
  if (contents !== nothing || /<(?:blockquote|h4|hr|pre|section|table|audio|video)|class="full"/.test(text))
    sheets.push("reading")
  return sheets
}
