// `npm run bench -- mail --articles 20000`: sends an edition to 1,000 and to 20,000 subscribers on workerd, and again
// while consumers are killed, messages repeat, and the provider throttles, fails and never answers.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { build } from "esbuild"
import type { Miniflare } from "miniflare"
import { type Database, migrate } from "../src/cli/local/server.ts"
import { type BenchOptions, type Figures, printTable, round } from "./report.ts"
import { descendants, memoryOf, root } from "./site.ts"
import { startWorkers } from "./workers.ts"

/** How many consumers run at once, and how many messages a batch has, as in wrangler.toml. */
const [consumers, perBatch] = [3, 5]
const edition = "headlines 2026-11-23 en"

// Each run of the consumer is a request of its own, so closing the connection kills the run wherever it is.
const script = `
import config from "../dateline.config.ts"
import { consume, createMailContext, sendDue } from "../src/mail/deliver.ts"
import { countDeliveries } from "../src/store/deliveries.ts"
import { planEdition } from "../src/store/editions.ts"

const story = { path: "/asia/nepal/a", title: "A title of a usual length", summary: "What it is about. ".repeat(8), region: "asia", country: "nepal", gated: false }

function counted(db, rows) {
  const note = (result) => {
    rows.read += result.meta.rows_read
    rows.written += result.meta.rows_written
    return result
  }
  const wrap = (statement) => ({
    statement,
    bind: (...values) => wrap(statement.bind(...values)),
    all: async () => note(await statement.all()),
    run: async () => note(await statement.run()),
    first: async (column) => {
      const [row = null] = note(await statement.all()).results
      return column === undefined || row === null ? row : row[column]
    },
  })
  const batch = async (all) => (await db.batch(all.map(({ statement }) => statement))).map(note)
  return { prepare: (query) => wrap(db.prepare(query)), batch }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    const now = Number(searchParams.get("now"))
    const rows = { read: 0, written: 0 }
    const messages = []
    const context = {
      ...createMailContext(env, config),
      catalogue: counted(env.CATALOGUE, rows),
      people: counted(env.PEOPLE, rows),
      queue: { sendBatch: async (batch) => void messages.push(...batch.map(({ body }) => body)) },
    }
    if (pathname === "/plan") {
      const content = { title: "The morning", intro: null, stories: Array(20).fill(story), more: 0 }
      const key = { list: "headlines", date: "2026-11-23", language: "en" }
      await planEdition(context, key, { content }, { now, who: "bench" })
    }
    if (pathname === "/cron") await sendDue(context, now)
    if (pathname === "/consume") {
      const batch = (await request.json()).map((body) => ({ body, attempts: 1, ack() {}, retry: () => messages.push(body) }))
      await consume({ messages: batch }, context, () => now)
    }
    if (pathname === "/count") return Response.json((await countDeliveries(env.PEOPLE, ["${edition}"], now)).get("${edition}"))
    return Response.json({ messages, rows })
  },
}
`

/** What the provider answers to the call of this number: a status, or null for nothing at all. */
type Answer = (call: number) => number | null
const accepts: Answer = () => 200
const fails: Answer = (call) => (call % 9000 === 4000 ? null : call % 500 === 77 ? 500 : call % 40 === 3 ? 429 : 200)

interface Sent {
  readonly seconds: number
  readonly read: number
  readonly written: number
  /** How far workerd's memory grew while sending, at its peak, in megabytes. It also holds the databases. */
  readonly megabytes: number
  readonly unknown: number
  readonly killed: number
}

/** Seconds, D1 rows and memory for 1,000 recipients. @throws if anybody gets two emails, or none without a reason */
export async function benchMail({ articles: recipients }: BenchOptions): Promise<Figures> {
  const figures: Figures = {}
  const rows: string[][] = []
  for (const [name, count, answer] of [
    ["no failures", 1000, accepts],
    ["no failures", recipients, accepts],
    ["consumers killed, provider failing", recipients, fails],
  ] as const) {
    const { seconds, read, written, megabytes, unknown, killed } = await send(count, answer)
    const each = (value: number) => round(value / (count / 1000))
    const key = `${answer === accepts ? "" : "failing"}${count}`
    Object.assign(figures, {
      [`seconds${key}`]: each(seconds),
      [`rowsRead${key}`]: each(read),
      [`rowsWritten${key}`]: each(written),
      [`megabytes${key}`]: round(megabytes),
      [`unknown${key}`]: unknown,
    })
    const cells = [each(seconds), each(read), each(written), round(megabytes), killed, unknown]
    rows.push([name, String(count), ...cells.map(String)])
  }
  printTable(
    ["", "recipients", "s per 1,000", "rows read", "rows written", "MB in total", "runs killed", "unknown"],
    rows,
  )
  return figures
}

async function send(count: number, answer: Answer): Promise<Sent> {
  const provider = await startProvider(answer)
  const known = new Set(descendants(process.pid))
  const miniflare = await start(provider.url)
  const pids = descendants(process.pid).filter((pid) => !known.has(pid))
  const url = (await miniflare.ready).href
  let now = Date.now()
  const total = { read: 0, written: 0 }
  const ask = async (path: string, body: unknown = null, signal?: AbortSignal) => {
    const init = { method: "POST", body: JSON.stringify(body), ...(signal && { signal }) }
    const response = await fetch(`${url}${path}?now=${now}`, init)
    if (!response.ok) throw new Error(`${path} failed: ${await response.text()}`)
    const { messages, rows } = (await response.json()) as Record<"messages", unknown[]> & { rows: typeof total }
    total.read += rows.read
    total.written += rows.written
    return messages
  }
  await subscribe((await miniflare.getD1Database("PEOPLE", "mail")) as unknown as Database, count, now)
  await ask("plan")
  const before = memoryOf(pids)
  let [most, batches, killed] = [before, 0, 0]
  const began = performance.now()
  // The cron runs until it finds nobody to queue.
  for (let queue = await ask("cron"); queue.length > 0; queue = await ask("cron")) {
    const work = async () => {
      for (let batch = queue.splice(0, perBatch); batch.length > 0; batch = queue.splice(0, perBatch)) {
        const failing = answer !== accepts && ++batches % 3 === 0
        // Every sixth batch is delivered twice at once, and another sixth is killed: half of those come again.
        const again = failing && batches % 6 === 0 ? ask("consume", batch).then((left) => queue.push(...left)) : null
        const kill = failing && again === null ? AbortSignal.timeout(20 + (batches % 7) * 40) : undefined
        try {
          queue.push(...(await ask("consume", batch, kill)))
        } catch (error) {
          if (!kill?.aborted) throw error
          killed++
          if (batches % 2 === 1) queue.push(...batch)
        }
        await again
        most = Math.max(most, memoryOf(pids))
      }
    }
    await Promise.all(Array.from({ length: consumers }, work))
    now += 16 * 60_000
  }
  const seconds = (performance.now() - began) / 1000
  const counts = (await (await fetch(`${url}count?now=${now}`)).json()) as Record<string, number>
  await miniflare.dispose()
  const { calls, taken, failed } = await provider.stop()
  const { accepted = 0, unknown = 0, planned } = counts
  const twice = [...taken.values()].filter((times) => times > 1).length
  if (twice > 0 || planned !== 0 || accepted + unknown !== count || unknown > killed + failed)
    throw new Error(
      `${JSON.stringify(counts)}: ${twice} recipients got two emails, ${killed} runs were killed, ${failed} of ${calls} calls failed`,
    )
  return { seconds, ...total, megabytes: most - before, unknown, killed }
}

async function start(api: string): Promise<Miniflare> {
  const stdin = { contents: script, resolveDir: import.meta.dirname, loader: "ts" as const }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", conditions: ["worker"] })
  const miniflare = await startWorkers([
    {
      name: "mail",
      modules: [{ path: "mail.js", contents: outputFiles?.[0]?.text ?? "" }],
      kvNamespaces: { ARTICLES: "articles", MEMBERS_ARTICLES: "members-articles" },
      d1Databases: { CATALOGUE: "catalogue", PEOPLE: "people" },
      bindings: { SES_ACCESS_KEY_ID: "id", SES_SECRET_ACCESS_KEY: "secret", SES_REGION: "eu-west-1", SES_API: api },
    },
  ])
  for (const name of ["CATALOGUE", "PEOPLE"]) {
    const db = (await miniflare.getD1Database(name, "mail")) as unknown as Database
    await migrate(db, join(root, "migrations", name.toLowerCase()))
  }
  return miniflare
}

async function subscribe(people: Database, count: number, now: number): Promise<void> {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
  await people
    .prepare(
      `INSERT INTO subscribers (id, email, email_folded, folding, language, token, created_at)
       ${numbers} SELECT i, i || '@example.org', i || '@example.org', 1, 'en', hex(randomblob(32)), ${now} FROM n`,
    )
    .run()
  await people
    .prepare(`INSERT INTO subscriptions (subscriber, list, since) SELECT id, 'headlines', ${now} FROM subscribers`)
    .run()
}

/** Stands in for Amazon SES's API. It does not check signatures: the tests do that. */
async function startProvider(answer: Answer) {
  /** How many calls for a recipient may have sent an email. */
  const taken = new Map<string, number>()
  let [calls, failed] = [0, 0]
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { Destination } = JSON.parse(`${Buffer.concat(chunks)}`)
    const status = answer(++calls)
    const [to] = Destination.ToAddresses
    if (status !== 429) taken.set(to, (taken.get(to) ?? 0) + 1)
    if (status === null || status >= 500) failed++
    if (status !== null)
      response.writeHead(status, { "Content-Type": "application/json" }).end(`{"MessageId":"${calls}"}`)
  })
  // A consumer that is killed breaks off its call.
  server.on("clientError", (_, socket) => socket.destroy())
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      return { calls, taken, failed }
    },
  }
}
