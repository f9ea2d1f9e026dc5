// Static pages and authors' biographies: published as articles are, shown at their addresses, and in no list of articles.
import { beforeEach, describe, expect, it } from "vitest"
import { compose, createRig, env, origin, publish, type Rig } from "./rig.ts"

let rig: Rig
let tests = 0
// The tests share their stores, so each has pages of its own.
let at = ""
let writer = ""

beforeEach(async () => {
  rig = await createRig()
  tests++
  at = `/about-${tests}`
  writer = `/authors/writer-${tests}`
})

const text = (title: string, body: string, ...keys: string[]) =>
  ["---", `title: ${title}`, ...keys, "---", body].join("\n")
const read = async (path: string) => (await rig.get(path)).text()
const change = async (action: string, body: object) => {
  const response = await rig.desk("POST", `/${action}`, body)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe("a static page", () => {
  it("is shown with its links, its other languages, and the revision that it has", async () => {
    const source = text(
      "About us",
      "Read the [policy](../pages/policy.md).",
      "summary: Who we are",
      "updated: 2026-11-23",
    )
    expect(await publish(rig, at, source)).toMatchObject({ published: [{ path: at, url: origin + at, revision: 1 }] })
    const alone = await read(at)
    expect(alone).not.toContain('rel="alternate" hreflang')
    await publish(rig, `/fr${at}`, text("Qui sommes-nous", "Bonjour."))
    const answer = await rig.get(at)
    expect([answer.status, answer.headers.get("Dateline-Revision")]).toEqual([200, "1"])
    const page = await answer.text()
    expect(page).toContain("<h1>About us</h1>")
    expect(page).toContain('<a href="/policy">policy</a>')
    expect(page).toContain('<meta name="description" content="Who we are">')
    expect(page).toContain(`<link rel="canonical" href="${origin}${at}">`)
    expect(page).toContain('datetime="2026-11-23')
    for (const [tag, path] of [
      ["en", at],
      ["fr", `/fr${at}`],
      ["x-default", at],
    ])
      expect(page).toContain(`<link rel="alternate" hreflang="${tag}" href="${origin}${path}">`)
    expect(await read(`/fr${at}`)).toContain(`rel="alternate" hreflang="en" href="${origin}${at}"`)
  })

  it("is replaced, taken down and restored, each time for the next reader", async () => {
    await publish(rig, at, text("About", "First."))
    await publish(rig, `/fr${at}`, text("À propos", "Premier."))
    expect(await read(at)).toContain("First.")
    expect(await read(`/fr${at}`)).toContain('rel="alternate" hreflang="en"')
    expect(await publish(rig, at, text("About", "Other."))).toMatchObject({ conflicts: [{ path: at, revision: 1 }] })
    await publish(rig, at, text("About", "Second.", "aliases: [ /who-we-are ]"), { base: 1 })
    expect(await read(at)).toContain("Second.")
    const moved = await rig.get("/who-we-are")
    expect([moved.status, moved.headers.get("Location")]).toEqual([301, origin + at])
    expect(await change("unpublish", { path: at, base: 1, reason: "old" })).toMatchObject({ status: 409 })
    expect(await change("unpublish", { path: at, base: 2, reason: "old" })).toMatchObject({ status: 200 })
    expect((await rig.get(at)).status).toBe(410)
    expect((await rig.get("/who-we-are")).status).toBe(410)
    expect(await read(`/fr${at}`)).not.toContain('rel="alternate" hreflang="en"')
    expect(await change("rollback", { path: at, base: 3, revision: 1 })).toMatchObject({ body: { revision: 4 } })
    expect(await read(at)).toContain("First.")
    expect(await read(`/fr${at}`)).toContain('rel="alternate" hreflang="en"')
    expect(await change("move", { from: at, to: "/asia/nepal/about", base: 4 })).toMatchObject({ status: 400 })
    expect(await change("move", { from: at, to: "/about-elsewhere", base: 4 })).toMatchObject({ status: 400 })
  })

  it("has its address alone: no article's alias can take it, nor can a page take an alias", async () => {
    await publish(rig, at, text("About", "First."))
    const story = `/asia/nepal/beside-${tests}`
    expect(await publish(rig, story, compose({ aliases: [at] }, "Text."))).toMatchObject({
      problems: [{ field: "aliases", message: `${at} is a live article` }],
    })
    await publish(rig, story, compose({ aliases: [`${at}-old`] }, "Text."))
    expect(await publish(rig, `${at}-old`, text("Old", "Text."))).toMatchObject({
      problems: [{ file: `pages${at}-old.md`, field: "path" }],
    })
    for (const path of [`/pages${at}`, `${at}.md`, `/en${at}`]) expect((await rig.get(path)).status, path).toBe(404)
    const spelling = await rig.get(at.toUpperCase())
    expect([spelling.status, spelling.headers.get("Location")]).toEqual([308, origin + at])
    const unknown = await rig.get(`${at}-unknown`)
    expect([unknown.status, unknown.headers.get("X-Robots-Tag")]).toEqual([404, "noindex"])
  })

  it("needs one D1 trip and one KV read", async () => {
    await publish(rig, at, text("About", "First."))
    const before = { ...rig.counts }
    expect((await rig.get(at)).status).toBe(200)
    expect({ d1: rig.counts.d1 - before.d1, kv: rig.counts.kv - before.kv }).toEqual({ d1: 1, kv: 1 })
  })
})

describe("a biography", () => {
  const story = (slug: string) =>
    publish(rig, `/asia/nepal/${slug}-${tests}`, compose({ authors: [`Writer ${tests}`] }, "Text."))

  it("stands on its author's first page, and is replaced and taken down there", async () => {
    await story("one")
    expect(await read(writer)).toContain(`<h1 class="here">Writer ${tests}</h1>`)
    expect(await publish(rig, writer, text("Ms Writer", "Born **here**.", "summary: Writes."))).toMatchObject({
      published: [{ path: writer, url: origin + writer }],
    })
    const answer = await rig.get(writer)
    expect(answer.headers.get("Dateline-Revision")).toBe("1")
    const page = await answer.text()
    expect(page).toContain('<h1 class="here">Ms Writer</h1>')
    expect(page).toContain("Born <strong>here</strong>.")
    expect(page).toContain(`/asia/nepal/one-${tests}`)
    await publish(rig, writer, text("Ms Writer", "Born there."), { base: 1 })
    expect(await read(writer)).toContain("Born there.")
    expect(await read(`/fr${writer}`)).not.toContain("Born")
    await change("unpublish", { path: writer, base: 2, reason: "asked" })
    expect(await read(writer)).not.toContain("Born")
    expect((await rig.get(writer)).status).toBe(200)
    await change("rollback", { path: writer, base: 3, revision: 1 })
    expect(await read(writer)).toContain("Born <strong>here</strong>.")
  })

  it("makes a page of an author without articles, which has no feed", async () => {
    expect((await rig.get(writer)).status).toBe(404)
    await publish(rig, writer, text("Ms Writer", "New here."))
    const page = await read(writer)
    expect(page).toContain("New here.")
    expect(page).not.toContain(`${writer}/feed.xml`)
    expect((await rig.get(`${writer}?page=2`)).status).toBe(404)
  })
})

it("is in the sitemap, if it is a page, and in no list, feed, search or news sitemap", async () => {
  const date = new Date().toISOString().slice(0, 10)
  await publish(
    rig,
    `/asia/nepal/beside-${tests}`,
    compose({ date: `${date}T00:00:00Z`, topics: ["water"], authors: ["amina"] }, "Text."),
  )
  await publish(rig, at, text("Zebratitle", "Zebratext.", `updated: ${date}`, "summary: Zebrasummary"))
  await publish(rig, `/fr${at}`, text("Zebratitle", "Zebratext."))
  await publish(rig, writer, text("Zebratitle", "Zebratext.", "summary: Zebrasummary"))
  const places = [
    ...["/", "/asia", "/asia/nepal", "/topics/water", "/authors/amina", "/corrections", "/newsletter", "/digest"],
    ...["/feed.xml", "/feed.json", "/asia/feed.xml", "/asia/nepal/feed.json", "/authors/amina/feed.xml"],
    ...[
      `/sitemaps/${date.slice(0, 7)}.xml`,
      "/news-sitemap.xml",
      "/llms.txt",
      "/search?q=zebratext",
      "/search?q=zebratitle",
    ],
    `/asia/nepal/beside-${tests}`,
  ]
  for (const path of places) {
    const answer = await rig.get(path)
    expect(answer.status, path).toBe(200)
    expect(
      (await answer.text()).replaceAll(/q=zebra\w+|value="zebra\w+"|“zebra\w+”|>zebra\w+ –/g, ""),
      path,
    ).not.toMatch(/Zebra|<mark>/)
  }
  expect((await rig.get("/sitemaps/undated.xml")).status).toBe(404)
  expect(await read("/sitemap.xml")).toContain(`<loc>${origin}/sitemaps/pages.xml</loc>`)
  const pages = await read("/sitemaps/pages.xml")
  for (const path of [at, `/fr${at}`]) expect(pages).toContain(`<loc>${origin}${path}</loc>`)
  expect(pages).toContain(`hreflang="fr" href="${origin}/fr${at}"`)
  expect(pages).not.toContain("/authors/")
  await change("unpublish", { path: at, base: 1, reason: "old" })
  expect(await read("/sitemaps/pages.xml")).not.toContain(`<loc>${origin}${at}</loc>`)
  const { results } = await env.CATALOGUE.prepare("SELECT kind, live FROM articles WHERE path = ?1").bind(writer).all()
  expect(results).toEqual([{ kind: "author", live: 1 }])
})
