// Sends hostile text through the whole pipeline: published at a real desk, opened in a real browser, searched for.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { openBrowser } from "../tests/browser/open-browser.ts"
import { startSite } from "../tests/whole/running-site.ts"
import { checkRoundTrips } from "./round-trip.ts"
import { type HostileArticle, publishPayloads } from "./xss-articles.ts"
import { openPages } from "./xss-browser.ts"
import { families } from "./xss-payloads.ts"

const languages = ["", "/fr", "/ar", "/ru"]
const listSize = 20

/** All payloads in `CORPORA`/xss/payloads.json, or our own without that setting. */
export async function auditXss(say: (line: string) => void): Promise<string[]> {
  const corpora = process.env.CORPORA
  const payloads: string[] =
    corpora === undefined
      ? Object.values(families).flat()
      : JSON.parse(readFileSync(join(corpora, "xss/payloads.json"), "utf8"))
  if (corpora === undefined) say("CORPORA has no payloads: using our own sample")
  return tryPayloads(payloads, say)
}

/**
 * Publishes each payload as title, summary, caption, topic and body, opens every page that shows one, and its search.
 * @returns what ran, was reported or is active on any of them, and what a page shows differently from what was written
 */
export async function tryPayloads(payloads: readonly string[], say: (line: string) => void): Promise<string[]> {
  const site = await startSite({ copy: false, watch: false })
  try {
    const { articles, refused } = await publishPayloads(site, payloads)
    say(`${payloads.length} payloads, ${articles.length} articles published, ${payloads.length * 6} places`)
    for (const [reason, count] of countEach(refused)) say(`refused by the desk: ${count} × ${reason}`)
    const addresses = addressesOf(articles, payloads)
    const browser = await openBrowser()
    try {
      const { opened, sightings } = await openPages(browser, site.url, addresses, say)
      for (const kind of ["dialog", "report", "active", "request", "lost", "missing"])
        say(`${sightings.filter((sighting) => sighting.startsWith(`${kind} `)).length} × ${kind}`)
      say(`${opened} pages opened`)
      const changed = await checkRoundTrips(site.url, articles)
      say(`${articles.length} articles compared with the parts of their pages, ${changed.length} faults`)
      // A missing picture of our own is an editor's mistake, not a hole. It is reported above and is not a fault here.
      return [...sightings.filter((sighting) => !sighting.startsWith("missing ")), ...changed]
    } finally {
      await browser.close()
    }
  } finally {
    await site.stop()
  }
}

/** Articles, their topics' pages, the lists that contain them, and a search for each payload. */
function addressesOf(articles: readonly HostileArticle[], payloads: readonly string[]): string[] {
  const topics = new Set(articles.flatMap(({ topicPath }) => (topicPath === null ? [] : [topicPath])))
  const lists = languages.flatMap((language, index) => {
    const count = articles.filter((article) => article.number % languages.length === index).length
    const pages = Array.from({ length: Math.ceil(count / listSize) }, (_, page) => page + 1)
    return pages.map((page) => `${language}/asia/tajikistan${page === 1 ? "" : `?page=${page}`}`)
  })
  const searches = payloads.map(
    (payload, number) =>
      `${languages[number % languages.length]}/search?q=${encodeURIComponent(payload.toWellFormed())}`,
  )
  return [...articles.map(({ path }) => path), ...topics, ...lists, ...languages.map((one) => one || "/"), ...searches]
}

function countEach(reasons: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return counts
}
