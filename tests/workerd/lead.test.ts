// The story that leads the front page and its region: set by `lead: true`, until a newer lead, for at most three days.
import { reset } from "cloudflare:test"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { compose, createRig, env, publish, type Rig } from "./rig.ts"

const start = Date.UTC(2026, 5, 1, 12)
const hour = 3_600_000
const day = 24 * hour
const date = (hours: number) => new Date(start + hours * hour).toISOString()
let rig: Rig

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start })
  await reset()
  rig = await createRig()
})
afterEach(() => void vi.useRealTimers())

async function write(name: string, hours: number, more: object = {}): Promise<void> {
  await publish(rig, `/asia/nepal/${name}`, compose({ title: name, date: date(hours), ...more }, "Text.\n"))
}

/** The title at the top, once the isolate's memory has expired. */
async function topOf(path: string): Promise<string | undefined> {
  vi.setSystemTime(Date.now() + 11_000)
  const html = await (await rig.get(path)).text()
  const main = html.slice(html.indexOf("<main"))
  return /<h2>?<a href="\/asia\/nepal\/([a-z-]+)"|<(?:h2|h3)[^>]*><a href="\/asia\/nepal\/([a-z-]+)"/
    .exec(main)
    ?.slice(1)
    .find(Boolean)
}

it("is the newest article with `lead: true`, or else the newest article", async () => {
  await write("older", -50)
  await write("led", -40, { lead: true })
  await write("newest", -1)
  expect(await topOf("/")).toBe("led")
  expect(await topOf("/asia")).toBe("led")
  // It leads its region and the front page, not the country.
  expect(await topOf("/asia/nepal")).toBe("newest")
  await write("next-led", -2, { lead: true })
  expect(await topOf("/")).toBe("next-led")
  expect(await topOf("/asia")).toBe("next-led")
})

it("appears only once on a page", async () => {
  await write("led", -40, { lead: true })
  await write("newest", -1)
  vi.setSystemTime(Date.now() + 11_000)
  for (const path of ["/", "/asia"]) {
    const html = await (await rig.get(path)).text()
    expect(html.split('href="/asia/nepal/led"').length - 1, path).toBe(1)
  }
})

it("appears only once in its region, however many newer articles there are, until it leads no more", async () => {
  await write("led", -40, { lead: true })
  for (let index = 0; index < 20; index++) await write(`newer-${index}`, -index - 1)
  const linked = async (path: string) => {
    const response = await rig.get(path)
    const [, main = ""] = (await response.text()).split(/<main|<aside/)
    return {
      status: response.status,
      paths: Array.from(main.matchAll(/<a href="(\/asia\/nepal\/[\w-]+)"/g), ([, to]) => to),
    }
  }
  const all = Array.from({ length: 20 }, (_, index) => `/asia/nepal/newer-${index}`)
  expect(await linked("/asia")).toEqual({ status: 200, paths: ["/asia/nepal/led", ...all] })
  expect((await linked("/asia?page=2")).status).toBe(404)
  await write("newest", 0)
  expect((await linked("/asia")).paths).toEqual(["/asia/nepal/led", "/asia/nepal/newest", ...all.slice(0, 19)])
  expect((await linked("/asia?page=2")).paths).toEqual(["/asia/nepal/newer-19"])
  expect((await linked("/asia/nepal?page=2")).paths).toEqual(["/asia/nepal/newer-19", "/asia/nepal/led"])
  // The second page changes with the end of the lead, like the first.
  vi.setSystemTime(start + 32 * hour - 1)
  expect((await linked("/asia?page=2")).paths).toEqual(["/asia/nepal/newer-19"])
  vi.setSystemTime(start + 32 * hour)
  expect((await linked("/asia")).paths).toEqual(["/asia/nepal/newest", ...all.slice(0, 19)])
  expect((await linked("/asia?page=2")).paths).toEqual(["/asia/nepal/newer-19", "/asia/nepal/led"])
})

it("ends after exactly three days, in caches too", async () => {
  await write("led", -71, { lead: true })
  await write("newest", -1)
  expect(await topOf("/")).toBe("led")
  vi.setSystemTime(start + hour - 40_000)
  const response = await rig.get("/")
  expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=(?:[1-3]\d|40)(?:,|$)/)
  vi.setSystemTime(start + hour - 1_000)
  expect(await (await rig.get("/")).text()).toMatch(/class="lead(?: duo)?">.*?\/asia\/nepal\/led"/s)
  vi.setSystemTime(start + hour)
  for (const path of ["/", "/asia"]) {
    const html = await (await rig.get(path)).text()
    expect(html.indexOf("/asia/nepal/newest"), path).toBeLessThan(html.indexOf("/asia/nepal/led"))
  }
})

it("does not lead before its embargo ends or after it expires", async () => {
  await write("newest", -1)
  await write("soon", 1, { lead: true })
  await write("brief", -2, { lead: true, expires: date(2) })
  expect(await topOf("/")).toBe("brief")
  vi.setSystemTime(start + hour)
  expect(await topOf("/")).toBe("soon")
  vi.setSystemTime(start + 2 * day)
  expect(await topOf("/")).toBe("soon")
  vi.setSystemTime(start + hour + 3 * day)
  expect(await topOf("/")).not.toBe("brief")
})

it("is found in one trip, and its damaged row is left out", async () => {
  await write("led", -40, { lead: true })
  await write("newest", -1)
  rig.counts.d1 = 0
  vi.setSystemTime(Date.now() + 11_000)
  await rig.get("/")
  expect(rig.counts.d1).toBe(1)
  await env.CATALOGUE.prepare("UPDATE articles SET record = '{' WHERE path = '/asia/nepal/led'").run()
  expect(await topOf("/")).toBe("newest")
})
