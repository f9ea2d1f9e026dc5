// Editors' notes: published as articles are, read by the planner, and on no page of the site.
import { beforeEach, expect, it } from "vitest"
import { readNote } from "../../src/store/notes.ts"
import { compose, createRig, env, publish, type Rig } from "./rig.ts"

let rig: Rig
const stores = { db: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }

beforeEach(async () => {
  rig = await createRig()
})

it("gives the planner a note's title, stories and texts", async () => {
  for (const slug of ["one", "two"]) await publish(rig, `/asia/tajikistan/${slug}`, compose({}, "Text."))
  const source =
    "---\ntitle: Rivers\nstories: [ /asia/tajikistan/two, /asia/tajikistan/one ]\n---\nOpen.\n\n<!-- members-only -->\nClosed.\n"
  expect(await publish(rig, "/digest/2026-11-23", source)).toMatchObject({
    published: [{ path: "/digest/2026-11-23", url: "http://localhost:8787/digest/2026-11-23", revision: 1 }],
  })
  expect(await readNote(stores, { list: "digest", date: "2026-11-23", language: "en" })).toEqual({
    title: "Rivers",
    stories: ["/asia/tajikistan/two", "/asia/tajikistan/one"],
    open: "Open.\n\n",
    members: "<!-- members-only -->\nClosed.\n",
    division: "line",
  })
  await publish(rig, "/fr/headlines/2026-11-23", "Bonjour.\n")
  expect(await readNote(stores, { list: "headlines", date: "2026-11-23", language: "fr" })).toEqual({
    title: null,
    stories: null,
    open: "Bonjour.\n",
    members: null,
    division: "none",
  })
  expect(await readNote(stores, { list: "headlines", date: "2026-11-23", language: "en" })).toBeNull()
  expect(await readNote(stores, { list: "digest", date: "2026-11-24", language: "en" })).toBeNull()
})
