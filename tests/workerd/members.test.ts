import { beforeEach, expect, it } from "vitest"
import {
  createMember,
  findMember,
  grantMembership,
  listMembers,
  revokeMembership,
  withoutEnd,
} from "../../src/store/members.ts"
import { recordPayment } from "../../src/store/payments.ts"
import { createRig, env } from "./rig.ts"

beforeEach(async () => {
  await createRig()
  for (const table of ["members", "payments"]) await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
})

const now = 1_700_000_000_000
const payment = {
  customer: "cus_1",
  subscription: "sub_1",
  until: now + 1000,
  cancels: false,
  live: true,
  price: null,
  began: now - 1,
  at: now,
}

it("all spellings of an address are one member, who keeps the first one", async () => {
  const first = await createMember(env.PEOPLE, "Reader@Example.org", "fr", now)
  const second = await createMember(env.PEOPLE, "reader@example.ORG", "ar", now + 1)
  expect(second).toEqual(first)
  expect(first).toMatchObject({ email: "Reader@example.org", language: "fr", until: 0 })
  expect((await listMembers(env.PEOPLE, "", 10)).length).toBe(1)
})

it("a membership lasts as long as the longer of grant and payment", async () => {
  const { id } = await createMember(env.PEOPLE, "a@example.org", "en", now)
  await recordPayment(env.PEOPLE, id, payment)
  await grantMembership(env.PEOPLE, id, withoutEnd)
  expect((await findMember(env.PEOPLE, "a@example.org"))?.until).toBe(withoutEnd)
  await grantMembership(env.PEOPLE, id, 0)
  expect((await findMember(env.PEOPLE, "a@example.org"))?.until).toBe(now + 1000)
})

it("a revoked membership stays revoked on renewal, until a grant or a new subscription", async () => {
  const { id } = await createMember(env.PEOPLE, "a@example.org", "en", now)
  const until = async () => (await findMember(env.PEOPLE, "a@example.org"))?.until
  await recordPayment(env.PEOPLE, id, payment)
  await revokeMembership(env.PEOPLE, id, now)
  await recordPayment(env.PEOPLE, id, { ...payment, until: now + 9000, at: now + 1 })
  expect(await until()).toBe(0)
  const second = { ...payment, subscription: "sub_2", until: now + 9001, began: now + 2, at: now + 2 }
  await recordPayment(env.PEOPLE, id, second)
  expect(await until()).toBe(now + 9001)
  await revokeMembership(env.PEOPLE, id, now + 3)
  // Two bought before the revocation: whichever is reported, in any order, neither is a new membership.
  for (const one of [payment, second, payment]) {
    await recordPayment(env.PEOPLE, id, { ...one, until: one.until + 5, at: now + 4 })
    expect(await until()).toBe(0)
  }
  await grantMembership(env.PEOPLE, id, now + 99)
  expect(await until()).toBe(now + 9006)
})

it("an older state from Stripe changes nothing", async () => {
  const { id } = await createMember(env.PEOPLE, "a@example.org", "en", now)
  await recordPayment(env.PEOPLE, id, { ...payment, at: now + 5, cancels: true })
  await recordPayment(env.PEOPLE, id, { ...payment, until: 0, at: now })
  expect(await findMember(env.PEOPLE, "a@example.org")).toMatchObject({ paidUntil: now + 1000, cancels: 1 })
})

it("a late state of one subscription still counts beside a newer one of another", async () => {
  const { id } = await createMember(env.PEOPLE, "a@example.org", "en", now)
  await recordPayment(env.PEOPLE, id, {
    ...payment,
    customer: "cus_old",
    subscription: "sub_old",
    until: 0,
    at: now + 1,
  })
  await recordPayment(env.PEOPLE, id, payment)
  const found = await findMember(env.PEOPLE, "a@example.org")
  expect(found).toMatchObject({ paidUntil: now + 1000, stripeSubscription: "sub_1", stripeCustomer: "cus_1" })
})
