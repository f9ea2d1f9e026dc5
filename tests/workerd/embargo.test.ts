// Nothing that readers receive reveals an embargo: every header and byte is the same with and without one.
import { afterEach, expect, it, vi } from "vitest"
import { compose, createRig, publish, type Rig } from "./rig.ts"

const country = "/asia/nepal"
const start = Date.UTC(2026, 4, 6, 7, 8, 9)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
/** Under embargo for 20 s; it expires before anything else does. */
const hidden = { date: at(20), expires: at(40), topics: ["water"], authors: ["A. Writer"], aliases: ["/old/hidden"] }
const absent = ["/asia/nepal/nothing", "/asia/nepal/nothing.md", "/old/nothing", "/topics/nothing"]
const secret = ["/asia/nepal/hidden", "/asia/nepal/hidden.md", "/old/hidden", "/topics/secret"]
const pages = [
  "/",
  "/asia",
  country,
  "/topics/water",
  "/authors/a-writer",
  "/feed.xml",
  `${country}/feed.json`,
  "/sitemap.xml",
  "/sitemaps/2026-05.xml",
  "/sitemaps/2026-04.xml",
  "/news-sitemap.xml",
  "/search",
  "/search?q=story",
  "/corrections",
  `${country}/open`,
  `${country}/open.md`,
  `${country}/gated`,
  "/fr/asia/nepal/version",
  "/old/open",
  ...absent,
  ...secret,
]

afterEach(() => void vi.useRealTimers())

/** Everything that readers receive of these pages over time: from a store, from memory, from the edge, from memory again. */
async function collect(rig: Rig, base: number, asked: readonly string[]): Promise<Record<string, unknown>> {
  const received: Record<string, unknown> = {}
  for (const [seconds, isolate] of [
    [0, 0],
    [3, 0],
    [6, 1],
    [15, 0],
    [19, 0],
    [19, 1],
  ] as const) {
    vi.setSystemTime(base + seconds * 1000)
    for (const path of asked)
      for (const method of ["GET", "HEAD"]) {
        const response = await rig.get(path, { method }, isolate)
        const body = await response.text()
        received[`${seconds} ${isolate} ${method} ${path}`] = [response.status, ...response.headers, body]
      }
    await rig.cache.settle()
  }
  return received
}

async function publishVisible(rig: Rig): Promise<void> {
  const front = { title: "A story", date: "2026-05-06", topics: ["water"], authors: ["A. Writer"] }
  await publish(rig, `${country}/open`, compose({ ...front, aliases: ["/old/open"] }, "Text.\n"))
  await publish(rig, `${country}/gated`, compose(front, "Open.\n\n<!-- members-only -->\n\nSecret.\n"))
  await publish(rig, "/asia/india/one", compose({ ...front, date: "2026-04-02" }, "Text.\n"))
  await publish(rig, "/fr/asia/nepal/version", compose({ ...front, title: "Une histoire" }, "Texte.\n"))
}

it("every header and byte is the same with and without an embargo, with and without an edge cache", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start - 90_000 })
  await publishVisible(await createRig())
  const platforms = [true, false]
  const collectAll = async () => {
    const received: Record<string, unknown>[] = []
    for (const platform of platforms) received.push(await collect(await createRig({ platform }), start, pages))
    return received
  }
  const without = await collectAll()
  vi.setSystemTime(start - 60_000)
  const desk = await createRig()
  const story = compose({ title: "A story kept back", ...hidden }, "Text.\n")
  expect((await publish(desk, `${country}/hidden`, story)).published).toHaveLength(1)
  const version = { title: "Version", ...hidden, aliases: [], topics: ["secret"], translationOf: `${country}/open` }
  expect((await publish(desk, "/ar/asia/nepal/hidden", compose(version, "نص\n"))).problems).toEqual([])
  const withOne = await collectAll()
  for (const [index, pending] of withOne.entries()) {
    for (const [key, received] of Object.entries(without[index] ?? {})) expect(pending[key], key).toEqual(received)
    for (const [which, path] of secret.entries())
      expect(pending[`0 0 GET ${path}`], path).toEqual(pending[`0 0 GET ${absent[which]}`])
  }
  // The headers that control the edge's cache, and our own, never reach readers either.
  expect(JSON.stringify(withOne).toLowerCase()).not.toMatch(/cdn-cache|cache-tag|dateline-kept/)
  // It appears at exactly this second.
  const rig = await createRig({ platform: true })
  await collect(rig, start, pages)
  vi.setSystemTime(start + 20_000)
  for (const path of ["/", country, "/topics/water", "/search?q=story", "/sitemaps/2026-05.xml"])
    for (const isolate of [0, 1])
      expect(await (await rig.get(path, {}, isolate)).text(), path).toContain("/asia/nepal/hidden")
  expect((await rig.get("/old/hidden")).status).toBe(301)
})

it("an expiry shortens what readers receive too", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start - 90_000 })
  const rig = await createRig({ platform: true })
  await publishVisible(rig)
  await publish(rig, `${country}/ends`, compose({ title: "A story that ends", expires: at(7) }, "Text.\n"))
  vi.setSystemTime(start)
  for (const path of ["/", "/asia", country, `${country}/ends`, `${country}/open`, "/search?q=story", "/sitemap.xml"]) {
    const first = await rig.get(path)
    expect(first.headers.get("Cache-Control"), path).toBe("public, max-age=7")
    expect((await rig.get(path)).headers.get("Cache-Status"), path).toBe("Dateline; hit; ttl=7")
  }
})

it("an article unpublished before its embargo ended never existed for readers, nor its old addresses", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start })
  const rig = await createRig({ platform: true })
  const [path, moved, alias] = [`${country}/never`, `${country}/never-moved`, "/old/never"]
  const source = compose({ date: at(20), aliases: [alias] }, "Text.\n")
  expect((await publish(rig, path, source)).status).toBe(200)
  const change = (what: string, body: object) => rig.desk("POST", `/${what}`, { base: 0, force: true, ...body })
  expect((await change("move", { from: path, to: moved })).status).toBe(200)
  expect((await change("unpublish", { path: moved, reason: "not true" })).status).toBe(200)
  for (const seconds of [0, 19, 21, 600]) {
    vi.setSystemTime(start + seconds * 1000)
    for (const one of [path, moved, `${moved}.md`, alias]) expect((await rig.get(one)).status).toBe(404)
  }
  // Published at last and seen by readers, it is gone when it is unpublished again.
  expect((await publish(rig, moved, source, { force: true, base: 3 })).status).toBe(200)
  vi.setSystemTime(start + 601_000)
  expect((await rig.get(alias)).status).toBe(301)
  expect((await change("unpublish", { path: moved, reason: "not true" })).status).toBe(200)
  for (const one of [path, moved, alias]) expect((await rig.get(one)).status).toBe(410)
})
