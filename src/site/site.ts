// The shape of a publication's configuration: what every room may know of the site it serves.

/** A text in each language of the site, by BCP 47 code; the default language is always there. */
export type Localised = Readonly<Record<string, string>>

/** Who holds the rights to a text, and what others may do with it. */
export interface RightsProfile {
  readonly holder: string
  /** The note that stands under the article, as plain text. */
  readonly note: Localised
  /** Where to ask: an https: or mailto: address. */
  readonly contact: string
  /** May others republish the text? Then the page carries a republish box. */
  readonly republish: boolean
}

export interface Region {
  readonly name: Localised
  /** ISO 3166-1 alpha-2 codes (and the stated extras, e.g. XK) of the countries that belong to the region. */
  readonly countries: readonly string[]
}

export interface SiteConfig {
  readonly name: string
  readonly tagline: Localised
  /** Scheme, host and port, no slash at the end. Locally the start command sets its own. */
  readonly origin: string
  /** IANA zone: what a date without a zone means, and the zone that pages print. */
  readonly timeZone: string
  /** BCP 47 codes; the first is the default and has no prefix in addresses. */
  readonly languages: readonly [string, ...string[]]
  /** The newsroom's e-mail address. */
  readonly contact: string
  readonly regions: Readonly<Record<string, Region>>
  /** Names of topics by slug, where the slug alone does not read well. */
  readonly topics: Readonly<Record<string, Localised>>
  readonly membership: {
    /** amount: in the currency's smallest unit as Stripe counts it (`currency.ts`): 500 is US$5, ¥500 or 5 krónur. */
    readonly price: { readonly amount: number; readonly currency: string; readonly interval: "month" | "year" }
    /** The id of a price at Stripe, `price_…`. No Checkout opens unless it charges exactly `price`. Without it Checkout uses `price`. */
    readonly stripePrice?: string
  }
  /** hour: of the morning, 0–23, in the site's zone. */
  readonly newsletter: { readonly name: Localised; readonly hour: number }
  readonly digest: { readonly name: Localised; readonly hour: number }
  readonly rights: Readonly<Record<string, RightsProfile>>
}

/** The default language: the one without a prefix. */
export function defaultLanguage(site: SiteConfig): string {
  return site.languages[0]
}

/** A localised text in `language`, else in the site's default language. */
export function inLanguage(text: Localised, language: string, site: SiteConfig): string {
  return text[language] ?? text[site.languages[0]] ?? ""
}
