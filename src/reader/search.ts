// Builds the search page.
import { renderSearchPage } from "../render/search-page.ts"
import { noChanges } from "../store/rows.ts"
import { readSought, searchArticles } from "../store/search.ts"
import { pageSize } from "./articles.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"
import type { Parameters } from "./target.ts"

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
  const body = renderSearchPage({ language, query: query ?? "", page, region, topic, ...shown }, site)
  return { ...openPage, kind: "search", changes, tags: ["q:"], body }
}
