// Handles Stripe's events. An event only says which subscription to look up: what counts is its current state at
// Stripe, so events may arrive twice, late or in any order. A subscription belongs to the member who was signed in when
// it was bought, or to the person who claims it through a link emailed to the address typed at Stripe: an address alone
// proves nothing.

import type Stripe from "stripe"
import { claimEmail, memberWelcomeEmail, paymentFailedEmail } from "../mail/account-emails.ts"
import { createMember, findMemberById } from "../store/members.ts"
import {
  type Claim,
  createClaim,
  dropClaims,
  findCustomer,
  findPayer,
  isDone,
  listPayable,
  markDone,
  recordPayment,
  unmarkDone,
} from "../store/payments.ts"
import type { Member } from "../store/sessions-and-gifts.ts"
import { subscribe } from "../store/subscribers.ts"
import { type AccountContext, urlTo } from "./context.ts"
import {
  cancelSubscription,
  listSubscriptions,
  readSubscription,
  type StripeContext,
  type Subscription,
} from "./stripe.ts"

/** Handles an event. @throws if a store, Stripe or email fails, so that Stripe sends the event again */
export async function handleEvent(event: Stripe.Event, context: StripeContext): Promise<void> {
  const id = subscriptionOf(event)
  if (id === null || (await isDone(context.people, event.id))) return
  // Read before asking Stripe: of two states, the one requested later counts as newer.
  const at = Date.now()
  const subscription = await readSubscription(context.stripe, id)
  if (subscription !== null) await applyState(subscription, event, at, context)
  await markDone(context.people, event.id, at)
}

async function applyState(subscription: Subscription, event: Stripe.Event, at: number, context: StripeContext) {
  const { people, stripe } = context
  // Checked before the payer is looked up: anyone welcomed before this check is already recorded as the payer.
  const welcomed = await isDone(people, welcomeKey(subscription))
  const payer = await findPayerOf(subscription, people)
  if (payer === null && !welcomed) return offerClaim(subscription, at, context)
  const member = payer === null ? null : await findMemberById(people, payer)
  const recorded = member !== null && (await recordPayment(people, member.id, { ...subscription, at }))
  // The account has been deleted, perhaps only just now: stop charging for it, and do not recreate it.
  if (!recorded) return subscription.live ? cancelSubscription(stripe, subscription.subscription) : undefined
  const { until } = subscription
  if (until <= at) return
  await welcomeOnce(subscription, member, context)
  if (event.type === "invoice.payment_failed") await warnOnce(event.data.object.id, member, until, context)
}

/** The id of the member, possibly deleted, who owns a subscription; null if nobody does yet. */
async function findPayerOf({ subscription, member, customer }: Subscription, people: D1Database) {
  return (await findPayer(people, subscription)) ?? member ?? (await findCustomer(people, customer))
}

/** Emails a claim link to the address typed at Stripe, after the purchase and each renewal until it is claimed. */
async function offerClaim(bought: Subscription, at: number, context: AccountContext): Promise<void> {
  const { subscription, email, until, price } = bought
  if (until <= at || email === null) return
  const { people, site, send } = context
  const language = site.languages.find((one) => one === bought.language) ?? site.languages[0]
  await once(`claim ${subscription} ${until}`, people, async () => {
    const token = await createClaim(people, { subscription, email, language }, until)
    const url = urlTo(`/join/claim?token=${token}`, { site, language })
    await send(claimEmail({ email, language }, url, price, site))
  })
}

/**
 * Adds a claimed subscription to the account of the address that the claim was emailed to.
 * @returns the member, or null if the claim is no longer valid
 */
export async function takeClaim(claim: Claim & { readonly hash: string }, context: StripeContext) {
  const { people, stripe } = context
  const at = Date.now()
  const subscription = await readSubscription(stripe, claim.subscription)
  if (subscription === null || subscription.until <= at) return null
  const { id } = await createMember(people, claim.email, claim.language, at)
  if (!(await recordPayment(people, id, { ...subscription, at }, claim.hash))) return null
  const member = await findMemberById(people, id)
  try {
    if (member !== null) await welcomeOnce(subscription, member, context)
  } catch (error) {
    // Stripe's next event about the subscription will trigger another attempt.
    console.error("welcome email not sent", error instanceof Error ? error.name : "unknown")
  }
  return member
}

/** Cancels an unclaimed subscription. */
export async function refuseClaim({ subscription }: Claim, { people, stripe }: StripeContext): Promise<void> {
  await cancelSubscription(stripe, subscription)
  await dropClaims(people, subscription)
}

/** Subscribes a new member to the digest and emails a welcome, once per subscription so that unsubscribing lasts. */
async function welcomeOnce(subscription: Subscription, member: Member, { people, site, send }: AccountContext) {
  await once(welcomeKey(subscription), people, async () => {
    const { email, language } = member
    await subscribe(people, { email, language, list: "digest" }, Date.now())
    await send(memberWelcomeEmail(member, subscription.price, site))
  })
}

function welcomeKey({ subscription }: Subscription): string {
  return `welcome ${subscription}`
}

async function warnOnce(invoice: string | undefined, member: Member, until: number, context: AccountContext) {
  const { people, site, send } = context
  if (invoice !== undefined)
    await once(`failed ${invoice}`, people, () => send(paymentFailedEmail(member, until, site)))
}

async function once(key: string, people: D1Database, work: () => Promise<unknown>): Promise<void> {
  if (!(await markDone(people, key, Date.now()))) return
  try {
    await work()
  } catch (error) {
    await unmarkDone(people, key)
    throw error
  }
}

/**
 * The id of the subscription that an event is about, or null. A Checkout has this id at the top level, an invoice under
 * `parent` (at the top level before Stripe's API version 2025-03-31).
 */
function subscriptionOf({ data }: Stripe.Event): string | null {
  const { object, id, subscription, parent } = data.object as unknown as {
    readonly object: string
    readonly id: string
    readonly subscription?: string | { readonly id: string } | null
    readonly parent?: Stripe.Invoice["parent"]
  }
  if (object === "subscription") return id
  const named = parent?.subscription_details?.subscription ?? subscription
  return typeof named === "string" ? named : (named?.id ?? null)
}

/**
 * Cancels all of a member's subscriptions before the account is deleted. Asks Stripe for them, since it may have some
 * that no event has reported yet. Also cancels unclaimed subscriptions for the member's address: nobody else can claim
 * them.
 * @throws if Stripe cannot be reached: nothing may be deleted yet
 */
export async function endPayments(member: Member, { people, stripe }: StripeContext): Promise<void> {
  const { customers, subscriptions } = await listPayable(people, member)
  const listed: string[] = []
  for (const customer of customers) listed.push(...(await listSubscriptions(stripe, customer)))
  for (const subscription of new Set([...subscriptions, ...listed])) await cancelSubscription(stripe, subscription)
}
