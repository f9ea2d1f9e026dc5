import { describe, expect, it } from "vitest"
import { signSession } from "../../src/membership/session.ts"
import { formatPrice } from "../../src/site/messages.ts"
import { startSession } from "../../src/store/credentials.ts"
import { withoutEnd } from "../../src/store/members.ts"
import { recordPayment } from "../../src/store/payments.ts"
import { openBrowser, openMember } from "./browser.ts"
import { createRig, env, origin, sessionKeys, site } from "./rig.ts"
import {
  active,
  api,
  asked,
  buyer,
  day,
  deliver,
  now,
  ofCheckout,
  ofSubscription,
  openShop,
  setPurchase,
  tell,
} from "./stripe-shop.ts"

const shop = openShop()

describe("joining", () => {
  const post = (path: string, headers: Record<string, string> = {}, body = "") =>
    shop.rig.get(path, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: origin, ...headers },
    })
  async function signIn(customer: string | null): Promise<{ id: string; cookie: string }> {
    const { createMember } = await import("../../src/store/members.ts")
    const { id } = await createMember(env.PEOPLE, buyer, "en", Date.now())
    if (customer !== null)
      await recordPayment(env.PEOPLE, id, {
        customer,
        subscription: "sub_9",
        until: 0,
        cancels: false,
        live: false,
        price: null,
        began: 1,
        at: Date.now(),
      })
    const expires = now() + 3600
    const session = await startSession(env.PEOPLE, {
      member: id,
      former: null,
      now: Date.now(),
      expires: expires * 1000,
    })
    const token = await signSession({ id: session, member: id, expires, checked: now(), until: 0 }, sessionKeys)
    return { id, cookie: `dateline=${token}` }
  }

  it("opens Stripe's Checkout with the price, language and return addresses", async () => {
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
      "adaptive_pricing[enabled]": "false",
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

  it("uses the signed-in member, and never lets them pay twice", async () => {
    const { id, cookie } = await signIn(null)
    await post("/join", { Cookie: cookie })
    expect((await asked())[0]?.fields).toMatchObject({
      client_reference_id: id,
      customer_email: buyer,
      "subscription_data[metadata][member]": id,
    })
    const payment = {
      customer: "cus_1",
      subscription: "sub_1",
      until: Date.now() + 1e9,
      cancels: false,
      live: true,
      price: null,
      began: 1,
    }
    await recordPayment(env.PEOPLE, id, { ...payment, at: Date.now() })
    const again = await post("/join", { Cookie: cookie })
    expect([again.status, again.headers.get("Location")]).toEqual([303, `${origin}/account`])
    expect((await asked()).length).toBe(1)
  })

  it("opens one Checkout per member, however often and in whatever language the button is pressed", async () => {
    const { cookie } = await signIn("cus_9")
    const urls = await Promise.all(
      ["/join", "/fr/join", "/join", "/ar/join"].map(async (path) =>
        (await post(path, { Cookie: cookie })).headers.get("Location"),
      ),
    )
    urls.push((await post("/fr/join", { Cookie: cookie })).headers.get("Location"))
    expect(new Set(urls).size).toBe(1)
    expect(urls[0]).toMatch(new RegExp(`^${api}/pay`))
    const requests = await asked()
    expect(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    // When it has expired, another one opens.
    await env.PEOPLE.prepare("UPDATE checkouts SET opened_at = opened_at - 3600000").run()
    const later = (await post("/join", { Cookie: cookie })).headers.get("Location")
    expect(later).toMatch(new RegExp(`^${api}/pay`))
    expect(urls).not.toContain(later)
    const [first, last] = [requests[0], (await asked()).at(-1)].map((request) => Number(request?.fields.expires_at))
    expect(first).toBeLessThanOrEqual(last ?? 0)
    expect((last ?? 0) - now()).toBeGreaterThan(1800)
  })

  it("opens another Checkout after Stripe has failed to open one", async () => {
    const { cookie } = await signIn(null)
    await tell("fault", 402)
    expect((await post("/join", { Cookie: cookie })).status).toBe(503)
    await tell("fault", 0)
    expect((await post("/join", { Cookie: cookie })).headers.get("Location")).toMatch(new RegExp(`^${api}/pay`))
  })

  it.each([
    "past_due",
    "incomplete",
    "unpaid",
    "paused",
  ])("sends a member whose subscription is %s to the portal instead of a second Checkout", async (status) => {
    const { cookie } = await signIn(null)
    await setPurchase("sub_1", { ...active(), status, start: now() - 30 * day }, { member: shop.member })
    expect(await deliver(shop.rig, ofSubscription("updated", "sub_1"))).toBe(200)
    const response = await post("/join", { Cookie: cookie })
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${origin}/account`])
    const page = await (await shop.rig.get("/account", { headers: { Cookie: cookie } })).text()
    expect(page).toContain('name="customer" value="cus_sub_1"')
    await setPurchase("sub_1", { ...active(), status: "canceled" }, { member: shop.member })
    await deliver(shop.rig, ofSubscription("deleted", "sub_1"))
    expect((await post("/join", { Cookie: cookie })).headers.get("Location")).toMatch(new RegExp(`^${api}/pay`))
  })

  it("links to every subscription that still charges, with its price as on the join page", async () => {
    const { cookie } = await signIn(null)
    await setPurchase("sub_1", active(), { member: shop.member, amount: 500 })
    await setPurchase(
      "sub_2",
      { ...active(), end: now() + 300 * day, cancels: true },
      { member: shop.member, amount: 700 },
    )
    await setPurchase("sub_3", { ...active(), status: "canceled" }, { member: shop.member })
    for (const id of ["sub_1", "sub_2", "sub_3"]) await deliver(shop.rig, ofCheckout(id))
    for (const [prefix, language] of [
      ["", "en"],
      ["/fr", "fr"],
      ["/ar", "ar"],
    ] as const) {
      const page = await (await shop.rig.get(`${prefix}/account`, { headers: { Cookie: cookie } })).text()
      expect([...page.matchAll(/name="customer" value="(\w+)"/g)].map(([, id]) => id)).toEqual([
        "cus_sub_2",
        "cus_sub_1",
      ])
      for (const amount of [500, 700])
        expect(page).toContain(formatPrice({ amount, currency: "USD", interval: "month" }, language))
      expect(await (await shop.rig.get(`${prefix}/join`)).text()).toContain(
        `<h2>${formatPrice(site.membership.price, language)}</h2>`,
      )
    }
    expect(shop.rig.emails.map(({ text }) => text).join()).toContain(formatPrice(site.membership.price, "fr"))
    for (const customer of ["cus_sub_1", "cus_sub_2"]) {
      const response = await post("/account/billing", { Cookie: cookie }, `customer=${customer}`)
      expect(response.headers.get("Location")).toBe(`${api}/portal?customer=${customer}`)
    }
    expect((await post("/account/billing", { Cookie: cookie }, "customer=cus_other")).status).toBe(404)
  })

  it.each([
    [500, "usd", "month", 1, 303],
    [501, "usd", "month", 1, 503],
    [500, "cad", "month", 1, 503],
    [500, "usd", "year", 1, 503],
    [500, "usd", "month", 3, 503],
  ])("with a Stripe price opens only if it matches the page: %i %s a %s × %i", async (amount, currency, interval, count, status) => {
    const id = `price_${amount}${currency}${interval}${count}`
    const recurring = { interval, interval_count: count, usage_type: "licensed" }
    await tell("price", { id, object: "price", unit_amount: amount, currency, recurring })
    await shop.open({ ...site, membership: { ...site.membership, stripePrice: id } })
    expect((await post("/join")).status).toBe(status)
    const opened = (await asked()).filter(({ path }) => path === "/v1/checkout/sessions")
    if (status === 303) expect(opened[0]?.fields).toMatchObject({ "line_items[0][price]": id, currency: "usd" })
    else
      expect([opened, shop.said.join()]).toEqual([
        [],
        expect.stringContaining(`membership.price is 500 USD month, but the Stripe price ${id} charges`),
      ])
  })

  it("treats a member whose Stripe customer was deleted as a new customer", async () => {
    const { id, cookie } = await signIn("cus_gone")
    expect((await post("/join", { Cookie: cookie })).headers.get("Location")).toMatch(new RegExp(`^${api}/pay`))
    const { customer, ...fields } = (await asked()).at(-1)?.fields ?? {}
    expect([customer, fields.client_reference_id, fields.customer_email]).toEqual([undefined, id, buyer])
  })

  it("refuses other sites, other content types and too many requests from one network", async () => {
    expect((await post("/join", { Origin: "https://evil.example" })).status).toBe(403)
    expect((await post("/join", { "Content-Type": "application/json" })).status).toBe(415)
    const statuses = []
    for (let i = 0; i < 32; i++) statuses.push((await post("/join")).status)
    expect(statuses).toEqual([...Array(30).fill(303), 429, 429])
  })

  it("opens at most 120 Checkouts an hour for an IPv6 /32, and still one for a buyer elsewhere", async () => {
    const from = (network: string) => post("/join", { "CF-Connecting-IP": network })
    const statuses = []
    for (let i = 0; i < 140; i++) statuses.push((await from(`2001:db8:${i.toString(16)}::1`)).status)
    expect(statuses).toEqual([...Array(120).fill(303), ...Array(20).fill(429)])
    expect((await asked()).length).toBe(120)
    expect((await from("2001:db9::1")).status).toBe(303)
    expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM members").first("n")).toBe(1)
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

  it("says that Stripe cannot be reached, without showing Stripe's error", async () => {
    await tell("fault", 402)
    const response = await post("/join")
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"])
    const page = await response.text()
    expect(page).toContain("You have not been charged")
    expect(page).not.toContain("reader@example.org")
  })

  it("opens the billing portal only for members with a Stripe customer", async () => {
    expect((await post("/account/billing")).headers.get("Location")).toContain("/sign-in?next=%2Faccount")
    const { cookie } = await signIn("cus_9")
    const response = await post("/account/billing", { Cookie: cookie })
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${api}/portal?customer=cus_9`])
    expect((await asked()).at(-1)?.fields).toMatchObject({ customer: "cus_9", return_url: `${origin}/account` })
    expect((await post("/account/billing", { Cookie: cookie, Origin: "https://evil.example" })).status).toBe(403)
  })

  it("is offered to everyone but members, without script too, and their page is stored nowhere", async () => {
    const { browser } = await openMember(shop.rig, "joined@example.org", withoutEnd)
    const lapsed = (await openMember(shop.rig, "lapsed@example.org", Date.now() - 1000)).browser
    for (const prefix of ["", "/fr", "/ar"]) {
      const order = [browser, lapsed, openBrowser(shop.rig), browser, openBrowser(shop.rig).at(1)]
      for (const one of order) {
        const response = await one.get(`${prefix}/join`)
        const page = await response.text()
        const offered = one !== browser
        expect(page.includes(`action="${prefix}/join"`)).toBe(offered)
        expect(page.includes(`<a class="button" href="${prefix}/account">`)).toBe(!offered)
        expect(response.headers.get("Cache-Control")).toBe(offered ? "private, no-cache" : "private, no-store")
      }
    }
    const etag = (await browser.get("/join")).headers.get("ETag") ?? ""
    expect((await openBrowser(shop.rig).get("/join", { "If-None-Match": etag })).status).toBe(200)
  })

  it("without Stripe keys explains how to join, and accepts no events", async () => {
    shop.rig = await createRig()
    const page = await (await shop.rig.get("/join")).text()
    expect(page).toContain("To become a member, write to")
    expect(page).not.toContain('action="/join"')
    expect((await post("/join")).headers.get("Location")).toBe(`${origin}/join`)
    expect((await shop.rig.get("/join/webhook", { method: "POST", body: "{}" })).status).toBe(404)
  })
})
