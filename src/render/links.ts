// Which addresses a text may lead to, and where its pictures are. The sanitizer asks here too.
import type { MediaItem } from "../article/article.ts"
import { anchorId, decodePercent, resolveLink } from "../article/references.ts"
import type { SiteConfig } from "../site/site.ts"
import type { MarkdownOptions } from "./inline.ts"

// As browsers read addresses: controls and blanks are dropped first (URL Standard §4.4; all of them here, to be sure).
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is dropped
const ignored = /[\u0000-\u0020]/g
const scheme = /^([a-z][a-z\d+.-]*):/i
const allowed = new Set(["http", "https", "mailto", "tel"])
const kept = /^\/media\/[\da-f]{64}\.[a-z\d]{2,5}$/

/** May a text lead to the address? To http, https, mailto, tel, relative and `#`. */
export function isSafe(address: string): boolean {
  const found = scheme.exec(address.replace(ignored, ""))
  return found === null || allowed.has((found[1] ?? "").toLowerCase())
}

/** Percent-encodes what an address can't hold, as CommonMark's examples do; null for broken surrogates. */
export function encodeAddress(address: string): string | null {
  return address.isWellFormed() ? encodeURI(address).replaceAll("%25", "%") : null
}

/** The address that a link of the text gets on the page; null when a text may not lead there. */
export function takeAddress(address: string, { path, site, idPrefix = "" }: MarkdownOptions): string | null {
  if (!isSafe(address)) return null
  if (/^#.+/.test(address) && address !== "#top") return `#${anchorId(address.slice(1), idPrefix)}`
  return encodeAddress(path === undefined ? address : resolveLink(address, path, site))
}

/** A rendered text for where it is read away from its page, at `path`. */
export function toAbsolute(html: string, path: string, site: SiteConfig): string {
  return html.replace(/ (href|src)="(?=\/(?!\/)|#)(#?)/g, (_, name, fragment) =>
    fragment ? ` ${name}="${site.origin}${path}#` : ` ${name}="${site.origin}`,
  )
}

/**
 * Where a text's picture is. One that the article brings has its size (null: unknown), another of this site none. One of
 * another site is a link with the host for want of words: no page of ours asks third parties. null: nowhere.
 */
export function resolvePicture(
  address: string,
  { media, site }: MarkdownOptions,
): { src: string; width?: number | null; height?: number | null } | { href: string; host: string } | null {
  if (kept.test(address))
    return Object.values(media).find(({ src }) => src === address) ?? { src: address, width: null, height: null }
  const picture = findPicture(address, media)
  if (picture !== null) return picture
  const encoded = encodeAddress(address)
  if (!encoded || !isSafe(encoded)) return null
  if (/^(?:https?:)?\/\//i.test(encoded) && !encoded.startsWith(`${site.origin}/`))
    return { href: encoded, host: URL.parse(encoded, "https://x.invalid")?.host ?? encoded }
  return scheme.test(encoded) && !encoded.startsWith(`${site.origin}/`) ? null : { src: encoded }
}

/** A picture that the article brings; null when it has none by that address. */
export function findPicture(address: string, media: MarkdownOptions["media"]): MediaItem | null {
  const bare = address.startsWith("./") ? address.slice(2) : address
  for (const name of [address, bare, `./${bare}`]) if (Object.hasOwn(media, name)) return media[name] ?? null
  const decoded = decodePercent(address)
  return decoded === address ? null : findPicture(decoded, media)
}
