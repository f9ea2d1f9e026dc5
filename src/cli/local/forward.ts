// The reverse proxy of `npm run serve`: finds who sent each request, forwards it to the site's process, and holds
// requests while one process replaces another.
import { once } from "node:events"
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http"
import { BlockList, isIP } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout as pause } from "node:timers/promises"
import { browserHeader, freshness } from "../../reader/freshness.ts"
import { CLIError } from "../output.ts"
import { passHeader } from "./entry.ts"

/** A process that serves the site, on a port of this machine. */
export interface Backend {
  readonly port: number
  readonly pass: string
}

const host = "127.0.0.1"
const hostName = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i
/** Hop-by-hop headers (RFC 9110 §7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])

/** Requests wait until the first `open`. @param lost called when nothing listens on the site's port */
export function createForwarder(trusted: BlockList, lost: () => void) {
  // Shorter than workerd's 5 s, after which it closes an idle connection, perhaps just as we send a request.
  const agent = new Agent({ keepAlive: true, timeout: 3_000 })
  let backend: Backend = { port: 0, pass: "" }
  let gate: (PromiseWithResolvers<void> & { since: number }) | null = close()
  /** Requests to the site that are under way, oldest first, with their start times. */
  const underWay = new Map<ClientRequest, number>()
  const answers = new Set<IncomingMessage>()
  let draining = false
  const clients = new Set<ServerResponse>()
  let ending = false

  async function handle(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    clients.add(response.once("close", () => clients.delete(response)))
    response.shouldKeepAlive &&= !ending
    while (gate !== null) await gate.promise
    try {
      if (!response.destroyed) forward(asked, response)
    } catch {
      fail(response, 400, "The request cannot be forwarded")
    }
  }

  function forward(asked: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "/", headers } = asked
    const isPlain = /^(?:GET|HEAD)$/.test(method) && !("content-length" in headers || "transfer-encoding" in headers)
    // A client may send the whole URL (RFC 9112 §3.2.2).
    const [, named = headers.host ?? "", path = "/"] = /^(?:https?:\/\/([^/?#]*))?(.*)$/is.exec(url) ?? []
    // A request must have exactly one Host header (RFC 9112 §3.2).
    if (!hostName.test(named) || asked.headersDistinct.host?.length !== 1)
      throw new Error("the Host header is not valid")
    const sender = readSender(asked.socket.remoteAddress, headers, trusted)
    const target = `${sender.scheme}://${named}${path.startsWith("/") ? "" : "/"}${path}`
    const fields = { ...passOn(headers, sender, backend.pass), host: named }
    const onward = send({ agent, host, port: backend.port, method, path: target, headers: fields })
    underWay.set(onward, performance.now())
    onward.on("response", (answer) => relay(answer, response))
    onward.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") lost()
      // The site closed an idle connection just then and did not read the request: send it again (RFC 9110 §9.2.2).
      const unread = onward.reusedSocket && error.code === "ECONNRESET" && isPlain
      if (unread && !response.headersSent && !response.destroyed) forward(asked, response)
      else fail(response, 502, "The site did not answer")
    })
    onward.on("close", () => underWay.delete(onward))
    response.on("close", () => response.writableFinished || onward.destroy())
    asked.pipe(onward)
  }

  function relay(answer: IncomingMessage, response: ServerResponse): void {
    const { statusCode = 502, statusMessage, rawHeaders } = answer
    const fields = rawHeaders.filter((_, at) => !hopByHop.has(rawHeaders[at - (at % 2)]?.toLowerCase() ?? ""))
    response.writeHead(statusCode, statusMessage, fields)
    answers.add(answer.once("close", () => answers.delete(answer)))
    // The site waits for a slow client, except during a restart: then the rest of the response is kept in memory.
    answer.on("data", (chunk) => response.write(chunk) || draining || answer.pause())
    response.on("drain", () => answer.resume())
    answer.on("end", () => response.end())
    answer.on("error", () => response.destroy())
  }

  /** Whether the site is still doing work that outlasts its responses, such as sending email. */
  async function isWorking(): Promise<boolean> {
    const headers = { [passHeader]: `${backend.pass}?` }
    const onward = send({ agent: false, host, port: backend.port, path: "http://site/", headers })
    // `once` no longer listens for errors when the response begins.
    onward.on("error", () => undefined)
    try {
      const [answer] = await once(onward.end(), "response")
      return (await text(answer)) !== "0"
    } catch {
      return false
    }
  }

  return {
    handle,
    /** Sends all requests to a site, including those on hold. @returns the longest wait, in milliseconds */
    open(site = backend): number {
      const waited = performance.now() - (gate?.since ?? performance.now())
      backend = site
      gate?.resolve()
      gate = null
      draining = false
      return Math.ceil(waited)
    },
    /**
     * Holds requests until those under way are done. First waits for those older than `ms`, without holding any.
     * @returns false if some were still not done within `ms`; then requests are let through again
     */
    async drain(ms: number): Promise<boolean> {
      draining = true
      for (const answer of answers) answer.resume()
      const oldest = () => underWay.values().next().value ?? Number.POSITIVE_INFINITY
      while (performance.now() - oldest() > ms) await pause(50)
      gate ??= close()
      while (underWay.size > 0 || (await isWorking())) {
        if (performance.now() - gate.since > ms) {
          this.open()
          return false
        }
        await pause(10)
      }
      return true
    },
    /** Waits until every client has its response, at most `ms`. Connections close after their next response. */
    async finish(ms: number): Promise<void> {
      ending = true
      for (const client of clients) client.shouldKeepAlive = false
      const end = performance.now() + ms
      while ((clients.size > 0 || (await isWorking())) && performance.now() < end) await pause(10)
    },
  }
}

const close = () => ({ ...Promise.withResolvers<void>(), since: performance.now() })

function fail(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy()
  if (response.destroyed) return
  const caching = { [browserHeader]: freshness({ kind: "error" }, Date.now()).browser }
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...caching })
  response.end(`${text}.\n`)
}

interface Sender {
  readonly address: string
  readonly scheme: "http" | "https"
}

/** The addresses of trusted proxies. @throws CLIError when a text is neither an IP address nor a network */
export function parseProxies(texts: readonly string[]): BlockList {
  const trusted = new BlockList()
  for (const text of texts) {
    const [, address = "", bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? []
    const [family, longest] = isIP(address) === 4 ? (["ipv4", 32] as const) : (["ipv6", 128] as const)
    if (isIP(address) === 0 || Number(bits ?? 0) > longest)
      throw new CLIError(`--trusted-proxy must be an IP address or a network such as 10.0.0.0/8, not ${text}`, 2)
    trusted.addSubnet(address, Number(bits ?? longest), family)
  }
  return trusted
}

/**
 * The client's address and scheme: as the nearest proxy reports them if it is trusted, else those of the connection.
 * Reported hops are believed only as far back as trusted proxies added them: clients can send these headers too.
 */
export function readSender(connected: string | undefined, headers: IncomingHttpHeaders, trusted: BlockList): Sender {
  const isTrusted = (one: string) => isIP(one) !== 0 && trusted.check(one, isIP(one) === 4 ? "ipv4" : "ipv6")
  let address = plain(connected ?? "")
  if (!isTrusted(address)) return { address, scheme: "http" }
  const { hops, scheme } = readReport(headers)
  for (const hop of hops.reverse()) {
    if (!isTrusted(address) || isIP(hop) === 0) break
    address = hop
  }
  return { address, scheme: scheme?.toLowerCase() === "https" ? "https" : "http" }
}

/** What a proxy reports: X-Forwarded-*, which most set, or else Forwarded (RFC 7239), which may be the client's own. */
function readReport(headers: IncomingHttpHeaders): { hops: string[]; scheme: string | undefined } {
  const list = (name: string) => headers[name]?.toString().split(",") ?? []
  const [chain, schemes] = [list("x-forwarded-for"), list("x-forwarded-proto")]
  if (chain.length > 0 || schemes.length > 0) return { hops: chain.map(plain), scheme: schemes.at(-1)?.trim() }
  const read = (element: string | undefined, name: string) =>
    new RegExp(`(?:^|;)\\s*${name}="?([^";]*)`, "i").exec(element ?? "")?.[1]?.trim()
  const elements = list("forwarded")
  return { hops: elements.map((one) => plain(read(one, "for") ?? "")), scheme: read(elements.at(-1), "proto") }
}

/** An address without port, brackets and zone. IPv4-mapped IPv6 addresses become IPv4. */
function plain(text: string): string {
  const address = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, "$1")
    .replace(/^([\d.]+):\d+$/, "$1")
  return address.replace(/%.*$/, "").replace(/^::ffff:(?=[\d.]+$)/i, "")
}

// Hop-by-hop headers (RFC 9110 §7.6.1), and those that only a proxy, Cloudflare or Miniflare may set.
// Transfer-Encoding stays: Node needs it to find the end of the body.
const dropped =
  /^(?:connection|expect|forwarded|http2-settings|keep-alive|proxy-.*|te|trailer|upgrade|x-forwarded-.*|x-real-ip|true-client-ip|cf-.*|mf-.*)$/

/** The headers to send to the site: all but the dropped ones, plus the client's address and the pass. */
export function passOn(headers: IncomingHttpHeaders, { address }: Sender, pass: string): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !dropped.test(name))
  return { ...Object.fromEntries(kept), "cf-connecting-ip": address, [passHeader]: pass }
}
