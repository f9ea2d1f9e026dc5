import { beforeEach, describe, expect, it } from "vitest"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

const path = "/asia/tajikistan/one"
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  await env.CATALOGUE.batch(
    ["articles", "listed", "revisions", "cards", "search", "purge_outbox"].map((table) =>
      env.CATALOGUE.prepare(`DELETE FROM ${table}`),
    ),
  )
  await publish(rig, path, compose({ title: "Before" }, "Text.\n"))
})

async function makeCard(more: { revision?: number; path?: string; mark?: number } = {}) {
  const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xdb, 0, 3, more.mark ?? 1, 0xff, 0xd9])
  const sha256 = await hashContent(bytes)
  const drawn = await hashContent(`drawn ${more.mark ?? 1}`)
  return { path: more.path ?? path, revision: more.revision ?? 1, drawn, sha256, base64: bytes.toBase64() }
}

async function send(...cards: Awaited<ReturnType<typeof makeCard>>[]) {
  const response = await rig.desk("POST", "/cards", { cards })
  return { status: response.status, body: (await response.json()) as { kept?: string[]; error?: { code: string } } }
}

const page = async () => (await rig.get(path)).text()
const pictureOf = (text: string) => /property="og:image" content="([^"]+)"/.exec(text)?.[1]

async function listedCard(): Promise<string | null> {
  const answer = (await (await rig.desk("GET", "/articles")).json()) as { articles: { card: string | null }[] }
  return answer.articles[0]?.card ?? null
}

describe("a social card at the desk", () => {
  it("appears on the page at once, with its size and alternative text, and can be fetched", async () => {
    expect(pictureOf(await page())).toBeUndefined()
    const card = await makeCard()
    expect(await send(card)).toEqual({ status: 200, body: { kept: [path] } })
    const text = await page()
    expect(pictureOf(text)).toBe(`${origin}/media/${card.sha256}.jpg`)
    for (const part of [
      'property="og:image:width" content="1200"',
      'property="og:image:height" content="630"',
      'property="og:image:alt" content="Before"',
      'name="twitter:card" content="summary_large_image"',
    ])
      expect(text).toContain(part)
    const picture = await rig.get(`/media/${card.sha256}.jpg`)
    expect(picture.headers.get("Content-Type")).toBe("image/jpeg")
    expect((await picture.bytes()).toBase64()).toBe(card.base64)
    expect(await listedCard()).toBe(card.drawn)
  })

  it("stays when a new text is published under the same title", async () => {
    const card = await makeCard()
    await send(card)
    await publish(rig, path, compose({ title: "Before" }, "Another text.\n"), { base: 1 })
    expect(pictureOf(await page())).toContain(card.sha256)
    expect(await listedCard()).toBe(card.drawn)
  })

  it("is dropped when its title changes, so no card shows the old title", async () => {
    await send(await makeCard())
    await publish(rig, path, compose({ title: "After" }, "Text.\n"), { base: 1 })
    expect(pictureOf(await page())).toBeUndefined()
    expect(await listedCard()).toBeNull()
    const next = await makeCard({ revision: 2, mark: 2 })
    await send(next)
    expect(pictureOf(await page())).toContain(next.sha256)
  })

  it("of a replaced revision is refused", async () => {
    const current = await makeCard()
    await send(current)
    await publish(rig, path, compose({ title: "Before" }, "Another text.\n"), { base: 1 })
    expect((await send(await makeCard({ mark: 2 }))).body).toEqual({ kept: [] })
    expect(pictureOf(await page())).toContain(current.sha256)
  })

  it("of an article that is gone or never existed is refused", async () => {
    await rig.desk("POST", "/unpublish", { path, base: 1, reason: "wrong" })
    const cards = [await makeCard({ revision: 2 }), await makeCard({ path: "/asia/none" })]
    expect((await send(...cards)).body).toEqual({ kept: [] })
  })

  it("with the wrong hash, or not a JPEG, is refused with the rest of its request", async () => {
    const card = await makeCard()
    const other = await makeCard({ mark: 3 })
    for (const wrong of [
      { ...card, base64: other.base64 },
      { ...card, base64: btoa("<svg>"), sha256: await hashContent(new TextEncoder().encode("<svg>")) },
    ]) {
      const { status, body } = await send(other, wrong)
      expect([status, body.error?.code]).toEqual([400, "torn"])
    }
    expect(await listedCard()).toBeNull()
  })

  it("needs an editor's key, and at most twenty fit in a request", async () => {
    const cards = [await makeCard()]
    expect((await rig.desk("POST", "/cards", { cards }, "not-a-key-of-ours")).status).toBe(401)
    expect((await rig.desk("POST", "/cards", { cards: Array(21).fill(cards[0]) })).status).toBe(400)
    expect((await rig.desk("POST", "/cards", { cards: [{ ...cards[0], base64: "§" }] })).status).toBe(400)
  })
})
