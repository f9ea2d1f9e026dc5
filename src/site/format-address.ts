// The path of a thing: what pages link to, and how the catalogue names lists.
import { type Address, type ListingAddress, type MachineAddress, machineFiles } from "./addresses.ts"
import { defaultLanguage, type SiteConfig } from "./site.ts"

/** The path of an address; `parseAddress` of it gives the address back. */
export function formatAddress(address: Address, site: SiteConfig): string {
  switch (address.kind) {
    case "feed": {
      const page = formatAddress(address.of, site)
      return `${page === "/" ? "" : page}/feed.${address.format}`
    }
    case "markdown":
      return `${formatAddress(address.article, site)}.md`
    case "sitemap":
      return `/sitemaps/${address.month}.xml`
    case "media":
      return `/media/${address.sha256}.${address.extension}`
    case "map":
      return mapPath(address.iso3)
    case "regionMap":
      return regionMapPath(address.region)
    case "sitemapIndex":
    case "newsSitemap":
    case "robots":
    case "llms":
    case "security":
    case "healthz":
      return machinePath(address.kind)
    default: {
      const path = pathInLanguage(address)
      const prefix = languagePrefix(address.language, site)
      return path === "/" ? prefix || "/" : prefix + path
    }
  }
}

/** Where a country's locator map is. */
export function mapPath(iso3: string): string {
  return `/maps/${iso3.toLowerCase()}.svg`
}

/** Where a region's map is. */
export function regionMapPath(region: string): string {
  return `/maps/${region}.svg`
}

/** What stands before every path of a language: nothing for the default language, `/fr` for French. */
export function languagePrefix(language: string, site: SiteConfig): string {
  return language === defaultLanguage(site) ? "" : `/${language.toLowerCase()}`
}

/** How the catalogue names a listing: `en:/`, `fr:/asia/tajikistan`. */
export function listingKey(address: ListingAddress): string {
  return `${address.language}:${pathInLanguage(address)}`
}

/** The path without the language's prefix. */
function pathInLanguage(address: Exclude<Address, MachineAddress>): string {
  switch (address.kind) {
    case "front":
      return "/"
    case "region":
      return `/${address.region}`
    case "country":
      return `/${address.region}/${address.country}`
    case "article":
      return `/${address.region}/${address.country === null ? "" : `${address.country}/`}${address.slug}`
    case "topic":
      return `/topics/${address.slug}`
    case "author":
      return `/authors/${address.slug}`
    case "personal":
      return address.page
    default:
      return `/${address.kind}`
  }
}

function machinePath(kind: string): string {
  for (const [path, named] of machineFiles) if (named === kind) return path
  throw new Error(`No path for ${kind}`)
}
