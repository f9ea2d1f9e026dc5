import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aliasPath, canonicalPath } from "../../src/site/addresses.ts"

const article = "/asia/tajikistan/summit"

describe("the canonical form of a path", () => {
  it.each([
    ["/", "/"],
    ["//", "/"],
    ["/.", "/"],
    ["/%2e", "/"],
    ["/%2E%2e", "/"],
    [article, article],
    [`${article}/`, article],
    [`${article}//`, article],
    [`/${article}`, article],
    ["/asia//tajikistan/summit", article],
    ["/ASIA/Tajikistan/SUMMIT", article],
    ["/%61sia/tajikistan/summit", article],
    ["/%41sia/tajikistan/summit", article],
    ["/asia/tajikistan/x/../summit", article],
    ["/asia/tajikistan/x/%2e%2e/summit", article],
    ["/asia/x/.%2e/tajikistan/summit", article],
    ["/asia\\tajikistan\\summit", article],
    ["\\asia/tajikistan/./summit", article],
    ["/../../etc/passwd", "/etc/passwd"],
    ["//evil.test/%2e%2e", "/"],
    ["//evil.test", "/evil.test"],
    ["/a//../b", "/a/b"],
    ["/.well-known/security.txt", "/.well-known/security.txt"],
    ["/__proto__", "/__proto__"],
  ])("turns %s into %s", (raw, path) => expect(canonicalPath(raw)).toBe(path))

  it.each([
    "",
    "*",
    "asia",
    "http://evil.test/asia",
    `${article}%2f`,
    "/asia%2ftajikistan%2Fsummit",
    `${article}%2F..%2F..`,
    "/..%2f..%2fetc%2fpasswd",
    `${article}%5c`,
    `${article};x.css`,
    `${article}%3b.css`,
    `${article}%23.css`,
    `${article}%3f.css`,
    `${article}?q`,
    `${article}#f`,
    `${article}%00`,
    `${article}\0`,
    `${article}%0a`,
    `${article}%0d%0aX:1`,
    `${article}%09`,
    `${article}%20`,
    `${article} `,
    `${article}+x`,
    `${article}~`,
    `${article}%7e`,
    `${article}.`,
    "/...",
    "/.env",
    "/.git/config",
    "/asia/.well-known/x",
    "/.well-knownx",
    `${article}%`,
    `${article}%6`,
    `${article}%zz`,
    `${article}%2561`,
    `${article}%c0%af`,
    `${article}%ff`,
    `${article}%e2%80%ae`,
    "/caf%C3%A9",
    "/café",
    "/ﬀ",
    "/\u212aelvin",
    `/${"a".repeat(600)}`,
    `/${"a".repeat(9000)}`,
    "/a".repeat(1000),
  ])("refuses %j", (raw) => expect(canonicalPath(raw)).toBeNull())

  const character = fc.constantFrom(
    ..."aZ09-_./\\%?#;~ é\0".split(""),
    "%2e",
    "%2E",
    "%61",
    "%41",
    "%2f",
    "%5C",
    "%00",
    "..",
  )
  const hostile = fc.array(character, { maxLength: 24 }).map((characters) => `/${characters.join("")}`)

  it("does not change a canonical path", () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: "binary" })), (raw) => {
        const once = canonicalPath(raw)
        if (once) expect(canonicalPath(once)).toBe(once)
      }),
      { numRuns: 3000 },
    )
  })

  it("never produces what a browser would read as another host or path", () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        const path = canonicalPath(raw)
        if (path === null) return
        expect(path).toMatch(/^\/(?!\/)[a-z0-9._/-]*$/)
        expect(new URL(path, "https://ours.example").href).toBe(`https://ours.example${path}`)
      }),
      { numRuns: 3000 },
    )
  })

  it("agrees with the URL standard about dot segments", () => {
    const segment = fc.constantFrom("a", "b", "", ".", "..", "%2e", "%2e%2e", ".%2E", "c.d")
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const raw = `/x/${segments.join("/")}`
        const { pathname } = new URL(`https://ours.example${raw}`)
        const tidy = `/${pathname.split("/").filter(Boolean).join("/")}`
        expect(canonicalPath(raw)).toBe(tidy)
      }),
    )
  })
})

describe("an address from another system", () => {
  it.each([
    ["/Old/Path/", "/old/path"],
    ["/archives/قديم", "/archives/%d9%82%d8%af%d9%8a%d9%85"],
    ["/archives/%D9%82%D8%AF%D9%8A%D9%85/", "/archives/%d9%82%d8%af%d9%8a%d9%85"],
    ["/É/x", "/%c3%a9/x"],
    ["/E\u0301/./y/../x", "/%c3%a9/x"],
    ["/a;b/c d", "/a%3bb/c%20d"],
    ["/?p=123", "/%3fp%3d123"],
    ["/?page_id=7", "/%3fpage_id%3d7"],
  ])("%s becomes %s", (raw, path) => {
    expect(aliasPath(raw)).toBe(path)
    expect(aliasPath(new URL(raw, "https://x.example").pathname)).toBe(raw.includes("?") ? "/" : path)
  })

  it.each([
    "",
    "old",
    "/a?b=c",
    "/?q=1",
    "/?p=x",
    "/a%2fb",
    "/a%5Cb",
    "/a%00",
    "/a%",
    "/%ff",
    "/..%2f..",
    "/a#b",
    "/é%2e%2e/%2e%2e",
  ])("%j is not one", (raw) => expect(aliasPath(raw)).toBeNull())
})
