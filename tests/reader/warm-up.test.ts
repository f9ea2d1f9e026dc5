import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import config from "../../dateline.config.ts"
import type { Entry, Story } from "../../src/article/article.ts"

const constructors = [
  "DateTimeFormat",
  "DisplayNames",
  "ListFormat",
  "NumberFormat",
  "PluralRules",
  "RelativeTimeFormat",
] as const

function composeStory(language: string): Story {
  const place = { path: "/asia/nepal/first", language, region: "asia", country: "nepal" }
  const texts = {
    title: "First",
    summary: "Of all.",
    publishedAt: Date.UTC(2001, 1, 2, 3),
    updatedAt: Date.UTC(2002, 1),
  }
  const authors = ["ann", "bob", "cy"].map((slug) => ({ slug, name: slug }))
  const flags = { access: "open", gated: false, image: null, map: true, words: 2000 } as const
  const entry: Entry = { ...place, ...texts, ...flags, authors, topics: authors }
  const translations = config.languages.map((other) => ({ language: other, path: place.path, title: "First" }))
  const kept = { revision: 1, expiresAt: null, revisedAt: 0, division: "none", rights: null, card: null } as const
  return { ...entry, ...kept, corrections: [], media: {}, translations, related: [entry] }
}

// Test files share their modules, and what other files have built would hide what the warm-up does not.
vi.resetModules()
const { loadLanguages } = await import("../../src/site/messages.ts")
const { warmUp } = await import("../../src/reader/entrypoint.ts")
const { renderArticlePage } = await import("../../src/render/article-page.ts")

beforeAll(async () => {
  await loadLanguages([config.languages[0]])
  warmUp(config)
})
afterEach(() => vi.restoreAllMocks())

describe("the warm-up of an isolate", () => {
  it("builds every Intl object that the first reader in the default language needs", () => {
    const [language] = config.languages
    const spies = constructors.map((name) => vi.spyOn(Intl, name))
    const view = { story: composeStory(language), html: "<p>Text.</p>", audience: "public", full: true } as const
    expect(renderArticlePage({ ...view, now: Date.UTC(2026, 1) }, config)).toContain("<p>Text.</p>")
    const built = constructors.filter((_, index) => (spies[index]?.mock.calls.length ?? 0) > 0)
    expect(built).toEqual([])
  })

  it("works if no region has countries", () => {
    expect(() => warmUp({ ...config, regions: { sea: { name: { en: "Sea" }, countries: [] } } })).not.toThrow()
  })
})
