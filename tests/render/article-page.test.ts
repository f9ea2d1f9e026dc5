import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import type { Story } from "../../src/article/article.ts"
import { renderArticlePage } from "../../src/render/article-page.ts"
import { sheets } from "../../src/render/style.ts"
import { attribute, makeEntry, makeStory, now, readPage, site, textOf } from "./sample.ts"

function draw(changes: Partial<Story>, html = "<p>The open part.</p>", full = !changes.gated, time = now): string {
  const audience = changes.gated && full ? "members" : "public"
  return renderArticlePage({ story: makeStory(changes), html, audience, full, now: time }, site)
}

describe("the paywall", () => {
  const page = draw({ gated: true, access: "members" })

  it("shows visitors only the public text", () => {
    const bodies = readPage(page).withClass("body")
    expect(bodies).toHaveLength(1)
    expect(textOf(bodies[0])).toBe("The open part.")
    expect(readPage(page).withClass("members")).toHaveLength(0)
  })

  it("is where the JSON-LD says it is", () => {
    const { jsonLd, withClass, named } = readPage(page)
    expect(jsonLd[0].isAccessibleForFree).toBe(false)
    expect(jsonLd[0].hasPart).toEqual({
      "@type": "WebPageElement",
      isAccessibleForFree: false,
      cssSelector: ".paywall",
    })
    expect(withClass("paywall")).toHaveLength(1)
    expect(named("a").some((link) => attribute(link, "href") === "/join")).toBe(true)
    expect(textOf(withClass("paywall")[0])).toContain("$5 a month")
  })

  it("is absent for members, and the JSON-LD says which part is for members", () => {
    const { jsonLd, withClass } = readPage(draw({ gated: true }, "<p>All of it.</p>", true))
    expect(withClass("paywall")).toHaveLength(0)
    expect(withClass("members")).toHaveLength(1)
    expect(jsonLd[0].hasPart.cssSelector).toBe(".members")
  })

  it("offers no members' text for republication", () => {
    expect(draw({ gated: true, rights: "meridian" })).not.toContain('id="credit_"')
    expect(draw({ gated: true, rights: "meridian" }, "<p>All.</p>", true)).not.toContain('id="credit_"')
    expect(draw({ access: "members", rights: "meridian" })).not.toContain('id="credit_"')
    for (const members of [{ gated: true }, { access: "members" }] as const)
      expect(draw({ ...members, rights: "meridian" })).not.toContain("You may republish")
    expect(draw({ rights: "meridian" })).toContain("You may republish")
    expect(draw({ rights: "meridian" })).toContain('id="credit_"')
  })

  it("is absent from an open article", () => {
    const { jsonLd, withClass } = readPage(draw({}))
    expect(jsonLd[0].isAccessibleForFree).toBe(true)
    expect(jsonLd[0].hasPart).toBeUndefined()
    expect(withClass("paywall")).toHaveLength(0)
  })
})

describe("dates", () => {
  it("says that a date is unknown, and omits it from the metadata", () => {
    const page = draw({ publishedAt: null })
    expect(page).toContain("Date unknown")
    expect(readPage(page).named("time")).toHaveLength(0)
    expect(readPage(page).jsonLd[0]).not.toHaveProperty("datePublished")
    expect(readPage(page).jsonLd[0]).not.toHaveProperty("dateModified")
    expect(page).not.toContain("article:published_time")
  })

  it("shows a date without a time as a day in the site's zone, and a time with its offset", () => {
    const day = readPage(draw({}))
    expect(day.named("time").map((time) => attribute(time, "datetime"))).toEqual(["2003-04-25"])
    expect(day.jsonLd[0].datePublished).toBe("2003-04-25")
    const moment = readPage(draw({ publishedAt: Date.parse("2026-11-24T07:30:00Z") }))
    expect(moment.jsonLd[0].datePublished).toBe("2026-11-24T08:30:00+01:00")
  })

  it("shows the same day in the page, its metadata and its corrections", () => {
    const late = "2026-10-31T23:30:00Z"
    const moment = Date.parse(late)
    const page = draw({ publishedAt: moment, updatedAt: moment, corrections: [{ date: late, text: "Ten." }] })
    const { named, jsonLd } = readPage(page)
    const machine = "2026-11-01T00:30:00+01:00"
    const shown = named("time").map((time) => `${attribute(time, "datetime")} ${textOf(time)}`)
    expect(shown).toEqual(Array(3).fill(`${machine} 1 November 2026`))
    const times = named("meta").filter((meta) => attribute(meta, "property")?.endsWith("_time"))
    expect(times.map((meta) => attribute(meta, "content"))).toEqual([machine, machine])
    const [{ datePublished, dateModified, correction }] = jsonLd
    expect([datePublished, dateModified, correction[0].datePublished]).toEqual([machine, machine, machine])
  })

  it("says how old an old story is, but not a new one", () => {
    expect(draw({})).toContain("23 years ago")
    expect(draw({ publishedAt: now - 86_400_000 })).not.toContain('class="notice')
  })

  it.each([
    ["2003-04-25T00:00+02:00", "2026-04-25T00:00+02:00", "23 years ago"],
    ["2003-04-25T00:00+02:00", "2026-04-24T23:59+02:00", "22 years ago"],
    ["1900-01-01T12:00Z", "2026-01-01T12:00Z", "126 years ago"],
    ["2001-03-01T12:00Z", "2003-03-01T12:00Z", "2 years ago"],
    ["2001-03-01T12:00Z", "2003-02-28T12:00Z", null],
    ["2024-02-29T12:00Z", "2026-02-28T12:00Z", null],
    ["2024-02-29T12:00Z", "2026-03-01T12:00Z", "2 years ago"],
    ["2027-02-01T12:00Z", "2026-12-01T12:00Z", null],
  ])("is a year older on each anniversary: from %s to %s", (date, today, said) => {
    const page = draw({ publishedAt: Date.parse(date) }, "", true, Date.parse(today))
    expect(/\d+ years? ago/.exec(page)?.[0] ?? null).toBe(said)
  })

  it("says when it was updated, in the page and the metadata", () => {
    const { named, jsonLd } = readPage(draw({ updatedAt: Date.parse("2003-04-26T00:00:00+02:00") }))
    expect(named("time").map((time) => attribute(time, "datetime"))).toEqual(["2003-04-25", "2003-04-26"])
    expect(jsonLd[0].dateModified).toBe("2003-04-26")
  })
})

describe("an article's page", () => {
  it("has its breadcrumb trail in the page and the JSON-LD", () => {
    const { jsonLd, withClass } = readPage(draw({}))
    expect(textOf(withClass("crumbs")[0])).toBe("HomeAsiaTajikistan")
    expect(jsonLd[1]["@type"]).toBe("BreadcrumbList")
    expect(jsonLd[1].itemListElement.map((step: { item: string }) => step.item)).toEqual([
      "https://meridian.example/",
      "https://meridian.example/asia",
      "https://meridian.example/asia/tajikistan",
    ])
  })

  it("shows the map of the country or region, or a picture, each with its size and credit", () => {
    const [map] = readPage(draw({})).named("img")
    expect([attribute(map, "src"), attribute(map, "width"), attribute(map, "height")]).toEqual([
      "/maps/tjk.svg",
      "640",
      "400",
    ])
    expect(draw({})).toContain("Natural Earth")
    const [ofRegion] = readPage(draw({ country: null })).named("img")
    expect([attribute(ofRegion, "src"), attribute(ofRegion, "alt")]).toEqual([
      "/maps/asia.svg",
      "Map of Asia and its neighbours",
    ])
    const image = {
      src: "/media/a.jpg",
      width: 30,
      height: 20,
      alt: "A street",
      caption: "Rudaki Avenue",
      credit: "A. Nazarov",
    }
    const page = readPage(draw({ image, map: false }))
    expect(page.named("img").map((picture) => attribute(picture, "alt"))).toEqual(["A street"])
    expect(textOf(page.named("figcaption")[0])).toContain("A. Nazarov")
  })

  it("has corrections, rights, and share links that load nothing from other sites", () => {
    const page = draw({ corrections: [{ date: "2003-04-28", text: "The year was 1999." }], rights: "un-irin" })
    expect(page).toContain("The year was 1999.")
    const { named } = readPage(page)
    for (const name of ["img", "iframe"]) for (const one of named(name)) expect(attribute(one, "src")).toMatch(/^\//)
    const hosts = named("a").flatMap((link) => attribute(link, "href")?.match(/^https:\/\/([^/]+)/)?.[1] ?? [])
    expect(hosts).toEqual(expect.arrayContaining(["wa.me", "www.facebook.com", "x.com", "t.me"]))
    const buttons = named("button").filter((button) => attribute(button, "data-do") !== undefined)
    expect(buttons.length).toBeGreaterThan(0)
    for (const button of buttons) expect(attribute(button, "hidden")).toBe("")
  })

  it("prints the address in full", () => {
    expect(textOf(readPage(draw({})).withClass("url")[0])).toBe(`https://meridian.example${makeStory().path}`)
  })

  it("states the credit of a republished text, with an absolute link", () => {
    const page = draw({ rights: "meridian" })
    const credit = readPage(page).elements.find((element) => attribute(element, "id") === "credit_")
    expect(textOf(credit)).toContain("First published by Meridian")
    expect(page).toContain(`<a href="https://meridian.example${makeStory().path}">First published`)
  })
})

describe("languages", () => {
  const links = (translations: Story["translations"]) =>
    readPage(draw({ translations }))
      .named("link")
      .flatMap((link) => attribute(link, "hreflang") ?? [])

  it("are listed in the config's order, with the default language's version as the fallback", () => {
    const version = (language: string) => ({ language, path: `/${language}`, title: "A" })
    expect(links(["ar", "fr", "en"].map(version))).toEqual(["en", "fr", "ar", "x-default"])
    expect(links(["ar", "fr"].map(version))).toEqual(["fr", "ar"])
  })

  it.each([
    ["en", "en_GB"],
    ["fr", "fr_FR"],
    ["ar", "ar_AR"],
    ["ru", "ru_RU"],
    ["pt-BR", "pt_BR"],
    ["es", "es_ES"],
    ["zh-Hant", "zh_TW"],
  ])("%s has the territory of %s for Open Graph", (language, locale) => {
    const metas = readPage(draw({ language })).named("meta")
    const named = metas.filter((meta) => attribute(meta, "property") === "og:locale")
    expect(named.map((meta) => attribute(meta, "content"))).toEqual([locale])
  })
})

describe("weight", () => {
  it("keeps an article's style sheets under 9 KB, 3 KB compressed, and physical sides out of all", () => {
    const style = sheets.base + sheets.story
    expect(style.length).toBeLessThan(9000)
    expect(gzipSync(style).length).toBeLessThan(3000)
    expect(Object.values(sheets).join("")).not.toMatch(
      /(margin|padding|border)-(left|right|top|bottom)|[^-](left|right):|text-align:(left|right)/,
    )
  })

  it("keeps an article of 600 words under 8,000 bytes compressed", () => {
    const words = Array.from({ length: 600 }, (_, index) => `word${((index * 7919) % 601).toString(36)}`).join(" ")
    const related = [1, 2, 3].map((number) =>
      makeEntry({ path: `/asia/tajikistan/other-${number}`, title: `Other story ${number}` }),
    )
    const page = draw({ rights: "un-irin", related }, `<p>${words}</p>`)
    expect(gzipSync(page).length).toBeLessThan(8000)
  })
})
