// Publishing at the desk: its store requests, and that nobody overwrites what they have not seen.
import { env } from "cloudflare:test"
import { beforeEach, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { publishArticles } from "../../src/desk/change-articles.ts"
import { createBody, hashContent, writeBodies } from "../../src/store/bodies.ts"
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

function deskOver(catalogue: D1Database) {
  return {
    site: config,
    version: "test",
    catalogue,
    people: env.PEOPLE,
    bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
    media: env.MEDIA,
    adminKey: undefined,
    purge: rig.purge,
  }
}

/** The same database, which records the values bound to each statement. */
function listening(catalogue: D1Database, heard: unknown[][]): D1Database {
  const prepare = (query: string) => {
    const statement = catalogue.prepare(query)
    const bind = (...values: unknown[]) => {
      heard.push(values)
      return statement.bind(...values)
    }
    return new Proxy(statement, { get: (target, name) => (name === "bind" ? bind : Reflect.get(target, name, target)) })
  }
  return new Proxy(catalogue, {
    get(target, name) {
      const value = name === "prepare" ? prepare : Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
}

async function publishTogether(texts: Record<string, string>) {
  const response = await rig.desk("POST", "/publish", { articles: await submit(texts), last: false })
  return (await response.json()) as object
}

describe("articles published as new", () => {
  it("need two catalogue trips in total: which bodies exist, and the transaction", async () => {
    const desk = deskOver(rig.catalogue)
    const articles = await submit({ [first]: "One.\n", [second]: "Two.\n" })
    const trips = rig.counts.d1
    const { published } = await publishArticles(desk, { message: "", force: false, articles }, "Ada", Date.now())
    expect(published.map(({ path }) => path)).toEqual([first, second])
    expect(rig.counts.d1 - trips).toBe(2)
  })

  it("stay within D1's limits on bound values, however long the texts", async () => {
    // Every word is in the index three times: with its conjunction, without it, and without the article.
    const long = "والمياه ".repeat(5000)
    const texts = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`/asia/nepal/long-${tests}-${index}`, index < 12 ? long : "Short.\n"]),
    )
    const heard: unknown[][] = []
    const desk = deskOver(listening(rig.catalogue, heard))
    const request = { message: "", force: false, articles: await submit(texts) }
    expect((await publishArticles(desk, request, "Ada", Date.now())).published).toHaveLength(50)
    expect(Math.max(...heard.map((values) => values.length))).toBeLessThanOrEqual(100)
    const bytes = heard.flat().map((value) => new TextEncoder().encode(String(value)).length)
    expect(Math.max(...bytes)).toBeLessThan(2_000_000)
    expect(Math.max(...bytes)).toBeGreaterThan(100_000)
    const found = await env.CATALOGUE.prepare("SELECT count(*) AS n FROM search WHERE search MATCH ?1").bind("مياه")
    expect((await found.first<{ n: number }>())?.n).toBe(12)
  })

  it("conflict if someone else has published there, without blocking the others", async () => {
    await publish(rig, first, compose({}, "Somebody's.\n"))
    expect(await publishTogether({ [first]: "Mine.\n", [second]: "Two.\n" })).toMatchObject({
      published: [{ path: second, revision: 1 }],
      conflicts: [{ path: first, revision: 1, who: "admin" }],
    })
    expect(await (await rig.get(first)).text()).toContain("Somebody’s.")
  })

  it("are unchanged if the request is repeated after a lost connection", async () => {
    const texts = { [first]: "One.\n", [second]: "Two.\n" }
    await publishTogether(texts)
    expect(await publishTogether(texts)).toMatchObject({ published: [], conflicts: [], unchanged: [first, second] })
  })

  it("keep their aliases and corrections, if any", async () => {
    const corrections = [{ date: "2026-01-02", text: "It was ten." }]
    await publish(rig, first, compose({ aliases: ["/old"], corrections }, "One.\n"))
    await publish(rig, second, compose({}, "Two.\n"))
    const moved = await rig.get("/old")
    expect([moved.status, new URL(moved.headers.get("Location") ?? "", "http://site").pathname]).toEqual([301, first])
    expect(await (await rig.get("/corrections")).text()).toContain("It was ten.")
  })
})

it("a body is written once however many articles share it, and retried when KV answers 429", async () => {
  const puts: string[] = []
  const articles = new Proxy(env.ARTICLES, {
    get: (kv, name) =>
      name === "put"
        ? async (hash: string, bytes: Uint8Array) => {
            puts.push(hash)
            if (puts.length === 1) throw new Error("KV PUT failed: 429 Too Many Requests")
            await kv.put(hash, bytes)
          }
        : Reflect.get(kv, name),
  })
  const stores = { catalogue: env.CATALOGUE, bodies: { articles, members: env.MEMBERS_ARTICLES } }
  const body = await createBody("A text that two articles have.\n")
  await writeBodies(stores, [body, body], [])
  expect(puts).toEqual([body.hash, body.hash])
  expect(await env.ARTICLES.get(body.hash)).toBe("A text that two articles have.\n")
  await publish(rig, "/asia/nepal/same-body", compose({}, "A text that two articles have.\n"))
  await writeBodies(stores, [body], [])
  expect(puts.length).toBe(2)
})

describe("a change purges all that shows the article before or after it, and every edition, sitemap and search:", () => {
  const always = ["e:", "m:", "q:"]
  const lists = (language: string, ...names: string[]) => names.map((name) => `l:${language}:/${name}`)
  const takeTags = async () => {
    const { results } = await env.CATALOGUE.prepare("SELECT DISTINCT tag FROM purge_outbox").all<{ tag: string }>()
    await env.CATALOGUE.prepare("DELETE FROM purge_outbox").run()
    return results.map(({ tag }) => tag).sort()
  }
  const path = "/asia/nepal/purged"
  const nepal = ["", "asia", "asia/nepal"]

  it("publishing, republishing with other lists and another original, moving, unpublishing", async () => {
    await publish(rig, "/asia/nepal/original", compose({}, "Text."))
    await takeTags()
    const { problems } = await publish(rig, path, compose({ topics: ["Snow"], aliases: ["/1999/snow"] }, "Text."))
    expect(problems).toEqual([])
    const first = [`a:${path}`, "a:/1999/snow", `g:${path}`, ...lists("en", ...nepal, "topics/snow")]
    expect(await takeTags()).toEqual([...first, ...always].sort())

    const front = { authors: ["Ann"], translationOf: "/asia/nepal/original" }
    await publish(rig, "/fr/asia/nepal/purged", compose({ topics: ["Neige"] }, "Texte."))
    await takeTags()
    await publish(rig, "/fr/asia/nepal/purged", compose(front, "Texte."), { base: 1 })
    const groups = ["g:/fr/asia/nepal/purged", "g:/asia/nepal/original"]
    const again = ["a:/fr/asia/nepal/purged", ...groups, ...lists("fr", ...nepal, "topics/neige", "authors/ann")]
    expect(await takeTags()).toEqual([...again, ...always].sort())

    await rig.desk("POST", "/move", { from: path, to: "/africa/chad/purged", base: 1 })
    const places = [...first, "a:/africa/chad/purged", "g:/africa/chad/purged", ...lists("en", "africa", "africa/chad")]
    expect(await takeTags()).toEqual([...places, ...always].sort())

    await rig.desk("POST", "/unpublish", { path: "/africa/chad/purged", base: 2, reason: "over" })
    const gone = [`a:${path}`, "a:/1999/snow", "a:/africa/chad/purged", "g:/africa/chad/purged"]
    const left = lists("en", "", "africa", "africa/chad", "topics/snow")
    expect(await takeTags()).toEqual([...gone, ...left, ...always].sort())
  })

  it("with more tags than fit in one purge, it purges everything", async () => {
    await takeTags()
    const numbers = Array.from({ length: 5 }, (_, index) => index)
    const articles = numbers.map(async (number) => {
      const topics = Array.from({ length: 20 }, (_, index) => `Topic ${number} ${index}`)
      const source = compose({ topics }, "Text.")
      const digest = await hashContent(`${source}\n{}`)
      return { path: `/asia/nepal/many-${number}`, base: 0, source, media: {}, digest }
    })
    await rig.desk("POST", "/publish", { articles: await Promise.all(articles) })
    expect(await takeTags()).toEqual(["*"])
  })
})
