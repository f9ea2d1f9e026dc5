import { beforeAll, expect, it } from "vitest"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, dot, publish, type Rig } from "./rig.ts"

const path = "/asia/tajikistan/pass"
const image = { src: "./pass.gif", alt: "Lorries in the snow" }
const first = compose({ title: "Snow closes the pass", image, access: "members" }, "Open.\n\nFor members.\n")
let rig: Rig
let sha256: string

beforeAll(async () => {
  rig = await createRig()
  sha256 = await hashContent(dot)
  expect((await rig.desk("PUT", `/media/${sha256}.gif`, dot)).status).toBe(201)
  const media = { "./pass.gif": { sha256, extension: "gif", width: 1200, height: 800 } }
  const digest = await hashContent(`${first}\n${JSON.stringify(media)}`)
  const articles = [{ path, base: 0, source: first, media, digest }]
  expect((await rig.desk("POST", "/publish", { articles })).status).toBe(200)
})

async function rollBack(base: number, revision?: number) {
  const response = await rig.desk("POST", "/rollback", { path, base, revision })
  return { status: response.status, body: (await response.json()) as { revision?: number } }
}

async function readSource(revision: number): Promise<string> {
  const response = await rig.desk("GET", `/source?path=${path}&revision=${revision}`)
  return ((await response.json()) as { source: string }).source
}

it("a rollback restores file, picture and access of the previous revision, as a new revision", async () => {
  await publish(rig, path, compose({ title: "Snow opens the pass" }, "All open.\n"), { base: 1 })
  expect(await rollBack(2)).toEqual({ status: 200, body: { path, revision: 3 } })
  expect(await readSource(3)).toBe(first)
  const page = await (await rig.get(path)).text()
  for (const part of ["Snow closes the pass", "Open.", `/media/${sha256}.gif`, image.alt]) expect(page).toContain(part)
  expect(page).not.toContain("For members.")
})

it("a rollback accepts any revision, reports one that never existed, and restores an unpublished article", async () => {
  expect(await rollBack(3, 2)).toMatchObject({ status: 200, body: { revision: 4 } })
  expect(await (await rig.get(path)).text()).toContain("All open.")
  expect((await rollBack(4, 99)).status).toBe(404)
  expect((await rig.desk("POST", "/unpublish", { path, base: 4, reason: "wrong" })).status).toBe(200)
  expect((await rig.get(path)).status).toBe(410)
  expect(await rollBack(5)).toMatchObject({ status: 200, body: { revision: 6 } })
  const page = await rig.get(path)
  expect([page.status, (await page.text()).includes("All open.")]).toEqual([200, true])
})

it("a moved article keeps its history, and is rolled back at its new address", async () => {
  const to = "/asia/nepal/pass"
  expect((await rig.desk("POST", "/move", { from: path, to, base: 6 })).status).toBe(200)
  const answer = await (await rig.desk("GET", `/revisions?path=${to}`)).json()
  const { revisions } = answer as { revisions: { revision: number; action: string }[] }
  const actions = revisions.map(({ action }) => action)
  expect(actions).toEqual(["move", "rollback", "unpublish", "rollback", "rollback", "publish", "publish"])
  expect((await rig.desk("POST", "/rollback", { path: to, base: 7, revision: 1 })).status).toBe(200)
  expect(await (await rig.get(to)).text()).toContain("Snow closes the pass")
})

it("publishing at the old address of a moved article is a conflict that says where it went, who moved it and when", async () => {
  const source = compose({ title: "Edited where it was" }, "Text.\n")
  const digest = await hashContent(`${source}\n{}`)
  const gone = "/asia/nepal/never-there"
  const articles = [path, gone].map((one) => ({ path: one, base: 6, source, media: {}, digest }))
  const response = await rig.desk("POST", "/publish", { articles })
  const { conflicts } = (await response.json()) as { conflicts: { when: string | null }[] }
  expect(conflicts).toEqual([
    { path, revision: 7, who: "admin", when: conflicts[0]?.when, movedTo: "/asia/nepal/pass" },
    { path: gone, revision: 0, who: null, when: null, movedTo: null },
  ])
  expect(Date.parse(conflicts[0]?.when ?? "")).toBeGreaterThan(Date.now() - 60_000)
})

it("a change whose response was lost is made once, however often it is repeated", async () => {
  const there = "/asia/nepal/lost-answer"
  await publish(rig, there, compose({}, "One.\n"))
  await publish(rig, there, compose({}, "Two.\n"), { base: 1 })
  const twice = async (action: string, body: object) => {
    const answers: unknown[] = []
    for (let time = 0; time < 2; time++) answers.push(await (await rig.desk("POST", action, body)).json())
    expect(answers[1]).toEqual(answers[0])
    return answers[0]
  }
  const back = { path: there, revision: 1, base: 2 }
  expect(await twice("/rollback", back)).toEqual({ path: there, revision: 3 })
  const moved = { from: there, to: `${there}-moved`, base: 3 }
  expect(await twice("/move", moved)).toMatchObject({ revision: 4 })
  expect(await twice("/unpublish", { path: moved.to, base: 4, reason: "wrong" })).toMatchObject({ revision: 5 })
})

it.each([
  "unpublish",
  "move",
  "rollback",
])("a %s after another editor's change is a conflict with who and when", async (action) => {
  const there = `/asia/nepal/changed-before-${action}`
  await publish(rig, there, compose({}, "One.\n"))
  await publish(rig, there, compose({}, "Two.\n"), { base: 1 })
  const names = action === "move" ? { from: there, to: `${there}-moved` } : { path: there }
  const body = {
    ...names,
    ...(action === "unpublish" && { reason: "wrong" }),
    base: 1,
    ...(action === "rollback" && { revision: 1 }),
  }
  const refused = await rig.desk("POST", `/${action}`, body)
  const { error } = (await refused.json()) as { error: { when: string } }
  expect([refused.status, error]).toMatchObject([409, { code: "conflict", path: there, revision: 2, who: "admin" }])
  expect(Date.parse(error.when)).toBeGreaterThan(Date.now() - 60_000)
  expect(await (await rig.desk("POST", `/${action}`, { ...body, force: true })).json()).toMatchObject({ revision: 3 })
  const { base, ...unbased } = body
  expect((await rig.desk("POST", `/${action}`, unbased)).status).toBe(400)
})
