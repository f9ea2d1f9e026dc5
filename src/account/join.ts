// Joining: Stripe Checkout, claiming a purchase, and Stripe's webhook and billing portal.

import { HTTPException } from "hono/http-exception"
import { renderButtonForm } from "../render/components.ts"
import { html } from "../render/html.ts"
import { formatWait, type MessageKey, message } from "../site/messages.ts"
import { checkoutLasts, findClaim, holdCheckout, listPayments, settleCheckout } from "../store/payments.ts"
import type { Member } from "../store/sessions-and-gifts.ts"
import {
  type Call,
  findSignedIn,
  goTo,
  newRoutes,
  openSession,
  pathTo,
  readForm,
  readText,
  requireSignIn,
  showNotice,
} from "./context.ts"
import { admit, hashKey, hour, inAll } from "./limits.ts"
import { handleEvent, refuseClaim, takeClaim } from "./payments.ts"
import {
  createCheckout,
  isUnderWay,
  logFailure,
  openPortal,
  readEvent,
  type StripeContext,
  takesPayments,
} from "./stripe.ts"

export const webhook = "/join/webhook"

export const joinRoutes = newRoutes()
  .post("/join", goToCheckout)
  .get("/join/welcome", (c) => showNotice(c, "joinWelcomeTitle", "joinWelcomeText"))
  .get("/join/claim", async (c) => {
    const token = c.req.query("token") ?? ""
    const claim = await findClaim(c.env.people, token, Date.now())
    if (claim === null || !takesPayments(c.env)) return claimGone(c)
    const action = pathTo("/join/claim", c.env)
    const say = (key: MessageKey) => message(c.env.language, key)
    const below = html`<p><bdi dir="ltr"><b>${claim.email}</b></bdi></p>
${renderButtonForm(action, { token }, say("claimTitle"))}
<p class="ui">${say("claimCancelText")}</p>
${renderButtonForm(action, { token, cancel: "1" }, say("claimCancel"), "quiet")}`
    return showNotice(c, "claimTitle", "claimText", { below })
  })
  .post("/join/claim", async (c) => {
    const context = c.env
    const form = await readForm(c)
    const claim = await findClaim(context.people, form.get("token") ?? "", Date.now())
    if (claim === null || !takesPayments(context)) return claimGone(c)
    try {
      if (form.get("cancel") !== null) {
        await refuseClaim(claim, context)
        return showNotice(c, "claimCancelled", "claimCancelledText")
      }
      const member = await takeClaim(claim, context)
      if (member === null) return claimGone(c)
      await openSession(c, member)
      return goTo(c, "/account")
    } catch (error) {
      return showTrouble(c, error, "claimTitle", "claimTrouble")
    }
  })
  .post(webhook, receiveEvent)
  .post("/account/billing", requireSignIn, async (c) => {
    const context = c.env
    const { member } = c.var.signedIn
    const asked = (await readForm(c)).get("customer")
    const own = asked === null ? [] : await listPayments(context.people, member.id)
    const customer =
      asked === null ? member.stripeCustomer : own.find((payment) => payment.customer === asked)?.customer
    if (!takesPayments(context) || !customer) throw new HTTPException(404)
    const limit = { key: `billing member:${await hashKey(member.id, context)}`, most: 30, window: hour }
    const wait = await admit(c, "billing", limit)
    return wait > 0 ? tooMany(c, wait) : goToStripe(c, openPortal(context, customer))
  })

async function goToCheckout(c: Call): Promise<Response> {
  const context = c.env
  await readForm(c)
  if (!takesPayments(context)) return goTo(c, "/join")
  const member = (await findSignedIn(c.req.raw, context))?.member ?? null
  const payments = member === null ? [] : await listPayments(context.people, member.id)
  // Already paid, or Stripe is retrying: go to the account page, which links to the portal, not to a second purchase.
  if (payments.some(({ live, cancels }) => live && !cancels)) return goTo(c, "/account")
  const wait = await admit(c, "join", { key: "join", ...inAll })
  if (wait > 0) return tooMany(c, wait)
  const anyone = { member: null, key: crypto.randomUUID(), expires: null }
  return goToStripe(c, member === null ? createCheckout(context, anyone) : openOwnCheckout(context, member))
}

/** A member has at most one open Checkout: simultaneous and later clicks all lead to it. */
async function openOwnCheckout(context: StripeContext, { id, email, stripeCustomer }: Member): Promise<string> {
  const { people } = context
  const wanted = { language: context.language, customer: stripeCustomer }
  const held = await holdCheckout(people, id, wanted, Date.now())
  if (held === null) throw new Error("The member has been deleted")
  if (held.url !== null) return held.url
  const { language, customer, key, openedAt } = held
  try {
    const buyer = { member: { id, email, customer }, key, expires: openedAt + checkoutLasts }
    const url = await createCheckout({ ...context, language }, buyer)
    await settleCheckout(people, key, id, url)
    return url
  } catch (error) {
    if (!isUnderWay(error)) await settleCheckout(people, key, id, null)
    throw error
  }
}

function tooMany(c: Call, wait: number) {
  return showNotice(c, "joinTroubleTitle", "joinTooMany", {
    status: 429,
    words: { when: formatWait(wait, c.env.language) },
  })
}

/** Redirects (303) to a URL at Stripe, once Stripe has returned it. */
async function goToStripe(c: Call, address: Promise<string>): Promise<Response> {
  try {
    return c.redirect(await address, 303)
  } catch (error) {
    return showTrouble(c, error, "joinTroubleTitle", "joinTroubleText")
  }
}

function showTrouble(c: Call, error: unknown, title: MessageKey, text: MessageKey) {
  logFailure("stripe", error)
  c.header("Retry-After", "60")
  return showNotice(c, title, text, { status: 503 })
}

function claimGone(c: Call) {
  return showNotice(c, "linkGone", "claimGone", { status: 410 })
}

/** 200: handled, now or earlier. 400: not from Stripe. 503: handling failed, so Stripe will send the event again. */
async function receiveEvent(c: Call): Promise<Response> {
  const context = c.env
  if (!takesPayments(context)) throw new HTTPException(404)
  const body = await readText(c)
  let event: Awaited<ReturnType<typeof readEvent>>
  try {
    event = await readEvent(body, c.req.header("Stripe-Signature") ?? "", context.stripe)
  } catch (error) {
    console.error("Stripe event refused", (error as { type?: string }).type ?? "not an event")
    return c.text("Not a Stripe event with a valid, recent signature\n", 400)
  }
  try {
    await handleEvent(event, context)
  } catch (error) {
    logFailure(`Stripe event ${event.id} failed`, error)
    return c.text("Try again later\n", 503)
  }
  return c.text("OK\n")
}
