import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import config from "../../dateline.config.ts"
import {
  direction,
  formatAge,
  formatDate,
  formatHour,
  formatList,
  formatNumber,
  formatPrice,
  type Language,
  languages,
  type MessageKey,
  message,
  type Text,
} from "../../src/site/messages.ts"

const forms = (text: Text) => (typeof text === "string" ? [text] : Object.values(text))
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
const otherForm = (text: Text) => (typeof text === "string" ? text : text.other)

const interfaces = Object.entries(languages).flatMap(([code, { texts }]) => (texts ? [[code, texts] as const] : []))
const english = languages.en?.texts as NonNullable<Language["texts"]>

describe("the interface", () => {
  it("is complete in each language of the site", () => {
    expect(interfaces.map(([code]) => code)).toEqual(expect.arrayContaining([...config.languages]))
  })

  it("lists every language that has a file", () => {
    const files = readdirSync(join(import.meta.dirname, "../../src/site/messages"))
    expect(
      Object.keys(languages)
        .map((code) => `${code}.json`)
        .toSorted(),
    ).toEqual(files.toSorted())
  })

  it.each(interfaces)("has the English keys and parameters in %s, in the same order", (_, texts) => {
    expect(Object.keys(texts)).toEqual(Object.keys(english))
    for (const key of Object.keys(english) as MessageKey[]) {
      expect(holes(otherForm(texts[key])), key).toEqual(holes(otherForm(english[key])))
      for (const form of forms(texts[key])) expect(form.trim(), key).not.toBe("")
    }
  })

  it("lets no line begin with a dash, or with French punctuation, and none end with an opening guillemet", () => {
    for (const code of ["fr", "ru"])
      for (const [key, text] of Object.entries(languages[code]?.texts ?? {}))
        for (const form of forms(text)) expect(form, key).not.toMatch(/ [–—;:!?»]|« /)
  })

  it.each(interfaces)("has exactly the plural forms of %s", (code, texts) => {
    const categories = new Intl.PluralRules(code).resolvedOptions().pluralCategories.toSorted()
    for (const [key, text] of Object.entries(texts))
      if (typeof text !== "string") expect(Object.keys(text).toSorted(), key).toEqual(categories)
  })

  it("selects the plural form by the count", () => {
    expect(message("en", "readingTime", { count: 1 })).toBe("1 minute to read")
    expect(message("en", "readingTime", { count: 1200 })).toBe("1,200 minutes to read")
    expect(message("ar", "readingTime", { count: 2 })).toBe("دقيقتان للقراءة")
    const minutes = (count: number) => message("ru", "readingTime", { count })
    expect([1, 2, 5, 11, 21, 22, 25, 112].map(minutes)).toEqual([
      "1 минута чтения",
      "2 минуты чтения",
      "5 минут чтения",
      "11 минут чтения",
      "21 минута чтения",
      "22 минуты чтения",
      "25 минут чтения",
      "112 минут чтения",
    ])
  })

  it("inserts parameters unchanged, once, and ignores inherited names", () => {
    expect(message("en", "inPlace", { place: "{place} $& <b>" })).toBe("Latest from {place} $& <b>")
    expect(message("en", "inPlace")).toBe("Latest from {place}")
  })

  it("falls back to the base language, then to English with its plural forms and digits", () => {
    expect(message("ja", "readingTime", { count: 1 })).toBe("1 minute to read")
    expect(message("fa", "readingTime", { count: 12 })).toBe("12 minutes to read")
    expect(message("fr-CA", "home")).toBe("Accueil")
    expect(message("sw", "home")).toBe("Home")
    expect(message("__proto__", "home")).toBe("Home")
  })

  it("formats dates in the site's zone, and prices, numbers and lists in the reader's language", () => {
    const lateInZurich = Date.parse("2003-04-24T22:30:00Z")
    expect(formatDate(lateInZurich, "en", config)).toBe("25 April 2003")
    expect(formatDate(lateInZurich, "fr", config)).toBe("25 avril 2003")
    expect(formatDate(lateInZurich, "ru", config)).toBe("25 апреля 2003")
    expect(formatNumber(143100, "en")).toBe("143,100")
    expect(formatList(["A", "B", "C"], "en")).toBe("A, B and C")
    expect(formatPrice(config.membership.price, "en")).toBe("US$5 a month")
    const yen = { amount: 500, currency: "JPY", interval: "year" } as const
    expect(formatPrice(yen, "en")).toBe("JP¥500 a year")
    const cents = { amount: 450, currency: "USD", interval: "month" } as const
    expect(formatPrice(cents, "en")).toBe("US$4.50 a month")
  })

  it("writes an hour of the day with the name of the site's time zone", ({ onTestFinished }) => {
    // In the hour before winter time begins, Intl adds the country: Central European Time (Switzerland).
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 11, 1) })
    onTestFinished(() => void vi.useRealTimers())
    expect(formatHour(6, "en", config)).toEqual({ time: "06:00", zone: "Central European Time" })
    expect(formatHour(18, "fr", config)).toEqual({ time: "18:00", zone: "heure d’Europe centrale" })
  })

  it("says how old a story is in years", () => {
    expect(formatAge(2, "en")).toBe("2 years ago")
    expect(formatAge(23, "fr")).toBe("il y a 23 ans")
  })

  it("knows each language's writing direction", () => {
    expect(["en", "ar", "fa", "ur-PK", "he"].map(direction)).toEqual(["ltr", "rtl", "rtl", "rtl", "rtl"])
  })
})
