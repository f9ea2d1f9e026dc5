// Which addresses a text may lead to, and where its pictures are. The sanitizer asks here too.
import type { MediaItem } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"

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

/** The address percent-encoded as far as it isn't; null when a text may not lead to it. */
export function safeAddress(address: string): string | null {
  return isSafe(address) ? encodeAddress(address) : null
}

/** Percent-encodes what an address can't hold, as CommonMark's examples do; null for broken surrogates. */
export function encodeAddress(address: string): string | null {
  try {
    return encodeURI(address).replaceAll("%25", "%")
  } catch {
    return null
  }
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
  if (kept.test(address))
    return Object.values(media).find(({ src }) => src === address) ?? { src: address, width: null, height: null }
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

/**
 * Where a browser would ask for a picture that the article doesn't bring, by its encoded address: here; elsewhere, so
 * that it becomes a link (no page of ours asks third parties); or nowhere.
 */
export function placeOf(address: string | null, site: SiteConfig): "here" | "elsewhere" | "nowhere" {
  if (address === null) return "nowhere"
  if (address.startsWith(`${site.origin}/`)) return "here"
  if (/^(?:https?:)?\/\//i.test(address)) return "elsewhere"
  return scheme.test(address) ? "nowhere" : "here"
}

/** What a link instead of a picture says when the picture has no words: the host. */
export function hostOf(address: string): string {
  return URL.parse(address, "https://x.invalid")?.host ?? address
}
