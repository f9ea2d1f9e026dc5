// Whether members can pay here, and where the browser is sent for it: what the public's pages must know of Stripe.

/** What is set for Stripe. */
export interface StripeEnv {
  readonly STRIPE_SECRET_KEY?: string
  readonly STRIPE_WEBHOOK_SECRET?: string
  readonly STRIPE_API?: string
}

/** Both keys are set: a payment whose webhook could not be verified would make nobody a member. */
export function takesPayments({ STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET }: StripeEnv): boolean {
  return Boolean(STRIPE_SECRET_KEY && STRIPE_WEBHOOK_SECRET)
}

/** Origins that a form's answer may redirect to: browsers hold `form-action` against redirects too (CSP3 §6.4.1). */
export function paymentOrigins(env: StripeEnv): string[] {
  if (!takesPayments(env)) return []
  const standIn = env.STRIPE_API ? [new URL(env.STRIPE_API).origin] : []
  return ["https://checkout.stripe.com", "https://billing.stripe.com", ...standIn]
}
