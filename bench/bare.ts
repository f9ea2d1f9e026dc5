// Bare Workers to compare a site with: on the same workerd, without any of our code.
import { cpSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { lookupQuery } from "../src/store/lookup.ts"
import { findPort } from "../tests/whole/running-site.ts"
import { cpuOf, descendants, makeFolder } from "./site.ts"
import { startWorkers } from "./workers.ts"

export interface Bare {
  /** One prepared response, `bytes` long, with the same headers as our pages. */
  readonly constantPort: number
  /** Does only what a miss requires: the same D1 query and KV read over a copy of the site's stores, then marked. */
  readonly missPort: number
  cpu(): number | null
  stop(): Promise<void>
}

/** The marker in the constant's body. */
export const constantMarker = "the end of the constant"

function constantScript(bytes: number, headers: Record<string, string>): string {
  return `
const body = new TextEncoder().encode("x".repeat(${bytes - constantMarker.length}) + ${JSON.stringify(constantMarker)})
const headers = new Headers(${JSON.stringify(headers)})
export default { fetch: () => new Response(body, { headers }) }
`
}

const missScript = `
import { marked } from "./marked.js"
const query = ${JSON.stringify(lookupQuery)}
export default {
  async fetch(request, env) {
    const path = new URL(request.url).pathname
    const listing = "en:" + path.slice(0, path.lastIndexOf("/"))
    const row = await env.CATALOGUE.prepare(query).bind(path, Date.now(), listing).first()
    const text = await env.ARTICLES.get(row.open_hash, "text")
    const html = "<!doctype html><title>" + row.title + "</title>" + marked(text)
    return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } })
  },
}
`

/** Starts the bare Workers, over a copy of the stores in `state` if given. */
export async function startBare(options: {
  state?: string
  bytes: number
  headers: Record<string, string>
}): Promise<Bare> {
  const stores = makeFolder("bare")
  if (options.state !== undefined) cpSync(join(options.state, "v3"), join(stores, "v3"), { recursive: true })
  const marked = readFileSync(createRequire(import.meta.url).resolve("marked"), "utf8")
  const [constantPort, missPort] = [await findPort(), await findPort()]
  const worker = (script: string) => ({ path: "worker.js", contents: script })
  const before = new Set(descendants(process.pid))
  const miniflare = await startWorkers(
    [
      { name: "constant", port: constantPort, modules: [worker(constantScript(options.bytes, options.headers))] },
      {
        name: "miss",
        port: missPort,
        modules: [worker(missScript), { path: "marked.js", contents: marked }],
        kvNamespaces: { ARTICLES: "articles" },
        d1Databases: { CATALOGUE: "catalogue" },
      },
    ],
    join(stores, "v3"),
  )
  const own = descendants(process.pid).filter((pid) => !before.has(pid))
  return { constantPort, missPort, cpu: () => cpuOf(own), stop: () => miniflare.dispose() }
}
