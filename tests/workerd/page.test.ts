import { describe, expect, it } from "vitest"
import type { Answer } from "../../src/reader/memory.ts"
import { openPage, type Page, respondPage } from "../../src/reader/page.ts"
import { readAnswer } from "../../src/reader/respond.ts"
import { noChanges } from "../../src/store/rows.ts"

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const text = "<p>A ’ and خبر</p>"

function makePage(more: Partial<Page> = {}): Page {
  const headers = { "Dateline-Revision": "3", "X-Robots-Tag": "noindex" }
  return { ...openPage, body: text, tags: ["a:/asia/nepal/a"], headers, changes: noChanges, ...more }
}

async function read(response: Response, previous?: Answer): Promise<Answer> {
  return readAnswer(response, { "X-Content-Type-Options": "nosniff" }, () => previous)
}

describe("a page on its way from the cached entrypoint to memory", () => {
  it("keeps its bytes, its tags and its validators", async () => {
    const got = await read(respondPage(makePage(), now, "page;dur=1"))
    expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(got.body)).toBe(text)
    expect(got).toMatchObject({
      status: 200,
      tags: ["a:/asia/nepal/a"],
      lastModified: now,
      gated: false,
      forAll: true,
      changes: noChanges,
      fromEdge: false,
    })
    expect(got.fields.ETag).toMatch(/^"p[0-9a-f]{32}"$/)
  })

  it("takes its age from the cache, and drops headers meant for caches", async () => {
    const made = respondPage(makePage(), now, "page;dur=1")
    const headers = new Headers(made.headers)
    headers.set("Age", "7")
    headers.set("Date", new Date(now).toUTCString())
    const before = Date.now()
    const got = await read(new Response(made.body, { headers }))
    expect(got.bornAt).toBeGreaterThanOrEqual(before - 7000)
    expect(got.bornAt).toBeLessThanOrEqual(Date.now() - 7000)
    expect(Object.keys(got.fields).sort()).toEqual([
      "Cache-Control",
      "Content-Type",
      "Dateline-Revision",
      "ETag",
      "Last-Modified",
      "Server-Timing",
      "X-Content-Type-Options",
      "X-Robots-Tag",
    ])
  })

  it("keeps the Last-Modified of the same bytes", async () => {
    const first = await read(respondPage(makePage(), now, "page;dur=1"))
    const second = await read(respondPage(makePage(), now + 60_000, "page;dur=1"), first)
    const other = await read(respondPage(makePage({ body: "B" }), now + 60_000, "page;dur=1"), first)
    expect([second.lastModified, other.lastModified]).toEqual([now, now + 60_000])
  })

  it("is not kept if the platform itself answered", async () => {
    const got = await read(new Response("error code: 1102", { status: 503 }))
    expect(got.freshUntil).toBeLessThanOrEqual(Date.now())
    expect([got.gated, got.fields["Cache-Control"]]).toEqual([true, "no-store"])
  })
})
