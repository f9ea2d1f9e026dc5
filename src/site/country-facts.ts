// Facts about countries. They have their own module because only country pages show them.
import { factRows } from "./country-facts.generated.ts"

export interface Facts {
  /** English names. South Africa has three capitals. */
  readonly capitals: readonly string[]
  /** In km². */
  readonly area?: number
  /** BCP 47 codes, with English names for the languages that workerd's Intl cannot name. */
  readonly languages: readonly { readonly code: string; readonly english: string | undefined }[]
  /** ISO 4217 code of the first currency. */
  readonly currency?: string
  /** Codes of the countries that share a land border with this one. */
  readonly neighbours: readonly string[]
}

const byCode = new Map(factRows.map((row) => [row[0], row]))

/** The facts about a country, by its ISO 3166-1 alpha-2 code. */
export function factsOf(country: string): Facts {
  const [, capital = "", area = 0, languages = "", currencies = "", neighbours = ""] = byCode.get(country) ?? []
  return {
    capitals: capital.split(", ").filter(Boolean),
    area: area > 0 ? area : undefined,
    languages: languages.split(",").flatMap((written) => {
      const [code, english] = written.split(":")
      return code ? { code, english } : []
    }),
    currency: currencies.split(" ")[0] || undefined,
    neighbours: neighbours.split(" ").filter(Boolean),
  }
}
