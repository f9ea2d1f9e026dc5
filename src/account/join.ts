// Joining: to Stripe's Checkout and back, claiming a purchase, Stripe's events, its billing portal.
import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { renderButtonForm } from "../render/components.ts"
import { html } from "../render/html.ts"
import { renderNotice } from "../render/newsletter-pages.ts"
import { formatWait, message } from "../site/messages.ts"
import { isBug } from "../store/failure.ts"
import type { Member } from "../store/members.ts"
import { checkoutLasts, findClaim, holdCheckout, listPayments, settleCheckout } from "../store/payments.ts"
import { consume, type Limit } from "../store/rate-limits.ts"
import { pathTo } from "./addresses.ts"
import { readBounded, readForm } from "./form.ts"
import { hashKey, hour, inAll, networkLimits } from "./network.ts"
import { handleEvent, refuseClaim, takeClaim } from "./payments.ts"
import { createCheckout, describeFailure, isUnderWay, openPortal, readEvent, type StripeSettings } from "./stripe.ts"
import { findVisitor, goTo, inTime, openSession, requireVisitor, type VisitorEnv } from "./visitor.ts"

type Ask = Context<VisitorEnv>

/** Stripe's events are some 10 KB; a subscription of many items may be larger. */
const largestEvent = 1_048_576

export const joinRoutes = new Hono<VisitorEnv>()
  .post("/join", toCheckout)
  .get("/join/welcome", (c) => tell(c, "joinWelcomeTitle", "joinWelcomeText", 200))
  .get("/join/claim", async (c) => {
    const { door, language } = c.env
    const token = c.req.query("token") ?? ""
    const claim = await inTime(findClaim(door.people, token, Date.now()))
    if (claim === null || door.stripe === null) return tell(c, "claimGoneTitle", "claimGone", 410)
    const action = pathTo("/join/claim", language, door)
    const below = html`<p><bdi dir="ltr"><b>${claim.email}</b></bdi></p>
${renderButtonForm(action, { token }, message(language, "claimTitle"))}
<p class="ui">${message(language, "claimCancelText")}</p>
${renderButtonForm(action, { token, cancel: "1" }, message(language, "claimCancel"), true)}`
    const title = message(language, "claimTitle")
    return c.html(renderNotice({ language, title, text: message(language, "claimText"), below }, door.site))
  })
  .post("/join/claim", async (c) => {
    const { door } = c.env
    const form = await readForm(c.req.raw)
    const claim = await inTime(findClaim(door.people, form.get("token") ?? "", Date.now()))
    if (claim === null || door.stripe === null) return tell(c, "claimGoneTitle", "claimGone", 410)
    try {
      if (form.get("cancel") !== null) {
        await refuseClaim(claim, door.stripe, door)
        return tell(c, "claimCancelled", "claimCancelledText", 200)
      }
      const member = await takeClaim(claim, door.stripe, door)
      if (member === null) return tell(c, "claimGoneTitle", "claimGone", 410)
      c.header("Set-Cookie", await openSession(c.req.raw, member, door))
      return goTo(c, "/account")
    } catch (error) {
      return sayTrouble(c, error, "claimTitle", "claimTrouble")
    }
  })
  .post("/join/webhook", hearStripe)
  .post("/account/billing", requireVisitor, async (c) => {
    const { door, language } = c.env
    const { member } = c.get("visitor")
    const asked = (await readForm(c.req.raw)).get("customer")
    const own = asked === null ? [] : await inTime(listPayments(door.people, member.id))
    const customer =
      asked === null ? member.stripeCustomer : own.find((payment) => payment.customer === asked)?.customer
    if (door.stripe === null || !customer) throw new HTTPException(404)
    const limits = await networkLimits(c.req.raw, door, "billing")
    const refused = await refuse(c, [
      ...limits,
      { key: `billing member:${await hashKey(member.id, door)}`, most: 30, window: hour },
    ])
    if (refused !== null) return refused
    const back = door.site.origin + pathTo("/account", language, door)
    return goAbroad(c, openPortal(door.stripe, customer, language, back))
  })

async function toCheckout(c: Ask): Promise<Response> {
  const { door, language } = c.env
  const { stripe, site } = door
  await readForm(c.req.raw)
  if (stripe === null) return c.redirect(site.origin + pathTo("/join", language, door), 303)
  const member = (await findVisitor(c.req.raw, door))?.member ?? null
  const payments = member === null ? [] : await inTime(listPayments(door.people, member.id))
  // It is paid, or Stripe is still trying to charge it: the account leads to the portal, not to a second subscription.
  if (payments.some(({ live, cancels }) => live && !cancels)) return goTo(c, "/account")
  const limits = await networkLimits(c.req.raw, door, "join")
  const refused = await refuse(c, [...limits, { key: "join", ...inAll }])
  if (refused !== null) return refused
  if (member !== null) return goAbroad(c, openOwnCheckout(c, member, stripe))
  const buyer = { language, member: null, key: crypto.randomUUID(), expires: null, ...waysBack(c, language) }
  return goAbroad(c, createCheckout(stripe, buyer, site))
}

/** A member's one open Checkout: clicks at the same moment and later ones lead to the same. */
async function openOwnCheckout(c: Ask, { id, email, stripeCustomer }: Member, stripe: StripeSettings): Promise<string> {
  const { door } = c.env
  const wanted = { language: c.env.language, customer: stripeCustomer }
  const held = await inTime(holdCheckout(door.people, id, wanted, Date.now()))
  if (held === null) throw new Error("The member is deleted")
  if (held.url !== null) return held.url
  const { language, customer, key, openedAt } = held
  const member = { id, email, customer }
  try {
    const buyer = { language, member, key, expires: openedAt + checkoutLasts, ...waysBack(c, language) }
    const url = await createCheckout(stripe, buyer, door.site)
    await inTime(settleCheckout(door.people, key, id, url))
    return url
  } catch (error) {
    if (!isUnderWay(error)) await inTime(settleCheckout(door.people, key, id, null))
    throw error
  }
}

function waysBack(c: Ask, language: string): { readonly success: string; readonly cancel: string } {
  const { door } = c.env
  const to = (page: string) => door.site.origin + pathTo(page, language, door)
  return { success: to("/join/welcome"), cancel: to("/join") }
}

/** 429 when a limit on our requests to Stripe is reached; null counts the request. */
async function refuse(c: Ask, limits: readonly Limit[]): Promise<Response | null> {
  const wait = await inTime(consume(c.env.door.people, limits, Date.now()))
  if (wait === 0) return null
  c.header("Retry-After", String(wait))
  return tell(c, "joinTroubleTitle", "joinTooMany", 429, { when: formatWait(wait, c.env.language) })
}

/** 303 to an address at Stripe, once there is one. */
async function goAbroad(c: Ask, address: Promise<string>): Promise<Response> {
  try {
    return c.redirect(await address, 303)
  } catch (error) {
    return sayTrouble(c, error, "joinTroubleTitle", "joinTroubleText")
  }
}

function sayTrouble(c: Ask, error: unknown, title: Key, text: Key): Response | Promise<Response> {
  if (isBug(error)) throw error
  console.error("stripe", describeFailure(error))
  c.header("Retry-After", "60")
  return tell(c, title, text, 503)
}

/** 200: handled, now or before. 400: not Stripe's. 503: something failed here, and Stripe is to send it again. */
async function hearStripe(c: Ask): Promise<Response> {
  const { door } = c.env
  if (door.stripe === null) throw new HTTPException(404)
  const body = await readBounded(c.req.raw, largestEvent)
  let event: Awaited<ReturnType<typeof readEvent>>
  try {
    event = await readEvent(body, c.req.header("Stripe-Signature") ?? "", door.stripe)
  } catch (error) {
    console.error("Stripe event refused", describeFailure(error))
    return c.text("Invalid or expired Stripe signature\n", 400)
  }
  try {
    await handleEvent(event, door.stripe, door)
  } catch (error) {
    if (isBug(error)) throw error
    console.error("Stripe event failed", event.id, describeFailure(error))
    return c.text("Try again later\n", 503)
  }
  return c.text("OK\n")
}

type Key = Parameters<typeof message>[1]

function tell(c: Ask, title: Key, text: Key, status: 200 | 410 | 429 | 503, words = {}): Response | Promise<Response> {
  const { door, language } = c.env
  const view = { language, title: message(language, title), text: message(language, text, words) }
  return c.html(renderNotice(view, door.site), status)
}
