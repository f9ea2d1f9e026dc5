// Front matter and headers: whatever an editor writes, response headers are printable ASCII and contain none of the text.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { answerPage } from "../../src/reader/entrypoint.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, dot, env, publish, type Rig, site } from "./rig.ts"

const path = "/ar/asia/tajikistan/summit"
const canary = "قمة"
const front = {
  title: `${canary} في دوشنبه: “Łódź” 🚑`,
  summary: `${canary}\tSet-Cookie: a=b`,
  authors: [`${canary} نذروف`, "Łukasz"],
  topics: [canary, "a, b; c=d"],
  aliases: ["/old/summit"],
  corrections: [{ date: "2024-01-02", text: canary }],
}
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  expect(await publish(rig, path, compose(front, `${canary}\n`), { force: true })).toMatchObject({ status: 200 })
})

afterEach(() => void vi.useRealTimers())

async function addressesOf(article: string): Promise<string[]> {
  const page = await (await rig.get(article)).text()
  const labels = [...page.matchAll(/href="(\/ar\/(?:topics|authors)\/[^"]+)"/g)].map((found) => found[1] ?? "")
  expect(new Set(labels).size).toBe(4)
  const listings = [...labels, "/ar", "/ar/asia", "/ar/asia/tajikistan"]
  const feeds = listings.flatMap((listing) => [`${listing}/feed.xml`, `${listing}/feed.json`])
  const search = `/ar/search?q=${encodeURIComponent(canary)}`
  const machines = ["/sitemap.xml", "/sitemaps/2024-01.xml", "/news-sitemap.xml", "/ar/corrections"]
  return [
    article,
    `${article}.md`,
    "/old/summit",
    "/old/summit/",
    `${article}/`,
    search,
    ...listings,
    ...feeds,
    ...machines,
  ]
}

function expectPlain(response: Response, address: string): void {
  for (const [name, value] of response.headers) {
    expect(value, `${name} of ${address}`).toMatch(/^[\x20-\x7e]*$/)
    expect(decodeURIComponent(value.replace(/%(?![\da-f]{2})/gi, "%25")), `${name} of ${address}`).not.toContain(canary)
  }
}

describe("an editor's input", () => {
  it("never reaches response headers or cache tags", async () => {
    for (const address of await addressesOf(path)) {
      const answer = await rig.get(address)
      expect([200, 301, 308], address).toContain(answer.status)
      // A search's words are in its address, encoded, and never in a response header.
      expectPlain(answer, address)
      const inner = await answerPage(site.origin + address, "public", env, site)
      expectPlain(inner, `${address} before the gateway`)
      for (const tag of inner.headers.get("Cache-Tag")?.split(",") ?? [])
        expect(tag, address).toMatch(/^[a-z]:[a-z0-9:/-]*$/)
      await Promise.all([answer.arrayBuffer(), inner.arrayBuffer()])
    }
  })

  it("redirects an old address to an ASCII address on our own origin", async () => {
    const moved = await rig.get("/old/summit")
    expect([moved.status, moved.headers.get("Location")]).toEqual([301, site.origin + path])
  })

  it.each([
    ["a line break in a title", { title: "A\r\nSet-Cookie: a=b" }],
    ["a line feed in a topic", { topics: ["a\nX-Evil: 1"] }],
    ["a line break in an alias", { aliases: ["/old\r\nLocation: https://evil.example"] }],
    ["an alias to another host", { aliases: ["//evil.example/a"] }],
    ["a rights profile with a line break", { rights: "un-\r\nirin" }],
    ["a translation of another host's", { translationOf: "https://evil.example/asia/a" }],
  ])("is refused for %s, and nothing is written", async (_name, wrong) => {
    const refused = await publish(rig, "/asia/tajikistan/wrong", compose({ ...front, aliases: [], ...wrong }, "A.\n"))
    expect(refused.status).toBe(422)
    expect((await rig.get("/asia/tajikistan/wrong")).status).toBe(404)
  })
})

describe("validators", () => {
  it("use the ETag if both are sent, otherwise the date (RFC 9110 §13.2.2)", async () => {
    const { headers } = await rig.get(path)
    const [tag, date] = [headers.get("ETag") ?? "", headers.get("Last-Modified") ?? ""]
    const asked = async (more: Record<string, string>) => (await rig.get(path, { headers: more })).status
    expect(await asked({ "If-None-Match": '"other"', "If-Modified-Since": date })).toBe(200)
    expect(await asked({ "If-None-Match": tag, "If-Modified-Since": "Mon, 03 Jan 1994 00:00:00 GMT" })).toBe(304)
    expect(await asked({ "If-Modified-Since": date })).toBe(304)
    expect(await asked({ "If-Modified-Since": "Mon, 03 Jan 1994 00:00:00 GMT" })).toBe(200)
  })

  it.each([
    "never",
    "garbage 2030",
    "2030",
    "2030-01-01",
    "Sat Jan 01 2030",
    "Tue, 01 Jan 2030 00:00:00 +0000",
  ])("ignore a date that is not in an HTTP format: %s", async (since) => {
    expect((await rig.get(path, { headers: { "If-Modified-Since": since } })).status).toBe(200)
  })

  it.each([
    "Tue, 01 Jan 2030 00:00:00 GMT",
    "Tuesday, 01-Jan-30 00:00:00 GMT",
    "Tue Jan  1 00:00:00 2030",
  ])("accept each HTTP date format: %s", async (since) => {
    expect((await rig.get(path, { headers: { "If-Modified-Since": since } })).status).toBe(304)
  })

  it("of a picture are its hash and its time of storage", async () => {
    const sha256 = await hashContent(dot)
    await rig.desk("PUT", `/media/${sha256}.gif`, dot)
    const asked = (headers: Record<string, string> = {}) => rig.get(`/media/${sha256}.gif`, { headers })
    const { headers } = await asked()
    const [tag, date] = [headers.get("ETag") ?? "", headers.get("Last-Modified") ?? ""]
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5000 })
    expect((await asked()).headers.get("Last-Modified")).toBe(date)
    const other = "Mon, 03 Jan 1994 00:00:00 GMT"
    for (const [more, status] of [
      [{ "If-None-Match": tag, "If-Modified-Since": other }, 304],
      [{ "If-None-Match": "*" }, 304],
      [{ "If-None-Match": `"${"0".repeat(64)}"` }, 200],
      [{ "If-Modified-Since": date }, 304],
      [{ "If-Modified-Since": other }, 200],
    ] as const) {
      const answer = await asked(more)
      expect([answer.status, answer.headers.has("Content-Type")], JSON.stringify(more)).toEqual([
        status,
        status === 200,
      ])
    }
  })
})

it("a desk that refuses a key says how to send one, and takes the scheme in any case (RFC 9110, 11.1 and 15.5.2)", async () => {
  const ask = (Authorization: string) => rig.get("/desk/v1/articles", { headers: { Authorization } })
  const refused = await ask("Bearer another-key")
  expect([refused.status, refused.headers.get("WWW-Authenticate")]).toEqual([401, "Bearer"])
  expect((await ask("bearer test-desk-key")).status).toBe(200)
})
