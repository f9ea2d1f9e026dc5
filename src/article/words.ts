// How many words a text has.

const wordOrAddress = /https?:\/\/[^\s)>\]]+|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu
/** Scripts without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/gu

/** A quick look before: Thai is the first of them. */
const mayBeUnspaced = /[\u0e00-\uffff]/

/** Words, roughly: runs of letters and digits, web addresses aside; two characters a word where no spaces are written. */
export function countWords(text: string): number {
  let count = 0
  for (const word of text.match(wordOrAddress) ?? []) if (!word.includes("://")) count++
  const characters = mayBeUnspaced.test(text) ? (text.match(unspaced)?.length ?? 0) : 0
  return count + Math.floor(characters / 2)
}
