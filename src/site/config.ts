// What this publication is. The one file that a publisher edits.
import type { SiteConfig } from "./site.ts"

export const config: SiteConfig = {
  name: "Meridian",
  tagline: {
    en: "Reporting on crises, and on the people who live through them",
    fr: "Les crises, et celles et ceux qui les traversent",
    ar: "تقارير عن الأزمات وعن الناس الذين يعيشونها",
  },
  origin: "https://meridian.example",
  timeZone: "Europe/Zurich",
  languages: ["en", "fr", "ar"],
  contact: "desk@meridian.example",
  regions: {
    asia: { name: { en: "Asia", fr: "Asie", ar: "آسيا" }, countries: ["TJ"] },
  },
  topics: {},
  membership: { price: { amount: 500, currency: "USD", interval: "month" } },
  newsletter: { name: { en: "Daily headlines", fr: "Les titres du jour", ar: "عناوين اليوم" }, hour: 6 },
  digest: { name: { en: "The Meridian Digest", fr: "Le Condensé Meridian", ar: "موجز ميريديان" }, hour: 6 },
  rights: {},
}
