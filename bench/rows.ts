// `npm run bench -- rows`: D1 rows that each page reads on a miss, as D1 reports them, in a small and a large catalogue.
import { join } from "node:path"
import config from "../dateline.config.ts"
import { type Database, migrate } from "../src/cli/local/server.ts"
import { buildCorrections, buildFront, buildListing } from "../src/reader/articles.ts"
import { buildFeed, buildFile } from "../src/reader/feeds-and-sitemaps.ts"
import type { PageContext } from "../src/reader/page.ts"
import { noParameters } from "../src/reader/request-target.ts"
import { buildSearch } from "../src/reader/search.ts"
import { lookUpArticle } from "../src/store/lookup.ts"
import { addressOf, type Catalogue, countRows, fillCatalogue, rareWord } from "./catalogue.ts"
import { type BenchOptions, type Figures, printTable, round } from "./report.ts"
import { startWorkers } from "./workers.ts"

// workerd has this function; Node 24 does not.
Object.assign(Uint8Array.prototype, {
  toHex(this: Uint8Array): string {
    return Buffer.from(this).toString("hex")
  },
})

const country = { kind: "country", language: "en", region: "asia", country: "tajikistan" } as const
const now = Date.UTC(2026, 10, 1)
/** The smallest catalogue; page 50 needs a list of 1,000 articles in one language. */
const small = 600
const smallest50 = 1400

type Context = PageContext
type Read = (context: Context) => Promise<unknown>

const pages: Record<string, Read> = {
  article: ({ catalogue }) => lookUpArticle(catalogue, addressOf(40), "en:/asia/tajikistan", now),
  front: (context) => buildFront(context, "en"),
  region: (context) => buildListing(context, { kind: "region", language: "en", region: "asia" }, 1),
  topic: (context) => buildListing(context, { kind: "topic", language: "en", slug: "water" }, 1),
  "listing 1": (context) => buildListing(context, country, 1),
  "listing 50": (context) => buildListing(context, country, 50),
  feed: (context) => buildFeed(context, { kind: "feed", format: "xml", of: country }),
  "sitemap part": (context) => buildFile(context, { kind: "sitemap", month: "2026-09" }),
  "news sitemap": (context) => buildFile(context, { kind: "newsSitemap" }),
  corrections: (context) => buildCorrections(context, "en", 1),
  "search, rare word": (context) => buildSearch(context, "en", { ...noParameters, query: rareWord(40) }),
  "search, rare word in a region": (context) =>
    buildSearch(context, "en", { ...noParameters, query: rareWord(40), region: "asia", topic: "water" }),
}

/** Rows of each page at 600 articles, at 1,400 (page 50), and at `articles`. @throws if one reads 1.2 × as many */
export async function benchRows({ articles }: BenchOptions): Promise<Figures> {
  const { db, close } = await openCatalogue()
  const sizes = [small, smallest50, articles]
  const found = new Map<string, number[]>(Object.keys(pages).map((name) => [name, []]))
  let filled = 0
  for (const size of sizes) {
    await fillCatalogue(db, filled, size)
    filled = size
    const counted = countRows(db)
    const reading = { audience: "public", bodies: { articles: {} as never } } as const
    for (const [name, read] of Object.entries(pages)) {
      const context: Context = { site: config, catalogue: counted.db, reading, now, checkout: false }
      const page = await read(context)
      const missing = name === "listing 50" && size === small
      if (typeof page === "object" && page !== null && "status" in page && page.status !== (missing ? 404 : 200))
        throw new Error(`${name} at ${size} articles answered ${page.status}`)
      found.get(name)?.push(counted.take())
    }
  }
  await close()
  return report(found, sizes)
}

function report(found: ReadonlyMap<string, number[]>, sizes: readonly number[]): Figures {
  const figures: Figures = {}
  const rows: string[][] = []
  for (const [name, counts] of found) {
    const [first = 0, second = 0, last = 0] = counts
    const base = name === "listing 50" ? second : first
    figures[name] = round(last / base)
    rows.push([
      name,
      name === "listing 50" ? "no such page" : String(first),
      String(second),
      String(last),
      (last / base).toFixed(2),
    ])
  }
  printTable(["rows read", ...sizes.map((size) => `${size} articles`), "ratio"], rows)
  const worse = Object.entries(figures).filter(([, ratio]) => ratio > 1.2)
  if (worse.length > 0) throw new Error(`more than 1.2 × the rows: ${worse.map(([name]) => name).join(", ")}`)
  return figures
}

/** An empty catalogue, and a function that closes it. */
async function openCatalogue(): Promise<{ db: Catalogue; close(): Promise<void> }> {
  const modules = [{ path: "worker.js", contents: "export default {}" }]
  const miniflare = await startWorkers([{ name: "rows", modules, d1Databases: { CATALOGUE: "catalogue" } }])
  const db = await miniflare.getD1Database("CATALOGUE")
  await migrate(db as unknown as Database, join(import.meta.dirname, "../migrations", "catalogue"))
  return { db: db as unknown as Catalogue, close: () => miniflare.dispose() }
}
