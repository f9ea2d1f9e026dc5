// Folds words for the search index, for queries and for highlighting, so that a word is found however it is typed.
import { hasUnspaced, unspaced } from "../article/text.ts"
import { languageOf } from "../site/messages.ts"

// Combining marks of Latin, Greek and Cyrillic, Hebrew points, Arabic tashkil and tatweel, and invisible characters.
// Marks in other scripts are vowels, so they stay; so does the breve of й, which is a letter of its own.
const marks =
  /(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640\p{Cf}]/gu
const plain = new Map(
  Object.entries({ œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" }).concat(
    Object.entries({ ٱ: "ا", ى: "ي", ی: "ي", ې: "ي", ة: "ه", ۀ: "ه", ہ: "ه", ە: "ه", ک: "ك" }),
  ),
)
const letters = new RegExp(`[${[...plain.keys()].join("")}]`, "g")
const digits = /[\u0660-\u0669\u06f0-\u06f9]/g
// Includes the forms used in Uzbek and Hawaiian, and the signs for ayn and hamza: Oʻzbekiston, Sanʿāʾ.
const apostrophes = /(['’ʼ‘ʻʽʾʿ′`＇])/
const elided = /(?:^|[^\p{L}\p{N}])(?:[cdjlmnst]|\p{L}*qu)$/u
const longestElided = 8
// N’Djamena is one word, and so are Sana’a and O’Brien, but quest’anno is two.
const joins = /\p{L}'(?<![b-df-hj-np-tv-xz]'(?=[aeiouyh]))\p{L}/u
/** The dots of an abbreviation, and the spaces between initials: U.N., J. K. */
const dots = /\.(?<=(?<![\p{L}\p{N}\p{M}])\p{L}\.)(?:\s(?=\p{L}\.)|(?=\p{L}(?![\p{L}\p{N}\p{M}])))/gu
/** What may be between the letters of a word. */
export const joint = `${apostrophes.source}|${dots.source}`
export const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu

/**
 * A text in lower case without diacritics or ligatures, with Arabic as people type it: no tashkil or tatweel, one alef,
 * one yeh, one heh. Digits become ASCII. FTS5's own `remove_diacritics` leaves œ and Arabic as they are. Abbreviations
 * lose their dots, and names their apostrophes.
 */
export const foldText = (text: string): string => fold(text, true)

function fold(text: string, keepsParticles: boolean): string {
  const folded = plainText.test(text) ? text.toLowerCase() : foldLetters(text)
  return joinParts(folded, keepsParticles).replace(dots, "")
}

// Most English texts contain only ASCII and typographic punctuation.
const plainText = /^[\0-\x7f\u00a0«»\u2010-\u2027]*$/

function foldLetters(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(marks, "")
    .replace(letters, (letter) => plain.get(letter) ?? letter)
    .replace(digits, (digit) => String(digit.charCodeAt(0) & 15))
    .normalize("NFC")
}

/** Folded words in order, without elided French words (l’, d’, qu’) and English contractions (’s, ’ll). */
export function foldWords(text: string): string[] {
  return fold(text, false).match(word) ?? []
}

/** Folded text as the tokenizer needs it: in scripts without spaces, each character is a word of its own. */
export function splitUnspaced(folded: string): string {
  return hasUnspaced(folded) ? folded.replace(unspaced, " $& ") : folded
}

/**
 * Text for the index, which the tokenizer splits into words. They include the particles that `foldWords` leaves out, so
 * that phrases match. If folding changes only the case, which the tokenizer ignores, the text stays as it is.
 */
export function foldForIndex(text: string, language: string): string {
  const folded = splitUnspaced(foldText(text))
  if (!isArabic(folded) && languageOf(language).stem === undefined) return folded === text.toLowerCase() ? text : folded
  return (folded.match(word) ?? []).flatMap((one) => indexedForms(one, language)).join(" ")
}

/**
 * Removes apostrophes from names and, unless it keeps them, elisions and contractions. Checks only a few letters around
 * each apostrophe: a regular expression over the whole text would take 1 ms.
 */
function joinParts(folded: string, keepsParticles: boolean): string {
  const parts = folded.split(apostrophes)
  for (let index = 1; index < parts.length; index += 2) {
    const [before = "", mark = "", after = ""] = parts.slice(index - 1, index + 2)
    const [end, start] = [before.slice(-longestElided), after.slice(0, 3)]
    const tail = /^[aeiouyh\d]/.test(start) ? elided.exec(end)?.[0] : undefined
    const isContracted = /[\p{L}\p{N}]\.?$/u.test(end) && /^(?:[sdmt]|ll|re|ve)(?![\p{L}\p{N}])/u.test(start)
    const isJoint = tail === undefined && !isContracted && joins.test(`${end}'${start}`)
    // To Unicode, some of the marks are letters.
    if (isJoint || /\p{L}/u.test(mark)) parts[index] = isJoint ? "" : " "
    if (keepsParticles) continue
    if (tail !== undefined) parts[index - 1] = before.slice(0, -tail.length)
    else if (isContracted) parts[index + 1] = after.replace(/^\p{L}+/u, "")
  }
  return parts.join("")
}

/**
 * A folded word, and its forms without Arabic prefixes: the conjunctions و and ف, the prepositions ب ل ك, the article
 * ال (after Larkey's light stemmer, which leaves words that would become too short). The index contains all of them. In
 * a language with a stemmer, a word is indexed by its stem alone.
 */
export function indexedForms(folded: string, language: string): string[] {
  const stems = stemOf(folded, language)
  if (stems.length > 0) return stems
  const forms = [folded]
  if (!isArabic(folded)) return forms
  if (/^[وف]/.test(folded) && folded.length >= 4) forms.push(folded.slice(1))
  for (const form of [...forms]) {
    const bare = withoutArticle(form, 2)
    if (bare.length > 0) forms.push(...bare)
    else if (/^[بلك]/.test(form) && form.length >= 5) forms.push(form.slice(1))
  }
  return forms
}

/** The forms in which a folded word is searched for: as typed, and without the Arabic article or as its stem. */
export function askedForms(folded: string, language: string): string[] {
  return [folded, ...(isArabic(folded) ? withoutArticle(folded, 3) : stemOf(folded, language))]
}

/** Marks the end of a stem. A prefix that a reader types can match a stem, but a stem does not match longer words. */
export const stemMark = "0"

/**
 * A word's stems, or none without a stemmer. Snowball cuts Таджикистан and канал shorter than their inflected forms,
 * and keeps vowels that some forms drop (беженец, беженца). A final -ов may be an ending (часов) or not (остров).
 */
function stemOf(folded: string, language: string): string[] {
  const { stem } = languageOf(language)
  if (stem === undefined || !/^[а-я]{3}/.test(folded)) return []
  const shortened = stem(folded).replace(/(?<=..[ая])[нл]$|(?<=..)[ео](?=[цкн]$)/, "")
  const stems = /[ое]в$/.test(folded) ? [shortened, folded] : [shortened]
  return stems.map((one) => one + stemMark)
}

function isArabic(folded: string): boolean {
  return /[\u0620-\u064a]/.test(folded)
}

/**
 * What remains of a word without its Arabic article, if it has one and at least `least` letters remain. ل + ال before
 * a lam is written with two lams, not three, so for لل there are two: للاجئين is from اللاجئين, but للمياه from المياه.
 */
function withoutArticle(form: string, least: number): string[] {
  const length = /^(?:[بكف]ال|ال|لل)/.exec(form)?.[0].length ?? 0
  if (length === 0 || form.length - length < least) return []
  return form.startsWith("لل") ? [form.slice(2), form.slice(1)] : [form.slice(length)]
}
