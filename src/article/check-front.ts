// Finds texts in front matter that readers would not see as intended: Markdown, HTML, comments and placeholders.
import type { Article } from "./article.ts"
import { marksInFront } from "./foreign-marks.ts"
import { type Mistake, quote } from "./mistakes.ts"
import { findTexts } from "./read-front-matter.ts"
import { decodeReferences, reference } from "./text.ts"
import { straightenSpaces } from "./yaml.ts"

/** The placeholder summary in files that `dateline new` creates. */
export const placeholderSummary = "Say in one sentence what happened and why it matters."

export const finish = "write the text, or make the article a draft: `status: draft`"
export const unfinished = /\bTKTK\b|\b(?:TODO|FIXME):|\bLorem ipsum\b/g

export function checkFront({ front, frontSource }: Article): Mistake[] {
  const mistakes: Mistake[] = []
  const add = (offset: number, field: string, message: string, fix: string) =>
    mistakes.push({ offset, field, message, fix })
  for (const { field, text, offset, cut, cutAt } of findTexts(frontSource)) {
    if (cut !== "" && text !== "")
      add(cutAt, field, `${quote(`#${cut}`)} is a comment, not part of the text`, "put the text in quotes")
    if (/^(?:authors|topics)$/.test(field) && /[，、،]/.test(text) && !/["']/.test(frontSource.charAt(offset)))
      add(
        offset,
        field,
        `${quote(text)} is a single name, because only \`,\` separates names`,
        "write `, ` between names; if it is a single name, put it in quotes",
      )
    const mark = marksInFront.flatMap((marks) => marks.exec(text)?.[0] ?? []).at(0) ?? findCharacterReference(text)
    if (mark) add(offset, field, `${quote(mark)} is shown as written`, "use plain text here, without Markdown or HTML")
    const placeholder = front.status === "draft" ? null : text.match(unfinished)?.[0]
    if (placeholder) add(offset, field, `${quote(placeholder)} is a placeholder`, finish)
    if (field === "summary" && text === placeholderSummary && front.status === "published")
      add(
        offset,
        field,
        "is still the placeholder that `dateline new` wrote",
        "say in one sentence what happened, or add `status: draft`",
      )
  }
  for (const { 0: written, 1: key = "", index } of straightenSpaces(frontSource).matchAll(/([a-zA-Z]+):(?= )/g))
    if (frontSource[index + written.length] !== " ")
      add(index + written.length, key, `there is a no-break space after \`${key}:\``, "use an ordinary space")
  return mistakes
}

/** The first character reference in a text, such as `&#8217;` or `&amp;`: other systems export titles with them. */
function findCharacterReference(text: string): string | undefined {
  return text.match(new RegExp(reference, "g"))?.find((found) => decodeReferences(found) !== found)
}
