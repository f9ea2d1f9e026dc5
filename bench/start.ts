// `npm run bench -- start`: what a new isolate loads and how long its first page takes, and the time from `npm start` to Ready.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Bundle, bundleWorker } from "../src/cli/local/bundle.ts"
import { startServer } from "../src/cli/local/server.ts"
import { lookupQuery } from "../src/store/lookup.ts"
import { findPort } from "../tests/whole/running-site.ts"
import { type Generated, writeArticles } from "./corpus.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"
import { makeFolder, root, startSite } from "./site.ts"

/** Measures bytes, and milliseconds to a new isolate's first responses, compared with bare Workers of the same size. */
export async function benchStart({ rounds }: BenchOptions): Promise<Figures> {
  const bundle = await bundleWorker(root)
  const bytes = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(bundle.folder, name))).length, 0)
  const content = makeFolder("content")
  const [article] = writeArticles(content, 0, 20) as [Generated]
  const cold = await startSite({ content })
  await cold.stop()
  const warm = await startSite({ content, state: cold.state })
  await warm.stop()
  const withHtml = `/${writeRaw(content)}`
  const again = await startSite({ content, state: cold.state })
  await again.stop()

  const cases: Record<string, [Bundle, string]> = {
    empty: [bareBundle(bundle, emptyScript), "/"],
    stores: [bareBundle(bundle, storesScript), article.path],
    health: [bundle, "/healthz"],
    page: [bundle, article.path],
    html: [bundle, withHtml],
  }
  const found = new Map<string, First[]>(Object.keys(cases).map((name) => [name, []]))
  // The first round warms up the machine's caches.
  for (let index = -1; index < rounds; index++)
    for (const [name, [of, path]] of Object.entries(cases)) {
      const first = await timeFirst(of, cold.state, path)
      if (index >= 0) found.get(name)?.push(first)
    }
  const later = (name: string, than: string, time: keyof First) =>
    spreadOf((found.get(name) ?? []).map((one, index) => one[time] - (found.get(than)?.[index]?.[time] ?? 0)))
  const spread = (name: string, time: keyof First) =>
    formatSpread(spreadOf((found.get(name) ?? []).map((one) => one[time])), 0)
  const figures = {
    readerGzip: bytes(bundle.reader),
    allGzip: bytes(bundle.modules),
    firstPageMs: round(later("page", "empty", "answer").median),
    firstPageOverStoresMs: round(later("page", "stores", "answer").median),
    firstPageWithHtmlMs: round(later("html", "empty", "answer").median),
    fromNothingMs: round(later("page", "empty", "whole").median),
    readyColdMs: Math.round(cold.readyMs),
    readyWarmMs: Math.round(warm.readyMs),
  }
  const rows = (time: keyof First) => [
    ["an empty Worker's response", `${spread("empty", time)} ms`],
    ["a bare Worker that reads D1 and KV: more than that by", `${formatSpread(later("stores", "empty", time), 0)} ms`],
    ["/healthz: more than the empty Worker by", `${formatSpread(later("health", "empty", time), 0)} ms`],
    ["an article's page: more than the empty Worker by", `${formatSpread(later("page", "empty", time), 0)} ms`],
    ["an article's page: more than the bare Worker by", `${formatSpread(later("page", "stores", time), 0)} ms`],
    ["a page with raw HTML: more than the empty Worker by", `${formatSpread(later("html", "empty", time), 0)} ms`],
  ]
  printTable(["the first request to a new isolate", ""], rows("answer"))
  printTable(["from starting workerd to the end of the first response", ""], rows("whole"))
  printTable(
    ["", ""],
    [
      ["gzipped code that a reader's isolate loads", `${figures.readerGzip} bytes`],
      ["gzipped code in total", `${figures.allGzip} bytes`],
      ["npm start to Ready, 20 articles, new state", `${figures.readyColdMs} ms`],
      ["npm start to Ready, again with the same state", `${figures.readyWarmMs} ms`],
    ],
  )
  return figures
}

interface First {
  /** Milliseconds from starting workerd to the end of the first response. */
  readonly whole: number
  /** Milliseconds of these since the request was sent. */
  readonly answer: number
}

/** Starts workerd over a copy of the stores, and sends one request. */
async function timeFirst(bundle: Bundle, from: string, path: string): Promise<First> {
  const state = makeFolder("first")
  cpSync(join(from, "v3"), join(state, "v3"), { recursive: true })
  const port = await findPort()
  const keys = { deskKey: "a-key-for-the-bench-alone", sessionKeys: "a-key-for-the-bench-alone-of-sessions" }
  const began = performance.now()
  const server = await startServer({ bundle, state, port, ...keys })
  const asked = performance.now()
  const response = await fetch(`http://localhost:${port}${path}`)
  await response.arrayBuffer()
  const answered = performance.now()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return { whole: answered - began, answer: answered - asked }
}

const emptyScript = 'export default { fetch: () => new Response("") }'
/** Reads what a page needs from the stores, without making a page. */
const storesScript = `export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    const listing = "en:" + pathname.slice(0, pathname.lastIndexOf("/"))
    const row = await env.CATALOGUE.prepare(${JSON.stringify(lookupQuery)}).bind(pathname, Date.now(), listing).first()
    return new Response(await env.ARTICLES.get(row.open_hash, "text"))
  },
}
`

/** A bundle of as many modules and bytes, all comments, because Miniflare takes as long to transfer it as ours. */
function bareBundle({ folder: of, modules }: Bundle, entry: string): Bundle {
  const folder = makeFolder("bare")
  for (const name of modules) {
    const { length } = readFileSync(join(of, name))
    const script = name === modules[0] ? entry : ""
    writeFileSync(join(folder, name), `${script}//${"x".repeat(Math.max(0, length - script.length))}`)
  }
  return { folder, modules, reader: modules }
}

/** An article that needs the sanitizer. */
function writeRaw(content: string): string {
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
  const text = "---\ntitle: Raw\nsummary: With raw HTML.\ndate: 2024-01-01\n---\nSome <b>raw</b> <kbd>HTML</kbd>.\n"
  writeFileSync(join(content, "asia/nepal/raw.md"), text)
  return "asia/nepal/raw"
}
