// When articles were new to readers: the migration, and that each is in one edition however it is changed.
import { applyD1Migrations } from "cloudflare:test"
import * as fc from "fast-check"
import { afterEach, expect, it, vi } from "vitest"
import { draftEdition } from "../../src/mail/plan.ts"
import { planEdition } from "../../src/store/editions.ts"
import { compose, createRig, env, publish, type Rig, site } from "./rig.ts"

const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const start = Date.UTC(2026, 10, 23)

afterEach(() => void vi.useRealTimers())

it("the migration takes the first publication or a later date, and so do articles of the old Worker until it is gone", async () => {
  const before = env.MIGRATIONS.catalogue.filter(({ name }) => name < "0010")
  expect(before).toHaveLength(9)
  await applyD1Migrations(env.CATALOGUE, before)
  const insert = async (path: string, published: number | null, revised: number) =>
    env.CATALOGUE.prepare(
      `INSERT INTO articles (path, revision, live, digest, language, region, title, summary, published_at, access, gated,
         division, open_hash, details, translation_group, revised_at, revised_by)
       VALUES (?1, 1, 1, '', 'en', 'asia', '', '', ?2, 'open', 0, 'none', '', '{}', ?1, ?3, 'admin')`,
    )
      .bind(path, published, revised)
      .run()
  const revise = async (path: string, revision: number, at: number) =>
    env.CATALOGUE.prepare(
      `INSERT INTO revisions (path, revision, action, digest, front, division, open_hash, media, at, who, message)
       VALUES (?1, ?2, 'publish', '', '', 'none', '', '{}', ?3, 'admin', '')`,
    )
      .bind(path, revision, at)
      .run()
  await insert("/updated", 50, 200)
  await revise("/updated", 1, 100)
  await revise("/updated", 2, 200)
  await insert("/embargoed", 300, 100)
  await revise("/embargoed", 1, 100)
  await insert("/undated", null, 100)
  await applyD1Migrations(env.CATALOGUE, env.MIGRATIONS.catalogue)
  await insert("/late", 50, 400)
  const { results } = await env.CATALOGUE.prepare("SELECT path, appeared_at AS at FROM articles ORDER BY id").all()
  expect(results).toEqual([
    { path: "/updated", at: 100 },
    { path: "/embargoed", at: 300 },
    { path: "/undated", at: 100 },
    { path: "/late", at: 400 },
  ])
})

const name = fc.constantFrom("a", "b", "c")
const step = fc.oneof(
  fc.record({ kind: fc.constant("publish" as const), name, later: fc.constantFrom(null, null, 0, 5_000, 20_000) }),
  fc.record({ kind: fc.constantFrom("unpublish", "move", "rollback"), name }),
  fc.record({ kind: fc.constant("edition" as const), name }),
  fc.record({ kind: fc.constant("clock" as const), name, later: fc.integer({ min: 1, max: 12_000 }) }),
)

/** What the model knows of an article. */
interface Story {
  path: string
  live: boolean
  date: number
  /** Readers could read it at some time. */
  appeared: boolean
  /** It had appeared, and could not be read when an edition was planned. */
  missed: boolean
  editions: number
}

it("each story is in the first edition after it appears, and in no other, however it is changed", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start })
  const rig = await createRig()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 30 }), (steps) => run(rig, steps)),
    {
      numRuns: 20,
      // Unpublished under embargo, it never appeared; its date passes before the next edition.
      examples: [
        [
          [
            { kind: "publish", name: "a", later: 5_000 },
            { kind: "unpublish", name: "a" },
            { kind: "clock", name: "a", later: 12_000 },
            { kind: "publish", name: "b", later: null },
            { kind: "edition", name: "a" },
            { kind: "publish", name: "a", later: 0 },
            { kind: "edition", name: "a" },
          ],
        ],
      ],
    },
  )
}, 120_000)

let rounds = 0

async function run(rig: Rig, steps: readonly { kind: string; name: string; later?: number | null }[]): Promise<void> {
  // Each round has articles of its own, in an empty catalogue.
  for (const table of ["articles", "listed", "editions"]) await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
  const folder = `/asia/nepal/r${++rounds}`
  let now = start + rounds * 86_400_000
  let date = 1
  vi.setSystemTime(now)
  const key = () => ({ list: "headlines", date: `2000-01-${String(date++).padStart(2, "0")}`, language: "en" }) as const
  const nothing = { title: null, intro: null, stories: [], more: 0 }
  await planEdition(stores, key(), { content: nothing }, { now, who: "cron" })
  const stories = new Map<string, Story>()
  const isReadable = ({ live, date }: Story) => live && date <= now
  for (const [index, { kind, name, later = null }] of steps.entries()) {
    now += 1_000 + (kind === "clock" ? (later ?? 0) : 0)
    vi.setSystemTime(now)
    const story = stories.get(name)
    const change = { path: story?.path, force: true, base: 0 }
    if (kind === "publish") {
      // Dates are whole seconds.
      const at = later === null ? Date.UTC(2024, 0, 1) : Math.floor((now + later) / 1_000) * 1_000
      const path = story?.path ?? `${folder}-${name}`
      const front = { title: name, summary: `Version ${index}.`, date: new Date(at).toISOString() }
      expect((await publish(rig, path, compose(front, "Text.\n"), { force: true })).status).toBe(200)
      stories.set(name, { appeared: false, missed: false, editions: 0, ...story, path, live: true, date: at })
    } else if (kind === "unpublish" && story?.live) {
      expect((await rig.desk("POST", "/unpublish", { ...change, reason: "A mistake." })).status).toBe(200)
      story.live = false
    } else if (kind === "move" && story?.live) {
      const to = `${folder}-${name}-${index}`
      expect((await rig.desk("POST", "/move", { from: story.path, to, force: true, base: 0 })).status).toBe(200)
      story.path = to
    } else if (kind === "rollback" && story?.live) {
      const { revisions } = (await (await rig.desk("GET", `/revisions?path=${story.path}`)).json()) as {
        revisions: { revision: number; message: string }[]
      }
      const { revision = 0 } = revisions.at(-1) ?? {}
      expect((await rig.desk("POST", "/rollback", { ...change, revision })).status).toBe(200)
      const record = await env.CATALOGUE.prepare("SELECT published_at FROM articles WHERE path = ?1")
      story.date = (await record.bind(story.path).first<number>("published_at")) ?? 0
    } else if (kind === "edition") {
      const asked = key()
      const { draft } = await draftEdition(stores, asked, site, now)
      const listed = draft?.content.stories.map(({ title }) => title) ?? []
      const expected = [...stories].filter(([, one]) => isReadable(one) && one.editions === 0 && !one.missed)
      expect(listed.sort()).toEqual(expected.map(([known]) => known).sort())
      if (draft !== null) await planEdition(stores, asked, draft, { now, who: "cron" })
      for (const one of draft === null ? [] : stories.values()) {
        if (isReadable(one) && !one.missed && one.editions === 0) one.editions++
        else if (one.appeared && !isReadable(one)) one.missed = true
      }
    }
    for (const one of stories.values()) one.appeared ||= isReadable(one)
  }
}
