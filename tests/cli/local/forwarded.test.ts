import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseProxies, passOn, readSender } from "../../../src/cli/local/forward.ts"

const proxies = parseProxies(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])

describe("parseProxies", () => {
  it.each([
    "",
    "localhost",
    "10.0.0.0/33",
    "10.0.0/8",
    "::1/129",
    "10.0.0.1/",
    "10.0.0.1/8/8",
    "10.0.0.1/-1",
  ])("refuses what is neither an address nor a network: %j", (text) => {
    expect(() => parseProxies([text])).toThrow(/--trusted-proxy must be an IP address or a network/)
  })
})

describe("readSender", () => {
  const reader = "203.0.113.9"
  it.each([
    ["no headers", "127.0.0.1", {}, "127.0.0.1", "http"],
    ["X-Forwarded-*", "127.0.0.1", { for: reader, proto: "https" }, reader, "https"],
    ["an IPv4 address in IPv6 form", "::ffff:127.0.0.1", { for: reader, proto: "https" }, reader, "https"],
    ["two trusted proxies", "127.0.0.1", { for: `${reader}, 10.1.2.3`, proto: "https" }, reader, "https"],
    ["an address that the client made up", "127.0.0.1", { for: `192.0.2.1, ${reader}` }, reader, "http"],
    ["a trusted address that the client made up", "127.0.0.1", { for: `10.0.0.1, ${reader}` }, reader, "http"],
    ["no address", "127.0.0.1", { for: "unknown", proto: "https" }, "127.0.0.1", "https"],
    ["a port", "127.0.0.1", { for: `${reader}:4711` }, reader, "http"],
    ["IPv6 in brackets", "fd00::1", { for: "[2001:db8::7]:4711", proto: "HTTPS" }, "2001:db8::7", "https"],
    ["a scheme that the client made up", "127.0.0.1", { for: reader, proto: "https, http" }, reader, "http"],
    ["another scheme", "127.0.0.1", { for: reader, proto: "javascript" }, reader, "http"],
    ["Forwarded", "127.0.0.1", { all: `for=${reader};proto=https` }, reader, "https"],
    ["Forwarded with IPv6", "10.0.0.1", { all: 'for="[2001:db8::7]:1";proto=https;by=_x' }, "2001:db8::7", "https"],
    [
      "Forwarded from the client, passed on",
      "127.0.0.1",
      { for: reader, all: "for=192.0.2.1;proto=https" },
      reader,
      "http",
    ],
    ["a proxy that is not trusted", "203.0.113.1", { for: reader, proto: "https" }, "203.0.113.1", "http"],
  ] as const)("%s", (_name, connected, given: { for?: string; proto?: string; all?: string }, address, scheme) => {
    const headers = { "x-forwarded-for": given.for, "x-forwarded-proto": given.proto, forwarded: given.all }
    expect(readSender(connected, headers, proxies)).toEqual({ address, scheme })
  })

  it("believes nobody but a trusted proxy, whatever the headers say", () => {
    const header = fc.option(fc.oneof(fc.string(), fc.ipV4(), fc.constant("for=10.0.0.1;proto=https")), {
      nil: undefined,
    })
    const headers = fc.record({ "x-forwarded-for": header, "x-forwarded-proto": header, forwarded: header })
    fc.assert(
      fc.property(headers, (given) => {
        expect(readSender("198.51.100.7", given, proxies)).toEqual({ address: "198.51.100.7", scheme: "http" })
        expect(readSender("127.0.0.1", given, parseProxies([]))).toEqual({ address: "127.0.0.1", scheme: "http" })
      }),
    )
  })
})

describe("passOn", () => {
  it("drops what only a proxy may say, and what is about the connection", () => {
    const given = {
      host: "news.example",
      cookie: "a=b",
      "content-length": "3",
      "transfer-encoding": "chunked",
      connection: "close",
      "proxy-authorization": "Basic x",
      forwarded: "for=192.0.2.1",
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-host": "evil.example",
      "x-real-ip": "192.0.2.1",
      "cf-connecting-ip": "192.0.2.1",
      "mf-cf-blob": "{",
      "dateline-pass": "guessed",
    }
    expect(passOn(given, { address: "203.0.113.9", scheme: "https" }, "secret")).toEqual({
      host: "news.example",
      cookie: "a=b",
      "content-length": "3",
      "transfer-encoding": "chunked",
      "cf-connecting-ip": "203.0.113.9",
      "dateline-pass": "secret",
    })
  })
})
