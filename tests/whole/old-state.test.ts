// A site of commit 9ffcffa continues to work with this version: addresses, texts, history, readers' links, editors' keys.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { writeOldState } from "../stand-ins/old-state.ts"
import { type RunningSite, runDateline, startSite } from "./running-site.ts"

const guarded = /Only members read the hidden half|guarded text|last paragraph too|guarded words/
const canary = "canary-of-a-secret-that-nobody-prints"

let folder: string
let old: Awaited<ReturnType<typeof writeOldState>>
let site: RunningSite

const start = () =>
  startSite({ copy: false, watch: false, folder, env: { STRIPE_SECRET_KEY: canary, STRIPE_WEBHOOK_SECRET: canary } })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dateline-old-"))
  old = await writeOldState(folder)
  chmodSync(join(folder, "state"), 0o755)
  site = await start()
})
afterAll(async () => {
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function ask(path: string, cookie = ""): Promise<Response> {
  return fetch(site.url + path, { redirect: "manual", headers: { Cookie: cookie } })
}
async function read(path: string, cookie = ""): Promise<string> {
  const response = await ask(path, cookie)
  expect([path, response.status]).toEqual([path, 200])
  return response.text()
}
function send(path: string, fields: Record<string, string>, cookie = ""): Promise<Response> {
  const headers = { Origin: site.url, Cookie: cookie }
  return fetch(site.url + path, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(fields) })
}

describe("published content from an earlier release", () => {
  it.each([
    ["/asia/nepal/open-river", "The third edition says so."],
    ["/asia/nepal/open-river", "The river was given a wrong length."],
    ["/asia/nepal/open-river", "The river in spring"],
    ["/asia/nepal/open-river.md", "The third edition says so."],
    ["/asia/nepal/members-line", "Everyone reads the open half."],
    ["/asia/nepal/teaser", "The teaser stands before the wall"],
    ["/africa/chad/moved-twice", "Its teaser moved along."],
    ["/africa/chad/undated", "It comes out of an archive."],
    ["/fr/asia/nepal/riviere", "au printemps"],
    ["/ar/asia/nepal/nahr", "يَرتفع النهر في الربيع"],
    ["/", "A river open to everyone"],
    ["/asia/nepal", "Half of it is for members"],
    ["/fr", "Une rivière ouverte à tous"],
    ["/topics/water", "A river open to everyone"],
    ["/authors/elodie-oeuvrard", "A river open to everyone"],
    ["/corrections", "The river was given a wrong length."],
    ["/search?q=third+edition", "/asia/nepal/open-river"],
    ["/fr/search?q=oeuvre+eau", "/fr/asia/nepal/riviere"],
    ["/ar/search?q=النهر", "/ar/asia/nepal/nahr"],
    ["/feed.xml", "/asia/nepal/open-river"],
    ["/sitemap.xml", "2024-03"],
    ["/sitemaps/2024-03.xml", "/asia/nepal/open-river"],
  ])("%s shows %j and no members' text", async (path, words) => {
    const page = await read(path)
    expect(page).toContain(words)
    expect(page).not.toMatch(guarded)
    expect(page).not.toContain("embargoed words")
  })

  it.each([
    ["/asia/nepal/the-river", 301, "/asia/nepal/open-river"],
    ["/africa/chad/first-place", 301, "/africa/chad/moved-twice"],
    ["/africa/chad/second-place", 301, "/africa/chad/moved-twice"],
    ["/africa/chad/written-elsewhere", 301, "/africa/chad/moved-twice"],
    ["/africa/chad/withdrawn", 410, null],
    ["/africa/chad/expired", 410, null],
    ["/africa/chad/embargoed", 404, null],
    ["/africa/chad/never", 404, null],
  ])("%s answers %i", async (path, status, location) => {
    const response = await ask(path)
    const to = response.headers.get("Location")
    expect([response.status, to]).toEqual([status, location === null ? null : site.url + location])
  })

  it("keeps its picture and card", async () => {
    const page = await read("/asia/nepal/open-river")
    const pictures = [...new Set(page.match(/\/media\/[0-9a-f]{64}\.\w+/g))]
    expect(pictures.length).toBeGreaterThan(1)
    for (const path of pictures) expect((await ask(path)).status).toBe(200)
  })
})

describe("readers from an earlier release", () => {
  it("are still signed in, with the same access", async () => {
    for (const [path, words] of [
      ["/asia/nepal/members-line", "Only members read the hidden half."],
      ["/asia/nepal/teaser", "The guarded text stands behind it."],
      ["/africa/chad/moved-twice", "Its guarded words moved along."],
    ] as const) {
      expect(await read(path, old.sessions.granted)).toContain(words)
      expect(await read(path, old.sessions.paid)).toContain(words)
      expect(await read(path, old.sessions.revoked)).not.toMatch(guarded)
    }
    for (const [name, cookie] of Object.entries(old.sessions))
      expect((await read("/account", cookie)).toLowerCase()).toContain(`${name}@example.org`)
  })

  it("keep what they saved and gave", async () => {
    const account = await read("/account", old.sessions.granted)
    for (const part of ["/asia/nepal/teaser", "/africa/chad/moved-twice", old.feedToken])
      expect(account).toContain(part)
    for (const token of Object.values(old.gifts)) expect(account).toContain(token)
  })

  it("can export all their data", async () => {
    const paid = await (await send("/account/export", {}, old.sessions.paid)).text()
    for (const part of ["Paid@example.org", "cus_1", "sub_1", old.unsubscribe.paid]) expect(paid).toContain(part)
    const granted = await (await send("/account/export", {}, old.sessions.granted)).text()
    for (const part of ["Granted@example.org", "/asia/nepal/teaser", "8640000000000000", "headlines", old.feedToken])
      expect(granted).toContain(part)
  })

  it("can open gifts, even of moved articles, but no other article with them", async () => {
    const [teaser = "", moved = ""] = Object.values(old.gifts)
    expect(await read(`/asia/nepal/teaser?gift=${teaser}`)).toContain("The guarded text stands behind it.")
    const first = await ask(`/africa/chad/first-place?gift=${moved}`)
    const to = `${site.url}/africa/chad/moved-twice?gift=${moved}`
    expect([first.status, first.headers.get("Location")]).toEqual([301, to])
    expect(await read(`/africa/chad/moved-twice?gift=${moved}`)).toContain("Its guarded words moved along.")
    expect(await read(`/asia/nepal/members-line?gift=${teaser}`)).not.toMatch(guarded)
  })

  it("keep their private feed", async () => {
    expect(await read(`/account/feed/${old.feedToken}.xml`)).toContain("The guarded text stands behind it.")
  })

  it("can sign in with a link sent before", async () => {
    const cookie = `dateline-browser=${old.browser}`
    expect(await read(`/sign-in/confirm?token=${old.signInToken}`, cookie)).toContain(old.signInToken)
    const response = await send("/sign-in/confirm", { token: old.signInToken }, cookie)
    const to = `${site.url}/asia/nepal/teaser`
    expect([response.status, response.headers.get("Location")]).toEqual([303, to])
    const session = response.headers.getSetCookie()[0]?.split(";")[0] ?? ""
    expect(await read("/asia/nepal/teaser", session)).toContain("The guarded text stands behind it.")
  })

  it("can confirm and unsubscribe with the links in their emails", async () => {
    expect((await send("/newsletter/confirm", { token: old.confirmToken })).status).toBe(303)
    const [paid, granted] = [old.unsubscribe.paid ?? "", old.unsubscribe.granted ?? ""]
    const address = (token: string) => `/newsletter/unsubscribe?token=${token}`
    for (const token of [paid, granted]) expect(await read(address(token))).toContain(token)
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" })
    const answer = await fetch(`${site.url}${address(paid)}&list=digest`, { method: "POST", body })
    expect(answer.status).toBe(200)
    // There was no other subscription, so the address is deleted.
    expect(await read(address(paid))).not.toContain(paid)
    expect(await read(address(granted))).toContain(granted)
  })
})

describe("editors from an earlier release", () => {
  const askDesk = (path: string, key: string) =>
    fetch(`${site.url}/desk/v1${path}`, { headers: { Authorization: `Bearer ${key}` } })

  it("keep their keys, and revoked keys stay revoked", async () => {
    expect(site.key).toBe(old.deskKey)
    const found = (await (await askDesk("/site", old.editorKey)).json()) as { id: string; editor: object }
    expect(found).toMatchObject({ id: old.siteId, editor: { name: "ann", role: "editor" } })
    expect((await askDesk("/site", old.revokedKey)).status).toBe(401)
  })

  it("see the whole history", () => {
    const log = (path: string) => {
      const { out } = runDateline(site, ["log", path, "--json"])
      const revisions = JSON.parse(out) as { revision: number; action: string; who: string }[]
      return revisions.map(({ revision, action, who }) => `${revision} ${action} ${who}`).sort()
    }
    const river = ["1 publish admin", "2 publish admin", "3 rollback admin", "4 publish admin"]
    // The first start may have processed its pictures again.
    expect(log("/asia/nepal/open-river").slice(0, 4)).toEqual(river)
    expect(log("/africa/chad/moved-twice")).toEqual(["1 publish admin", "2 move admin", "3 move admin"])
    expect(log("/africa/chad/withdrawn")).toEqual(["1 publish admin", "2 unpublish admin"])
  })

  it("see every member", () => {
    const { out } = runDateline(site, ["members", "list", "--json"])
    for (const name of ["Granted", "Paid", "Revoked"]) expect(out).toContain(`${name}@example.org`)
  })

  it("can publish an unchanged folder without effect", () => {
    const run = runDateline(site, ["publish", "--no-cards", "--json"])
    const { published, unchanged, conflicts, problems } = JSON.parse(run.out)
    expect([run.code, published, conflicts, problems]).toEqual([0, [], [], []])
    expect(unchanged).toHaveLength(9)
  })
})

describe("the state folder", () => {
  it("is readable only by its owner from the first start", () => {
    const modes = ["", ...(readdirSync(site.state, { recursive: true }) as string[])]
      .map((path) => [path, statSync(join(site.state, path)).mode & 0o077])
      .filter(([, mode]) => mode !== 0)
    expect(modes).toEqual([])
  })

  it("is unchanged by a second start", async () => {
    await site.stop()
    expect(site.printed()).not.toContain(canary)
    expect(site.printed()).not.toMatch(/error/i)
    site = await start()
    expect(site.printed()).not.toMatch(/published/i)
    expect(await read("/asia/nepal/open-river")).toContain("The third edition says so.")
    expect(await read("/asia/nepal/teaser", old.sessions.granted)).toContain("The guarded text stands behind it.")
  })

  it("still allows a rollback to an old revision, and another edit", async () => {
    const path = "/asia/nepal/open-river"
    expect(runDateline(site, ["rollback", path, "2"])).toMatchObject({ code: 0, err: "" })
    expect(await read(path)).toContain("The second edition says so.")
    const file = join(site.content, `${path}.md`)
    writeFileSync(file, readFileSync(file, "utf8").replace("The second edition", "The fifth edition"))
    expect(runDateline(site, ["publish", "--no-cards"])).toMatchObject({ code: 0 })
    expect(await read(path)).toContain("The fifth edition says so.")
  })
})
