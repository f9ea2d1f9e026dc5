// `npm run bench -- publish`: the whole command but for the social cards, which are drawn when all texts are live: from
// nothing, unchanged, and with ten articles changed.
import { spawnSync } from "node:child_process"
import { appendFileSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { type Generated, writeArticles } from "./corpus.ts"
import { type BenchOptions, type Figures, printTable, round } from "./report.ts"
import { makeFolder, root, type Site, startSite } from "./site.ts"

/** Measures `dateline publish` against a site of its own. Times in seconds. */
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
      rows.push([name, String(count), found.seconds.toFixed(2), String(found.live), String(found.bodies), found.wrote])
    }
    run("fromNothing", count)
    run("unchanged", 0)
    change(content, made.slice(0, 10))
    run("changed10of", 10)
    await site.stop()
  }
  printTable(["", "articles", "seconds", "seen live", "bodies written", "stores written to"], rows)
  return figures
}

function publish(site: Site, content: string, expected: number) {
  const before = stamp(site.state)
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
  if (run.status !== 0) throw new Error(`the publish failed:\n${run.stderr}`)
  const outcome = JSON.parse(run.stdout) as { published: { liveMs: number | null }[] }
  if (outcome.published.length !== expected)
    throw new Error(`${outcome.published.length} articles were published, not ${expected}`)
  const after = stamp(site.state)
  return {
    seconds,
    live: outcome.published.filter(({ liveMs }) => liveMs !== null).length,
    bodies: after.bodies - before.bodies,
    wrote: after.files === before.files ? "none" : "yes",
  }
}

/** How many bodies KV holds, and what the stores' files look like: neither changes when nothing is written. */
function stamp(state: string): { bodies: number; files: string } {
  const folder = join(state, "v3")
  let bodies = 0
  let files = ""
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const found = statSync(join(folder, name))
    if (!found.isFile() || name.endsWith("-shm")) continue
    if (/kv\/.*articles\/blobs\//.test(name)) bodies++
    files += `${name} ${found.size} ${found.mtimeMs}\n`
  }
  return { bodies, files }
}

function change(content: string, made: readonly Generated[]): void {
  for (const { file } of made) appendFileSync(join(content, file), "\nOne more paragraph, of today.\n")
}
