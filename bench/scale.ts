// `npm run bench -- scale`: the cost of a larger catalogue: misses of each kind of page, the D1 rows they read, publishing, check.
import { spawnSync } from "node:child_process"
import { appendFileSync, cpSync } from "node:fs"
import { join } from "node:path"
import config from "../dateline.config.ts"
import { readListing } from "../src/store/listings.ts"
import { lookUpArticle } from "../src/store/lookup.ts"
import { readSought, searchArticles } from "../src/store/search.ts"
import { readMonth } from "../src/store/sitemap.ts"
import { type Catalogue, countRows } from "./catalogue.ts"
import { type Generated, writeArticles } from "./corpus.ts"
import { type Expected, runClosed } from "./load.ts"
import { type BenchOptions, type Figures, printTable, round, spreadOf } from "./report.ts"
import { makeFolder, root, type Site, startSite } from "./site.ts"
import { startWorkers } from "./workers.ts"

const month = "2026-10"
const pageSize = 20
const common = "search, common word"
/** After this time, in milliseconds, an answer in memory is no longer fresh. */
const fresh = 10_500
/** Limited, because each round waits until answers in memory are no longer fresh. */
const mostRounds = 25

/** Milliseconds, rows and microseconds by size. Each figure's ratio compares the largest size with the smallest. */
export async function benchScale({ articles, rounds }: BenchOptions): Promise<Figures> {
  const sizes = [1000, 10_000, 100_000].filter((size) => size <= articles)
  const content = makeFolder("content")
  const found = new Map<string, number[]>()
  const keep = (name: string, value: number) => found.set(name, [...(found.get(name) ?? []), value])
  const made: Generated[] = []
  const states: string[] = []
  let site = await startSite({ content, args: ["--empty"] })
  for (const size of sizes) {
    made.push(...writeArticles(content, made.length, size))
    keep(
      "publish, ms an article",
      (1000 * run(site, content, "publish")) / (size - (sizes[sizes.indexOf(size) - 1] ?? 0)),
    )
    for (const { file } of made.slice(0, 10)) appendFileSync(join(content, file), `\nChanged at ${size}.\n`)
    keep("publish of 10 changed, s", run(site, content, "publish"))
    keep("check, ms an article", (1000 * run(site, content, "check")) / size)
    await site.stop()
    for (const [name, rows] of await readPages(site.state, made)) keep(`${name}, D1 rows`, rows)
    states.push(copyOf(site.state))
    if (size !== sizes.at(-1)) site = await startSite({ content, state: site.state, args: ["--empty"] })
  }
  // All sizes in turn, so that a slow machine affects all of them.
  const sites: Site[] = []
  for (const state of states) sites.push(await startSite({ content, state, args: ["--empty"] }))
  const bySize = sites.map((one, index) => ({ port: one.port, kinds: kindsOf(made.slice(0, sizes[index])) }))
  // At each size, the same share of articles contains the word: the number of matches grows with the catalogue.
  for (const [name, p50s] of await timeMisses(bySize, rounds))
    for (const [index, p50] of p50s.entries())
      if (name === common) keep(`${name}, µs of p50 an article`, (1000 * p50) / (sizes[index] ?? 1))
      else keep(`${name}, p50 ms`, p50)
  await Promise.all(sites.map((one) => one.stop()))
  return report(sizes, found)
}

function report(sizes: readonly number[], found: ReadonlyMap<string, readonly number[]>): Figures {
  const figures: Figures = {}
  const rows: string[][] = []
  for (const [name, values] of found) {
    const ratio = (values.at(-1) ?? 0) / (values[0] || 1)
    rows.push([name, ...values.map((value) => String(round(value))), ratio.toFixed(2)])
    figures[name.replaceAll(/\W+/g, "_")] = round(ratio)
  }
  printTable(["", ...sizes.map(String), "last of first"], rows)
  return figures
}

/** The seconds that a command takes. */
function run(site: Site, content: string, command: "publish" | "check"): number {
  const began = performance.now()
  const more = command === "publish" ? ["--no-cards"] : []
  const args = [join(root, "bin/dateline.mjs"), command, ...more, "--url", site.url, "--content", content, "--json"]
  const env = { ...process.env, DATELINE_KEY: site.key }
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env, maxBuffer: 1 << 30 })
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`)
  return (performance.now() - began) / 1000
}

function copyOf(state: string): string {
  const copy = makeFolder("state")
  cpSync(state, copy, { recursive: true })
  return copy
}

type Kinds = ReadonlyMap<string, readonly string[]>

/** Addresses by kind of page. A page of a kind shows the same amount at each size. */
function kindsOf(made: readonly Generated[]): Kinds {
  const step = Math.max(1, Math.floor(made.length / 100))
  const spread = made.filter((_, index) => index % step === 0).slice(0, 100)
  const pages = (from: number) => Array.from({ length: 10 }, (_, index) => `/topics/world?page=${from + index}`)
  const lists = ["", "/topics/world", ...Object.keys(config.regions).map((region) => `/${region}`)]
  return new Map<string, readonly string[]>([
    ["article", spread.map(({ path }) => path)],
    ["listing, first pages", ["/topics/world", ...pages(2).slice(0, 9)]],
    ["listing, page 50", pages(41)],
    ["feed", lists.flatMap((list) => [`${list}/feed.xml`, `${list}/feed.json`])],
    ["sitemap of a month", [`/sitemaps/${month}.xml`]],
    ["search, rare word", spread.map(({ rare }) => `/search?q=${rare}`)],
    [common, ["water", "border", "school", "market", "road"].map((word) => `/search?q=${word}`)],
  ])
}

/**
 * Medians by kind of page, one for each site, of targets that are not in memory: different ones, and again once they
 * have expired. The sites alternate at each target.
 */
async function timeMisses(
  sites: readonly { readonly port: number; readonly kinds: Kinds }[],
  rounds: number,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[][]>()
  const expected: Expected = { status: 200, length: 500 }
  // The first round only warms up the compiler.
  for (let round = -1; round < Math.min(rounds, mostRounds); round++) {
    for (const name of sites[0]?.kinds.keys() ?? []) {
      const found = times.get(name) ?? sites.map(() => [])
      times.set(name, found)
      for (let index = 0; index < (sites[0]?.kinds.get(name)?.length ?? 0); index++)
        for (const [at, { port, kinds }] of sites.entries()) {
          const target = kinds.get(name)?.[index] ?? "/"
          const asked = { port, next: () => ({ target }), expected, connections: 1, seconds: 0 }
          const { p50, wrong, firstWrong } = await runClosed(asked)
          if (wrong > 0) throw new Error(`${name}: ${firstWrong}`)
          if (round >= 0) found[at]?.push(p50)
        }
    }
    await new Promise((done) => setTimeout(done, fresh))
  }
  return new Map([...times].map(([name, lists]) => [name, lists.map((list) => spreadOf(list).median)]))
}

/** Rows that the queries of a page read, as D1 reports them, over a copy of the stores. */
async function readPages(state: string, made: readonly Generated[]): Promise<Map<string, number>> {
  const copy = makeFolder("rows")
  cpSync(join(state, "v3"), join(copy, "v3"), { recursive: true })
  const modules = [{ path: "worker.js", contents: "export default {}" }]
  const worker = { name: "rows", modules, d1Databases: { CATALOGUE: "catalogue" } }
  const miniflare = await startWorkers([worker], join(copy, "v3"))
  const { db, take } = countRows((await miniflare.getD1Database("CATALOGUE", "rows")) as unknown as Catalogue)
  const now = Date.now()
  const article = made[made.length >> 1] as Generated
  const listing = `en:${article.path.slice(0, article.path.lastIndexOf("/"))}`
  const search = (query: string) => {
    const sought = readSought(query, "en")
    if (sought === null) throw new Error(`${query} is not a query`)
    return searchArticles(db, { sought, region: null, topic: null, page: 1, size: pageSize }, now)
  }
  const works: [string, () => Promise<unknown>][] = [
    ["article", () => lookUpArticle(db, article.path, listing, now)],
    ["listing, page 1", () => readListing(db, "en:/topics/world", 1, pageSize, now)],
    ["listing, page 50", () => readListing(db, "en:/topics/world", 50, pageSize, now)],
    ["feed", () => readListing(db, "en:/", 1, 30, now)],
    ["sitemap of a month", () => readMonth(db, month, config.timeZone, now)],
    ["search, rare word", () => search(article.rare)],
  ]
  const found = new Map<string, number>()
  for (const [name, work] of works) {
    await work()
    found.set(name, take())
  }
  await miniflare.dispose()
  return found
}
