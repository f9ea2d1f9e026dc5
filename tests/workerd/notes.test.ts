// Editors' notes: published as articles are, read by the planner, and on no page of the site.
import { beforeEach, describe, expect, it } from "vitest"
import type { EditionKey } from "../../src/article/edition.ts"
import { readChosen, readNote } from "../../src/store/editions.ts"
import { compose, createRig, env, publish, type Rig } from "./rig.ts"

let rig: Rig
let tests = 0
// The tests share their stores, so each has an edition of its own.
let key: EditionKey = { list: "digest", date: "", language: "en" }
let at = ""
let folder = ""
const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }

beforeEach(async () => {
  rig = await createRig()
  tests++
  key = { ...key, date: `2026-11-${10 + tests}` }
  at = `/digest/${key.date}`
  folder = `/asia/tajikistan/${tests}`
})

it("gives the planner a note's title, stories and texts", async () => {
  for (const slug of ["one", "two"]) await publish(rig, `${folder}-${slug}`, compose({}, "Text."))
  const source = `---\ntitle: Rivers\nstories: [ ${folder}-two, ${folder}-one ]\n---\nOpen.\n\n<!-- members-only -->\nClosed.\n`
  expect(await publish(rig, at, source)).toMatchObject({
    published: [{ path: at, url: `http://localhost:8787${at}`, revision: 1 }],
  })
  expect(await readNote(stores, at)).toEqual({
    title: "Rivers",
    stories: [`${folder}-two`, `${folder}-one`],
    open: "Open.\n\n",
    whole: "Open.\n\n<!-- members-only -->\nClosed.\n",
  })
  await publish(rig, `/fr/headlines/${key.date}`, "Bonjour.\n")
  expect(await readNote(stores, `/fr/headlines/${key.date}`)).toEqual({
    title: null,
    stories: null,
    open: "Bonjour.\n",
    whole: "Bonjour.\n",
  })
  expect(await readNote(stores, `/headlines/${key.date}`)).toBeNull()
  expect(await readNote(stores, "/digest/2026-12-24")).toBeNull()
})

const text = (words: string) => `${words}\n\n<!-- members-only -->\nClosed.\n`
const change = async (action: string, body: object) => {
  const response = await rig.desk("POST", `/${action}`, body)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe("at the desk, a note", () => {
  it("can be replaced only by an editor who has seen its newest revision", async () => {
    expect(await publish(rig, at, text("First."))).toMatchObject({ published: [{ path: at, revision: 1 }] })
    expect(await publish(rig, at, text("First."))).toMatchObject({ unchanged: [at] })
    expect(await publish(rig, at, text("Second."))).toMatchObject({
      published: [],
      conflicts: [{ path: at, revision: 1, who: "admin" }],
    })
    expect(await publish(rig, at, text("Second."), { base: 1 })).toMatchObject({ published: [{ revision: 2 }] })
    expect((await readNote(stores, at))?.open).toBe("Second.\n\n")
    expect(await publish(rig, at, text("Third."), { base: 1, force: true })).toMatchObject({
      published: [{ revision: 3 }],
    })
  })

  it("is unpublished, rolled back, and keeps its history", async () => {
    await publish(rig, at, text("First."))
    await publish(rig, at, text("Second."), { base: 1 })
    expect(await change("unpublish", { path: at, base: 1, reason: "late" })).toMatchObject({ status: 409 })
    expect(await change("unpublish", { path: at, base: 2, reason: "late" })).toMatchObject({ status: 200 })
    expect(await readNote(stores, at)).toBeNull()
    expect(await change("unpublish", { path: at, base: 3, reason: "again" })).toMatchObject({ status: 404 })
    expect(await change("rollback", { path: at, base: 3, revision: 1 })).toMatchObject({ body: { revision: 4 } })
    expect((await readNote(stores, at))?.open).toBe("First.\n\n")
    const response = await rig.desk("GET", `/revisions?path=${at}`)
    const { revisions } = (await response.json()) as { revisions: { action: string; message: string }[] }
    expect(revisions.map(({ action }) => action)).toEqual(["rollback", "unpublish", "publish", "publish"])
    const source = await rig.desk("GET", `/source?path=${at}&revision=2`)
    expect(await source.json()).toMatchObject({ source: text("Second.") })
  })

  it("does not move, nor does an article to a note's address", async () => {
    await publish(rig, at, text("First."))
    await publish(rig, `${folder}-beside`, compose({}, "Text."))
    const refused = await change("move", { from: at, to: "/digest/2026-11-24", base: 1 })
    expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("is a note") } } })
    for (const to of ["/digest/2026-11-24", "/headlines/2026-11-24"])
      expect(await change("move", { from: `${folder}-beside`, to, base: 1 }), to).toMatchObject({ status: 400 })
  })

  it("is listed with its edition's title, address and date", async () => {
    await publish(rig, at, text("First."))
    await publish(rig, "/fr/headlines/2999-01-01", "---\ntitle: Les fleuves\n---\nBonjour.\n")
    const { articles } = (await (await rig.desk("GET", "/articles")).json()) as { articles: { path: string }[] }
    expect(articles.find(({ path }) => path === at)).toMatchObject({
      url: `http://localhost:8787${at}`,
      title: expect.stringMatching(new RegExp(`${10 + tests} November 2026`)),
      access: "members",
      status: "live",
      date: `2026-11-${9 + tests}T23:00:00.000Z`,
      updated: null,
      language: "en",
      revision: 1,
    })
    expect(articles.find(({ path }) => path === "/fr/headlines/2999-01-01")).toMatchObject({
      url: "http://localhost:8787/fr/newsletter/2999-01-01",
      title: "Les fleuves",
      access: "open",
      status: "scheduled",
      language: "fr",
    })
  })

  it("lists live articles, and follows those that move", async () => {
    const note = (...stories: string[]) => `---\nstories: [ ${stories.join(", ")} ]\n---\n`
    const refused = await publish(rig, at, note(`${folder}-absent`))
    expect(refused).toMatchObject({
      status: 422,
      problems: [{ file: `${at.slice(1)}.md`, field: "stories", message: expect.stringContaining(`${folder}-absent`) }],
    })
    expect(await readNote(stores, at)).toBeNull()
    for (const slug of ["here", "gone"]) await publish(rig, `${folder}-${slug}`, compose({}, "Text."))
    await publish(rig, at, note(`${folder}-gone`, `${folder}-here`))
    await change("move", { from: `${folder}-here`, to: "/asia/nepal/there", base: 1 })
    const { stories } = (await readNote(stores, at)) ?? {}
    expect(stories).toEqual([`${folder}-gone`, `${folder}-here`])
    const chosen = await readChosen(env.CATALOGUE, stories ?? [], Date.now())
    expect(chosen.map(({ path }) => path)).toEqual([`${folder}-gone`, "/asia/nepal/there"])
  })
})

it("is an error to the planner if its row is damaged, and never the edition's text", async () => {
  await publish(rig, at, text("First."))
  for (const record of ["", "{}", '{"title":1}']) {
    await env.CATALOGUE.prepare("UPDATE articles SET record = ?1 WHERE path = ?2").bind(record, at).run()
    await expect(readNote(stores, at)).rejects.toThrow(`the catalogue's row for ${at} is damaged`)
  }
})

/** Every value in the catalogue, and every text that the public part of the site is made from. */
async function readPublicStores(): Promise<string> {
  const { results: tables } = await env.CATALOGUE.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>()
  const all: string[] = []
  for (const { name } of tables) {
    const { results } = await env.CATALOGUE.prepare(`SELECT * FROM "${name}"`).all()
    for (const row of results)
      all.push(
        ...Object.values(row).map((value) => (Array.isArray(value) ? String.fromCharCode(...value) : String(value))),
      )
  }
  for (const { name } of (await env.ARTICLES.list()).keys) all.push((await env.ARTICLES.get(name)) ?? "")
  return all.join("\n")
}

it("appears nowhere on the site, and its members' text only where members' texts are stored", async () => {
  const date = new Date().toISOString().slice(0, 10)
  const words = { title: "zebratitle", open: "zebraopen", members: "zebramembers" }
  const page = `${folder}-beside`
  await publish(rig, page, compose({ date: `${date}T00:00:00Z`, topics: ["water"], authors: ["amina"] }, "Text."))
  for (const list of ["digest", "headlines"]) {
    const rest = list === "digest" ? `\n\n<!-- members-only -->\n${words.members}\n` : ""
    const source = `---\ntitle: ${words.title}\nstories: [ ${page} ]\n---\n${words.open}${rest}`
    expect(await publish(rig, `/${list}/${date}`, source)).toMatchObject({ published: [{ revision: 1 }] })
  }
  const places = [
    ...["/", "/asia", "/asia/tajikistan", "/topics/water", "/authors/amina", "/corrections"],
    ...["/feed.xml", "/feed.json", "/asia/feed.xml", "/asia/tajikistan/feed.json", "/topics/water/feed.xml"],
    ...["/sitemap.xml", `/sitemaps/${date.slice(0, 7)}.xml`, "/news-sitemap.xml", "/robots.txt", "/llms.txt"],
    ...Object.values(words).map((word) => `/search?q=${word}`),
    ...[page, `${page}.md`, "/newsletter", "/digest"],
  ]
  const paths = ["digest", "headlines"].flatMap((list) => [`/${list}/${date}`, `/${list}/${date}.md`])
  for (const published of [true, false]) {
    for (const path of places) {
      const answer = await rig.get(path)
      expect(answer.status, path).toBe(200)
      const body = (await answer.text()).replaceAll(/q=zebra\w+|value="zebra\w+"/g, "")
      for (const word of Object.values(words)) expect(body.includes(`<mark>${word}`), `${path} ${word}`).toBe(false)
      if (!path.startsWith("/search")) expect(body, path).not.toMatch(/zebra/)
      expect(body, path).not.toContain(`/headlines/${date}`)
      expect(body, path).not.toContain(`/digest/${date}`)
    }
    for (const path of paths) expect((await rig.get(path)).status, path).toBe(404)
    expect((await rig.get("/sitemaps/undated.xml")).status).toBe(404)
    const publicStores = await readPublicStores()
    expect(publicStores).toContain(words.open)
    expect(publicStores).not.toContain(words.members)
    if (published)
      for (const list of ["digest", "headlines"])
        expect(await change("unpublish", { path: `/${list}/${date}`, base: 1, reason: "late" })).toMatchObject({
          status: 200,
        })
  }
  const kept = await Promise.all(
    (await env.MEMBERS_ARTICLES.list()).keys.map(({ name }) => env.MEMBERS_ARTICLES.get(name)),
  )
  expect(kept.join()).toContain(words.members)
})
