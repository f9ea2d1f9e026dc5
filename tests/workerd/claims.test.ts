import { describe, expect, it } from "vitest"
import { createMember, findMember, revokeMembership } from "../../src/store/members.ts"
import { findSubscriber } from "../../src/store/subscribers.ts"
import { openBrowser, openMember } from "./browser.ts"
import { env } from "./rig.ts"
import {
  active,
  asked,
  buyer,
  claimsFor,
  day,
  deliver,
  now,
  ofCheckout,
  ofInvoice,
  ofSubscription,
  openShop,
  setPurchase,
  standingOf,
  statusesOf,
  tell,
} from "./stripe-shop.ts"

const shop = openShop()
const stranger = "stranger@example.org"
const tokenOf = (claim: string | undefined) => claim?.split("token=")[1] ?? ""

/** An anonymous purchase whose events have all arrived. @returns the links that were emailed */
async function buy(id: string, email: string, state = active()): Promise<string[]> {
  await setPurchase(id, state, { member: null, email })
  for (const event of [ofSubscription("created", id), ofCheckout(id), ofInvoice("paid", id, `in_${id}`)])
    expect(await deliver(shop.rig, event)).toBe(200)
  return claimsFor(shop.rig, email)
}

describe("a purchase made without signing in", () => {
  it("makes nobody a member, and emails one link to the address", async () => {
    expect((await buy("sub_1", stranger)).length).toBe(1)
    expect(await findMember(env.PEOPLE, stranger)).toBeNull()
    expect(shop.rig.emails.map(({ to, subject }) => [to, subject])).toEqual([
      [stranger, "Activez votre adhésion à Meridian"],
    ])
    expect(shop.rig.emails[0]?.text).toContain("Prix\u00a0: 5\u00a0$US par mois")
  })

  it("with a member's address does not change the member's account or portal", async () => {
    await setPurchase("sub_own", active(), { member: shop.member })
    await deliver(shop.rig, ofCheckout("sub_own"))
    const before = await findMember(env.PEOPLE, buyer)
    const { browser } = await openMember(shop.rig, buyer, 0)
    await buy("sub_1", buyer, { ...active(), end: now() + 300 * day })
    expect(await findMember(env.PEOPLE, buyer)).toEqual(before)
    await browser.post("/account/billing", {})
    expect((await asked()).at(-1)?.fields.customer).toBe("cus_sub_own")
    expect((await browser.post("/account/billing", { customer: "cus_sub_1" })).status).toBe(404)
  })

  it("is claimed only by the button on the link's page, once", async () => {
    const [claim = ""] = await buy("sub_1", stranger)
    const browser = openBrowser(shop.rig)
    for (let i = 0; i < 2; i++) {
      const page = await browser.get(claim)
      expect([page.status, page.headers.get("Cache-Control")]).toEqual([200, "private, no-store"])
      expect(await page.text()).toContain(stranger)
    }
    expect(await findMember(env.PEOPLE, stranger)).toBeNull()
    const responses = await Promise.all(
      [0, 1, 2].map(() => openBrowser(shop.rig).post("/join/claim", { token: tokenOf(claim) })),
    )
    expect(responses.map(({ status }) => status).sort()).toEqual([303, 410, 410])
    expect(responses.filter((response) => response.headers.get("Set-Cookie")).length).toBe(1)
    expect((await browser.get(claim)).status).toBe(410)
    const member = await findMember(env.PEOPLE, stranger)
    expect(member?.until).toBeGreaterThan(Date.now())
    expect(await findSubscriber(env.PEOPLE, stranger)).toMatchObject({ lists: ["digest"] })
    expect(shop.rig.emails.map(({ subject }) => subject)).toEqual([
      "Activez votre adhésion à Meridian",
      "Bienvenue chez Meridian",
    ])
  })

  it("signs the claimant in, and belongs to them from then on", async () => {
    const [claim] = await buy("sub_1", stranger)
    const browser = openBrowser(shop.rig)
    const response = await browser.post("/join/claim", { token: tokenOf(claim) })
    expect(new URL(response.headers.get("Location") ?? "").pathname).toBe("/account")
    expect(await (await browser.get("/account")).text()).toContain('name="customer" value="cus_sub_1"')
    const later = { ...active(), end: now() + 60 * day }
    await setPurchase("sub_1", later, { member: null, email: buyer })
    await deliver(shop.rig, ofInvoice("paid", "sub_1", "in_2"))
    expect((await standingOf(stranger))?.until).toBe((later.end + day) * 1000)
    expect(await standingOf()).toEqual({ until: 0, cancels: false })
  })

  it("adds a customer to the account when claimed, without replacing one", async () => {
    await setPurchase("sub_own", active(), { member: shop.member })
    await deliver(shop.rig, ofCheckout("sub_own"))
    const [claim] = await buy("sub_1", buyer, { ...active(), end: now() + 300 * day })
    const browser = openBrowser(shop.rig)
    await browser.post("/join/claim", { token: tokenOf(claim) })
    const page = await (await browser.get("/account")).text()
    for (const customer of ["cus_own", "cus_sub_1"].map((id) => id.replace("cus_own", "cus_sub_own")))
      expect(page).toContain(`name="customer" value="${customer}"`)
  })

  it("is offered again at each renewal until claimed, once per period", async () => {
    await buy("sub_1", stranger)
    await setPurchase("sub_1", { ...active(), end: now() + 60 * day }, { member: null, email: stranger })
    for (const event of [ofInvoice("paid", "sub_1", "in_2"), ofSubscription("updated", "sub_1")])
      await deliver(shop.rig, event)
    const claims = claimsFor(shop.rig, stranger)
    expect(claims.length).toBe(2)
    for (const [index, status] of [303, 410].entries())
      expect((await openBrowser(shop.rig).post("/join/claim", { token: tokenOf(claims[index]) })).status).toBe(status)
  })

  it("can be cancelled from the link, without an account", async () => {
    const [claim] = await buy("sub_1", stranger)
    const response = await openBrowser(shop.rig).post("/join/claim", { token: tokenOf(claim), cancel: "1" })
    expect([response.status, response.headers.get("Set-Cookie")]).toEqual([200, null])
    expect(await statusesOf("sub_1")).toEqual(["canceled"])
    await deliver(shop.rig, ofSubscription("deleted", "sub_1"))
    expect([await findMember(env.PEOPLE, stranger), claimsFor(shop.rig, stranger).length]).toEqual([null, 1])
  })

  it("can still be claimed after Stripe or email failed", async () => {
    await setPurchase("sub_1", active(), { member: null, email: stranger })
    shop.rig.refuseEmails(true)
    expect(await deliver(shop.rig, ofCheckout("sub_1"))).toBe(503)
    shop.rig.refuseEmails(false)
    expect(await deliver(shop.rig, ofCheckout("sub_1"))).toBe(200)
    const token = tokenOf(claimsFor(shop.rig, stranger)[0])
    await tell("fault", 500)
    expect((await openBrowser(shop.rig).post("/join/claim", { token })).status).toBe(503)
    await tell("fault", 0)
    expect((await openBrowser(shop.rig).post("/join/claim", { token })).status).toBe(303)
  })

  it("lifts a revocation only if made after it", async () => {
    await revokeMembership(env.PEOPLE, shop.member.id, Date.now())
    const [before] = await buy("sub_1", buyer)
    await openBrowser(shop.rig).post("/join/claim", { token: tokenOf(before) })
    expect((await standingOf())?.until).toBe(0)
    const [, after] = await buy("sub_2", buyer, { ...active(), start: now() + 1 })
    await openBrowser(shop.rig).post("/join/claim", { token: tokenOf(after) })
    expect((await standingOf())?.until).toBeGreaterThan(Date.now())
  })

  it.each(["", "x", "a".repeat(43)])("is not opened by any other token: %j", async (token) => {
    await buy("sub_1", stranger)
    expect((await openBrowser(shop.rig).get(`/join/claim?token=${token}`)).status).toBe(410)
    expect((await openBrowser(shop.rig).post("/join/claim", { token })).status).toBe(410)
  })
})

describe("an account deleted before Stripe's first event", () => {
  it("is not recreated by a signed-in purchase, which is cancelled", async () => {
    const { browser } = await openMember(shop.rig, buyer, 0)
    await setPurchase("sub_1", active(), { member: shop.member })
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    for (const event of [ofSubscription("created", "sub_1"), ofCheckout("sub_1"), ofInvoice("paid", "sub_1", "in_1")])
      expect(await deliver(shop.rig, event)).toBe(200)
    expect([await findMember(env.PEOPLE, buyer), ...(await statusesOf("sub_1"))]).toEqual([null, "canceled"])
    expect(shop.rig.emails).toEqual([])
  })

  it("is not recreated by an anonymous purchase, which the address can claim or cancel", async () => {
    const { browser } = await openMember(shop.rig, buyer, 0)
    await browser.post("/account/delete", { sure: "1" })
    expect((await buy("sub_1", buyer)).length).toBe(1)
    expect(await findMember(env.PEOPLE, buyer)).toBeNull()
  })

  it("takes the unclaimed purchases at its address with it, but nobody else's", async () => {
    await buy("sub_1", buyer)
    await buy("sub_2", stranger)
    await createMember(env.PEOPLE, stranger, "en", Date.now())
    const { browser } = await openMember(shop.rig, buyer, 0)
    await browser.post("/account/delete", { sure: "1" })
    expect(await statusesOf("sub_1", "sub_2")).toEqual(["canceled", "active"])
    expect((await openBrowser(shop.rig).get(claimsFor(shop.rig, buyer)[0] ?? "")).status).toBe(410)
    expect((await openBrowser(shop.rig).get(claimsFor(shop.rig, stranger)[0] ?? "")).status).toBe(200)
  })
})
