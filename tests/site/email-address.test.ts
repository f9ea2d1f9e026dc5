import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type EmailProblem, foldEmail, parseEmail, readEmail } from "../../src/site/email-address.ts"

const nena = "nena@xn--mnchen-3ya.example"

describe("all spellings of one address are the same", () => {
  it.each([
    ["nena@münchen.example", nena],
    ["NENA@MÜNCHEN.example", nena],
    ["nena@mu\u0308nchen.example", nena],
    ["nena@XN--MNCHEN-3YA.Example", nena],
    ["nena@münchen。example", nena],
    ["nena@münchen．example", nena],
    ["nena@münchen｡example", nena],
    ["nena＠münchen.example", nena],
    ["ｎｅｎａ@ｍünchen.example", nena],
    ["nena@münchen.example.", nena],
    ["\u200fnena\u200b@mün\u00adchen.exam\u2060ple\u202c", nena],
    ["ne\u200dna@mün\u200dchen.example", nena],
    ["\ufeff\u00a0nena@münchen.example\u00a0\t\n", nena],
    ['"nena"@münchen.example', nena],
    ['"n\\ena"@münchen.example', nena],
    ["“nena”@münchen.example", nena],
    ["“nena@münchen.example”", nena],
    ["«nena@münchen.example»", nena],
    ["'nena@münchen.example'", nena],
    ["<nena@münchen.example>", nena],
    ["Nena Kerner <nena@münchen.example>", nena],
    ['"Kerner, Nena" <nena@münchen.example>', nena],
    ["nena@münchen.example <nena@münchen.example>", nena],
    ["mailto:nena@münchen.example", nena],
    ["MAILTO:nena%40münchen.example?subject=Hello", nena],
    ["o’neil@example.org", "o'neil@example.org"],
    ["reader@büro.xn--mnchen-3ya.example", "reader@xn--bro-hoa.xn--mnchen-3ya.example"],
  ])("%j", (typed, folded) => expect(foldEmail(readEmail(typed) ?? "")).toBe(folded))

  it("keeps the case of the local part for sending", () => {
    expect(readEmail("Nena@MÜNCHEN.example")).toBe("Nena@xn--mnchen-3ya.example")
  })
})

it.each([
  ["a@x.org", "b@x.org"],
  ["a+b@x.org", "a@x.org"],
  ["a.b@x.org", "ab@x.org"],
  ["a@faß.example", "a@fass.example"],
  ["a@münchen.example", "a@munchen.example"],
  // A joiner that the script needs is part of the name.
  ["a@نامه\u200cای.example", "a@نامهای.example"],
  ["'a@x.org", "a@x.org"],
  ["l0@x.org", "lo@x.org"],
])("%j and %j are two people", (one, other) => {
  expect(readEmail(one)).not.toBeNull()
  expect(readEmail(other)).not.toBeNull()
  expect(foldEmail(one)).not.toBe(foldEmail(other))
})

const refused: [string, EmailProblem][] = [
  ["", "shape"],
  ["nena", "shape"],
  ["@example.org", "shape"],
  ["nena@", "shape"],
  ["a@b@example.org", "shape"],
  ["a@example.org, b@example.org", "space"],
  ["a@example.org,b@example.org", "shape"],
  ["a@example.org <b@example.org>", "shape"],
  ['"nena kerner"@example.org', "space"],
  ['"nena@home"@example.org', "shape"],
  ["a@example.org\r\nBcc: b@example.org", "space"],
  ["mailto:a@example.org%0d%0aBcc:b@example.org", "space"],
  ["a@example.org\0", "space"],
  ["nena kerner@example.org", "space"],
  [".nena@example.org", "dots"],
  ["nena.@example.org", "dots"],
  ["ne..na@example.org", "dots"],
  ['"ne..na"@example.org', "dots"],
  ["jörg@example.org", "script"],
  ["用户@example.org", "script"],
  ["nеna@example.org", "script"],
  [`${"a".repeat(65)}@example.org`, "long"],
  [`${"a".repeat(64)}@${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(63)}.org`, "long"],
  ["x".repeat(100_000), "long"],
  [`a@${"b".repeat(64)}.org`, "domain"],
  [`a@${"ü".repeat(60)}.org`, "domain"],
  ["a@localhost", "domain"],
  ["a@org", "domain"],
  ["a@example..org", "domain"],
  ["a@.example.org", "domain"],
  ["a@example.org..", "domain"],
  ["a@1.2.3.4", "domain"],
  ["a@0x7f.1", "domain"],
  ["a@[1.2.3.4]", "domain"],
  ["a@[IPv6:::1]", "domain"],
  ["a@example.123", "domain"],
  ["a@example.c", "domain"],
  ["a@-example.org", "domain"],
  ["a@exam_ple.org", "domain"],
  ["a@example.org:25", "domain"],
  ["a@example.org/x", "domain"],
  ["a@exam%70le.org", "domain"],
  ["a@exam％70le.org", "domain"],
  ["a@host.invalid", "domain"],
  ["a@host.localhost.", "domain"],
  ["a@host.LOCAL", "domain"],
  ["a@host.internal", "domain"],
]
it.each(refused)("%j is refused", (typed, problem) => {
  expect(parseEmail(typed)).toEqual({ problem })
  expect(readEmail(typed)).toBeNull()
})

it("accepts names for documentation and tests (RFC 6761 §6.2, §6.5)", () => {
  expect(readEmail("reader@dateline.test")).toBe("reader@dateline.test")
  expect(readEmail("reader@dateline.example")).toBe("reader@dateline.example")
})

/** Words that a name or a domain may be made of, and a way to spell each differently. */
const label = fc.constantFrom("münchen", "bücher", "straße", "例え", "правда", "example", "a1")
const dot = fc.constantFrom(".", "。", "．", "｡")
const noise = fc.constantFrom("", "\u00ad", "\u200b", "\u200e", "\u2060", "\ufeff", "\u061c")
const around = fc.constantFrom(
  (email: string) => email,
  (email: string) => `<${email}>`,
  (email: string) => `Nena K. <${email}>`,
  (email: string) => `“${email}”`,
  (email: string) => `mailto:${email}`,
  (email: string) => `\u00a0${email}.\n`,
)
const local = fc.stringMatching(/^[a-z0-9]{1,8}(?:[.+][a-z0-9]{1,8})?$/)

it("folds random spellings of one address together, and keeps two addresses apart", () => {
  const person = fc.record({ local, domain: fc.tuple(label, label) })
  const spelling = fc.record({
    upper: fc.boolean(),
    form: fc.constantFrom("NFC", "NFD", "NFKC", "NFKD"),
    dot,
    noise,
    around,
    puny: fc.boolean(),
    wide: fc.boolean(),
    quoted: fc.boolean(),
  })
  const spell = (
    { local, domain }: { local: string; domain: [string, string] },
    how: typeof spelling extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    const name = how.quoted ? `"${local}"` : how.wide ? local.replace(/[a-z]/g, widen) : local
    const host = how.puny ? new URL(`http://${domain.join(".")}.org`).hostname : `${domain.join(how.dot)}.org`
    const at = `${name}${how.noise}@${host}`.normalize(how.form)
    return how.around(
      how.upper ? at.replace(/[a-zà-ÿ]/g, (letter) => (letter === "ß" ? letter : letter.toUpperCase())) : at,
    )
  }
  fc.assert(
    fc.property(person, person, spelling, spelling, (one, other, first, second) => {
      const [a, b, c] = [spell(one, first), spell(one, second), spell(other, second)].map((typed) => readEmail(typed))
      expect([a, b, c]).not.toContain(null)
      expect(foldEmail(a ?? "")).toBe(foldEmail(b ?? ""))
      const same = one.local === other.local && one.domain.join() === other.domain.join()
      expect(foldEmail(b ?? "") === foldEmail(c ?? "")).toBe(same)
    }),
  )
})

it("folding twice gives the same result as folding once", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.emailAddress(),
        fc.string({ unit: "binary" }).map((text) => `${text}@münchen.example`),
      ),
      (text) => {
        const once = foldEmail(text)
        expect(foldEmail(once)).toBe(once)
        const read = readEmail(text)
        if (read !== null) expect([readEmail(read), foldEmail(text)]).toEqual([read, read.toLowerCase()])
      },
    ),
    { numRuns: 2_000 },
  )
})

function widen(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 0xfee0)
}
