// The publication's configuration as the code reads it.
import type { InferOutput } from "valibot"
import type { ConfigSchema } from "./config-schema.ts"

export type SiteConfig = Readonly<InferOutput<typeof ConfigSchema>>

/** The default language: the one without a prefix in addresses. */
export function defaultLanguage(site: SiteConfig): string {
  return site.languages[0]
}

/** A text in `language`, else in the site's default language. */
export function inLanguage(text: Readonly<Record<string, string>>, language: string, site: SiteConfig): string {
  return text[language] ?? text[site.languages[0]] ?? ""
}
