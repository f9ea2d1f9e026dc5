// One attacker cannot use up a limit that others need, and the work that strangers can cause is limited (threat model 57, 58).
import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { createMember } from "../../src/store/members.ts"
import { createRig, env, origin, type Rig } from "./rig.ts"

let rig: Rig
const victim = "victim@example.org"
const tables = ["members", "links", "rate_limits", "confirmations"]

beforeEach(async () => {
  rig = await createRig()
  await empty()
})
afterEach(() => void vi.useRealTimers())

async function empty(): Promise<void> {
  await env.PEOPLE.batch(tables.map((table) => env.PEOPLE.prepare(`DELETE FROM ${table}`)))
  rig.emails.length = 0
  await createMember(env.PEOPLE, victim, "en", Date.now())
}

const count = (table: string) => env.PEOPLE.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n")

async function post(path: string, email: string, network: string): Promise<number> {
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    Origin: origin,
    "CF-Connecting-IP": network,
  }
  const response = await rig.get(path, { method: "POST", body: new URLSearchParams({ email }).toString(), headers })
  await response.body?.cancel()
  return response.status
}

/** Sends many requests at a time, like a flood. */
async function flood(requests: number, one: (index: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < requests; start += 50)
    await Promise.all(Array.from({ length: Math.min(50, requests - start) }, (_, index) => one(start + index)))
  await rig.settle()
}

let served = 0
/** Someone in this network requests a link to the victim's account, and the newsletter, and gets both. */
async function expectServed(network: string): Promise<void> {
  const before = rig.emails.length
  const reader = `reader-${served++}@example.net`
  expect([await post("/sign-in", victim, network), await post("/newsletter", reader, network)]).toEqual([303, 303])
  await rig.settle()
  const sent = rig.emails.slice(before).map(({ to }) => to)
  expect([network, ...sent.sort()]).toEqual([network, reader, victim])
}

const hex = (index: number, most: number) => (index % most).toString(16)

it.each([
  ["one IPv4 address", () => "203.0.113.7", ["203.0.113.8", "2001:db8::1"], 20],
  [
    "sixty /64s of one IPv6 /56",
    (index: number) => `2001:db8:1:${hex(index, 60)}::${hex(index, 999)}`,
    ["2001:db9::1", "203.0.113.7"],
    40,
  ],
  [
    "a whole IPv6 /32",
    (index: number) => `2001:db8:${hex(index * 7919, 65_536)}:${hex(index * 31, 65_536)}::1`,
    ["2001:db9::1", "203.0.113.7"],
    80,
  ],
] as const)(
  "after a flood from %s, a member elsewhere still gets a link, and few emails and rows were created",
  { timeout: 300_000 },
  async (_, networkOf, elsewhere, most) => {
    for (let i = 0; i < 40; i++) await createMember(env.PEOPLE, `member-${i}@example.org`, "en", Date.now())
    const emailOf = (i: number) =>
      [victim, `member-${i % 40}@example.org`, `stranger-${i}@example.org`, "no address"][i % 4] as string
    await flood(1_010, (i) => post("/sign-in", emailOf(i), networkOf(i)))
    const links = rig.emails.length
    await flood(1_010, (i) => post("/newsletter", emailOf(i), networkOf(i)))
    const confirmations = rig.emails.length - links
    expect(links).toBeLessThanOrEqual(most)
    expect(confirmations).toBeLessThanOrEqual(most * 3)
    expect(rig.emails.filter(({ to }) => to === victim).length).toBeLessThanOrEqual(3 + 1)
    expect(await count("members")).toBe(41)
    expect(await count("links")).toBe(links)
    expect(await count("confirmations")).toBe(confirmations)
    // For each allowed request, a row for each of at most four networks and the share; for each email, two rows.
    expect(await count("rate_limits")).toBeLessThanOrEqual(most * 5 + links * 2 + most * 3 * 4 + confirmations * 2)
    for (const network of elsewhere) await expectServed(network)
  },
)

it("10,000 requests for unknown addresses from one IPv6 /32 send and write almost nothing", {
  timeout: 300_000,
}, async () => {
  await flood(10_000, (i) =>
    post("/sign-in", `stranger-${i}@example.org`, `2001:db8:${hex(i * 7919, 65_536)}::${hex(i, 9)}`),
  )
  expect([rig.emails.length, await count("links"), await count("members")]).toEqual([0, 0, 1])
  expect(await count("rate_limits")).toBe(80 * 5)
  await expectServed("2001:db9::1")
})

// An attacker's network, and addresses outside it.
const byte = fc.nat(255)
const attackerOf = fc.oneof(
  fc.tuple(byte, byte).map(([a, b]) => ({ ipv4: true, block: `203.${a}.${b}` })),
  fc.nat(0xffff).map((a) => ({ ipv4: false, block: `2001:${a.toString(16)}` })),
)
const step = fc.record({
  path: fc.constantFrom("/sign-in", "/newsletter"),
  email: fc.constantFrom(victim, "member@example.org", "random", "no address"),
  times: fc.integer({ min: 1, max: 70 }),
  inside: fc.nat(0xffff),
  minutes: fc.nat(20),
  mailFails: fc.boolean(),
})

it("whatever an attacker does from one IPv4 address or IPv6 /32, a member anywhere else gets a link", {
  timeout: 300_000,
}, async () => {
  vi.useFakeTimers({ toFake: ["Date"] })
  vi.spyOn(console, "error").mockImplementation(() => undefined)
  const steps = fc.array(step, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(attackerOf, steps, byte, async ({ ipv4, block }, stream, other) => {
      await empty()
      await createMember(env.PEOPLE, "member@example.org", "en", Date.now())
      for (const [index, { path, email, times, inside, minutes, mailFails }] of stream.entries()) {
        vi.setSystemTime(Date.now() + minutes * 60_000)
        rig.refuseEmails(mailFails)
        await flood(times, (i) => {
          const to = email === "random" ? `stranger-${index}-${i}@example.org` : email
          return post(path, to, ipv4 ? `${block}.7` : `${block}:${hex(inside + (i % 3), 65_536)}:${hex(i, 5)}::1`)
        })
      }
      rig.refuseEmails(false)
      // The nearest neighbour, and a distant address.
      const near = ipv4 ? `${block}.8` : `2002:${other.toString(16)}::1`
      await expectServed(near)
      await expectServed(ipv4 ? "2001:db8::1" : `198.51.100.${other}`)
    }),
    { numRuns: 12 },
  )
})
