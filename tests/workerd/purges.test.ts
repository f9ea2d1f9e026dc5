// The purge outbox: no purge is lost, whatever overlaps, each is repeated, and ids are never reused.
import { applyD1Migrations } from "cloudflare:test"
import * as fc from "fast-check"
import { afterEach, beforeAll, expect, it } from "vitest"
import { enqueuePurges, flushPurges, type Purge } from "../../src/store/purges.ts"
import { batch } from "../../src/store/sql.ts"
import { env } from "./rig.ts"

const db = env.CATALOGUE
const accept: Purge = async () => true
const rows = async (table: string) =>
  (await db.prepare(`SELECT id, tag, due_at, again FROM ${table} ORDER BY id`).all<{ id: number; tag: string }>())
    .results

beforeAll(async () => {
  const before = env.MIGRATIONS.catalogue.filter(({ name }) => name < "0005")
  expect(before).toHaveLength(4)
  await applyD1Migrations(db, before)
  for (const [tag, again] of [
    ["a:/first", 1],
    ["a:/second", 0],
  ])
    await db.prepare("INSERT INTO purges (tag, due_at, again) VALUES (?1, 1000, ?2)").bind(tag, again).run()
  await applyD1Migrations(db, env.MIGRATIONS.catalogue)
})
afterEach(async () => {
  await db.prepare("DELETE FROM purge_outbox").run()
})

it("the migration keeps due purges, and those that the old Worker still enqueues, without reusing ids", async () => {
  const kept = [
    { id: 1, tag: "a:/first", due_at: 1000, again: 1 },
    { id: 2, tag: "a:/second", due_at: 1000, again: 0 },
  ]
  expect(await rows("purge_outbox")).toEqual(kept)
  // The old Worker flushes its own table, which frees the id, and enqueues another purge.
  await db.prepare("DELETE FROM purges").run()
  await db.prepare("INSERT INTO purges (tag, due_at) VALUES ('a:/third', 1000)").run()
  const purged: unknown[] = []
  const purge: Purge = async (tags) => purged.push(tags) > 0
  expect(await flushPurges(db, purge, 1000)).toEqual({ purged: 3, due: 0 })
  expect(purged).toEqual([["a:/first", "a:/second", "a:/third"]])
  const repeats = await rows("purge_outbox")
  expect(repeats.map(({ id, tag }) => [id > 3, tag])).toEqual([
    [true, "a:/first"],
    [true, "a:/third"],
  ])
  await flushPurges(db, accept, 61_000)
  await batch(db, [enqueuePurges(["a:/fourth"], 62_000)])
  const [fourth] = await rows("purge_outbox")
  expect(fourth?.id).toBeGreaterThan(Math.max(...repeats.map(({ id }) => id)))
})

it("a delayed flush does not delete purges enqueued after another flush emptied the outbox", async () => {
  await batch(db, [enqueuePurges(["a:/old"], 0)])
  await flushPurges(db, accept, 0)
  // The repeat after a minute is the only row, and a slow flush reads it.
  let proceed: (accepted: boolean) => void = () => undefined
  let reached: () => void = () => undefined
  const reading = new Promise<void>((done) => {
    reached = done
  })
  const slow = flushPurges(
    db,
    () => {
      reached()
      return new Promise<boolean>((done) => {
        proceed = done
      })
    },
    90_000,
  )
  await reading
  await flushPurges(db, accept, 90_000)
  await batch(db, [enqueuePurges(["a:/new"], 89_999)])
  proceed(true)
  await slow
  expect(await rows("purge_outbox")).toMatchObject([{ tag: "a:/new", due_at: 89_999, again: 1 }])
})

type Step =
  | { kind: "enqueue" }
  | { kind: "begin" }
  | { kind: "end"; flush: number; accepted: boolean }
  | { kind: "wait" }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ kind: "enqueue" as const }),
  fc.constant({ kind: "begin" as const }),
  fc.record({
    kind: fc.constant("end" as const),
    flush: fc.nat(3),
    accepted: fc.constantFrom(true, true, true, false),
  }),
  fc.constant({ kind: "wait" as const }),
)

it("however flushes overlap, every purge runs after its change, and again a minute later", {
  timeout: 120_000,
}, async () => {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const run = runs++
      let now = 1_000_000
      const enqueued: string[] = []
      const accepted: { tags: readonly string[] | "everything"; at: number }[] = []
      const flushes: { end: (ok: boolean) => void; done: Promise<unknown> }[] = []
      const begin = async () => {
        let end: (ok: boolean) => void = () => undefined
        const answer = new Promise<boolean>((resolve) => {
          end = resolve
        })
        let reached: () => void = () => undefined
        const asked = new Promise<void>((resolve) => {
          reached = resolve
        })
        const done = flushPurges(
          db,
          async (tags) => {
            const at = now
            reached()
            if (!(await answer)) return false
            accepted.push({ tags, at })
            return true
          },
          now,
        )
        flushes.push({ end, done })
        // Until it calls the platform, or ends because nothing is due.
        await Promise.race([asked, done])
      }
      for (const one of steps) {
        if (one.kind === "wait") now += 61_000
        else if (one.kind === "begin") await begin()
        else if (one.kind === "enqueue") {
          const tag = `a:/${run}-${enqueued.length}`
          // A write happens slightly before its commit.
          await batch(db, [enqueuePurges([tag], now - 5)])
          enqueued.push(tag)
        } else {
          const [flush] = flushes.splice(one.flush % Math.max(flushes.length, 1), 1)
          flush?.end(one.accepted)
          await flush?.done
        }
      }
      for (const { end, done } of flushes) {
        end(true)
        await done
      }
      for (let round = 0; round < 3; round++) {
        now += 61_000
        await flushPurges(db, async (tags) => accepted.push({ tags, at: now }) > 0, now)
      }
      expect(await rows("purge_outbox")).toEqual([])
      for (const tag of enqueued) {
        const times = accepted.filter(({ tags }) => tags.includes(tag)).map((one) => one.at)
        expect(times.length, `${tag} is purged`).toBeGreaterThan(1)
        expect(Math.max(...times) - Math.min(...times), `${tag} is repeated`).toBeGreaterThanOrEqual(60_000)
      }
    }),
    { numRuns: 80 },
  )
})
