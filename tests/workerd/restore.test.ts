// The desk's answers to rows of an archive that a table cannot hold.
import { beforeAll, expect, it } from "vitest"
import { createRig, env, type Rig } from "./rig.ts"

const archive = "b".repeat(64)
let rig: Rig

beforeAll(async () => {
  rig = await createRig()
  expect((await rig.desk("POST", "/archive/restore", { archive, people: true })).status).toBe(200)
})

const send = async (database: string, table: string, rows: object[]) => {
  const response = await rig.desk("POST", "/archive/restore/rows", { archive, database, table, rows })
  return { status: response.status, text: await response.text() }
}

const subscriber = { id: 7, email: "a@b.example", email_folded: "a@b.example", language: "en", created_at: 1 }
const delivery = { edition: "digest 2026-11-23 en", subscriber: 7, state: "planned", at: 1, queued_at: 0 }

it.each([
  ["catalogue", "articles", {}, "NOT NULL constraint failed: articles.path"],
  ["catalogue", "redirects", { path: "/a", target: "x" }, "cannot store TEXT value in INTEGER column redirects.target"],
  ["catalogue", "audit", { id: "x", at: 1, who: "a", action: "a", subject: "a", detail: "" }, "datatype mismatch"],
  ["people", "deliveries", { ...delivery, state: "lost" }, "CHECK constraint failed"],
  ["people", "deliveries", { ...delivery, subscriber: 8 }, "FOREIGN KEY constraint failed"],
])("in %s: a row that %s cannot hold is a 400 that says why", async (database, table, row, why) => {
  expect(await send("people", "subscribers", [{ ...subscriber, token: "t" }])).toMatchObject({ status: 200 })
  const answer = await send(database, table, [row])
  expect(answer).toEqual({ status: 400, text: expect.stringContaining(why) })
  expect(answer.text).toContain(table)
})

it("a column that only a later row has is a 400 too", async () => {
  const rows = [
    { path: "/a", target: 1 },
    { path: "/b", target: 1, colour: "red" },
  ]
  const answer = await send("catalogue", "redirects", rows)
  expect(answer).toEqual({ status: 400, text: expect.stringContaining("redirects has no column colour") })
  expect((await env.CATALOGUE.prepare("SELECT * FROM redirects").all()).results).toEqual([])
})
