// Erasing: what only erased revisions said is in no table and no namespace afterwards, and nothing else is lost.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { planNow } from "../../src/mail/plan.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { planEdition, readIssue, readWholeEdition } from "../../src/store/editions.ts"
import { continueErasure } from "../../src/store/erase.ts"
import { compose, createRig, dot, env, origin, publish, type Rig, site } from "./rig.ts"

const path = "/asia/tajikistan/accused"
const other = "/asia/nepal/other"
const canary = /canary/
let rig: Rig

beforeEach(async () => {
  rig = await createRig()
  const tables =
    "articles revisions media media_uses variants cards editions erasures previews redirects former_paths listed search search_text"
  await env.CATALOGUE.batch(tables.split(" ").map((table) => env.CATALOGUE.prepare(`DELETE FROM ${table}`)))
  for (const store of [env.ARTICLES, env.MEMBERS_ARTICLES, env.MEDIA])
    for (const { name } of (await store.list()).keys) await store.delete(name)
})

afterEach(() => void vi.useRealTimers())

/** Everything that the catalogue and the namespaces hold as text, but for the log of who did what and why. */
async function readAll(): Promise<string> {
  const { results: tables } = await env.CATALOGUE.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_%' ESCAPE '\\' AND name NOT IN ('audit', 'search')",
  ).all<{ name: string }>()
  const rows = await env.CATALOGUE.batch(
    [...tables.map(({ name }) => name), "search_text", "media_uses"].map((name) =>
      env.CATALOGUE.prepare(`SELECT * FROM ${name}`),
    ),
  )
  const texts = [JSON.stringify(rows.map(({ results }) => results))]
  for (const store of [env.ARTICLES, env.MEMBERS_ARTICLES])
    for (const { name } of (await store.list()).keys) texts.push((await store.get(name)) ?? "")
  return texts.join("\n")
}

/** The dot in another colour: another clean picture. */
const colour = (value: number) => new Uint8Array([...dot.subarray(0, 13), value, ...dot.subarray(14)])

async function upload(bytes: Uint8Array<ArrayBuffer>) {
  const sha256 = await hashContent(bytes)
  expect((await rig.desk("PUT", `/media/${sha256}.gif`, bytes)).status).toBe(201)
  return { sha256, extension: "gif", width: 1, height: 1 }
}

const pictured = (title: string) =>
  compose(
    { title, summary: `Of ${title}.` },
    `About ${title}.\n\n![Dot](a.gif)\n\n<!-- members-only -->\n\nMore: ${title}.\n`,
  )

async function publishPictured(at: string, title: string, picture: Awaited<ReturnType<typeof upload>>, base: number) {
  const media = { "a.gif": picture }
  const digest = await hashContent(`${pictured(title)}\n${JSON.stringify(media)}`)
  const articles = [{ path: at, base, source: pictured(title), media, digest }]
  const response = await rig.desk("POST", "/publish", { articles })
  expect(await response.json()).toMatchObject({ problems: [], conflicts: [], published: [{ path: at }] })
}

async function erase(at = path) {
  const response = await rig.desk("POST", "/erase", { path: at, reason: "a court's order" })
  const answer = (await response.json()) as { revisions: number }
  for (let left = 1; left > 0; )
    left = ((await (await rig.desk("POST", "/erase/continue", { path: at })).json()) as { left: number }).left
  return { status: response.status, ...answer }
}

const unpublish = (base: number) => rig.desk("POST", "/unpublish", { path, base, reason: "a court's order" })
const count = (query: string) => env.CATALOGUE.prepare(`SELECT count(*) AS n FROM ${query}`).first<number>("n")

describe("erasing an article that is not live", () => {
  it("leaves no word and no picture of it anywhere, and only who did what, when and why", async () => {
    const [mine, shared] = [await upload(dot), await upload(colour(1))]
    const smaller = await upload(colour(2))
    await rig.desk("POST", "/media/variants", {
      version: 1,
      pictures: [{ sha256: mine.sha256, files: [{ sha256: smaller.sha256, extension: "gif", width: 320 }] }],
    })
    await publishPictured(path, "canary one", mine, 0)
    await publishPictured(path, "canary two", shared, 1)
    await publishPictured(other, "Nothing", shared, 0)
    const cards = [{ path, revision: 2, drawn: await hashContent("drawn"), ...(await cardOf()) }]
    expect(await (await rig.desk("POST", "/cards", { cards })).json()).toEqual({ kept: [path] })
    expect((await unpublish(2)).status).toBe(200)
    expect(await readAll()).toMatch(canary)
    expect((await rig.get(`/media/${mine.sha256}.gif`)).status).toBe(200)

    expect(await erase()).toMatchObject({ status: 200, revisions: 3, live: false })
    expect(await readAll()).not.toMatch(canary)
    expect((await rig.get(path)).status).toBe(410)
    for (const { sha256 } of [mine, smaller]) expect((await rig.get(`/media/${sha256}.gif`)).status).toBe(404)
    expect((await env.MEDIA.list()).keys.map(({ name }) => name)).toEqual([shared.sha256])
    expect(await (await rig.get(other)).text()).toContain("About Nothing.")
    expect((await rig.get(`/media/${shared.sha256}.gif`)).status).toBe(200)
    expect(await count("erasures")).toBe(0)

    const { revisions } = (await (await rig.desk("GET", `/revisions?path=${path}`)).json()) as { revisions: object[] }
    expect(revisions).toMatchObject([
      { revision: 3, action: "unpublish", message: "a court's order", erased: true },
      { revision: 2, action: "publish", who: "admin", erased: true },
      { revision: 1, action: "publish", erased: true },
    ])
    expect((await rig.desk("GET", `/source?path=${path}`)).status).toBe(404)
    expect((await rig.desk("POST", "/rollback", { path, base: 3, revision: 1 })).status).toBe(404)
    expect(await count("audit WHERE action = 'erase' AND who = 'admin' AND detail = 'a court''s order'")).toBe(1)
    // An old folder does not bring it back, and a new article can take the address.
    const again = await publish(rig, path, compose({}, "From an old folder.\n"), { base: 1 })
    expect([again.status, again.conflicts.length, again.published.length]).toEqual([200, 1, 0])
    expect((await publish(rig, path, compose({}, "Another article.\n"), { base: 3 })).published).toHaveLength(1)
    expect(await (await rig.get(path)).text()).toContain("Another article.")
    // An export reads what is left.
    expect((await rig.desk("GET", "/archive/hashes?store=articles&after=")).status).toBe(200)
  })

  it("takes it out of editions of the newsletters, members' text included", async () => {
    await publish(rig, path, compose({ title: "canary" }, "Text.\n"))
    await publish(rig, other, compose({ title: "Another" }, "Text.\n"))
    const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
    const story = { summary: "A summary.", region: "asia", country: null, gated: false }
    const stories = [
      { ...story, path, title: "canary" },
      { ...story, path: other, title: "Another" },
    ]
    const content = { title: null, intro: null, stories, more: 0 }
    const key = { date: "2026-11-23", language: "en" } as const
    const by = { now: Date.now(), who: "cron" }
    await planEdition(stores, { ...key, list: "headlines" }, { content }, by)
    const shown = { ...content, stories: [] }
    await planEdition(stores, { ...key, list: "digest" }, { content: shown, whole: content }, by)
    await planEdition(stores, { ...key, list: "headlines", language: "fr" }, { content: shown }, by)
    await unpublish(1)
    await erase()
    expect(await readAll()).not.toMatch(canary)
    const page = await (await rig.get("/newsletter/2026-11-23")).text()
    expect(page).toContain("Another")
    const hash = await env.CATALOGUE.prepare("SELECT members_hash FROM editions WHERE list = 'digest'").first<string>(
      "members_hash",
    )
    expect(JSON.parse((await env.MEMBERS_ARTICLES.get(hash ?? "")) ?? "")).toEqual({
      ...content,
      stories: [stories[1]],
    })
  })
})

describe("erasing an editor's note", () => {
  const at = "/fr/digest/2026-11-23"
  const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
  const now = Date.parse("2026-11-23T05:30:00Z")
  const key = { list: "digest", language: "fr", date: "2026-11-23" } as const
  const note = (word: string) =>
    `---\ntitle: Of ${word}\n---\nFor all: ${word}.\n\n<!-- members-only -->\n\nFor members: ${word}.\n`
  const read = async () => ({
    open: (await readIssue(env.CATALOGUE, key, ["fr"], Date.now())).issue?.edition.content,
    whole: (await readWholeEdition(stores, key))?.content,
  })

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: now - 60_000 })
    await publish(rig, "/fr/asia/nepal/told", compose({ title: "Told" }, "Text.\n"))
    await publish(rig, at, note("canary"))
    const sent = await planNow(stores, key, site, { now, who: "cron" })
    expect(sent?.outcome).toBe("planned")
    expect((await read()).whole?.intro).toContain("For members: canary.")
  })

  it("takes its words out of the edition, for visitors and members, and leaves the stories", async () => {
    const before = await read()
    expect((await rig.desk("POST", "/unpublish", { path: at, base: 1, reason: "an order" })).status).toBe(200)
    await erase(at)
    expect(await readAll()).not.toMatch(canary)
    const without = { title: null, intro: null }
    expect(await read()).toEqual({ open: { ...before.open, ...without }, whole: { ...before.whole, ...without } })
  })

  it("that is live keeps them only if the edition was planned with the live text", async () => {
    vi.setSystemTime(now + 60_000)
    await publish(rig, at, note("the truth"), { base: 1 })
    await erase(at)
    expect(await readAll()).not.toMatch(canary)
    const later = { ...key, date: "2026-11-24" }
    const words = "Tomorrow."
    await publish(rig, at.replace("23", "24"), "Yesterday.\n")
    vi.setSystemTime(now + 120_000)
    await publish(rig, at.replace("23", "24"), `${words}\n`, { base: 1 })
    await planNow(stores, later, site, { now: now + 86_400_000, who: "cron" })
    await erase(at.replace("23", "24"))
    expect(await count("revisions WHERE open_hash = ''")).toBe(2)
    expect((await readWholeEdition(stores, later))?.content.intro).toBe(words)
  })
})

describe("erasing an article that has moved", () => {
  const moved = "/fr/asia/nepal/accused"
  const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
  const start = Date.now()
  const at = (minutes: number) => vi.useFakeTimers({ toFake: ["Date"], now: start + minutes * 60_000 })
  const story = (title: string) => ({ path, title, summary: title, region: "asia", country: null, gated: false })
  const plan = (date: string, title: string) =>
    planEdition(
      stores,
      { list: "headlines", language: "en", date },
      { content: { title: null, intro: null, stories: [story(title)], more: 0 } },
      { now: Date.now(), who: "cron" },
    )

  it("leaves nothing at its former address, where another article may be: no card, edition or preview link", async () => {
    at(0)
    const source = compose({ title: "canary" }, "The canary sang.\n")
    await publish(rig, path, source)
    const cards = [{ path, revision: 1, drawn: await hashContent("drawn"), ...(await cardOf()) }]
    expect(await (await rig.desk("POST", "/cards", { cards })).json()).toEqual({ kept: [path] })
    const draft = { path, source, media: {}, digest: await hashContent(`${source}\n{}`) }
    const { url } = (await (await rig.desk("POST", "/previews", draft)).json()) as { url: string }
    const preview = new URL(url).pathname
    at(1)
    await plan("2026-11-23", "canary")
    at(2)
    expect((await rig.desk("POST", "/move", { from: path, to: moved, base: 1 })).status).toBe(200)
    expect(await (await rig.get(moved)).text()).toContain(`property="og:image" content="${origin}/media/`)
    await publish(rig, path, compose({ title: "Harmless" }, "Text.\n"))
    at(3)
    await plan("2026-11-24", "Harmless")
    expect((await rig.get(preview)).status).toBe(200)
    expect((await rig.desk("POST", "/unpublish", { path: moved, base: 2, reason: "an order" })).status).toBe(200)
    expect((await rig.get(preview)).status).toBe(410)

    expect(await erase(moved)).toMatchObject({ status: 200, live: false })
    expect(await readAll()).not.toMatch(canary)
    expect((await env.MEDIA.list()).keys).toEqual([])
    for (const memory of rig.memories) memory.answers.clear()
    expect(await (await rig.get("/newsletter/2026-11-23")).text()).not.toMatch(canary)
    expect(await (await rig.get("/newsletter/2026-11-24")).text()).toContain("Harmless")
    expect(await (await rig.get(path)).text()).toContain("Harmless")
  })

  it("that is live gives the editions its present title", async () => {
    at(0)
    await publish(rig, path, compose({ title: "canary" }, "Text.\n"))
    at(1)
    await plan("2026-11-23", "canary")
    at(2)
    expect((await rig.desk("POST", "/move", { from: path, to: moved, base: 1 })).status).toBe(200)
    await publish(rig, moved, compose({ title: "The truth" }, "Text.\n"), { base: 2 })
    await erase(moved)
    expect(await readAll()).not.toMatch(canary)
    expect(await (await rig.get("/newsletter/2026-11-23")).text()).toContain("The truth")
  })
})

describe("erasing an article that is live", () => {
  it("deletes the cards of earlier titles, refused ones too, but none that an article shows", async () => {
    const show = async (revision: number, mark: number, to = path) => {
      const card = await cardOf(mark)
      await rig.desk("POST", "/cards", {
        cards: [{ path: to, revision, drawn: await hashContent(`${mark}`), ...card }],
      })
      return card.sha256
    }
    const revise = (title: string, base: number) => publish(rig, path, compose({ title }, "Text.\n"), { base })
    await revise("canary", 0)
    const first = await show(1, 1)
    await revise("canary again", 1)
    const refused = await show(1, 2)
    await revise("The truth", 2)
    await publish(rig, other, compose({ title: "The truth" }, "Text.\n"))
    const shown = await show(1, 3, other)
    await erase()
    for (const sha256 of [first, refused]) expect((await rig.get(`/media/${sha256}.jpg`)).status).toBe(404)
    expect(await show(3, 3)).toBe(shown)
    await revise("The whole truth", 3)
    await show(4, 4)
    await erase()
    expect(await count("cards")).toBe(2)
    expect((await env.MEDIA.list()).keys).toHaveLength(2)
    expect((await rig.get(`/media/${shown}.jpg`)).status).toBe(200)
  })

  it("keeps what readers get, and erases what revisions said before", async () => {
    const [first, second] = [await upload(dot), await upload(colour(1))]
    await publishPictured(path, "canary", first, 0)
    await publishPictured(path, "The truth", second, 1)
    const before = await (await rig.get(path)).text()
    expect(await erase()).toMatchObject({ status: 200, revisions: 1, live: true })
    expect(await readAll()).not.toMatch(canary)
    for (const memory of rig.memories) memory.answers.clear()
    expect(await (await rig.get(path)).text()).toBe(before)
    expect((await rig.get(`/media/${first.sha256}.gif`)).status).toBe(404)
    expect((await rig.get(`/media/${second.sha256}.gif`)).status).toBe(200)
    expect((await rig.desk("GET", `/source?path=${path}&revision=1`)).status).toBe(404)
    expect((await rig.desk("GET", `/source?path=${path}&revision=2`)).status).toBe(200)
    // Once more: nothing is left to erase.
    expect(await erase()).toMatchObject({ revisions: 0 })
  })

  it("keeps a text that another article has too", async () => {
    const same = compose({ title: "One" }, "The same words.\n")
    await publish(rig, path, same)
    await publish(rig, other, same)
    await unpublish(1)
    await erase()
    for (const memory of rig.memories) memory.answers.clear()
    expect(await (await rig.get(other)).text()).toContain("The same words.")
  })
})

it("an interrupted erasure is completed when it is run again, and keeps what was published again since", async () => {
  await publish(rig, path, compose({ title: "canary" }, "Published again.\n"))
  await publish(rig, path, compose({ title: "canary two" }, "Gone.\n"), { base: 1 })
  await unpublish(2)
  await rig.desk("POST", "/erase", { path, reason: "an order" })
  expect(await count("erasures")).toBe(2)
  await publish(rig, other, compose({ title: "Harmless" }, "Published again.\n"))
  const stores = {
    catalogue: env.CATALOGUE,
    bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
    media: env.MEDIA,
  }
  expect(await continueErasure(stores, path)).toBe(0)
  expect(await readAll()).not.toMatch(/canary|Gone/)
  expect(await (await rig.get(other)).text()).toContain("Published again.")
})

it("only admins erase, with a reason, and only what was published", async () => {
  await publish(rig, path, compose({}, "Text.\n"))
  await env.PEOPLE.prepare("DELETE FROM editors").run()
  const added = await rig.desk("POST", "/editors", { name: "Nena", role: "editor" })
  const { key } = (await added.json()) as { key: string }
  expect((await rig.desk("POST", "/erase", { path, reason: "an order" }, key)).status).toBe(403)
  expect((await rig.desk("POST", "/erase", { path })).status).toBe(400)
  expect((await rig.desk("POST", "/erase", { path: "/asia/never", reason: "an order" })).status).toBe(404)
  expect(await (await rig.get(path)).text()).toContain("Text.")
})

/** A small JPEG without metadata, as the command line sends cards. */
async function cardOf(mark = 7) {
  const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xdb, 0, 3, mark, 0xff, 0xd9])
  return { sha256: await hashContent(bytes), base64: bytes.toBase64() }
}
