// Who is sent nothing more: after a bounce, a complaint, an unsubscription, the end of a membership or of an account;
// before an edition is planned, before it is sent, and in the middle of it.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { consume, createMailContext, sendDue } from "../../src/mail/deliver.ts"
import type { Email } from "../../src/mail/email-layout.ts"
import { recordEmailEvent } from "../../src/mail/events.ts"
import { countDeliveries, type Recipients } from "../../src/store/deliveries.ts"
import { planEdition } from "../../src/store/editions.ts"
import { createMember, findMember, grantMembership, revokeMembership } from "../../src/store/members.ts"
import { deletePerson } from "../../src/store/personal-data.ts"
import { findSubscriber, subscribe } from "../../src/store/subscribers.ts"
import { createRig, env, type Rig, site } from "./rig.ts"

let rig: Rig
const said: string[] = []
const reader = "canary@example.org"

beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.map(String).join(" ")))
  rig = await createRig()
  for (const table of ["deliveries", "subscriptions", "subscribers", "members", "mail_events"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
  // The reader is neither the first nor the last recipient.
  for (const email of ["first@example.org", reader, "last@example.org"]) {
    const { id } = await createMember(env.PEOPLE, email, "en", 1)
    await grantMembership(env.PEOPLE, id, 9e15)
    await subscribe(env.PEOPLE, { email, language: "en", list: "digest" }, 1)
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  for (const line of said.splice(0)) expect(line).not.toMatch(/canary|@/)
})

const memberOf = async () => {
  const member = await findMember(env.PEOPLE, reader)
  if (member === null) throw new Error("no member")
  return member
}
const event = (type: string) =>
  recordEmailEvent(
    env.PEOPLE,
    {
      type: `cf.email.sending.message.${type}`,
      payload: { eventId: crypto.randomUUID(), recipient: reader, bounce: { type: "hard" } },
    },
    Date.now(),
  )

/** What may happen to a reader, and in which state it leaves a delivery that was planned. */
const happenings: Record<string, { happen: () => Promise<unknown>; withdrawn: number }> = {
  "a bounce": { happen: () => event("bounced"), withdrawn: 1 },
  "a complaint": { happen: () => event("complained"), withdrawn: 1 },
  "the end of the membership": {
    happen: async () => revokeMembership(env.PEOPLE, (await memberOf()).id, Date.now()),
    withdrawn: 1,
  },
  // Nothing is left of the subscriber, so neither of the delivery.
  "a one-click unsubscription": {
    happen: async () => {
      const { token = "" } = (await findSubscriber(env.PEOPLE, reader)) ?? {}
      const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" })
      const response = await rig.get(`/newsletter/unsubscribe?list=digest&token=${token}`, { method: "POST", body })
      expect(response.status).toBe(200)
    },
    withdrawn: 0,
  },
  "the deletion of the account": { happen: async () => deletePerson(env.PEOPLE, await memberOf()), withdrawn: 0 },
}

/** Plans, queues and sends the digest of a date. @returns to whom it went */
async function send(
  date: string,
  { queued, sending }: { queued?: () => Promise<unknown>; sending?: () => Promise<unknown> } = {},
) {
  const to: string[] = []
  const queue: { body: Recipients }[] = []
  const EDITIONS = {
    send: async (email: Email) => {
      to.push(email.to)
      if (to.length === 1) await sending?.()
      return { messageId: `message to ${email.to}` }
    },
  }
  const MAIL = { sendBatch: async (messages: { body: Recipients }[]) => void queue.push(...messages) }
  const context = createMailContext({ ...env, EDITIONS, MAIL } as unknown as Env, site)
  const content = { title: "The digest", intro: null, stories: [], more: 0 }
  const now = Date.now()
  const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  const key = { list: "digest", date, language: "en" } as const
  await planEdition({ catalogue: env.CATALOGUE, bodies }, key, { content, whole: content }, { now, who: "cron" })
  await sendDue(context, now)
  await queued?.()
  const messages = queue.map(({ body }) => ({ body, attempts: 1, ack: () => undefined, retry: () => undefined }))
  await consume({ messages: messages as unknown as Message<Recipients>[] }, context)
  return to
}

async function countOf(date: string) {
  return (await countDeliveries(env.PEOPLE, [`digest ${date} en`], Date.now())).get(`digest ${date} en`)
}

const everybody = ["first@example.org", reader, "last@example.org"]
const others = ["first@example.org", "last@example.org"]

it("everyone gets the digest if nothing happens", async () => {
  expect(await send("2026-11-23")).toEqual(everybody)
})

it.each(Object.entries(happenings))("after %s nothing more is sent", async (_, { happen }) => {
  await happen()
  expect(await send("2026-11-23")).toEqual(others)
  expect(await countOf("2026-11-23")).toMatchObject({ recipients: 2, accepted: 2 })
})

it.each(Object.entries(happenings))("%s between planning and sending", async (_, { happen, withdrawn }) => {
  expect(await send("2026-11-23", { queued: happen })).toEqual(others)
  expect(await countOf("2026-11-23")).toMatchObject({ accepted: 2, withdrawn, planned: 0 })
  expect(await send("2026-11-24")).toEqual(others)
})

it.each(Object.entries(happenings))("%s in the middle of an edition", async (_, { happen, withdrawn }) => {
  expect(await send("2026-11-23", { sending: happen })).toEqual(others)
  expect(await countOf("2026-11-23")).toMatchObject({ accepted: 2, withdrawn, planned: 0 })
})

it("a bounce of an edition that was sent ends the next", async () => {
  expect(await send("2026-11-23")).toEqual(everybody)
  const payload = { messageId: `<message to ${reader}>`, bounce: { type: "hard" } }
  await recordEmailEvent(env.PEOPLE, { type: "cf.email.sending.message.bounced", payload }, Date.now())
  expect(await countOf("2026-11-23")).toMatchObject({ accepted: 3, bounced: 1 })
  expect(await send("2026-11-24")).toEqual(others)
})
