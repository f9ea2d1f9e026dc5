// Runs what was uploaded to the stand-in of Cloudflare's API: its databases, and each deployed Worker on a port of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"
import { entry } from "../../src/cli/local/entry.ts"
import { type Database, mailWorker } from "../../src/cli/local/server.ts"
import { findPort } from "../whole/running-site.ts"
import type { Binding, Script } from "./cloudflare-scripts.ts"

const host = "127.0.0.1"
const empty = "export default { fetch: () => new Response(null, { status: 404 }) }"

/** @param names the Workers that may be deployed, each with its port from the start */
export async function openEdge(
  scripts: ReadonlyMap<string, Script>,
  d1: ReadonlyMap<string, unknown>,
  names: readonly string[] = ["dateline", "dateline-staging"],
) {
  const folder = mkdtempSync(join(tmpdir(), "dateline-edge-"))
  const ports = new Map(await Promise.all(names.map(async (name) => [name, await findPort()] as const)))
  let running: Miniflare | undefined
  let changed = true

  function describe() {
    const databases = Object.fromEntries([...d1.keys()].map((id) => [id, id]))
    return convertV4MiniflareOptions({
      ...{ host, port: 0, cf: false, telemetry: { enabled: false }, resourcePersistencePath: join(folder, "v3") },
      workers: [
        {
          name: "databases",
          modules: [{ type: "ESModule", path: "databases.js", contents: empty }],
          compatibilityDate: "2026-10-30",
          d1Databases: databases,
        },
        mailWorker(async () => "message"),
        ...[...scripts].flatMap(([name, script]) => describeWorker(name, script)),
      ],
    })
  }

  function describeWorker(name: string, { serving }: Script) {
    if (serving === undefined) return []
    const { bindings, modules, compatibilityDate } = serving
    const assets = join(folder, "assets", name)
    rmSync(assets, { recursive: true, force: true })
    mkdirSync(assets, { recursive: true })
    for (const [path, contents] of serving.assets) {
      mkdirSync(dirname(join(assets, path)), { recursive: true })
      writeFileSync(join(assets, path), contents)
    }
    const of = (type: string, value: (binding: Binding) => unknown) =>
      Object.fromEntries(bindings.flatMap((one) => (one.type === type ? [[one.name, String(value(one))]] : [])))
    return [
      {
        name,
        modules: [["local.js", entry] as const, ...modules].map(([path, contents]) => ({
          type: "ESModule" as const,
          path,
          contents,
        })),
        compatibilityDate,
        kvNamespaces: of("kv_namespace", ({ namespace_id }) => namespace_id),
        d1Databases: of("d1", ({ id }) => id),
        queueProducers: of("queue", ({ queue_name }) => queue_name),
        bindings: { ...of("plain_text", ({ text }) => text), ...of("secret_text", ({ text }) => text) },
        serviceBindings: {
          FILES: `files-of-${name}`,
          EMAIL: { name: "mail", entrypoint: "Mail" },
        },
        unsafeDirectSockets: [{ host, port: ports.get(name) ?? 0 }],
      },
      {
        name: `files-of-${name}`,
        modules: [{ type: "ESModule" as const, path: "files.js", contents: empty }],
        compatibilityDate,
        assets: { directory: assets, assetConfig: { html_handling: "none" as const } },
      },
    ]
  }

  async function start(): Promise<Miniflare> {
    if (running !== undefined && !changed) return running
    changed = false
    if (running === undefined) running = new Miniflare(describe())
    else await running.setOptions(describe())
    await running.ready
    return running
  }

  return {
    ports,
    /** Called after a change of databases or Workers. */
    change(): Promise<unknown> {
      changed = true
      return start()
    },
    async query(database: string, sql: string) {
      const db = (await (await start()).getD1Database(database, "databases")) as unknown as Database
      const meta = { duration: 0, rows_read: 0, rows_written: 0 }
      if (/^\s*SELECT/i.test(sql))
        return { ...(await db.prepare(sql).all<Record<string, unknown>>()), success: true, meta }
      // A migration: several statements, all or none.
      await db.prepare(sql).run()
      return { results: [], success: true, meta }
    },
    async stop(): Promise<void> {
      await running?.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
