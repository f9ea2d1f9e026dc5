// Smaller files of pictures at the desk: they appear on pages without a new revision, and follow their picture.
import { beforeEach, describe, expect, it } from "vitest"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, dot, env, publish, type Rig } from "./rig.ts"

const path = "/asia/tajikistan/pass"
const other = "/asia/nepal/other"
let rig: Rig
let picture: string

/** The dot in another colour: another clean picture. */
const colour = (value: number) => new Uint8Array([...dot.subarray(0, 13), value, ...dot.subarray(14)])

async function upload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const sha256 = await hashContent(bytes)
  expect((await rig.desk("PUT", `/media/${sha256}.gif`, bytes)).status).toBe(201)
  return sha256
}

beforeEach(async () => {
  rig = await createRig()
  const tables =
    "articles revisions media media_uses variants purge_outbox listed redirects aliases former_paths corrections search search_text"
  await env.CATALOGUE.batch(tables.split(" ").map((table) => env.CATALOGUE.prepare(`DELETE FROM ${table}`)))
  picture = await upload(dot)
})

const source = (title: string) =>
  compose({ title, image: { src: "./a.gif", alt: "A dot" } }, "Words.\n\n![Twice](b.gif)\n")

async function publishPictured(title = "First", base = 0) {
  const file = { sha256: picture, extension: "gif", width: 2000, height: 1000 }
  const media = { "./a.gif": file, "b.gif": file }
  const digest = await hashContent(`${source(title)}\n${JSON.stringify(media)}`)
  const articles = [{ path, base, source: source(title), media, digest }]
  expect(await (await rig.desk("POST", "/publish", { articles })).json()).toMatchObject({ problems: [], conflicts: [] })
}

/** Sends a picture's files, as the command line does. Each width is a file of its own. */
async function size(widths: readonly number[], version = 1, of = picture) {
  const files = []
  for (const width of widths) files.push({ sha256: await upload(colour(width % 256)), extension: "gif", width })
  const response = await rig.desk("POST", "/media/variants", { version, pictures: [{ sha256: of, files }] })
  await rig.flushPurges()
  return response.status
}

const read = async (at = path) => (await rig.get(at)).text()
const widthsOf = (page: string) =>
  [...page.matchAll(/<(?:img|source)[^>]* srcset="([^"]*)"/g)].map(([, set = ""]) => set.match(/\d+(?=w)/g)?.join(" "))
const heads = async () => (await rig.desk("GET", "/articles")).json()
const unsized = async (version: number) =>
  ((await (await rig.desk("POST", "/media/unsized", { version })).json()) as { pictures: object[] }).pictures

describe("the smaller files of a picture", () => {
  it("sent before the article are on its first page, in the text and in lists", async () => {
    await size([320, 640])
    await publishPictured()
    expect(widthsOf(await read())).toEqual(["320 640", "320 640"])
    expect(widthsOf(await read("/"))[0]).toContain("320")
    const due = await env.CATALOGUE.prepare("SELECT count(*) AS due FROM purge_outbox WHERE tag = '*'").first("due")
    expect(due).toBe(0)
  })

  it("appear on the pages of articles published earlier, and publish nothing again: neither those nor others", async () => {
    await publishPictured()
    await publish(rig, other, compose({ title: "Other" }, "Text.\n"))
    expect(widthsOf(await read())).toEqual([])
    const before = await heads()
    const [etag, feed] = [(await rig.get(other)).headers.get("ETag"), await read("/feed.xml")]
    expect(await unsized(1)).toEqual([{ sha256: picture, extension: "gif" }])
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unsized: true })
    expect(await size([320, 640])).toBe(200)
    expect(widthsOf(await read())).toEqual(["320 640", "320 640"])
    expect(await unsized(1)).toEqual([])
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unsized: false })

    // The list of widths changes.
    expect(await unsized(2)).toHaveLength(1)
    await size([320, 960, 1280], 2)
    expect(widthsOf(await read())).toEqual(["320 960 1280", "320 960 1280"])
    expect(await heads()).toEqual(before)
    expect((await rig.get(other)).headers.get("ETag")).toBe(etag)
    expect(await read("/feed.xml")).toBe(feed)
    const { results } = await env.CATALOGUE.prepare("SELECT path FROM revisions").all()
    expect(results).toHaveLength(2)
    // A command line of an earlier version has nothing to do.
    expect(await unsized(1)).toEqual([])
  })

  it("follow the article through a new text, a rollback, a move and an unpublish", async () => {
    await publishPictured()
    await size([320, 640])
    await publishPictured("Second", 1)
    expect(widthsOf(await read())).toEqual(["320 640", "320 640"])
    await size([960], 2)
    await rig.desk("POST", "/rollback", { path, revision: 1, base: 2 })
    expect(await read()).toContain("First")
    expect(widthsOf(await read())).toEqual(["960", "960"])
    const moved = "/asia/nepal/pass"
    await rig.desk("POST", "/move", { from: path, to: moved, base: 3 })
    expect(widthsOf(await read(moved))).toEqual(["960", "960"])
    await rig.desk("POST", "/unpublish", { path: moved, reason: "wrong", base: 4 })
    await size([1280], 3)
    await rig.desk("POST", "/rollback", { path: moved, revision: 4, base: 5 })
    expect(widthsOf(await read(moved))).toEqual(["1280", "1280"])
  })

  it("go with a picture that is replaced, whose replacement may have its own", async () => {
    await publishPictured()
    await size([320, 640])
    const next = await upload(colour(200))
    const replaced = { sha256: next, extension: "gif", width: 1000, height: 500 }
    await size([480], 1, next)
    await rig.desk("POST", "/media/replace", { old: picture, picture: replaced })
    await rig.flushPurges()
    expect(widthsOf(await read())).toEqual(["480", "480"])
    const last = await upload(colour(201))
    await rig.desk("POST", "/media/replace", { old: next, picture: { ...replaced, sha256: last } })
    await rig.flushPurges()
    const page = await read()
    expect([widthsOf(page), page.includes(last), page.includes(next)]).toEqual([[], true, false])
    expect(await unsized(1)).toEqual([{ sha256: last, extension: "gif" }])
  })

  it("may be none, and are refused if they were not uploaded or have unknown parts", async () => {
    await publishPictured()
    expect(await size([])).toBe(200)
    expect([widthsOf(await read()), await unsized(1)]).toEqual([[], []])
    const file = { sha256: "0".repeat(64), extension: "gif", width: 320 }
    for (const [files, status] of [
      [[file], 404],
      [[{ ...file, extension: "svg+xml" }], 400],
      [[{ ...file, width: 0 }], 400],
    ] as const) {
      const response = await rig.desk("POST", "/media/variants", { version: 1, pictures: [{ sha256: picture, files }] })
      expect(response.status).toBe(status)
    }
    expect(await (await rig.desk("POST", "/media/missing", { hashes: [picture], version: 2 })).json()).toEqual({
      missing: [],
      unsized: [picture],
    })
  })

  it("are absent from texts that are read elsewhere: feeds and the box for republishing", async () => {
    await size([320, 640, 2000])
    await publishPictured()
    const box = /<textarea[^>]*>([^<]*)/.exec(await read())?.[1] ?? ""
    expect(box).not.toMatch(/srcset|<source|&lt;source/)
    expect(await read(`${path}.md`)).toContain(`/media/${picture}.gif`)
  })
})

it("the migration lists the pictures of a site that had none of these files", async () => {
  await publishPictured()
  await env.CATALOGUE.prepare("DELETE FROM variants").run()
  const fill = env.MIGRATIONS.catalogue
    .find(({ name }) => name === "0012_variants.sql")
    ?.queries.find((query) => query.includes("INSERT INTO variants SELECT"))
  await env.CATALOGUE.prepare(fill ?? "").run()
  expect(await unsized(1)).toEqual([{ sha256: picture, extension: "gif" }])
})
