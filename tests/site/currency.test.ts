import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { renderJoinPage } from "../../src/render/join-page.ts"
import { checkConfig } from "../../src/site/config-schema.ts"
import { formatAmount, formatPrice } from "../../src/site/messages.ts"

/** https://docs.stripe.com/currencies: Stripe's currencies, by the decimals that its API uses. */
const currencies = {
  0: "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF",
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK
    DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP
    LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
    RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD XCG YER ZAR ZMW`,
  3: "BHD JOD KWD OMR TND",
} as const
const all = Object.entries(currencies).flatMap(([decimals, codes]) =>
  codes.split(/\s+/).map((currency) => ({ currency, decimals: Number(decimals) })),
)
const languages = ["en", "fr", "ar", "ru"]

/** The number in a text, whatever its separators. */
function numberIn(text: string, language: string): number {
  const digits = /\d[\d,.\u00a0\u202f]*/.exec(text)?.[0].trim() ?? ""
  return Number(
    language === "fr" || language === "ru" ? digits.replace(/\s/g, "").replace(",", ".") : digits.replace(/[,\s]/g, ""),
  )
}

describe.each(languages)("an amount in %s", (language) => {
  it.each(all)("is what Stripe charges in $currency", ({ currency, decimals }) => {
    const unit = 10 ** decimals
    expect(numberIn(formatAmount(7 * unit, currency, language), language)).toBe(7)
    expect(formatAmount(7 * unit, currency, language)).not.toMatch(/7[.,]/)
    expect(numberIn(formatAmount(1234 * unit, currency, language), language)).toBe(1234)
    if (decimals > 0) expect(numberIn(formatAmount(7.5 * unit, currency, language), language)).toBe(7.5)
  })

  it("has a symbol that no other currency shares", () => {
    const texts = all.map(({ currency, decimals }) => formatAmount(7 * 10 ** decimals, currency, language))
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([])
  })
})

it("isolates amount and symbol in right-to-left text, so that nothing reorders them", () => {
  for (const { currency } of all)
    expect(formatAmount(123_456_000, currency, "ar")).toMatch(
      /^\u2067\u200f?[\d.,]+\u00a0\u2068[^\u2066-\u2069]+\u2069\u200f?\u2069$/,
    )
  expect(formatAmount(500, "USD", "ar")).toContain("\u2068US$\u2069")
})

it.each([
  [500, "USD", "US$5", "5 $US"],
  [450, "USD", "US$4.50", "4,50 $US"],
  [500, "ISK", "ISK 5", "5 ISK"],
  [500, "UGX", "UGX 5", "5 UGX"],
  [500, "JPY", "JP¥500", "500 JPY"],
  [5120, "KWD", "KWD 5.120", "5,120 KWD"],
  [175_050, "HUF", "HUF 1,750.50", "1 750,50 HUF"],
  [500, "LAK", "LAK 5", "5 LAK"],
])("formats %i %s as %s and %s", (amount, currency, english, french) => {
  const spaced = (language: string) => formatAmount(amount, currency, language).replace(/\s/g, " ")
  expect([spaced("en"), spaced("fr")]).toEqual([english, french])
})

describe("the site's price", () => {
  const withPrice = (amount: number, currency: string) => ({
    ...config,
    membership: { price: { amount, currency, interval: "month" as const } },
  })

  it.each(all)("may be in $currency", ({ currency }) => {
    expect(checkConfig(withPrice(5000, currency))).toEqual([])
  })

  it.each([
    [450, "ISK", "multiple of 100"],
    [450, "UGX", "multiple of 100"],
    [5123, "KWD", "multiple of 10 "],
    [4.5, "USD", "units of 1/100 USD"],
    [4.5, "JPY", "units of JPY"],
  ])("is refused if Stripe would refuse it: %d %s", (amount, currency, hint) => {
    expect(checkConfig(withPrice(amount, currency))).toMatchObject([
      { field: "membership.price.amount", fix: expect.stringContaining(hint) },
    ])
  })

  it.each(languages)("appears on the join page as everywhere else, in %s", (language) => {
    for (const [amount, currency] of [
      [500, "USD"],
      [500, "ISK"],
      [5120, "KWD"],
      [500, "JPY"],
    ] as const) {
      const site = withPrice(amount, currency)
      const price = formatPrice(site.membership.price, language)
      expect(
        renderJoinPage(
          { language, checkout: true, isMember: false, sample: { latest: null, newest: [] }, gifts: 20 },
          site,
        ),
      ).toContain(`<h2>${price}</h2>`)
    }
  })
})
