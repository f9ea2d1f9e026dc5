// The world's countries and territories: their slugs and names, and the regions they belong to on this site.
import { memo, memoBySite } from "./memo.ts"
import { placeRows } from "./places.generated.ts"
import { inLanguage, type SiteConfig } from "./site.ts"

export interface Country {
  /** ISO 3166-1 alpha-2, as in the config; XK for Kosovo, which has no ISO code. */
  readonly code: string
  /** ISO 3166-1 alpha-3, in capitals; XKX for Kosovo. */
  readonly iso3: string
  readonly slug: string
  readonly name: string
  readonly latitude: number
  readonly longitude: number
}

export const countries: readonly Country[] = placeRows.map(([code, iso3, slug, name, latitude, longitude]) => {
  return { code, iso3, slug, name, latitude, longitude }
})

const byCode = new Map(countries.map((country) => [country.code, country]))
const bySlug = new Map(countries.map((country) => [country.slug, country]))
const byIso3 = new Map(countries.map((country) => [country.iso3, country]))

export const countryBySlug = (slug: string | null): Country | null => bySlug.get(slug ?? "") ?? null
/** @param code ISO 3166-1 alpha-2, in capitals */
export const countryByCode = (code: string): Country | null => byCode.get(code) ?? null
/** @param code ISO 3166-1 alpha-3, in capitals */
export const countryByIso3 = (code: string): Country | null => byIso3.get(code) ?? null

/** The countries of each region in the config's order, and the region of each country, by the country's slug. */
const indexRegions = memoBySite((site) => {
  const regionOf = new Map<string, string>()
  const countriesIn = new Map<string, readonly Country[]>()
  for (const [region, { countries: codes }] of Object.entries(site.regions)) {
    const members = codes.map(countryByCode).filter((country) => country !== null)
    countriesIn.set(region, members)
    for (const { slug } of members) if (!regionOf.has(slug)) regionOf.set(slug, region)
  }
  return { regionOf, countriesIn }
})

export const isRegion = (slug: string, site: SiteConfig): boolean => indexRegions(site).countriesIn.has(slug)

/** The region that a country belongs to on this site, by the country's slug. */
export const regionOfCountry = (slug: string, site: SiteConfig) => indexRegions(site).regionOf.get(slug) ?? null

/** The countries of a region in the config's order. */
export const countriesOf = (region: string, site: SiteConfig) => indexRegions(site).countriesIn.get(region) ?? []

/** A region's name in a language of the site, or its slug if there is no such region. */
export function regionName(region: string, language: string, site: SiteConfig): string {
  return isRegion(region, site) ? inLanguage(site.regions[region]?.name ?? {}, language, site) || region : region
}

// CLDR distinguishes the two Congos by their capitals; newsrooms do not.
const ownNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CD: { en: "DR Congo", fr: "RD Congo", ar: "جمهورية الكونغو الديمقراطية", ru: "ДР Конго" },
  CG: { en: "Republic of the Congo", fr: "République du Congo", ar: "جمهورية الكونغو", ru: "Республика Конго" },
}

// The short style usefully drops "SAR China" and "Territories", but abbreviates these countries' names.
const spelledOut = new Set(["BA", "GB", "US"])

const displayNames = memo((language: string, style: "long" | "short") => {
  return new Intl.DisplayNames([language], { type: "region", style, fallback: "none" })
})
const nameOf = memo((code: string, language: string): string | undefined => {
  return ownNames[code]?.[language] ?? displayNames(language, spelledOut.has(code) ? "long" : "short").of(code)
})

/** A country's name in a language, or its English name if Intl has none. */
export const countryName = ({ code, name }: Country, language: string): string => nameOf(code, language) ?? name

/** The world map, which omits Antarctica: its size, the longitude at its centre, and the equator's y coordinate. */
export const worldMap = { width: 1000, height: 450, middle: 11, top: 265 }

/** Where a place is on the world map, from 0 to 1 across and down. Formula: Šavrič et al. 2011, as in d3-geo. */
export function projectToWorld({
  latitude,
  longitude,
}: Pick<Country, "latitude" | "longitude">): [x: number, y: number] {
  const { width, height, middle, top } = worldMap
  const lambda = ((((longitude - middle + 540) % 360) - 180) * Math.PI) / 180
  const phi = (latitude * Math.PI) / 180
  const p2 = phi * phi
  const p4 = p2 * p2
  const x = lambda * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4)))
  const y = phi * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
  const scale = width / (2 * Math.PI * 0.8707)
  return [0.5 + (x * scale) / width, (top - y * scale) / height]
}
