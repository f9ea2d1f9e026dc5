// Makes slugs: the lower-case ASCII forms of titles and names that are used in addresses.

import { slugLimit } from "./addresses.ts"
import { spellings } from "./letters.generated.ts"
import { memo } from "./memo.ts"

/**
 * Turns any text into a slug of at most 100 characters from `a-z0-9-`, or an empty one if nothing in it can be kept.
 * Characters of scripts that we cannot transliterate, such as Chinese, become their code points in hex.
 */
export function slugify(text: string): string {
  const known = letters()
  let ascii = ""
  for (const character of text.normalize("NFC").toLowerCase().normalize("NFC")) ascii += spellPart(character, known)
  const hyphenated = ascii.replace(/-+/g, "-")
  const from = hyphenated.startsWith("-") ? 1 : 0
  return shorten(hyphenated.slice(from), slugLimit)
}

/**
 * The slug of a topic or author page. Names that differ by more than case, spaces, punctuation and Latin, Greek or
 * Cyrillic diacritics never share one: where `slugify` would lose a difference, we append `--`, which `slugify` never
 * produces, and a hash of the name. Empty if the name has no letters, digits or symbols.
 * Memoised: articles share names, and each name is needed several times.
 */
export const nameSlug = memo((name: string): string => {
  const identity = identifyName(name)
  if (identity === "") return ""
  const spelt = slugify(name.normalize("NFKC").replace(shortNames, spellSymbols))
  const read = spelt.replace(
    spelledSymbols,
    (_, start, symbols) => start + symbols.replace(/-plus/g, "+").replace(/-sharp/g, "#"),
  )
  if (read.replaceAll("-", "") === identity) return spelt
  const hash = hashText(identity)
  return `${shorten(spelt, slugLimit - hash.length - 2) || "0"}--${hash}`
})

// C++, C#, A+: a single letter or digit with symbols. In longer names, the hash tells "Jane#" from "Jane Sharp".
const shortNames = /(?<![\p{L}\p{N}])([a-z0-9])([+#]+)(?![\p{L}\p{N}])/giu
const spelledSymbols = /((?:^|-)[a-z0-9])((?:-(?:plus|sharp))+)(?=-|$)/g

function spellSymbols(_: string, letter: string, symbols: string): string {
  return letter + [...symbols].map((symbol) => (symbol === "+" ? " plus" : " sharp")).join("")
}

/** The form that identifies a name: names with the same form count as the same. */
function identifyName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ")
    .normalize("NFD")
    .replace(/(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu, "")
    .normalize("NFC")
    .replace(/[\s\p{Z}\p{Cc}]|(?!#)\p{P}/gu, "")
}

/** FNV-1a (two 32-bit halves) in base 36, cut to 8 characters. */
function hashText(text: string): string {
  const halves = [0x811c9dc5, 0x01000193].map((start) => {
    let hash = start
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
    return (hash >>> 0).toString(36)
  })
  return halves.join("").slice(0, 8)
}

const letters = memo((): ReadonlyMap<string, string> => {
  const known = new Map<string, string>()
  for (const line of spellings.split("\n")) {
    const blank = line.indexOf(" ")
    for (const letter of line.slice(blank + 1)) known.set(letter, line.slice(0, blank))
  }
  return known
})

/** One character as part of a slug: letters and digits, "-" if it separates words, or "" if it joins them. */
export function spellPart(character: string, known: ReadonlyMap<string, string>): string {
  const code = character.codePointAt(0) ?? 0
  // Apostrophes join: Côte d'Ivoire → cote-divoire.
  if (code < 128) return /[a-z0-9]/.test(character) ? character : /['`]/.test(character) ? "" : "-"
  const spelling = known.get(character)
  if (spelling !== undefined) return spelling
  if (code >= firstSyllable && code <= lastSyllable) return spellSyllable(code - firstSyllable)
  const plain = character.normalize("NFKD").replace(/\p{M}/gu, "")
  if (plain !== character) return [...plain.toLowerCase()].map((one) => spellPart(one, known)).join("")
  return /[\p{L}\p{N}]/u.test(character) ? code.toString(16) : "-"
}

// Hangul syllables are decomposed arithmetically: Unicode §3.12.
const firstSyllable = 0xac00
const lastSyllable = 0xd7a3
const initials = "g kk n d tt l m b pp s ss  j jj ch k t p h".split(" ")
const vowels = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ")
const finals = " g kk gs n nj nh d l lg lm lb ls lt lp lh m b bs s ss ng j ch k t p h".split(" ")

function spellSyllable(index: number): string {
  const initial = initials[Math.floor(index / (vowels.length * finals.length))] ?? ""
  const vowel = vowels[Math.floor(index / finals.length) % vowels.length] ?? ""
  return initial + vowel + (finals[index % finals.length] ?? "")
}

/** Shortens at a hyphen if there is one near the limit, so as not to cut a word unnecessarily. */
function shorten(slug: string, limit: number): string {
  const hyphen = slug.lastIndexOf("-", limit)
  const short = slug.length <= limit ? slug : slug.slice(0, hyphen > limit / 2 ? hyphen : limit)
  return short.replace(/-$/, "")
}
