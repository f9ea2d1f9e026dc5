// The type of the publication's configuration, and its texts in a language.
import type { InferOutput } from "valibot"
import type { ConfigSchema } from "./config-schema.ts"

export type SiteConfig = Readonly<InferOutput<typeof ConfigSchema>>

/** A text in `language`, or in the site's default language if there is none. */
export function inLanguage(text: Readonly<Record<string, string>>, language: string, site: SiteConfig): string {
  return text[language] ?? text[site.languages[0]] ?? ""
}
