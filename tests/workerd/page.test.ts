import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  encodePage,
  type Page,
  pageBudget,
  type Representation,
  receiveRepresentation,
  sendRepresentation,
} from "../../src/reader/page.ts"
import { noChanges } from "../../src/store/rows.ts"

const now = Date.UTC(2026, 0, 2, 3, 4, 5)

function makePage(body: Page["body"]): Page {
  const kept = { sort: "page" as const, gated: false, audience: "public" as const, changes: noChanges }
  const headers = { "Dateline-Revision": "3", "X-Robots-Tag": "noindex" }
  return { status: 200, type: "text/html; charset=utf-8", body, tags: ["a:/asia/nepal/a"], headers, ...kept }
}

function textOf({ body }: Representation): string {
  if (body instanceof ReadableStream) throw new TypeError("a stream")
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body)
}

describe("a page in pieces", () => {
  it("has the bytes and the validator of the whole text, however it is cut", async () => {
    const piece = fc.string({ unit: "grapheme", maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const whole = await encodePage(makePage(pieces.join("")), now, "page;dur=1")
        const cut = await encodePage(makePage(pieces), now, "page;dur=1")
        expect(textOf(cut)).toBe(pieces.join(""))
        expect(cut).toEqual(whole)
      }),
    )
  })

  it.each([90_000, 300_000])("may be long: %i characters of three bytes each", async (length) => {
    const pieces = ["<p>", "خ’".repeat(length / 2), "</p>"]
    const made = await encodePage(makePage(pieces), now, "page;dur=1")
    expect(textOf(made) === pieces.join("")).toBe(true)
  })

  it("keeps its bytes when the next page is made", async () => {
    const first = await encodePage(makePage(["one", "two"]), now, "page;dur=1")
    await encodePage(makePage(["three", "four"]), now, "page;dur=1")
    expect(textOf(first)).toBe("onetwo")
  })
})

describe("a representation", () => {
  it("comes out of the way through the cache as it went in", async () => {
    const made = await encodePage(makePage(["<p>", "A ’ and خبر", "</p>"]), now, "page;dur=1")
    const got = await receiveRepresentation(Promise.resolve(sendRepresentation(made)), "/asia/nepal/a")
    expect({ ...got, body: textOf(got) }).toEqual({ ...made, body: textOf(made) })
  })

  it("has its age from the cache, and none of the headers that are for caches", async () => {
    const sent = sendRepresentation(await encodePage(makePage("A"), now, "page;dur=1"))
    const headers = new Headers(sent.headers)
    headers.set("Age", "7")
    headers.set("Date", new Date(now).toUTCString())
    const got = await receiveRepresentation(Promise.resolve(new Response(sent.body, { headers })), "/")
    expect(got.age).toBe(7)
    const names = ["Cache-Control", "Content-Type", "Dateline-Revision", "Server-Timing", "X-Robots-Tag"]
    expect(Object.keys(got.fields).sort()).toEqual(names)
  })

  it("is not waited for longer than the budget", async () => {
    const never = new Promise<Response>(() => undefined)
    await expect(receiveRepresentation(never, "/asia")).rejects.toThrow(`/asia: no answer within ${pageBudget} ms`)
  })
})
