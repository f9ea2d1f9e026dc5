import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { readArticlePath, readNext } from "../../src/account/context.ts"

const origin = "https://news.example"
const site = { ...config, origin }

/** Where a browser ends up. */
function follow(next: string): string | null {
  const own = readNext(next, site)
  return own === null ? null : new URL(origin + own).origin
}

describe("where to go on to after signing in", () => {
  it.each([
    "/asia/tajikistan/security-summit-dushanbe",
    "/",
    "/fr/account",
    "/search?q=water",
    "/account/save?path=%2Fasia%2Ftajikistan%2Fx",
    "/asia?page=2",
  ])("%s is ours", (next) => {
    expect(readNext(next, site)).toBe(next)
  })

  it("whatever it is, it leads to our own origin or nowhere", () => {
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

  it("is not a page of signing in or out", () => {
    for (const next of ["/sign-in", "/sign-out", "/fr/sign-in/confirm", "/sign-in?next=/"])
      expect(follow(next)).toBeNull()
  })

  const corpora = process.env.CORPORA
  if (corpora !== undefined) {
    const file = join(corpora, "http/open-redirect-next.json")
    const given = JSON.parse(readFileSync(file, "utf8")) as unknown[]
    const texts = given
      .flatMap((one) => (typeof one === "string" ? [one] : Object.values(one as object)))
      .filter((value) => typeof value === "string")
    it.each(texts)("of the corpus: %j", (next) => {
      expect([null, origin]).toContain(follow(next))
    })
  }
})

it("only an article's canonical path is an article's", () => {
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
