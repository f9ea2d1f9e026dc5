// How many words a text has.

const address = /https?:\/\/[^\s)>\]]+/uy
const letterOrDigit = /[\p{L}\p{N}]/u
const mark = /\p{M}/u
/** Scripts without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/u

/** What a character is: it begins a word, it goes on with one, its script writes no spaces. */
const [known, begins, goesOn, isUnspaced] = [1, 2, 4, 8]
/** By UTF-16 code unit, filled as texts are read: looking a property of Unicode up takes far longer. 0: not looked up yet. */
const kinds = new Uint8Array(0x10000)

function kindOf(point: number): number {
  const kept = kinds[point] ?? 0
  if (kept !== 0) return kept
  const sign = String.fromCodePoint(point)
  let kind = known
  if (letterOrDigit.test(sign)) kind |= begins | goesOn
  else if (mark.test(sign) || sign === "'" || sign === "’") kind |= goesOn
  if (unspaced.test(sign)) kind |= isUnspaced
  // Beyond the table nothing is kept.
  if (point < kinds.length) kinds[point] = kind
  return kind
}

/**
 * Words, roughly: runs of letters and digits, web addresses aside; two characters a word where no spaces are written.
 * Takes time by the text's length.
 */
export function countWords(text: string): number {
  let words = 0
  let characters = 0
  let inWord = false
  let addressEnd = 0
  for (let at = 0; at < text.length; at++) {
    const start = at
    let point = text.charCodeAt(at)
    if (point >= 0xd800 && point < 0xdc00) {
      point = text.codePointAt(at) ?? point
      if (point > 0xffff) at++
    }
    const kind = kindOf(point)
    if ((kind & isUnspaced) !== 0) characters++
    if (start < addressEnd) continue
    if ((kind & goesOn) === 0 || (!inWord && (kind & begins) === 0)) inWord = false
    else if (!inWord) {
      if (point === 0x68) addressEnd = endOfAddress(text, start)
      inWord = start >= addressEnd
      if (inWord) words++
    }
  }
  return words + Math.floor(characters / 2)
}

/** Where the web address that begins at a place ends; 0: none does. */
function endOfAddress(text: string, at: number): number {
  address.lastIndex = at
  return address.test(text) ? address.lastIndex : 0
}
