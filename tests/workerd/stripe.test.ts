import fc from "fast-check"
import Sdk from "stripe"
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest"
import { paidUntil } from "../../src/membership/payment.ts"
import { signSession } from "../../src/membership/session.ts"
import { startSession } from "../../src/store/credentials.ts"
import { findMember, type Member, recordPayment, revokeMembership } from "../../src/store/members.ts"
import { endSubscription, findSubscriber } from "../../src/store/subscribers.ts"
import { openMember } from "./browser.ts"
import { createRig, env, origin, type Rig, sessionKeys } from "./rig.ts"

const api = inject("stripe")
const webhookSecret = "whsec_stand_in"
const stripe = { secretKey: "sk_test_stand_in", webhookSecret, api }
const buyer = "buyer@example.org"
const day = 86_400
const now = () => Math.floor(Date.now() / 1000)
let rig: Rig

const said: string[] = []
afterEach(() => {
  // Neither an address nor a token is in the log, whatever went wrong.
  for (const line of said.splice(0)) expect(line).not.toMatch(/@|token=|[\w-]{43}|whsec|sk_test/)
})

beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.map(String).join(" ")))

  rig = await createRig({ stripe })
  await clear()
  await tell("fault", 0)
  await fetch(`${api}/test/requests`, { method: "DELETE" })
})

async function clear(): Promise<void> {
  for (const table of ["members", "payments", "stripe_done", "subscribers", "rate_limits", "sessions"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  rig.letters.length = 0
}

async function tell(what: string, value: unknown): Promise<void> {
  await (await fetch(`${api}/test/${what}`, { method: "PUT", body: JSON.stringify(value) })).arrayBuffer()
}

interface State {
  status: string
  start: number
  end: number
  cancels?: boolean
  cancelAt?: number | null
}

/** Sets a subscription as Stripe has it now. */
function setSubscription(id: string, state: State, more: Record<string, unknown> = {}): Promise<void> {
  const item = { id: "si_1", current_period_start: state.start, current_period_end: state.end }
  return tell("subscription", {
    id,
    object: "subscription",
    status: state.status,
    created: state.start,
    cancel_at: state.cancelAt ?? null,
    cancel_at_period_end: state.cancels ?? false,
    customer: { id: `cus_${id}`, object: "customer", email: buyer },
    items: { object: "list", data: [item] },
    metadata: { dateline: "membership", language: "fr" },
    ...more,
  })
}

let serial = 0
function makeEvent(type: string, object: Record<string, unknown>, id = `evt_${++serial}`) {
  return JSON.stringify({ id, object: "event", type, created: now(), data: { object } })
}
const ofSubscription = (type: string, id: string) =>
  makeEvent(`customer.subscription.${type}`, { id, object: "subscription" })
const ofCheckout = (id: string) =>
  makeEvent("checkout.session.completed", {
    id: "cs_1",
    object: "checkout.session",
    mode: "subscription",
    subscription: id,
  })
const ofInvoice = (type: string, id: string, invoice: string) =>
  makeEvent(`invoice.${type}`, {
    id: invoice,
    object: "invoice",
    parent: { type: "subscription_details", subscription_details: { subscription: id } },
  })

async function deliver(payload: string, secret = webhookSecret, more: Record<string, unknown> = {}): Promise<number> {
  const cryptoProvider = Sdk.createSubtleCryptoProvider()
  const signature = await Sdk.webhooks.generateTestHeaderStringAsync({ payload, secret, cryptoProvider, ...more })
  const headers = { "Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8" }
  const response = await rig.get("/join/webhook", { method: "POST", body: payload, headers })
  await response.arrayBuffer()
  return response.status
}

async function standing() {
  const member = await findMember(env.PEOPLE, buyer)
  return member === null ? null : { until: member.until, cancels: member.cancels }
}

const active = (): State => ({ status: "active", start: now() - day, end: now() + 29 * day })

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

  it.each(kinds)("%s alone makes a member, with the digest and one letter; twice changes nothing", async (_, make) => {
    const state = active()
    await setSubscription("sub_1", state)
    const event = make("sub_1")
    expect(await deliver(event)).toBe(200)
    const first = await standing()
    expect(first).toEqual({ until: (state.end + day) * 1000, cancels: false })
    expect(await deliver(event)).toBe(200)
    expect(await standing()).toEqual(first)
    const digest = await findSubscriber(env.PEOPLE, buyer)
    expect(digest).toMatchObject({ language: "fr", subscriptions: [{ list: "digest" }] })
    expect(rig.letters.map(({ to, subject }) => [to, subject])).toEqual([[buyer, "Bienvenue chez Meridian"]])
  })

  it("in any order, any number of times, while things go on at Stripe, leaves the standing that Stripe has at last", async () => {
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
          await clear()
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
            // One that was told before, or one for the first time.
            else if (move % 4 === 1) expect(await deliver(told[move % told.length] as string)).toBe(200)
            else await deliverOne(move)
          }
          while (next < length) {
            // Either all that has happened has been told, or it comes late, mixed with what is yet to happen.
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
          if (found === null) expect(until).toBe(0)
          else expect(found).toEqual({ until, cancels: state.cancels ?? false })
          const subjects = rig.letters.map(({ subject }) => subject)
          expect(new Set(subjects).size).toBe(subjects.length)
          if (until > 0) expect(subjects).toContain("Bienvenue chez Meridian")
        },
      ),
      { numRuns: 15, endOnFailure: true },
    )
  })

  it("told many times at once makes one member and sends one letter", async () => {
    await setSubscription("sub_1", active())
    const events = [ofCheckout("sub_1"), ofSubscription("created", "sub_1"), ofInvoice("paid", "sub_1", "in_1")]
    const statuses = await Promise.all([...events, ...events, ...events].map((event) => deliver(event)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await standing())?.until).toBeGreaterThan(Date.now())
    expect(rig.letters.length).toBe(1)
  })

  it("of an old subscription says nothing against a new one", async () => {
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

  it("of something else that is sold from the same account makes nobody a member", async () => {
    await setSubscription("sub_donation", active(), { metadata: {} })
    expect(await deliver(ofCheckout("sub_donation"))).toBe(200)
    expect(await deliver(makeEvent("charge.refunded", { id: "ch_1", object: "charge" }))).toBe(200)
    expect(await deliver(makeEvent("something.new", { id: "x" }))).toBe(200)
    expect(await deliver(ofCheckout("sub_unknown"))).toBe(200)
    expect(await standing()).toBeNull()
  })

  it.each([
    ["another secret", (payload: string) => deliver(payload, "whsec_other")],
    ["an old signature", (payload: string) => deliver(payload, webhookSecret, { timestamp: now() - 301 })],
    ["another scheme", (payload: string) => deliver(payload, webhookSecret, { scheme: "v0" })],
    ["a forged signature", (payload: string) => deliver(payload, webhookSecret, { signature: "00".repeat(32) })],
  ])("with %s is refused and changes nothing", async (_, send) => {
    await setSubscription("sub_1", active())
    expect(await send(ofCheckout("sub_1"))).toBe(400)
    expect(await standing()).toBeNull()
    for (const table of ["members", "payments", "stripe_done", "subscribers", "rate_limits"])
      expect(await env.PEOPLE.prepare(`SELECT count(*) AS n FROM ${table}`).first("n")).toBe(0)
    expect(await (await fetch(`${api}/test/requests`)).json()).toEqual([])
  })

  it("that is changed on its way, unsigned or too large is refused", async () => {
    const body = ofCheckout("sub_1")
    const ask = async (body: BodyInit, headers = {}) =>
      (await rig.get("/join/webhook", { method: "POST", body, headers })).status
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

  it("is to be told again when the store, Stripe or the mail fails, and then does its work", async () => {
    await setSubscription("sub_1", active())
    const event = ofCheckout("sub_1")
    rig.faults.people = "throw"
    expect(await deliver(event)).toBe(503)
    rig.faults.people = "ok"
    await tell("fault", 500)
    expect(await deliver(event)).toBe(503)
    await tell("fault", 0)
    rig.refuseLetters(true)
    expect(await deliver(event)).toBe(503)
    rig.refuseLetters(false)
    expect(await deliver(event)).toBe(200)
    expect((await standing())?.until).toBeGreaterThan(Date.now())
    expect(rig.letters.length).toBe(1)
  })

  it("of a failed renewal keeps the member for seven days and sends one letter, however often it is tried", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const start = now() - 3600
    await setSubscription("sub_1", { status: "past_due", start, end: start + 30 * day })
    for (let i = 0; i < 3; i++) expect(await deliver(ofInvoice("payment_failed", "sub_1", "in_2"))).toBe(200)
    expect(await standing()).toEqual({ until: (start + 7 * day) * 1000, cancels: false })
    expect(rig.letters.map(({ subject }) => subject)).toEqual([
      "Bienvenue chez Meridian",
      "Le paiement de votre adhésion n’a pas abouti",
    ])
    await setSubscription("sub_1", { status: "active", start, end: start + 30 * day })
    await deliver(ofInvoice("paid", "sub_1", "in_2"))
    expect((await standing())?.until).toBe((start + 31 * day) * 1000)
  })

  it("does not bring back a digest that the member has ended, nor a membership that the newsroom has", async () => {
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
    expect(rig.letters.length).toBe(1)
  })

  it("brings a revoked membership back when it is of a later purchase, not of one of two before", async () => {
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
  const statuses = async () => {
    const all = (await (await fetch(`${api}/test/subscriptions`)).json()) as { id: string; status: string }[]
    return (...ids: string[]) => ids.map((id) => all.find((one) => one.id === id)?.status)
  }

  /** The buyer's browser, signed in. */
  const signIn = async () => (await openMember(rig, buyer, 0)).browser

  it("ends every subscription at Stripe, the failing and the untold too; nothing that is told late brings the member back", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    await setSubscription("sub_2", { status: "past_due", start: now() - day, end: now() + 29 * day })
    await deliver(ofSubscription("updated", "sub_2"))
    await setSubscription("sub_3", active())
    await deliver(ofCheckout("sub_3"))
    await setSubscription("sub_3", { status: "unpaid", start: now() - 30 * day, end: now() - day })
    await deliver(ofSubscription("updated", "sub_3"))
    const customer = { id: "cus_sub_1", object: "customer", email: buyer }
    await setSubscription("sub_untold", active(), { customer })
    await setSubscription("sub_donation", active(), { customer, metadata: {} })
    await setSubscription("sub_neighbour", active())
    const browser = await signIn()
    expect(await (await browser.get("/account/delete")).text()).toContain("What you have paid is not refunded")
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    const ended = (await statuses())("sub_1", "sub_2", "sub_3", "sub_untold")
    expect(ended).toEqual(Array(4).fill("canceled"))
    expect((await statuses())("sub_donation", "sub_neighbour")).toEqual(["active", "active"])
    for (const event of [ofSubscription("deleted", "sub_1"), ofInvoice("paid", "sub_2", "in_1"), ofCheckout("sub_1")])
      expect(await deliver(event)).toBe(200)
    expect(await standing()).toBeNull()
    expect((await env.PEOPLE.prepare("SELECT member FROM payments").all()).results).toEqual([])
  })

  it("deletes nothing while Stripe does not answer, says so, and can be tried again", async () => {
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
    expect((await statuses())("sub_1")).toEqual(["active"])
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect([await standing(), ...(await statuses())("sub_1")]).toEqual([null, "canceled"])
  })

  it("while the site had no keys: the next that Stripe tells ends the subscription, and makes nobody a member", async () => {
    await setSubscription("sub_1", active())
    await deliver(ofCheckout("sub_1"))
    const keyless = await createRig()
    const { browser } = await openMember(keyless, buyer, 0)
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect((await statuses())("sub_1")).toEqual(["active"])
    expect(await deliver(ofInvoice("paid", "sub_1", "in_2"))).toBe(200)
    expect([await standing(), ...(await statuses())("sub_1")]).toEqual([null, "canceled"])
    expect(rig.letters.length).toBe(1)
  })

  it("keeps nothing that Stripe tells meanwhile", async () => {
    const payment = {
      customer: "cus_1",
      subscription: "sub_1",
      until: Date.now() + 1e9,
      cancels: false,
      began: Date.now(),
      at: Date.now(),
    }
    await recordPayment(env.PEOPLE, "deleted-meanwhile", payment)
    expect((await env.PEOPLE.prepare("SELECT member FROM payments").all()).results).toEqual([])
  })
})

describe("joining", () => {
  const post = (path: string, headers: Record<string, string> = {}) =>
    rig.get(path, {
      method: "POST",
      body: "",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: origin, ...headers },
    })
  const asked = async () =>
    (await (await fetch(`${api}/test/requests`)).json()) as {
      path: string
      fields: Record<string, string>
      idempotencyKey: string
    }[]

  async function signIn(customer: string | null): Promise<{ id: string; cookie: string }> {
    const { createMember } = await import("../../src/store/members.ts")
    const { id } = await createMember(env.PEOPLE, buyer, "en", Date.now())
    if (customer !== null)
      await recordPayment(env.PEOPLE, id, {
        customer,
        subscription: "sub_9",
        until: 0,
        cancels: false,
        began: 1,
        at: Date.now(),
      })
    const expires = now() + 3600
    const session = await startSession(env.PEOPLE, id, null, Date.now(), expires * 1000)
    const token = await signSession({ id: session, member: id, expires, checked: now(), until: 0 }, sessionKeys)
    return { id, cookie: `dateline=${token}` }
  }

  it("leads to Stripe's Checkout with the price, the language and the way back", async () => {
    const response = await post("/fr/join")
    expect(response.status).toBe(303)
    expect(response.headers.get("Location")).toMatch(new RegExp(`^${api}/pay`))
    const [request] = await asked()
    expect(request?.idempotencyKey).not.toBe("")
    expect(request?.fields).toEqual({
      mode: "subscription",
      "line_items[0][quantity]": "1",
      "line_items[0][price_data][currency]": "usd",
      "line_items[0][price_data][unit_amount]": "500",
      "line_items[0][price_data][recurring][interval]": "month",
      "line_items[0][price_data][product_data][name]": "Meridian",
      success_url: `${origin}/fr/join/welcome`,
      cancel_url: `${origin}/fr/join`,
      locale: "fr",
      "metadata[dateline]": "membership",
      "metadata[language]": "fr",
      "subscription_data[metadata][dateline]": "membership",
      "subscription_data[metadata][language]": "fr",
    })
    const arabic = await post("/ar/join")
    expect([arabic.status, (await asked())[1]?.fields.locale]).toEqual([303, "auto"])
  })

  it("knows who is signed in, and lets nobody pay twice", async () => {
    const { id, cookie } = await signIn(null)
    await post("/join", { Cookie: cookie })
    expect((await asked())[0]?.fields).toMatchObject({
      client_reference_id: id,
      customer_email: buyer,
      "subscription_data[metadata][member]": id,
    })
    const payment = { customer: "cus_1", subscription: "sub_1", until: Date.now() + 1e9, cancels: false, began: 1 }
    await recordPayment(env.PEOPLE, id, { ...payment, at: Date.now() })
    const again = await post("/join", { Cookie: cookie })
    expect([again.status, again.headers.get("Location")]).toEqual([303, `${origin}/account`])
    expect((await asked()).length).toBe(1)
  })

  it("takes a member whose customer was deleted at Stripe as a new one", async () => {
    const { id, cookie } = await signIn("cus_gone")
    expect((await post("/join", { Cookie: cookie })).headers.get("Location")).toMatch(new RegExp(`^${api}/pay`))
    const { customer, ...fields } = (await asked()).at(-1)?.fields ?? {}
    expect([customer, fields.client_reference_id, fields.customer_email]).toEqual([undefined, id, buyer])
  })

  it("refuses other sites, other types, and too many from one network", async () => {
    expect((await post("/join", { Origin: "https://evil.example" })).status).toBe(403)
    expect((await post("/join", { "Content-Type": "application/json" })).status).toBe(415)
    const statuses = []
    for (let i = 0; i < 32; i++) statuses.push((await post("/join")).status)
    expect(statuses).toEqual([...Array(30).fill(303), 429, 429])
  })

  it("opens at most 120 Checkouts an hour for a whole IPv6 /32, and one for a buyer elsewhere", async () => {
    const from = (network: string) => post("/join", { "CF-Connecting-IP": network })
    const statuses = []
    for (let i = 0; i < 140; i++) statuses.push((await from(`2001:db8:${i.toString(16)}::1`)).status)
    expect(statuses).toEqual([...Array(120).fill(303), ...Array(20).fill(429)])
    expect((await asked()).length).toBe(120)
    expect((await from("2001:db9::1")).status).toBe(303)
    expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM members").first("n")).toBe(0)
  })

  it("opens the billing portal 30 times an hour for one member, from however many networks", async () => {
    const { cookie } = await signIn("cus_9")
    const open = (network: string) => post("/account/billing", { Cookie: cookie, "CF-Connecting-IP": network })
    for (let i = 0; i < 30; i++) expect((await open(`10.0.${i}.1`)).status).toBe(303)
    const refused = await open("10.1.0.1")
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(3_000)
    expect((await asked()).length).toBe(30)
  })

  it("says when Stripe cannot be reached, and keeps what Stripe said out of the page", async () => {
    await tell("fault", 402)
    const response = await post("/join")
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"])
    const page = await response.text()
    expect(page).toContain("Nothing was charged")
    expect(page).not.toContain("reader@example.org")
  })

  it("opens the billing portal to who has a customer's account there, and to nobody else", async () => {
    expect((await post("/account/billing")).headers.get("Location")).toContain("/sign-in?next=%2Faccount")
    const { cookie } = await signIn("cus_9")
    const response = await post("/account/billing", { Cookie: cookie })
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${api}/portal`])
    expect((await asked()).at(-1)?.fields).toMatchObject({ customer: "cus_9", return_url: `${origin}/account` })
    expect((await post("/account/billing", { Cookie: cookie, Origin: "https://evil.example" })).status).toBe(403)
  })

  it("says how to join where there are no keys, and hears no events", async () => {
    rig = await createRig()
    const page = await (await rig.get("/join")).text()
    expect(page).toContain("To become a member, write to")
    expect(page).not.toContain('action="/join"')
    expect((await post("/join")).headers.get("Location")).toBe(`${origin}/join`)
    expect((await rig.get("/join/webhook", { method: "POST", body: "{}" })).status).toBe(404)
  })
})
