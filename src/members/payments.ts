// What Stripe's events do here. An event only says which subscription to look at: what counts is its state at Stripe now.
// So events may come twice, late and in any order.
import type Stripe from "stripe"
import { writeLetter } from "../mail/letter.ts"
import { draftMemberWelcome, draftPaymentFailed } from "../mail/member-letters.ts"
import {
  createMember,
  findCustomer,
  findMemberById,
  findPayer,
  isDone,
  type Member,
  markDone,
  recordPayment,
  unmarkDone,
} from "../store/members.ts"
import { subscribe } from "../store/subscribers.ts"
import type { Door } from "./door.ts"
import {
  endStandingOrder,
  listStandingOrders,
  readStandingOrder,
  type StandingOrder,
  type StripeSettings,
} from "./stripe.ts"

/** Works an event off. @throws when a store, Stripe or the mail fails: then Stripe tells it again */
export async function handleEvent(event: Stripe.Event, settings: StripeSettings, door: Door): Promise<void> {
  const subscription = subscriptionOf(event)
  if (subscription === null || (await isDone(door.people, event.id))) return
  // Before it is asked for: whatever was asked for later knows better.
  const at = Date.now()
  const order = await readStandingOrder(settings, subscription)
  if (order !== null) await applyOrder(order, event, at, settings, door)
  await markDone(door.people, event.id, at)
}

async function applyOrder(
  order: StandingOrder,
  event: Stripe.Event,
  at: number,
  settings: StripeSettings,
  door: Door,
): Promise<void> {
  // Before the member is looked for: whoever is welcomed meanwhile was a member by then.
  const welcomed = await isDone(door.people, welcomeKey(order))
  const member = await findBuyer(order, door)
  // The account is deleted: nobody pays on for nothing, or is made a member again.
  if (member === null && welcomed) return endStandingOrder(settings, order.subscription)
  const payer = member ?? (await createBuyer(order, at, door))
  if (payer === null) return
  const { customer, subscription, until, cancels, began } = order
  await recordPayment(door.people, payer.id, { customer, subscription, until, cancels, began, at })
  if (until > at) await welcomeOnce(order, payer, door)
  if (event.type === "invoice.payment_failed" && until > at) await warnOnce(event.data.object.id, payer, until, door)
}

/** The member whom a subscription belongs to, or null: nobody here (any more). */
async function findBuyer(order: StandingOrder, { people }: Door): Promise<Member | null> {
  const known = (await findPayer(people, order.subscription)) ?? order.member
  const member = known === null ? null : await findMemberById(people, known)
  return member ?? findCustomer(people, order.customer)
}

/** A member by the address given at Stripe; none for what gives nothing any more. */
async function createBuyer(order: StandingOrder, now: number, { people, site }: Door): Promise<Member | null> {
  if (order.until <= now || order.email === null) return null
  const language = site.languages.find((one) => one === order.language) ?? site.languages[0]
  return createMember(people, order.email, language, now)
}

/** A new member gets the digest, and a letter. Once a subscription: who ends the digest is not given it again. */
async function welcomeOnce(order: StandingOrder, member: Member, door: Door): Promise<void> {
  await once(welcomeKey(order), door, async () => {
    const { email, language } = member
    await subscribe(door.people, { email, language, list: "digest" }, Date.now())
    await door.send(writeLetter(draftMemberWelcome(member, door.site), door.site))
  })
}

function welcomeKey({ subscription }: StandingOrder): string {
  return `welcome ${subscription}`
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

/** Has a member anything at Stripe that may go on charging, as far as we have been told? */
export function isPaying({ stripeSubscription, paidUntil }: Member): boolean {
  return stripeSubscription !== null && paidUntil > 0
}

/**
 * Ends at once all that a member pays at Stripe under these customers: for who deletes the account. Stripe is asked what there
 * is, since it may know of more than it has told.
 * @throws when Stripe cannot be reached: then nothing may be deleted yet
 */
export async function endPayments(customers: readonly string[], settings: StripeSettings): Promise<void> {
  for (const customer of customers)
    for (const subscription of await listStandingOrders(settings, customer))
      await endStandingOrder(settings, subscription)
}
