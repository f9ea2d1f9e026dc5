// Runs the production bundle in workerd on this machine, keeping its stores and outgoing email in the state folder.
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { readdirSync, readFileSync, statfsSync } from "node:fs"
import { createServer } from "node:http"
import { join, resolve } from "node:path"
import { convertV4MiniflareOptions, Miniflare, Response, type WorkerdStructuredLog } from "miniflare"
import MailComposer from "nodemailer/lib/mail-composer"
import { parse } from "smol-toml"
import type { Unstable_RawConfig as RawConfig } from "wrangler"
import { CLIError } from "../output.ts"
import { makePrivateFolder, writePrivateFile } from "../write-files.ts"
import type { Bundle } from "./bundle.ts"
import { entry } from "./entry.ts"
import { keepKey } from "./lock.ts"

const root = resolve(import.meta.dirname, "../../..")
const {
  compatibility_date: compatibilityDate,
  kv_namespaces: kv = [],
  d1_databases: databases = [],
  queues: { producers = [], consumers = [] } = {},
} = parse(readFileSync(join(root, "wrangler.toml"), "utf8")) as RawConfig

export interface ServerOptions {
  readonly bundle: Bundle
  readonly state: string
  /** 0 for any free port. */
  readonly port: number
  /**
   * The secret of `npm run serve`'s parent process. With it, the site answers only requests that carry it, takes their
   * whole URL from the request line, and sends all email through Amazon SES.
   */
  readonly pass?: string
  /** Both keys are kept in the state folder unless given. */
  readonly deskKey?: string | undefined
  readonly sessionKeys?: string | undefined
  readonly liveReload?: string | undefined
  /** The origin, and settings of Stripe and of Amazon SES, by the names of the Worker's bindings. */
  readonly services?: Readonly<Record<string, string>>
  /** Called with a line for each email that the Worker sends. */
  readonly print?: (line: string) => void
}

/** Parses a port number. @throws CLIError if it is not one */
export function readPort(typed: string): number {
  const port = Number(typed)
  if (/^\d{1,5}$/.test(typed) && port >= 1 && port <= 65_535) return port
  throw new CLIError("--port must be a number from 1 to 65535", 2)
}

/** Call before starting anything. @throws CLIError if the port is in use, cannot be opened or is blocked by browsers */
export async function checkPort(port: number): Promise<void> {
  // Closing a connection first reserves the port for a minute (TIME_WAIT). Otherwise workerd's own sockets, which
  // listen on any free port, could take it.
  const server = createServer((_, response) => response.writeHead(204, { Connection: "close" }).end())
  server.listen({ port, host: "127.0.0.1", exclusive: true })
  await once(server, "listening").catch(({ code }) => {
    const why = code === "EADDRINUSE" ? "is in use" : `cannot be opened (${code})`
    throw new CLIError(`Port ${port} ${why}. Stop the program that uses it, or choose another with --port`, 2)
  })
  const failure = await fetch(`http://127.0.0.1:${port}`).then(
    () => null,
    ({ cause }) => cause?.message,
  )
  await server[Symbol.asyncDispose]()
  // The Fetch standard blocks the ports of other protocols, such as 22 and 6000.
  if (failure === "bad port") throw new CLIError(`Browsers block port ${port}. Choose another with --port`, 2)
}

/** Replaces Miniflare's signal handlers, which end the process before workerd has stopped. */
export function takeSignals(handle: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.removeAllListeners(signal)
    process.on(signal, handle)
  }
}

/** Starts workerd and brings its databases up to date. */
export async function startServer(options: ServerOptions) {
  const server = await startWorkerd(options)
  await server.migrate().catch(async (error) => {
    await server.stop()
    throw error
  })
  return server
}

/** Starts workerd, which opens each database only on first use: another process may still be using them. */
export async function startWorkerd(options: ServerOptions) {
  const host = "127.0.0.1"
  const { bundle, state, pass } = options
  const proxied = pass !== undefined
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host,
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      handleStructuredLogs: createLog(state),
      resourcePersistencePath: join(state, "v3"),
      workers: [
        {
          name: "dateline",
          modules: [
            describeModule("local.js", entry),
            ...bundle.modules.map((path) => describeModule(path, readFileSync(join(bundle.folder, path), "utf8"))),
          ],
          compatibilityDate,
          kvNamespaces: Object.fromEntries(kv.map(({ binding, preview_id = "" }) => [binding, preview_id])),
          d1Databases: Object.fromEntries(
            databases.map(({ binding = "", preview_database_id = "" }) => [binding, preview_database_id]),
          ),
          serviceBindings: { FILES: "files", ...(proxied ? {} : { EMAIL: mail, EDITIONS: mail }) },
          // Queues end with the process: the cron requeues what they lose.
          queueProducers: Object.fromEntries(producers.map(({ binding, queue = "" }) => [binding, queue])),
          queueConsumers: Object.fromEntries(
            consumers.map((one) => [
              one.queue,
              {
                maxBatchSize: one.max_batch_size,
                maxBatchTimeout: one.max_batch_timeout,
                maxRetries: one.max_retries,
                deadLetterQueue: one.dead_letter_queue,
              },
            ]),
          ),
          bindings: {
            ...(proxied ? { PASS: pass } : { ORIGIN: `http://localhost:${options.port}` }),
            DESK_KEY: options.deskKey ?? keepKey(state, "desk.key"),
            SESSION_KEYS: options.sessionKeys ?? keepKey(state, "session.keys"),
            ...options.services,
            ...(options.liveReload === undefined ? {} : { LIVE_RELOAD: options.liveReload }),
          },
          unsafeDirectSockets: [{ host, port: options.port, proxy: proxied }],
        },
        {
          // Cloudflare's own static-file server, which applies public/_headers.
          name: "files",
          modules: [describeModule("files.js", "export default {}")],
          compatibilityDate,
          assets: { directory: join(root, "public"), assetConfig: { html_handling: "none" } },
        },
        mailWorker(keepMail(join(state, "mail"), options.print ?? (() => undefined))),
      ],
    }),
  )
  const refuse = (error: Error): never => {
    const { bavail, bsize } = statfsSync(state)
    throw bavail * bsize < 1_048_576 ? new CLIError("The site cannot start: the disk is full", 2) : error
  }
  await miniflare.ready.catch(refuse)
  const { port } = await miniflare.unsafeGetDirectURL("dateline")
  return {
    port: Number(port),
    async migrate() {
      for (const { binding = "", migrations_dir = "" } of databases) {
        const database = await miniflare.getD1Database(binding, "dateline")
        await migrate(database as unknown as Database, join(root, migrations_dir)).catch(refuse)
      }
    },
    /** Runs the Worker's cron as the platform does every minute. */
    async runCron() {
      await (await miniflare.getWorker("dateline")).scheduled({ cron: "* * * * *" })
    },
    stop: () => miniflare.dispose(),
  }
}

/** Prints what the Worker and workerd log, but one sentence a minute for workerd's many lines about a full disk. */
export function createLog(state: string, { error, log }: Pick<Console, "error" | "log"> = console) {
  let last = Number.NEGATIVE_INFINITY
  return ({ timestamp, level, message }: WorkerdStructuredLog): void => {
    const isFull = /SQLITE_FULL|SHMSIZE|No space left on device/.test(message)
    if (isFull && timestamp - last < 60_000) return
    if (isFull) last = timestamp
    const print = level === "error" || level === "warn" || isFull ? error : log
    print(isFull ? `The disk is full: ${state} cannot be written. Free some space, then try again` : message)
  }
}

const describeModule = (path: string, contents: string) => ({ type: "ESModule" as const, path, contents })

export interface Database {
  prepare(query: string): { run(): Promise<unknown>; all<Row>(): Promise<{ results: Row[] }> }
}

/** Applies new migrations and records them as wrangler does, each file in one batch with its record. */
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

/** What the Worker passes to `env.EMAIL.send` (Cloudflare Email Service). */
export interface OutgoingMail {
  readonly from: { readonly email: string; readonly name: string }
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Composes the message in Internet mail format. @throws on an invalid header or address, as the platform does */
export async function composeMail(mail: OutgoingMail, id: string, date: Date): Promise<string> {
  const { from, to, subject, text, html, headers = {} } = mail
  if ([subject, from.name, ...Object.entries(headers).flat()].some((field) => /[\r\n\0]/.test(field)))
    throw new Error("An email header contains a line break or a null character")
  if (![from.email, to].every((address) => /^[^\s<>,;:"()]+@[^\s<>,;:"()@]+$/.test(address)))
    throw new Error("Not a valid email address")
  // Nodemailer would encode the brackets of a List-Id too.
  const written = Object.entries(headers).map(([key, value]) => ({
    key,
    value: /^[ -~]*$/.test(value) ? { prepared: true, foldLines: true, value } : value,
  }))
  const sender = { name: from.name, address: from.email }
  const message = { from: sender, to, subject, text, html, headers: written, date, messageId: `<${id}>` }
  return String(await new MailComposer({ ...message, encoding: "base64" }).compile().build())
}

// The service behind the email bindings: the Worker calls `env.EMAIL.send(message)`, as on the platform.
const script = `
import { WorkerEntrypoint } from "cloudflare:workers"
export class Mail extends WorkerEntrypoint {
  async send(message) {
    const answer = await this.env.KEEP.fetch("http://mail/", { method: "POST", body: JSON.stringify(message) })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
}
export default { fetch: () => new Response(null, { status: 404 }) }
`

const mail = { name: "mail", entrypoint: "Mail" }

type Keep = (message: OutgoingMail) => Promise<string>

/** A second Worker, whose entrypoint `Mail` stands in for the platform's email binding and the editions' provider. */
export function mailWorker(keep: Keep) {
  return {
    name: "mail",
    modules: [describeModule("mail.js", script)],
    compatibilityDate,
    serviceBindings: {
      KEEP: async (request: { json(): Promise<unknown> }) => {
        try {
          return Response.json({ messageId: await keep((await request.json()) as OutgoingMail) })
        } catch (error) {
          return new Response(error instanceof Error ? error.message : String(error), { status: 400 })
        }
      },
    },
  }
}

/** Saves messages in a folder as .eml files whose names sort by time, and prints each one's recipient and link. */
export function keepMail(folder: string, print: (line: string) => void, clock = () => new Date()): Keep {
  let count = 0
  return async (message) => {
    const now = clock()
    const number = String(++count).padStart(4, "0")
    const id = `${randomUUID()}@localhost`
    const text = await composeMail(message, id, now)
    makePrivateFolder(folder)
    const name = `${now.toISOString().replaceAll(":", "-")}-${number}.eml`
    writePrivateFile(join(folder, name), text)
    print(`E-mail to ${message.to}: ${/https?:\/\/\S+/.exec(message.text)?.[0] ?? message.subject}`)
    return id
  }
}
