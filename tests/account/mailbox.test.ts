import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldMailbox } from "../../src/account/mailbox.ts"

describe("a mailbox", () => {
  it.each([
    ["Victim@Example.org", "victim@example.org"],
    ["victim+news@example.org", "victim@example.org"],
    ["victim+a+b@example.org", "victim@example.org"],
    ["v.i.c.t.i.m+x@gmail.com", "victim@gmail.com"],
    ["vic.tim@GoogleMail.com", "victim@gmail.com"],
    ["vic_t-im@protonmail.com", "victim@proton.me"],
    ["vic.tim@example.org", "vic.tim@example.org"],
    ["nena@münchen.example", "nena@xn--mnchen-3ya.example"],
    ["nena@xn--mnchen-3ya.example", "nena@xn--mnchen-3ya.example"],
    ["nena@ＧＭＡＩＬ.com", "nena@gmail.com"],
    ["+tag@example.org", "+tag@example.org"],
  ])("%s is counted as %s", (email, mailbox) => {
    expect(foldMailbox(email)).toBe(mailbox)
  })

  it("is the same however often it is folded", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        const once = foldMailbox(email)
        expect(foldMailbox(once)).toBe(once)
      }),
    )
  })
})
