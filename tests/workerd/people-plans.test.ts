import { expect, it } from "vitest"
import { editionId } from "../../src/article/edition.ts"
import * as deliveries from "../../src/store/deliveries.ts"
import * as payments from "../../src/store/payments.ts"
import { consume, consumeFor } from "../../src/store/rate-limits.ts"
import { run } from "../../src/store/sql.ts"
import * as subscribers from "../../src/store/subscribers.ts"
import { recordMailEvent } from "../../src/store/subscribers.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import { createRig, env } from "./rig.ts"

const content = { title: null, intro: null, stories: [], more: 0 }

/** The people database, which records each prepared query. */
function noting(queries: Set<string>): D1Database {
  return {
    prepare(query: string) {
      queries.add(query)
      return env.PEOPLE.prepare(query)
    },
    batch: (statements: Statement[]) => env.PEOPLE.batch(statements),
  } as unknown as D1Database
}

it("no query about newsletters, payments or limits scans a table that grows", async () => {
  await createRig()
  const queries = new Set<string>()
  const db = noting(queries)
  const wanted = { email: "reader@example.org", language: "en", list: "headlines" } as const
  const { subscriber } = await subscribers.subscribe(db, wanted, 1)
  const token = await subscribers.addConfirmation(db, wanted, 1)
  await subscribers.findConfirmation(db, token, 2)
  await subscribers.findByToken(db, subscriber.token)
  await subscribers.changeLanguage(db, subscriber.token, "fr")
  await subscribers.resumeEditions(db, subscriber.token)
  await recordMailEvent(db, "event", { message: "message", emails: [wanted.email], stops: "bounce" }, 1)
  const edition = { ...wanted, date: "2026-11-23", plannedAt: 1, gated: false, content }
  await deliveries.hasRecipients(db, wanted, 1)
  await deliveries.spreadRecipients({ catalogue: env.CATALOGUE, people: db }, edition, 1)
  const recipients = { edition: editionId(edition), subscribers: [1] }
  await deliveries.listUnqueued(db, 1, 1)
  await deliveries.markQueued(db, recipients, 1)
  await deliveries.listPlanned(db, recipients)
  const delivery = { ...wanted, edition: recipients.edition, subscriber: 1 }
  await deliveries.claimDelivery(db, delivery, 1)
  await run(db, ...deliveries.recordAnswer(delivery, { state: "accepted" }, 1))
  await deliveries.withdrawPlanned(db, recipients.edition, 1)
  await deliveries.countDeliveries(db, [recipients.edition], 1)
  await subscribers.endSubscription(db, subscriber.token, null)
  const payment = {
    customer: "cus_1",
    subscription: "sub_1",
    until: 0,
    cancels: false,
    live: true,
    price: null,
    began: 1,
    at: 1,
  }
  await payments.recordPayment(db, "nobody", payment)
  await payments.findPayer(db, "sub_1")
  await payments.findCustomer(db, "cus_1")
  await payments.listPayments(db, "nobody")
  await payments.listPayable(db, { id: "nobody", email: "reader@example.org" })
  const claim = { subscription: "sub_1", email: "reader@example.org", language: "en" }
  await payments.findClaim(db, await payments.createClaim(db, claim, 1), 1)
  await payments.dropClaims(db, "sub_1")
  await payments.holdCheckout(db, "nobody", { language: "en", customer: null }, 1)
  await payments.settleCheckout(db, "key", "nobody", "https://example.org")
  await payments.settleCheckout(db, "key", "nobody", null)
  await payments.markDone(db, "evt_1", 1)
  await payments.isDone(db, "evt_1")
  await payments.unmarkDone(db, "evt_1")
  await subscribers.removeConfirmation(db, token)
  const limits = [{ key: "a", most: 1, window: 1 }]
  await consumeFor(db, limits, 1, () => Promise.reject(new Error("refund"))).catch(() => undefined)
  await consume(db, limits, 1)
  await sweepPeople(db, 1)
  expect(queries.size).toBeGreaterThan(30)
  for (const query of queries) {
    const holes = new Set(query.match(/\?\d+/g)).size
    const statement = env.PEOPLE.prepare(`EXPLAIN QUERY PLAN ${query}`).bind(...Array<null>(holes).fill(null))
    const { results } = await statement.all<{ detail: string }>()
    for (const { detail } of results.filter(
      ({ detail }) => !/^SCAN (l|json_each|\(sub.*\)) VIRTUAL TABLE/.test(detail),
    ))
      expect([detail, query]).not.toEqual([expect.stringMatching(/^SCAN /), query])
  }
})
