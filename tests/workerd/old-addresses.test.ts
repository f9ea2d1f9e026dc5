// Old addresses, and other spellings of current ones: one hop, immediately, whatever is in memory.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { withoutEnd } from "../../src/store/members.ts"
import { openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

const [first, second, third] = ["/asia/nepal/one", "/asia/nepal/two", "/asia/nepal/three"] as const
const source = compose(
  { aliases: ["/old/one", "/asia/nepal/once", "/archives/قديم", "/?p=123", "/once"] },
  "For all.\n\n<!-- members-only -->\n\nFor members.\n",
)
let rig: Rig

beforeEach(async () => {
  rig = await createRig({ platform: true })
  const tables = [
    "articles",
    "listed",
    "revisions",
    "redirects",
    "aliases",
    "former_paths",
    "search",
    "search_text",
    "purge_outbox",
  ]
  for (const table of tables) await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
  expect((await publish(rig, first, source)).status).toBe(200)
})
afterEach(() => {
  rig.faults.d1 = "ok"
  rig.faults.kv = "ok"
  vi.useRealTimers()
})

async function leads(path: string, init?: RequestInit): Promise<string> {
  const { status, headers } = await rig.get(path, init)
  return `${status} ${(headers.get("Location") ?? "").replace(origin, "")}`.trim()
}
const move = async (from: string, to: string) =>
  expect((await rig.desk("POST", "/move", { from, to, base: 0, force: true })).status).toBe(200)

it("every old address redirects to the article's current one, right after each change", async () => {
  expect([await leads("/old/one"), await leads(second)]).toEqual([`301 ${first}`, "404"])
  await move(first, second)
  expect([await leads("/old/one"), await leads(first)]).toEqual([`301 ${second}`, `301 ${second}`])
  await move(second, third)
  for (const old of ["/old/one", first, second]) expect(await leads(old)).toBe(`301 ${third}`)
  expect((await rig.desk("POST", "/unpublish", { path: third, base: 0, force: true, reason: "wrong" })).status).toBe(
    200,
  )
  for (const old of ["/old/one", first, second]) expect(await leads(old)).toBe("410")
  expect((await publish(rig, third, source, { force: true, base: 4 })).status).toBe(200)
  for (const old of ["/old/one", first, second]) expect(await leads(old)).toBe(`301 ${third}`)
})

it("old addresses from other systems redirect too: in any script, with a trailing slash, by number", async () => {
  const encoded = encodeURI("/archives/قديم")
  for (const old of ["/archives/قديم", `${encoded}/`, encoded.toLowerCase(), "/Old/One/", "/?p=123"])
    expect(await leads(old)).toBe(`301 ${first}`)
  for (const more of ["/?p=123&utm_source=x", "/?fbclid=1&p=123", "/?q=a&p=%31%32%33"])
    expect(await leads(more)).toBe(`301 ${first}`)
  for (const none of ["/archives/قد", "/archives/%ff", "/archives/%2f"]) expect(await leads(none)).toBe("404")
  for (const front of ["/?p=124", "/?p=x", "/?q=123"]) expect(await leads(front)).toBe("200")
})

it("a number that another system gave an article ends with the article, and fails with the stores in one trip", async () => {
  const number = "/?p=123&utm_source=x"
  rig.faults.d1 = "throw"
  rig.counts.d1 = 0
  expect([await leads(number), rig.counts.d1]).toEqual(["503", 1])
  rig.faults.d1 = "ok"
  expect(await leads(number)).toBe(`301 ${first}`)
  expect((await rig.desk("POST", "/unpublish", { path: first, base: 1, reason: "wrong" })).status).toBe(200)
  expect([await leads(number), await leads("/?p=124")]).toEqual(["410", "200"])
})

it("a gift follows its article when it moves, whether or not memory has the redirect", async () => {
  const { browser } = await openMember(rig, "a@example.org", withoutEnd)
  await browser.post(`/account/give?path=${first}`, {})
  const gift = /\?gift=[\w.-]+/.exec(await (await browser.get("/account")).text())?.[0]
  expect(gift).toBeDefined()
  await move(first, second)
  for (const path of [first, first, "/ASIA/nepal/one"]) {
    expect(await leads(path + gift)).toBe(`301 ${second}${gift}`)
    expect(await leads(path + gift, { method: "HEAD" })).toBe(`301 ${second}${gift}`)
    expect(await leads(path)).toBe(`301 ${second}`)
  }
})

describe("another spelling", () => {
  it.each([
    ["/OLD/one", `301 ${first}`],
    ["/old/one/", `301 ${first}`],
    ["/once/", `301 ${first}`],
    ["//Once", `301 ${first}`],
    ["/never/", "404"],
    ["/ASIA/nepal/once.md", `301 ${first}.md`],
    ["/ASIA/Nepal/one", `308 ${first}`],
    ["/asia/nepal/one.md/", `308 ${first}.md`],
    ["/asia/nepal/NONE", "404"],
  ])("%s is one hop: %s", async (path, expected) => {
    expect(await leads(path)).toBe(expected)
    expect(await leads(path)).toBe(expected)
  })

  it("of a link from an email keeps its token, whatever the method, so that the link does what it says", async () => {
    const link = "/newsletter/unsubscribe?token=a%20b&list=headlines"
    for (const spelled of [link.replace("?", "/?"), link.replace("newsletter", "%6eewsletter")])
      for (const method of ["GET", "POST"]) expect(await leads(spelled, { method })).toBe(`308 ${link}`)
    expect(await leads("/FR/Sign-In/Confirm/?token=abc")).toBe("308 /fr/sign-in/confirm?token=abc")
    expect(await leads("/Account/")).toBe("308 /account")
  })

  it("of a warm page redirects while a store fails", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() })
    for (const path of [first, "/old/one"]) await (await rig.get(path)).arrayBuffer()
    vi.setSystemTime(Date.now() + 11_000)
    rig.cache.purge("everything")
    rig.faults.d1 = "throw"
    rig.faults.kv = "throw"
    expect([await leads("/ASIA/nepal/one/"), await leads("/OLD/one"), await leads("/asia/NEPAL/cold")]).toEqual([
      `308 ${first}`,
      `301 ${first}`,
      "503",
    ])
  })
})

it("a page shows its translations as they are, right after each is published, moved or unpublished", async () => {
  // Without the platform's cache, which allows five purges a minute.
  const plain = await createRig()
  const [original, french, arabic] = ["/asia/nepal/group", "/fr/asia/nepal/group", "/ar/asia/nepal/group"]
  const show = async (path: string) => (await plain.get(path)).text()
  await publish(plain, original, compose({}, "Text.\n"))
  expect(await show(original)).not.toContain(`href="${french}"`)
  for (const path of [french, arabic]) await publish(plain, path, compose({ translationOf: original }, "Text.\n"))
  for (const path of [original, arabic]) expect(await show(path)).toContain(`href="${french}"`)
  await plain.desk("POST", "/move", { from: french, to: `${french}-2`, base: 0, force: true })
  for (const path of [original, arabic]) expect(await show(path)).toContain(`href="${french}-2"`)
  await plain.desk("POST", "/move", { from: `${french}-2`, to: french, base: 0, force: true })
  await plain.desk("POST", "/unpublish", { path: original, base: 0, force: true, reason: "wrong" })
  expect(await show(arabic)).toContain(`href="${french}"`)
  await plain.desk("POST", "/unpublish", { path: french, base: 0, force: true, reason: "wrong" })
  expect(await show(arabic)).not.toContain(`href="${french}"`)
})
