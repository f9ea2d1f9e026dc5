// Editions on a running site: its cron, its queue and the files that stand for emails.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundleWorker } from "../../src/cli/local/bundle.ts"
import { startServer } from "../../src/cli/local/server.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { linkIn, readMails } from "../browser/read-mail.ts"
import { findPort, root, waitFor } from "./running-site.ts"

const deskKey = "a-desk-key-for-this-test-only"
let folder: string
let url: string
let server: Awaited<ReturnType<typeof startServer>>

async function start(): Promise<void> {
  const port = await findPort()
  url = `http://localhost:${port}`
  server = await startServer({
    ...{ bundle: await bundleWorker(root), state: join(folder, "state"), port, deskKey },
    sessionKeys: "a-session-key-for-this-test-only-0000",
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-"))
  mkdirSync(join(folder, "state"))
  for (const language of ["", "fr/"]) {
    const content = join(folder, "content", language, "asia/nepal")
    mkdirSync(content, { recursive: true })
    const front = `title: A river\nsummary: It rises.\ndate: ${new Date().toISOString()}`
    writeFileSync(join(content, "river.md"), `---\n${front}\n---\nText.\n`)
  }
  await start()
  const { problems } = await publishFolder({ content: join(folder, "content"), url, key: deskKey })
  expect(problems).toEqual([])
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const mails = () => readMails(join(folder, "state"))
const editions = () =>
  mails().filter(({ headers }) => /^List-Unsubscribe-Post:/m.test(headers) && /^List-Id:/im.test(headers))
const recipients = () => editions().map(({ to }) => to)

async function subscribe(email: string, { confirm = true, prefix = "" } = {}): Promise<void> {
  const send = (path: string, fields: Record<string, string>) =>
    fetch(url + path, { method: "POST", headers: { Origin: url }, body: new URLSearchParams(fields) })
  expect((await send(`${prefix}/newsletter`, { email })).status).toBe(200)
  await waitFor(() => mails().some(({ to }) => to === email), `the email to ${email}`)
  const link = mails().find(({ to }) => to === email)
  if (!confirm || link === undefined) return
  const { pathname, searchParams } = new URL(linkIn(link, `${prefix}/newsletter/confirm`))
  expect((await send(pathname, { token: searchParams.get("token") ?? "" })).status).toBe(200)
}

async function readCounts() {
  const response = await fetch(`${url}/desk/v1/stats`, { headers: { Authorization: `Bearer ${deskKey}` } })
  return ((await response.json()) as { editions: Record<string, unknown>[] }).editions
}

it("go once to each confirmed subscriber, and to nobody else; the next run sends nothing", async () => {
  await subscribe("a@example.org")
  await subscribe("b@example.org")
  await subscribe("c@example.org", { confirm: false })
  await server.runCron()
  await waitFor(() => recipients().length >= 2, "two editions")
  expect(recipients().sort()).toEqual(["a@example.org", "b@example.org"])
  await waitFor(async () => (await readCounts())[0]?.accepted === 2, "both to be recorded")
  await server.runCron()
  expect(await readCounts()).toMatchObject([{ list: "headlines", language: "en", planned: 2, accepted: 2, waiting: 0 }])
  expect(recipients()).toHaveLength(2)
})

it("are still sent after the queue was lost with its process", async () => {
  await subscribe("f@example.org", { prefix: "/fr" })
  await server.runCron()
  await server.stop()
  expect(recipients()).not.toContain("f@example.org")
  wait(16)
  await start()
  await server.runCron()
  await waitFor(() => recipients().includes("f@example.org"), "the edition in French")
  expect(recipients().filter((to) => to === "f@example.org")).toHaveLength(1)
})

/** Has what was queued wait for so many minutes more. */
function wait(minutes: number): void {
  const databases = join(folder, "state/v3/d1/miniflare-D1DatabaseObject")
  for (const name of readdirSync(databases).filter((name) => /^[\da-f]+\.sqlite$/.test(name))) {
    const db = new DatabaseSync(join(databases, name))
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'").get() !== undefined) {
      const query = "UPDATE deliveries SET queued_at = queued_at - ? WHERE state = 'planned'"
      expect(db.prepare(query).run(minutes * 60_000).changes).toBe(1)
    }
    db.close()
  }
}
