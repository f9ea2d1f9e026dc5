// Finds who sent a request through a proxy, and chooses the headers that `npm run serve` passes on to the site.
import type { IncomingHttpHeaders } from "node:http"
import { BlockList, isIP } from "node:net"
import { CLIError } from "../output.ts"
import { passHeader } from "./entry.ts"

export interface Sender {
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
