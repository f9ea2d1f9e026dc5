// What Stripe's events do here. An event only says which subscription to look at: what counts is its state at Stripe now.
// So events may come twice, late and in any order. A subscription belongs to the member who was signed in when it was bought,
// or to whoever claims it through a link that is mailed to the address typed at Stripe: an address alone proves nothing.
import type Stripe from "stripe"
import { writeLetter } from "../mail/letter.ts"
import { draftClaim, draftMemberWelcome, draftPaymentFailed } from "../mail/member-letters.ts"
import { createMember, findMemberById, type Member } from "../store/members.ts"
import {
  type Claim,
  createClaim,
  dropClaims,
  findCustomer,
  findPayer,
  isDone,
  type listPayable,
  markDone,
  recordPayment,
  unmarkDone,
} from "../store/payments.ts"
import { subscribe } from "../store/subscribers.ts"
import { pathTo } from "./addresses.ts"
import type { Door } from "./door.ts"
import {
  cancelSubscription,
  listSubscriptions,
  readSubscription,
  type StripeSettings,
  type Subscription,
} from "./stripe.ts"

/** Handles an event. @throws when a store, Stripe or the mail fails: then Stripe sends it again */
export async function handleEvent(event: Stripe.Event, settings: StripeSettings, door: Door): Promise<void> {
  const id = subscriptionOf(event)
  if (id === null || (await isDone(door.people, event.id))) return
  // Before Stripe is asked: a state that was asked for later is newer.
  const at = Date.now()
  const subscription = await readSubscription(settings, id)
  if (subscription !== null) await applyState(subscription, event, at, settings, door)
  await markDone(door.people, event.id, at)
}

async function applyState(
  subscription: Subscription,
  event: Stripe.Event,
  at: number,
  settings: StripeSettings,
  door: Door,
): Promise<void> {
  // Before the member is looked for: whoever is welcomed meanwhile was a member by then.
  const welcomed = await isDone(door.people, welcomeKey(subscription))
  const payer = await findPayerOf(subscription, door)
  if (payer === null && !welcomed) return offerClaim(subscription, at, door)
  const member = payer === null ? null : await findMemberById(door.people, payer)
  const kept = member !== null && (await recordPayment(door.people, member.id, { ...subscription, at }))
  // The account is deleted, perhaps this moment: nobody pays on for nothing, or is made a member again.
  if (!kept) return subscription.live ? cancelSubscription(settings, subscription.subscription) : undefined
  const { until } = subscription
  if (until > at) await welcomeOnce(subscription, member, door)
  if (event.type === "invoice.payment_failed" && until > at) await warnOnce(event.data.object.id, member, until, door)
}

/** The member whom a subscription belongs to, deleted ones too; null: nobody yet. */
async function findPayerOf({ subscription, member, customer }: Subscription, { people }: Door): Promise<string | null> {
  return (await findPayer(people, subscription)) ?? member ?? (await findCustomer(people, customer))
}

/** Mails the address typed at Stripe a link to claim the subscription: after the purchase, and after each renewal until it is claimed. */
async function offerClaim({ subscription, email, until, price, ...made }: Subscription, at: number, door: Door) {
  if (until <= at || email === null) return
  const { people, site } = door
  const language = site.languages.find((one) => one === made.language) ?? site.languages[0]
  await once(`claim ${subscription} ${until}`, door, async () => {
    const token = await createClaim(people, { subscription, email, language }, until)
    const url = `${site.origin}${pathTo("/join/claim", language, door)}?token=${token}`
    await door.send(writeLetter(draftClaim({ email, language }, url, price, site), site))
  })
}

/** Takes a claimed subscription into the account of the address that it was mailed to. @returns the member; null: the claim no longer works */
export async function takeClaim(
  claim: Claim & { readonly hash: string },
  settings: StripeSettings,
  door: Door,
): Promise<Member | null> {
  const at = Date.now()
  const subscription = await readSubscription(settings, claim.subscription)
  if (subscription === null || subscription.until <= at) return null
  const { id } = await createMember(door.people, claim.email, claim.language, at)
  if (!(await recordPayment(door.people, id, { ...subscription, at }, claim.hash))) return null
  const member = await findMemberById(door.people, id)
  try {
    if (member !== null) await welcomeOnce(subscription, member, door)
  } catch (error) {
    // Stripe's next event sends it.
    console.error("welcome not sent", error instanceof Error ? error.name : "unknown")
  }
  return member
}

/** Cancels an unclaimed subscription. */
export async function refuseClaim({ subscription }: Claim, settings: StripeSettings, door: Door): Promise<void> {
  await cancelSubscription(settings, subscription)
  await dropClaims(door.people, subscription)
}

/** A new member gets the digest, and a letter. Once a subscription: who ends the digest is not given it again. */
async function welcomeOnce(subscription: Subscription, member: Member, door: Door): Promise<void> {
  await once(welcomeKey(subscription), door, async () => {
    const { email, language } = member
    await subscribe(door.people, { email, language, list: "digest" }, Date.now())
    await door.send(writeLetter(draftMemberWelcome(member, subscription.price, door.site), door.site))
  })
}

function welcomeKey({ subscription }: Subscription): string {
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

/**
 * Cancels everything that a member pays, for the deletion of the account. Stripe is asked what a customer has, since it may
 * know of more than its events have said; what waits to be claimed at the member's address ends too, for nobody else can
 * claim it.
 * @throws when Stripe cannot be reached: then nothing may be deleted yet
 */
export async function endPayments(
  { customers, subscriptions }: Awaited<ReturnType<typeof listPayable>>,
  settings: StripeSettings,
): Promise<void> {
  const listed: string[] = []
  for (const customer of customers) listed.push(...(await listSubscriptions(settings, customer)))
  for (const subscription of new Set([...subscriptions, ...listed])) await cancelSubscription(settings, subscription)
}
