// The step of a publish that replaces pictures with metadata: its requests to the desk, and its reports.
import { createHash } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import sharp from "sharp"
import { afterEach, beforeEach, expect, it } from "vitest"
import { findMetadata } from "../../src/article/media-metadata.ts"
import { replaceDirtyPictures } from "../../src/cli/clean-pictures.ts"
import { openDesk } from "../../src/cli/desk-client.ts"

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
/** The site's pictures by address, and the requests to the desk, in order. */
const pictures = new Map<string, Buffer>()
let asked: string[]
let replaced: { old: string; picture: { sha256: string; extension: string; width: number; height: number } }[]
let reports: string[]
let server: Server

beforeEach(async () => {
  pictures.clear()
  asked = []
  replaced = []
  reports = []
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const path = (request.url ?? "").replace("/desk/v1", "")
    asked.push(`${request.method} ${path.replace(/[0-9a-f]{64}/, "HASH")}`)
    const reply = (value: object) => response.writeHead(200).end(JSON.stringify(value))
    if (request.method === "PUT") {
      pictures.set(path, body)
      return reply({ src: path })
    }
    if (path.startsWith("/media/") && request.method === "GET") return response.writeHead(200).end(pictures.get(path))
    if (path === "/media/replace") replaced.push(JSON.parse(String(body)))
    if (path !== "/media/sweep") return reply({})
    // One picture per page, so that every sweep has several pages.
    const { after } = JSON.parse(String(body)) as { after: string }
    const gone = new Set(replaced.map(({ old }) => old))
    const left = [...pictures.keys()].map((address) => /([0-9a-f]{64})\.(\w+)/.exec(address) ?? [])
    const dirty = left
      .map(([, sha256 = "", extension = ""]) => ({ sha256, extension, path: "/asia/nepal/a" }))
      .filter((one) => !gone.has(one.sha256) && !replaced.some(({ picture }) => picture.sha256 === one.sha256))
      .filter(({ sha256 }) => sha256 > after)
      .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
    return reply({ dirty: dirty.slice(0, 1), next: dirty.length > 1 ? dirty[0]?.sha256 : null })
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
})

afterEach(() => new Promise((done) => server.close(done)))

async function run() {
  const target = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: "test-key-of-desk" }
  await replaceDirtyPictures(openDesk(target), target, (line) => reports.push(line))
}

function publish(bytes: Buffer, extension: string): string {
  pictures.set(`/media/${hashOf(bytes)}.${extension}`, bytes)
  return hashOf(bytes)
}

const picture = () => sharp({ create: { width: 60, height: 40, channels: 3, background: "red" } })
const exif = { IFD0: { Make: "Camera" } }

it("uploads each clean picture before articles refer to it, and deletes the old bytes last", async () => {
  const old = publish(await picture().withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer(), "jpg")
  publish(await picture().withExif(exif).png().toBuffer(), "png")
  await run()
  const one = ["GET /media/HASH", "PUT /media/HASH", "POST /media/replace"]
  expect(asked.map((line) => line.replace(/\.\w+$/, ""))).toEqual([
    "POST /media/sweep",
    "POST /media/sweep",
    ...one,
    ...one,
    "POST /media/sweep",
  ])
  expect(replaced).toHaveLength(2)
  for (const { picture } of replaced) {
    const bytes = pictures.get(`/media/${picture.sha256}.${picture.extension}`) ?? Buffer.alloc(0)
    expect([hashOf(bytes), findMetadata(bytes, picture.extension)]).toEqual([picture.sha256, null])
  }
  expect(replaced.find((item) => item.old === old)?.picture).toMatchObject({ width: 40, height: 60 })
  expect(reports).toEqual(["Removing metadata from 2 pictures published earlier"])
})

it("strips metadata from a picture that cannot be decoded, and reports a file that is not a picture without stopping", async () => {
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const
  const whole = await sharp({ create: { width: 200, height: 100, channels: 3, background: "red", noise } })
    .withExif(exif)
    .png()
    .toBuffer()
  const torn = Buffer.from(whole)
  torn.fill(0, whole.indexOf("IDAT") + 100, whole.indexOf("IDAT") + 200)
  publish(torn, "png")
  const none = publish(Buffer.from("<svg/>"), "png")
  await run()
  expect(replaced).toHaveLength(1)
  expect(replaced[0]?.picture).toMatchObject({ width: 200, height: 100 })
  expect(reports).toEqual([
    "Removing metadata from 2 pictures published earlier",
    expect.stringMatching(`^Could not replace /media/${none}\\.png in /asia/nepal/a: `),
  ])
})

it("a site without such pictures costs one request", async () => {
  await run()
  expect([asked, reports]).toEqual([["POST /media/sweep"], []])
})
