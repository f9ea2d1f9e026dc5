// Writes src/site/letters.generated.ts: how letters of living scripts are spelt in ASCII, from any-ascii, whose whole
// table (0.5 MB, most of it Chinese) is too large for a Worker. Run by hand: node src/cli/local/letters.ts
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import anyAscii from "any-ascii"
import { spellPart } from "../../site/slug.ts"

const scripts = (
  "Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Syriac Thaana Ethiopic Devanagari Bengali Gurmukhi Gujarati " +
  "Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Mongolian Hiragana Katakana"
).split(" ")
const living = new RegExp(`[${scripts.map((script) => `\\p{Script=${script}}`).join("")}]`, "u")

/** What joins or separates in a slug, as `slugify` has it. */
function simplify(ascii: string): string {
  return ascii
    .toLowerCase()
    .replace(/['`]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
}

const bySpelling = new Map<string, string>()
for (let code = 0x80; code < 0xffff; code++) {
  const character = String.fromCodePoint(code)
  if (character.toLowerCase() !== character || character.normalize("NFC") !== character) continue
  // Letters, and the marks and signs that stand between them in a name.
  const symbol = code < 0x370 || (code >= 0x2000 && code < 0x2400)
  if (!symbol && !living.test(character) && !/\p{Nd}/u.test(character)) continue
  const spelling = simplify(anyAscii(character))
  if (spelling !== spellPart(character, new Map()))
    bySpelling.set(spelling, (bySpelling.get(spelling) ?? "") + character)
}
const table = [...bySpelling].map(([spelling, letters]) => `${spelling} ${letters}`).join("\n")
const text = `// Written by src/cli/local/letters.ts from any-ascii 0.3.3 (ISC). Do not edit.

/** A line for each spelling: the spelling, a blank, the characters that are spelt so. */
export const spellings = ${JSON.stringify(table)}
`
writeFileSync(resolve(import.meta.dirname, "../../site/letters.generated.ts"), text)
