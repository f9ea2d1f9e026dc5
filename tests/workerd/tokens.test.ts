// Cookies and gifts can contain anything, from anyone. Only our own give access, and none causes an error.
import * as fc from "fast-check"
import { beforeAll, expect, it } from "vitest"
import { signGift } from "../../src/membership/access.ts"
import { type Session, signSession } from "../../src/membership/session.ts"
import { readKeys, signFields } from "../../src/membership/signed-tokens.ts"
import { compose, createRig, publish, type Rig, sessionKeys } from "./rig.ts"

let rig: Rig
const path = "/asia/tajikistan/for-members"
const whole = "Only for members."
const now = () => Math.floor(Date.now() / 1000)
const session = (more: Partial<Session> = {}): Session => ({
  id: "s",
  member: "m",
  expires: now() + 3600,
  checked: now(),
  until: now() + 9000,
  ...more,
})

beforeAll(async () => {
  rig = await createRig()
  await publish(rig, path, compose({}, `For all.\n\n<!-- members-only -->\n\n${whole}\n`), { force: true })
})

async function reads(cookie: string, query = ""): Promise<"whole" | "teaser" | number> {
  const response = await rig.get(path + query, { headers: { Cookie: cookie } })
  const text = await response.text()
  return response.status !== 200 ? response.status : text.includes(whole) ? "whole" : "teaser"
}

const base64 = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true })

async function sign(algorithm: string, key: string, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(key)
  const made = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: algorithm }, false, ["sign"])
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", made, new TextEncoder().encode(text)))
  return mac.toBase64({ alphabet: "base64url", omitPadding: true })
}

it("our own token identifies a member", async () => {
  expect(await reads(`dateline=${await signSession(session(), sessionKeys)}`)).toBe("whole")
})

const [key = ""] = sessionKeys
const fields = () => ["s", "m", now() + 3600, now(), now() + 9000]
const jwt = (header: object) => `${base64(header)}.${base64({ sub: "m", exp: now() + 3600 })}`

it.each<[string, () => Promise<string> | string]>([
  ["no signature", () => `${base64(fields())}.`],
  ["no payload", async () => `.${await sign("SHA-256", key, "dateline-session.v1.")}`],
  ["a signature of nothing", () => `${base64(fields())}.${"A".repeat(43)}`],
  ["algorithm none", () => `${jwt({ alg: "none" })}.`],
  [
    "a JSON Web Token of our own key",
    async () => `${jwt({ alg: "HS256" })}.${await sign("SHA-256", key, jwt({ alg: "HS256" }))}`,
  ],
  ["SHA-1", async () => `${base64(fields())}.${await sign("SHA-1", key, `dateline-session.v1.${base64(fields())}`)}`],
  [
    "SHA-512",
    async () => `${base64(fields())}.${await sign("SHA-512", key, `dateline-session.v1.${base64(fields())}`)}`,
  ],
  ["another key", () => signSession(session(), ["another-key-that-is-as-long-as-it-must-be"])],
  [
    "the empty key",
    async () => `${base64(fields())}.${await sign("SHA-256", "\0", `dateline-session.v1.${base64(fields())}`)}`,
  ],
  ["another purpose", () => signFields("dateline-gift.v1", fields() as string[], sessionKeys)],
  ["another version", () => signFields("dateline-session.v2", fields() as string[], sessionKeys)],
  ["expired", () => signSession(session({ expires: now() }), sessionKeys)],
  ["from the future", () => signSession(session({ checked: now() + 3600 }), sessionKeys)],
  ["valid for a year", () => signSession(session({ expires: now() + 31_536_000 }), sessionKeys)],
  [
    "without an end",
    () => signFields("dateline-session.v1", ["s", "m", Number.MAX_SAFE_INTEGER, now(), 9e15], sessionKeys),
  ],
  ["too few fields", () => signFields("dateline-session.v1", ["s", "m", now() + 9, now()], sessionKeys)],
  ["a number for an id", () => signFields("dateline-session.v1", [1, "m", now() + 9, now(), now() + 9], sessionKeys)],
  ["half a second", () => signFields("dateline-session.v1", ["s", "m", now() + 9.5, now(), now() + 9], sessionKeys)],
  ["of a membership that has ended", () => signSession(session({ id: "ended", until: now() - 1 }), sessionKeys)],
  [
    "verified long ago, by nobody whom the store knows",
    () => signSession(session({ id: "old", checked: now() - 9000 }), sessionKeys),
  ],
  [
    "the right signature in another spelling",
    async () => {
      const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      const token = await signSession(session(), sessionKeys)
      // 32 bytes leave two bits of the last character unused.
      return token.slice(0, -1) + signs[signs.indexOf(token.slice(-1)) + 1]
    },
  ],
  ["100 KB", () => `${"A".repeat(100_000)}.${"A".repeat(43)}`],
  ["a name that every object has", () => "__proto__"],
])("is anonymous with %s", async (_, make) => {
  expect(await reads(`dateline=${await make()}`)).toBe("teaser")
  expect(await reads("", `?gift=${encodeURIComponent(await make())}`)).toBe("teaser")
})

it("two cookies of the same name count as none, whichever comes first", async () => {
  const token = await signSession(session({ id: "twice" }), sessionKeys)
  for (const cookie of [
    `dateline=${token}; dateline=x`,
    `dateline=x; dateline=${token}`,
    `dateline=${token}; dateline=${token}`,
  ])
    expect(await reads(cookie)).toBe("teaser")
})

it("a session is not a gift", async () => {
  const token = await signSession(session(), sessionKeys)
  expect(await reads("", `?gift=${token}`)).toBe("teaser")
  expect(await reads(`dateline=${await signGift({ id: "x", expires: now() + 99 }, sessionKeys)}`)).toBe("teaser")
})

it("a new key signs nobody out; a retired key signs out everyone who relied on it", async () => {
  const former = "the-former-key-that-is-as-long-as-it-must-be"
  const token = await signSession(session(), [former])
  const { verifySession } = await import("../../src/membership/session.ts")
  expect(await verifySession(token, readKeys(`${key} ${former}`), now())).not.toBeNull()
  expect(await verifySession(token, readKeys(`newest-${key} ${key} ${former}`), now())).toBeNull()
  expect(readKeys("short")).toEqual([])
  expect(readKeys(undefined)).toEqual([])
  expect(await verifySession(token, [], now())).toBeNull()
  await expect(signSession(session(), [])).rejects.toThrow("SESSION_KEYS")
})

it("none of 10,000 cookies made of noise and fragments gives access or causes an error", {
  timeout: 120_000,
}, async () => {
  const real = await signSession(session({ id: "fuzz" }), sessionKeys)
  const letters = fc.string({
    unit: fc.integer({ min: 1, max: 126 }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  })
  const piece = fc.oneof(
    fc.constantFrom("dateline=", "__Host-dateline=", "; ", ";", "=", ",", ".", '"', "\t", "%00", "A".repeat(8192)),
    fc.tuple(fc.nat(real.length), fc.nat(real.length)).map(([from, to]) => real.slice(from, to)),
    fc
      .tuple(fc.nat(real.length - 1), fc.constantFrom("A", "_", "~", " "))
      .map(([at, sign]) => `dateline=${real.slice(0, at)}${sign}${real.slice(at + 1)}`),
    letters,
  )
  const cookie = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""))
  let asked = 0
  await fc.assert(
    fc.asyncProperty(cookie, fc.boolean(), async (noise, before) => {
      // Characters that no HTTP request can contain never get here.
      const value = (before ? noise : `dateline=${noise}`).replace(/[\0\r\n]/g, "")
      asked++
      const seen = await reads(value)
      // Complete by chance: then it is the real one.
      if (!new RegExp(`(?:^|;)\\s*dateline=${real}\\s*(?:;|$)`).test(value))
        expect(seen, JSON.stringify(value)).toBe("teaser")
      else expect(["teaser", "whole"]).toContain(seen)
    }),
    { numRuns: 10_000 },
  )
  expect(asked).toBe(10_000)
})
