// Whether this site takes payments for membership: the settings of a newsroom that has a Stripe account.

export interface StripeSettings {
  readonly secretKey: string
  readonly webhookSecret: string
  /** The URL of a stand-in for Stripe's API in tests, such as `http://127.0.0.1:4242`. */
  readonly api?: string
}

/**
 * Reads the settings from the environment. Null unless both secrets are set: without the webhook's secret, Stripe's
 * events cannot be verified, so readers who pay would not become members.
 */
export function readStripe(env: Partial<Env>): StripeSettings | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API: api } = env
  return secretKey && webhookSecret ? { secretKey, webhookSecret, ...(api && { api }) } : null
}
