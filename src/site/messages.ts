// The interface in the reader's language. Messages and other language settings are in messages/CODE.json; dates,
// numbers and names come from Intl.
import { memo } from "./memo.ts"
import en from "./messages/en.json" with { type: "json" }
import type { SiteConfig } from "./site.ts"

export type MessageKey = keyof typeof en.texts
/** One message, or one for each plural category of `{count}` (CLDR names). */
export type Text = string | ({ readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>)

/** The contents of a language's file. Without messages, the interface is in English and only the settings apply. */
export interface Language {
  /** The Intl locale, if it differs from the language code: plain "en" gives American dates. */
  readonly locale?: string
  /** The Open Graph locale, if it differs from that of the likeliest territory: Facebook has only one for Arabic. */
  readonly openGraph?: string
  /** Quotation marks. If omitted, quotes stay as written. */
  readonly quotes?: Readonly<Record<"open" | "close" | "openSingle" | "closeSingle", string>>
  /** A regular expression for the spaces at which lines must not break. */
  readonly ties?: string
  /** A regular expression for an ending of Intl's dates that sentences leave out: in Russian, `г.`. */
  readonly dateEnd?: string
  /** Whether names without a translation may be shown in Latin script. If not, they are left out. */
  readonly latinNames?: boolean
  /** Names of capitals that differ from the English ones, by the English name. */
  readonly capitals?: Readonly<Record<string, string>>
  /** The Fontsource package for social cards, and the subsets that they need. */
  readonly cardFont?: { readonly name: string; readonly subsets: readonly string[] }
  readonly emailFont?: string
  /** Reduces a folded word to its stem, for search. */
  readonly stem?: (word: string) => string
  readonly texts?: Readonly<Record<MessageKey, Text>>
}

/** The languages with a file. Each is a module of its own, so that an isolate loads only those that its readers use. */
const files: Readonly<Record<string, () => Promise<{ readonly default: Language }>>> = {
  ar: () => import("./messages/ar.json", { with: { type: "json" } }),
  de: () => import("./messages/de.json", { with: { type: "json" } }),
  fr: () => import("./messages/fr.json", { with: { type: "json" } }),
  ru: async () => {
    const { default: settings } = await import("./messages/ru.json", { with: { type: "json" } })
    const { stemmer } = await import("@orama/stemmers/russian")
    return { default: { ...settings, stem: stemmer } }
  },
}
const loaded: Record<string, Language> = { en }

export const languages: Readonly<Record<string, Language>> = loaded

/** Loads languages (by default, all). Before that, `message` and `languageOf` throw for a language that has a file. */
export async function loadLanguages(wanted: readonly string[] = Object.keys(files)): Promise<void> {
  for (const code of wanted.map(codeOf)) {
    const load = Object.hasOwn(files, code) && !Object.hasOwn(loaded, code) ? files[code] : undefined
    if (load !== undefined) loaded[code] = (await load()).default
  }
}

/** The code of the file that a language uses: a regional variant without a file uses its base language's. */
function codeOf(language: string): string {
  return language === "en" || Object.hasOwn(files, language) ? language : (language.split("-", 1)[0] as string)
}

type Parameters = Readonly<Record<string, string | number>>
const none: Parameters = {}

/**
 * An interface message, in English if the language has none. `{name}` becomes the parameter of that name, as plain
 * text (the page escapes it). Numbers are written in the message's digits; `count` also selects the plural form.
 */
export function message(language: string, key: MessageKey, parameters: Parameters = none): string {
  const { texts } = languageOf(language)
  const spoken = texts === undefined ? "en" : language
  const text: Text = (texts ?? en.texts)[key]
  const form =
    typeof text === "string" ? text : (text[pluralRules(spoken).select(Number(parameters.count))] ?? text.other)
  if (!form.includes("{")) return form
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    return typeof value === "number" ? formatNumber(value, spoken) : (value ?? whole)
  })
}

/** A language's settings, or none if it has no file. @throws Error if its file is not loaded */
export function languageOf(language: string): Language {
  const code = codeOf(language)
  if (Object.hasOwn(loaded, code)) return loaded[code] as Language
  if (Object.hasOwn(files, code)) throw new Error(`the messages of ${code} are not loaded`)
  return {}
}

const localeOf = (language: string) => languageOf(language).locale ?? language
const pluralRules = memo((language: string) => new Intl.PluralRules(localeOf(language)))
const numberFormat = memo((language: string) => new Intl.NumberFormat(localeOf(language)))
const listFormat = memo((language: string) => new Intl.ListFormat(localeOf(language), { type: "conjunction" }))
const ageFormat = memo((language: string) => new Intl.RelativeTimeFormat(localeOf(language), { numeric: "always" }))
const dateFormat = memo((language: string, timeZone: string) => {
  return new Intl.DateTimeFormat(localeOf(language), { timeZone, calendar: "gregory", dateStyle: "long" })
})
// Formatting takes longer than looking up, and pages of a place show the same dates.
const writeDate = memo((time: number, language: string, timeZone: string) => {
  const date = dateFormat(language, timeZone).format(time)
  const { dateEnd } = languageOf(language)
  return dateEnd === undefined ? date : date.replace(new RegExp(`${dateEnd}$`), "")
})
/** The Open Graph locale, such as `fr_FR`. If the language has no territory, its most likely one is added. */
export const openGraphLocale = memo((language: string): string => {
  const { language: code, region } = new Intl.Locale(localeOf(language)).maximize()
  return languageOf(language).openGraph ?? `${code}_${region}`
})

/** A language's writing direction, for the `dir` attribute. */
export const direction = memo(
  (language: string): "ltr" | "rtl" => new Intl.Locale(language).getTextInfo().direction ?? "ltr",
)

/** A time as a date in the site's time zone: 25 April 2003. */
export const formatDate = (time: number, language: string, site: SiteConfig) => writeDate(time, language, site.timeZone)

/** An hour of the day, and the name of the site's time zone: 06:00, Central European Time. */
export function formatHour(hour: number, language: string, site: SiteConfig): { time: string; zone: string } {
  const locale = localeOf(language)
  const time = new Intl.DateTimeFormat(locale, { timeZone: "UTC", timeStyle: "short" }).format(hour * 3_600_000)
  const parts = new Intl.DateTimeFormat(locale, {
    timeZone: site.timeZone,
    timeZoneName: "longGeneric",
  }).formatToParts(Date.now())
  return { time, zone: parts.find(({ type }) => type === "timeZoneName")?.value ?? site.timeZone }
}

/** How many years ago: 23 years ago. */
export const formatAge = (years: number, language: string): string => ageFormat(language).format(-years, "year")

/** How soon to try again, in minutes or hours: in 12 minutes. */
export function formatWait(seconds: number, language: string): string {
  const minutes = Math.ceil(seconds / 60)
  const format = ageFormat(language)
  return minutes < 120 ? format.format(minutes, "minute") : format.format(Math.ceil(minutes / 60), "hour")
}

/** A number in the language's digits and grouping. */
export const formatNumber = (value: number, language: string): string => numberFormat(language).format(value)

/** Names listed as in a sentence: A, B and C. */
export function formatList(items: readonly string[], language: string): string {
  return items.length < 2 ? (items[0] ?? "") : listFormat(language).format(items)
}

/** The price charged per interval. `amount`: in the currency's smallest unit as defined by Stripe. */
export type Price = SiteConfig["membership"]["price"]

/** A price with its interval: US$5 a month. */
export function formatPrice({ amount, currency, interval }: Price, language: string): string {
  const price = formatAmount(amount, currency, language)
  return message(language, interval === "month" ? "perMonth" : "perYear", { price })
}

// Stripe's smallest currency units, which differ from ICU's: https://docs.stripe.com/currencies#minor-units
const zeroDecimal = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "))
const threeDecimal = new Set("BHD JOD KWD OMR TND".split(" "))
/** These have no fractions, but Stripe expects two decimals for backward compatibility. */
const wholeHundreds = new Set(["ISK", "UGX"])

/** The decimals of a currency's smallest unit at Stripe, and the step that every amount must be a multiple of. */
export function stripeUnits(currency: string): { readonly decimals: 0 | 2 | 3; readonly step: 1 | 10 | 100 } {
  if (zeroDecimal.has(currency)) return { decimals: 0, step: 1 }
  if (threeDecimal.has(currency)) return { decimals: 3, step: 10 }
  return { decimals: 2, step: wholeHundreds.has(currency) ? 100 : 1 }
}

/**
 * Formats an amount in Stripe's smallest unit with an unambiguous currency symbol: US$4.50, 4,50 $US. In right-to-left
 * text, the symbol and the whole price are isolated, or the bidirectional algorithm would turn "US$" into "$US".
 */
export const formatAmount = memo((amount: number, currency: string, language: string): string => {
  const { decimals } = stripeUnits(currency)
  const value = amount / 10 ** decimals
  const digits = Number.isInteger(value) ? 0 : decimals
  const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
  const format = new Intl.NumberFormat(localeOf(language), options)
  if (direction(language) === "ltr") return format.format(value)
  const parts = format.formatToParts(value)
  return `\u2067${parts.map((part) => (part.type === "currency" ? `\u2068${part.value}\u2069` : part.value)).join("")}\u2069`
})

/** The name of a language or currency in `language` (`fr` in `en`: French), or its code if Intl has no name. */
const nameOf = memo((code: string, language: string, type: "language" | "currency"): string => {
  return new Intl.DisplayNames([language], { type }).of(code) ?? code
})
export const languageName = (code: string, language: string) => nameOf(code, language, "language")
export const currencyName = (code: string, language: string) => nameOf(code, language, "currency")
/** A language's name in that language: français, العربية. */
export const ownLanguageName = (code: string) => languageName(code, code)
