// Until when a subscription at Stripe makes a member: from its state as Stripe tells it, and nothing else.

/** A subscription at Stripe, as far as it matters here. Times in seconds since the epoch, as Stripe has them. */
export interface SubscriptionState {
  readonly status: string
  readonly periodStart: number
  readonly periodEnd: number
  /** It ends with the period, or at `cancelAt`. */
  readonly cancels: boolean
  readonly cancelAt: number | null
}

/** A renewal's invoice is drawn up an hour after the period's end, then paid, then told to us: nobody is shut out meanwhile. */
export const renewalGrace = 86_400
/** So long a member may read on while a failed payment is tried again, counted from the unpaid period's start. Stripe's default tries for two weeks. */
export const failureGrace = 7 * 86_400

/** Milliseconds since the epoch; 0: it gives nothing (any more). */
export function paidUntil(subscription: SubscriptionState): number {
  const { status, periodStart, periodEnd, cancels, cancelAt } = subscription
  switch (status) {
    case "active":
    case "trialing":
      return 1000 * (cancels ? Math.min(periodEnd, cancelAt ?? periodEnd) : periodEnd + renewalGrace)
    case "past_due":
      return 1000 * (periodStart + failureGrace)
    default:
      // canceled, unpaid, incomplete, incomplete_expired, paused, and what Stripe may yet invent.
      return 0
  }
}
