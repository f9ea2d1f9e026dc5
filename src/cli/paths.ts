// Addresses as editors type them: `/asia/x`, `asia/x`, `content/asia/x.md`.

/** The site's path of what an editor typed. */
export function toPath(given: string): string {
  return `/${given
    .replace(/^\.?\//, "")
    .replace(/^content\//, "")
    .replace(/\.md$/, "")}`
}
