// The reverse proxy of `npm run serve`, between real clients and a site that is a small server.
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { afterEach, beforeEach, expect, it } from "vitest"
import { createForwarder, parseProxies } from "../../../src/cli/local/forward.ts"

const pass = "secret"
let servers: Server[]
let sockets: Socket[]
let lost: number
let forwarder: ReturnType<typeof createForwarder>
let port: number
/** What the site says about work after its responses. */
let working: number

beforeEach(async () => {
  ;[servers, sockets, lost, working] = [[], [], 0, 0]
  forwarder = createForwarder(parseProxies(["127.0.0.1"]), () => lost++)
  port = await listen(forwarder.handle)
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close().closeAllConnections()
})

async function listen(handle: RequestListener): Promise<number> {
  const server = createServer(handle)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return (server.address() as AddressInfo).port
}

/** Starts a site that answers as given, and opens it. */
async function openSite(answer: RequestListener = (_, response) => response.end("new")) {
  const site = await listen((asked, response) => {
    if (asked.headers["dateline-pass"] === `${pass}?`) response.end(`${working}`)
    else answer(asked, response)
  })
  return forwarder.open({ port: site, pass })
}

/** Sends raw bytes, and returns the whole response once the connection ends. */
function ask(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text))
    sockets.push(socket)
    let answer = ""
    socket.setEncoding("latin1").on("data", (chunk) => (answer += chunk))
    socket.on("close", () => resolve(answer)).on("error", reject)
  })
}

const get = (path: string, more = "") =>
  ask(`GET ${path} HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n${more}\r\n`)
const bodyOf = async (asked: IncomingMessage) => Buffer.concat(await asked.toArray()).toString()

it("hands on the whole URL, with the scheme and the client that the trusted proxy reports", async () => {
  let seen: IncomingMessage | undefined
  await openSite((asked, response) => {
    seen = asked
    response.writeHead(404, { "Set-Cookie": ["a=1", "b=2"], ETag: '"x"' }).end("gone")
  })
  const answer = await get("/a//%61/../b?c=%zz", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n")
  expect(seen?.url).toBe("https://news.example/a//%61/../b?c=%zz")
  expect(seen?.headers).toMatchObject({
    host: "news.example",
    "cf-connecting-ip": "203.0.113.9",
    "dateline-pass": pass,
  })
  expect(seen?.headers).not.toHaveProperty("x-forwarded-for")
  expect(answer).toMatch(/^HTTP\/1.1 404 [\s\S]*Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n[\s\S]*\r\ngone\r\n/)
})

it.each([
  ["a whole URL", "GET http://other.example/a HTTP/1.1\r\nHost: news.example", "http://other.example/a"],
  ["a host alone", "GET http://other.example HTTP/1.1\r\nHost: news.example", "http://other.example/"],
  ["no path", "OPTIONS * HTTP/1.1\r\nHost: news.example", "http://news.example/*"],
])("takes %s in the request line", async (_name, head, url) => {
  let seen = ""
  await openSite((asked, response) => {
    seen = asked.url ?? ""
    response.end()
  })
  await ask(`${head}\r\nConnection: close\r\n\r\n`)
  expect(seen).toBe(url)
})

it.each([
  "a b",
  "news.example/x",
  "news.example@evil.example",
  "[::1",
  "news.example:x",
  "",
  "news.example\r\nhost: news.example",
])("answers 400 to the host %j", async (host) => {
  await openSite()
  expect(await ask(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
})

it("frames a request's body by itself, so that no second request hides in it", async () => {
  const seen: string[] = []
  await openSite(async (asked, response) => {
    seen.push(`${asked.method} ${asked.url} ${await bodyOf(asked)}`)
    response.end()
  })
  const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
  const length = hidden.length.toString(16)
  await get("/a", `Transfer-Encoding: chunked\r\n\r\n${length}\r\n${hidden}\r\n0\r\n`)
  await get("/b", `Connection: close, content-length\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`)
  expect(seen).toEqual([`GET http://news.example/a ${hidden}`, `GET http://news.example/b ${hidden}`])
})

it("holds requests until a site is opened, and says for how long at most", async () => {
  const answer = get("/")
  const waited = await openSite()
  expect(await answer).toMatch(/^HTTP\/1.1 200 /)
  expect(waited).toBeGreaterThan(0)
})

it("drains: requests under way end at the old site, and later ones begin at the new", async () => {
  const begun = Promise.withResolvers<void>()
  let finish = () => {}
  await openSite((_, response) => {
    finish = () => response.end("old")
    begun.resolve()
  })
  const first = get("/")
  await begun.promise
  const drained = forwarder.drain(60_000)
  const second = get("/")
  finish()
  expect(await drained).toBe(true)
  await openSite()
  expect(await first).toContain("old")
  expect(await second).toContain("new")
})

it("lets nobody wait for a request that takes long", async () => {
  const begun = Promise.withResolvers<void>()
  let finish = () => {}
  await openSite((asked, response) => {
    if (!asked.url?.endsWith("/slow")) return response.end("quick")
    finish = () => response.end("slow")
    return begun.resolve()
  })
  const slow = get("/slow")
  await begun.promise
  const drained = forwarder.drain(100)
  expect(await get("/quick")).toContain("quick")
  finish()
  expect(await slow).toContain("slow")
  await drained
  expect(await forwarder.drain(60_000)).toBe(true)
})

it("waits for work that goes on after a response", async () => {
  await openSite()
  working = 1
  expect(await forwarder.drain(100)).toBe(false)
  working = 0
  expect(await forwarder.drain(60_000)).toBe(true)
})

it("does not wait for a client that reads slowly, who still gets everything", async () => {
  const size = 30_000_000
  await openSite((_, response) => response.end(Buffer.alloc(size, "a")))
  const socket = connect(port, "127.0.0.1")
  sockets.push(socket)
  socket.pause().write("GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n")
  await new Promise((resolve) => socket.once("readable", resolve))
  expect(await forwarder.drain(60_000)).toBe(true)
  const [site] = servers.slice(-1)
  site?.close().closeAllConnections()
  let received = 0
  for await (const chunk of socket) received += (chunk as Buffer).length
  expect(received).toBeGreaterThan(size)
})

it("tells the site when a client leaves", async () => {
  const left = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await openSite((_, response) => {
    response.once("close", left.resolve)
    begun.resolve()
  })
  const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"))
  await begun.promise
  socket.destroy()
  await left.promise
  expect(await forwarder.drain(60_000)).toBe(true)
})

it("answers 502, and reports it, when nothing listens any more", async () => {
  await openSite()
  const [site] = servers.slice(-1)
  await new Promise((resolve) => site?.close(resolve))
  expect(await get("/")).toMatch(/^HTTP\/1.1 502 [\s\S]*Cache-Control: no-store/)
  expect(lost).toBe(1)
})

it("asks again when the site has just closed an idle connection", async () => {
  let connections = 0
  const site = createServer((_, response) => response.end("answered"))
  servers.push(site)
  // The second request on a connection meets its end.
  site.on("connection", (socket) => {
    connections++
    let requests = 0
    socket.on("data", () => ++requests > 1 && socket.resetAndDestroy())
  })
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve))
  forwarder.open({ port: (site.address() as AddressInfo).port, pass })
  for (let count = 0; count < 3; count++) expect(await get("/")).toContain("answered")
  expect(connections).toBeGreaterThan(1)
})

it("finishes what clients wait for, and closes their connections", async () => {
  const begun = Promise.withResolvers<void>()
  let finish = () => {}
  await openSite((_, response) => {
    finish = () => response.end("last")
    begun.resolve()
  })
  const answer = ask("GET / HTTP/1.1\r\nHost: news.example\r\n\r\n")
  await begun.promise
  const finished = forwarder.finish(60_000)
  finish()
  await finished
  expect(await answer).toMatch(/Connection: close[\s\S]*last/)
})
