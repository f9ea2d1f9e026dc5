// Which editions the cron and the editors plan, once each, and which stories they have.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { type EditionKey, editionId, type List, parseEditionId } from "../../src/article/edition.ts"
import { planDueEditions } from "../../src/mail/plan.ts"
import { readIssue, readWholeEdition } from "../../src/store/editions.ts"
import { StoreFailure, type Trip, wrapDatabase } from "../../src/store/failure.ts"
import { openStores } from "../../src/store/stores.ts"
import { subscribe } from "../../src/store/subscribers.ts"
import { compose, createRig, env, publish, type Rig, site } from "./rig.ts"

const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const minute = 60_000
const hour = 60 * minute
/** Monday, an hour before both lists are due: Zurich is an hour ahead of UTC, and the config says 6 o'clock. */
const monday = Date.parse("2026-11-23T04:00:00Z")
const due = monday + hour

let rig: Rig
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: monday })
  rig = await createRig()
  for (const table of [
    "articles",
    "listed",
    "revisions",
    "redirects",
    "former_paths",
    "editions",
    "skipped_editions",
    "audit",
  ])
    await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
  for (const table of ["members", "subscribers"]) await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  for (const language of site.languages)
    for (const list of ["headlines", "digest"] as const)
      await subscribe(env.PEOPLE, { email: `reader-${language}@example.org`, language, list }, monday)
  await rig.desk("POST", "/members/grant", { email: "reader-en@example.org" })
})
afterEach(() => void vi.useRealTimers())

const write = (path: string, front: Record<string, unknown> = {}, more: { base?: number; force?: boolean } = {}) =>
  publish(rig, path, compose({ title: path.split("/").at(-1), ...front }, `Text of ${path}.\n`), more)

/** An edition as everyone may read it. */
const readOpen = async (key: EditionKey) => (await readIssue(env.CATALOGUE, key, [], Date.now())).issue?.edition

async function cron(now: number, bindings: Env = env): Promise<string[]> {
  vi.setSystemTime(now)
  const before = await ids()
  await planDueEditions(openStores(bindings), site, now)
  return (await ids()).filter((id) => !before.includes(id))
}

async function ids(): Promise<string[]> {
  const { results } = await env.CATALOGUE.prepare(
    "SELECT list, language, date FROM editions ORDER BY planned_at, list DESC, language",
  ).all<EditionKey>()
  return results.map(editionId)
}

/** The titles of an edition's stories, as its recipients get them. */
async function titles(list: List, date: string, language = "en"): Promise<string[] | null> {
  const edition = await readWholeEdition(stores, { list, date, language })
  return edition?.content.stories.map(({ title }) => title) ?? null
}

it("plans each list at its hour for the languages that have readers and news, and once", async () => {
  await write("/asia/nepal/first")
  await write("/fr/asia/nepal/premier")
  expect(await cron(due - 1)).toEqual(["headlines 2026-11-22 en", "headlines 2026-11-22 fr", "digest 2026-11-20 en"])
  await write("/asia/nepal/second")
  expect(await cron(due - 1)).toEqual([])
  expect(await cron(due)).toEqual(["headlines 2026-11-23 en", "digest 2026-11-23 en"])
  expect(await cron(due + minute)).toEqual([])
  expect(await titles("headlines", "2026-11-23")).toEqual(["second"])
})

it("lists stories that appeared since the last edition: no updates, moves, rollbacks or republications; embargoed stories once they appear", async () => {
  const monday = due
  for (const name of ["updated", "moved", "rolled-back", "back-again", "gone", "kept"])
    await write(`/asia/nepal/${name}`)
  await write("/asia/nepal/hidden", { date: new Date(monday + 3 * hour).toISOString() })
  await write("/asia/nepal/postponed", { date: new Date(monday + 3 * hour).toISOString() })
  await cron(monday)
  expect((await titles("headlines", "2026-11-23"))?.sort()).toEqual([
    "back-again",
    "gone",
    "kept",
    "moved",
    "rolled-back",
    "updated",
  ])

  vi.setSystemTime(monday + hour)
  await write("/asia/nepal/updated", { summary: "Another.", date: new Date(monday + hour).toISOString() }, { base: 1 })
  await rig.desk("POST", "/move", { from: "/asia/nepal/moved", to: "/asia/india/moved", base: 1 })
  await write("/asia/nepal/rolled-back", { summary: "Another." }, { base: 1 })
  await rig.desk("POST", "/rollback", { path: "/asia/nepal/rolled-back", revision: 1, base: 2 })
  await rig.desk("POST", "/unpublish", { path: "/asia/nepal/back-again", reason: "A mistake.", base: 1 })
  await write("/asia/nepal/back-again", { summary: "Right." }, { force: true })
  await write("/asia/nepal/taken-down")
  await rig.desk("POST", "/unpublish", { path: "/asia/nepal/taken-down", reason: "A mistake.", base: 1 })
  await write("/asia/nepal/short", { expires: new Date(monday + 2 * hour).toISOString() })
  await write("/asia/nepal/postponed", { date: new Date(monday + 300 * hour).toISOString() }, { base: 1 })
  // An old date does not make it old: it is new to readers of this site.
  await write("/asia/nepal/archive", { date: "2004-01-01" })
  await write("/asia/nepal/news", { date: new Date(monday + hour).toISOString() })
  expect(await cron(monday + 24 * hour)).toEqual(["headlines 2026-11-24 en", "digest 2026-11-24 en"])
  expect(await titles("headlines", "2026-11-24")).toEqual(["hidden", "news", "archive"])
  expect(await titles("digest", "2026-11-24")).toEqual(["hidden", "news", "archive"])
})

it("a story that is published while an edition is planned is in the next one, even with an earlier time", async () => {
  await write("/asia/nepal/first")
  await cron(due)
  vi.setSystemTime(due - 5_000)
  await write("/asia/nepal/slow")
  await cron(due + 24 * hour)
  expect(await titles("headlines", "2026-11-24")).toEqual(["slow"])
})

it("the lead is first, twenty stories are listed, and the others counted", async () => {
  for (let i = 10; i < 35; i++) await write(`/asia/nepal/n${i}`, { date: `2026-11-22T10:${i}`, lead: i === 20 })
  await cron(due)
  const found = await titles("headlines", "2026-11-23")
  expect(found?.slice(0, 3)).toEqual(["n20", "n34", "n33"])
  expect(found).toHaveLength(20)
  expect((await readOpen({ list: "headlines", date: "2026-11-23", language: "en" }))?.content.more).toBe(5)
  // Visitors see the digest's first story; what members get is elsewhere.
  const open = await readOpen({ list: "digest", date: "2026-11-23", language: "en" })
  expect(open?.content).toMatchObject({ stories: [{ title: "n20" }], more: 24 })
  expect(open?.gated).toBe(true)
})

it("a quiet morning has no edition, not even when something is published later that day", async () => {
  await write("/asia/nepal/first")
  await cron(due)
  expect(await cron(due + 24 * hour)).toEqual([])
  await write("/asia/nepal/afternoon")
  expect(await cron(due + 30 * hour)).toEqual([])
  expect(await cron(due + 48 * hour)).toEqual(["headlines 2026-11-25 en", "digest 2026-11-25 en"])
  expect(await titles("headlines", "2026-11-25")).toEqual(["afternoon"])
})

it("plans nothing without recipients: no subscriber, none in the language, all stopped, or no member", async () => {
  await write("/asia/nepal/first")
  await write("/ar/asia/nepal/first")
  await env.PEOPLE.prepare("UPDATE subscribers SET stopped_at = 1 WHERE language = 'ar'").run()
  await rig.desk("POST", "/members/revoke", { email: "reader-en@example.org" })
  expect(await cron(due)).toEqual(["headlines 2026-11-23 en"])
  // The day's edition is planned as soon as it has a recipient.
  await rig.desk("POST", "/members/grant", { email: "reader-en@example.org" })
  expect(await cron(due + 3 * hour)).toEqual(["digest 2026-11-23 en"])
})

const english = (list: List, date = "2026-11-23") => ({ list, date, language: "en" })

it("an editor's note gives an edition its title, introduction and stories, in their order", async () => {
  for (const name of ["one", "two", "three", "gone"]) await write(`/asia/nepal/${name}`)
  const note = "title: Rivers\nstories: [ /asia/nepal/two, /asia/nepal/gone, /asia/nepal/one ]"
  await publish(rig, "/digest/2026-11-23", `---\n${note}\n---\nOpen.\n\n<!-- members-only -->\n\nClosed.\n`)
  await publish(rig, "/headlines/2026-11-23", "Good morning.\n")
  await rig.desk("POST", "/unpublish", { path: "/asia/nepal/gone", reason: "A mistake.", base: 1 })
  await cron(due)
  const whole = await readWholeEdition(stores, english("digest"))
  expect(whole?.content).toMatchObject({ title: "Rivers", stories: [{ title: "two" }, { title: "one" }], more: 0 })
  expect(whole?.content.intro).toMatch(/^Open\.[\s\S]*Closed\.$/)
  const open = await readOpen(english("digest"))
  expect(open?.content).toEqual({ title: "Rivers", intro: "Open.", stories: [], more: 2 })
  const { content } = (await readOpen(english("headlines"))) ?? {}
  expect(content).toMatchObject({ title: null, intro: "Good morning.", more: 0 })
  expect(content?.stories.map(({ title }) => title)).toEqual(["three", "two", "one"])
  // What is published later does not change it.
  await publish(rig, "/digest/2026-11-23", "Another.\n", { base: 1 })
  await cron(due + minute)
  expect(await readWholeEdition(stores, english("digest"))).toEqual(whole)
})

it("a note is enough for a digest; without a line its first paragraph is open. Headlines need stories", async () => {
  await publish(rig, "/digest/2026-11-23", "The first.\n\nThe second.\n")
  await publish(rig, "/headlines/2026-11-23", "Good morning.\n")
  expect(await cron(due)).toEqual(["digest 2026-11-23 en"])
  expect((await readOpen(english("digest")))?.content.intro).toBe("The first.")
  expect((await readWholeEdition(stores, english("digest")))?.content.intro).toBe("The first.\n\nThe second.")
})

it("two crons at once, and runs that stop at any step, plan one edition, whole", async () => {
  await write("/asia/nepal/first")
  await write("/fr/asia/nepal/premier")
  await publish(rig, "/digest/2026-11-23", "The first.\n\nFor members.\n")
  /** Stops a run of the cron at a step: its trip to a store fails before or after it is made. */
  let made = 0
  const stopAt = (step: number, after: boolean): Env => {
    made = 0
    const trip: Trip = async (go) => {
      if (made++ !== step) return go()
      if (after) await go()
      throw new StoreFailure("stopped")
    }
    const kv = {
      put: (...args: [string, Uint8Array]) => trip(() => env.MEMBERS_ARTICLES.put(...args)),
      get: (...args: [string]) => env.MEMBERS_ARTICLES.get(...args, "arrayBuffer"),
    }
    return {
      ...env,
      CATALOGUE: wrapDatabase(env.CATALOGUE, trip),
      PEOPLE: wrapDatabase(env.PEOPLE, trip),
      MEMBERS_ARTICLES: kv as unknown as KVNamespace,
    }
  }
  const wanted = ["headlines 2026-11-23 en", "headlines 2026-11-23 fr", "digest 2026-11-23 en"]
  vi.spyOn(console, "error").mockImplementation(() => undefined)
  for (let step = 0; step <= made; step++) {
    await env.CATALOGUE.batch(
      ["editions", "skipped_editions", "audit"].map((table) => env.CATALOGUE.prepare(`DELETE FROM ${table}`)),
    )
    await planDueEditions(openStores(stopAt(step, step % 2 === 1)), site, due).catch(() => undefined)
    const planned = await ids()
    expect(wanted).toEqual(expect.arrayContaining(planned))
    // A failure in one language stops no other.
    if (step > 0) expect(planned.length).toBeGreaterThanOrEqual(wanted.length - 1)
    await Promise.all([
      planDueEditions(openStores(env), site, due + minute),
      planDueEditions(openStores(env), site, due + minute),
      cron(due + minute),
    ])
    expect(await ids()).toHaveLength(wanted.length)
    for (const id of wanted) expect(await readWholeEdition(stores, parseEditionId(id) as EditionKey)).not.toBeNull()
    const audit = await env.CATALOGUE.prepare("SELECT subject FROM audit WHERE action = 'send' ORDER BY subject").all<{
      subject: string
    }>()
    expect(audit.results.map(({ subject }) => subject)).toEqual([...wanted].sort())
  }
})

it("editors send an edition now: once, to all current recipients, and in the audit log", async () => {
  await env.PEOPLE.prepare("DELETE FROM subscribers").run()
  await write("/asia/nepal/first")
  const send = async (body: object) => {
    const response = await rig.desk("POST", "/editions/send", body)
    return {
      status: response.status,
      ...((await response.json()) as { editions?: object[]; error?: { message: string } }),
    }
  }
  const sent = { list: "digest", date: "2026-11-23", who: "admin", when: "2026-11-23T04:00:00.000Z" }
  expect((await send({ list: "digest" })).editions).toMatchObject([
    { ...sent, language: "en", outcome: "planned" },
    { language: "fr", outcome: "empty", who: null, when: null, since: "2026-11-20T05:00:00.000Z" },
    { language: "ar", outcome: "empty" },
    { language: "ru", outcome: "empty" },
  ])
  vi.setSystemTime(due + hour)
  await write("/asia/nepal/second")
  expect((await send({ list: "digest", language: "en" })).editions).toMatchObject([
    { ...sent, language: "en", outcome: "before" },
  ])
  expect(await titles("digest", "2026-11-23")).toEqual(["first"])
  const { results } = await env.CATALOGUE.prepare("SELECT who, action, subject FROM audit WHERE action = 'send'").all()
  expect(results).toEqual([{ who: "admin", action: "send", subject: "digest 2026-11-23 en" }])

  // Friday's is older than the one that was sent; tomorrow's comes tomorrow.
  for (const date of ["2026-11-20", "2026-11-24", "2026-11-22"])
    expect(await send({ list: "digest", date })).toMatchObject({
      status: 404,
      error: { message: expect.stringContaining(date) },
    })
  expect((await send({ list: "digest", date: "2026-02-30" })).status).toBe(400)
  expect((await send({ list: "digest", language: "xx" })).error?.message).toContain("en, fr, ar")
  // The cron leaves what an editor sent before its hour alone.
  expect(await ids()).toEqual(["digest 2026-11-23 en"])
})
