import { beforeEach, expect, it } from "vitest"
import { signSession } from "../../src/membership/session.ts"
import { compose, createRig, publish, type Rig, sessionKeys } from "./rig.ts"

let rig: Rig
const open = "/asia/tajikistan/open"
const gated = "/asia/tajikistan/gated"

beforeEach(async () => {
  rig = await createRig()
  await publish(rig, open, compose({}, "Open text.\n"), { force: true })
  await publish(rig, gated, compose({}, "For all.\n\n<!-- members-only -->\n\nFor members.\n"), { force: true })
  Object.assign(rig.counts, { d1: 0, kv: 0, members: 0, people: 0 })
})

async function member(): Promise<RequestInit> {
  const now = Math.floor(Date.now() / 1000)
  const token = await signSession(
    { id: "s", member: "m", expires: now + 3600, checked: now, until: now + 9000 },
    sessionKeys,
  )
  return { headers: { Cookie: `dateline=${token}` } }
}

it("a miss for an article costs one D1 trip and one KV read", async () => {
  expect(await (await rig.get(open)).text()).toContain("Open text.")
  expect(rig.counts).toEqual({ d1: 1, kv: 1, members: 0, people: 0 })
})

it("a miss for a members' article costs one D1 trip and two KV reads", async () => {
  expect(await (await rig.get(gated, await member())).text()).toContain("For members.")
  expect(rig.counts).toEqual({ d1: 1, kv: 1, members: 1, people: 0 })
})

it("the public page of a members' article never reads the members' namespace", async () => {
  expect(await (await rig.get(gated)).text()).not.toContain("For members.")
  expect(rig.counts).toEqual({ d1: 1, kv: 1, members: 0, people: 0 })
})

it.each([
  "/",
  "/asia",
  "/asia/tajikistan",
  "/feed.xml",
  "/sitemap.xml",
  "/search?q=text",
  "/newsletter",
  "/digest",
])("a miss for %s costs one D1 trip and no KV read", async (path) => {
  const response = await rig.get(path)
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  expect(rig.counts).toEqual({ d1: 1, kv: 0, members: 0, people: 0 })
})

it("a hit costs nothing, and a thousand simultaneous misses cost one fill", async () => {
  const answers = await Promise.all(Array.from({ length: 1000 }, () => rig.get(open)))
  for (const answer of answers) expect(answer.status).toBe(200)
  await Promise.all(answers.map((answer) => answer.arrayBuffer()))
  expect(rig.counts).toEqual({ d1: 1, kv: 1, members: 0, people: 0 })
  await (await rig.get(open)).arrayBuffer()
  expect(rig.counts).toEqual({ d1: 1, kv: 1, members: 0, people: 0 })
})
