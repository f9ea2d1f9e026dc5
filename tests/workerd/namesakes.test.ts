// Topics and authors with similar names have separate pages; an address they once shared links to both.
import { reset } from "cloudflare:test"
import { beforeEach, expect, it } from "vitest"
import { compose, createRig, publish, type Rig } from "./rig.ts"

let rig: Rig

beforeEach(async () => {
  await reset()
  rig = await createRig()
})

async function write(slug: string, more: object): Promise<void> {
  await publish(rig, `/asia/nepal/${slug}`, compose({ title: slug, date: "2026-05-01", ...more }, "Text.\n"))
}

async function read(path: string): Promise<string> {
  const response = await rig.get(path)
  expect(response.status, path).toBe(200)
  return response.text()
}

it("never mixes two topics on a page", async () => {
  await write("first", { topics: ["C++"] })
  await write("second", { topics: ["C#"] })
  await write("third", { topics: ["C"] })
  for (const [topic, own] of Object.entries({ "c-plus-plus": "first", "c-sharp": "second" })) {
    // What to read next comes after the list, in a section of its own.
    const [page = ""] = (await read(`/topics/${topic}`)).split("<section")
    expect([...page.matchAll(/\/asia\/nepal\/(first|second|third)"/g)].every(([, slug]) => slug === own)).toBe(true)
    expect(page).toContain(`/asia/nepal/${own}"`)
  }
  const shared = await read("/topics/c")
  expect(shared).toContain(`<a href="/topics/c-plus-plus">C++</a>`)
  expect(shared).toContain(`<a href="/topics/c-sharp">C#</a>`)
})

it("redirects an old slug of one name to its page, and offers both for a slug that two names shared", async () => {
  await write("first", { authors: ["عمر"], expires: new Date(Date.now() + 40_000).toISOString() })
  const alone = await rig.get("/authors/mr", { redirect: "manual" })
  expect(alone.status).toBe(301)
  const spelled = await rig.get("/Authors/mr/")
  expect([spelled.status, spelled.headers.get("Location")]).toEqual([301, alone.headers.get("Location")])
  // Until its only article expires.
  expect(alone.headers.get("Cache-Control")).toMatch(/^public, max-age=3\d$/)
  expect(await read(new URL(alone.headers.get("Location") ?? "").pathname)).toContain("/asia/nepal/first")
  await write("second", { authors: ["أمر"] })
  await write("third", { authors: ["مر"] })
  const links = (await read("/authors/mr")).match(/href="\/authors\/mr--\w+"/g)
  expect(new Set(links).size).toBeGreaterThanOrEqual(2)
})
