// Formats addresses as paths for links, and as the catalogue's keys for listings.
import { routes } from "../routes.ts"
import { type Address, type ListingAddress, parseAddress } from "./addresses.ts"
import type { SiteConfig } from "./site.ts"

/** Each kind's paths, split at their parameters: `["/topics/", "slug", ""]`. Articles have two, the longer one last. */
const paths = new Map<string, string[][]>()
for (const { kind, path } of routes) paths.set(kind, [...(paths.get(kind) ?? []), path.split(/[{}]/)])

/** The path of an address, which `parseAddress` turns back into the address. */
export function formatAddress(address: Address, site: SiteConfig): string {
  switch (address.kind) {
    case "feed": {
      const page = formatAddress(address.of, site)
      return `${page === "/" ? "" : page}/feed.${address.format}`
    }
    case "markdown":
      return `${formatAddress(address.article, site)}.md`
    case "map":
    case "globe":
      return fillPath({ ...address, iso3: address.iso3.toLowerCase() })
    default: {
      const path = fillPath(address)
      if (!("language" in address)) return path
      const prefix = languagePrefix(address.language, site)
      return path === "/" ? prefix || "/" : prefix + path
    }
  }
}

// The paths of the maps and globes that are drawn at build time.
export const mapPath = (iso3: string) => fillPath({ kind: "map", iso3: iso3.toLowerCase() })
export const globePath = (iso3: string) => fillPath({ kind: "globe", iso3: iso3.toLowerCase() })
export const regionMapPath = (region: string) => fillPath({ kind: "regionMap", region })
export const regionGlobePath = (region: string) => fillPath({ kind: "regionGlobe", region })

/** The prefix of all paths in a language: empty for the default language, `/fr` for French. */
export function languagePrefix(language: string, site: SiteConfig): string {
  return language === site.languages[0] ? "" : `/${language.toLowerCase()}`
}

/** The content file for a path, relative to the content folder: `fr/pages/about.md` for `/fr/about`. */
export function fileOf(path: string, site: SiteConfig): string {
  const isPage = /^(?:\/[^/]+){1,2}$/.test(path) && parseAddress(path, site)?.kind === "page"
  return `${(isPage ? path.replace(/[^/]+$/, "pages/$&") : path).slice(1)}.md`
}

const pageFile = /^(?:([^/]+)\/)?pages\/([^/]+)$/

/** The path of the content in a file. @param file relative to the content folder */
export function pathOf(file: string, site: SiteConfig): string {
  const name = file.replace(/\.md$/, "")
  const [, folder, page] = pageFile.exec(name) ?? []
  const prefix = folder === undefined ? "" : `/${folder}`
  const isPage = page !== undefined && site.languages.some((language) => languagePrefix(language, site) === prefix)
  return isPage ? `${prefix}/${page}` : `/${name}`
}

/** A listing's key in the catalogue: `en:/`, `fr:/asia/tajikistan`. */
export const listingKey = (address: ListingAddress): string => `${address.language}:${fillPath(address)}`

/** The path without the language prefix. */
function fillPath(address: Address): string {
  if (address.kind === "personal") return address.page
  const known = paths.get(address.kind) ?? []
  const pieces = (address.kind === "article" && address.country !== null ? known.at(-1) : known[0]) ?? []
  const parts = address as unknown as Readonly<Record<string, string>>
  let path = ""
  for (let i = 0; i < pieces.length; i++) path += i % 2 === 0 ? pieces[i] : parts[pieces[i] as string]
  return path
}

export const worldPath = fillPath({ kind: "worldMap" })
