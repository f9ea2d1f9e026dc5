import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldInbox, networksOf } from "../../src/account/limits.ts"

it.each([
  ["203.0.113.7", ["203.0.113.7", "203.0.113.0/24"]],
  ["::ffff:203.0.113.7", ["203.0.113.7", "203.0.113.0/24"]],
  ["2001:db8:1:2ab::1", ["20010db8000102ab:/64", "20010db8000102:/56", "20010db80001:/48", "20010db8:/32"]],
  ["2001:DB8::1", ["20010db800000000:/64", "20010db8000000:/56", "20010db80000:/48", "20010db8:/32"]],
  ["::1", ["0000000000000000:/64", "00000000000000:/56", "000000000000:/48", "00000000:/32"]],
  ["local", ["local"]],
])("finds the networks of %s: %j", (address, networks) => {
  expect(networksOf(address).map(([network]) => network)).toEqual(networks)
})

it("each network has a higher limit than any single network inside it", () => {
  for (const address of ["203.0.113.7", "2001:db8::1"]) {
    const shares = networksOf(address).map(([, share]) => share)
    expect(shares).toEqual([...new Set(shares)].sort())
  }
})

it("every spelling of an IPv6 address belongs to the same networks", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((group) => group.toString(16).padStart(4, "0")).join(":")
      const short = new URL(`http://[${full}]/`).hostname.slice(1, -1)
      expect(networksOf(short.toUpperCase())).toEqual(networksOf(full))
    }),
  )
})

describe("an inbox", () => {
  it.each([
    ["Victim@Example.org", "victim@example.org"],
    ["victim+news@example.org", "victim@example.org"],
    ["victim+a+b@example.org", "victim@example.org"],
    ["v.i.c.t.i.m+x@gmail.com", "victim@gmail.com"],
    ["vic.tim@GoogleMail.com", "victim@gmail.com"],
    ["vic_t-im@protonmail.com", "victim@proton.me"],
    ["vic.tim@ya.ru", "victim@yandex.ru"],
    ["Vic-tim+x@yandex.com", "victim@yandex.ru"],
    ["vic.tim@example.org", "vic.tim@example.org"],
    ["nena@münchen.example", "nena@xn--mnchen-3ya.example"],
    ["nena@xn--mnchen-3ya.example", "nena@xn--mnchen-3ya.example"],
    ["nena@ＧＭＡＩＬ.com", "nena@gmail.com"],
    ["+tag@example.org", "+tag@example.org"],
  ])("%s is counted as %s", (email, inbox) => {
    expect(foldInbox(email)).toBe(inbox)
  })

  it("does not change when folded again", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const once = foldInbox(email)
        expect(foldInbox(once)).toBe(once)
      }),
    )
  })
})
