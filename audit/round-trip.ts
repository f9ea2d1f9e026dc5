// Checks that each part of a page says what was written: title, meta tags, cards, JSON-LD, headings, captions, feeds.
import { attribute, printable, readPage, textOf } from "../tests/render/sample.ts"
import type { HostileArticle, Place } from "./xss-articles.ts"

/** Reads every article as a browser does. @returns parse errors, and parts that say something else */
export async function checkRoundTrips(origin: string, articles: readonly HostileArticle[]): Promise<string[]> {
  const faults: string[] = []
  for (const article of articles) {
    const response = await fetch(origin + article.path)
    if (response.status !== 200) faults.push(`${article.path} answers ${response.status}`)
    else faults.push(...compareParts(article, await response.text()).map((fault) => `${article.path} ${fault}`))
  }
  return faults
}

function compareParts({ payload, held }: HostileArticle, page: string): string[] {
  const { errors, named, withClass, jsonLd } = readPage(page)
  const meta = (name: string) =>
    attribute(
      named("meta").find((one) => attribute(one, "name") === name || attribute(one, "property") === name),
      "content",
    )
  const parts: [Place, string, string | undefined][] = [
    ["title", "h1", textOf(named("h1")[0])],
    ["title", "title", textOf(named("title")[0]).replace(/ \| [^|]*$/, "")],
    ["title", "og:title", meta("og:title")],
    ["title", "headline", jsonLd[0]?.headline],
    ["summary", "standfirst", textOf(withClass("standfirst")[0])],
    ["summary", "description", meta("description")],
    ["summary", "og:description", meta("og:description")],
    ["summary", "description of JSON-LD", jsonLd[0]?.description],
    ["image.caption", "figcaption", textOf(named("figcaption")[0])],
    ["topics", "keywords", jsonLd[0]?.keywords?.[0]],
  ]
  // In front matter, a line separator is a space (article/yaml.ts). White space at the ends is not part of a text.
  const written = printable(payload.replace(/[\u2028\u2029]/g, " ")).trim()
  const same = (said = "") => printable(said).trim() === written
  const wrong = parts.filter(([place, , said]) => held.has(place) && !same(said))
  return [...errors, ...wrong.map(([, part, said]) => `${part} says ${JSON.stringify(said)}`)]
}
