// The desk's publish: what it asks of its stores, and that nobody overwrites what they have not seen.
import { env } from "cloudflare:test"
import { beforeEach, describe, expect, it } from "vitest"
import { publishArticles } from "../../src/desk/publish.ts"
import { config } from "../../src/site/config.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, publish, type Rig } from "./rig.ts"

let rig: Rig
let tests = 0
let first = ""
let second = ""

beforeEach(async () => {
  rig = await createRig()
  tests++
  first = `/asia/tajikistan/first-${tests}`
  second = `/asia/tajikistan/second-${tests}`
})

function submit(texts: Record<string, string>) {
  return Promise.all(
    Object.entries(texts).map(async ([path, text]) => {
      const source = compose({}, text)
      return { path, base: 0, source, media: {}, digest: await hashContent(`${source}\n{}`) }
    }),
  )
}

async function publishTogether(texts: Record<string, string>) {
  const response = await rig.desk("POST", "/publish", { articles: await submit(texts), last: false })
  return (await response.json()) as object
}

describe("articles that a run takes for new", () => {
  it("cost the catalogue one trip for all of them", async () => {
    const desk = {
      site: config,
      version: "test",
      catalogue: rig.catalogue,
      people: env.PEOPLE,
      shelf: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
      media: env.MEDIA,
      adminKey: undefined,
      purge: rig.purge,
    }
    const articles = await submit({ [first]: "One.\n", [second]: "Two.\n" })
    const trips = rig.counts.d1
    const { published } = await publishArticles(desk, { message: "", force: false, articles }, "Ada", Date.now())
    expect(published.map(({ path }) => path)).toEqual([first, second])
    expect(rig.counts.d1 - trips).toBe(1)
  })

  it("are a conflict where somebody published there meanwhile, and hold none of the others back", async () => {
    await publish(rig, first, compose({}, "Somebody's.\n"))
    expect(await publishTogether({ [first]: "Mine.\n", [second]: "Two.\n" })).toMatchObject({
      published: [{ path: second, revision: 1 }],
      conflicts: [{ path: first, revision: 1, who: "admin" }],
    })
    expect(await (await rig.get(first)).text()).toContain("Somebody’s.")
  })

  it("are unchanged when the same request comes twice, as after a cut connection", async () => {
    const texts = { [first]: "One.\n", [second]: "Two.\n" }
    await publishTogether(texts)
    expect(await publishTogether(texts)).toMatchObject({ published: [], conflicts: [], unchanged: [first, second] })
  })

  it("have their aliases and corrections, and those without have none", async () => {
    const corrections = [{ date: "2026-01-02", text: "It was ten." }]
    await publish(rig, first, compose({ aliases: ["/old"], corrections }, "One.\n"))
    await publish(rig, second, compose({}, "Two.\n"))
    const moved = await rig.get("/old")
    expect([moved.status, new URL(moved.headers.get("Location") ?? "", "http://site").pathname]).toEqual([301, first])
    expect(await (await rig.get("/corrections")).text()).toContain("It was ten.")
  })
})
