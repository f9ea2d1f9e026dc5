import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { renderAccountPage, renderArticleForm, renderDeletePage } from "../../src/render/account-pages.ts"
import { renderNewsletterPage } from "../../src/render/edition-pages.ts"
import { html } from "../../src/render/html.ts"
import { renderTextPage } from "../../src/render/layout.ts"
import { type Choices, renderPreferences } from "../../src/render/preferences.ts"
import { renderSignInPage } from "../../src/render/sign-in-page.ts"
import { findNonconformities } from "./conformance.ts"
import { attribute, findFaults, hostile, now, printable, readPage, site, textOf } from "./sample.ts"

/** Every personal page, with `text` in every place that an editor or reader can write. */
function drawAll(text: string, language: string): Record<string, string> {
  const form = { language, path: "/asia/a", title: text, refused: null, most: 10 }
  const gift = { id: "g1", title: text, path: "/asia/a", url: `${site.origin}/asia/a?gift=x`, expiresAt: now }
  const newsletters: Choices = {
    ...{ language, email: text, stop: "/account/newsletters/stop", change: "/account/newsletters" },
    lists: [
      { list: "headlines", on: true, may: true },
      { list: "digest", on: false, may: false },
    ],
    ...{ emailLanguage: language, stoppedBy: null },
  }
  const stopped = { ...newsletters, stoppedBy: "bounce", saved: true, asked: "headlines" } as const
  const account = {
    language,
    email: text,
    membership: { until: null, source: "granted", renewal: null, payments: [], billing: false },
    saved: [{ path: "/asia/a", title: text }],
    gifts: [
      { ...gift, state: "giftUntil" },
      { ...gift, id: "g2", url: null, state: "giftRevoked" },
    ],
    feed: `${site.origin}/account/feed/x.xml`,
    newsletters,
    now,
  } as const
  const paid = { until: now, source: "paid", renewal: "renews", payments: [], billing: true } as const
  const bare = { saved: [], gifts: [], feed: null, newsletters: { ...newsletters, emailLanguage: null } }
  return {
    account: renderAccountPage(account, site),
    paying: renderAccountPage({ ...account, ...bare, membership: paid }, site),
    lapsed: renderAccountPage({ ...account, ...bare, membership: { ...paid, until: 0, renewal: null } }, site),
    save: renderArticleForm(form, "save", site),
    give: renderArticleForm(form, "give", site),
    refused: renderArticleForm({ ...form, refused: "giveUsedUp" }, "give", site),
    delete: renderDeletePage({ language, email: text, payments: null, problem: "unchecked" }, site),
    "delete, paying": renderDeletePage({ language, email: text, payments: "end", problem: "trouble" }, site),
    "delete, paying elsewhere": renderDeletePage({ language, email: text, payments: "stay", problem: null }, site),
    "sign-in": renderSignInPage({ state: "asks", next: "/asia/a" }, language, site),
    sent: renderSignInPage({ state: "sent" }, language, site),
    mistyped: renderSignInPage({ state: "mistyped", next: null, typed: text }, language, site),
    "too many": renderSignInPage({ state: "tooMany", next: null, when: text }, language, site),
    "sign-up again": renderNewsletterPage(language, site, { fault: { email: text, error: text } }),
    preferences: renderPreferences({ ...newsletters, saved: false, asked: null }, site),
    "preferences, stopped": renderPreferences(stopped, site),
    notice: renderTextPage({ language, title: text, content: html`<p>${text}</p>` }, site),
  }
}

describe("every personal page", () => {
  it.each(
    site.languages,
  )("is a conforming, well-structured document excluded from indexes, in %s", async (language) => {
    for (const [name, page] of Object.entries(drawAll("reader@example.org", language))) {
      expect(findFaults(page), name).toEqual([])
      expect(await findNonconformities(page), name).toEqual([])
      expect(page, name).toContain('<meta name="robots" content="noindex">')
    }
  }, 60_000)

  it("names the language and direction of articles in another language (WCAG 3.1.2)", () => {
    const languagesOf = (page = "") =>
      readPage(page)
        .named("a")
        .filter((link) => textOf(link) === "A title")
        .map((link) => [attribute(link, "lang"), attribute(link, "dir")])
    const arabic = drawAll("A title", "ar")
    expect(languagesOf(arabic.account)).toEqual(new Array(3).fill(["en", "ltr"]))
    for (const name of ["save", "give"]) expect(languagesOf(arabic[name]), name).toEqual([["en", "ltr"]])
    expect(languagesOf(drawAll("A title", "en").account)).toEqual(new Array(3).fill([undefined, undefined]))
  })

  it("shows hostile text as text, never as markup", () => {
    const shapeOf = (page: string) => readPage(page).elements.map(({ tagName }) => tagName)
    const plain = Object.values(drawAll("T", "en")).map(shapeOf)
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(printable(text).trim() !== "")
        const pages = Object.entries(drawAll(text, "en"))
        for (const [name, page] of pages) expect(findFaults(page), name).toEqual([])
        expect(pages.map(([, page]) => shapeOf(page))).toEqual(plain)
      }),
      { numRuns: 30 },
    )
  }, 60_000)
})
