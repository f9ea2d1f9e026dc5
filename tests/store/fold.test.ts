import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { unspaced } from "../../src/article/text.ts"
import { askedForms, foldText, foldWords, indexedForms, splitUnspaced } from "../../src/store/fold.ts"
import { buildMatch, cutExcerpt, indexText, markEnd, markStart, readSought } from "../../src/store/search.ts"

const pieces = [
  "U.N.",
  "A. B.",
  "N’Djamena",
  "I'll",
  "«",
  "»",
  "l’eau",
  "L'Été",
  "œuvre",
  "وَالأَمْنُ",
  "المُنَظَّمة",
  "لا",
  "ﷺ",
  "ﻻ",
  "İ",
  "ß",
  "d'aide",
  "٢٠٢٤",
  "'s",
  "ـــ",
  "\u0001",
  '"',
  "NEAR(",
  "*",
]
const text = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 8 })
  .map((parts) => parts.join(" "))

/**
 * Whether a search for `query` finds `written`, compared as in FTS5, which ignores case, and for which a form of several
 * words is a phrase.
 */
function finds(query: string, written: string, language = "en"): boolean {
  const sought = readSought(query, language)
  if (sought === null) return false
  const join = (folded: string) => ` ${(folded.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? []).join(" ")} `
  const indexed = join(indexText(written, language).toLowerCase())
  return sought.terms.every((term, index) => {
    const beginning = sought.open && index === sought.terms.length - 1
    return term.indexed
      .map(splitUnspaced)
      .some((form) => indexed.includes(beginning ? join(form).trimEnd() : join(form)))
  })
}

describe("folding", () => {
  it("does not change folded text", () => {
    fc.assert(
      fc.property(text, (written) => {
        const folded = foldText(written)
        expect(foldText(folded)).toBe(folded)
        const words = foldWords(written)
        expect(foldWords(words.join(" "))).toEqual(words)
      }),
      { numRuns: 2000 },
    )
  })

  it("splits every character of scripts without spaces", () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      if (character.match(unspaced)) expect(splitUnspaced(`a${character}b`)).toBe(`a ${character} b`)
    }
  })

  it("finds a text by each of its own words", () => {
    fc.assert(
      fc.property(text, (written) => {
        for (const word of foldWords(written)) expect(finds(word, written)).toBe(true)
        if (foldWords(written).length > 0) expect(finds(written, written)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    [
      "français, sans accents ni ligatures",
      "Une œuvre à l’Élysée",
      ["oeuvre", "œuvre", "elysee", "Élysée", "l’élysée", "L'ELYSEE", "ŒUVRE"],
    ],
    [
      "élision, droite ou courbe",
      "L’eau, l'aide et d’autres ; qu’ils jusqu'ici",
      ["eau", "l'eau", "l’eau", "aide", "d’aide", "d'eau", "autres", "ils", "ici"],
    ],
    [
      "a word with an elision, where the text has none",
      "Manque d'eau potable : eau, aide",
      ["l’eau", "d’aide", "l'aide"],
    ],
    ["English possessives", "Tajikistan's border and the ministry’s plan", ["tajikistan", "Tajikistan’s", "ministry"]],
    [
      "other Latin",
      "Łódź, Straße, smørrebrød, İstanbul, naïve",
      ["lodz", "strasse", "smorrebrod", "istanbul", "naive"],
    ],
    [
      "hamza, tashkil and tatweel",
      "الأُمَم المتحـــدة تؤكّد مسؤولية إيران",
      ["الامم", "الأمم", "المتحدة", "المتحده", "تؤكد", "مسؤولية", "ايران", "إيران"],
    ],
    [
      "the article and what is written onto it",
      "الأمن والمياه بالمدارس للاجئين وزارة وسلام",
      ["أمن", "امن", "الأمن", "مياه", "المياه", "مدارس", "لاجئين", "وزارة", "سلام"],
    ],
    ["an article that is asked for but not written", "مياه نظيفة", ["المياه"]],
    ["digits of both kinds", "عام ٢٠٢٤ و 2025", ["2024", "٢٠٢٤", "٢٠٢٥"]],
    ["scripts without spaces", "我们在北京见面，東京オリンピック開催", ["北京", "我们", "见面", "オリンピック"]],
    ["Thai", "สวัสดีชาวโลก", ["โลก", "ชาวโลก", "สวัสดี"]],
    ["the beginning of a Korean word", "한국에서", ["한국"]],
    [
      "ayn, hamza and the Uzbek apostrophe",
      "ʿAbd al-Raḥmān, Oʻzbekiston, Hawaiʻi",
      ["abd", "O'zbekiston", "O’zbekiston", "Hawai'i"],
    ],
    [
      "abbreviations, with dots and without",
      "The U.N. and the U.S.-led force; the UN’s aid, US aid, the E.U.'s plan (p.m.)",
      ["UN", "U.N.", "u.n", "un aid", "US", "U.S.", "US-led", "U. S.", "EU", "E.U.’s", "pm"],
    ],
    ["initials with spaces and without", "J. K. Rowling, A.B. Smith", ["J.K. Rowling", "JK Rowling", "A. B. Smith"]],
    [
      "compounds",
      "HIV/AIDS, COVID-19 and al-Shabaab",
      ["HIV/AIDS", "hiv aids", "COVID 19", "al shabaab", "Al-Shabaab"],
    ],
    [
      "apostrophes in names",
      "N'Djamena, Sana’a, Ta'izz, O‘Brien, P'yongyang; the Shi’a of Ma`rib",
      ["NDjamena", "N’Djamena", "n'djamena", "Sanaa", "Sana'a", "Taizz", "O'Brien", "OBrien", "Shia", "Marib"],
    ],
    [
      "names without the apostrophes that are typed",
      "Ndjamena, Sanaa, Mbour and Obrien",
      ["N’Djamena", "Sana'a", "M'Bour", "O'Brien"],
    ],
    ["elisions in other languages", "quest'anno, senz’acqua", ["anno", "acqua", "quest’anno"]],
    ["English contractions", "They’ll say we don't; I'm ill", ["they", "don’t", "I’m", "ill"]],
    ["Greek and Cyrillic", "Σεισμός στην Αθήνα, Ёлка", ["σεισμος", "ΑΘΗΝΑ", "елка"]],
  ])("%s", (_, written, queries) => {
    for (const query of queries) expect(finds(query, written), query).toBe(true)
  })

  it("keeps words apart that only look alike", () => {
    for (const [query, written] of [
      ["eaux", "l’eau"],
      ["بنك", "نك"],
      ["الله", "له"],
      ["كتاب", "تاب"],
      ["water", "watt"],
      ["京北", "北京"],
      ["北见", "北京见面"],
      ["U.S.", "a u-boat s"],
      ["ill", "I’ll"],
      ["can't", "Canada"],
      ["id", "I'd"],
      ["plan", "d’plan"],
      ["ba", "Plan B. A road"],
    ] as const)
      expect(finds(query, written), `${query} in ${written}`).toBe(false)
  })

  it("gives only Arabic and Russian words several forms", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (word) => {
        expect(indexedForms(foldText(word), "ru")).toHaveLength(1)
        expect(askedForms(foldText(word), "ru")).toHaveLength(1)
      }),
    )
  })
})

/** The cases of nouns, and forms of adjectives and verbs, as news uses them. */
const paradigms = [
  "вода воды воде воду водой водою вод водам водами водах",
  "беженец беженца беженцу беженцем беженце беженцы беженцев беженцам беженцами беженцах",
  "Таджикистан Таджикистана Таджикистану Таджикистаном Таджикистане",
  "Афганистан Афганистана Афганистану Афганистаном Афганистане",
  "Непал Непала Непалу Непалом Непале",
  "канал канала каналу каналом канале каналы каналов каналам каналами каналах",
  "страна страны стране страну страной стран странам странами странах",
  "план плана плану планом плане планы планов планам планами планах",
  "Иран Ирана Ирану Ираном Иране",
  "Сирия Сирии Сирию Сирией",
  "Киргизия Киргизии Киргизию Киргизией",
  "Украина Украины Украине Украину Украиной",
  "землетрясение землетрясения землетрясению землетрясением землетрясении землетрясений землетрясениям землетрясениями",
  "помощь помощи помощью",
  "продовольствие продовольствия продовольствию продовольствием",
  "плотина плотины плотине плотину плотиной плотин плотинам плотинами плотинах",
  "озеро озера озеру озером озере озёра озёр озёрам озёрами озёрах",
  "рынок рынка рынку рынком рынке рынки рынков рынкам рынками рынках",
  "попытка попытки попытке попытку попыткой попыток попыткам попытками попытках",
  "ребёнок ребёнка ребёнку ребёнком ребёнке",
  "Лавров Лаврова Лаврову Лавровым Лаврове",
  "Мирзиёев Мирзиёева Мирзиёеву Мирзиёевым Мирзиёеве",
  "остров острова острову островом острове островов островам островами островах",
  "школа школы школе школу школой школ школам школами школах",
  "перевод перевода переводу переводом переводе переводы переводов переводам переводами переводах",
  "гуманитарный гуманитарная гуманитарное гуманитарные гуманитарного гуманитарной гуманитарную гуманитарных гуманитарными",
  "северный северная северное северные северного северной северную северных северными",
  "строить строил строила строили строит строят",
  "соглашение соглашения соглашению соглашением соглашении соглашений соглашениям соглашениями соглашениях",
].map((forms) => forms.split(" "))

describe("Russian", () => {
  const forms = fc.constantFrom(...paradigms).chain((all) => fc.tuple(fc.constantFrom(...all), fc.constantFrom(...all)))
  /** As people type and print it: in capitals, with a stress mark, ё as е, й in two characters. */
  const typed = (form: string) =>
    fc.constantFrom(form, form.toUpperCase(), form.replaceAll("ё", "е"), form.normalize("NFD"), `${form}\u0301`)

  it("finds a word by each of its forms, and marks it in the excerpt", () => {
    const pair = forms.chain(([sought, written]) => fc.tuple(typed(sought), typed(written)))
    fc.assert(
      fc.property(pair, fc.nat(40), ([query, written], words) => {
        const text = `${"Слово ".repeat(words)}${written}, ещё слова.`
        expect(finds(query, text, "ru")).toBe(true)
        const sought = readSought(query, "ru")
        expect(sought && cutExcerpt(text, sought)).toContain(markStart + written + markEnd)
      }),
      { numRuns: 2000 },
    )
  })

  it("keeps words apart that only begin alike", () => {
    for (const [query, written] of [
      ["воды", "водитель"],
      ["мост", "мостовая"],
      ["йод", "иод"],
      ["таджик", "Узбекистан"],
    ] as const)
      expect(finds(`${query} и`, `${written} и`, "ru"), `${query} in ${written}`).toBe(false)
  })

  it("finds words by their beginnings, as typed", () => {
    expect(finds("таджик", "В Таджикистане", "ru")).toBe(true)
    expect(finds("землетряс", "после землетрясения", "ru")).toBe(true)
    expect(finds("воды", "водитель", "ru")).toBe(false)
  })

  it("leaves words of other languages alone, in Cyrillic too", () => {
    fc.assert(
      fc.property(fc.constantFrom(...paradigms.flat()), fc.constantFrom("uk", "bg", "kk", "en"), (word, language) => {
        expect(indexedForms(foldText(word), language)).toEqual([foldText(word)])
      }),
    )
  })
})

describe("a phrase", () => {
  it.each([
    ['"right to return"', "A right to return, they say"],
    ["“Right to Return” say", "They say: the right  to\nreturn"],
    ['"U.N. Security Council"', "the UN Security Council"],
    ['"UN security council"', "the U.N. Security Council"],
    ["« droit au retour »", "le droit au retour"],
    ['"eau potable"', "l’eau potable, à Ménaka"],
    ['"l\'eau potable"', "de l'eau potable"],
    ['"border closed"', "Tajikistan's border closed"],
    ['"tajikistan’s border"', "Tajikistan's border"],
    ["„Recht auf Rückkehr“", "das RECHT auf Ruckkehr"],
    ['"北京见面"', "我们在北京见面"],
    ['"water', "watering"],
    ['צה"ל ארה"ב', 'ארה"ב וצה"ל, צה"ל'],
    ['5" or 6" pipe', 'a 6" or 5" pipe'],
  ])("%s finds %s", (query, written) => expect(finds(query, written)).toBe(true))

  it.each([
    ["«حق العودة»", "قالوا إن حَقَّ العودة لهم", "ar"],
    ["«право на возвращение»", "о праве на возвращение", "ru"],
  ])("%s finds %s", (query, written, language) => expect(finds(query, written, language)).toBe(true))

  it.each([
    ['"right to return"', "to return, a right"],
    ['"right to return"', "the right to a return"],
    ['"water pumps"', "water pumpset"],
    ['"to return" right', "they return to the right"],
    ["«حق العودة»", "العودة حق"],
  ])("%s does not find %s", (query, written) => expect(finds(query, written)).toBe(false))

  it("is marked as a whole, where the text has it", () => {
    const sought = readSought('return "right to return"', "en")
    const text = `Return to the right. ${"Filler words. ".repeat(60)}A right to\nreturn, the right road.`
    const found = cutExcerpt(text, readSought('"right to return"', "en") ?? { terms: [], open: false, language: "en" })
    expect(found).toContain(`A ${markStart}right to\nreturn${markEnd}, the right road.`)
    expect(sought && cutExcerpt(text, sought)).toContain(`${markStart}Return${markEnd} to the right.`)
  })
})

describe("a query", () => {
  it("of punctuation alone is empty", () => {
    for (const query of [
      "",
      "   ",
      '"',
      "*",
      "!!! ???",
      "’",
      "()",
      "^",
      "-",
      "…",
      "“”",
      '"" «»',
      "؟ ، ؛",
      "❤️",
      "👨‍👩‍👧 ✊🏽",
      "\u0301",
    ])
      expect(readSought(query, "ru")).toBeNull()
  })

  it("contains only our own syntax outside quotes", () => {
    fc.assert(
      fc.property(text, (query) => {
        const sought = readSought(query, "ru")
        if (sought === null) return
        const bare = buildMatch(sought).replace(/"[^"]+"/g, "w")
        expect(bare).toMatch(/^\(w\*?( OR w\*?)*\)( AND \(w\*?( OR w\*?)*\))*$/)
      }),
    )
  })
})

describe("an excerpt", () => {
  const excerpt = (query: string, written: string, language = "en") => {
    const sought = readSought(query, language)
    return sought === null ? null : cutExcerpt(written, sought)
  }

  it("shows the text as written and marks the matches", () => {
    expect(excerpt("eau", "Le manque d’eau à Douchanbé.")).toBe(`Le manque ${markStart}d’eau${markEnd} à Douchanbé.`)
    expect(excerpt("امن", "قمة الأَمْن في دوشنبه")).toBe(`قمة ${markStart}الأَمْن${markEnd} في دوشنبه`)
    expect(excerpt("oeuv", "Une œuvre.")).toBe(`Une ${markStart}œuvre${markEnd}.`)
    expect(excerpt("un", "The U.N. in Sana’a")).toBe(`The ${markStart}U.N${markEnd}. in Sana’a`)
    expect(excerpt("sanaa", "The U.N. in Sana’a")).toBe(`The U.N. in ${markStart}Sana’a${markEnd}`)
    for (const word of ["می\u200cخواهم", "zero\u200bwidth", "soft\u00adhyphen", "word\u2060joiner"])
      expect(excerpt(word.replace(/[^\p{L}]/gu, ""), `a ${word} b`)).toBe(`a ${markStart}${word}${markEnd} b`)
  })

  it("marks only what was sought in a text without spaces, and cuts no character in two", () => {
    const found = excerpt("北京 iphone手机", `${"前言".repeat(200)}我们在北京买iPhone手机${"😀".repeat(300)}`) ?? ""
    expect(found).toContain(`${markStart}北京${markEnd}买${markStart}iPhone手机${markEnd}😀`)
    expect([found.isWellFormed(), found.length < 300]).toEqual([true, true])
  })

  it("is cut between words, around the stretch with the most matches", () => {
    const found = excerpt(
      "river border",
      `${"river ".repeat(3)}${"filler ".repeat(200)}the river at the border ${"end ".repeat(200)}`,
    )
    const shown = found?.replaceAll(markStart, "<").replaceAll(markEnd, ">")
    expect(shown).toMatch(/^…\u00a0(?:filler )+the <river> at the <border> (?:end )*end\u00a0…$/)
    expect(found?.length).toBeLessThan(280)
  })

  it("is the text itself, apart from the marks", () => {
    fc.assert(
      fc.property(text, text, (query, written) => {
        const found = excerpt(query, written)
        if (found === null) return
        const shown = found
          .replaceAll(markStart, "")
          .replaceAll(markEnd, "")
          .replace(/^…\u00a0/, "")
          .replace(/\u00a0…$/, "")
        expect(written.replaceAll(markStart, "").replaceAll(markEnd, "")).toContain(shown.trim())
        expect(found).toContain(markStart)
      }),
    )
  })
})

it("indexes every word once if a text is too long for a value", () => {
  const words = Array.from({ length: 150_000 }, (_, index) => `w${index % 50_000}`)
  const indexed = indexText([...words, "last"].join(" ").repeat(2), "en").split(" ")
  expect(indexed.length).toBeLessThan(100_004)
  expect(indexed).toContain("last")
})
