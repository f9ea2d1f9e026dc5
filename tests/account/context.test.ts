import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { readArticlePath, readNext } from "../../src/account/context.ts"

const origin = "https://news.example"
const site = { ...config, origin }

/** The page that a browser reaches. */
function follow(next: string): string | null {
  const own = readNext(next, site)
  return own === null ? null : new URL(origin + own).origin
}

describe("the page to continue to after signing in", () => {
  it.each([
    "/asia/tajikistan/security-summit-dushanbe",
    "/",
    "/fr/account",
    "/search?q=water",
    "/account/save?path=%2Fasia%2Ftajikistan%2Fx",
    "/asia?page=2",
  ])("accepts our own address %s", (next) => {
    expect(readNext(next, site)).toBe(next)
  })

  it("never leads to another origin, whatever the input", () => {
    const piece = fc.constantFrom(
      "/",
      "//",
      "\\",
      "@",
      ":",
      "?",
      "#",
      ".",
      "..",
      "%2f",
      "%5c",
      "\t",
      "evil.test",
      "asia",
      "https:",
    )
    const next = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      fc.string(),
      fc.webUrl(),
    )
    fc.assert(
      fc.property(next, (text) => {
        expect([null, origin]).toContain(follow(text))
      }),
      { numRuns: 1_000 },
    )
  })

  it("is never a sign-in or sign-out page, the desk or an address that only takes forms", () => {
    const pages = ["/sign-in", "/sign-out", "/fr/sign-in/confirm", "/sign-in?next=/"]
    for (const next of [...pages, "/desk/v1/site", "/account/export", "/fr/account/billing", "/join/webhook"])
      expect(follow(next)).toBeNull()
  })

  const corpora = process.env.CORPORA
  if (corpora !== undefined) {
    const file = join(corpora, "http/open-redirect-next.json")
    const given = JSON.parse(readFileSync(file, "utf8")) as unknown[]
    const texts = given
      .flatMap((one) => (typeof one === "string" ? [one] : Object.values(one as object)))
      .filter((value) => typeof value === "string")
    it.each(texts)("keeps hostile input from the corpus on our origin: %j", (next) => {
      expect([null, origin]).toContain(follow(next))
    })
  }
})

it("accepts only an article's canonical path", () => {
  expect(readArticlePath("/asia/tajikistan/x", site)).toBe("/asia/tajikistan/x")
  for (const path of [
    "/asia",
    "/asia/tajikistan/",
    "/Asia/tajikistan/x",
    "//asia/tajikistan/x",
    "/asia/tajikistan/x.md",
    "/account",
  ])
    expect(readArticlePath(path, site)).toBeNull()
})
