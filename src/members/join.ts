// Joining: to Stripe's Checkout and back, what Stripe tells us afterwards, and its billing portal.
import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { renderNotice } from "../render/newsletter-pages.ts"
import { formatWait, message } from "../site/messages.ts"
import { isBug } from "../store/failure.ts"
import { consume, type Limit } from "../store/rate-limits.ts"
import { pathTo } from "./addresses.ts"
import { readBounded, readForm } from "./form.ts"
import { hashKey, hour, inAll, networkLimits } from "./network.ts"
import { handleEvent } from "./payments.ts"
import { createCheckout, describeFailure, openPortal, readEvent } from "./stripe.ts"
import { findVisitor, inTime, requireVisitor, type VisitorEnv } from "./visitor.ts"

type Ask = Context<VisitorEnv>

/** Stripe's events are some 10 KB; a subscription of many items may be larger. */
const largestEvent = 1_048_576

export const joinRoutes = new Hono<VisitorEnv>()
  .post("/join", toCheckout)
  .get("/join/welcome", (c) => tell(c, "joinWelcomeTitle", "joinWelcomeText", 200))
  .post("/join/webhook", hearStripe)
  .post("/account/billing", requireVisitor, async (c) => {
    const { door, language } = c.env
    const { id, stripeCustomer } = c.get("visitor").member
    if (door.stripe === null || stripeCustomer === null) throw new HTTPException(404)
    const limits = await networkLimits(c.req.raw, door, "billing")
    const refused = await refuse(c, [
      ...limits,
      { key: `billing member:${await hashKey(id, door)}`, most: 30, window: hour },
    ])
    if (refused !== null) return refused
    const back = door.site.origin + pathTo("/account", language, door)
    return goAbroad(c, openPortal(door.stripe, stripeCustomer, language, back))
  })

async function toCheckout(c: Ask): Promise<Response> {
  const { door, language } = c.env
  const { stripe, site } = door
  await readForm(c.req.raw)
  if (stripe === null) return c.redirect(site.origin + pathTo("/join", language, door), 303)
  const member = (await findVisitor(c.req.raw, door))?.member ?? null
  if (member !== null && member.stripeSubscription !== null && member.until > Date.now() && !member.cancels)
    return c.redirect(site.origin + pathTo("/account", language, door), 303)
  const limits = await networkLimits(c.req.raw, door, "join")
  const refused = await refuse(c, [...limits, { key: "join", ...inAll }])
  if (refused !== null) return refused
  const success = site.origin + pathTo("/join/welcome", language, door)
  const cancel = site.origin + pathTo("/join", language, door)
  return goAbroad(c, createCheckout(stripe, { language, member, success, cancel }, site))
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
    if (isBug(error)) throw error
    console.error("stripe", describeFailure(error))
    c.header("Retry-After", "60")
    return tell(c, "joinTroubleTitle", "joinTroubleText", 503)
  }
}

/** 200: heard, once or again. 400: not Stripe's. 503: something failed here, Stripe is to tell it again. */
async function hearStripe(c: Ask): Promise<Response> {
  const { door } = c.env
  if (door.stripe === null) throw new HTTPException(404)
  const body = await readBounded(c.req.raw, largestEvent)
  let event: Awaited<ReturnType<typeof readEvent>>
  try {
    event = await readEvent(body, c.req.header("Stripe-Signature") ?? "", door.stripe)
  } catch (error) {
    console.error("an event was refused", describeFailure(error))
    return c.text("This is not signed by Stripe, or not just now.\n", 400)
  }
  try {
    await handleEvent(event, door.stripe, door)
  } catch (error) {
    if (isBug(error)) throw error
    console.error("an event was not worked off", event.id, describeFailure(error))
    return c.text("Tell me again.\n", 503)
  }
  return c.text("Heard.\n")
}

type Key = Parameters<typeof message>[1]

function tell(c: Ask, title: Key, text: Key, status: 200 | 429 | 503, words = {}): Response | Promise<Response> {
  const { door, language } = c.env
  const view = { language, title: message(language, title), text: message(language, text, words) }
  return c.html(renderNotice(view, door.site), status)
}
