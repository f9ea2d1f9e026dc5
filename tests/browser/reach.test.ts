// Networks exist that cut each connection after 16 KB. The text of an article of 1,000 words arrives before that, in
// every language, and the browser shows it although the end of the page is missing.
import { readdirSync, readFileSync } from "node:fs"
import { createServer as createSite } from "node:http"
import { type AddressInfo, connect, createServer, type Server } from "node:net"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { encodePage, narrowPolicy, prepareSecurity } from "../../src/reader/page.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { makeEntry, makeStory, now } from "../render/sample.ts"
import { connectBrowser } from "./connect-browser.ts"

/** What a connection carries before it is cut, in bytes. */
const most = 16 * 1024
/** A chain of certificates, and the rest of a TLS 1.3 handshake: hello, signature, session tickets, record headers. */
const handshake = 4096 + 900

const content = join(import.meta.dirname, "../../content")
const last = "ENDOFTEXT"
const pages = new Map<string, { words: number; text: number; head: string; body: Buffer }>()
let browser: Browser
let site: Server
let proxy: Server

const wordsTaken = 1000

/** The publication's own texts in a language, up to that many words. */
function takeWords(language: string): string {
  const folder = language === "en" ? "" : `${language}/`
  const files = readdirSync(content, { recursive: true, encoding: "utf8" }).sort()
  const own = new RegExp(`^${folder}(?:africa|americas|asia|europe|middle-east|pacific)/.*\\.md$`)
  const paragraphs = files
    .filter((file) => own.test(file))
    .flatMap((file) => readFileSync(join(content, file), "utf8").split(/^---$/m).slice(2).join("---").split(/\n\n+/))
    .filter((text) => /^\p{L}/u.test(text.trim()))
  const taken: string[] = []
  let left = wordsTaken
  for (const paragraph of paragraphs) {
    const words = paragraph.trim().split(/\s+/)
    taken.push(words.slice(0, left).join(" "))
    left -= words.length
    if (left <= 0) return `${taken.join("\n\n")} ${last}`
  }
  throw new Error(`the publication has too few words in ${language}`)
}

async function draw(language: string) {
  const source = takeWords(language)
  const path = `${language === "en" ? "" : `/${language}`}/asia/tajikistan/reach`
  const related = ["a", "b", "c", "d"].map((slug) =>
    makeEntry({ path: `${path}-${slug}`, language, title: source.slice(9, 69) }),
  )
  const translations = config.languages.map((one) => ({ language: one, path: `/${one}/x`, title: source.slice(0, 60) }))
  const shown = {
    title: source.slice(0, 70),
    summary: source.slice(70, 220),
    rights: "meridian",
    translations,
    related,
  }
  const story = makeStory({ path, language, words: 1000, ...shown })
  const html = await renderMarkdown(source, { language, media: {}, site: config, path })
  const page = renderArticlePage({ story, html, audience: "public", full: true, now }, config)
  const body = gzipSync(page)
  // What the reader needs: everything up to the end of the text.
  const text = gzipSync(page.slice(0, page.indexOf(last) + last.length)).length
  const security = await prepareSecurity(config.origin, {})
  const fields = {
    ...security,
    "Content-Security-Policy": narrowPolicy(
      security["Content-Security-Policy"] ?? "",
      encodePage(page).unused.join(" "),
    ),
    "Content-Type": "text/html; charset=utf-8",
    "Content-Encoding": "gzip",
    "Cache-Control": "public, max-age=60, stale-if-error=86400",
    "Cache-Status": "Dateline; hit; ttl=10, Cloudflare; fwd=uri-miss; stored",
    "Server-Timing": "memory;dur=0, page;dur=12",
    "Last-Modified": new Date(now).toUTCString(),
    Date: new Date(now).toUTCString(),
    ETag: '"0123456789abcdef0123456789abcdef"',
    "Dateline-Revision": "12",
    "Cf-Ray": "0123456789abcdef-ZRH",
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return { words: source.split(/\s+/).length, text, head: `HTTP/1.1 200 OK\r\n${lines.join("")}\r\n`, body }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))

// Workers have it; Node does from 25 on.
Object.assign(Uint8Array.prototype, {
  toBase64(this: Uint8Array) {
    return Buffer.from(this).toString("base64")
  },
})

beforeAll(async () => {
  for (const language of config.languages) pages.set(language, await draw(language))
  site = createSite((request, response) => {
    const page = pages.get(request.url?.slice(1) ?? "")
    if (page === undefined) return response.writeHead(404).end()
    response.socket?.end(Buffer.concat([Buffer.from(page.head), page.body]))
  })
  // Counts what the site sends on a connection, as if it had begun with a handshake, and cuts it.
  proxy = createServer((reader) => {
    const upstream = connect(portOf(site), "127.0.0.1")
    let left = most - handshake
    upstream.on("data", (bytes) => {
      reader.write(bytes.subarray(0, Math.max(0, left)))
      left -= bytes.length
      if (left <= 0) reader.destroySoon()
    })
    upstream.on("end", () => reader.end())
    for (const end of [reader, upstream]) end.on("error", () => undefined)
    reader.on("data", (bytes) => upstream.write(bytes))
    reader.on("close", () => upstream.destroy())
  })
  await Promise.all([listen(site), listen(proxy)])
  browser = await connectBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  site?.close()
  proxy?.close()
})

describe.each(config.languages)("the text of an article of 1,000 words in %s", (language) => {
  it("has arrived within 16 KB, with its headers and the handshake", () => {
    const { words = 0, text = most, head = "" } = pages.get(language) ?? {}
    expect(words).toBeGreaterThan(wordsTaken)
    expect(handshake + Buffer.byteLength(head) + text).toBeLessThanOrEqual(most)
  })

  it("is shown to its last word on a network that cuts each connection at 16 KB", async () => {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${portOf(proxy)}/${language}`, { waitUntil: "commit" })
    await page.getByText(last).waitFor()
    await page.close()
  })
})
