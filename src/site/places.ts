// The countries and territories of the world: their addresses, names and facts, and the site's regions that hold them.
import { type PlaceRow, placeRows } from "./places.generated.ts"
import { inLanguage, type SiteConfig } from "./site.ts"

export interface Country {
  /** ISO 3166-1 alpha-2, as the config writes it; XK for Kosovo, which ISO gives none. */
  readonly code: string
  /** ISO 3166-1 alpha-3, in capitals; XKX for Kosovo. */
  readonly iso3: string
  readonly slug: string
  /** The common English name. */
  readonly name: string
  readonly capital?: string
  /** km² */
  readonly area?: number
  /** BCP 47 codes. */
  readonly languages?: readonly string[]
  /** ISO 4217 code of the first currency. */
  readonly currency?: string
  readonly latitude: number
  readonly longitude: number
  /** Codes of the countries that it has a land border with. */
  readonly neighbours: readonly string[]
}

/** Every country and territory, by code. */
export const countries: readonly Country[] = placeRows.map(readRow)

const byCode = new Map(countries.map((country) => [country.code, country]))
const bySlug = new Map(countries.map((country) => [country.slug, country]))
const byIso3 = new Map(countries.map((country) => [country.iso3, country]))

function readRow(row: PlaceRow): Country {
  const [code, iso3, slug, name, capital, area, languages, currencies, latitude, longitude, neighbours] = row
  return {
    code,
    iso3,
    slug,
    name,
    capital: capital || undefined,
    area: area > 0 ? area : undefined,
    languages: languages === "" ? undefined : languages.split(" "),
    currency: currencies.split(" ")[0] || undefined,
    latitude,
    longitude,
    neighbours: neighbours === "" ? [] : neighbours.split(" "),
  }
}

/** The country that a slug of an address names. */
export function countryBySlug(slug: string): Country | null {
  return bySlug.get(slug) ?? null
}

/** The country of an ISO 3166-1 alpha-2 code, in capitals. */
export function countryByCode(code: string): Country | null {
  return byCode.get(code) ?? null
}

/** The country of an ISO 3166-1 alpha-3 code, in capitals. */
export function countryByIso3(iso3: string): Country | null {
  return byIso3.get(iso3) ?? null
}

interface Places {
  /** Region by country slug. */
  readonly regionOf: ReadonlyMap<string, string>
  readonly countriesOf: ReadonlyMap<string, readonly Country[]>
}

// A site's config never changes while it runs; the index over it is built once.
const indexes = new WeakMap<SiteConfig["regions"], Places>()

function indexRegions(site: SiteConfig): Places {
  const known = indexes.get(site.regions)
  if (known) return known
  const regionOf = new Map<string, string>()
  const countriesIn = new Map<string, readonly Country[]>()
  for (const [region, { countries: codes }] of Object.entries(site.regions)) {
    const members = codes.map(countryByCode).filter((country) => country !== null)
    countriesIn.set(region, members)
    for (const { slug } of members) if (!regionOf.has(slug)) regionOf.set(slug, region)
  }
  const places = { regionOf, countriesOf: countriesIn }
  indexes.set(site.regions, places)
  return places
}

/** Is it one of the site's regions? */
export function isRegion(slug: string, site: SiteConfig): boolean {
  return indexRegions(site).countriesOf.has(slug)
}

/** The region that the site puts a country in, by the country's slug. */
export function regionOfCountry(slug: string, site: SiteConfig): string | null {
  return indexRegions(site).regionOf.get(slug) ?? null
}

/** The countries of a region in the config's order. */
export function countriesOf(region: string, site: SiteConfig): readonly Country[] {
  return indexRegions(site).countriesOf.get(region) ?? []
}

/** A region's name in a language of the site; the slug when there is no such region. */
export function regionName(region: string, language: string, site: SiteConfig): string {
  return isRegion(region, site) ? inLanguage(site.regions[region]?.name ?? {}, language, site) || region : region
}

// CLDR tells the two Congos apart by their capitals; newsrooms don't.
const ownNames = new Map<string, ReadonlyMap<string, string>>([
  [
    "CD",
    new Map([
      ["en", "DR Congo"],
      ["fr", "RD Congo"],
      ["ar", "جمهورية الكونغو الديمقراطية"],
    ]),
  ],
  [
    "CG",
    new Map([
      ["en", "Republic of the Congo"],
      ["fr", "République du Congo"],
      ["ar", "جمهورية الكونغو"],
    ]),
  ],
])

// The short style drops "SAR China" and "Territories", but abbreviates the names of these.
const spelledOut = new Set(["BA", "GB", "US"])

const formats = new Map<string, Intl.DisplayNames>()
/** By language and code: Intl takes its time, a page names its country six times. */
const names = new Map<string, string>()

/** A country's name in a language; its English name where the platform has none. */
export function countryName(country: Country, language: string): string {
  const key = `${language} ${country.code}`
  let name = names.get(key)
  if (name === undefined) {
    name = ownNames.get(country.code)?.get(language) ?? nameByIntl(country, language)
    names.set(key, name)
  }
  return name
}

function nameByIntl(country: Country, language: string): string {
  const style = spelledOut.has(country.code) ? "long" : "short"
  const key = `${language} ${style}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DisplayNames([language], { type: "region", style, fallback: "none" })
    formats.set(key, format)
  }
  return format.of(country.code) ?? country.name
}
