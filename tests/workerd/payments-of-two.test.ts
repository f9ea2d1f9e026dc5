import fc from "fast-check"
import { expect, it } from "vitest"
import { signSession } from "../../src/membership/session.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { startSession } from "../../src/store/credentials.ts"
import { createMember, findMember } from "../../src/store/members.ts"
import { listPayments } from "../../src/store/payments.ts"
import type { Member } from "../../src/store/sessions-and-gifts.ts"
import { type Browser, openBrowser } from "./browser.ts"
import { env, sessionKeys } from "./rig.ts"
import {
  active,
  api,
  claimsFor,
  day,
  deliver,
  now,
  ofCheckout,
  ofInvoice,
  ofSubscription,
  openShop,
  type State,
  setPurchase,
  statusesOf,
} from "./stripe-shop.ts"

const shop = openShop()
const addresses = ["ann@example.org", "ben@example.org"] as const

interface Bought {
  readonly id: string
  /** The signed-in member, or null. */
  readonly member: Member | null
  /** The address at Stripe: with a typo, it is the other person's. */
  readonly email: string
  state: State
  /** Someone has pressed the button behind an emailed link. */
  claimed: boolean
}

const step = fc.record({
  kind: fc.constantFrom(
    ...["join", "join", "anonymous", "anonymous", "claim", "claim", "refuse", "renew", "fail", "cancel", "end"],
    ...["delete", "click", "deliver", "deliver", "deliver", "repeat"],
  ),
  who: fc.nat({ max: 1 }),
  /** Which purchase, link or event. */
  pick: fc.nat({ max: 99 }),
  mistyped: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

let run = 0

/** A random history of payments by two people who use each other's addresses. */
async function live(steps: readonly Step[], order: readonly number[]): Promise<void> {
  await shop.clear()
  run++
  for (const email of addresses) await createMember(env.PEOPLE, email, "fr", Date.now())
  const bought: Bought[] = []
  const sent: string[] = []
  const pending: string[] = []

  const send = (...events: string[]) => {
    sent.push(...events)
    pending.push(...events)
  }
  const change = async (one: Bought | undefined, state: Partial<State>, ...types: string[]) => {
    if (one === undefined || (await statusesOf(one.id))[0] === "canceled") return
    one.state = { ...one.state, ...state }
    await setPurchase(one.id, one.state, one)
    send(
      ...types.map((type) =>
        type.includes("a") && type !== "updated"
          ? ofInvoice(type, one.id, `in_${sent.length}`)
          : ofSubscription(type, one.id),
      ),
    )
  }
  const buy = async (member: Member | null, email: string) => {
    const id = `sub_${run}x${bought.length}`
    const one = { id, member, email, state: active(), claimed: false }
    bought.push(one)
    await setPurchase(id, one.state, one)
    send(ofSubscription("created", id), ofCheckout(id), ofInvoice("paid", id, `in_${id}`))
  }

  for (const { kind, who, pick, mistyped } of steps) {
    const own = addresses[who] as string
    const member = await findMember(env.PEOPLE, own)
    const one = bought[pick % Math.max(1, bought.length)]
    const claim = claimsFor(shop.rig, own)[pick % Math.max(1, claimsFor(shop.rig, own).length)]
    const token = claim?.split("token=")[1] ?? ""
    if (kind === "join" && member !== null) await buy(member, own)
    if (kind === "anonymous") await buy(null, addresses[mistyped ? 1 - who : who] as string)
    if (kind === "claim") {
      const query = "SELECT subscription FROM claims WHERE hash = ?1"
      const wanted = await env.PEOPLE.prepare(query)
        .bind(await hashContent(token))
        .first("subscription")
      const { status } = await openBrowser(shop.rig).post("/join/claim", { token })
      for (const claimed of bought) if (claimed.id === wanted && status === 303) claimed.claimed = true
    }
    if (kind === "refuse") await openBrowser(shop.rig).post("/join/claim", { token, cancel: "1" })
    if (kind === "renew") await change(one, { status: "active", end: now() + (60 + pick) * day }, "paid", "updated")
    if (kind === "fail") await change(one, { status: "past_due", start: now() }, "payment_failed", "updated")
    if (kind === "cancel") await change(one, { cancels: true }, "updated")
    if (kind === "end") await change(one, { status: "canceled" }, "deleted")
    if (kind === "delete" && member !== null)
      expect((await (await signIn(member)).post("/account/delete", { sure: "1" })).status).toBe(200)
    if (kind === "click" && member !== null) await clickTwice(member)
    if (kind === "deliver" && pending.length > 0) await hear(pending.splice(pick % pending.length, 1)[0])
    if (kind === "repeat") await hear(sent[pick % Math.max(1, sent.length)])
    await expectNothingCrosses(bought)
  }
  for (const pick of order) if (pending.length > 0) await hear(pending.splice(pick % pending.length, 1)[0])
  for (const event of pending) await hear(event)
  await expectNothingCrosses(bought)
  await expectChargesVisible(bought)
}

async function hear(event: string | undefined): Promise<void> {
  if (event !== undefined) expect(await deliver(shop.rig, event)).toBe(200)
}

async function signIn(member: Member): Promise<Browser> {
  const expires = now() + 3600
  const session = await startSession(env.PEOPLE, {
    member: member.id,
    former: null,
    now: Date.now(),
    expires: expires * 1000,
  })
  const browser = openBrowser(shop.rig)
  const said = { id: session, member: member.id, expires, checked: now(), until: 0 }
  browser.jar.set("dateline", await signSession(said, sessionKeys))
  return browser
}

/** Two clicks on Join at the same moment: one Checkout, or none if a subscription already charges. */
async function clickTwice(member: Member): Promise<void> {
  await env.PEOPLE.prepare("DELETE FROM rate_limits").run()
  const charges = (await listPayments(env.PEOPLE, member.id)).some(({ live, cancels }) => live && !cancels)
  const browser = await signIn(member)
  const answers = await Promise.all([browser.post("/join", {}), browser.post("/fr/join", {})])
  const [first, second] = answers.map((answer) => new URL(answer.headers.get("Location") ?? ""))
  if (charges) expect([first?.pathname, second?.pathname]).toEqual(["/account", "/fr/account"])
  else expect([first?.pathname, second?.href]).toEqual(["/pay", first?.href])
}

/** Who has which subscription, customer and emails. */
async function expectNothingCrosses(bought: readonly Bought[]): Promise<void> {
  for (const [index, email] of addresses.entries()) {
    const other = addresses[1 - index] as string
    const member = await findMember(env.PEOPLE, email)
    const payments = member === null ? [] : await listPayments(env.PEOPLE, member.id)
    for (const { subscription, customer } of payments) {
      const one = bought.find(({ id }) => id === subscription)
      // An address at Stripe proves nothing by itself.
      expect([one?.id, one?.member !== null || one.claimed]).toEqual([subscription, true])
      expect([one?.member?.id ?? one?.email, customer]).toEqual([
        one?.member ? member?.id : email,
        `cus_${subscription}`,
      ])
    }
    if (member !== null) {
      expect(member.until).toBe(Math.max(0, ...payments.map(({ until }) => until)))
      expect([null, ...payments.map(({ customer }) => customer)]).toContain(member.stripeCustomer)
    }
    const typed = bought.some((one) => one.member === null && one.email === email)
    if (!typed) expect(claimsFor(shop.rig, email)).toEqual([])
    for (const letter of shop.rig.emails.filter(({ to }) => to === email)) expect(letter.text).not.toContain(other)
  }
}

/** Once Stripe has sent everything: what still charges is on its payer's account or waits in a mailed claim, and is cancelled if the account is deleted. */
async function expectChargesVisible(bought: readonly Bought[]): Promise<void> {
  const shown = new Map<string, string>()
  for (const email of addresses) {
    const member = await findMember(env.PEOPLE, email)
    if (member === null) continue
    await env.PEOPLE.prepare("DELETE FROM rate_limits").run()
    const browser = await signIn(member)
    const page = await (await browser.get("/account")).text()
    for (const [, customer = ""] of page.matchAll(/name="customer" value="(\w+)"/g)) shown.set(customer, email)
    for (const { id } of bought) {
      const customer = `cus_${id}`
      const portal = await browser.post("/account/billing", { customer })
      if (shown.get(customer) === email)
        expect(portal.headers.get("Location")).toBe(`${api}/portal?customer=${customer}`)
      else if (portal.status !== 404)
        expect((await listPayments(env.PEOPLE, member.id)).map((one) => one.customer)).toContain(customer)
    }
  }
  for (const { id, member, email } of bought) {
    const charges = (await statusesOf(id))[0] !== "canceled"
    const waits = await env.PEOPLE.prepare("SELECT email FROM claims WHERE subscription = ?1").bind(id).first("email")
    const payer = shown.get(`cus_${id}`) ?? waits
    if (charges) expect([id, payer]).toEqual([id, member?.email ?? email])
    else expect([id, shown.has(`cus_${id}`)]).toEqual([id, false])
    if (charges && waits !== null) expect(claimsFor(shop.rig, email).length).toBeGreaterThan(0)
  }
}

it("two people's payments never mix, and every charge is shown to the person who pays it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 18 }),
      fc.array(fc.nat({ max: 99 }), { minLength: 12, maxLength: 12 }),
      live,
    ),
    { numRuns: 25, endOnFailure: true },
  )
}, 300_000)
