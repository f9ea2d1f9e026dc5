// Calls Stripe through its SDK, which only this file loads: Checkout, billing portal, subscriptions and events.
import type Stripe from "stripe"
import type { StripeSettings } from "../membership/stripe-settings.ts"
import type { Price } from "../site/messages.ts"
import { isBug } from "../store/failure.ts"
import type { Payment } from "../store/payments.ts"
import { type AccountContext, urlTo } from "./context.ts"

export type StripeContext = AccountContext & { readonly stripe: StripeSettings }

export function takesPayments(context: AccountContext): context is StripeContext {
  return context.stripe !== null
}

/** Marks a subscription as a membership of this site, since the Stripe account may sell other things too. */
const mark = { dateline: "membership" }

/** Uses the SDK's build for Workers, which relies on `fetch` and Web Crypto. */
async function openStripe({ secretKey, api }: StripeSettings): Promise<Stripe> {
  const { default: Sdk } = await import("stripe")
  const { hostname, port, protocol } = new URL(api ?? "https://api.stripe.com")
  return new Sdk(secretKey, {
    maxNetworkRetries: 1,
    telemetry: false,
    timeout: 8_000,
    host: hostname,
    port: port || 443,
    protocol: protocol === "http:" ? "http" : "https",
  })
}

/** The event in a webhook's raw body. @throws if it is not an event that Stripe signed in the last five minutes */
export async function readEvent(body: string, signature: string, settings: StripeSettings): Promise<Stripe.Event> {
  const { webhooks } = await openStripe(settings)
  const event = await webhooks.constructEventAsync(body, signature, settings.webhookSecret)
  if (!event?.id || !event.data?.object) throw new Error("Not an event")
  return event
}

interface Buyer {
  /** The signed-in member, with their Stripe customer id if they have one. */
  readonly member: { readonly id: string; readonly email: string; readonly customer: string | null } | null
  /** The idempotency key: requests with the same key open a single Checkout. */
  readonly key: string
  /** When the Checkout expires, in milliseconds; null for Stripe's default of a day. */
  readonly expires: number | null
}

/** Opens a Checkout in the context's language. @returns its URL at Stripe */
export async function createCheckout(context: StripeContext, { member, key, expires }: Buyer): Promise<string> {
  const { language } = context
  const stripe = await openStripe(context.stripe)
  const metadata = { ...mark, language, ...(member && { member: member.id }) }
  const charged = await chargeOf(stripe, context)
  const open = (payer: { customer: string } | { customer_email: string } | null) =>
    stripe.checkout.sessions.create(
      {
        mode: "subscription",
        ...charged,
        // Otherwise Stripe may charge in the buyer's currency, at a rate that our page did not show.
        adaptive_pricing: { enabled: false },
        success_url: urlTo("/join/welcome", context),
        cancel_url: urlTo("/join", context),
        locale: localeOf(language),
        metadata,
        subscription_data: { metadata },
        ...(expires !== null && { expires_at: Math.floor(expires / 1000) }),
        ...(member && { client_reference_id: member.id }),
        ...payer,
      },
      { idempotencyKey: payer !== null && "customer" in payer ? `${key}-customer` : key },
    )
  const customer = member?.customer ?? null
  // If the customer was deleted at Stripe, create a new one: otherwise the member could never rejoin.
  const known = customer === null ? null : await orMissing(open({ customer }))
  const session = known ?? (await open(member && { customer_email: member.email }))
  if (session.url === null) throw new Error("Stripe opened a Checkout without a URL")
  return session.url
}

/** Stripe prices known to match the config. Stripe never changes a price's amount. */
const checkedPrices = new Set<string>()

/** What a Checkout charges: the config's price or the price at Stripe. @throws if the two differ */
async function chargeOf(stripe: Stripe, { site }: AccountContext) {
  const { price, stripePrice } = site.membership
  const currency = price.currency.toLowerCase()
  if (stripePrice === undefined) {
    const { amount: unit_amount, interval } = price
    const price_data = { currency, unit_amount, recurring: { interval }, product_data: { name: site.name } }
    return { line_items: [{ quantity: 1, price_data }] }
  }
  const wanted = describePrice(price)
  if (!checkedPrices.has(`${stripePrice} ${wanted}`)) {
    const charged = describePrice(priceOf(await stripe.prices.retrieve(stripePrice)))
    if (charged !== wanted)
      throw new PriceMismatch(
        `membership.price is ${wanted}, but the Stripe price ${stripePrice} charges ${charged}: make them match`,
      )
    checkedPrices.add(`${stripePrice} ${wanted}`)
  }
  // Name the currency, since a Stripe price may have amounts in several currencies.
  return { line_items: [{ quantity: 1, price: stripePrice }], currency }
}

function describePrice(price: Price | null): string {
  return price === null ? "something else" : `${price.amount} ${price.currency} ${price.interval}`
}

class PriceMismatch extends Error {}

/** What a price charges, or null if it is tiered, usage-based or not charged every month or every year. */
function priceOf({ unit_amount, currency, recurring }: Stripe.Price): Price | null {
  if (unit_amount === null || recurring?.interval_count !== 1 || recurring.usage_type === "metered") return null
  const interval = recurring.interval === "month" ? "month" : recurring.interval === "year" ? "year" : null
  return interval === null ? null : { amount: unit_amount, currency: currency.toUpperCase(), interval }
}

// The languages of Stripe's pages (SessionCreateParams.Locale); for any other, Stripe uses the browser's.
const spoken = new Set(
  "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh".split(" "),
)

function localeOf(language: string): "auto" | "en" {
  const base = language.split("-", 1)[0] as string
  return (spoken.has(base) ? base : "auto") as "auto" | "en"
}

/** Opens the billing portal, where a member changes the card or cancels the subscription. @returns its URL */
export async function openPortal(context: StripeContext, customer: string): Promise<string> {
  const stripe = await openStripe(context.stripe)
  const session = { customer, return_url: urlTo("/account", context), locale: localeOf(context.language) }
  return (await stripe.billingPortal.sessions.create(session)).url
}

/** A membership's subscription in its current state at Stripe. */
export interface Subscription extends Payment {
  readonly email: string | null
  readonly language: string | null
  /** The member who was signed in when the Checkout was opened. */
  readonly member: string | null
  /** When it was created, in milliseconds. */
  readonly began: number
}

/** @returns null if there is no such subscription or it is not a membership of this site */
export async function readSubscription(settings: StripeSettings, id: string): Promise<Subscription | null> {
  const stripe = await openStripe(settings)
  const found = await orMissing(stripe.subscriptions.retrieve(id, { expand: ["customer"] }))
  if (found === null || found.metadata.dateline !== mark.dateline) return null
  const { customer, items, status, created, cancel_at, cancel_at_period_end, metadata, discounts } = found
  const cancels = cancel_at_period_end || cancel_at !== null
  const [item, second] = items.data
  const single = item !== undefined && second === undefined && item.quantity === 1 && !discounts?.length
  return {
    subscription: found.id,
    customer: typeof customer === "string" ? customer : customer.id,
    email: typeof customer === "string" || customer.deleted ? null : customer.email,
    language: metadata.language ?? null,
    member: metadata.member ?? null,
    until: paidUntil({
      status,
      cancels,
      cancelAt: cancel_at,
      periodStart: Math.max(0, ...items.data.map((one) => one.current_period_start)),
      periodEnd: Math.max(0, ...items.data.map((one) => one.current_period_end)),
    }),
    cancels,
    live: isLive(status),
    price: single ? priceOf(item.price) : null,
    began: created * 1000,
  }
}

function isLive(status: string): boolean {
  return status !== "canceled" && status !== "incomplete_expired"
}

/** A customer's membership subscriptions that may still charge, whether or not an event has reported them. */
export async function listSubscriptions(settings: StripeSettings, customer: string): Promise<string[]> {
  const stripe = await openStripe(settings)
  // Without a status, Stripe lists all but the cancelled ones. A deleted customer has none.
  const listed = await orMissing(stripe.subscriptions.list({ customer, limit: 100 }))
  return (listed?.data ?? [])
    .filter(({ metadata, status }) => metadata.dateline === mark.dateline && isLive(status))
    .map(({ id }) => id)
}

/** Cancels a subscription at once, without a refund. Does nothing if it has already ended. */
export async function cancelSubscription(settings: StripeSettings, id: string): Promise<void> {
  const stripe = await openStripe(settings)
  await orMissing(stripe.subscriptions.cancel(id))
}

/** Whether Stripe is still handling another request with the same key, which will open the Checkout in a moment. */
export function isUnderWay(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 409
}

async function orMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as { code?: string }).code === "resource_missing") return null
    throw error
  }
}

/**
 * Logs only the kind of failure: Stripe's messages quote what was sent, including addresses, and must stay out of the
 * log.
 * @throws the error if it is a bug
 */
export function logFailure(what: string, error: unknown): void {
  if (isBug(error)) throw error
  const { type, name, code } = error as { type?: string; name?: string; code?: string }
  const kind =
    error instanceof PriceMismatch ? error.message : [type ?? name ?? "unknown", code].filter(Boolean).join(" ")
  console.error(what, kind)
}

/** The fields of a Stripe subscription that determine how long it grants access. Times are in Unix seconds. */
export interface SubscriptionState {
  readonly status: string
  readonly periodStart: number
  readonly periodEnd: number
  /** Whether the subscription will not renew: it ends with the period, or at `cancelAt`. */
  readonly cancels: boolean
  readonly cancelAt: number | null
}

/**
 * How long access continues after a period ends, in seconds. Stripe finalises a renewal's invoice an hour after the end
 * of the period, then charges it, then notifies us: nobody should be locked out in the meantime.
 */
const renewalGrace = 86_400
/**
 * How long a member keeps access while Stripe retries a failed payment, in seconds from the start of the unpaid period.
 * By default Stripe retries for two weeks.
 */
const failureGrace = 7 * 86_400

/** When a subscription's access ends, in milliseconds since the epoch; 0 if it grants none now. */
export function paidUntil(subscription: SubscriptionState): number {
  const { status, periodStart, periodEnd, cancels, cancelAt } = subscription
  switch (status) {
    case "active":
    case "trialing":
      return 1000 * (cancels ? Math.min(periodEnd, cancelAt ?? periodEnd) : periodEnd + renewalGrace)
    case "past_due":
      return 1000 * (periodStart + failureGrace)
    default:
      // canceled, unpaid, incomplete, incomplete_expired, paused, and any status that Stripe may add.
      return 0
  }
}
