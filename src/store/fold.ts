// Words as the search index has them: one folding for what is indexed, for what is asked and for what is highlighted.

// Combining marks of Latin, Greek and Cyrillic, points of Hebrew, tashkil and tatweel of Arabic, and what no eye sees.
// Marks of other scripts are their vowels: they stay.
const marks =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g
const plain = new Map(
  Object.entries({ œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", ς: "σ" }).concat(
    Object.entries({ ٱ: "ا", ى: "ي", ی: "ي", ې: "ي", ة: "ه", ۀ: "ه", ہ: "ه", ە: "ه", ک: "ك" }),
  ),
)
const letters = new RegExp(`[${[...plain.keys()].join("")}]`, "g")
const digits = /[\u0660-\u0669\u06f0-\u06f9]/g
const apostrophes = /['’ʼ‘′`＇]/
const elided = /(?:^|[^\p{L}\p{N}])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)$/u
const longestElided = 6
const word = /[\p{L}\p{N}\p{M}]+/gu

/**
 * A text in lower case without diacritics and ligatures, Arabic as people type it: no tashkil and tatweel, one alef, one
 * yeh, one heh; digits are European. FTS5's own `remove_diacritics` leaves œ and Arabic as they are.
 */
export function foldText(text: string): string {
  // Most English texts: letters of ASCII, marks of typography.
  if (/^[\0-\x7f\u00a0«»\u2010-\u2027]*$/.test(text)) return text.toLowerCase()
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(marks, "")
    .replace(letters, (letter) => plain.get(letter) ?? letter)
    .replace(digits, (digit) => String(digit.charCodeAt(0) & 15))
    .normalize("NFC")
}

/** Folded words in their order. What French elides (l’, d’, qu’) and what English adds ('s) is no word. */
export function foldWords(text: string): string[] {
  return withoutParticles(foldText(text)).match(word) ?? []
}

/** A text as the index takes it: the tokenizer divides it into the words that `foldWords` gives, Arabic ones in all forms. */
export function foldForIndex(text: string): string {
  const folded = withoutParticles(foldText(text))
  return isArabic(folded) ? (folded.match(word) ?? []).flatMap(indexedForms).join(" ") : folded
}

/** Looks at the few letters on both sides of each apostrophe: a regular expression over the text takes a millisecond. */
function withoutParticles(folded: string): string {
  const parts = folded.split(apostrophes)
  for (let index = 1; index < parts.length; index++) {
    const before = parts[index - 1] ?? ""
    const after = parts[index] ?? ""
    const tail = elided.exec(before.slice(-longestElided - 2))?.[0]
    if (tail !== undefined && /^[\p{L}\p{N}]/u.test(after.slice(0, 2)))
      parts[index - 1] = before.slice(0, before.length - tail.length)
    else if (/[\p{L}\p{N}]$/u.test(before.slice(-2)) && /^s(?:$|[^\p{L}\p{N}])/u.test(after.slice(0, 3)))
      parts[index] = after.slice(1)
  }
  return parts.join(" ")
}

/**
 * A folded word and what it is without what Arabic writes onto it: the conjunctions و and ف, the prepositions ب ل ك, the
 * article ال (after Larkey's light stemmer, which keeps words that would become too short). The index holds all of them.
 */
export function indexedForms(folded: string): string[] {
  if (!isArabic(folded)) return [folded]
  const forms = [folded]
  if (/^[وف]/.test(folded) && folded.length >= 4) forms.push(folded.slice(1))
  for (const form of [...forms]) {
    const bare = withoutArticle(form, 2)
    if (bare.length > 0) forms.push(...bare)
    else if (/^[بلك]/.test(form) && form.length >= 5) forms.push(form.slice(1))
  }
  return forms
}

/** A folded word as it is asked for: as typed, and without the article. */
export function askedForms(folded: string): string[] {
  return isArabic(folded) ? [folded, ...withoutArticle(folded, 3)] : [folded]
}

function isArabic(folded: string): boolean {
  return /[\u0620-\u064a]/.test(folded)
}

/** Of a word that begins with lam, ل and ال leave two of three: للاجئين is اللاجئين, للمياه is المياه. */
function withoutArticle(form: string, least: number): string[] {
  const length = /^(?:[بكف]ال|ال|لل)/.exec(form)?.[0].length ?? 0
  if (length === 0 || form.length - length < least) return []
  return form.startsWith("لل") ? [form.slice(2), form.slice(1)] : [form.slice(length)]
}
