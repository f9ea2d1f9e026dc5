import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createMember, grantMembership, withoutEnd } from "../../src/store/members.ts"
import { type Browser, openBrowser, openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

let rig: Rig
const known = "Reader@example.org"
const article = "/asia/tajikistan/for-members"
const whole = "Only for members."

beforeEach(async () => {
  rig = await createRig()
  for (const table of ["members", "sessions", "links", "rate_limits"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  const member = await createMember(env.PEOPLE, known, "en", Date.now())
  await grantMembership(env.PEOPLE, member.id, withoutEnd)
  await publish(rig, article, compose({}, `For all.\n\n<!-- members-only -->\n\n${whole}\n`), { force: true })
})
afterEach(() => void vi.useRealTimers())

const createBrowser = () => openBrowser(rig)
/** Requests a link and returns the path in the email. */
async function askLink(browser: Browser, next?: string): Promise<string> {
  const before = rig.emails.length
  const response = await browser.post("/sign-in", {
    email: known.toLowerCase(),
    ...(next === undefined ? {} : { next }),
  })
  expect(response.status).toBe(303)
  await rig.settle()
  expect(rig.emails.length).toBe(before + 1)
  const url = /http\S+/.exec(rig.emails.at(-1)?.text ?? "")?.[0] ?? ""
  expect(url.startsWith(`${origin}/sign-in/confirm?token=`)).toBe(true)
  return url.slice(origin.length)
}

const tokenOf = (path: string) => new URL(path, origin).searchParams.get("token") ?? ""
const confirm = (browser: Browser, path: string) => browser.post("/sign-in/confirm", { token: tokenOf(path) })

async function reads(browser: Browser): Promise<boolean> {
  const response = await browser.get(article)
  const text = await response.text()
  expect(text).toContain("For all.")
  expect(response.headers.get("Cache-Control")).toBe(text.includes(whole) ? "private, no-store" : "private, no-cache")
  return text.includes(whole)
}

describe("the link", () => {
  it("signs in the browser that asked, continues to the article, and shows it in full", async () => {
    const browser = createBrowser()
    const path = await askLink(browser, article)
    expect(await (await browser.get(path)).text()).toContain(known)
    expect(await reads(browser)).toBe(false)
    const response = await confirm(browser, path)
    expect([response.status, response.headers.get("Location")]).toEqual([303, origin + article])
    const [cookie = ""] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^dateline=[\w.-]+; Path=\/; Max-Age=(?:2592000|259199\d); HttpOnly; SameSite=Lax$/)
    expect(await reads(browser)).toBe(true)
  })

  it("works once, even if used twice at the same time", async () => {
    const browser = createBrowser()
    const path = await askLink(browser)
    const answers = await Promise.all([1, 2, 3].map(() => confirm(createBrowser(), path)))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410])
    expect((await browser.get(path)).status).toBe(410)
    expect((await confirm(browser, path)).status).toBe(410)
    expect(await reads(browser)).toBe(false)
  })

  it("is not consumed by a scanner that follows it", async () => {
    const browser = createBrowser()
    const path = await askLink(browser)
    for (const method of ["GET", "HEAD", "GET"]) expect((await rig.get(path, { method })).status).toBe(200)
    expect((await confirm(browser, path)).status).toBe(303)
  })

  it("still works if the people store fails while it is used, whichever trip fails", async () => {
    const browser = createBrowser()
    await confirm(browser, await askLink(browser))
    const former = browser.jar.get("dateline")
    const path = await askLink(browser)
    let trips = 0
    for (let status = 503; status === 503; trips++) {
      const last = rig.counts.people + trips
      const people = () => (rig.counts.people > last ? "throw" : "ok")
      Object.defineProperty(rig.faults, "people", { configurable: true, get: people })
      const response = await confirm(browser, path)
      Object.defineProperty(rig.faults, "people", { configurable: true, writable: true, value: "ok" })
      status = response.status
      expect([trips, status, browser.jar.get("dateline") === former]).toEqual([trips, status, status === 503])
      expect(await reads(browser)).toBe(true)
      expect((await browser.get(path)).status).toBe(status === 503 ? 200 : 303)
    }
    expect(trips).toBeGreaterThan(2)
  })

  it("once used, takes its own member where it led while they are signed in, and nobody else", async () => {
    const [browser, other] = [createBrowser(), (await openMember(rig, "other@example.org", withoutEnd)).browser]
    const path = await askLink(browser, article)
    await confirm(browser, path)
    for (const press of [() => browser.get(path), () => confirm(browser, path)]) {
      const response = await press()
      expect([response.status, response.headers.get("Location")]).toEqual([303, origin + article])
      expect(response.headers.get("Cache-Control")).toBe("private, no-store")
    }
    for (const refused of [other, createBrowser()]) {
      const response = await refused.get(path)
      expect([response.status, (await confirm(refused, path)).status]).toEqual([410, 410])
      expect(await response.text()).not.toContain(known)
    }
    await browser.post("/sign-out", {})
    expect((await browser.get(path)).status).toBe(410)
  })

  it("expires after 15 minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const browser = createBrowser()
    const path = await askLink(browser)
    vi.setSystemTime(Date.now() + 15 * 60_000)
    expect((await browser.get(path)).status).toBe(410)
    expect((await confirm(browser, path)).status).toBe(410)
    expect(await reads(browser)).toBe(false)
  })

  it("warns another browser and shows it the address; the browser that asked is not warned", async () => {
    const own = createBrowser()
    const path = await askLink(own)
    const warning = "in another browser or on another device"
    expect(await (await own.get(path)).text()).not.toContain(warning)
    const other = createBrowser()
    const page = await (await other.get(path)).text()
    expect(page).toContain(warning)
    expect(page).toContain(known)
    expect((await confirm(other, path)).status).toBe(303)
    expect(await reads(other)).toBe(true)
    expect(await reads(own)).toBe(false)
  })

  it("starts a new session and ends the browser's previous one", async () => {
    const browser = createBrowser()
    await confirm(browser, await askLink(browser))
    const former = browser.jar.get("dateline")
    await confirm(browser, await askLink(browser))
    expect(browser.jar.get("dateline")).not.toBe(former)
    const { results } = await env.PEOPLE.prepare("SELECT id FROM sessions").all()
    expect(results.length).toBe(1)
    const thief = createBrowser()
    thief.jar.set("dateline", former ?? "")
    expect(await reads(thief)).toBe(false)
  })
})

const hostile = [
  "//evil.test",
  "///evil.test",
  "/\\evil.test",
  "\\\\evil.test",
  "https://evil.test/",
  "https:evil.test",
  "http://localhost:8787@evil.test/",
  "javascript:alert(1)",
  "data:text/html,x",
  "/%2f%2fevil.test",
  "/%5cevil.test",
  "/.evil.test",
  "/@evil.test",
  "/asia/../../evil.test",
  "/\t/evil.test",
  "/\n/evil.test",
  "/\u0000/evil.test",
  " //evil.test",
  "evil.test",
  "?next=//evil.test",
  "/account?x=//evil.test",
  "/account#//evil.test",
  "/asia/tajikistan/for-members?a=\r\nSet-Cookie:x=y",
  "/sign-out",
  "/sign-in?next=//evil.test",
  "\u2028//evil.test",
  "//evil。test",
  "/desk/v1/editors",
  `/${"a".repeat(5000)}`,
]

it.each(hostile.map((next) => [next.slice(0, 60), next]))("next=%j never leads to another origin", async (_, next) => {
  const browser = createBrowser()
  const asked = await browser.get(`/sign-in?next=${encodeURIComponent(next)}`)
  expect(asked.status).toBe(200)
  expect(await asked.text()).not.toMatch(/value="[^"]*evil/)
  const response = await confirm(browser, await askLink(browser, next))
  const location = response.headers.get("Location") ?? ""
  expect(response.status).toBe(303)
  expect(new URL(location, origin).origin).toBe(origin)
  expect(location).toBe(`${origin}/account`)
})

it("known and unknown addresses get the same response and cost the same trips, before and after it", async () => {
  async function ask(email: string) {
    rig.counts.people = 0
    const response = await rig.get("/sign-in", {
      method: "POST",
      body: new URLSearchParams({ email }).toString(),
      headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: origin },
    })
    const before = rig.counts.people
    const headers = [...response.headers].filter(([name]) => name !== "set-cookie")
    const cookies = response.headers.getSetCookie().map((line) => line.replace(/=[\w-]{43};/, "=…;"))
    const answer = { status: response.status, headers, cookies, text: await response.text(), before }
    await rig.settle()
    return { ...answer, after: rig.counts.people }
  }
  const first = await ask(known)
  expect(first.before).toBe(1)
  expect(await ask("nobody@example.org")).toEqual(first)
  expect(rig.emails.map(({ to }) => to)).toEqual([known])
})

describe("emails are limited", () => {
  const ask = (email: string, network: string) =>
    createBrowser().post("/sign-in", { email }, { "CF-Connecting-IP": network })

  it("to 5 in 15 minutes per address, 3 of them from one network; a refusal reveals nothing", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 })
    for (let count = 0; count < 40; count++) await ask(known, "203.0.113.7")
    await rig.settle()
    expect(rig.emails.length).toBe(3)
    vi.setSystemTime(Date.now() + 200_500)
    const refused = await ask(known.toUpperCase(), "203.0.113.7")
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "700"])
    const page = await refused.text()
    expect(page).toContain("Otherwise, try again in 12 minutes.")
    vi.setSystemTime(Date.now() - 200_500)
    for (let count = 0; count < 6; count++) await ask("nobody@example.org", "203.0.113.7")
    vi.setSystemTime(Date.now() + 200_500)
    const unknown = await ask("nobody@example.org", "203.0.113.7")
    expect(unknown.status).toBe(429)
    expect(await unknown.text()).toBe(page)
    for (const network of ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
      for (const email of [known, "nobody@example.org"]) expect((await ask(email, network)).status).toBe(303)
    await rig.settle()
    expect(rig.emails.length).toBe(5)
  })

  it("to 10 in a day per address from one network", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    for (let round = 0; round < 20; round++) {
      for (let count = 0; count < 3; count++) await ask(known, `2001:db8:${round}::${count}`)
      await rig.settle()
      vi.setSystemTime(Date.now() + 900_000)
    }
    expect(rig.emails.length).toBe(10)
  })

  it("and one that cannot be sent counts only against the network", async () => {
    rig.refuseEmails(true)
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    for (let count = 0; count < 12; count++) await ask(known, `198.51.${count}.1`)
    await rig.settle()
    rig.refuseEmails(false)
    const { results } = await env.PEOPLE.prepare("SELECT DISTINCT key FROM rate_limits").all<{ key: string }>()
    expect(results.length).toBe(12 * 3)
    for (const { key } of results) expect(key).toMatch(/^sign-in (network|share):[\da-f]{64}$/)
    await ask(known, "203.0.113.7")
    await rig.settle()
    expect(rig.emails.length).toBe(1)
  })

  it("a browser that has signed in before gets its link, even if many networks request that address; no other browser does", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const own = createBrowser()
    await confirm(own, await askLink(own))
    await own.post("/sign-out", {})
    vi.setSystemTime(Date.now() + 900_000)
    for (let count = 0; count < 30; count++) await ask(known, `10.0.${count}.1`)
    for (let count = 0; count < 30; count++) await ask(`stranger-${count}@example.org`, "203.0.113.7")
    await rig.settle()
    const sent = rig.emails.length
    expect(sent).toBe(1 + 5)
    const from = { "CF-Connecting-IP": "203.0.113.7" }
    const answers = []
    for (let count = 0; count < 7; count++) answers.push(await own.post("/sign-in", { email: known }, from))
    await rig.settle()
    expect(answers.map(({ status }) => status)).toEqual([...Array(5).fill(303), 429, 429])
    expect(rig.emails.length).toBe(sent + 5)
    expect((await own.post("/sign-in", { email: "nobody@example.org" }, from)).status).toBe(429)
    const forger = createBrowser()
    forger.jar.set(
      "dateline-owner",
      (own.jar.get("dateline-owner") ?? "").replace(/.$/, (sign) => (sign === "A" ? "Q" : "A")),
    )
    await forger.post("/sign-in", { email: known }, { "CF-Connecting-IP": "192.0.2.1" })
    await rig.settle()
    expect(rig.emails.length).toBe(sent + 5)
  })

  it("without quoting the request's input", async () => {
    const browser = createBrowser()
    await askLink(browser, "/asia?x=CANARY")
    const [letter] = rig.emails
    expect(letter?.to).toBe(known)
    expect(JSON.stringify(letter)).not.toContain("CANARY")
  })
})

it.each([
  ["/sign-in", { email: known }],
  ["/sign-in/confirm", { token: "x".repeat(43) }],
  ["/sign-out", {}],
  ["/account/delete", { sure: "1" }],
])("refuses another site's form at %s", async (path, fields) => {
  for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }]) {
    const response = await createBrowser().post(path, fields, headers)
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
  }
  const response = await rig.get(path, {
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: "https://evil.test" },
  })
  expect(response.status).toBe(403)
  expect(rig.emails.length).toBe(0)
})

describe("signing out", () => {
  it("clears the cookie, ends the session and shows the teaser immediately", async () => {
    const browser = createBrowser()
    await confirm(browser, await askLink(browser))
    const cookie = browser.jar.get("dateline") ?? ""
    expect(await reads(browser)).toBe(true)
    expect((await browser.post("/sign-out", {})).status).toBe(303)
    expect(browser.jar.has("dateline")).toBe(false)
    expect(await reads(browser)).toBe(false)
    const copy = createBrowser()
    copy.jar.set("dateline", cookie)
    expect(await reads(copy)).toBe(false)
  })

  it("everywhere ends every session, in other isolates within 5 minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const browsers = [createBrowser(), createBrowser()] as const
    for (const browser of browsers) await confirm(browser, await askLink(browser))
    await browsers[0].post("/sign-out", { everywhere: "1" })
    expect(await reads(browsers[0])).toBe(false)
    vi.setSystemTime(Date.now() + 300_000)
    expect(await reads(browsers[1])).toBe(false)
  })
})

describe("when the people store fails", () => {
  it.each(["throw", "hang"] as const)("nobody is signed out if it %ss, and forms answer 503", async (fault) => {
    const browser = createBrowser()
    await confirm(browser, await askLink(browser))
    vi.useFakeTimers({ toFake: ["Date"] })
    vi.setSystemTime(Date.now() + 3_600_000)
    rig.faults.people = fault
    expect(await reads(browser)).toBe(true)
    for (const path of ["/account", "/sign-in"]) {
      const response = await browser.get(path)
      expect([path, response.status]).toEqual([path, 503])
      expect(response.headers.getSetCookie()).toEqual([])
    }
    expect((await createBrowser().post("/sign-in", { email: known })).status).toBe(503)
    rig.faults.people = "ok"
    expect(await reads(browser)).toBe(true)
    rig.faults.people = fault
    vi.setSystemTime(Date.now() + 86_400_000)
    expect(await reads(browser)).toBe(false)
  })
})
