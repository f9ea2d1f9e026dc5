// `npm run bench -- peers`: the same article from Astro, rendered on each request on workerd, and from us, in turns. Astro
// is installed below .cache/peers, by npm and from its registry alone. Not for CI: it takes minutes.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { writeArticles } from "./corpus.ts"
import { runClosed } from "./load.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"
import { findPort, makeFolder, root, startSite } from "./site.ts"
import { startWorkers } from "./workers.ts"

interface Peer {
  readonly name: string
  readonly port: number
  readonly next: () => string
  readonly marker: string
}

const connections = 32
const packages = { astro: "7.3.5", "@astrojs/cloudflare": "14.3.3", wrangler: "4.155.0", marked: "18.2.1" }

/** Requests a second of each, ours as a multiple of Astro's; bytes of the page in gzip. */
export async function benchPeers({ rounds, seconds, articles }: BenchOptions): Promise<Figures> {
  const content = makeFolder("content")
  const made = writeArticles(content, 0, articles)
  const [article] = made
  if (article === undefined) throw new Error("no article was made")
  const astro = await startAstro(buildAstro(article.source.replace(/^---\n[\s\S]*?\n---\n/, "")))
  const site = await startSite({ content })
  let next = 1
  const peers: Peer[] = [
    { name: "Astro", port: astro.port, next: () => "/", marker: article.rare },
    { name: "hit", port: site.port, next: () => article.path, marker: article.rare },
    { name: "miss", port: site.port, next: () => made[next++ % made.length]?.path ?? "/", marker: "</html>" },
  ]
  const found = new Map<string, number[]>(peers.map(({ name }) => [name, []]))
  for (let index = 0; index < rounds; index++)
    for (const { name, port, next: target, marker } of peers) {
      const expected = { status: 200, length: 1000, marker }
      const measured = await runClosed({ port, next: () => ({ target: target() }), expected, seconds, connections })
      if (measured.wrong > 0) throw new Error(`${name}: ${measured.firstWrong}`)
      found.get(name)?.push(measured.perSecond)
    }
  const theirs = found.get("Astro") ?? []
  const over = (name: string) => spreadOf((found.get(name) ?? []).map((value, index) => value / (theirs[index] || 1)))
  const rows: string[][] = []
  for (const { name, port, next: target } of peers) {
    const page = await (await fetch(`http://localhost:${port}${target()}`)).arrayBuffer()
    const perSecond = spreadOf(found.get(name) ?? []).median.toFixed(0)
    rows.push([name, perSecond, formatSpread(over(name), 1), String(gzipSync(Buffer.from(page)).length)])
  }
  printTable(["", "a second", "of Astro's", "page, bytes in gzip"], rows)
  await Promise.all([site.stop(), astro.stop()])
  return { hitOverAstro: round(over("hit").median), missOverAstro: round(over("miss").median) }
}

/** Installs Astro once and builds a site of one page, rendered on each request with marked. Gives the built Worker's folder. */
function buildAstro(text: string): string {
  const folder = join(root, ".cache", "peers", "astro")
  mkdirSync(join(folder, "src/pages"), { recursive: true })
  const manifest = { name: "peer-astro", private: true, type: "module", dependencies: packages }
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
  const run = (command: string, args: string[]) => {
    const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", WRANGLER_SEND_METRICS: "false" }
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", env })
    if (status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`)
  }
  if (!existsSync(join(folder, "node_modules/.package-lock.json")))
    run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"])
  writeFileSync(join(folder, "astro.config.mjs"), astroConfig)
  writeFileSync(join(folder, "wrangler.json"), JSON.stringify(wranglerConfig))
  writeFileSync(join(folder, "src/text.js"), `export const text = ${JSON.stringify(text)}\n`)
  writeFileSync(join(folder, "src/pages/index.astro"), astroPage)
  run(process.execPath, [join(folder, "node_modules/astro/bin/astro.mjs"), "build"])
  return join(folder, "dist", "server")
}

const wranglerConfig = {
  name: "peer-astro",
  main: "@astrojs/cloudflare/entrypoints/server",
  compatibility_date: "2026-10-30",
  compatibility_flags: ["nodejs_compat"],
}
const astroConfig = `import cloudflare from "@astrojs/cloudflare"
export default { output: "server", adapter: cloudflare({ imageService: "passthrough" }) }
`
const astroPage = `---
import { marked } from "marked"
import { text } from "../text.js"
const html = marked(text)
---
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>An article</title><style>body{max-width:66ch;margin:auto}</style></head>
<body><main><h1>An article</h1><Fragment set:html={html} /></main></body></html>
`

/** The built Worker on workerd, on a direct socket like ours. */
async function startAstro(folder: string): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await findPort()
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.m?js$/.test(name))
  const { main = "entry.mjs" } = JSON.parse(readFileSync(join(folder, "wrangler.json"), "utf8")) as { main?: string }
  const names = [main, ...files.filter((name) => name !== main)]
  const miniflare = await startWorkers([
    {
      name: "astro",
      port,
      compatibilityDate: wranglerConfig.compatibility_date,
      compatibilityFlags: wranglerConfig.compatibility_flags,
      modules: names.map((path) => ({ path, contents: readFileSync(join(folder, path), "utf8") })),
      kvNamespaces: { SESSION: "session" },
      serviceBindings: { ASSETS: { disk: { path: folder, writable: false } } },
    },
  ])
  return { port, stop: () => miniflare.dispose() }
}
