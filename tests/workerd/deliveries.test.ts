// Sending editions: who gets one, once; and what ends further mail, also in the middle of an edition.
import { beforeEach, describe, expect, it } from "vitest"
import type { EditionContent, EditionKey } from "../../src/article/edition.ts"
import { consume, createMailContext, type MailContext, sendDue } from "../../src/mail/deliver.ts"
import { countDeliveries, type Recipients } from "../../src/store/deliveries.ts"
import { planEdition } from "../../src/store/editions.ts"
import { createMember, grantMembership, revokeMembership, withoutEnd } from "../../src/store/members.ts"
import { deletePerson } from "../../src/store/personal-data.ts"
import { endSubscription, findSubscriber, recordMailEvent, subscribe } from "../../src/store/subscribers.ts"
import { createRig, env, type Rig, site } from "./rig.ts"

const headlines: EditionKey = { list: "headlines", date: "2026-11-23", language: "en" }
const content: EditionContent = { title: "The morning", intro: "Hello.", stories: [], more: 0 }
const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const now = Date.now()
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  for (const table of ["subscribers", "members", "deliveries", "mail_events"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
})

const plan = (key: EditionKey, at = now) => planEdition(stores, key, { content }, { now: at, who: "cron" })
const join = async (email: string, list: "headlines" | "digest" = "headlines", language = "en") =>
  (await subscribe(env.PEOPLE, { email, language, list }, now)).subscriber

const memberOf = (email: string) => createMember(env.PEOPLE, email, "en", now)
const tokenOf = async (email: string) => (await findSubscriber(env.PEOPLE, email))?.token ?? ""
const post = (path: string) =>
  rig.get(path, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) })

it("goes once to each subscriber of its list and language, and to nobody else", async () => {
  await join("a@example.org")
  await join("b@example.org")
  await join("c@example.org", "headlines", "fr")
  await join("d@example.org", "digest")
  await plan(headlines)
  for (let minute = 0; minute < 30; minute++) await rig.sendEditions(now + minute * 60_000)
  expect(rig.editions.map(({ to }) => to).sort()).toEqual(["a@example.org", "b@example.org"])
  const counts = await countDeliveries(env.PEOPLE, ["headlines 2026-11-23 en"], now)
  expect(counts.get("headlines 2026-11-23 en")).toMatchObject({ recipients: 2, accepted: 2, planned: 0, unknown: 0 })
})

/** What ends further mail, for the second of two members who get the digest. */
const endings: [string, (email: string) => Promise<unknown>][] = [
  ["one-click unsubscribe", async (email) => post(`/newsletter/unsubscribe?token=${await tokenOf(email)}&list=digest`)],
  ["unsubscribing from all lists", async (email) => endSubscription(env.PEOPLE, await tokenOf(email), null)],
  ["deleting the account", async (email) => deletePerson(env.PEOPLE, await memberOf(email))],
  ["a revoked membership", async (email) => revokeMembership(env.PEOPLE, (await memberOf(email)).id, now)],
  ["a membership that ends", async (email) => grantMembership(env.PEOPLE, (await memberOf(email)).id, now - 1)],
  ["a bounce", (email) => recordMailEvent(env.PEOPLE, "1", { message: "", emails: [email], stops: "bounce" }, now)],
  [
    "a complaint",
    (email) => recordMailEvent(env.PEOPLE, "2", { message: "", emails: [email], stops: "complaint" }, now),
  ],
]

describe.each(endings)("%s", (_, end) => {
  const digest: EditionKey = { ...headlines, list: "digest" }
  const edition = "digest 2026-11-23 en"
  let ids: number[]

  beforeEach(async () => {
    for (const email of ["a@example.org", "b@example.org"]) {
      await join(email, "digest")
      await grantMembership(env.PEOPLE, (await memberOf(email)).id, withoutEnd)
    }
    await plan(digest)
    const { results } = await env.PEOPLE.prepare("SELECT id FROM subscribers ORDER BY id").all<{ id: number }>()
    ids = results.map(({ id }) => id)
  })

  it("ends further mail between two recipients of one message", async () => {
    const sent: string[] = []
    const send: MailContext["send"] = async ({ to }) => {
      sent.push(to)
      await end("b@example.org")
      return { kind: "accepted", message: null }
    }
    const queue = { sendBatch: async () => undefined as never }
    const context = { ...createMailContext(env, site), send, queue }
    await sendDue(context, now)
    const message = { body: { edition, subscribers: ids }, attempts: 1, ack: () => undefined, retry: () => undefined }
    await consume({ messages: [message as unknown as Message<Recipients>] }, context, () => now)
    expect(sent).toEqual(["a@example.org"])
    const counts = (await countDeliveries(env.PEOPLE, [edition], now)).get(edition)
    expect(counts).toMatchObject({ planned: 0, claimed: 0, accepted: 1 })
  })

  it("ends further mail before the recipients are written", async () => {
    await end("b@example.org")
    await rig.sendEditions(now)
    expect(rig.editions.map(({ to }) => to)).toEqual(["a@example.org"])
    expect((await countDeliveries(env.PEOPLE, [edition], now)).get(edition)?.recipients).toBe(1)
  })
})

it("is not sent a second time to somebody who unsubscribes and subscribes again meanwhile", async () => {
  const { token } = await join("a@example.org")
  await plan(headlines)
  await rig.sendEditions(now)
  await endSubscription(env.PEOPLE, token, null)
  await subscribe(env.PEOPLE, { email: "a@example.org", language: "en", list: "headlines" }, now + 1)
  // As if the run that writes the recipients had died.
  await env.CATALOGUE.exec("UPDATE editions SET recipients_at = NULL")
  await rig.sendEditions(now + 60_000)
  expect(rig.editions).toHaveLength(1)
})

it("is not sent any more after a day", async () => {
  await join("a@example.org")
  await plan(headlines)
  await rig.sendEditions(now + 86_400_000)
  expect(rig.editions).toEqual([])
  const counts = await countDeliveries(env.PEOPLE, ["headlines 2026-11-23 en"], now)
  expect(counts.get("headlines 2026-11-23 en")).toMatchObject({ recipients: 1, withdrawn: 1 })
})

it("waits in the table while there is nothing that sends", async () => {
  await join("a@example.org")
  await plan(headlines)
  const queued: unknown[] = []
  const queue = { sendBatch: async (messages: Iterable<unknown>) => void queued.push(...messages) as never }
  await sendDue({ ...createMailContext(env, site), queue, send: null }, now)
  expect(queued).toEqual([])
  await rig.sendEditions(now + 60_000)
  expect(rig.editions).toHaveLength(1)
})

it("sends the digest to members only", async () => {
  for (const name of ["a", "b", "c"]) {
    await join(`${name}@example.org`, "digest")
    const member = await createMember(env.PEOPLE, `${name}@example.org`, "en", now)
    if (name !== "a") await grantMembership(env.PEOPLE, member.id, withoutEnd)
    if (name === "b") await revokeMembership(env.PEOPLE, member.id, now)
  }
  await plan({ ...headlines, list: "digest" })
  await rig.sendEditions(now)
  expect(rig.editions.map(({ to }) => to)).toEqual(["c@example.org"])
})
