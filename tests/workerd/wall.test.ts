// The paywall under load: visitors, members, lapsed and revoked ones, gift holders and forgers at once, between publishes,
// access changes, sign-outs, revocations, clock steps and stores that fail; two isolates' memories, the model of Workers
// Cache, real KV and D1.
import * as fc from "fast-check"
import { afterEach, expect, it, vi } from "vitest"
import type { EditionContent } from "../../src/article/edition.ts"
import { signGift } from "../../src/membership/access.ts"
import { endSession, endSessions } from "../../src/store/credentials.ts"
import { planEdition } from "../../src/store/editions.ts"
import { findArticle, giveArticle, revokeGift } from "../../src/store/gifts.ts"
import { grantMembership, revokeMembership, withoutEnd } from "../../src/store/members.ts"
import { type Browser, openBrowser, openMember } from "./browser.ts"
import { compose, createRig, env, publish, type Rig, sessionKeys } from "./rig.ts"

/** How long access may continue after a revocation, a sign-out or a revoked gift, in seconds (docs/members.md, "Limits"). */
const bound = 300
/** How long the last verified status holds while the people store fails, in seconds. */
const boundFailing = 86_400
/** How soon a new member gets access, or everyone once the store has recovered, in seconds. */
const soon = 30

const member = fc.nat(2)
const article = fc.nat(1)
const isolate = fc.nat(1)
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("publish" as const), article, gated: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("plan" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      seconds: fc.oneof(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 100, max: 400 }),
        fc.constantFrom(90_000, 260_000),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("grant" as const),
      member,
      seconds: fc.constantFrom(60, 600, 100_000, 1e9),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revoke" as const), member }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("signIn" as const), member, isolate }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("signOut" as const),
      member,
      isolate,
      everywhere: fc.boolean(),
      byForm: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("give" as const), member, article }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("takeBack" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      people: fc.constantFrom("ok" as const, "throw" as const),
      pages: fc.constantFrom("ok" as const, "ok" as const, "throw" as const),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      article,
      isolate,
      form: fc.constantFrom("page" as const, "page" as const, "page" as const, "markdown" as const, "tag" as const),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** A reader's access and its history: [from, to) in milliseconds. */
interface Right {
  readonly browser: Browser
  /** The gift's parameter and article; null: a session. */
  readonly gift: { readonly id: string; readonly query: string; readonly article: number } | null
  readonly session: string | null
  readonly member: number
  /** When the cookie or gift expires by itself. */
  readonly expires: number
  /** When it was revoked. */
  endedAt: number
  /** Isolates where the reader signed out: access ends there immediately. */
  readonly shut: Set<number>
}

interface Membership {
  readonly id: string
  /** Newest last: start and end, in milliseconds. */
  readonly ends: { readonly at: number; readonly until: number; readonly revoked: boolean }[]
}

const never = Number.POSITIVE_INFINITY
let runs = 0
let requests = 0
/** How often each saw the full text: a paywall that blocks everyone would prove nothing. */
const shown = { session: 0, gift: 0 }
afterEach(() => void vi.useRealTimers())

async function play(steps: readonly Step[]): Promise<void> {
  const rig: Rig = await createRig({ platform: true })
  const run = runs++
  const now = () => Date.now()
  const paths = [0, 1].map((index) => `/asia/tajikistan/wall-${run}-${index}`)
  const gatedVersions = new Set<number>()
  const revisions = [0, 0]
  let version = 0
  const write = async (index: number, gated: boolean) => {
    version++
    if (gated) gatedVersions.add(version)
    const text = gated ? `OPEN-v${version}.\n\n<!-- members-only -->\n\nSECRET-v${version}\n` : `OPEN-v${version}.\n`
    const base = revisions[index] ?? 0
    const { published } = await publish(rig, paths[index] as string, compose({}, text), { base, last: false })
    revisions[index] = published[0]?.revision ?? 0
    await rig.flushPurges()
  }
  for (const index of [0, 1]) await write(index, true)
  const plan = async () => {
    version++
    gatedVersions.add(version)
    const content: EditionContent = { title: null, intro: `OPEN-v${version}`, stories: [], more: 0 }
    const whole = { ...content, intro: `OPEN-v${version}\n\nSECRET-v${version}` }
    const date = new Date(86_400_000 * (20_000 + version)).toISOString().slice(0, 10)
    const key = { list: "digest", date, language: "en" } as const
    const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
    await planEdition({ catalogue: env.CATALOGUE, bodies }, key, { content, whole }, { now: now(), who: "cron" })
    await rig.flushPurges()
    // After the two articles: the digest's page, and that of its latest edition.
    paths.splice(2, 2, "/digest", `/digest/${date}`)
  }
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
  await plan()

  const rights: Right[] = []
  const memberships: Membership[] = []
  const emails = [0, 1, 2].map((index) => `reader-${run}-${index}@example.org`)
  const signIn = async (index: number, from: number) => {
    const known = memberships[index]?.ends.at(-1)
    const until = known === undefined ? withoutEnd : known.until
    const opened = await openMember(rig, emails[index] as string, until, from)
    if (known?.revoked) await revokeMembership(env.PEOPLE, opened.member.id, now())
    if (known === undefined) memberships[index] = { id: opened.member.id, ends: [{ at: now(), until, revoked: false }] }
    const expires = (Math.floor(now() / 1000) + 2_592_000) * 1000
    const { browser, session } = opened
    rights.push({ browser, gift: null, session, member: index, expires, endedAt: never, shut: new Set() })
  }
  for (const index of [0, 1, 2]) await signIn(index, index % 2)
  const forged = openBrowser(rig)
  forged.jar.set("dateline", `${rights[0]?.browser.jar.get("dateline")?.split(".")[0]}.${"A".repeat(43)}`)
  const visitors = [openBrowser(rig), forged]

  const given = async (index: number) => {
    const path = paths[index] as string
    return { path, id: (await findArticle(env.CATALOGUE, path, now()))?.id ?? "" }
  }
  let failedAt = Number.NEGATIVE_INFINITY
  let firstFailure = Number.POSITIVE_INFINITY

  /** Whether access was actually valid at this moment. */
  const holds = (right: Right, at: number): boolean => {
    if (at >= right.expires || at >= right.endedAt) return false
    const membership = memberships[right.member]?.ends.findLast((one) => one.at <= at)
    if (membership === undefined || membership.revoked) return false
    return right.gift !== null || at < membership.until
  }
  const changes = (right: Right) => [
    right.expires,
    right.endedAt,
    ...(memberships[right.member]?.ends ?? []).flatMap(({ at, until }) => [at, until]),
  ]
  /** The last moment up to now at which it was valid. */
  const lastHeld = (right: Right): number => {
    if (holds(right, now())) return now()
    const before = changes(right).filter((at) => at <= now() && holds(right, at - 1))
    return Math.max(Number.NEGATIVE_INFINITY, ...before)
  }
  const heldSince = (right: Right, at: number): boolean =>
    holds(right, at) &&
    holds(right, now()) &&
    changes(right).every((one) => one <= at || one > now() || holds(right, one))

  const secretTags = new Set<string>()
  async function ask(
    right: Right | null,
    isolate: number,
    index: number,
    form: string,
    tag: string,
    browser = (right as Right).browser,
  ): Promise<void> {
    requests++
    const opens = right?.gift === null || (right?.gift.article === index && form !== "markdown")
    const own = right !== null && opens && !right.shut.has(isolate)
    const path = paths[index] + (form === "markdown" ? ".md" : "") + (right?.gift?.query ?? "")
    const response = await browser.at(isolate).get(path, form === "tag" ? { "If-None-Match": tag } : {})
    const text = await response.text()
    const where = `${path} ${response.status} ${right === null ? "visitor" : right.gift === null ? "session" : "gift"}`
    const etag = response.headers.get("ETag") ?? ""
    const secret = /SECRET-v(\d+)/.exec(text)
    expect(JSON.stringify([...response.headers]), where).not.toContain("SECRET")
    if (secret !== null) secretTags.add(etag)
    if (response.headers.getSetCookie().length > 0)
      expect(response.headers.get("Cache-Control"), where).toBe("private, no-store")
    if (secret !== null || (response.status === 304 && secretTags.has(tag))) {
      if (right !== null) shown[right.gift === null ? "session" : "gift"]++
      expect(own, `${where}: to whom it is not given`).toBe(true)
      expect(response.headers.get("Cache-Control"), where).toBe("private, no-store")
      const failing = failedAt > lastHeld(right as Right) - bound * 1000
      const allowed = (failing ? boundFailing : bound) * 1000
      expect(now() - lastHeld(right as Right), `${where}: so long after it ended`).toBeLessThanOrEqual(allowed)
      // A gift or session never outlives its expiry, whatever fails.
      expect(now(), where).toBeLessThan((right as Right).expires)
    }
    const seen = Number(/OPEN-v(\d+)/.exec(text)?.[1] ?? 0)
    if (response.status === 200 && gatedVersions.has(seen))
      expect(text.includes(form === "markdown" ? "/join>" : 'class="paywall '), `${where}: says what it is`).toBe(
        !secret,
      )
    if (secret !== null && form !== "markdown")
      expect(text.includes("A member has given you this article"), `${where}: whose page it is`).toBe(
        right?.gift !== null,
      )
    const since = now() - soon * 1000
    const settled = failedAt < since && rig.faults.people === "ok"
    if (own && settled && response.status === 200 && gatedVersions.has(seen) && heldSince(right as Right, since))
      expect(secret?.[1], `${where}: a teaser to who may read`).toBe(String(seen))
  }

  for (const one of steps) {
    // No two events happen in the same millisecond.
    vi.setSystemTime(now() + 1)
    if (rig.faults.people !== "ok") failedAt = now()
    if (one.kind === "clock") vi.setSystemTime(now() + one.seconds * 1000)
    else if (one.kind === "publish") {
      rig.faults.d1 = "ok"
      await write(one.article, one.gated)
    } else if (one.kind === "plan") {
      rig.faults.d1 = "ok"
      await plan()
    } else if (one.kind === "grant") {
      const membership = memberships[one.member] as Membership
      const until = now() + one.seconds * 1000
      await grantMembership(env.PEOPLE, membership.id, until)
      membership.ends.push({ at: now(), until, revoked: false })
    } else if (one.kind === "revoke") {
      const membership = memberships[one.member] as Membership
      await revokeMembership(env.PEOPLE, membership.id, now())
      membership.ends.push({ at: now(), until: 0, revoked: true })
    } else if (one.kind === "signIn") await signIn(one.member, one.isolate)
    else if (one.kind === "signOut") {
      const open = rights.filter(
        (right) => right.session !== null && right.member === one.member && right.endedAt > now(),
      )
      const [first] = open
      if (first?.session == null) continue
      if (one.byForm) {
        // Someone has kept a copy of the cookie.
        const { browser } = first
        const token = browser.jar.get("dateline") ?? ""
        const fields = one.everywhere ? { everywhere: "1" } : {}
        const { status } = await browser.at(one.isolate).post("/sign-out", fields)
        const signedOut = !browser.jar.has("dateline")
        if (signedOut) first.shut.add(one.isolate)
        browser.jar.set("dateline", token)
        if (!signedOut || status !== 303 || rig.faults.people !== "ok") continue
      } else if (one.everywhere) await endSessions(env.PEOPLE, (memberships[one.member] as Membership).id)
      else await endSession(env.PEOPLE, first.session)
      for (const right of one.everywhere ? open : [first]) right.endedAt = now()
    } else if (one.kind === "give") {
      const expires = (Math.floor(now() / 1000) + 604_800) * 1000
      const giver = memberships[one.member] as Membership
      const id = await giveArticle(env.PEOPLE, giver.id, await given(one.article), now(), expires)
      if (id === null) continue
      const query = `?gift=${await signGift({ id, expires: expires / 1000 }, sessionKeys)}`
      const gift = { id, query, article: one.article }
      const browser = openBrowser(rig)
      rights.push({ browser, gift, session: null, member: one.member, expires, endedAt: never, shut: new Set() })
    } else if (one.kind === "takeBack") {
      const gift = rights.findLast(({ gift, endedAt }) => gift !== null && endedAt > now())
      if (gift?.gift == null) continue
      await revokeGift(env.PEOPLE, (memberships[gift.member] as Membership).id, gift.gift.id, now())
      gift.endedAt = now()
    } else if (one.kind === "fail") {
      rig.faults.people = one.people
      rig.faults.d1 = one.pages
      if (one.people !== "ok") {
        failedAt = now()
        firstFailure = Math.min(firstFailure, now())
      }
    } else {
      const tags = [...secretTags]
      const tag = tags[(requests * 7) % Math.max(1, tags.length)] ?? '"none"'
      // Both isolates, then the first again, which now answers from memory.
      for (const from of [one.isolate, 1 - one.isolate, one.isolate])
        await Promise.all(
          [one.article, 1 - one.article, 2 + one.article].flatMap((index) => [
            ...visitors.map((browser) => ask(null, from, index, one.form, tag, browser)),
            ...rights.slice(-9).map((right) => ask(right, from, index, one.form, tag)),
          ]),
        )
      await rig.cache.settle()
    }
  }
}

it("never sends members' text to the unauthorised, or a teaser to members, beyond the stated limits", {
  timeout: 600_000,
}, async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined)
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 90 }), async (steps) => {
      vi.setSystemTime(Math.ceil(Date.now() / 1000) * 1000 + 1_000_000)
      await play(steps)
    }),
    { numRuns: 24, endOnFailure: false },
  )
  expect(requests).toBeGreaterThan(10_000)
  expect(Math.min(shown.session, shown.gift)).toBeGreaterThan(100)
})
