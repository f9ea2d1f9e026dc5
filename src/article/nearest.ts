// How near two words are: to name the key that was meant.

/** Levenshtein's distance of two short words; at most `limit + 1`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, replaced))
    }
    row = next
  }
  return Math.min(row[b.length] as number, limit + 1)
}

// Names that other systems give to our keys.
const otherNames = new Map([
  ["author", "authors"],
  ["byline", "authors"],
  ["by", "authors"],
  ["tags", "topics"],
  ["tag", "topics"],
  ["categories", "topics"],
  ["category", "topics"],
  ["keywords", "topics"],
  ["description", "summary"],
  ["excerpt", "summary"],
  ["standfirst", "summary"],
  ["subtitle", "summary"],
  ["headline", "title"],
  ["published", "date"],
  ["pubdate", "date"],
  ["publishdate", "date"],
  ["modified", "updated"],
  ["lastmod", "updated"],
  ["expirydate", "expires"],
  ["visibility", "access"],
  ["draft", "status"],
  ["state", "status"],
  ["redirect_from", "aliases"],
  ["thumbnail", "image"],
  ["picture", "image"],
  ["cover", "image"],
  ["licence", "rights"],
  ["license", "rights"],
  ["copyright", "rights"],
  ["url", "src"],
  ["file", "src"],
  ["alttext", "alt"],
  ["source", "credit"],
])

/** The known key that a wrong one most likely meant; null when none is near. */
export function nearestKey(wrong: string, known: readonly string[]): string | null {
  const word = wrong.slice(0, 40).toLowerCase()
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const key of known) {
    const distance = editDistance(word, key.toLowerCase(), least - 1)
    if (distance < least) [best, least] = [key, distance]
  }
  const other = otherNames.get(word)
  return least > 1 && other !== undefined && known.includes(other) ? other : best
}
