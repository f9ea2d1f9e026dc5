// `npm run bench -- start`: what a new isolate loads and how long its first page takes, and `npm start` to its word Ready.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Bundle, bundleWorker } from "../src/cli/local/bundle.ts"
import { startServer } from "../src/cli/local/server.ts"
import { type Generated, writeArticles } from "./corpus.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"
import { findPort, makeFolder, root, startSite } from "./site.ts"

/** Measures bytes, and milliseconds from nothing to the first answer beside an empty Worker with the same stores. */
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

  const empty = emptyBundle(bundle)
  const health: number[] = []
  const page: number[] = []
  const html: number[] = []
  const withHtml = `/${writeRaw(content)}`
  const again = await startSite({ content, state: cold.state })
  await again.stop()
  const first: number[] = []
  for (let index = -1; index < rounds; index++) {
    const emptyMs = await timeFirst(empty, cold.state, "/")
    const found = {
      health: await timeFirst(bundle, cold.state, "/healthz"),
      page: await timeFirst(bundle, cold.state, article.path),
      html: await timeFirst(bundle, cold.state, withHtml),
    }
    // The first round warms the machine's own caches.
    if (index < 0) continue
    first.push(emptyMs)
    health.push(found.health - emptyMs)
    page.push(found.page - emptyMs)
    html.push(found.html - emptyMs)
  }
  const figures = {
    readerGzip: bytes(bundle.reader),
    allGzip: bytes(bundle.modules),
    firstResponseMs: round(spreadOf(health).median),
    firstPageMs: round(spreadOf(page).median),
    firstPageWithHtmlMs: round(spreadOf(html).median),
    readyColdMs: Math.round(cold.readyMs),
    readyWarmMs: Math.round(warm.readyMs),
  }
  printTable(
    ["", ""],
    [
      ["gzip that a reader's isolate loads", `${figures.readerGzip} bytes`],
      ["gzip in all", `${figures.allGzip} bytes`],
      ["an empty Worker, from nothing to its first answer", `${formatSpread(spreadOf(first), 0)} ms`],
      ["later than that: /healthz", `${formatSpread(spreadOf(health), 0)} ms`],
      ["later than that: an article's page", `${formatSpread(spreadOf(page), 0)} ms`],
      ["later than that: a page with raw HTML", `${formatSpread(spreadOf(html), 0)} ms`],
      ["npm start to Ready, 20 articles, new state", `${figures.readyColdMs} ms`],
      ["npm start to Ready, the same state again", `${figures.readyWarmMs} ms`],
    ],
  )
  return figures
}

/** Milliseconds from starting workerd to the whole of the first answer. */
async function timeFirst(bundle: Bundle, from: string, path: string): Promise<number> {
  const state = makeFolder("first")
  cpSync(join(from, "v3"), join(state, "v3"), { recursive: true })
  const port = await findPort()
  const keys = { deskKey: "a-key-for-the-bench-alone", sessionKeys: "a-key-for-the-bench-alone-of-sessions" }
  const began = performance.now()
  const server = await startServer({
    root,
    bundle,
    state,
    port,
    ...keys,
    liveReload: undefined,
    stripe: {},
    started: () => undefined,
  })
  const response = await fetch(`http://localhost:${port}${path}`)
  await response.arrayBuffer()
  const ms = performance.now() - began
  await server.stop()
  rmSync(state, { recursive: true, force: true })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return ms
}

/** As many modules of as many bytes, all comment: Miniflare takes its time to hand modules on, which is no isolate's. */
function emptyBundle({ folder: of, modules }: Bundle): Bundle {
  const folder = makeFolder("empty")
  for (const name of modules) {
    const { length } = readFileSync(join(of, name))
    const script = name === modules[0] ? 'export default { fetch: () => new Response("") }' : ""
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
