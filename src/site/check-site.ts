// The mistakes of a publisher in config.ts, all at once, each with how to mend it.
import { stripeUnits } from "./currency.ts"
import { countryByCode } from "./places.ts"
import { reservedSegments } from "./reserved.ts"
import type { Localised, SiteConfig } from "./site.ts"
import { isSlug } from "./slug-rule.ts"

/** What is wrong with a site's config, one sentence a mistake; empty when nothing is. */
export function checkSite(site: SiteConfig): string[] {
  return [
    ...checkOrigin(site.origin),
    ...checkTimeZone(site.timeZone),
    ...checkLanguages(site.languages),
    ...checkRegions(site),
    ...Object.keys(site.topics).flatMap((slug) => checkSlug(`topics.${slug}`, slug)),
    ...Object.entries(site.rights).flatMap(([id, profile]) => checkContact(`rights.${id}.contact`, profile.contact)),
    ...checkContact("contact", `mailto:${site.contact}`),
    ...checkTexts(site),
    ...checkPrice(site.membership.price),
    ...checkStripePrice(site.membership.stripePrice),
    ...checkHour("newsletter", site.newsletter.hour),
    ...checkHour("digest", site.digest.hour),
  ]
}

function checkOrigin(origin: string): string[] {
  const parsed = URL.canParse(origin) ? new URL(origin) : null
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.origin === origin) return []
  return [`origin: "${origin}" is no origin — write scheme and host alone, as in "https://example.org"`]
}

function checkTimeZone(timeZone: string): string[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone })
    return []
  } catch {
    return [`timeZone: "${timeZone}" is no time zone — write an IANA name, as in "Europe/Zurich"`]
  }
}

function checkLanguages(languages: readonly string[]): string[] {
  const mistakes: string[] = []
  if (languages.length === 0) mistakes.push("languages: there is none — name at least the default one")
  for (const [index, language] of languages.entries()) {
    const where = `languages: "${language}"`
    if (!isLanguage(language)) mistakes.push(`${where} is no language code — write BCP 47, as in "en" or "pt-BR"`)
    if (reservedSegments.has(language.toLowerCase()))
      mistakes.push(`${where} is the address of a page — choose another code`)
    if (languages.indexOf(language) !== index) mistakes.push(`${where} stands there twice — leave one`)
  }
  return mistakes
}

function isLanguage(code: string): boolean {
  try {
    return Intl.getCanonicalLocales(code)[0] === code
  } catch {
    return false
  }
}

function checkRegions(site: SiteConfig): string[] {
  const mistakes: string[] = []
  const languages = new Set(site.languages.map((language) => language.toLowerCase()))
  const regionOf = new Map<string, string>()
  for (const [region, { countries }] of Object.entries(site.regions)) {
    const where = `regions.${region}`
    mistakes.push(...checkSlug(where, region))
    if (reservedSegments.has(region))
      mistakes.push(`${where}: /${region} is a page of the site's own — choose another name`)
    if (languages.has(region)) mistakes.push(`${where}: /${region} is the address of a language — choose another name`)
    for (const code of countries) {
      const other = regionOf.get(code)
      if (!countryByCode(code))
        mistakes.push(`${where}: "${code}" is no country — write ISO 3166-1 alpha-2, as in "TJ"`)
      else if (other === region) mistakes.push(`${where}: ${code} stands there twice — leave one`)
      else if (other) mistakes.push(`${where}: ${code} is in ${other} too — a country belongs to one region`)
      else regionOf.set(code, region)
    }
  }
  return mistakes
}

function checkSlug(where: string, slug: string): string[] {
  return isSlug(slug) ? [] : [`${where}: "${slug}" cannot stand in an address — write a-z, 0-9 and hyphens`]
}

function checkContact(where: string, address: string): string[] {
  if (/^mailto:[^\s@?]+@[^\s@?]+$/.test(address)) return []
  if (URL.canParse(address) && new URL(address).protocol === "https:") return []
  return [`${where}: "${address.replace(/^mailto:/, "")}" is no address to write to — an e-mail or https: address`]
}

function checkTexts(site: SiteConfig): string[] {
  const texts: [string, Localised][] = [
    ["tagline", site.tagline],
    ["newsletter.name", site.newsletter.name],
    ["digest.name", site.digest.name],
    ...Object.entries(site.regions).map(([id, { name }]): [string, Localised] => [`regions.${id}.name`, name]),
    ...Object.entries(site.topics).map(([id, name]): [string, Localised] => [`topics.${id}`, name]),
    ...Object.entries(site.rights).map(([id, { note }]): [string, Localised] => [`rights.${id}.note`, note]),
  ]
  const language = site.languages[0]
  return texts
    .filter(([, text]) => !Object.hasOwn(text, language) || text[language]?.trim() === "")
    .map(([where]) => `${where}: there is no text in "${language}" — the default language needs one`)
}

function checkPrice({ amount, currency }: SiteConfig["membership"]["price"]): string[] {
  const mistakes: string[] = []
  const { decimals, step } = stripeUnits(currency)
  const unit = decimals === 0 ? currency : `1/${10 ** decimals} ${currency}`
  if (!Number.isSafeInteger(amount) || amount <= 0)
    mistakes.push(
      `membership.price.amount: ${amount} is not a price — write a positive whole number, in units of ${unit}`,
    )
  else if (amount % step !== 0)
    mistakes.push(
      `membership.price.amount: Stripe does not charge ${amount} in ${currency} — write a multiple of ${step} (the unit is ${unit})`,
    )
  if (!Intl.supportedValuesOf("currency").includes(currency))
    mistakes.push(`membership.price.currency: "${currency}" is no currency — write ISO 4217, as in "USD"`)
  return mistakes
}

function checkStripePrice(id: string | undefined): string[] {
  if (id === undefined || /^price_\w+$/.test(id)) return []
  return [`membership.stripePrice: "${id}" is no price's id — copy it from Stripe's dashboard, as in "price_1N…"`]
}

function checkHour(where: string, hour: number): string[] {
  return Number.isInteger(hour) && hour >= 0 && hour <= 23 ? [] : [`${where}.hour: ${hour} is no hour — write 0 to 23`]
}
