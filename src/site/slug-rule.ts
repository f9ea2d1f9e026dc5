// What a slug is. Apart from slug.ts, whose tables (0.5 MB) the way to a reader need not load.

/** The longest slug that an address may hold. */
export const slugLimit = 100

/** Is the text a slug: `a-z0-9-`, 1–100 characters, no hyphen at either end? */
export function isSlug(text: string): boolean {
  const length = text.length
  if (length === 0 || length > slugLimit) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const letterOrDigit = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    if (letterOrDigit) continue
    if (code !== 45 || i === 0 || i === length - 1) return false
  }
  return true
}
