// Builds the search page.
import { renderSearchPage } from "../render/search-page.ts"
import { listingKey } from "../site/format-address.ts"
import { countListed } from "../store/listings.ts"
import { noChanges } from "../store/rows.ts"
import { readSought, searchArticles } from "../store/search.ts"
import { pageSize } from "./articles.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"
import type { Parameters } from "./request-target.ts"

/** Search results, or the empty search page. */
export async function buildSearch(context: PageContext, language: string, parameters: Parameters): Promise<Page> {
  const { site, catalogue, now } = context
  const { query, page, region, topic } = parameters
  const sought = query === null ? null : readSought(query, language)
  const found =
    sought === null
      ? { results: [], more: false, count: 0, capped: false, changes: noChanges }
      : await searchArticles(catalogue, { sought, region, topic, page, size: pageSize }, now)
  if (found.results.length === 0 && page > 1) return messagePage(site, language, 404, ["q:"], found.changes)
  const { changes, ...shown } = found
  const missed = query !== null && found.results.length === 0
  const suggested = missed ? await suggestTopics(context, language) : { topics: [], changes }
  const view = { language, query: query ?? "", page, region, topic, ...shown, topics: suggested.topics }
  return { ...openPage, kind: "search", changes: suggested.changes, tags: ["q:"], body: renderSearchPage(view, site) }
}

/** The topics in the config that have articles in this language. Takes one D1 round trip. */
async function suggestTopics({ site, catalogue, now }: PageContext, language: string) {
  const listingOf = (slug: string) => listingKey({ kind: "topic", language, slug })
  const slugs = Object.keys(site.topics)
  const { counts, changes } = await countListed(catalogue, { listings: slugs.map(listingOf), most: 1 }, now)
  const known = slugs.filter((slug) => counts.get(listingOf(slug)))
  return { topics: known.map((slug) => ({ slug, name: slug })), changes }
}
