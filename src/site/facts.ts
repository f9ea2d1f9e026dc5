// Facts about the countries, in a module of their own: only a country's page shows them.
import { factRows } from "./facts.generated.ts"

export interface Facts {
  /** In English; South Africa has three. */
  readonly capitals: readonly string[]
  /** km² */
  readonly area?: number
  /** BCP 47 codes. */
  readonly languages: readonly string[]
  /** ISO 4217 code of the first currency. */
  readonly currency?: string
  /** Codes of the countries with a land border with this one. */
  readonly neighbours: readonly string[]
}

const byCode = new Map(factRows.map((row) => [row[0], row]))

/** What is known of a country, by its ISO 3166-1 alpha-2 code. */
export function factsOf(country: string): Facts {
  const [, capital = "", area = 0, languages = "", currencies = "", neighbours = ""] = byCode.get(country) ?? []
  return {
    capitals: capital.split(", ").filter(Boolean),
    area: area > 0 ? area : undefined,
    languages: languages.split(" ").filter(Boolean),
    currency: currencies.split(" ")[0] || undefined,
    neighbours: neighbours.split(" ").filter(Boolean),
  }
}
