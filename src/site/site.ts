// The type of the publication's configuration, and helpers for its languages.
import type { InferOutput } from "valibot"
import type { ConfigSchema } from "./config-schema.ts"

export type SiteConfig = Readonly<InferOutput<typeof ConfigSchema>>

/** The default language: the one without a prefix in addresses. */
export const defaultLanguage = (site: SiteConfig): string => site.languages[0]

/** A text in `language`, or in the site's default language if there is none. */
export function inLanguage(text: Readonly<Record<string, string>>, language: string, site: SiteConfig): string {
  return text[language] ?? text[site.languages[0]] ?? ""
}
