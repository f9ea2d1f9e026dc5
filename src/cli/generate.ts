// Writes generated files: `node src/cli/generate.ts schemas` (docs/schema, after changing front matter, the desk or a
// --json shape), `places` and `letters` (src/site/*.generated.ts, after updating world-countries or any-ascii).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { toJsonSchema } from "@valibot/to-json-schema"
import anyAscii from "any-ascii"
import type { GenericSchema } from "valibot"
import type { Country as Source } from "world-countries"
import { FrontMatterSchema, NoteSchema, PageSchema } from "../article/front-matter.ts"
import * as desk from "../desk/schema.ts"
import { isSlug } from "../site/addresses.ts"
import { placeRows } from "../site/places.generated.ts"
import { slugify, spellPart } from "../site/slug.ts"
import { commands } from "./main.ts"

const site = join(import.meta.dirname, "../site")

const shapes = await Promise.all(commands.map(async ([, name, load]) => [name, (await load()).shape] as const))

/** The text of every published schema, by file name. Checks that JSON Schema cannot express are left out. */
export function describeSchemas(): Map<string, string> {
  const schemas = new Map<string, GenericSchema>([
    ["front-matter.json", FrontMatterSchema],
    ["front-matter-note.json", NoteSchema],
    ["front-matter-page.json", PageSchema],
  ])
  for (const [name, schema] of Object.entries(desk))
    if (name.endsWith("Schema")) schemas.set(`desk-${nameFile(name.slice(0, -6))}.json`, schema as GenericSchema)
  for (const [name, shape] of shapes) if (shape !== undefined) schemas.set(`cli-${name}.json`, shape)
  const options = { errorMode: "ignore", typeMode: "input" } as const
  const describe = (schema: GenericSchema) => `${JSON.stringify(toJsonSchema(schema, options), null, 2)}\n`
  return new Map([...schemas].map(([file, schema]) => [file, describe(schema)]))
}

/** Turns `MissingMedia` into `missing-media`. */
const nameFile = (name: string): string => name.replace(/(?<=.)[A-Z]/g, "-$&").toLowerCase()

function writeSchemas(): void {
  const folder = join(import.meta.dirname, "../../docs/schema")
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
  for (const [file, text] of describeSchemas()) writeFileSync(join(folder, file), text)
}

const source = new URL(import.meta.resolve("world-countries/countries.json"))
const countries: Source[] = JSON.parse(readFileSync(source, "utf8"))

// Addresses must outlive the data package: slugs stay even if the package renames a country.
const pinned = new Map(placeRows.map((row) => [row[0], row[2]]))
// Slugs of countries whose English name in the package is not the one that newsrooms use.
const preferred = new Map([["CI", "cote-divoire"]])
const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" })
// Languages that workerd's Intl cannot name in any language. The facts contain their English names.
const unnamed = new Set(
  (
    "arc ch crs dz fj gil gv hif ho hz jam kg kl loz lua mfe mh na nd ng niu nr pap pau rar rn sg ss tet tkl " +
    "tpi tvl bi"
  ).split(" "),
)
// ISO 3166 has no code for Kosovo; XK and XKX are the user-assigned ones in common use.
const iso3 = (country: Source) => (country.cca2 === "XK" ? "XKX" : country.cca3)

/** Writes the countries and territories from the world-countries package. */
function writePlaces(): void {
  const rows = countries.sort((a, b) => (a.cca2 < b.cca2 ? -1 : 1)).map(writeRow)
  const slugs = rows.map((row) => row[2])
  for (const [index, slug] of slugs.entries()) {
    if (!isSlug(slug)) throw new Error(`${rows[index]?.[0]}: its name gives no valid slug`)
    if (slugs.indexOf(slug) !== index) throw new Error(`Two countries have the slug ${slug}`)
  }
  const place = "code: string, iso3: string, slug: string, name: string, latitude: number, longitude: number"
  writeTable("places", "placeRows", place, "Slugs never change.", rows)
  const fact = "code: string, capital: string, area: number, languages: string, currencies: string, neighbours: string"
  writeTable("country-facts", "factRows", fact, "Areas in km², and neighbours' codes.", countries.map(writeFacts))
  console.log(`${rows.length} countries and territories in src/site/places.generated.ts and country-facts.generated.ts`)
}

/** @param row the columns, as elements of a TypeScript tuple type */
function writeTable(
  file: string,
  name: string,
  row: string,
  about: string,
  rows: readonly (readonly unknown[])[],
): void {
  const text = `// Written by src/cli/generate.ts from world-countries (ODbL). Do not edit. ${about}

type Row = readonly [${row}]
export const ${name}: readonly Row[] = [
${rows.map((one) => `  ${JSON.stringify(one)},`).join("\n")}
]
`
  writeFileSync(join(site, `${file}.generated.ts`), text)
}

function writeRow(country: Source) {
  const [latitude = 0, longitude = 0] = country.latlng.map((degrees) => Math.round(degrees * 100) / 100)
  const slug = pinned.get(country.cca2) ?? preferred.get(country.cca2) ?? slugify(country.name.common)
  return [country.cca2, iso3(country), slug, country.name.common, latitude, longitude] as const
}

function writeFacts(country: Source) {
  const languages = Object.entries(country.languages).flatMap(([written, name]) => {
    // tgk → tg, as in Intl. The official language of Austria and Switzerland is German, not a dialect.
    const [code = written] = Intl.getCanonicalLocales(/^(?:bar|gsw)$/.test(written) ? "de" : written)
    return names.of(code) === undefined ? [] : unnamed.has(code) ? `${code}:${name}` : code
  })
  const neighbours = country.borders.map((cca3) => countries.find((other) => other.cca3 === cca3)?.cca2 ?? "")
  return [
    country.cca2,
    country.capital.join(", "),
    country.area,
    languages.join(),
    Object.keys(country.currencies).join(" "),
    neighbours.sort().join(" "),
  ] as const
}

const scripts = (
  "Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Syriac Thaana Ethiopic Devanagari Bengali Gurmukhi Gujarati " +
  "Oriya Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Khmer Mongolian Hiragana Katakana"
).split(" ")
const living = new RegExp(`[${scripts.map((script) => `\\p{Script=${script}}`).join("")}]`, "u")

/** Writes ASCII spellings of letters in living scripts. The package any-ascii (0.5 MB) is too large for a Worker. */
function writeLetters(): void {
  const bySpelling = new Map<string, string>()
  for (let code = 0x80; code < 0xffff; code++) {
    const character = String.fromCodePoint(code)
    if (character.toLowerCase() !== character || character.normalize("NFC") !== character) continue
    // Letters, and the marks and signs that occur between them in names.
    const symbol = code < 0x370 || (code >= 0x2000 && code < 0x2400)
    if (!symbol && !living.test(character) && !/\p{Nd}/u.test(character)) continue
    // Joins or separates words in the same way as `slugify`.
    const ascii = anyAscii(character).toLowerCase()
    const spelling = ascii.replace(/['`]/g, "").replace(/[^a-z0-9]+/g, "-")
    if (spelling !== spellPart(character, new Map()))
      bySpelling.set(spelling, (bySpelling.get(spelling) ?? "") + character)
  }
  const table = [...bySpelling].map(([spelling, letters]) => `${spelling} ${letters}`).join("\n")
  const text = `// Written by src/cli/generate.ts from any-ascii 0.3.3 (ISC). Do not edit.

/** A line for each spelling: the spelling, a space, the characters that it replaces. */
export const spellings = ${JSON.stringify(table)}
`
  writeFileSync(join(site, "letters.generated.ts"), text)
}

if (import.meta.main) {
  const writers: Readonly<Record<string, () => void>> = {
    schemas: writeSchemas,
    places: writePlaces,
    letters: writeLetters,
  }
  const write = writers[process.argv[2] ?? ""]
  if (write === undefined) throw new Error(`Choose one of ${Object.keys(writers).join(", ")}`)
  write()
}
