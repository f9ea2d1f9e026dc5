import fc from "fast-check"
import Sdk from "stripe"
import { describe, expect, it } from "vitest"
import { paidUntil } from "../../src/account/stripe.ts"
import { findMember, revokeMembership } from "../../src/store/members.ts"
import { recordPayment } from "../../src/store/payments.ts"
import type { Member } from "../../src/store/sessions-and-gifts.ts"
import { endSubscription, findSubscriber } from "../../src/store/subscribers.ts"
import { openMember } from "./browser.ts"
import { createRig, env } from "./rig.ts"
import * as stripe from "./stripe-shop.ts"
import {
  active,
  asked,
  buyer,
  day,
  makeEvent,
  now,
  ofCheckout,
  ofInvoice,
  ofSubscription,
  type State,
  tell,
  webhookSecret,
} from "./stripe-shop.ts"

const shop = stripe.openShop()
const standing = () => stripe.standingOf()
const deliver = (payload: string, secret?: string, more?: Record<string, unknown>) =>
  stripe.deliver(shop.rig, payload, secret, more)
/** Sets a subscription that the buyer bought signed in. */
const setSubscription = (id: string, state: State, customer = `cus_${id}`) =>
  stripe.setPurchase(id, state, { member: shop.member, customer })

describe("an event", () => {
  const kinds: [string, (id: string) => string][] = [
    ["checkout.session.completed", ofCheckout],
    ["customer.subscription.created", (id) => ofSubscription("created", id)],
    ["customer.subscription.updated", (id) => ofSubscription("updated", id)],
    ["invoice.paid", (id) => ofInvoice("paid", id, "in_1")],
    [
      "invoice.paid of an older version",
      (id) => makeEvent("invoice.paid", { id: "in_1", object: "invoice", subscription: id }),
    ],
  ]

  it.each(
    kinds,
  )("%s alone makes a member, with the digest and one email; a repeat changes nothing", async (_, make) => {
    const state = active()
    await setSubscription("sub_1", state)
    const event = make("sub_1")
    expect(await deliver(event)).toBe(200)
    const first = await standing()
    expect(first).toEqual({ until: (state.end + day) * 1000, cancels: false })
    expect(await deliver(event)).toBe(200)
    expect(await standing()).toEqual(first)
    const digest = await findSubscriber(env.PEOPLE, buyer)
    expect(digest).toMatchObject({ language: "fr", lists: ["digest"] })
    expect(shop.rig.emails.map(({ to, subject }) => [to, subject])).toEqual([[buyer, "Bienvenue chez Meridian"]])
  })

  it("in any order and number, while Stripe changes, leads to Stripe's final state", async () => {
    const t = now()
    const life: { state: State; events: (id: string) => string[] }[] = [
      { state: { status: "incomplete", start: t, end: t + 30 * day }, events: (id) => [ofSubscription("created", id)] },
      {
        state: { status: "active", start: t, end: t + 30 * day },
        events: (id) => [ofSubscription("updated", id), ofInvoice("paid", id, "in_1"), ofCheckout(id)],
      },
      {
        state: { status: "past_due", start: t + 2, end: t + 60 * day },
        events: (id) => [ofInvoice("payment_failed", id, "in_2"), ofSubscription("updated", id)],
      },
      {
        state: { status: "active", start: t + 2, end: t + 60 * day },
        events: (id) => [ofInvoice("paid", id, "in_2"), ofSubscription("updated", id)],
      },
      {
        state: { status: "active", start: t + 2, end: t + 60 * day, cancels: true },
        events: (id) => [ofSubscription("updated", id)],
      },
      {
        state: { status: "canceled", start: t + 2, end: t + 60 * day },
        events: (id) => [ofSubscription("deleted", id)],
      },
    ]
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: life.length }),
        fc.array(fc.nat({ max: 99 }), { minLength: 0, maxLength: 20 }),
        fc.array(fc.nat({ max: 99 }), { minLength: 12, maxLength: 12 }),
        fc.boolean(),
        async (length, moves, order, calm) => {
          await shop.clear()
          const id = `sub_run${++run}`
          const told: string[] = []
          const open: string[] = []
          let next = 0
          const advance = async () => {
            const step = life[next++]
            if (step === undefined) return
            await setSubscription(id, step.state)
            const events = step.events(id)
            told.push(...events)
            open.push(...events)
          }
          const deliverOne = async (pick: number) => {
            if (open.length > 0) expect(await deliver(open.splice(pick % open.length, 1)[0] as string)).toBe(200)
          }
          for (const move of moves) {
            if (next < length && (told.length === 0 || move % 4 === 0)) await advance()
            // An event that was delivered before, or a new one.
            else if (move % 4 === 1) expect(await deliver(told[move % told.length] as string)).toBe(200)
            else await deliverOne(move)
          }
          while (next < length) {
            // Either all events have been delivered, or some arrive late, mixed with new ones.
            if (calm) for (const pick of order) await deliverOne(pick)
            await advance()
          }
          for (const pick of order) await deliverOne(pick)
          const { state } = life[length - 1] as (typeof life)[0]
          const until = paidUntil({
            status: state.status,
            periodStart: state.start,
            periodEnd: state.end,
            cancels: state.cancels ?? false,
            cancelAt: null,
          })
          const found = await standing()
          expect(found).toEqual({ until, cancels: state.cancels ?? false })
          const subjects = shop.rig.emails.map(({ subject }) => subject)
          expect(new Set(subjects).size).toBe(subjects.length)
          if (until > 0) expect(subjects).toContain("Bienvenue chez Meridian")
        },
      ),
      { numRuns: 15, endOnFailure: true },
    )
  })

  it("delivered many times at once makes one member and sends one email", async () => {
    await setSubscription("sub_1", active())
    const events = [ofCheckout("sub_1"), ofSubscription("created", "sub_1"), ofInvoice("paid", "sub_1", "in_1")]
    const statuses = await Promise.all([...events, ...events, ...events].map((event) => deliver(event)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await standing())?.until).toBeGreaterThan(Date.now())
    expect(shop.rig.emails.length).toBe(1)
  })

  it("for an old subscription does not affect a new one", async () => {
    await setSubscription("sub_old", active())
    await deliver(ofCheckout("sub_old"))
    const state = active()
    await setSubscription("sub_new", state)
    await deliver(ofCheckout("sub_new"))
    await setSubscription("sub_old", { ...active(), status: "canceled" })
    await deliver(ofSubscription("deleted", "sub_old"))
    expect(await standing()).toEqual({ until: (state.end + day) * 1000, cancels: false })
    expect((await findMember(env.PEOPLE, buyer))?.stripeCustomer).toBe("cus_sub_new")
  })

  it("for another product of the same Stripe account makes nobody a member", async () => {
    await stripe.setPurchase("sub_donation", active(), { member: null, other: true })
    expect(await deliver(ofCheckout("sub_donation"))).toBe(200)
    expect(await deliver(makeEvent("charge.refunded", { id: "ch_1", object: "charge" }))).toBe(200)
    expect(await deliver(makeEvent("something.new", { id: "x" }))).toBe(200)
    expect(await deliver(ofCheckout("sub_unknown"))).toBe(200)
    expect(await standing()).toEqual({ until: 0, cancels: false })
  })

  it.each([
    ["another secret", (payload: string) => deliver(payload, "whsec_other")],
    ["an old signature", (payload: string) => deliver(payload, webhookSecret, { timestamp: now() - 301 })],
    ["another scheme", (payload: string) => deliver(payload, webhookSecret, { scheme: "v0" })],
    ["a forged signature", (payload: string) => deliver(payload, webhookSecret, { signature: "00".repeat(32) })],
  ])("with %s is refused and changes nothing", async (_, send) => {
    await setSubscription("sub_1", active())
    expect(await send(ofCheckout("sub_1"))).toBe(400)
    expect(await standing()).toEqual({ until: 0, cancels: false })
    for (const table of ["payments", "claims", "stripe_done", "subscribers", "rate_limits"])
      expect(await env.PEOPLE.prepare(`SELECT count(*) AS n FROM ${table}`).first("n")).toBe(0)
    expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM members").first("n")).toBe(1)
    expect(await asked()).toEqual([])
  })

  it("that is altered, unsigned or too large is refused", async () => {
    const body = ofCheckout("sub_1")
    const ask = async (body: BodyInit, headers = {}) =>
      (await shop.rig.get("/join/webhook", { method: "POST", body, headers })).status
    expect(await ask(body)).toBe(400)
    expect(await ask("", { "Stripe-Signature": "t=1,v1=00" })).toBe(400)
    const payload = body
    const cryptoProvider = Sdk.createSubtleCryptoProvider()
    const signature = await Sdk.webhooks.generateTestHeaderStringAsync({
      payload,
      secret: webhookSecret,
      cryptoProvider,
    })
    expect(await ask(body.replace("sub_1", "sub_2"), { "Stripe-Signature": signature })).toBe(400)
    expect(await ask("x".repeat(1_100_000), { "Stripe-Signature": signature })).toBe(413)
  })

  it.each([
    "Hello",
    "null",
    "[]",
    "{}",
    '{"id":"evt_1"}',
    '{"id":"evt_1","type":"x","data":null}',
    '{"id":"evt_1","type":"x","data":{"object":null}}',
    '{"type":"x","data":{"object":{"object":"subscription","id":"sub_1"}}}',
    '{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.no_meter_found","data":{}}',
  ])("that is signed but says only `%s` is refused with the reason, and changes nothing", async (payload) => {
    await setSubscription("sub_1", active())
    const cryptoProvider = Sdk.createSubtleCryptoProvider()
    const signing = { payload, secret: webhookSecret, cryptoProvider }
    const headers = { "Stripe-Signature": await Sdk.webhooks.generateTestHeaderStringAsync(signing) }
    const response = await shop.rig.get("/join/webhook", { method: "POST", body: payload, headers })
    expect([response.status, await response.text()]).toEqual([
      400,
      "Not a Stripe event with a valid, recent signature\n",
    ])
    expect(await standing()).toEqual({ until: 0, cancels: false })
    expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM stripe_done").first("n")).toBe(0)
    expect(await asked()).toEqual([])
  })

  it("is requested again if the store, Stripe or email fails, and then succeeds", async () => {
    await setSubscription("sub_1", active())
    const event = ofCheckout("sub_1")
    shop.rig.faults.people = "throw"
    expect(await deliver(event)).toBe(503)
    shop.rig.faults.people = "ok"
    await tell("fault", 500)
    expect(await deliver(event)).toBe(503)
    await tell("fault", 0)
    shop.rig.refuseEmails(true)
    expect(await deliver(event)).toBe(503)
    shop.rig.refuseEmails(false)
    expect(await deliver(event)).toBe(200)
    expect((await standing())?.until).toBeGreaterThan(Date.now())
    expect(shop.rig.emails.length).toBe(1)
  })

  it("for a failed renewal keeps the member for seven days and sends one email, however often Stripe retries", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const start = now() - 3600
    await setSubscription("sub_1", { status: "past_due", start, end: start + 30 * day })
    for (let i = 0; i < 3; i++) expect(await deliver(ofInvoice("payment_failed", "sub_1", "in_2"))).toBe(200)
    expect(await standing()).toEqual({ until: (start + 7 * day) * 1000, cancels: false })
    expect(shop.rig.emails.map(({ subject }) => subject)).toEqual([
      "Bienvenue chez Meridian",
      "Le paiement de votre adhésion n’a pas abouti",
    ])
    await setSubscription("sub_1", { status: "active", start, end: start + 30 * day })
    await deliver(ofInvoice("paid", "sub_1", "in_2"))
    expect((await standing())?.until).toBe((start + 31 * day) * 1000)
  })

  it("does not restore a digest that the member unsubscribed from, or a membership that the newsroom revoked", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const reader = await findSubscriber(env.PEOPLE, buyer)
    await endSubscription(env.PEOPLE, reader?.token ?? "", "digest")
    const member = (await findMember(env.PEOPLE, buyer)) as Member
    await revokeMembership(env.PEOPLE, member.id, Date.now())
    await setSubscription("sub_1", { ...active(), end: now() + 60 * day })
    await deliver(ofInvoice("paid", "sub_1", "in_2"))
    expect(await findSubscriber(env.PEOPLE, buyer)).toBeNull()
    expect((await standing())?.until).toBe(0)
    expect(shop.rig.emails.length).toBe(1)
  })

  it("restores a revoked membership only for a later purchase", async () => {
    for (const id of ["sub_1", "sub_2"]) {
      await setSubscription(id, active())
      await deliver(ofCheckout(id))
    }
    const { id } = (await findMember(env.PEOPLE, buyer)) as Member
    await revokeMembership(env.PEOPLE, id, Date.now())
    for (const paid of ["sub_1", "sub_2", "sub_1"]) {
      await setSubscription(paid, { ...active(), end: now() + 60 * day })
      await deliver(ofInvoice("paid", paid, "in_2"))
      expect((await standing())?.until).toBe(0)
    }
    await setSubscription("sub_3", { ...active(), start: now() + 1 })
    await deliver(ofCheckout("sub_3"))
    expect((await standing())?.until).toBeGreaterThan(Date.now())
  })
})

describe("deleting an account", () => {
  /** The buyer's browser, signed in. */
  const signIn = async () => (await openMember(shop.rig, buyer, 0)).browser

  it("cancels every subscription at Stripe, even failing and unreported ones; late events do not restore the member", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    await setSubscription("sub_2", { status: "past_due", start: now() - day, end: now() + 29 * day })
    await deliver(ofSubscription("updated", "sub_2"))
    await setSubscription("sub_3", active())
    await deliver(ofCheckout("sub_3"))
    await setSubscription("sub_3", { status: "unpaid", start: now() - 30 * day, end: now() - day })
    await deliver(ofSubscription("updated", "sub_3"))
    const customer = "cus_sub_1"
    await setSubscription("sub_untold", active(), customer)
    await stripe.setPurchase("sub_donation", active(), { member: null, customer, other: true })
    await stripe.setPurchase("sub_neighbour", active(), { member: null, email: "neighbour@example.org" })
    const browser = await signIn()
    expect(await (await browser.get("/account/delete")).text()).toContain("Payments already made are not refunded")
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    const ended = await stripe.statusesOf("sub_1", "sub_2", "sub_3", "sub_untold")
    expect(ended).toEqual(Array(4).fill("canceled"))
    expect(await stripe.statusesOf("sub_donation", "sub_neighbour")).toEqual(["active", "active"])
    for (const event of [ofSubscription("deleted", "sub_1"), ofInvoice("paid", "sub_2", "in_1"), ofCheckout("sub_1")])
      expect(await deliver(event)).toBe(200)
    expect(await standing()).toBeNull()
    expect((await env.PEOPLE.prepare("SELECT member FROM payments").all()).results).toEqual([])
  })

  it("deletes nothing while Stripe does not respond, says so, and can be retried", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const browser = await signIn()
    await tell("fault", 500)
    const response = await browser.post("/account/delete", { sure: "1" })
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"])
    expect(await response.text()).toContain("Nothing has been deleted")
    expect((await standing())?.until).toBeGreaterThan(Date.now())
    await tell("fault", 0)
    expect((await browser.post("/account/delete", {})).status).toBe(422)
    expect(await stripe.statusesOf("sub_1")).toEqual(["active"])
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect([await standing(), ...(await stripe.statusesOf("sub_1"))]).toEqual([null, "canceled"])
  })

  it("while the site had no Stripe keys: the next event cancels the subscription, and makes nobody a member", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const keyless = await createRig()
    const { browser } = await openMember(keyless, buyer, 0)
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect(await stripe.statusesOf("sub_1")).toEqual(["active"])
    expect(await deliver(ofInvoice("paid", "sub_1", "in_2"))).toBe(200)
    expect([await standing(), ...(await stripe.statusesOf("sub_1"))]).toEqual([null, "canceled"])
    expect(shop.rig.emails.length).toBe(1)
  })

  it("keeps nothing from events that arrive in the meantime", async () => {
    const payment = {
      customer: "cus_1",
      subscription: "sub_1",
      until: Date.now() + 1e9,
      cancels: false,
      live: true,
      price: null,
      began: Date.now(),
      at: Date.now(),
    }
    await recordPayment(env.PEOPLE, "deleted-meanwhile", payment)
    expect((await env.PEOPLE.prepare("SELECT member FROM payments").all()).results).toEqual([])
  })
})
