import { beforeEach, describe, expect, it, vi } from "vitest"
import { answerDesk } from "../../src/desk/app.ts"
import { StoreFailure, type Trip } from "../../src/store/failure.ts"
import { endSubscription, findSubscriber } from "../../src/store/subscribers.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import { openMember } from "./browser.ts"
import { createRig, env, origin, type Rig, site, wrapDatabase } from "./rig.ts"

let rig: Rig
beforeEach(async () => {
  rig = await createRig()
  for (const table of ["members", "sessions", "links", "gifts", "rate_limits", "editors", "subscribers"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await env.CATALOGUE.prepare("DELETE FROM audit").run()
})

async function ask(method: string, path: string, body?: object, key?: string) {
  const response = await rig.desk(method, path, body, key)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function readAudit() {
  const query = "SELECT who, action, subject, detail FROM audit ORDER BY id"
  return (await env.CATALOGUE.prepare(query).all<Record<"who" | "action" | "subject" | "detail", string>>()).results
}

it("an admin can grant without end or until the end of a day, and repeat a grant safely", async () => {
  const granted = await ask("POST", "/members/grant", { email: "Reader@example.org" })
  expect(granted).toMatchObject({
    status: 200,
    body: { member: { standing: "member", until: null, source: "granted" } },
  })
  const until = { email: "reader@example.org", until: "2100-01-31", language: "fr" }
  const changed = await ask("POST", "/members/grant", until)
  expect(changed.body.member).toMatchObject({ email: "Reader@example.org", language: "en" })
  expect((changed.body.member as { until: string }).until).toMatch(/^2100-01-31T2[123]:59:59.999Z$/)
  expect((await ask("POST", "/members/grant", until)).body).toEqual(changed.body)
  const { members } = (await ask("GET", "/members")).body as { members: unknown[] }
  expect(members).toEqual([changed.body.member])
})

it("ends a membership with its last day, however long that day is and wherever it ends", async () => {
  const ends = async (until: string | number) => {
    const { body } = await ask("POST", "/members/grant", { email: "reader@example.org", until })
    return (body.member as { until: string }).until
  }
  expect(await ends("2099-03-29")).toBe("2099-03-29T21:59:59.999Z")
  expect(await ends("2099-10-25")).toBe("2099-10-25T22:59:59.999Z")
  expect(await ends("2100-01-31T12:00")).toBe("2100-01-31T11:00:00.000Z")
})

it.each([
  ["2027-01-31T12:00:00Z", 1, "2027-02-28T22:59:59.999Z"],
  ["2028-01-31T12:00:00Z", 1, "2028-02-29T22:59:59.999Z"],
  ["2028-02-29T12:00:00Z", 12, "2029-02-28T22:59:59.999Z"],
  ["2028-02-29T12:00:00Z", 48, "2032-02-29T22:59:59.999Z"],
  ["2027-09-30T12:00:00Z", 1, "2027-10-30T21:59:59.999Z"],
  // In Zurich, the next day, month or year has begun.
  ["2026-11-30T23:30:00Z", 1, "2027-01-01T22:59:59.999Z"],
  ["2026-12-31T23:30:00Z", 999, "2110-04-01T21:59:59.999Z"],
])("counts months from today in the site's time zone: at %s, %i later", async (now, until, end) => {
  vi.useFakeTimers({ now: Date.parse(now), toFake: ["Date"] })
  try {
    const { body } = await ask("POST", "/members/grant", { email: "reader@example.org", until })
    expect(body.member).toMatchObject({ until: end })
  } finally {
    vi.useRealTimers()
  }
})

it("a new member is subscribed to the digest; an existing one who unsubscribed is not", async () => {
  const digest = async () => (await findSubscriber(env.PEOPLE, "reader@example.org"))?.lists ?? []
  await ask("POST", "/members/grant", { email: "reader@example.org" })
  expect(await digest()).toEqual(["digest"])
  const reader = await findSubscriber(env.PEOPLE, "reader@example.org")
  await endSubscription(env.PEOPLE, reader?.token ?? "", "digest")
  await ask("POST", "/members/grant", { email: "reader@example.org", until: "2100-01-31" })
  expect(await digest()).toEqual([])
})

it("a long list comes in pages, and no address is in a URL", async () => {
  const insert = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
    INSERT INTO members (id, email, email_folded, language, created_at)
    SELECT 'm-' || i, i || '@example.org', i || '@example.org', 'en', 0 FROM n`
  await env.PEOPLE.prepare(insert).run()
  const emails: unknown[] = []
  for (let after: unknown = ""; after !== null; ) {
    expect(after).toMatch(/^[\w-]*$/)
    const { body } = await ask("GET", `/members?after=${after}`)
    emails.push(...(body.members as { email: string }[]).map(({ email }) => email))
    after = body.next
  }
  expect([emails.length, new Set(emails).size]).toEqual([1001, 1001])
})

it.each([
  [{ email: "no address" }, 400],
  [{ email: "a@b.example, c@d.example" }, 400],
  [{ email: "a@example.org\r\nBcc: x@example.org" }, 400],
  [{ email: "a@example.org", until: "2001-01-01" }, 400],
  [{ email: "a@example.org", until: "soon" }, 400],
  [{ email: "a@example.org", until: 0 }, 400],
  [{ email: "a@example.org", until: 1000 }, 400],
  [{ email: "a@example.org", until: 1.5 }, 400],
  [{ email: "a@example.org", language: "xx" }, 400],
  [{ email: "a@example.org", role: "admin" }, 400],
])("refuses an invalid grant and creates no member: %j", async (body, status) => {
  expect((await ask("POST", "/members/grant", body)).status).toBe(status)
  expect((await ask("GET", "/members")).body).toEqual({ members: [], next: null })
})

it("revoking ends a membership, and reports an address that is not a member", async () => {
  expect((await ask("POST", "/members/revoke", { email: "a@example.org" })).status).toBe(404)
  await ask("POST", "/members/grant", { email: "a@example.org" })
  const { body } = await ask("POST", "/members/revoke", { email: "A@example.org" })
  expect(body.member).toMatchObject({ standing: "revoked", until: null })
})

it("an editor can neither list members nor grant a membership", async () => {
  const { key } = (await ask("POST", "/editors", { name: "Meridian desk", role: "editor" })).body as { key: string }
  for (const [method, path] of [
    ["GET", "/members"],
    ["POST", "/members/grant"],
    ["POST", "/members/revoke"],
  ] as const)
    expect((await ask(method, path, method === "GET" ? undefined : { email: "a@example.org" }, key)).status).toBe(403)
})

it("the audit log identifies who changed whom, without addresses", async () => {
  const said = vi.spyOn(console, "error")
  await ask("POST", "/members/grant", { email: "canary@example.org" })
  await ask("POST", "/members/revoke", { email: "canary@example.org" })
  const { results } = await env.CATALOGUE.prepare("SELECT who, action, subject, detail FROM audit ORDER BY id").all()
  expect(results.map(({ who, action }) => [who, action])).toEqual([
    ["admin", "grant"],
    ["admin", "revoke"],
  ])
  expect(JSON.stringify([results, said.mock.calls])).not.toContain("canary")
})

it("the audit log names who added and revoked which editor, and no refused request", async () => {
  const editor = { name: "Nena", role: "editor" }
  expect((await ask("POST", "/editors", editor)).status).toBe(201)
  expect((await ask("POST", "/editors", { ...editor, role: "admin" })).status).toBe(409)
  expect((await ask("DELETE", "/editors/Nobody")).status).toBe(404)
  for (const status of [200, 404]) expect((await ask("DELETE", "/editors/Nena")).status).toBe(status)
  expect((await ask("POST", "/editors", editor)).status).toBe(409)
  expect(await readAudit()).toEqual([
    { who: "admin", action: "add-editor", subject: "Nena", detail: "editor" },
    { who: "admin", action: "revoke-editor", subject: "Nena", detail: "" },
  ])
})

it("an editor's name differs from all others by more than case, spaces, accents and punctuation", async () => {
  expect((await ask("POST", "/editors", { name: "Jo Park", role: "editor" })).status).toBe(201)
  for (const name of ["jo park", "JO  PARK", "Jo-Park", "J\u00f3 Park", "\uff2ao Park", "Jo.Park"]) {
    const { status, body } = await ask("POST", "/editors", { name, role: "admin" })
    expect([name, status, JSON.stringify(body)]).toEqual([
      name,
      409,
      expect.stringContaining("Jo Park is or was an editor"),
    ])
  }
  expect((await ask("DELETE", "/editors/Jo%20Park")).status).toBe(200)
  expect((await ask("POST", "/editors", { name: "jo park", role: "editor" })).status).toBe(409)
  expect((await ask("POST", "/editors", { name: "Joe Park", role: "editor" })).status).toBe(201)
})

describe("a request that a store interrupts at any step", () => {
  /** Asks a desk whose stores fail from their trip number `step` on. @returns whether they did */
  async function interrupt(step: number, method: string, path: string, body?: object): Promise<boolean> {
    let trips = 0
    const fail: Trip = (go) => (++trips >= step ? Promise.reject(new StoreFailure("down")) : go())
    const broken = { ...env, CATALOGUE: wrapDatabase(env.CATALOGUE, fail), PEOPLE: wrapDatabase(env.PEOPLE, fail) }
    const headers = { Authorization: "Bearer test-desk-key", "Content-Type": "application/json" }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const service = { env: broken, site, version: "test", purge: rig.purge }
    const { status } = await answerDesk(new Request(`${origin}/desk/v1${path}`, init), service)
    expect([200, 201, 503]).toContain(status)
    return status === 503
  }

  it("leaves no change without an entry in the audit log", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    const subjects = async (action: string) =>
      (await readAudit()).filter((entry) => entry.action === action).map(({ subject }) => subject)
    for (let step = 1, cut = true; cut; step++) {
      const name = `Editor ${step}`
      cut = await interrupt(step, "POST", "/editors", { name, role: "admin" })
      const known = ((await ask("GET", "/editors")).body.editors as { name: string }[]).some((one) => one.name === name)
      if (known) expect(await subjects("add-editor")).toContain(name)
    }
    for (let step = 1, cut = true; cut; step++) {
      const name = `Other ${step}`
      await ask("POST", "/editors", { name, role: "editor" })
      cut = await interrupt(step, "DELETE", `/editors/${encodeURIComponent(name)}`)
      const known = ((await ask("GET", "/editors")).body.editors as { name: string }[]).some((one) => one.name === name)
      if (!known) expect(await subjects("revoke-editor")).toContain(name)
    }
  })

  it("and that is repeated makes a member who gets the digest", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    for (let step = 1, cut = true; cut; step++) {
      const email = `reader-${step}@example.org`
      cut = await interrupt(step, "POST", "/members/grant", { email })
      const { body } = await ask("POST", "/members/grant", { email })
      expect(body.member).toMatchObject({ email, standing: "member" })
      expect((await findSubscriber(env.PEOPLE, email))?.lists).toEqual(["digest"])
    }
  })
})

it("the cron deletes what has expired and keeps the rest", async () => {
  const { member, browser } = await openMember(rig, "a@example.org", Date.now() + 9e6)
  await browser.post("/sign-in", { email: "a@example.org" })
  await rig.settle()
  const count = async () => {
    const tables = ["sessions", "links", "rate_limits", "members"]
    const rows = await Promise.all(
      tables.map((table) => env.PEOPLE.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>()),
    )
    return rows.map((row) => row?.n)
  }
  const before = await count()
  await sweepPeople(env.PEOPLE, Date.now())
  expect(await count()).toEqual(before)
  await sweepPeople(env.PEOPLE, Date.now() + 40 * 86_400_000)
  expect(await count()).toEqual([0, 0, 0, 1])
  expect(member.email).toBe("a@example.org")
})
