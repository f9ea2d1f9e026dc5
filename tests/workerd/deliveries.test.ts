// Sending editions: who gets one, once; and what ends further mail, also in the middle of an edition.
import { beforeEach, expect, it } from "vitest"
import type { EditionContent, EditionKey } from "../../src/article/edition.ts"
import { countDeliveries } from "../../src/store/deliveries.ts"
import { planEdition } from "../../src/store/editions.ts"
import { createMember, grantMembership, revokeMembership, withoutEnd } from "../../src/store/members.ts"
import { endSubscription, subscribe } from "../../src/store/subscribers.ts"
import { createRig, env, type Rig } from "./rig.ts"

const headlines: EditionKey = { list: "headlines", date: "2026-11-23", language: "en" }
const content: EditionContent = { title: "The morning", intro: "Hello.", stories: [], more: 0 }
const stores = { db: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const now = Date.now()
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  for (const table of ["subscribers", "members", "deliveries"]) await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
})

const plan = (key: EditionKey, at = now) => planEdition(stores, key, { content }, { now: at, who: "cron" })
const join = async (email: string, list: "headlines" | "digest" = "headlines", language = "en") =>
  (await subscribe(env.PEOPLE, { email, language, list }, now)).subscriber

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

it("ends for who unsubscribes, leaves or bounces before their turn", async () => {
  const [a] = [await join("a@example.org"), await join("b@example.org"), await join("c@example.org")]
  await plan(headlines)
  await rig.sendEditions(now)
  expect(rig.editions).toHaveLength(3)
  await plan({ ...headlines, date: "2026-11-24" })
  await endSubscription(env.PEOPLE, a.token, null)
  await env.PEOPLE.exec("UPDATE subscribers SET stopped_at = 1 WHERE email = 'b@example.org'")
  await rig.sendEditions(now + 60_000)
  expect(rig.editions.slice(3).map(({ to }) => to)).toEqual(["c@example.org"])
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
