// Sample editions to write emails from.
import type { Edition, EditionContent, EditionKey, EditionStory } from "../../src/article/edition.ts"

const texts: Readonly<Record<string, { titles: string[]; summary: string; introduction: string }>> = {
  en: {
    titles: [
      "Snow closes the Anzob pass, and four hundred lorries wait at the tunnel",
      "“We were told to wait”: families on the border count the days",
      "A bridge, at last",
    ],
    summary: "A permanent council is to be founded at the talks, but lorries with food have waited for three weeks.",
    introduction: `Good morning. Snow closed the **Anzob pass** again: [our correspondent](/asia/tajikistan/x) counts *four hundred* lorries.

## What to watch

- The council's first vote & its \`WFP-7\` convoy
- Whether it passes the [tunnel](https://en.wikipedia.org/wiki/Anzob_Tunnel)

> "Nobody remembers a winter like this," says Zulfiya.

1. One
2. Two

Write to <mailto:desk@meridian.example>.`,
  },
  fr: {
    titles: ["La neige ferme le col d’Anzob", "« On nous a dit d’attendre » : des familles comptent les jours"],
    summary: "Un conseil permanent devrait être fondé, mais les camions de vivres attendent depuis trois semaines.",
    introduction:
      "Bonjour. La neige a fermé le **col d’Anzob** : [notre correspondante](/fr/asia/tajikistan/x) a tout vu.\n\n- Un\n- Deux",
  },
  ar: {
    titles: ["الثلج يغلق ممر أنزوب", "«قالوا لنا أن ننتظر»: عائلات على الحدود تعد الأيام"],
    summary: "يتوقع أن يؤسس مجلس دائم في المحادثات، لكن شاحنات الغذاء تنتظر منذ ثلاثة أسابيع.",
    introduction:
      "صباح الخير. أغلق الثلج **ممر أنزوب**: أحصت [مراسلتنا](/ar/asia/tajikistan/x) *أربعمئة* شاحنة.\n\n> «لا أحد يذكر شتاء كهذا»، تقول زلفية.",
  },
}
const textsOf = (language: string) => texts[language] ?? (texts.en as NonNullable<(typeof texts)[string]>)
const places = [
  ["asia", "tajikistan"],
  ["asia", "nepal"],
  ["africa", null],
] as const

export const makeIntroduction = (language: string) => textsOf(language).introduction

export function makeStories(language: string, count: number): EditionStory[] {
  const { titles, summary } = textsOf(language)
  return Array.from({ length: count }, (_, index) => {
    const [region, country] = places[index % 3] ?? places[0]
    const folder = [language === "en" ? "" : `/${language}`, region, ...(country === null ? [] : [country])].join("/")
    const title = titles[index % titles.length] ?? ""
    return { path: `${folder}/story-${index}`, title, summary, region, country, gated: index % 3 === 1 }
  })
}

export function makeEdition(changes: Partial<EditionKey & EditionContent>): Edition {
  const { list = "headlines", date = "2026-11-23", language = "en" } = changes
  const { title = null, intro = null, stories = makeStories(language, 3), more = 0 } = changes
  return { list, date, language, plannedAt: 0, gated: list === "digest", content: { title, intro, stories, more } }
}
