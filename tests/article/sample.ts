// A small site, and an article file that tests can change.
import { parseArticle } from "../../src/article/parse.ts"
import type { SiteConfig } from "../../src/site/site.ts"

export const site: SiteConfig = {
  name: "Sample",
  tagline: { en: "A sample" },
  origin: "https://sample.example",
  timeZone: "Europe/Zurich",
  languages: ["en", "fr", "pt-BR"],
  contact: "desk@sample.example",
  regions: {
    asia: { name: { en: "Asia" }, countries: ["TJ", "KG", "JP"] },
    africa: { name: { en: "Africa" }, countries: ["CI", "SD"] },
  },
  topics: {},
  membership: { price: { amount: 500, currency: "USD", interval: "month" } },
  newsletter: { name: { en: "News" }, hour: 6 },
  digest: { name: { en: "Digest" }, hour: 6 },
  rights: {
    "un-irin": { holder: "UN", note: { en: "A note." }, contact: "https://example.org/", republish: false },
  },
}

export const file = "asia/tajikistan/summit.md"

/** A valid file; `keys` are additional lines of front matter. */
export function write(body: string, ...keys: string[]): string {
  return ["---", "title: A title", "summary: A summary", "date: 2003-04-25", ...keys, "---", body].join("\n")
}

/** The article of a valid file. */
export function parse(body: string, ...keys: string[]) {
  return parseAt(file, write(body, ...keys))
}

export function parseAt(path: string, source: string | Uint8Array) {
  const { article, problems } = parseArticle(path, source, site)
  if (article === null) throw new Error(problems.map((problem) => JSON.stringify(problem)).join("\n"))
  return article
}

/** The mistakes in a file, one per line: `line:column field: message — fix`. */
export function mistakes(source: string | Uint8Array, path = file): string[] {
  return parseArticle(path, source, site).problems.map(
    ({ line, column, field, message, fix }) => `${line}:${column} ${field}: ${message} — ${fix}`,
  )
}
