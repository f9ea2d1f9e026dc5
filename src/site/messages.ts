// The interface in the reader's language: texts, and dates, numbers and prices by Intl.
import { stripeUnits } from "./currency.ts"
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

/** When to try again: in 12 minutes. */
export function formatWait(seconds: number, language: string): string {
  const minutes = Math.ceil(seconds / 60)
  const format = new Intl.RelativeTimeFormat(localeOf(language))
  return minutes < 120 ? format.format(minutes, "minute") : format.format(Math.ceil(minutes / 60), "hour")
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

/** What is charged each interval. `amount`: in Stripe's smallest unit of the currency. */
export type Price = SiteConfig["membership"]["price"]

/** A price with its interval: US$5 a month. */
export function formatPrice({ amount, currency, interval }: Price, language: string): string {
  const price = formatAmount(amount, currency, language)
  return message(language, interval === "month" ? "perMonth" : "perYear", { price })
}

/**
 * An amount in Stripe's smallest unit, with a symbol that no other currency shares: US$4.50, 4,50 $US. From right to left the
 * symbol is isolated, which the bidirectional algorithm would else turn into "$US", and so is the whole.
 */
export function formatAmount(amount: number, currency: string, language: string): string {
  return keep(`amount ${language} ${currency} ${amount}`, () => {
    const { decimals } = stripeUnits(currency)
    const value = amount / 10 ** decimals
    const digits = Number.isInteger(value) ? 0 : decimals
    const options = {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    } as const
    const format = new Intl.NumberFormat(localeOf(language), options)
    if (direction(language) === "ltr") return format.format(value)
    const parts = format.formatToParts(value)
    return `\u2067${parts.map((part) => (part.type === "currency" ? `\u2068${part.value}\u2069` : part.value)).join("")}\u2069`
  })
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
