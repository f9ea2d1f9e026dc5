// Pictures at the desk: those with metadata are refused, and those published before are replaced without a trace.
import { beforeEach, describe, expect, it } from "vitest"
import { cleanSvg } from "../../src/article/svg.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { compose, createRig, dot, env, type Rig } from "./rig.ts"

const path = "/asia/tajikistan/pass"
const place = "38.56 N 68.77 E"
let rig: Rig
let clean: string

/** The dot with a comment that says where it was taken. */
function withComment(text = place): Uint8Array<ArrayBuffer> {
  const comment = [0x21, 0xfe, text.length, ...new TextEncoder().encode(text), 0]
  return new Uint8Array([...dot.subarray(0, 19), ...comment, ...dot.subarray(19)])
}

beforeEach(async () => {
  rig = await createRig()
  clean = await hashContent(dot)
  for (const table of [
    "articles",
    "revisions",
    "media",
    "media_uses",
    "purge_outbox",
    "listed",
    "redirects",
    "aliases",
  ])
    await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
})

const source = (title: string) =>
  compose({ title, image: { src: "./a.gif", alt: "A dot" }, access: "open" }, "Words.\n\n![Twice](b.gif)\n")

/** Publishes like the CLI before it cleaned pictures, into a catalogue of that time. */
async function publishDirty(bytes: Uint8Array, title: string, base = 0): Promise<string> {
  const sha256 = await hashContent(bytes)
  await env.MEDIA.put(sha256, bytes, { metadata: { extension: "gif", size: bytes.length, at: 1 } })
  await env.CATALOGUE.prepare(
    "INSERT OR REPLACE INTO media (sha256, extension, size, at, clean) VALUES (?1, 'gif', 1, 1, 1)",
  )
    .bind(sha256)
    .run()
  const upload = { sha256, extension: "gif", width: 2, height: 1 }
  const media = { "./a.gif": upload, "b.gif": upload }
  const digest = await hashContent(`${source(title)}\n${JSON.stringify(media)}`)
  const articles = [{ path, base, source: source(title), media, digest }]
  expect((await rig.desk("POST", "/publish", { articles })).status).toBe(200)
  await env.CATALOGUE.prepare("UPDATE media SET clean = 0 WHERE sha256 = ?1").bind(sha256).run()
  return sha256
}

async function sweep() {
  return (await (await rig.desk("POST", "/media/sweep", { after: "" })).json()) as {
    dirty: object[]
    next: string | null
  }
}

/** What the command line does with a dirty picture. */
async function replace(old: string) {
  await rig.desk("PUT", `/media/${clean}.gif`, dot)
  const picture = { sha256: clean, extension: "gif", width: 1, height: 2 }
  return rig.desk("POST", "/media/replace", { old, picture })
}

const page = async () => (await rig.get(path)).text()

describe("an upload", () => {
  it("with metadata, trailing data or another type is refused, and nothing is stored", async () => {
    for (const [bytes, said] of [
      [withComment(), "contains metadata (a comment"],
      [new Uint8Array([...dot, 0x50, 0x4b]), "contains metadata (data after the picture)"],
      [dot.subarray(0, 30), "the picture is not a complete gif file"],
      [new TextEncoder().encode("<svg/>"), "the picture is not a complete gif file"],
    ] as const) {
      const sha256 = await hashContent(bytes)
      const response = await rig.desk("PUT", `/media/${sha256}.gif`, bytes)
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(said)])
      expect(await env.MEDIA.get(sha256)).toBeNull()
      expect(await (await rig.desk("POST", "/media/missing", { hashes: [sha256] })).json()).toEqual({
        missing: [sha256],
        unsized: [],
      })
    }
    expect((await rig.desk("PUT", `/media/${clean}.gif`, dot)).status).toBe(201)
    expect(await (await rig.desk("POST", "/media/missing", { hashes: [clean] })).json()).toEqual({
      missing: [],
      unsized: [],
    })
  })

  it("of an SVG is stored only as the command line cleans it, and served without the right to do anything", async () => {
    const put = async (svg: string) => {
      const bytes = new TextEncoder().encode(svg)
      const name = `${await hashContent(bytes)}.svg`
      return { name, response: await rig.desk("PUT", `/media/${name}`, bytes) }
    }
    const wrap = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3">${inside}</svg>`
    for (const [svg, said] of [
      [wrap("<script>alert(1)</script>"), "contains `<script>`"],
      [wrap('<use href="https://evil.example/x.svg#y"/>'), "cannot load or link"],
      [wrap("<!-- Ann --><path/>"), "has not been sanitized"],
      ["GIF89a", "has text outside the drawing"],
    ] as const) {
      const { response } = await put(svg)
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(said)])
    }
    const { name, response } = await put(cleanSvg(wrap('<path d="M0 0h4"/>')).svg)
    expect(response.status).toBe(201)
    const served = await rig.get(`/media/${name}`)
    expect(served.status).toBe(200)
    expect(served.headers.get("Content-Type")).toBe("image/svg+xml")
    expect(served.headers.get("Content-Security-Policy")).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    expect(served.headers.get("X-Content-Type-Options")).toBe("nosniff")
  })
})

describe("a picture published with metadata", () => {
  it("is found, replaced on the page and in all revisions, and deleted; a rollback shows the clean picture", async () => {
    const old = await publishDirty(withComment(), "First")
    await publishDirty(withComment(), "Second", 1)
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unclean: true })
    expect(await page()).toContain(old)
    expect(await sweep()).toEqual({ dirty: [{ sha256: old, extension: "gif", path }], next: null })
    expect((await rig.get(`/media/${old}.gif`)).status).toBe(200)

    expect((await replace(old)).status).toBe(200)
    await sweep()
    expect((await rig.get(`/media/${old}.gif`)).status).toBe(404)
    expect(await env.MEDIA.get(old)).toBeNull()
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unclean: false })
    const shown = await page()
    expect(shown).not.toContain(old)
    expect(shown.match(new RegExp(`<img[^>]*/media/${clean}\\.gif"[^>]*width="1" height="2"`, "g"))).toHaveLength(2)

    expect((await rig.desk("POST", "/rollback", { path, revision: 1, base: 2 })).status).toBe(200)
    const rolled = await page()
    expect([rolled.includes("First"), rolled.includes(old), rolled.includes(clean)]).toEqual([true, false, true])
    expect(JSON.stringify(await env.CATALOGUE.prepare("SELECT media FROM revisions").all())).not.toContain(
      `src":"/media/${old}`,
    )
    const picture = await rig.get(`/media/${clean}.gif`)
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(dot)
  })

  it("keeps the article's digest, so nothing needs to be published again", async () => {
    const old = await publishDirty(withComment(), "First")
    const digestOf = async () =>
      ((await (await rig.desk("GET", "/articles")).json()) as { articles: { digest: string }[] }).articles[0]?.digest
    const before = await digestOf()
    await replace(old)
    const media = {
      sha256: clean,
      extension: "gif",
      width: 1,
      height: 2,
      original: { sha256: old, extension: "gif", width: 2, height: 1 },
    }
    const articles = [
      { path, base: 1, source: source("First"), media: { "./a.gif": media, "b.gif": media }, digest: before },
    ]
    expect(await (await rig.desk("POST", "/publish", { articles })).json()).toMatchObject({
      unchanged: [path],
      problems: [],
    })
  })

  it("cannot be published again before it is replaced", async () => {
    await publishDirty(withComment(), "First")
    await publishDirty(withComment(), "Second", 1)
    const response = await rig.desk("POST", "/rollback", { path, revision: 1, base: 2 })
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining("run `dateline publish`")])
  })

  it("is replaced even if the run is interrupted at any step", async () => {
    const old = await publishDirty(withComment(), "First")
    await rig.desk("PUT", `/media/${clean}.gif`, dot)
    expect((await sweep()).dirty).toHaveLength(1)
    await replace(old)
    await replace(old)
    expect(await page()).toContain(clean)
    // The bytes are gone, but their row is not.
    await env.MEDIA.delete(old)
    expect((await sweep()).dirty).toEqual([])
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unclean: false })
    expect(await page()).toContain(clean)
  })

  it("is replaced in an article that has been unpublished or moved", async () => {
    const old = await publishDirty(withComment(), "First")
    await rig.desk("POST", "/move", { from: path, to: "/asia/nepal/pass", base: 1 })
    await replace(old)
    await sweep()
    const moved = await (await rig.get("/asia/nepal/pass")).text()
    expect([moved.includes(old), moved.includes(clean)]).toEqual([false, true])
    await rig.desk("POST", "/unpublish", { path: "/asia/nepal/pass", reason: "wrong", base: 2 })
    const media = await env.CATALOGUE.prepare("SELECT media FROM revisions WHERE instr(media, ?1) = 0")
      .bind(clean)
      .all()
    expect(media.results).toEqual([])
  })

  it("is only marked as clean if it has no metadata, and a replacement that was not uploaded is refused", async () => {
    const kept = await publishDirty(dot, "First")
    expect((await sweep()).dirty).toEqual([])
    expect((await rig.get(`/media/${kept}.gif`)).status).toBe(200)
    expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unclean: false })
    const picture = { sha256: "0".repeat(64), extension: "gif", width: 1, height: 1 }
    expect((await rig.desk("POST", "/media/replace", { old: kept, picture })).status).toBe(404)
  })

  it("is purged from the edge before its bytes are deleted, and again afterwards", async () => {
    const old = await publishDirty(withComment(), "First")
    await replace(old)
    const due = async () =>
      (await env.CATALOGUE.prepare("SELECT tag FROM purge_outbox WHERE again = 1").all<{ tag: string }>()).results
    expect((await due()).map(({ tag }) => tag)).toContain("*")
    await sweep()
    // Purged before the deletion, and enqueued again by it.
    expect(await due()).toEqual([{ tag: "*" }])
  })
})

it("keeps a social card drawn by an earlier version, whatever its profile", async () => {
  await publishDirty(dot, "First")
  const card = withComment()
  const sha256 = await hashContent(card)
  await env.MEDIA.put(sha256, card)
  await env.CATALOGUE.batch([
    env.CATALOGUE.prepare("INSERT INTO media (sha256, extension, size, at) VALUES (?1, 'gif', 1, 1)").bind(sha256),
    env.CATALOGUE.prepare("INSERT INTO cards VALUES (?1, 'First', 'x', ?2)").bind(path, `/media/${sha256}.gif`),
  ])
  expect(await sweep()).toEqual({ dirty: [], next: null })
  expect(await env.MEDIA.get(sha256)).not.toBeNull()
  expect(await (await rig.desk("GET", "/site")).json()).toMatchObject({ unclean: false })
})

it("the migration finds the articles that use a picture in any revision", async () => {
  const old = await publishDirty(withComment(), "First")
  const { results: before } = await env.CATALOGUE.prepare("SELECT * FROM media_uses").all()
  await env.CATALOGUE.prepare("DELETE FROM media_uses").run()
  const fill = env.MIGRATIONS.catalogue
    .find(({ name }) => name === "0007_media.sql")
    ?.queries.find((query) => query.includes("INSERT INTO media_uses SELECT DISTINCT"))
  await env.CATALOGUE.prepare(fill ?? "").run()
  expect((await env.CATALOGUE.prepare("SELECT * FROM media_uses").all()).results).toEqual(before)
  expect(before).toMatchObject([{ sha256: old }])
})
