// Addresses that the members' room leads to: its own, in the reader's language, and where a reader goes on to.
import { canonicalPath, parseAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Door } from "./door.ts"

/** The path of a page of this room in a language; a query or fragment goes along: `/account#saved_`. */
export function pathTo(page: string, language: string, door: Pick<Door, "site">): string {
  const mark = page.search(/[?#]/)
  const path = mark === -1 ? page : page.slice(0, mark)
  return formatAddress({ kind: "personal", language, page: path }, door.site) + (mark === -1 ? "" : page.slice(mark))
}

const longestNext = 600
/** What a query of ours is written with: nothing that ends an address or begins another. */
const plainQuery = /^[\w=&%.~+-]*$/

/**
 * Where to go on to after signing in: an address of this site, as it is canonically written, or null. What follows is put
 * behind the site's own origin, so that no `next` leads anywhere else.
 */
export function readNext(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || text.length > longestNext) return null
  const mark = text.indexOf("?")
  const path = mark === -1 ? text : text.slice(0, mark)
  const query = mark === -1 ? "" : text.slice(mark + 1)
  if (canonicalPath(path)?.path !== path || !plainQuery.test(query)) return null
  const address = parseAddress(path, site)
  if (address === null || (address.kind === "personal" && /^\/sign-/.test(address.page))) return null
  return text
}

/** The path of an article of this site, or null. */
export function readArticlePath(text: string | null | undefined, site: SiteConfig): string | null {
  if (!text || canonicalPath(text)?.path !== text) return null
  return parseAddress(text, site)?.kind === "article" ? text : null
}
