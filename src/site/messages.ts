// The interface in the reader's language: texts, and dates, numbers and prices by Intl.
import { arabic } from "./messages-ar.ts"
import { english, type MessageKey, type Text } from "./messages-en.ts"
import { french } from "./messages-fr.ts"
import type { SiteConfig } from "./site.ts"

export type { MessageKey } from "./messages-en.ts"

const translations = new Map<string, Readonly<Record<MessageKey, Text>>>([
  ["en", english],
  ["fr", french],
  ["ar", arabic],
])

// "en" alone means American dates to Intl; our English is the one of the United Nations.
const locales = new Map([["en", "en-GB"]])

type Parameters = Readonly<Record<string, string | number>>
const none: Parameters = {}

/**
 * The function that reads texts of these tables; English where a language has none. `{name}` becomes the parameter of that
 * name, as plain text (the page escapes it). `count`, a number, chooses the plural form and is written in the language's
 * digits.
 */
export function createMessages<Key extends string>(tables: ReadonlyMap<string, Readonly<Record<Key, Text>>>) {
  const fallback = tables.get("en")
  if (fallback === undefined) throw new Error("texts need an English table")
  return (language: string, key: Key, parameters: Parameters = none): string => {
    const text: Text = (tables.get(language) ?? tables.get(baseOf(language)) ?? fallback)[key]
    const form = typeof text === "string" ? text : pluralForm(text, language, parameters.count)
    if (!form.includes("{")) return form
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
      return typeof value === "number" ? formatNumber(value, language) : (value ?? whole)
    })
  }
}

/** A text of the pages' interface. */
export const message = createMessages<MessageKey>(translations)

function baseOf(language: string): string {
  return language.split("-", 1)[0] as string
}

function pluralForm(text: Exclude<Text, string>, language: string, count: string | number | undefined): string {
  if (typeof count !== "number") return text.other
  const rules = keep(`plural ${language}`, () => new Intl.PluralRules(localeOf(language)))
  return text[rules.select(count)] ?? text.other
}

// Building an Intl object costs more than using it a thousand times; names and prices, of which there are few, are kept too.
const kept = new Map<string, unknown>()

function keep<T>(key: string, make: () => T): T {
  let value = kept.get(key) as T | undefined
  if (value === undefined) {
    value = make()
    kept.set(key, value)
  }
  return value
}

function localeOf(language: string): string {
  return locales.get(language) ?? language
}

const rightToLeft = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])

/** The direction that a language is written in, for `dir`. */
export function direction(language: string): "ltr" | "rtl" {
  return rightToLeft.has(baseOf(language)) ? "rtl" : "ltr"
}

/** A moment as a day in the site's time zone: 25 April 2003. */
export function formatDate(time: number, language: string, site: SiteConfig): string {
  return dateFormat(language, site.timeZone).format(time)
}

/** A day as written in front matter (`2003-04-25`); the text itself when it is no date. */
export function formatDay(day: string, language: string): string {
  const time = Date.parse(day.slice(0, 10))
  return Number.isNaN(time) ? day : dateFormat(language, "UTC").format(time)
}

function dateFormat(language: string, timeZone: string): Intl.DateTimeFormat {
  const options = { timeZone, calendar: "gregory", dateStyle: "long" } as const
  return keep(`date ${language} ${timeZone}`, () => new Intl.DateTimeFormat(localeOf(language), options))
}

/** How long ago, in the largest whole unit of years, months or days: 23 years ago. */
export function formatAge(time: number, now: number, language: string): string {
  const days = Math.max(0, Math.floor((now - time) / 86_400_000))
  const format = keep(`age ${language}`, () => new Intl.RelativeTimeFormat(localeOf(language), { numeric: "always" }))
  const years = Math.floor(days / 365.25)
  if (years > 0) return format.format(-years, "year")
  const months = Math.floor(days / 30.44)
  return months > 0 ? format.format(-months, "month") : format.format(-days, "day")
}

/** A number in the language's digits and grouping. */
export function formatNumber(value: number, language: string): string {
  return keep(`number ${language}`, () => new Intl.NumberFormat(localeOf(language))).format(value)
}

/** Names as a sentence has them: A, B and C. */
export function formatList(items: readonly string[], language: string): string {
  if (items.length < 2) return items[0] ?? ""
  return keep(`list ${language}`, () => new Intl.ListFormat(localeOf(language), { type: "conjunction" })).format(items)
}

/** The membership's price with its interval: $5 a month. */
export function formatPrice(site: SiteConfig, language: string): string {
  const { amount, currency, interval } = site.membership.price
  const options = {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    trailingZeroDisplay: "stripIfInteger",
  }
  const price = keep(`price ${language} ${amount} ${currency}`, () => {
    const format = new Intl.NumberFormat(localeOf(language), options as Intl.NumberFormatOptions)
    // The smallest unit is a hundredth of a dollar, but a whole yen.
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
  })
  return message(language, interval === "month" ? "perMonth" : "perYear", { price })
}

/** A language's name in another (`fr`, in `en`: French); the code where the platform has none. */
export function languageName(code: string, language: string): string {
  return nameOf("language", code, language)
}

/** A language's name for itself: français, العربية. */
export function ownLanguageName(code: string): string {
  return nameOf("language", code, code)
}

/** A currency's name in a language; the code where the platform has none. */
export function currencyName(code: string, language: string): string {
  return nameOf("currency", code, language)
}

function nameOf(type: "language" | "currency", code: string, language: string): string {
  return keep(`${type} ${code} ${language}`, () => {
    return keep(`${type} ${language}`, () => new Intl.DisplayNames([language], { type })).of(code) ?? code
  })
}
