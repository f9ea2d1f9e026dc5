// The data given to the peers, read from our own site's articles and config.
import { marked } from "marked"
import config from "../../dateline.config.ts"
import { sheets } from "../../src/render/style.ts"
import { direction, formatPrice, ownLanguageName } from "../../src/site/messages.ts"
import { countryBySlug, countryName, regionName } from "../../src/site/places.ts"
import { inLanguage } from "../../src/site/site.ts"
import { slugify } from "../../src/site/slug.ts"
import type { Generated } from "../corpus.ts"
import type { Shared, SharedSite } from "./peer.ts"

/** The first article, with four others as on our page: from its country or, if that has too few, from elsewhere. */
export function readShared(made: readonly Generated[]): Shared {
  const [first, ...rest] = made
  if (first === undefined) throw new Error("no article was made")
  const folder = first.path.slice(0, first.path.lastIndexOf("/") + 1)
  const near = rest.filter(({ path }) => path.startsWith(folder))
  const others = [...near, ...rest.filter((one) => !near.includes(one))].slice(0, 4)
  const article = readArticle(first)
  return {
    ...article,
    ...readPlace(first.path),
    html: marked(article.text, { async: false }),
    words: article.text.split(/\s+/).length,
    menu: Object.keys(config.regions),
    others: others.map((one, index) => {
      const { path, title, summary, date } = readArticle(one)
      return { path, slug: `other-${index}`, title, summary, date }
    }),
    site: describeSite(),
    style: sheets.base + sheets.story,
  }
}

function readArticle({ path, source }: Generated) {
  const field = (name: string) => new RegExp(`^${name}: "?(.*?)"?$`, "m").exec(source)?.[1] ?? ""
  const list = (name: string) => field(name).slice(1, -1).split(", ")
  const [name = ""] = list("authors")
  return {
    path,
    title: field("title"),
    summary: field("summary"),
    date: field("date"),
    author: { slug: slugify(name), name },
    topics: list("topics"),
    text: source.replace(/^---\n[\s\S]*?\n---\n/, ""),
  }
}

function readPlace(path: string): Pick<Shared, "region" | "country"> {
  const [, region = "", slug = ""] = path.split("/")
  const country = countryBySlug(slug)
  if (country === null) throw new Error(`${path} is not in a country`)
  const { latitude, longitude } = country
  return {
    region: { slug: region, name: regionName(region, "en", config) },
    country: { slug, name: countryName(country, "en"), latitude, longitude },
  }
}

function describeSite(): SharedSite {
  const { name, tagline, origin, contact, digest } = config
  return {
    ...{ name, origin, contact },
    tagline: inLanguage(tagline, "en", config),
    digest: inLanguage(digest.name, "en", config),
    price: formatPrice(config.membership.price, "en"),
    regions: Object.keys(config.regions).map((slug) => ({ slug, name: regionName(slug, "en", config) })),
    languages: config.languages
      .filter((tag) => tag !== "en")
      .map((tag) => ({ tag, name: ownLanguageName(tag), dir: direction(tag) })),
  }
}
