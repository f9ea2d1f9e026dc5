// The hint and the JSON that the pages' script asks for: what they say, to whom, and that neither gives access.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { formatSession } from "../../src/membership/session.ts"
import { endSessions } from "../../src/store/credentials.ts"
import { withoutEnd } from "../../src/store/members.ts"
import { type Browser, openBrowser, openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

const article = "/asia/tajikistan/for-members"
const whole = "Only for members."
const ask = `/account/reader.json?path=${encodeURIComponent(article)}`
const ours = { "Sec-Fetch-Site": "same-origin" }
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  await publish(rig, article, compose({}, `For all.\n\n<!-- members-only -->\n\n${whole}\n`), { force: true })
})
afterEach(() => void vi.useRealTimers())

const open = (email: string, until = withoutEnd) => openMember(rig, email, until)
const read = async (browser: Browser) => (await browser.get(ask, ours)).json()
const hint = (browser: Browser) => browser.jar.get("dateline-hint")

describe("the hint", () => {
  it("is set with the session, readable by scripts, the same for every member, and lasts as long", async () => {
    const lines = await Promise.all(
      ["a@example.org", "b@example.org"].map(async (email) =>
        (await (await open(email)).browser.get("/account")).headers.getSetCookie(),
      ),
    )
    for (const [session = "", hinted = ""] of lines) {
      expect(hinted).toMatch(/^dateline-hint=member; Path=\/; Max-Age=\d+; SameSite=Lax$/)
      expect(/Max-Age=\d+/.exec(hinted)?.[0]).toBe(/Max-Age=\d+/.exec(session)?.[0])
    }
    expect(lines[0]?.[1]?.replace(/\d+/, "")).toBe(lines[1]?.[1]?.replace(/\d+/, ""))
  })

  it("has the __Host- prefix and is Secure on an https site", () => {
    expect(formatSession("token", true, 60, "https://meridian.example")).toEqual([
      "__Host-dateline=token; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
      "__Host-dateline-hint=member; Path=/; Max-Age=60; SameSite=Lax; Secure",
    ])
  })

  it.each([
    ["signing out", (browser: Browser) => browser.post("/sign-out", {})],
    ["signing out everywhere", (browser: Browser) => browser.post("/sign-out", { everywhere: "1" })],
    ["deleting the account", (browser: Browser) => browser.post("/account/delete", { sure: "1" })],
  ])("is removed by %s", async (_, end) => {
    const { browser } = await open(`end-${Math.random()}@example.org`)
    await browser.get("/account")
    expect(hint(browser)).toBe("member")
    await end(browser)
    expect([...browser.jar.keys()]).toEqual([])
  })

  it("is removed by the next page after the session ended elsewhere or expired", async () => {
    const { browser, member } = await open("elsewhere@example.org")
    await browser.get("/account")
    await endSessions(env.PEOPLE, member.id)
    expect([await read(browser), hint(browser)]).toEqual([null, undefined])
    const late = (await open("late@example.org")).browser
    await late.get("/account")
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31 * 86_400_000 })
    expect([await read(late), hint(late)]).toEqual([null, undefined])
  })

  it("gives no access and costs no look at the database when forged", async () => {
    const forger = openBrowser(rig)
    forger.jar.set("dateline-hint", "member")
    expect(await (await forger.get(article)).text()).not.toContain(whole)
    const before = rig.counts.people
    expect(await read(forger)).toBeNull()
    expect(rig.counts.people).toBe(before)
    expect(hint(forger)).toBeUndefined()
    forger.jar.set("dateline-hint", "member")
    expect((await forger.get("/account")).status).toBe(303)
  })

  it("changes no byte of any page, and no public page sets it", async () => {
    const { browser } = await open("bytes@example.org")
    await browser.get("/account")
    for (const path of ["/", "/asia", "/asia/tajikistan", "/newsletter", "/search", "/corrections"]) {
      const own = await browser.get(path)
      const all = await openBrowser(rig).get(path)
      expect(await own.text(), path).toBe(await all.text())
      expect(own.headers.getSetCookie(), path).toEqual([])
    }
  })
})

describe("what the script may know of its reader", () => {
  it("is whether they are a member and have saved the article, and nothing else", async () => {
    const { browser } = await open("member@example.org")
    expect(await read(browser)).toEqual({ reader: "member", saved: false })
    const saved = await browser.post(`/account/save?path=${article}`, {})
    expect([saved.status, saved.headers.get("Location")]).toEqual([303, `${origin}${article}#saved_`])
    expect(await read(browser)).toEqual({ reader: "member", saved: true })
    expect(await read((await open("other@example.org")).browser)).toEqual({ reader: "member", saved: false })
    const removed = await browser.post(`/account/unsave?path=${article}`, {})
    expect(removed.headers.get("Location")).toBe(origin + article)
    expect(await read(browser)).toEqual({ reader: "member", saved: false })
    expect(await (await browser.get("/account/reader.json?path=%2F%2Fevil.test", ours)).json()).toEqual({
      reader: "member",
      saved: false,
    })
  })

  it("follows the membership: a lapsed member keeps the account, but is offered membership again", async () => {
    const { browser } = await open("lapsed@example.org", Date.now() + 3_600_000)
    expect([await read(browser), hint(browser)]).toEqual([{ reader: "member", saved: false }, "member"])
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7_200_000 })
    expect([await read(browser), hint(browser)]).toEqual([{ reader: "reader", saved: false }, "reader"])
  })

  it("is never stored, and refused to other sites, in every way that a browser asks", async () => {
    const { browser } = await open("cors@example.org")
    const { headers } = await browser.get(ask, ours)
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "private, no-store",
      "content-type": expect.stringContaining("application/json"),
      "cross-origin-resource-policy": "same-origin",
      vary: expect.stringContaining("Cookie"),
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
    })
    for (const from of [
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site", Origin: "https://blog.meridian.example" },
      { "Sec-Fetch-Site": "none" },
      { Origin: "https://evil.test" },
      { Origin: "null" },
    ]) {
      const response = await browser.get(ask, from as Record<string, string>)
      const name = JSON.stringify(from)
      expect([response.status, await response.text()], name).toEqual([403, expect.not.stringContaining('"member"')])
      expect(response.headers.get("Access-Control-Allow-Origin"), name).toBeNull()
      expect(response.headers.getSetCookie(), name).toEqual([])
    }
    for (const method of ["POST", "PUT"])
      expect((await rig.get(ask, { method, headers: ours })).status, method).toBe(405)
  })

  it("is unavailable, and removes nothing, while the people store fails", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined)
    const { browser } = await open("failing@example.org")
    await browser.get("/account")
    rig.faults.people = "throw"
    const response = await browser.get(ask, ours)
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, []])
    expect(hint(browser)).toBe("member")
  })
})

describe("saving", () => {
  it("sends a reader who is not signed in to sign in, and then back to the article's own question", async () => {
    const response = await openBrowser(rig).post(`/account/save?path=${encodeURIComponent(article)}`, {})
    const next = `/account/save?path=${encodeURIComponent(article)}`
    expect(response.headers.get("Location")).toBe(`${origin}/sign-in?next=${encodeURIComponent(next)}`)
  })

  it.each(["save", "unsave"])("refuses to %s for another site, with any cookie", async (action) => {
    const { browser } = await open(`csrf-${action}@example.org`)
    await browser.post(`/account/save?path=${article}`, {})
    const path = `/account/${action}?path=${article}`
    expect((await browser.post(path, {}, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403)
    expect((await browser.get(path)).status).toBe(action === "save" ? 200 : 405)
    expect(await read(browser)).toEqual({ reader: "member", saved: true })
  })

  it.each([
    "//evil.test/",
    "https://evil.test/",
    "/asia",
    "/account",
    "\\\\evil.test",
  ])("never leads to %s", async (path) => {
    const { browser } = await open(`redirect-${path.length}@example.org`)
    const asked = `?path=${encodeURIComponent(path)}`
    expect((await browser.post(`/account/save${asked}`, {})).status).toBe(404)
    const removed = await browser.post(`/account/unsave${asked}`, {})
    expect(removed.headers.get("Location")).toBe(`${origin}/account#saved_`)
  })
})
