// Writes src/site/places.generated.ts from the world-countries package: `node src/cli/local/places.ts`.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Country as Source } from "world-countries"
import { isSlug } from "../../site/addresses.ts"
import { slugify } from "../../site/slug.ts"

const source = new URL(import.meta.resolve("world-countries/countries.json"))
const countries: Source[] = JSON.parse(readFileSync(source, "utf8"))
const target = join(import.meta.dirname, "../../site/places.generated.ts")

// An address outlives a data package: a slug that was once given stays, whatever the package calls the country later.
const pinned = await readPinned()
// Where the package's English name is not the one in use in newsrooms.
const preferred = new Map([["CI", "cote-divoire"]])
// ISO 3166 has no code for Kosovo; XK and XKX are the user-assigned ones in common use.
const iso3 = (country: Source) => (country.cca2 === "XK" ? "XKX" : country.cca3)

const rows = countries.sort((a, b) => (a.cca2 < b.cca2 ? -1 : 1)).map(writeRow)
const slugs = rows.map((row) => row[2])
for (const [index, slug] of slugs.entries()) {
  if (!isSlug(slug)) throw new Error(`${rows[index]?.[0]}: no slug from its name`)
  if (slugs.indexOf(slug) !== index) throw new Error(`Two countries have the slug ${slug}`)
}
writeFileSync(
  target,
  `// Written by src/cli/local/places.ts from world-countries (ODbL); slugs, once given, are kept. Do not edit.

/** code, iso3, slug, English name, capital, area in km², languages, currencies, latitude, longitude, neighbours' codes. */
export type PlaceRow = readonly [
  code: string,
  iso3: string,
  slug: string,
  name: string,
  capital: string,
  area: number,
  languages: string,
  currencies: string,
  latitude: number,
  longitude: number,
  neighbours: string,
]

export const placeRows: readonly PlaceRow[] = [
${rows.map((row) => `  ${JSON.stringify(row)},`).join("\n")}
]
`,
)
console.log(`${rows.length} countries and territories in src/site/places.generated.ts`)

function writeRow(country: Source) {
  const slug = pinned.get(country.cca2) ?? preferred.get(country.cca2) ?? slugify(country.name.common)
  return [
    country.cca2,
    iso3(country),
    slug,
    country.name.common,
    country.capital.join(", "),
    country.area,
    Object.keys(country.languages).map(shortLanguage).filter(isNamed).join(" "),
    Object.keys(country.currencies).join(" "),
    round(country.latlng[0]),
    round(country.latlng[1]),
    country.borders.map(toCode).sort().join(" "),
  ] as const
}

/** The alpha-2 code of a neighbour, which the package names by alpha-3. */
function toCode(cca3: string): string {
  const found = countries.find((country) => country.cca3 === cca3)
  if (found === undefined) throw new Error(`${cca3} is nobody's code`)
  return found.cca2
}

/** tgk → tg, as Intl names it. */
function shortLanguage(code: string): string {
  return Intl.getCanonicalLocales(code)[0] ?? code
}

function isNamed(code: string): boolean {
  return new Intl.DisplayNames(["en"], { type: "language", fallback: "none" }).of(code) !== undefined
}

function round(degrees: number | undefined): number {
  return Math.round((degrees ?? 0) * 100) / 100
}

async function readPinned(): Promise<Map<string, string>> {
  if (!existsSync(target)) return new Map()
  const { placeRows } = await import("../../site/places.generated.ts")
  return new Map(placeRows.map((row) => [row[0], row[2]]))
}
