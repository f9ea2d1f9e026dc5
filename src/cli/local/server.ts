// Runs the production bundle in workerd on this machine, with its stores in the state folder.
import { readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"
import { CLIError } from "../output.ts"
import type { Bundle } from "./bundle.ts"
import { keepMail, mailWorker } from "./mail.ts"

export interface ServerOptions {
  readonly root: string
  readonly bundle: Bundle
  readonly state: string
  readonly port: number
  readonly deskKey: string
  readonly sessionKeys: string
  readonly liveReload: string | undefined
  /** Settings for Stripe, by the names that the Worker knows them under. */
  readonly stripe: Readonly<Record<string, string>>
  /** Called as soon as workerd runs, before anything else can fail. */
  readonly started: () => void
}

export interface Server {
  /** Runs the Worker's cron as the platform does every minute. */
  runCron(): Promise<void>
  stop(): Promise<void>
}

/** Asked before anything starts. @throws CLIError when something listens on the port, or it may not be opened */
export function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`
      reject(new CLIError(`Port ${port} ${why}. Stop what is running there, or choose another with --port`, 2))
    })
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve()))
  })
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
          modules: readModules(options.bundle),
          compatibilityDate: readCompatibilityDate(options.root),
          kvNamespaces: { ARTICLES: "articles", MEMBERS_ARTICLES: "members-articles", MEDIA: "media" },
          d1Databases: { CATALOGUE: "catalogue", PEOPLE: "people" },
          serviceBindings: {
            // On the platform the asset server is in front of the Worker; workerd's disk service is behind it.
            ASSETS: { disk: { path: join(options.root, "public"), writable: false } },
            EMAIL: { name: "mail", entrypoint: "Mail" },
          },
          bindings: {
            ORIGIN: `http://localhost:${options.port}`,
            DESK_KEY: options.deskKey,
            SESSION_KEYS: options.sessionKeys,
            ...options.stripe,
            ...(options.liveReload === undefined ? {} : { LIVE_RELOAD: options.liveReload }),
          },
          unsafeDirectSockets: [{ host, port: options.port }],
        },
        mailWorker(keepMail(join(options.state, "mail"))),
      ],
    }),
  )
  const proxy = await miniflare.ready
  options.started()
  try {
    for (const name of ["CATALOGUE", "PEOPLE"] as const)
      await migrate(
        (await miniflare.getD1Database(name, "dateline")) as unknown as Database,
        join(options.root, "migrations", name.toLowerCase()),
      )
  } catch (error) {
    await miniflare.dispose()
    throw error
  }
  return {
    async runCron() {
      const response = await fetch(new URL("/cdn-cgi/local/scheduled?cron=*+*+*+*+*", proxy))
      await response.arrayBuffer()
    },
    stop: () => miniflare.dispose(),
  }
}

function readModules({ folder, modules }: Bundle) {
  return modules.map((path) => ({
    type: "ESModule" as const,
    path,
    contents: readFileSync(join(folder, path), "utf8"),
  }))
}

function readCompatibilityDate(root: string): string {
  const found = /^compatibility_date\s*=\s*"([\d-]+)"/m.exec(readFileSync(join(root, "wrangler.toml"), "utf8"))
  if (found?.[1] === undefined) throw new Error("wrangler.toml has no compatibility_date")
  return found[1]
}

export interface Database {
  prepare(query: string): { run(): Promise<unknown>; all<Row>(): Promise<{ results: Row[] }> }
}

/** Applies new migrations and records them as wrangler does. A file and its record are one batch of statements. */
export async function migrate(db: Database, folder: string): Promise<void> {
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
