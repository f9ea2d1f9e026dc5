import { expect, it } from "vitest"
import { paidUntil, type SubscriptionState } from "../../src/account/stripe.ts"

const day = 86_400
const start = 1_800_000_000
const end = start + 30 * day
const order: SubscriptionState = {
  status: "active",
  periodStart: start,
  periodEnd: end,
  cancels: false,
  cancelAt: null,
}

it.each([
  ["active: to the period's end, and a day for the renewal", {}, end + day],
  ["on trial: the same", { status: "trialing" }, end + day],
  ["cancelled at the period's end: to it, not a second longer", { cancels: true }, end],
  ["cancelled at a day within the period: to that day", { cancels: true, cancelAt: start + day }, start + day],
  ["a failed renewal: seven days from the unpaid period's start", { status: "past_due" }, start + 7 * day],
  ["ended", { status: "canceled" }, 0],
  ["given up on", { status: "unpaid" }, 0],
  ["never paid", { status: "incomplete" }, 0],
  ["never paid in time", { status: "incomplete_expired" }, 0],
  ["paused", { status: "paused" }, 0],
  ["a state that nobody knows yet", { status: "dormant" }, 0],
])("%s", (_, change, until) => {
  expect(paidUntil({ ...order, ...change })).toBe(until * 1000)
})
