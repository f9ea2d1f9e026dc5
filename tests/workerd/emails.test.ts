// A flood of requests sends only the documented number of emails. LETTERS=10000 sets the number of requests.
import { beforeEach, expect, it } from "vitest"
import { createMember } from "../../src/store/members.ts"
import { createRig, env, origin, type Rig } from "./rig.ts"

const attempts = Number(env.LETTERS ?? 1_000)
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  for (const table of ["members", "links", "rate_limits"]) await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
})

/** Sends 50 requests at a time, like a flood. */
async function flood(ask: (count: number) => { email: string; network: string }): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  for (let start = 0; start < attempts; start += 50) {
    const answers = await Promise.all(
      Array.from({ length: Math.min(50, attempts - start) }, (_, index) => {
        const { email, network } = ask(start + index)
        return rig.get("/sign-in", {
          method: "POST",
          body: new URLSearchParams({ email }).toString(),
          headers: {
            "Content-Type": "application/x-www-form-urlencoded",
            Origin: origin,
            "CF-Connecting-IP": network,
          },
        })
      }),
    )
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  await rig.settle()
  return statuses
}

it("one address gets at most 5 in a quarter of an hour, from however many networks", { timeout: 300_000 }, async () => {
  await createMember(env.PEOPLE, "reader@example.org", "en", Date.now())
  const statuses = await flood((count) => ({
    email: ["reader@example.org", "READER@example.org", " Reader@Example.org "][count % 3] as string,
    network: `10.${count >> 8}.${count & 255}.7`,
  }))
  expect(rig.emails.length).toBe(5)
  // A refusal would reveal that the address has an account.
  expect(statuses).toEqual(new Map([[303, attempts]]))
})

it.each([
  ["an IPv4 address", () => "203.0.113.7"],
  ["an IPv6 /64", (count: number) => `2001:db8:1:2:${(count >> 8).toString(16)}::${count.toString(16)}`],
])("%s gets at most 20 sent in an hour, to however many addresses", { timeout: 300_000 }, async (_, networkOf) => {
  for (let count = 0; count < 60; count++)
    await createMember(env.PEOPLE, `reader-${count}@example.org`, "en", Date.now())
  await flood((count) => ({ email: `reader-${count % 60}@example.org`, network: networkOf(count) }))
  expect(rig.emails.length).toBe(20)
})
