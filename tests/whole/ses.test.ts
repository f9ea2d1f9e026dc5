// Editions through Amazon SES from a running site, as it is bundled for the platform, to the stand-in over HTTP.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundleWorker } from "../../src/cli/local/bundle.ts"
import { startServer } from "../../src/cli/local/server.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { linkIn, readMails } from "../browser/read-mail.ts"
import { type SentEmail, type SesStandIn, sesAccount, startSes } from "../stand-ins/ses.ts"
import { createSns, topic } from "../stand-ins/sns.ts"
import { findPort, root, runDateline, waitFor } from "./running-site.ts"

const deskKey = "a-desk-key-for-this-test-only"
const state = mkdtempSync(join(tmpdir(), "dateline-"))
let ses: SesStandIn
let url: string
let port: number
let server: Awaited<ReturnType<typeof startServer>>

beforeAll(async () => {
  ses = await startSes()
  port = await findPort()
  url = `http://localhost:${port}`
  const services = {
    SES_ACCESS_KEY_ID: sesAccount.accessKeyId,
    SES_SECRET_ACCESS_KEY: sesAccount.secretAccessKey,
    SES_REGION: sesAccount.region,
    SES_CONFIGURATION_SET: sesAccount.configurationSet,
    SES_API: ses.url,
    SES_TOPIC_ARN: topic,
  }
  server = await startServer({
    ...{ bundle: await bundleWorker(root), state, port, deskKey, services },
    sessionKeys: "a-session-key-for-this-test-only-0000",
  })
  const content = join(state, "content")
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
  const front = `title: A river\nsummary: It rises.\ndate: ${new Date().toISOString()}`
  writeFileSync(join(content, "asia/nepal/river.md"), `---\n${front}\n---\nText.\n`)
  expect((await publishFolder({ content, url, key: deskKey })).problems).toEqual([])
})
afterAll(async () => {
  await server?.stop()
  await ses?.stop()
  rmSync(state, { recursive: true, force: true })
})

const post = (path: string, body: string | URLSearchParams, headers: Record<string, string> = { Origin: url }) =>
  fetch(url + path, { method: "POST", headers, body, redirect: "manual" })

it("an edition arrives at Amazon, signed, and `stats` counts it", async () => {
  await post("/newsletter", new URLSearchParams({ email: "reader@example.org" }))
  await waitFor(() => readMails(state).length > 0, "the confirmation")
  const [mail] = readMails(state)
  const { searchParams } = new URL(linkIn(mail as NonNullable<typeof mail>, "/newsletter/confirm"))
  await post("/newsletter/confirm", new URLSearchParams({ token: searchParams.get("token") ?? "" }))
  await server.runCron()
  const sent = async () => (await (await fetch(`${ses.url}/test/emails`)).json()) as SentEmail[]
  await waitFor(async () => (await sent()).length > 0, "the edition")
  expect(await sent()).toMatchObject([{ to: "reader@example.org", answer: 200, configurationSet: "editions" }])
  expect((await sent())[0]?.text).toContain("A river")
  expect(await (await fetch(`${ses.url}/test/refusals`)).json()).toEqual([])
  const stats = () => runDateline({ url, key: deskKey, content: state }, ["stats"])
  await waitFor(() => / 1 +0 +1 +0 +0 +0 +0$/m.test(stats().out), "the edition to be recorded")
  expect(stats()).toMatchObject({ code: 0, err: "", out: expect.stringContaining("sent through Amazon SES") })
})

it("refuses a message from another topic, and a body that is not a message", async () => {
  const foreign = createSns().sign({ topic: `${topic}-2`, message: { eventType: "Complaint" } })
  const headers = { "Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification" }
  expect((await post("/newsletter/events", JSON.stringify(foreign), headers)).status).toBe(403)
  expect((await post("/newsletter/events", "{}", headers)).status).toBe(403)
  expect((await fetch(`${url}/newsletter/events`)).status).toBe(405)
})
