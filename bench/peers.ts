// `npm run bench -- peers`: serves the same article from Astro, Ghost, EmDash and us, in turn. They are installed in
// .cache/peers, only from the npm registry. The constant response, as long as our page, is the ceiling of the
// run: no Worker exceeds it over these sockets. Not for CI, because it takes minutes.
import { constantMarker, startBare } from "./bare.ts"
import { type Generated, writeArticles } from "./corpus.ts"
import { type Ask, type Expected, type Load, runClosed } from "./load.ts"
import { startAstro } from "./peers/astro.ts"
import { startEmDash } from "./peers/emdash.ts"
import { startGhost } from "./peers/ghost.ts"
import type { Peer, Shared } from "./peers/peer.ts"
import { readShared } from "./peers/shared.ts"
import { type Weight, weighPages } from "./peers/weigh.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"
import { makeFolder, startSite } from "./site.ts"

interface Case extends Omit<Load, "seconds" | "connections"> {
  readonly cpu: () => number | null
}
interface Round {
  readonly perSecond: number
  /** Microseconds per request. */
  readonly cpu: number | null
}
type Rounds = ReadonlyMap<string, Round[]>

const connections = 32
const starts = { Astro: startAstro, Ghost: startGhost, EmDash: startEmDash }

/** Requests per second of each site, ours as a multiple of each peer's, and the weight of each page in a browser. */
export async function benchPeers({ rounds, seconds, articles }: BenchOptions): Promise<Figures> {
  const content = makeFolder("content")
  const made = writeArticles(content, 0, articles)
  const article = made[0] as Generated
  // Ours starts first: by the time the peers are running, the pages that publishing requested have left its memory.
  const site = await startSite({ content })
  const peers = await startPeers(readShared(made))
  if (peers.size === 0) throw new Error("no peer could be installed and started")
  const ours = { port: site.port, path: article.path, cpu: site.cpu }
  const page = await fetch(site.url + article.path)
  const headers = Object.fromEntries([...page.headers].filter(([name]) => !/^(content-length|date)$/.test(name)))
  const bare = await startBare({ bytes: (await page.arrayBuffer()).byteLength, headers })
  const weights = await weighPages(new Map([["Dateline", ours], ...peers]))
  const right = (marker: string): Expected => ({ status: 200, length: 4000, marker })
  const constant = { port: bare.constantPort, cpu: bare.cpu, expected: right(constantMarker) }
  const cases = new Map<string, Case>([
    ["constant", { ...constant, next: () => ({ target: "/" }) }],
    ["hit", { ...ours, next: () => ({ target: article.path }), expected: right(article.rare) }],
    ["miss", { ...ours, next: takeEach(made), expected: { ...right("</html>"), head: "Dateline; fwd=miss" } }],
  ])
  for (const [name, { port, path, cpu }] of peers)
    cases.set(name, { port, cpu, next: () => ({ target: path }), expected: right(article.rare) })
  const found = await runRounds(cases, rounds, seconds)
  await Promise.all([site.stop(), bare.stop(), ...[...peers.values()].map((peer) => peer.stop())])
  return report(found, [...peers.keys()], weights)
}

/** Each peer that can be installed and started here. The others are reported with the reason. */
async function startPeers(article: Shared): Promise<Map<string, Peer>> {
  const running = new Map<string, Peer>()
  for (const [name, start] of Object.entries(starts))
    try {
      running.set(name, await start(article))
    } catch (error) {
      console.error(`skipped ${name}: ${error instanceof Error ? error.message : error}`)
    }
  return running
}

/** One article after another: by the time one is repeated, memory has forgotten it. A hit would fail the check. */
function takeEach(made: readonly Generated[]): () => Ask {
  let index = 0
  return () => ({ target: made[1 + (index++ % (made.length - 1))]?.path ?? "/" })
}

async function runRounds(cases: ReadonlyMap<string, Case>, rounds: number, seconds: number): Promise<Rounds> {
  const found = new Map<string, Round[]>([...cases.keys()].map((name) => [name, []]))
  // The first round only warms up the compiler.
  for (let index = -1; index < rounds; index++)
    for (const [name, { cpu, ...load }] of cases) {
      const before = cpu()
      const measured = await runClosed({ ...load, seconds: index < 0 ? seconds / 2 : seconds, connections })
      const after = cpu()
      if (measured.wrong > 0) throw new Error(`${name}: ${measured.wrong} responses are wrong: ${measured.firstWrong}`)
      const micros = before === null || after === null ? null : (1e6 * (after - before)) / measured.requests
      if (index >= 0) found.get(name)?.push({ perSecond: measured.perSecond, cpu: micros })
    }
  return found
}

function report(found: Rounds, peers: readonly string[], weights: ReadonlyMap<string, Weight>): Figures {
  const rates = (name: string) => (found.get(name) ?? []).map(({ perSecond }) => perSecond)
  const over = (name: string, peer: string) =>
    spreadOf(rates(name).map((value, index) => value / (rates(peer)[index] || 1)))
  const cpu = (name: string) => {
    const list = (found.get(name) ?? []).flatMap((one) => one.cpu ?? [])
    return list.length === 0 ? null : Math.round(spreadOf(list).median)
  }
  const figures: Figures = {}
  const rows = [...found.keys()].map((name) => {
    const used = cpu(name)
    if (used !== null) figures[`cpu${name[0]?.toUpperCase()}${name.slice(1)}`] = used
    return [name, formatSpread(spreadOf(rates(name)), 0), used === null ? "–" : String(used)]
  })
  printTable(["", "a second", "CPU µs"], rows)
  for (const peer of peers) {
    const [hit, miss] = [over("hit", peer), over("miss", peer)]
    const ceiling = formatSpread(over("constant", peer), 1)
    console.log(`over ${peer}: hit ${formatSpread(hit, 1)}, miss ${formatSpread(miss, 1)}, a constant ${ceiling}`)
    figures[`hitOver${peer}`] = round(hit.median)
    figures[`missOver${peer}`] = round(miss.median)
    figures[`constantOver${peer}`] = round(over("constant", peer).median)
  }
  for (const [name, { gzip, requests }] of weights) {
    figures[`gzip${name}`] = gzip
    figures[`requests${name}`] = requests
  }
  const weighed = [...weights].map(([name, { gzip, requests }]) => [name, String(gzip), String(requests)])
  printTable(["page", "bytes in gzip", "requests"], weighed)
  return figures
}
