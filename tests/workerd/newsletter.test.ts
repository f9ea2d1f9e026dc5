import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createMember, grantMembership, withoutEnd } from "../../src/store/members.ts"
import { findSubscriber, subscribe } from "../../src/store/subscribers.ts"
import { createRig, env, origin, type Rig } from "./rig.ts"

let rig: Rig
const victim = "victim@gmail.com"

const said: string[] = []
afterEach(() => {
  // The log never contains an address or a token, whatever went wrong.
  for (const line of said.splice(0)) expect(line).not.toMatch(/@|token=|[\w-]{43}|whsec|sk_test/)
})

beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.map(String).join(" ")))

  rig = await createRig()
  for (const table of ["rate_limits", "confirmations", "subscribers", "members"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
})

const form = "application/x-www-form-urlencoded"
function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams(fields).toString()
  return rig.get(path, { method: "POST", body, headers: { "Content-Type": form, Origin: origin, ...headers } })
}

/** The link in an email's button, without the origin. */
function linkOf(letter: { text: string } | undefined): string {
  return /http:\/\/localhost:8787(\S+token=\S+)/.exec(letter?.text ?? "")?.[1] ?? ""
}
function tokenOf(letter: { text: string } | undefined): string {
  return new URL(linkOf(letter), origin).searchParams.get("token") ?? ""
}

async function signUp(email: string, prefix = ""): Promise<string> {
  expect((await post(`${prefix}/newsletter`, { email })).status).toBe(303)
  await rig.settle()
  return tokenOf(rig.emails.at(-1))
}

describe("signing up", () => {
  it("sends one email a day to an inbox, however it is spelled and wherever the request comes from, quoting no input", async () => {
    const canary = "BUYNOW"
    for (let i = 0; i < 1000; i++) {
      const dotted = [..."victim"].map((sign, at) => ((i >> at) & 1 && at < 5 ? `${sign}.` : sign)).join("")
      const email = `${i % 3 === 0 ? dotted.toUpperCase() : dotted}+${canary}${i}@${i % 2 ? "gmail.com" : "googlemail.com"}`
      const response = await post(
        i % 4 === 0 ? "/fr/newsletter" : "/newsletter",
        { email, name: canary, language: canary },
        { "CF-Connecting-IP": `10.${i >> 8}.${i & 255}.7`, "User-Agent": canary, Referer: `${origin}/${canary}` },
      )
      expect(response.status).toBe(303)
      expect(response.headers.get("Location")).toMatch(/^http:\/\/localhost:8787(\/fr)?\/newsletter\/sent$/)
    }
    await rig.settle()
    expect(rig.emails.length).toBe(1)
    const { subject, text, html, headers } = rig.emails[0] as NonNullable<(typeof rig.emails)[0]>
    expect(JSON.stringify([subject, text, html, headers])).not.toMatch(/BUYNOW|victim|gmail/i)
  })

  it("sends another email to the inbox after a day", async () => {
    await signUp(victim)
    await env.PEOPLE.prepare("UPDATE rate_limits SET at = at - 86400000").run()
    await signUp(victim)
    expect(rig.emails.length).toBe(2)
  })

  it("accepts at most 60 sign-ups an hour from one network, such as an IPv6 /64", async () => {
    const from = (i: number) => ({ "CF-Connecting-IP": `2001:db8:1:2::${i.toString(16)}` })
    const answers = []
    for (let i = 0; i < 70; i++) answers.push(await post("/newsletter", { email: `r${i}@example.org` }, from(i)))
    await rig.settle()
    expect(answers.map(({ status }) => status)).toEqual([...Array(60).fill(303), ...Array(10).fill(429)])
    expect(rig.emails.length).toBe(60)
    const wait = Number(answers[69]?.headers.get("Retry-After"))
    expect(wait).toBeGreaterThan(3_000)
    expect(wait).toBeLessThanOrEqual(3_600)
    expect(await answers[69]?.text()).toContain('value="r69@example.org"')
    const elsewhere = await post("/newsletter", { email: "o@example.org" }, { "CF-Connecting-IP": "2001:db8:1:3::1" })
    expect(elsewhere.status).toBe(303)
  })

  it("stops at the hourly limit for everyone, and says so", async () => {
    await env.PEOPLE.prepare(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO rate_limits SELECT 'newsletter', ?1 FROM n",
    )
      .bind(Date.now())
      .run()
    expect((await post("/newsletter", { email: victim })).status).toBe(429)
    await rig.settle()
    expect(rig.emails).toEqual([])
  })

  it("gives the same response whether or not the address is known", async () => {
    await subscribe(env.PEOPLE, { email: "known@example.org", language: "en", list: "headlines" }, Date.now())
    const seen = []
    for (const email of ["known@example.org", "unknown@example.org", "known@example.org"]) {
      const response = await post("/newsletter", { email })
      seen.push([response.status, [...response.headers], await response.text()])
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
    await rig.settle()
    expect(rig.emails.map(({ subject }) => subject)).toEqual([
      "You are already subscribed to Daily headlines",
      "Confirm your sign-up: Daily headlines",
    ])
  })

  it.each([
    "",
    "nobody",
    "a@b",
    "a b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@gm%61il.com",
  ])("shows the form again for “%s”, with the input and the error", async (email) => {
    const response = await post("/ar/newsletter", { email })
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(page).toContain('aria-invalid="true" aria-describedby="error_"')
    expect(page).toContain('id="error_"')
    expect(page).toContain('<html lang="ar" dir="rtl">')
    await rig.settle()
    expect(rig.emails).toEqual([])
  })

  it("shows a hostile address as text", async () => {
    const response = await post("/newsletter", { email: '"><script>alert(1)</script>' })
    expect(await response.text()).not.toContain("<script>alert")
  })

  it("refuses another site's form, another content type and a large body before reading it", async () => {
    const evil = { Origin: "https://evil.example" }
    expect((await post("/newsletter", { email: victim }, evil)).status).toBe(403)
    expect((await post("/newsletter", { email: victim }, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403)
    expect((await post("/newsletter", { email: victim }, { "Sec-Fetch-Site": "same-site" })).status).toBe(403)
    for (const type of ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
      expect((await post("/newsletter", { email: victim }, { "Content-Type": type })).status).toBe(415)
    expect((await post("/newsletter", { email: victim, more: "x".repeat(16_384) })).status).toBe(413)
    let given = 0
    const body = new ReadableStream({
      pull(controller) {
        given += 65_536
        if (given > 10_000_000) controller.close()
        else controller.enqueue(new Uint8Array(65_536).fill(97))
      },
    })
    const init = { method: "POST", body, headers: { "Content-Type": form, Origin: origin }, duplex: "half" }
    expect((await rig.get("/newsletter", init)).status).toBe(413)
    expect(given).toBeLessThan(1_000_000)
    await rig.settle()
    expect(rig.emails).toEqual([])
  })

  it.each<[string, Record<string, string>]>([
    ["a form", { "Content-Length": "100" }],
    ["a form of unknown length", {}],
  ])("answers 400 if the connection ends within %s, which is no bug", async (_what, length) => {
    for (const path of ["/newsletter", "/sign-in", "/newsletter/unsubscribe"]) {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode("email=a"))
        },
        pull(controller) {
          controller.error(new Error("Network connection lost."))
        },
      })
      const headers = { ...length, "Content-Type": form, Origin: origin }
      expect((await rig.get(path, { method: "POST", body, headers })).status).toBe(400)
    }
    expect(said).toEqual([])
  })

  it.each(["throw", "hang"] as const)("keeps the input when the store would %s", async (fault) => {
    rig.faults.people = fault
    const response = await post("/newsletter", { email: victim })
    expect(response.status).toBe(503)
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0)
    expect(await response.text()).toContain(`value="${victim}"`)
    rig.faults.people = "ok"
    await signUp(victim)
    expect(rig.emails.length).toBe(1)
  })

  it("does not count an email that could not be sent", async () => {
    rig.refuseEmails(true)
    await post("/newsletter", { email: victim })
    await rig.settle()
    rig.refuseEmails(false)
    await signUp(victim)
    expect(rig.emails.length).toBe(1)
  })
})

describe("confirming", () => {
  it("happens by the button, not by following the link, and once", async () => {
    const token = await signUp("reader@example.org", "/fr")
    const path = linkOf(rig.emails[0])
    expect(path).toMatch(/^\/fr\/newsletter\/confirm\?token=[\w-]{43}$/)
    for (let i = 0; i < 3; i++) expect(await (await rig.get(path)).text()).toContain(`value="${token}"`)
    expect(await findSubscriber(env.PEOPLE, "reader@example.org")).toBeNull()
    for (let i = 0; i < 2; i++) {
      const response = await post("/fr/newsletter/confirm", { token })
      expect([response.status, response.headers.get("Location")]).toEqual([303, `${origin}/fr/newsletter/confirmed`])
    }
    await rig.settle()
    const reader = await findSubscriber(env.PEOPLE, "Reader@Example.org")
    expect(reader).toMatchObject({ language: "fr", lists: ["headlines"] })
    expect(rig.emails.map(({ subject }) => subject)).toEqual([
      "Confirmez votre inscription\u00a0: Les titres du jour",
      "Bienvenue\u00a0: vous recevez «\u00a0Les titres du jour\u00a0»",
    ])
    expect(rig.emails[1]?.headers).toEqual({
      "Auto-Submitted": "auto-generated",
      "List-Unsubscribe": `<${origin}/fr/newsletter/unsubscribe?token=${reader?.token}&list=headlines>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    })
  })

  it("does nothing for an expired, truncated or invented link, or another site's form", async () => {
    const token = await signUp("reader@example.org")
    expect((await post("/newsletter/confirm", { token }, { Origin: "https://evil.example" })).status).toBe(403)
    for (const wrong of ["", token.slice(1), `${token}x`, "__proto__", "%00"]) {
      expect((await rig.get(`/newsletter/confirm?token=${encodeURIComponent(wrong)}`)).status).toBe(410)
      expect((await post("/newsletter/confirm", { token: wrong })).status).toBe(410)
    }
    await env.PEOPLE.prepare("UPDATE confirmations SET expires_at = ?1").bind(Date.now()).run()
    expect((await post("/newsletter/confirm", { token })).status).toBe(410)
    expect(await findSubscriber(env.PEOPLE, "reader@example.org")).toBeNull()
  })

  it("stores no token of a confirmation link", async () => {
    const token = await signUp("reader@example.org")
    const { results } = await env.PEOPLE.prepare("SELECT * FROM confirmations").all()
    expect(JSON.stringify(results)).not.toContain(token)
  })
})

describe("unsubscribing", () => {
  const reader = "reader@example.org"
  const add = async (list: "headlines" | "digest") =>
    (await subscribe(env.PEOPLE, { email: reader, language: "en", list }, Date.now())).subscriber.token
  const path = (token: string, list = "headlines") => `/newsletter/unsubscribe?token=${token}&list=${list}`

  it("works from a mail program in one click, from anywhere, without cookie or origin, repeatedly", async () => {
    const token = await add("headlines")
    await add("digest")
    const multipart = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    const asks: RequestInit[] = [
      { body: "List-Unsubscribe=One-Click", headers: { "Content-Type": form } },
      {
        body: multipart,
        headers: { "Content-Type": "multipart/form-data; boundary=b", Origin: "https://mail.example" },
      },
      { body: "List-Unsubscribe=One-Click", headers: { "Content-Type": form, "Sec-Fetch-Site": "cross-site" } },
    ]
    for (const init of asks) {
      const response = await rig.get(path(token), { method: "POST", ...init })
      expect([response.status, response.headers.get("Location")]).toEqual([200, null])
      const left = await findSubscriber(env.PEOPLE, reader)
      expect(left?.lists).toEqual(["digest"])
    }
  })

  it("never happens by following the link or from another site's form", async () => {
    const token = await add("headlines")
    expect(await (await rig.get(path(token))).text()).toContain("Unsubscribe from Daily headlines?")
    const evil = { Origin: "https://evil.example" }
    expect((await post(path(token), { list: "headlines" }, evil)).status).toBe(403)
    expect((await post(`/newsletter/preferences?token=${token}`, { language: "fr" }, evil)).status).toBe(403)
    expect(await findSubscriber(env.PEOPLE, reader)).toMatchObject({ language: "en" })
  })

  it("deletes a reader with no newsletter left, and still answers the same link", async () => {
    const token = await add("headlines")
    const response = await post(path(token), { list: "headlines" })
    expect(response.headers.get("Location")).toBe(`${origin}/newsletter/unsubscribed`)
    for (const table of ["subscribers", "subscriptions", "confirmations"])
      expect(await env.PEOPLE.prepare(`SELECT count(*) AS n FROM ${table}`).first()).toEqual({ n: 0 })
    expect((await post(path(token), { list: "headlines" })).status).toBe(303)
    const page = await rig.get(path(token))
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("You are not subscribed")])
  })

  it("invalidates confirmation links that would subscribe again", async () => {
    const waiting = await signUp(reader)
    const token = await add("headlines")
    await post(path(token), { list: "headlines" })
    expect((await post("/newsletter/confirm", { token: waiting })).status).toBe(410)
  })

  it("lets a reader come back the same day: a new sign-up gets one new link", async () => {
    await post("/newsletter/confirm", { token: await signUp(reader) })
    await rig.settle()
    const { token } = (await findSubscriber(env.PEOPLE, reader)) ?? { token: "" }
    await rig.get(path(token), {
      method: "POST",
      body: "List-Unsubscribe=One-Click",
      headers: { "Content-Type": form },
    })
    const sent = rig.emails.length
    const again = await signUp(reader)
    await signUp(reader)
    expect(rig.emails.length).toBe(sent + 1)
    expect((await post("/newsletter/confirm", { token: again })).status).toBe(303)
    expect((await findSubscriber(env.PEOPLE, reader))?.lists).toEqual(["headlines"])
  })

  it("lets nobody who has a reader's link send them more than one email a day", async () => {
    const token = await add("headlines")
    await add("digest")
    for (let i = 0; i < 3; i++) {
      await post(path(token), { list: "headlines" })
      await signUp(reader)
    }
    expect(rig.emails.length).toBe(1)
  })

  it("lets the link change language and lists", async () => {
    const token = await add("digest")
    await post(`/newsletter/preferences?token=${token}`, { language: "ar" })
    await post(`/newsletter/preferences?token=${token}`, { language: "tlh" })
    await post(`/newsletter/preferences?token=${token}`, { list: "headlines" })
    const reader = await findSubscriber(env.PEOPLE, "reader@example.org")
    expect(reader?.language).toBe("ar")
    expect(reader?.lists.toSorted()).toEqual(["digest", "headlines"])
    await post(path(token, "digest"), { list: "digest" })
    await post(`/newsletter/preferences?token=${token}`, { list: "digest" })
    const later = await findSubscriber(env.PEOPLE, "reader@example.org")
    expect(later?.lists).toEqual(["headlines"])
  })

  it("lets a member start the digest again, and nobody else", async () => {
    const token = await add("headlines")
    const page = async () => (await rig.get(`/newsletter/unsubscribe?token=${token}`)).text()
    expect(await page()).not.toContain("Get The Meridian Digest")
    expect(await page()).toContain('<a href="/digest">The Meridian Digest</a> <span class="kick">For members</span>')
    const { id } = await createMember(env.PEOPLE, reader, "en", Date.now())
    await grantMembership(env.PEOPLE, id, withoutEnd)
    expect(await page()).toContain("Get The Meridian Digest")
    await post(`/newsletter/preferences?token=${token}`, { list: "digest" })
    expect(await page()).toContain("Unsubscribe from The Meridian Digest")
  })

  it("says why nothing is sent to an address that bounced, until it is confirmed again", async () => {
    const token = await add("headlines")
    const page = async () => (await rig.get(`/newsletter/unsubscribe?token=${token}`)).text()
    expect(await page()).not.toContain("We have stopped sending")
    await env.PEOPLE.prepare("UPDATE subscribers SET stopped_at = 1, stopped_by = 'bounce'").run()
    expect(await page()).toMatch(
      /We have stopped sending newsletters to \S*reader@example.org\S*, because our emails bounced/,
    )
    await env.PEOPLE.prepare("UPDATE subscribers SET stopped_by = 'complaint'").run()
    expect(await page()).toContain("reported as spam")
    await post("/newsletter/confirm", { token: await signUp(reader) })
    expect(await page()).not.toContain("We have stopped sending")
  })
})

it("shows each page in its language, and caches none", async () => {
  for (const [path, word] of [
    ["/newsletter/sent", "Check your inbox"],
    ["/fr/newsletter/sent", "Consultez votre messagerie"],
    ["/ar/newsletter/confirmed", "تم الاشتراك"],
    ["/ar/newsletter/unsubscribed", "تم إلغاء الاشتراك"],
  ] as const) {
    const response = await rig.get(path)
    expect(response.headers.get("Cache-Control")).toBe("private, no-store")
    expect(await response.text()).toContain(word)
  }
})
