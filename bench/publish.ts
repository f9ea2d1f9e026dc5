// `npm run bench -- publish`: times the whole command, except social cards, which are drawn once all articles are live:
// for an empty site, with nothing changed, and with ten articles changed.
import { spawnSync } from "node:child_process"
import { appendFileSync } from "node:fs"
import { join } from "node:path"
import { findPort } from "../tests/whole/running-site.ts"
import { type Generated, writeArticles } from "./corpus.ts"
import { type BenchOptions, type Figures, printTable, round } from "./report.ts"
import { cpuOf, descendants, makeFolder, root, type Site, startSite } from "./site.ts"
import { readStores } from "./stores.ts"
import { startWorkers } from "./workers.ts"

/** Measures `dateline publish` against its own site. Times are in seconds. */
export async function benchPublish({ articles }: BenchOptions): Promise<Figures> {
  const figures: Figures = {}
  const rows: string[][] = []
  for (const count of articles > 1000 ? [1000, articles] : [articles]) {
    const content = makeFolder("content")
    const made = writeArticles(content, 0, count)
    const site = await startSite({ content, args: ["--empty"] })
    const run = (name: string, expected: number) => {
      const found = publish(site, content, expected)
      figures[`${name}${count}`] = round(found.seconds)
      const times = [found.seconds.toFixed(2), found.cpu]
      rows.push([name, String(count), ...times, String(found.live), String(found.bodies), found.wrote])
    }
    // Measured before and after, because the machine's speed changes within a minute.
    const timePuts = () => timeBarePuts(made.map(({ source }) => source))
    const puts = [await timePuts()]
    run("fromNothing", count)
    puts.push(await timePuts())
    const seconds = puts.reduce((sum, one) => sum + one.seconds, 0) / puts.length
    figures[`barePuts${count}`] = round(seconds)
    figures[`fromNothing${count}OfBarePuts`] = round((figures[`fromNothing${count}`] ?? 0) / seconds)
    for (const one of puts) rows.push(["bare KV puts", String(count), one.seconds.toFixed(2), one.cpu, "", "", ""])
    run("unchanged", 0)
    change(content, made.slice(0, 10))
    run("changed10of", 10)
    await site.stop()
  }
  printTable(["", "articles", "seconds", "CPU of workerd", "seen live", "bodies written", "stores written to"], rows)
  return figures
}

function publish(site: Site, content: string, expected: number) {
  const before = readStores(site.state)
  const cpuBefore = site.cpu()
  const began = performance.now()
  const args = [
    join(root, "bin/dateline.mjs"),
    "publish",
    "--no-cards",
    "--url",
    site.url,
    "--content",
    content,
    "--json",
  ]
  const env = { ...process.env, DATELINE_KEY: site.key }
  const run = spawnSync(process.execPath, args, { encoding: "utf8", env, maxBuffer: 1 << 28 })
  const seconds = (performance.now() - began) / 1000
  const cpu = formatCpu(cpuBefore, site.cpu())
  if (run.status !== 0) throw new Error(`the publish failed:\n${run.stderr}`)
  const outcome = JSON.parse(run.stdout) as { published: { liveMs: number | null }[] }
  if (outcome.published.length !== expected)
    throw new Error(`${outcome.published.length} articles were published, not ${expected}`)
  const after = readStores(site.state)
  return {
    seconds,
    cpu,
    live: outcome.published.filter(({ liveMs }) => liveMs !== null).length,
    bodies: after.bodies - before.bodies,
    wrote: after.content === before.content ? "no" : "yes",
  }
}

const putScript = `
export default {
  async fetch(request, env) {
    const texts = await request.json()
    await Promise.all(Object.entries(texts).map(([key, text]) => env.ARTICLES.put(key, text)))
    return new Response()
  },
}
`

/** CPU seconds, which a busy machine affects less than elapsed time; empty if the system does not report them. */
function formatCpu(before: number | null, after: number | null): string {
  return before === null || after === null ? "" : (after - before).toFixed(2)
}

/** Seconds to write the same texts to KV alone, fifty per request and three requests at once, as the command sends them. */
async function timeBarePuts(texts: readonly string[]): Promise<{ seconds: number; cpu: string }> {
  const port = await findPort()
  const modules = [{ path: "worker.js", contents: putScript }]
  const worker = { name: "puts", port, modules, kvNamespaces: { ARTICLES: "articles" } }
  const others = new Set(descendants(process.pid))
  const miniflare = await startWorkers([worker], join(makeFolder("puts"), "v3"))
  const queue = Array.from({ length: Math.ceil(texts.length / 50) }, (_, index) => {
    const some = texts.slice(50 * index, 50 * index + 50)
    return JSON.stringify(Object.fromEntries(some.map((text, at) => [`${50 * index + at}`, text])))
  })
  const own = descendants(process.pid).filter((pid) => !others.has(pid))
  const cpuBefore = cpuOf(own)
  const began = performance.now()
  const work = async () => {
    for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
      const response = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body })
      if (!response.ok) throw new Error(`the bare puts failed: ${response.status}`)
    }
  }
  await Promise.all([work(), work(), work()])
  const seconds = (performance.now() - began) / 1000
  const cpu = formatCpu(cpuBefore, cpuOf(own))
  await miniflare.dispose()
  return { seconds, cpu }
}

function change(content: string, made: readonly Generated[]): void {
  for (const { file } of made) appendFileSync(join(content, file), "\nOne more paragraph, of today.\n")
}
