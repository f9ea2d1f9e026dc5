// Decides which addresses a text may link to, and resolves its pictures. The sanitizer uses this too.
import type { MediaItem } from "../article/article.ts"
import { isRecordingName } from "../article/media-types.ts"
import { findFile, isSafe, resolveFragment, resolveLink, schemeOf } from "../article/references.ts"
import { memo } from "../site/memo.ts"
import type { SiteConfig } from "../site/site.ts"
import type { MarkdownOptions } from "./inline.ts"
import type { Shown } from "./picture.ts"

/** The address of one of the site's own pictures or recordings. */
export const ownFile = /^\/media\/[\da-f]{64}\.[a-z\d]{2,5}$/

/** Percent-encodes characters not allowed in addresses, as CommonMark's examples do; null for lone surrogates. */
export function encodeAddress(address: string): string | null {
  return address.isWellFormed() ? encodeURI(address).replaceAll("%25", "%") : null
}

/** The address of a text's link as used on the page; null if a text may not link there. */
export function takeAddress(address: string, { path, site, media, idPrefix = "" }: MarkdownOptions): string | null {
  if (!isSafe(address)) return null
  const own = findPicture(address, media)
  if (own !== null) return own.src
  if (address.startsWith("#")) return resolveFragment(address, idPrefix)
  return encodeAddress(path === undefined || isElsewhere(address, site) ? address : resolveLink(address, path, site))
}

const usualHost = /^https?:\/\/((?:[a-z\d-]+\.)+[a-z]{2,})(?:[/?#]|$)/i
const hostOf = memo((origin: string) => new URL(origin).hostname)

/** Whether an address is obviously another site's. Parsing a URL takes far longer, and most links are such. */
function isElsewhere(address: string, site: SiteConfig): boolean {
  const host = usualHost.exec(address)?.[1]?.toLowerCase()
  return host !== undefined && host !== hostOf(site.origin)
}

/** The parts of a picture's markup that choose among its files (picture.ts). */
const choice = /<\/?picture>|<source [^>]*>| srcset="[^"]*" sizes="[^"]*"/g
const tag = /<[^>]*>/g

/**
 * Makes the addresses in a rendered text absolute, so that the text works away from its page at `path`. Each picture is
 * reduced to a single file, since only our pages know how wide they show it.
 * @param page the address to put before `#` in links within the text; "" if the text keeps its ids
 */
export function toAbsolute(html: string, path: string, site: SiteConfig, page = site.origin + path): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const change = (written: string) =>
    written
      .replace(choice, "")
      .replace(/ (href|src)="(?![a-z][a-z\d+.-]*:)(\/\/|\/)?(?=(#|")?)/gi, (_, name, root, own) => {
        if (root === "//") return ` ${name}="${new URL(site.origin).protocol}//`
        return ` ${name}="${root === undefined && own ? page : site.origin + (root ?? folder)}`
      })
  return html.replace(tag, change)
}

/**
 * Where a text's picture is, or null if the address is unusable. The article's pictures have a size (null: unknown);
 * others on this site have none. Pictures on other sites become links, with the host as fallback text: our pages load
 * nothing from third parties. Recordings in running text become links too.
 */
export function resolvePicture(
  address: string,
  { media, site }: MarkdownOptions,
): Shown | { href: string; host: string } | null {
  if (ownFile.test(address))
    return Object.values(media).find(({ src }) => src === address) ?? { src: address, width: null, height: null }
  const picture = findPicture(address, media)
  if (picture !== null)
    return isRecordingName(picture.src)
      ? { href: picture.src, host: address.slice(address.lastIndexOf("/") + 1) }
      : picture
  const encoded = encodeAddress(address)
  if (!encoded || !isSafe(encoded)) return null
  if (/^(?:https?:)?\/\//i.test(encoded) && !encoded.startsWith(`${site.origin}/`))
    return { href: encoded, host: URL.parse(encoded, "https://x.invalid")?.host ?? encoded }
  return schemeOf(encoded) !== null && !encoded.startsWith(`${site.origin}/`) ? null : { src: encoded }
}

/** The article's own picture with that address, or null. */
export function findPicture(address: string, media: MarkdownOptions["media"]): MediaItem | null {
  const name = findFile(address, (file) => Object.hasOwn(media, file))
  return name === null ? null : (media[name] ?? null)
}
