// The production bundle on workerd, on this machine: stores under STATE, the direct socket at full speed.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"

export interface ServerOptions {
  readonly root: string
  readonly script: string
  readonly state: string
  readonly port: number
  readonly deskKey: string
  readonly sessionKeys: string
  readonly liveReload: string | undefined
}

export interface Server {
  /** Runs the Worker's cron as the platform does every minute. */
  runCron(): Promise<void>
  /** Process id of workerd, where it can be told. */
  readonly pid: number | undefined
  stop(): Promise<void>
}

/** Starts workerd and brings its databases up to date. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const host = "127.0.0.1"
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host,
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      unsafeTriggerHandlers: true,
      resourcePersistencePath: join(options.state, "v3"),
      workers: [
        {
          name: "dateline",
          modules: [{ type: "ESModule", path: "worker.js", contents: readFileSync(options.script, "utf8") }],
          compatibilityDate: "2026-10-30",
          kvNamespaces: { ARTICLES: "articles", MEMBERS_ARTICLES: "members-articles", MEDIA: "media" },
          d1Databases: { CATALOGUE: "catalogue", PEOPLE: "people" },
          // The platform's asset server would stand before the Worker; workerd's own disk service stands behind it.
          serviceBindings: { ASSETS: { disk: { path: join(options.root, "public"), writable: false } } },
          bindings: {
            ORIGIN: `http://localhost:${options.port}`,
            DESK_KEY: options.deskKey,
            SESSION_KEYS: options.sessionKeys,
            ...(options.liveReload === undefined ? {} : { LIVE_RELOAD: options.liveReload }),
          },
          unsafeDirectSockets: [{ host, port: options.port }],
        },
      ],
    }),
  )
  const proxy = await miniflare.ready
  for (const name of ["CATALOGUE", "PEOPLE"] as const)
    await migrate(
      (await miniflare.getD1Database(name, "dateline")) as unknown as Database,
      join(options.root, "migrations", name.toLowerCase()),
    )
  return {
    pid: undefined,
    async runCron() {
      const response = await fetch(new URL("/cdn-cgi/local/scheduled?cron=*+*+*+*+*", proxy))
      await response.arrayBuffer()
    },
    stop: () => miniflare.dispose(),
  }
}

interface Database {
  prepare(query: string): { run(): Promise<unknown>; all<Row>(): Promise<{ results: Row[] }> }
}

/** Applies what is not applied yet, recorded as wrangler records it. A file and its record are one statement batch. */
async function migrate(db: Database, folder: string): Promise<void> {
  await db
    .prepare(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .run()
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>()
  const applied = new Set(results.map((row) => row.name))
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"))
  for (const file of files.sort()) {
    if (applied.has(file)) continue
    const record = `INSERT INTO d1_migrations (name) VALUES ('${file}');`
    await db.prepare(`${readFileSync(join(folder, file), "utf8")}\n${record}`).run()
  }
}
