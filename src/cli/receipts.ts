// The receipt: asks as a reader until the new revision is given out.
import type { FolderArticle } from "./read-articles.ts"
import type { Published } from "./shapes.ts"
import { isLocal } from "./site-address.ts"

/** No reader is given the old page longer than this after a publish (docs: bounds), milliseconds. */
const patience = 15_000
const atOnce = 8
/** Each is a page to be made: of a larger run so many are asked for, spread over all of it, and the run says so. */
const mostAsked = 100

/**
 * Fills in `liveMs` of what is published. What is under embargo or expired stays null.
 * @returns how many were asked for of how many that readers can have, and what they were not given in time
 */
export async function awaitReceipts(
  url: string,
  origin: string,
  published: readonly Published[],
  articles: readonly FolderArticle[],
): Promise<{ asked: number; readable: number; late: Published[] }> {
  const byPath = new Map(articles.map(({ article }) => [article.path, article]))
  const now = Date.now()
  const readable = published.filter(({ path }) => {
    const article = byPath.get(path)
    return (article?.publishedAt ?? now) <= now && (article?.expiresAt ?? now + 1) > now
  })
  const step = Math.max(1, readable.length / mostAsked)
  const asked = readable.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  // A local site's origin is where it runs; a site behind another address is asked at its own.
  const base = isLocal(url) ? url : origin
  const queue = [...asked]
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift())
      one.liveMs = await askUntilLive(base, one, now)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { asked: asked.length, readable: readable.length, late: asked.filter(({ liveMs }) => liveMs === null) }
}

async function askUntilLive(base: string, one: Published, since: number): Promise<number | null> {
  for (let pause = 25; Date.now() - since < patience; pause = Math.min(pause * 2, 1000)) {
    try {
      const response = await fetch(base + one.path, {
        method: "HEAD",
        redirect: "manual",
        signal: AbortSignal.timeout(Math.max(1, since + patience - Date.now())),
      })
      if (Number(response.headers.get("Dateline-Revision")) >= one.revision) return Date.now() - since
    } catch {
      // The next try tells.
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return null
}
