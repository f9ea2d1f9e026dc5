// A country's pack: its latest open stories in one file that loads nothing and has no members' text.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

let rig: Rig
let day = 1

beforeEach(async () => {
  rig = await createRig()
})
afterEach(() => void vi.useRealTimers())

const at = "/asia/nepal"
const pack = `${at}/pack.html`
const write = (slug: string, front: Record<string, unknown>, body: string) => {
  const date = `2024-01-${String(day++).padStart(2, "0")}`
  return publish(rig, `${at}/${slug}`, compose({ title: slug, date, ...front }, body))
}
const read = async (path = pack) => (await rig.get(path)).text()

it("is absent without open stories, then changes with each publish and unpublish, and stands on the country's page", async () => {
  expect((await rig.get(pack)).status).toBe(404)
  expect(await read(at)).not.toContain("pack.html")
  await write("closed", { access: "members" }, "Zebra first.\n\nZebra closed.\n")
  await write("divided", {}, "Zebra open.\n\n<!-- members-only -->\nZebra behind the line.\n")
  expect((await rig.get(pack)).status).toBe(404)
  expect(await read(at)).not.toContain("pack.html")

  const text = "See [there](#there), [more](../japan.md) and ![a hill](/media/x.png).\n\n## There\n\nOpen words.\n"
  await write("open-one", { corrections: [{ date: "2024-02-02", text: "It was two." }] }, text)
  await write("open-two", { rights: "un-irin" }, "Other words.\n\n## There\n")
  expect(await read(at)).toContain(`href="${pack}"`)
  const answer = await rig.get(pack)
  expect(answer.status).toBe(200)
  expect(answer.headers.get("X-Robots-Tag")).toBe("noindex")
  expect(answer.headers.get("Link")).toContain(`<${origin}${at}>; rel="canonical"`)
  const file = await answer.text()
  // The newest first, each in the contents and complete.
  expect(file.match(/<a href="#s\d+">[^<]+/g)).toEqual(['<a href="#s1">open-two', '<a href="#s2">open-one'])
  for (const part of ["Open words.", "Other words.", "It was two.", `${origin}${at}/open-one`, "United Nations"])
    expect(file).toContain(part)
  // Links within a story stay in the file, which is read offline.
  expect(file).toContain('<a href="#s2-h-there">there</a>')
  // Nothing is loaded, every link leads to the site or into the file, and no id is there twice.
  expect(file).not.toMatch(/<(?:img|script|iframe|audio|video|source|link(?! rel="canonical"))|url\(|@import/)
  for (const [, href = ""] of file.matchAll(/ href="([^"]+)"/g)) expect(href).toMatch(/^(?:#|https?:)/)
  const ids = Array.from(file.matchAll(/ id="([^"]+)"/g), ([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of file.matchAll(/ href="#([^"]+)"/g)) expect(ids).toContain(id)
  expect(file).not.toContain("Zebra")

  const change = { path: `${at}/open-two`, base: 1, reason: "wrong" }
  expect((await rig.desk("POST", "/unpublish", change)).status).toBe(200)
  expect(await read()).not.toContain("Other words.")
  expect((await rig.get(`${pack}?page=2`)).status).toBe(200)
  expect((await rig.get("/asia/france/pack.html")).status).toBe(404)
  expect((await rig.get("/asia/pack.html")).status).toBe(404)
})

it("holds the last 20, takes one D1 trip, and never asks for members' texts, whoever asks", async () => {
  for (let index = 0; index < 22; index++) await write(`story-${index}`, {}, `Text ${index}.`)
  await write("later", { date: "2999-01-01" }, "Zebra under embargo.")
  Object.assign(rig.counts, { d1: 0, kv: 0, members: 0, people: 0 })
  const file = await read()
  expect(rig.counts).toEqual({ d1: 1, kv: 20, members: 0, people: 0 })
  expect(file.match(/<a href="#s\d+">/g)).toHaveLength(20)
  expect(file).toContain("story-21")
  expect(file).not.toMatch(/story-1<|Zebra/)
  const kept = (await env.MEMBERS_ARTICLES.list()).keys.length
  expect(kept).toBeGreaterThan(0)
})

it("is the same file all day, so that a reader who has it need not load it again", async () => {
  await write("daily", {}, "Text of the day.")
  const ask = async (time: string, tag: string, isolate: number) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(time) })
    return rig.get(pack, { headers: { "If-None-Match": tag } }, isolate)
  }
  const first = await ask("2026-11-24T08:00:00Z", '"none"', 0)
  expect([first.status, await first.text()]).toEqual([200, expect.stringContaining("24 November 2026")])
  const tag = first.headers.get("ETag") ?? ""
  expect((await ask("2026-11-24T17:30:01Z", tag, 1)).status).toBe(304)
  expect((await ask("2026-11-25T08:00:00Z", tag, 0)).status).toBe(200)
})
