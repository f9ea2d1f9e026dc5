// What Stripe's events do here. An event only says which subscription to look at: what counts is its state at Stripe now.
// So events may come twice, late and in any order.
import type Stripe from "stripe"
import { writeLetter } from "../mail/letter.ts"
import { draftMemberWelcome, draftPaymentFailed } from "../mail/member-letters.ts"
import { createMember, findCustomer, findMemberById, type Member } from "../store/members.ts"
import { findPayer, isDone, listLivePayments, markDone, recordPayment, unmarkDone } from "../store/payments.ts"
import { subscribe } from "../store/subscribers.ts"
import type { Door } from "./door.ts"
import { endStandingOrder, readStandingOrder, type StandingOrder, type StripeSettings } from "./stripe.ts"

/** Works an event off. @throws when a store, Stripe or the mail fails: then Stripe tells it again */
export async function handleEvent(event: Stripe.Event, settings: StripeSettings, door: Door): Promise<void> {
  const subscription = subscriptionOf(event)
  if (subscription === null || (await isDone(door.people, event.id))) return
  // Before it is asked for: whatever was asked for later knows better.
  const at = Date.now()
  const order = await readStandingOrder(settings, subscription)
  if (order !== null) await applyOrder(order, event, at, door)
  await markDone(door.people, event.id, at)
}

async function applyOrder(order: StandingOrder, event: Stripe.Event, at: number, door: Door): Promise<void> {
  const member = await findBuyer(order, at, door)
  if (member === null) return
  const { customer, subscription, until, cancels } = order
  await recordPayment(door.people, member.id, { customer, subscription, until, cancels, at })
  if (until > at) await welcomeOnce(order, member, door)
  if (event.type === "invoice.payment_failed" && until > at) await warnOnce(event.data.object.id, member, until, door)
}

/** The member whom a subscription belongs to; made from the address given at Stripe, unless it gives nothing any more. */
async function findBuyer(order: StandingOrder, now: number, door: Door): Promise<Member | null> {
  const { people, site } = door
  const known = (await findPayer(people, order.subscription)) ?? order.member
  const member =
    (known === null ? null : await findMemberById(people, known)) ?? (await findCustomer(people, order.customer))
  if (member !== null || order.until <= now || order.email === null) return member
  const language = site.languages.find((one) => one === order.language) ?? site.languages[0]
  return createMember(people, order.email, language, now)
}

/** A new member gets the digest, and a letter. Once a subscription: who ends the digest is not given it again. */
async function welcomeOnce(order: StandingOrder, member: Member, door: Door): Promise<void> {
  await once(`welcome ${order.subscription}`, door, async () => {
    const { email, language } = member
    await subscribe(door.people, { email, language, list: "digest" }, Date.now())
    await door.send(writeLetter(draftMemberWelcome(member, door.site), door.site))
  })
}

async function warnOnce(invoice: string | undefined, member: Member, until: number, door: Door): Promise<void> {
  if (invoice === undefined) return
  await once(`failed ${invoice}`, door, () =>
    door.send(writeLetter(draftPaymentFailed(member, until, door.site), door.site)),
  )
}

async function once(key: string, door: Door, work: () => Promise<void>): Promise<void> {
  if (!(await markDone(door.people, key, Date.now()))) return
  try {
    await work()
  } catch (error) {
    await unmarkDone(door.people, key)
    throw error
  }
}

/** Which subscription an event is about; null: it is about none, or is none of ours to know. */
function subscriptionOf(event: Stripe.Event): string | null {
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.async_payment_failed":
      return idOf(event.data.object.subscription)
    case "customer.subscription.created":
    case "customer.subscription.updated":
    case "customer.subscription.deleted":
    case "customer.subscription.paused":
    case "customer.subscription.resumed":
      return event.data.object.id
    case "invoice.paid":
    case "invoice.payment_failed":
      return subscriptionOfInvoice(event.data.object)
    default:
      return null
  }
}

function subscriptionOfInvoice(invoice: Stripe.Invoice): string | null {
  // Accounts whose events are of a version before 2025-03-31 have it at the top.
  const former = (invoice as unknown as { subscription?: string | null }).subscription
  return idOf(invoice.parent?.subscription_details?.subscription ?? former)
}

function idOf(thing: string | { id: string } | null | undefined): string | null {
  return typeof thing === "string" ? thing : (thing?.id ?? null)
}

/**
 * Ends all that a member pays at Stripe, at once: for who deletes the account. The event that follows finds no member and
 * makes none.
 * @throws when Stripe cannot be reached, or the site has no keys for it any more: then nothing may be deleted yet
 */
export async function cancelSubscription(door: Door, member: Member): Promise<void> {
  const live = await listLivePayments(door.people, member.id)
  if (live.length === 0) return
  if (door.stripe === null) throw new Error("a subscription cannot be cancelled without the keys for Stripe")
  for (const subscription of live) await endStandingOrder(door.stripe, subscription)
}
