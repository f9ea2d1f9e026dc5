// Stripe for tests in workerd: subscriptions at the stand-in, signed events, and a member who buys one.

import Sdk from "stripe"
import { afterEach, beforeEach, expect, inject, vi } from "vitest"
import type { SiteConfig } from "../../src/site/site.ts"
import { createMember, findMember } from "../../src/store/members.ts"
import { personalTables } from "../../src/store/personal-data.ts"
import type { Member } from "../../src/store/sessions-and-gifts.ts"
import { createRig, env, type Rig } from "./rig.ts"

export const api = inject("stripe")
export const webhookSecret = "whsec_stand_in"
const stripe = { secretKey: `sk_test_${crypto.randomUUID()}`, webhookSecret, api }
const headers = { Authorization: `Bearer ${stripe.secretKey}` }
export const buyer = "buyer@example.org"
export const day = 86_400
export const now = () => Math.floor(Date.now() / 1000)

export interface Shop {
  rig: Rig
  /** The member who buys, in French. */
  member: Member
  /** What was logged. */
  readonly said: string[]
  clear(): Promise<void>
  open(site?: SiteConfig): Promise<void>
}

/** A site that takes payments, fresh for each test, with a member without a membership. Neither an address nor a token is ever logged. */
export function openShop(): Shop {
  const shop = { said: [] as string[] } as Shop
  shop.clear = async () => {
    for (const table of [...personalTables.map(({ name }) => name), "stripe_done", "rate_limits"])
      await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
    shop.rig.emails.length = 0
    shop.member = await createMember(env.PEOPLE, buyer, "fr", Date.now())
  }
  shop.open = async (site) => {
    shop.rig = await createRig({ stripe, ...(site && { site }) })
  }
  beforeEach(async () => {
    for (const level of ["log", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation((...words) => void shop.said.push(words.map(String).join(" ")))
    await shop.open()
    await shop.clear()
    await tell("fault", 0)
    await fetch(`${api}/test/requests`, { method: "DELETE", headers })
  })
  afterEach(() => {
    for (const line of shop.said.splice(0)) expect(line).not.toMatch(/@|token=|[\w-]{43}|whsec|sk_test/)
  })
  return shop
}

export async function tell(what: string, value: unknown): Promise<void> {
  await (await fetch(`${api}/test/${what}`, { method: "PUT", headers, body: JSON.stringify(value) })).arrayBuffer()
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly fields: Record<string, string>
  readonly idempotencyKey: string
}

/** The site's requests to Stripe, oldest first. */
export async function asked(): Promise<Asked[]> {
  return (await (await fetch(`${api}/test/requests`, { headers })).json()) as Asked[]
}

/** Statuses of subscriptions at Stripe. */
export async function statusesOf(...ids: string[]): Promise<(string | undefined)[]> {
  const all = (await (await fetch(`${api}/test/subscriptions`, { headers })).json()) as { id: string; status: string }[]
  return ids.map((id) => all.find((one) => one.id === id)?.status)
}

export interface State {
  status: string
  start: number
  end: number
  cancels?: boolean
  cancelAt?: number | null
}

export const active = (): State => ({ status: "active", start: now() - day, end: now() + 29 * day })

interface Purchase {
  /** The signed-in member, or null. */
  readonly member: Member | null
  /** The address at Stripe. */
  readonly email?: string
  readonly customer?: string
  readonly created?: number
  readonly amount?: number
  /** The Stripe account also sells something else. */
  readonly other?: boolean
}

/** Sets a membership's subscription as Stripe has it now. */
export function setPurchase(id: string, state: State, purchase: Purchase): Promise<void> {
  const { member, email = buyer, customer = `cus_${id}`, created = state.start, amount = 500, other } = purchase
  const price = {
    unit_amount: amount,
    currency: "usd",
    recurring: { interval: "month", interval_count: 1, usage_type: "licensed" },
  }
  const item = { id: "si_1", quantity: 1, price, current_period_start: state.start, current_period_end: state.end }
  return tell("subscription", {
    id,
    object: "subscription",
    status: state.status,
    created,
    cancel_at: state.cancelAt ?? null,
    cancel_at_period_end: state.cancels ?? false,
    customer: { id: customer, object: "customer", email },
    items: { object: "list", data: [item] },
    discounts: [],
    metadata: other ? {} : { dateline: "membership", language: "fr", ...(member && { member: member.id }) },
  })
}

let serial = 0
export function makeEvent(type: string, object: Record<string, unknown>, id = `evt_${++serial}`) {
  return JSON.stringify({ id, object: "event", type, created: now(), data: { object } })
}
export const ofSubscription = (type: string, id: string) =>
  makeEvent(`customer.subscription.${type}`, { id, object: "subscription" })
export const ofCheckout = (id: string) =>
  makeEvent("checkout.session.completed", {
    id: "cs_1",
    object: "checkout.session",
    mode: "subscription",
    subscription: id,
  })
export const ofInvoice = (type: string, id: string, invoice: string) =>
  makeEvent(`invoice.${type}`, {
    id: invoice,
    object: "invoice",
    parent: { type: "subscription_details", subscription_details: { subscription: id } },
  })

export async function deliver(
  rig: Rig,
  payload: string,
  secret = webhookSecret,
  more: Record<string, unknown> = {},
): Promise<number> {
  const cryptoProvider = Sdk.createSubtleCryptoProvider()
  const signature = await Sdk.webhooks.generateTestHeaderStringAsync({ payload, secret, cryptoProvider, ...more })
  const headers = { "Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8" }
  const response = await rig.get("/join/webhook", { method: "POST", body: payload, headers })
  await response.arrayBuffer()
  return response.status
}

/** The claim links emailed to an address, oldest first. */
export function claimsFor(rig: Rig, email: string): string[] {
  return rig.emails
    .filter(({ to }) => to === email)
    .flatMap(({ text }) => /\/\S*\/join\/claim\?token=[\w-]{43}/.exec(text)?.[0].replace(/^\/\/[^/]+/, "") ?? [])
}

export async function standingOf(email = buyer) {
  const member = await findMember(env.PEOPLE, email)
  return member === null ? null : { until: member.until, cancels: member.cancels === 1 }
}
