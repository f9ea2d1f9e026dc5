// Runs a site that Astro built for Cloudflare on workerd like ours: with a direct socket and its own stores.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { findPort } from "../../tests/whole/running-site.ts"
import { cpuOf, descendants, makeFolder } from "../site.ts"
import { startWorkers } from "../workers.ts"
import { type Peer, run } from "./peer.ts"

type Bindings = Omit<Parameters<typeof startWorkers>[0][number], "name" | "modules" | "port">

export const compatibility = { compatibility_date: "2026-10-30", compatibility_flags: ["nodejs_compat"] }

/** Builds the site in the folder and starts its Worker. @param path the page that is requested */
export async function startBuilt(folder: string, path: string, bindings: Bindings = {}): Promise<Peer> {
  run(folder, process.execPath, [join(folder, "node_modules/astro/bin/astro.mjs"), "build"])
  const server = join(folder, "dist/server")
  const client = join(folder, "dist/client")
  const files = readdirSync(server, { recursive: true, encoding: "utf8" }).filter((name) => /\.m?js$/.test(name))
  const { main = "entry.mjs" } = JSON.parse(readFileSync(join(server, "wrangler.json"), "utf8")) as { main?: string }
  const names = [main, ...files.filter((name) => name !== main)]
  const port = await findPort()
  const before = new Set(descendants(process.pid))
  const miniflare = await startWorkers(
    [
      {
        name: "peer",
        port,
        compatibilityDate: compatibility.compatibility_date,
        compatibilityFlags: compatibility.compatibility_flags,
        modules: names.map((name) => ({ path: name, contents: readFileSync(join(server, name), "utf8") })),
        kvNamespaces: { SESSION: "session" },
        serviceBindings: { ASSETS: { disk: { path: client, writable: false } } },
        ...bindings,
      },
    ],
    makeFolder("peer"),
  )
  const own = descendants(process.pid).filter((pid) => !before.has(pid))
  return { port, path, files: client, cpu: () => cpuOf(own), stop: () => miniflare.dispose() }
}
