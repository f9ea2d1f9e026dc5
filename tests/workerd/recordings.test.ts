// Recordings beside an article: the page's players, the parts that players ask for, and what the desk refuses.
import { beforeEach, describe, expect, it } from "vitest"
import { hashContent } from "../../src/store/bodies.ts"
import { makeMp3, makeMp4, makePlace, makeTags, makeTrack } from "../stand-ins/recordings.ts"
import { compose, createRig, env, type Rig } from "./rig.ts"

const path = "/asia/tajikistan/voices"
const sound = makeMp3(300)
let rig: Rig
let address: string
let sha256: string

beforeEach(async () => {
  rig = await createRig({ platform: true })
  for (const table of ["articles", "revisions", "media", "media_uses", "variants", "listed"])
    await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
  sha256 = await hashContent(sound)
  address = `/media/${sha256}.mp3`
  expect((await rig.desk("PUT", address.slice(0), sound)).status).toBe(201)
})

async function publishWith(body: string) {
  const source = compose({}, body)
  const media = { "./talk.mp3": { sha256, extension: "mp3", width: 1, height: 1 } }
  const articles = [{ path, base: 0, source, media, digest: await hashContent(`${source}\n${JSON.stringify(media)}`) }]
  expect(await (await rig.desk("POST", "/publish", { articles })).json()).toMatchObject({ problems: [], conflicts: [] })
  return (await rig.get(path)).text()
}

const ask = (range: string, more: Record<string, string> = {}, method = "GET") =>
  rig.get(address, { method, headers: { Range: range, ...more } })

describe("a recording", () => {
  it("plays on the page, and may be linked to from running text", async () => {
    const page = await publishWith(
      '![Interview](./talk.mp3 "The minister\'s answer")\n\nHear [all](./talk.mp3) of it.\n',
    )
    expect(page).toContain(
      `<figure><audio controls preload="none" src="${address}" aria-label="The minister&#39;s answer"></audio><figcaption>The minister&#39;s answer</figcaption></figure>`,
    )
    expect(page).toContain(`Hear <a href="${address}">all</a> of it.`)
    expect((await rig.get(path)).headers.get("Content-Security-Policy")).toContain("media-src 'self'")
    expect(await (await rig.desk("POST", "/media/unsized", { version: 1 })).json()).toMatchObject({
      pictures: [{ sha256 }],
    })
  })

  it("is sent whole, and in the parts that players ask for", async () => {
    const whole = await rig.get(address)
    expect([whole.status, whole.headers.get("Content-Type"), whole.headers.get("Accept-Ranges")]).toEqual([
      200,
      "audio/mpeg",
      "bytes",
    ])
    expect(await whole.bytes()).toEqual(sound)
    for (const [range, from, to] of [
      ["bytes=0-", 0, sound.length - 1],
      ["bytes=1000-1999", 1000, 1999],
      [`bytes=${sound.length - 1}-`, sound.length - 1, sound.length - 1],
      ["bytes=-500", sound.length - 500, sound.length - 1],
    ] as const) {
      const part = await ask(range)
      expect([part.status, part.headers.get("Content-Range"), part.headers.get("Content-Length")]).toEqual([
        206,
        `bytes ${from}-${to}/${sound.length}`,
        `${to - from + 1}`,
      ])
      expect(await part.bytes()).toEqual(sound.slice(from, to + 1))
      expect(part.headers.get("Cache-Control")).toBe(whole.headers.get("Cache-Control"))
    }
  })

  it("answers a part outside of it with 416, other versions and several parts with all of it, HEAD without a body", async () => {
    const outside = await ask("bytes=999999-")
    expect([outside.status, outside.headers.get("Content-Range"), await outside.text()]).toEqual([
      416,
      `bytes */${sound.length}`,
      "",
    ])
    expect(outside.headers.get("Cache-Control")).toBe("no-store")
    expect((await ask("bytes=5-9", { "If-Range": `"${sha256}"` })).status).toBe(206)
    for (const response of [await ask("bytes=5-9", { "If-Range": '"other"' }), await ask("bytes=0-1,5-9")])
      expect([response.status, (await response.bytes()).length]).toEqual([200, sound.length])
    const head = await ask("bytes=5-9", {}, "HEAD")
    expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([200, `${sound.length}`, ""])
    expect((await ask("bytes=5-9", { "If-None-Match": `"${sha256}"` })).status).toBe(304)
  })

  it("with tags, a place or the wrong bytes is refused by the desk", async () => {
    const tagged = new Uint8Array([...makeTags("A name"), ...sound])
    for (const [bytes, extension, said] of [
      [tagged, "mp3", "the recording contains metadata (ID3 tags)"],
      [makeMp4(makeTrack("vide", 640, 360), makePlace("+38.56+068.77/")), "mp4", "contains metadata (a udta box)"],
      [makeMp3(7), "mp4", "the recording is not a complete mp4 file"],
      [makeMp3(7), "webm", "the recording is not a complete webm file"],
      [makeMp3(7), "wav", "the extension must be one of"],
    ] as const) {
      const hash = await hashContent(bytes)
      const response = await rig.desk("PUT", `/media/${hash}.${extension}`, bytes)
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(said)])
      expect(await env.MEDIA.get(hash)).toBeNull()
    }
  })
})
