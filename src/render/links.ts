// Which addresses a text may lead to, and where its pictures are. The sanitizer asks here too.
import type { MediaItem } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"

const scheme = /^([^/?#:]*):/
const allowed = new Set(["http", "https", "mailto", "tel"])
const kept = /^\/media\/[\da-f]{64}\.[a-z\d]{2,5}$/

/**
 * The address percent-encoded as far as it isn't, or null when it is none that a text may lead to: http, https,
 * mailto, tel, relative and `#` are.
 */
export function safeAddress(address: string): string | null {
  const encoded = encodeAddress(address)
  const found = encoded === null ? null : scheme.exec(encoded)
  return found !== null && !allowed.has((found[1] ?? "").toLowerCase()) ? null : encoded
}

/** Percent-encodes what an address can't hold, as CommonMark's examples do; null for broken surrogates. */
export function encodeAddress(address: string): string | null {
  try {
    return encodeURI(address).replaceAll("%25", "%")
  } catch {
    return null
  }
}

/** Does the address lead away from the site? */
export function isExternal(address: string, site: SiteConfig): boolean {
  if (!/^(?:https?:)?\/\//i.test(address)) return false
  return address !== site.origin && !address.startsWith(`${site.origin}/`)
}

/** `#name` as the name's id on the page: all ids that an author can choose begin with `h-`, so none shadows a script's. */
export function localAddress(address: string, prefix: string): string {
  if (address.length < 2 || address === "#top") return address
  const name = address.slice(1)
  return `#${authorId(name, prefix)}`
}

/** The id on the page for one that an author chose or may mean. */
export function authorId(name: string, prefix: string): string {
  return name.startsWith(`${prefix}h-`) || name.startsWith(`${prefix}fn-`) ? name : `${prefix}h-${name}`
}

/** A picture of the text where it is kept; null when the article has none by that address. */
export function findPicture(
  address: string,
  media: Readonly<Record<string, MediaItem>>,
): { src: string; width: number | null; height: number | null } | null {
  if (kept.test(address)) return { src: address, width: null, height: null }
  const bare = address.startsWith("./") ? address.slice(2) : address
  for (const name of [address, bare, `./${bare}`]) if (Object.hasOwn(media, name)) return media[name] ?? null
  return address.includes("%") ? findDecoded(address, media) : null
}

function findDecoded(address: string, media: Readonly<Record<string, MediaItem>>): MediaItem | null {
  try {
    const decoded = decodeURI(address)
    return decoded === address ? null : (findPicture(decoded, media) as MediaItem | null)
  } catch {
    return null
  }
}

/** Is the address of a picture on another site? Such a picture becomes a link: no page of ours asks third parties. */
export function isRemote(address: string): boolean {
  return /^(?:https?:)?\/\//i.test(address)
}
