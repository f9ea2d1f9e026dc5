// How many words a text has, and how long it takes to read.

// A letter or digit, and what else a word may go on with. ASCII is tried first: looking Unicode properties up is slow.
const begins = "(?:[a-zA-Z0-9]|(?![\\0-\\x7f])[\\p{L}\\p{N}])"
const goesOn = "(?:[a-zA-Z0-9'’]|(?![\\0-\\x7f])[\\p{L}\\p{N}\\p{M}])"
const wordOrAddress = new RegExp(`https?://[^\\s)>\\]]+|${begins}${goesOn}*`, "gu")
/** Scripts that write no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/gu
const mayBeUnspaced = /[\u0e00-\u1fff\u2e80-\uffff]/

/** Words, roughly: runs of letters and digits, web addresses aside; two characters a word where no spaces are written. */
export function countWords(text: string): number {
  let words = 0
  for (const word of text.match(wordOrAddress) ?? []) if (!word.includes("://")) words++
  const characters = mayBeUnspaced.test(text) ? (text.match(unspaced)?.length ?? 0) : 0
  return words + Math.floor(characters / 2)
}

/** Minutes that it takes to read so many words. */
export function readingMinutes(words: number): number {
  return Math.max(1, Math.round(words / 220))
}
