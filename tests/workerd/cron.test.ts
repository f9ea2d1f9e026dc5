// The minute cron: each part of its work runs, whatever fails in the others.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { enqueuePurges } from "../../src/store/purges.ts"
import { run } from "../../src/store/sql.ts"
import { subscribe } from "../../src/store/subscribers.ts"
import worker from "../../src/worker.ts"
import { compose, createRig, env, publish, type Rig } from "./rig.ts"

/** Monday, a minute after both lists are due. */
const now = Date.parse("2026-11-23T05:01:00Z")

let rig: Rig
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now })
  rig = await createRig()
})
afterEach(() => void vi.useRealTimers())

/** Runs the cron. @returns the tags that it purged */
async function runCron(): Promise<string[]> {
  const purged: string[] = []
  const purge = async (tags: string[]) => purged.push(...tags) > 0
  const ctx = { exports: { Pages: () => ({ purge }) }, waitUntil: () => undefined } as unknown as ExecutionContext
  await worker.scheduled({} as ScheduledController, env, ctx)
  return purged
}

it("plans an edition, writes its recipients and purges the newsletters' pages in one run", async () => {
  await subscribe(env.PEOPLE, { email: "reader@example.org", language: "en", list: "headlines" }, now)
  await publish(rig, "/asia/nepal/news", compose({}, "Text.\n"))
  expect(await runCron()).toContain("e:headlines")
  const { results } = await env.PEOPLE.prepare("SELECT edition, state FROM deliveries").all()
  expect(results).toEqual([{ edition: "headlines 2026-11-23 en", state: "planned" }])
})

it("purges and sweeps even if editions cannot be planned or sent", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined)
  await env.CATALOGUE.prepare("ALTER TABLE editions RENAME TO gone").run()
  await run(env.CATALOGUE, ...enqueuePurges(["a:/x"], now))
  await env.PEOPLE.prepare("INSERT INTO rate_limits (key, at) VALUES ('x', 0)").run()
  expect(await runCron()).toEqual(["a:/x"])
  expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM rate_limits").first("n")).toBe(0)
  // Planning and sending.
  expect(logged.mock.calls.filter(([what]) => what === "cron")).toHaveLength(2)
  await env.CATALOGUE.prepare("ALTER TABLE gone RENAME TO editions").run()
})

it("reindexes up to 100 articles a minute", async () => {
  const queued = JSON.stringify(Array.from({ length: 105 }, (_, id) => 1e6 + id))
  await env.CATALOGUE.prepare("INSERT INTO search_queue (id) SELECT value FROM json_each(?1)").bind(queued).run()
  await runCron()
  expect(await env.CATALOGUE.prepare("SELECT count(*) AS n FROM search_queue").first("n")).toBe(5)
})
