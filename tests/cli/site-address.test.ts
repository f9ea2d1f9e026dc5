import { describe, expect, it } from "vitest"
import { isLocal, readSiteAddress } from "../../src/cli/commander.ts"
import { expectPrivateLine } from "../../src/cli/desk-client.ts"

const local = [
  "http://localhost:8787",
  "HTTP://LOCALHOST",
  "http://127.0.0.1",
  "http://127.8.9.10:1",
  "http://127.0.0.1.",
  "http://2130706433",
  "http://0x7f.1",
  "http://[::1]:8787",
  "http://[0:0:0:0:0:0:0:1]",
]
const remote = [
  "http://example.org",
  "HTTP://EXAMPLE.ORG",
  "http://localhost.evil.test",
  "http://localhost.",
  "http://evil.test/localhost",
  "http://notlocalhost",
  "http://127.0.0.1.nip.io",
  "http://127.0.0.1.nip.io.",
  "http://[::ffff:10.0.0.1]",
  "http://[::ffff:127.0.0.1]",
  "http://[::]",
  "http://0.0.0.0",
  "http://0",
  "http://10.0.0.1",
  "http://128.0.0.1",
  "http://167772161",
]

describe("the editor's key", () => {
  it.each([...local, "https://example.org", "HTTPS://127.0.0.1.nip.io"])("may be sent to %s", (given) => {
    expect(() => expectPrivateLine(readSiteAddress(given))).not.toThrow()
  })

  it.each(remote)("is not sent to %s", (given) => {
    expect(isLocal(given)).toBe(false)
    expect(() => expectPrivateLine(readSiteAddress(given))).toThrow(/not sent to http:.*Use https/)
  })
})

describe("readSiteAddress", () => {
  it("suggests the missing scheme", () => {
    expect(() => readSiteAddress("news.example.org")).toThrow(/like https:\/\/news\.example\.org$/)
    expect(() => readSiteAddress("localhost:8787")).toThrow(/like http:\/\/localhost:8787$/)
  })

  it("drops trailing slashes and keeps a path", () => {
    expect(readSiteAddress("https://Example.org/")).toBe("https://example.org")
    expect(readSiteAddress("https://example.org/site//")).toBe("https://example.org/site")
  })

  it.each([
    "https://canary:canary@example.org",
    "https://canary@example.org",
    "https://:canary@localhost",
    "HTTPS:canary:canary@example.org",
    "http://canary:canary@127.0.0.1",
    "canary:canary@example.org",
    "ftp://canary:canary@example.org",
    "https://canary:canary@",
    "https://canary:canary@exa mple.org",
    "https://example.org/?key=canary",
    "https://example.org/#canary",
    "",
  ])("refuses %j without repeating any of it", (given) => {
    expect(() => readSiteAddress(given)).toThrow(/--url/)
    expect(() => readSiteAddress(given)).not.toThrow(/canary/)
  })
})
