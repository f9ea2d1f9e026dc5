// How Stripe counts money. Its smallest units are not ICU's: https://docs.stripe.com/currencies#minor-units

const zeroDecimal = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "))
const threeDecimal = new Set("BHD JOD KWD OMR TND".split(" "))
/** Have no fractions, but are sent with two decimals, for Stripe's older integrations. */
const wholeHundreds = new Set(["ISK", "UGX"])

/** The decimals of a currency's smallest unit at Stripe, and what every charged amount is a multiple of. */
export function stripeUnits(currency: string): { readonly decimals: 0 | 2 | 3; readonly step: 1 | 10 | 100 } {
  if (zeroDecimal.has(currency)) return { decimals: 0, step: 1 }
  if (threeDecimal.has(currency)) return { decimals: 3, step: 10 }
  return { decimals: 2, step: wholeHundreds.has(currency) ? 100 : 1 }
}
