// Capitals are named in the language of the page (src/site/messages).
import { describe, expect, it } from "vitest"
import { capitalNames } from "../../src/render/listing-page.ts"
import { factsOf } from "../../src/site/country-facts.ts"
import { languages } from "../../src/site/messages.ts"
import { countries } from "../../src/site/places.ts"

const of = (code: string, language: string) => capitalNames(factsOf(code), language)
const translated = Object.entries(languages).filter(([, { capitals }]) => capitals !== undefined)
const known = new Set(countries.flatMap(({ code }) => factsOf(code).capitals))

describe("capitals", () => {
  it.each([
    ["TJ", ["Dushanbe"], ["Douchanbé"], ["دوشنبه"], ["Душанбе"]],
    ["PK", ["Islamabad"], ["Islamabad"], ["إسلام آباد"], ["Исламабад"]],
    ["TD", ["N’Djamena"], ["N’Djamena"], ["نجامينا"], ["Нджамена"]],
    ["LY", ["Tripoli"], ["Tripoli"], ["طرابلس"], ["Триполи"]],
    [
      "ZA",
      ["Pretoria", "Bloemfontein", "Cape Town"],
      ["Pretoria", "Bloemfontein", "Le Cap"],
      ["بريتوريا", "بلومفونتين", "كيب تاون"],
      ["Претория", "Блумфонтейн", "Кейптаун"],
    ],
    ["AQ", [], [], [], []],
  ])("of %s are named in English, French, Arabic and Russian", (code, en, fr, ar, ru) => {
    expect([of(code, "en"), of(code, "fr"), of(code, "ar")]).toEqual([en, fr, ar])
    if (languages.ru?.texts !== undefined) expect(of(code, "ru")).toEqual(ru)
  })

  it.each(translated)("have no names but of capitals in %s, in its script", (code, { capitals = {} }) => {
    const script =
      { ar: /^[\p{Script=Arabic}\p{M} ]+$/u, ru: /^[\p{Script=Cyrillic} -]+$/u }[code] ?? /^[\p{Script=Latin}’ʼ .-]+$/u
    for (const [name, own] of Object.entries(capitals)) {
      expect(known, name).toContain(name)
      expect(own).toMatch(script)
    }
  })

  it.each(["ar", "ru"])("of all but the smallest territories are known in %s", (language) => {
    const { capitals = {} } = languages[language] ?? {}
    const unknown = countries.filter(({ code }) => factsOf(code).capitals.some((name) => capitals[name] === undefined))
    expect(unknown.map(({ code }) => code).join(" ")).toBe("BL BQ CC CX GG GS HK IO JE MS PN SX TC TF VI")
  })
})
