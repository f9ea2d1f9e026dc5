// Slugs: the lower-case ASCII form that a title or a name takes in an address.
import anyAscii from "any-ascii"
import { slugLimit } from "./slug-rule.ts"

/** Any text as a slug: transliterated, `a-z0-9-`, at most 100 characters; empty when nothing of it can be kept. */
export function slugify(text: string): string {
  const ascii = anyAscii(text.normalize("NFC")).toLowerCase()
  // An apostrophe joins (Côte d'Ivoire → cote-divoire); everything else that is no letter or digit separates.
  const hyphenated = ascii.replace(/['`]/g, "").replace(/[^a-z0-9]+/g, "-")
  const from = hyphenated.startsWith("-") ? 1 : 0
  return shorten(hyphenated.slice(from)).replace(/-$/, "")
}

/** Cuts at a hyphen where one is near the limit, so that no word is broken without need. */
function shorten(slug: string): string {
  if (slug.length <= slugLimit) return slug
  const hyphen = slug.lastIndexOf("-", slugLimit)
  return slug.slice(0, hyphen > slugLimit / 2 ? hyphen : slugLimit)
}
