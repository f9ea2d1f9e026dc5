import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { message } from "../../src/site/messages.ts"
import { giftsAMonth, readTexts } from "../../src/store/gifts.ts"
import { revokeMembership, withoutEnd } from "../../src/store/members.ts"
import { createClaim, holdCheckout, recordPayment } from "../../src/store/payments.ts"
import { personalTables } from "../../src/store/personal-data.ts"
import { openStores } from "../../src/store/stores.ts"
import { findSubscriber, subscribe } from "../../src/store/subscribers.ts"
import { type Browser, openBrowser, openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

let rig: Rig
const article = "/asia/tajikistan/for-members"
const other = "/asia/tajikistan/for-members-too"
const whole = "Only for members."
/** Tables with nothing about a reader: editors' keys, hashes that are kept for a day, ids of Stripe's and mail providers' events. */
const impersonal = ["editors", "attempts", "rate_limits", "stripe_done", "mail_events"]
const notFound = message("en", "notFoundTitle")

beforeEach(async () => {
  rig = await createRig()
  for (const { name } of personalTables) await env.PEOPLE.prepare(`DELETE FROM ${name}`).run()
  for (const path of [article, other])
    await publish(
      rig,
      path,
      compose({ summary: "Why <details> matters." }, `For all.\n\n<!-- members-only -->\n\n${whole}\n`),
      { force: true },
    )
})
afterEach(() => void vi.useRealTimers())

const text = async (browser: Browser, path: string) => (await browser.get(path)).text()

async function give(browser: Browser, path = article): Promise<string> {
  expect((await browser.post(`/account/give?path=${encodeURIComponent(path)}`, {})).status).toBe(303)
  const url = new RegExp(`value="(${origin}${path}\\?gift=[\\w.-]+)"`).exec(await text(browser, "/account"))?.[1] ?? ""
  return url.slice(origin.length)
}

describe("the account page", () => {
  it.each([
    ["/account", "/sign-in?next=%2Faccount"],
    ["/fr/account", "/fr/sign-in?next=%2Ffr%2Faccount"],
    [`/account/save?path=${article}`, `/sign-in?next=${encodeURIComponent(`/account/save?path=${article}`)}`],
  ])("sends readers who are not signed in from %s to sign in, and back", async (path, to) => {
    const response = await openBrowser(rig).get(path)
    expect([response.status, response.headers.get("Location")]).toEqual([303, origin + to])
  })

  it("shows members their membership status in their language, and nobody else's", async () => {
    const { browser } = await openMember(rig, "a@example.org", Date.UTC(2100, 0, 2))
    const response = await browser.get("/account")
    expect(response.headers.get("Cache-Control")).toBe("private, no-store")
    expect(await response.text()).toContain("You are a member until 2 January 2100")
    expect(await text(browser, "/fr/account")).toContain("2 janvier 2100")
    expect(await text(browser, "/ar/account")).toContain('dir="rtl"')
  })

  it("answers with the methods that an address allows", async () => {
    const browser = openBrowser(rig)
    for (const [response, allowed] of [
      [await browser.post("/account", {}), "GET, HEAD, OPTIONS"],
      [await browser.post("/fr/join/welcome", {}), "GET, HEAD, OPTIONS"],
      [await browser.get("/account/export"), "POST, OPTIONS"],
    ] as const)
      expect([response.status, response.headers.get("Allow")]).toEqual([405, allowed])
    for (const [path, allowed] of [
      ["/account", "GET, HEAD, OPTIONS"],
      ["/fr/account/export", "POST, OPTIONS"],
      ["/join", "GET, HEAD, POST, OPTIONS"],
    ] as const) {
      const { status, headers } = await rig.get(path, { method: "OPTIONS" })
      expect([status, headers.get("Allow")]).toEqual([204, allowed])
    }
    expect((await browser.post("/account/nothing", {})).status).toBe(404)
  })

  it("is not shown after the session was ended elsewhere", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    await env.PEOPLE.prepare("DELETE FROM sessions").run()
    expect((await browser.get("/account")).status).toBe(303)
    expect((await browser.post("/account/export", {})).status).toBe(303)
  })
})

describe("saved articles", () => {
  it("are saved once, listed by title, and can be removed", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    expect(await text(browser, `/account/save?path=${article}`)).toContain(
      `action="/account/save?path=${encodeURIComponent(article)}"`,
    )
    for (let count = 0; count < 2; count++) await browser.post(`/account/save?path=${article}`, {})
    expect((await text(browser, "/account")).split(`href="${article}"`).length).toBe(2)
    await browser.post(`/account/unsave?path=${article}`, {})
    expect(await text(browser, "/account")).not.toContain(article)
  })

  it("and given ones keep their titles when they move, and show none that is under embargo", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    await publish(rig, article, compose({ title: "A title that moves" }, "Text.\n"), { force: true })
    await browser.post(`/account/save?path=${article}`, {})
    await give(browser)
    const to = `${article}-moved`
    await rig.desk("POST", "/move", { from: article, to, base: 0, force: true })
    expect((await text(browser, "/account")).split("A title that moves</a>").length).toBe(3)
    const later = compose(
      { title: "A title of tomorrow", date: new Date(Date.now() + 86_400_000).toISOString() },
      "Text.\n",
    )
    await publish(rig, to, later, { force: true })
    expect(await text(browser, "/account")).not.toContain("A title of tomorrow")
    await rig.desk("POST", "/unpublish", { path: to, base: 0, force: true, reason: "test" })
  })

  it("stay saved when they move: the new address says so, and saves or removes the same one", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const from = "/asia/tajikistan/to-move"
    const to = `${from}-moved`
    const isSaved = async (path: string) => {
      const asked = await browser.get(`/account/reader.json?path=${path}`, { "Sec-Fetch-Site": "same-origin" })
      return ((await asked.json()) as { saved: boolean }).saved
    }
    const count = async () => (await text(browser, "/account")).split("A title that moves</a>").length - 1
    await publish(rig, from, compose({ title: "A title that moves" }, "Text.\n"), { force: true })
    await browser.post(`/account/save?path=${from}`, {})
    await rig.desk("POST", "/move", { from, to, base: 0, force: true })
    expect([await isSaved(to), await count()]).toEqual([true, 1])
    await browser.post(`/account/save?path=${to}`, {})
    expect([await isSaved(to), await count()]).toEqual([true, 1])
    await rig.desk("POST", "/move", { from: to, to: from, base: 0, force: true })
    await browser.post(`/account/unsave?path=${from}`, {})
    expect([await isSaved(from), await count()]).toEqual([false, 0])
    await rig.desk("POST", "/unpublish", { path: from, base: 0, force: true, reason: "test" })
  })

  it.each([
    "/account",
    "/asia",
    "//evil.test",
    "/asia/tajikistan/never",
    "",
    "x".repeat(9000),
  ])("refuses to save anything but an article: %.40s", async (path) => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    expect((await browser.post(`/account/save?path=${encodeURIComponent(path)}`, {})).status).toBe(404)
    const response = await browser.get(`/account/give?path=${encodeURIComponent(path)}`)
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining(notFound)])
  })
})

describe("a gift", () => {
  it("opens only its article, in full, to anyone, but not to caches, indexes or other sites", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const link = await give(browser)
    const response = await openBrowser(rig).get(link)
    const page = await response.text()
    expect(page).toContain(whole)
    expect(page).toContain("A member has given you this article")
    expect(page).toContain(`<link rel="canonical" href="${origin}${article}">`)
    expect(page).not.toContain("gift=")
    expect(page).not.toContain("/account/give")
    expect(response.headers.get("Cache-Control")).toBe("private, no-store")
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer")
    expect(response.headers.get("X-Robots-Tag")).toBe("noindex")
    const token = link.slice(link.indexOf("?"))
    for (const path of [other, `${article}.md`]) expect(await text(openBrowser(rig), path + token)).not.toContain(whole)
    expect(await text(openBrowser(rig), article)).not.toContain(whole)
  })

  it("never validates another audience's page, or the other way round", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const link = await give(browser)
    const visitor = openBrowser(rig)
    const tags = [await visitor.get(article), await visitor.get(link), await browser.get(article)].map((response) =>
      response.headers.get("ETag"),
    )
    expect(new Set(tags).size).toBe(3)
    for (const tag of tags.slice(1))
      expect((await rig.get(article, { headers: { "If-None-Match": tag ?? "" } })).status).toBe(200)
    // A date says nothing about the audience: readers who sign in see the rest at once.
    const since = { "If-Modified-Since": new Date(Date.now() + 60_000).toUTCString() }
    expect((await browser.get(article, since)).status).toBe(200)
    expect((await browser.get(article, since)).status).toBe(200)
    expect((await rig.get(link, { headers: since })).status).toBe(200)
    expect((await rig.get(link, { headers: { "If-None-Match": tags[1] ?? "" } })).status).toBe(304)
  })

  it("ends after 7 days, or within 5 minutes of being revoked, in every isolate", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const link = await give(browser)
    const elsewhere = openBrowser(rig, 1)
    expect(await text(elsewhere, link)).toContain(whole)
    const [, id = ""] = /name="id" value="(\w+)"/.exec(await text(browser, "/account")) ?? []
    await browser.post("/account/give/revoke", { id })
    expect(await text(openBrowser(rig), link)).not.toContain(whole)
    vi.setSystemTime(Date.now() + 300_000)
    expect(await text(elsewhere, link)).not.toContain(whole)
    const second = await give(browser)
    vi.setSystemTime(Date.now() + 7 * 86_400_000 - 2_000)
    expect(await text(elsewhere, second)).toContain(whole)
    vi.setSystemTime(Date.now() + 2_000)
    expect(await text(elsewhere, second)).not.toContain(whole)
  })

  it("has a page with its link, for the member who gave it, as long as it works", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const response = await browser.post(`/account/give?path=${article}`, {})
    const page = (response.headers.get("Location") ?? "").slice(origin.length)
    const link = await give(browser)
    expect(await text(browser, page)).toMatch(/value="http[^"]+\?gift=[\w.-]+"/)
    expect(await text(openBrowser(rig), link)).toContain(whole)
    const stranger = (await openMember(rig, "b@example.org", withoutEnd)).browser
    const elsewhere = page.replace(encodeURIComponent(article), encodeURIComponent(other))
    for (const shown of [await text(stranger, page), await text(browser, elsewhere)])
      expect(shown).not.toContain("gift=")
    await browser.post("/account/give/revoke", { id: new URLSearchParams(page.split("?")[1]).get("made") ?? "" })
    expect(await text(browser, page)).not.toContain("gift=")
  })

  it("says that its article has been removed for as long as it is, and never that the link works then", async () => {
    const { browser } = await openMember(rig, "gone@example.org", withoutEnd)
    const path = "/asia/nepal/to-be-removed"
    const source = (words: string) => compose({}, `For all.\n\n<!-- members-only -->\n\n${words}\n`)
    await publish(rig, path, source(whole))
    await give(browser, path)
    const states = async () => {
      const [, gifts = ""] = (await text(browser, "/account")).split('id="gifts_"')
      return [...(gifts.split("</ul>")[0] ?? "").matchAll(/class="kick">([^<]+)/g)].map(([, state]) => state)
    }
    expect(await states()).toEqual([expect.stringMatching(/^Works until /)])
    expect((await rig.desk("POST", "/unpublish", { path, reason: "why", base: 1 })).status).toBe(200)
    expect(await states()).toEqual([message("en", "goneTitle")])
    // It would work again if the article returned, so it can still be revoked.
    expect(await text(browser, "/account")).toContain('action="/account/give/revoke"')
    // Another article at the address is not the one that was given.
    const [other] = (await publish(rig, path, source("Another."), { force: true })).published
    expect(await states()).toEqual([message("en", "goneTitle")])
    const back = { path, revision: 1, base: other?.revision }
    expect((await rig.desk("POST", "/rollback", back)).status).toBe(200)
    expect(await states()).toEqual([expect.stringMatching(/^Works until /)])
  })

  it("given by someone else cannot be revoked", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const link = await give(browser)
    const [, id = ""] = /name="id" value="(\w+)"/.exec(await text(browser, "/account")) ?? []
    await (await openMember(rig, "b@example.org", withoutEnd)).browser.post("/account/give/revoke", { id })
    expect(await text(openBrowser(rig), link)).toContain(whole)
  })

  it("follows its article when it moves", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const from = "/asia/tajikistan/to-be-moved"
    const to = "/asia/nepal/moved"
    await publish(rig, from, compose({}, `For all.\n\n<!-- members-only -->\n\n${whole}\n`))
    const link = await give(browser, from)
    expect((await rig.desk("POST", "/move", { from, to, base: 1 })).status).toBe(200)
    const response = await openBrowser(rig).get(link)
    expect(response.status).toBe(301)
    const location = response.headers.get("Location") ?? ""
    expect(location).toBe(`${origin}${to}${link.slice(link.indexOf("?"))}`)
    expect(await text(openBrowser(rig), location.slice(origin.length))).toContain(whole)
    expect(await text(openBrowser(rig), article + link.slice(link.indexOf("?")))).not.toContain(whole)
  })

  it("opens the article even after the catalogue failed for another reader at another address", async () => {
    const { browser } = await openMember(rig, "a@example.org", withoutEnd)
    const [link, second] = [await give(browser), await give(browser)]
    expect(await text(browser, article)).toContain(whole)
    rig.faults.d1 = "throw"
    await openBrowser(rig).get(other + link.slice(link.indexOf("?")))
    rig.faults.d1 = "ok"
    expect(await text(openBrowser(rig), second)).toContain(whole)
  })

  it("is limited per month, and only members can give one", async () => {
    const { browser, member } = await openMember(rig, "a@example.org", withoutEnd)
    const answers: number[] = []
    for (let count = 0; count < giftsAMonth + 2; count++)
      answers.push((await browser.post(`/account/give?path=${article}`, {})).status)
    expect(answers.filter((status) => status === 303).length).toBe(giftsAMonth)
    expect(answers.slice(-2)).toEqual([429, 429])
    await revokeMembership(env.PEOPLE, member.id, Date.now())
    expect((await browser.post(`/account/give?path=${article}`, {})).status).toBe(403)
  })
})

describe("the private feed", () => {
  const address = async (browser: Browser) =>
    /value="(http[^"]+\/account\/feed\/[0-9a-f]{64}\.xml)"/
      .exec(await text(browser, "/account"))?.[1]
      ?.slice(origin.length)

  it("serves full texts without a cookie until it is replaced or revoked, or the membership ends", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const end = Date.now() + 3_600_000
    const { browser } = await openMember(rig, "a@example.org", end)
    const reader = openBrowser(rig)
    await browser.post("/account/feed", {})
    const first = (await address(browser)) ?? ""
    const response = await reader.get(first)
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "private, no-store"])
    expect(response.headers.get("Content-Type")).toBe("application/rss+xml; charset=utf-8")
    const feed = await response.text()
    expect(feed).toContain(whole)
    expect(feed).toContain("<description>Why &amp;lt;details&amp;gt; matters.</description>")
    await browser.post("/account/feed", {})
    expect((await reader.get(first)).status).toBe(404)
    const second = (await address(browser)) ?? ""
    expect((await reader.get(second)).status).toBe(200)
    await browser.post("/account/feed/revoke", {})
    expect((await reader.get(second)).status).toBe(404)
    await browser.post("/account/feed", {})
    const third = (await address(browser)) ?? ""
    vi.setSystemTime(end)
    expect((await reader.get(third)).status).toBe(404)
  })

  it("reads no more of an article than its audience may read", async () => {
    const read = (audience: "public" | "members") =>
      readTexts(openStores(env), { listing: "en:/", size: 1, audience }, Date.now())
    expect((await read("public")).map(({ text }) => text.trim())).toEqual(["For all."])
    expect((await read("members")).map(({ text }) => text)).toEqual([expect.stringContaining(whole)])
  })

  it.each(["0".repeat(64), "x", "..", "0".repeat(63)])("has no other address: %s", async (token) => {
    expect((await openBrowser(rig).get(`/account/feed/${token}.xml`)).status).toBe(404)
  })
})

describe("a member's newsletters", () => {
  const email = "a@example.org"
  const lists = async () => (await findSubscriber(env.PEOPLE, email))?.lists.toSorted()

  it("are started and stopped on the account page, and written in the language chosen there", async () => {
    const { browser } = await openMember(rig, email, withoutEnd)
    expect(await text(browser, "/account")).toContain("Get The Meridian Digest")
    expect(await text(browser, "/account")).not.toContain("Language of your newsletters")
    const answer = await browser.post("/account/newsletters", { list: "digest" })
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, `${origin}/account#newsletters_`])
    await browser.post("/account/newsletters", { list: "headlines" })
    await browser.post("/account/newsletters", { language: "ar" })
    await browser.post("/account/newsletters", { language: "tlh" })
    expect(await lists()).toEqual(["digest", "headlines"])
    const page = await text(browser, "/account")
    expect(page).toContain("Unsubscribe from The Meridian Digest")
    expect(page).toContain('<option value="ar" lang="ar" dir="rtl" selected>')
    await browser.post("/account/newsletters/stop", { list: "headlines" })
    await browser.post("/account/newsletters/stop", { list: "nothing" })
    expect(await lists()).toEqual(["digest"])
    await browser.post("/account/newsletters/stop", { list: "digest" })
    expect(await lists()).toBeUndefined()
  })

  it("are only the headlines once the membership has ended", async () => {
    const { browser, member } = await openMember(rig, email, withoutEnd)
    await browser.post("/account/newsletters", { list: "digest" })
    await revokeMembership(env.PEOPLE, member.id, Date.now())
    const { browser: again } = await openMember(rig, email, 0)
    expect(await text(again, "/account")).toContain("Unsubscribe from The Meridian Digest")
    await again.post("/account/newsletters/stop", { list: "digest" })
    await again.post("/account/newsletters", { list: "digest" })
    await again.post("/account/newsletters", { list: "headlines" })
    expect(await lists()).toEqual(["headlines"])
  })

  it("cannot be changed by another site's form, nor by who is not signed in", async () => {
    const { browser } = await openMember(rig, email, withoutEnd)
    const evil = { "Sec-Fetch-Site": "cross-site" }
    expect((await browser.post("/account/newsletters", { list: "digest" }, evil)).status).toBe(403)
    expect((await openBrowser(rig).post("/account/newsletters", { list: "digest" })).status).toBe(303)
    expect(await lists()).toBeUndefined()
  })
})

describe("a member's data", () => {
  it("is known for every table that holds personal data", async () => {
    const { results } = await env.PEOPLE.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'd1_%' AND name NOT LIKE '_cf_%'",
    ).all<{ name: string }>()
    const known = [...personalTables.map(({ name }) => name), ...impersonal]
    expect(results.map(({ name }) => name).sort()).toEqual(known.sort())
    for (const { name, columns } of personalTables) {
      const all = await env.PEOPLE.prepare(`SELECT name FROM pragma_table_info('${name}')`).all<{ name: string }>()
      const left = all.results.map((column) => column.name).filter((column) => !columns.split(/,\s*/).includes(column))
      // The owner of the row, and hashes.
      for (const column of left)
        expect(["member", "subscriber", "id", "hash", "browser", "token_hash"]).toContain(column)
    }
  })

  it("is exported completely and deleted completely, without touching anyone else's", async () => {
    const { browser, member } = await openMember(rig, "A@example.org", withoutEnd)
    const neighbour = await openMember(rig, "b@example.org", withoutEnd)
    for (const one of [browser, neighbour.browser]) {
      await one.post(`/account/save?path=${article}`, {})
      await give(one)
      await one.post("/account/feed", {})
    }
    for (const email of ["A@example.org", "b@example.org"])
      await subscribe(env.PEOPLE, { email, language: "en", list: "headlines" }, Date.now())
    await env.PEOPLE.exec(
      "INSERT INTO deliveries (edition, subscriber, state, at, queued_at) SELECT 'headlines 2026-11-23 en', id, 'planned', 1, 0 FROM subscribers",
    )
    // A subscription that has ended.
    for (const { id } of [member, neighbour.member])
      await recordPayment(env.PEOPLE, id, {
        customer: `cus_${id}`,
        subscription: `sub_${id}`,
        until: 0,
        cancels: false,
        live: false,
        price: null,
        began: 1,
        at: 1,
      })
    for (const { id, email } of [member, neighbour.member]) {
      await holdCheckout(env.PEOPLE, id, { language: "en", customer: null }, Date.now())
      await createClaim(env.PEOPLE, { subscription: `sub_of_${email}`, email, language: "en" }, Date.now() + 9e6)
    }
    await browser.post("/sign-in", { email: "a@example.org" })
    await rig.settle()
    const download = await browser.post("/account/export", {})
    expect(download.headers.get("Content-Disposition")).toContain("attachment")
    const data = (await download.json()) as Record<string, Record<string, unknown>[]>
    for (const table of [
      "members",
      "sessions",
      "links",
      "saved",
      "gifts",
      "private_feeds",
      "payments",
      "checkouts",
      "claims",
      "subscribers",
      "subscriptions",
      "deliveries",
    ])
      expect([table, data[table]?.length]).toEqual([table, 1])
    expect(data.members?.[0]).toMatchObject({ id: member.id, email: "A@example.org" })
    expect(JSON.stringify(data)).not.toContain("b@example.org")

    expect((await browser.post("/account/delete", {})).status).toBe(422)
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect(browser.jar.has("dateline")).toBe(false)
    for (const { name } of personalTables) {
      const rows = await env.PEOPLE.prepare(`SELECT * FROM ${name}`).all()
      expect([name, JSON.stringify(rows.results).toLowerCase()]).toEqual([
        name,
        expect.not.stringContaining("a@example.org"),
      ])
      expect(JSON.stringify(rows.results)).not.toContain(member.id)
      if (!["links", "confirmations", "former_members", "former_tokens"].includes(name))
        expect([name, rows.results.length]).toEqual([name, 1])
    }
  })

  it("is deleted on a site without Stripe keys, which first warns that payments continue", async () => {
    const { browser, member } = await openMember(rig, "a@example.org", withoutEnd)
    await env.PEOPLE.prepare(
      `INSERT INTO payments (subscription, customer, member, until, cancels, at) VALUES ('sub_1', 'cus_1', ?1, ?2, 0, 1)`,
    )
      .bind(member.id, Date.now() + 9e6)
      .run()
    expect(await text(browser, "/account/delete")).toContain("To cancel them too, write to")
    expect((await browser.post("/account/delete", { sure: "1" })).status).toBe(200)
    expect(await env.PEOPLE.prepare("SELECT id FROM members").first()).toBeNull()
  })
})
