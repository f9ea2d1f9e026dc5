// Text on a social card: which of it the fonts can write, and how a title is set in lines.

import { languages } from "../site/messages.ts"

/** How wide a text is, pixels. */
export type Measure = (text: string) => number

// Letters of scripts for which no language brings a font.
const scripts = Object.keys(languages)
  .filter((code) => languages[code]?.cardFont)
  .map((code) => `\\p{Script=${new Intl.Locale(code).maximize().script}}`)
const foreign = new RegExp(`[^${scripts.join("")}\\p{Script=Common}\\p{Script=Inherited}]`, "u")
const pictures =
  /\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1f1e6}-\u{1f1ff}]|\u200d|\ufe0f|\p{Cc}|\p{Co}|\p{Cn}|\p{Cs}/gu
const digits = /[#*\d©®™]/

/** The text as far as the fonts have it; null when it has letters that they lack. */
export function chooseDrawable(text: string): string | null {
  if (foreign.test(text)) return null
  const drawable = text
    .normalize("NFC")
    .replace(pictures, (found) => (digits.test(found) ? found : " "))
    .replace(/\s+/g, " ")
    .trim()
  return drawable === "" ? null : drawable
}

/** Lines of about equal width, as few as fit in `width`. Words that are wider are cut where a grapheme ends. */
export function balanceLines(text: string, width: number, measure: Measure): string[] {
  const words = text.split(" ").flatMap((word) => cutWord(word, width, measure))
  const fewest = wrapWords(words, width, measure).length
  let narrow = 0
  let wide = width
  // The narrowest width that needs no more lines: ten halvings are finer than a pixel matters.
  for (let step = 0; step < 10; step++) {
    const middle = (narrow + wide) / 2
    if (wrapWords(words, middle, measure).length > fewest) narrow = middle
    else wide = middle
  }
  return wrapWords(words, wide, measure)
}

function wrapWords(words: readonly string[], width: number, measure: Measure): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && measure(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  // A single word that is wider than the width counts as too many lines, so that no balance is sought there.
  return lines.some((line) => measure(line) > width + 0.5) ? [...lines, ...words] : lines
}

function cutWord(word: string, width: number, measure: Measure): string[] {
  if (measure(word) <= width) return [word]
  const pieces: string[] = []
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word)) {
    const longer = (pieces.at(-1) ?? "") + segment
    if (pieces.length === 0 || measure(longer) > width) pieces.push(segment)
    else pieces[pieces.length - 1] = longer
  }
  return pieces
}
