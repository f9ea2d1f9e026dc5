// Mistakes that show only between articles: links that lead nowhere, translations of nothing, addresses that clash.
import { formatAddress, parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Article } from "./article.ts"
import type { Problem } from "./problem.ts"

const link = /\]\(\s*(\/[^\s)#?]*)/g

/**
 * Checks articles against each other and what is live.
 * @param known addresses of live articles
 */
export function checkArticles(articles: readonly Article[], known: ReadonlySet<string>, site: SiteConfig): Problem[] {
  const paths = new Set([...known, ...articles.map((article) => article.path)])
  const owners = new Map<string, string>()
  const aliases = new Set(articles.flatMap((article) => article.front.aliases))
  return articles.flatMap((article) => [
    ...checkLinks(article, paths, aliases, site),
    ...checkTranslation(article, paths, site),
    ...checkAliases(article, paths, owners),
  ])
}

function checkLinks(
  article: Article,
  paths: ReadonlySet<string>,
  aliases: ReadonlySet<string>,
  site: SiteConfig,
): Problem[] {
  const problems: Problem[] = []
  if (!article.body.includes("](/")) return problems
  for (const found of article.body.matchAll(link)) {
    const path = found[1] ?? ""
    const address = parseAddress(path, site)
    if (address !== null && address.kind !== "article") continue
    if (address !== null && paths.has(formatAddress(address, site))) continue
    if (aliases.has(path)) continue
    problems.push(
      at(
        article,
        article.frontSource.length + found.index,
        "body",
        `the link ${path} leads nowhere`,
        "link to an article that is published or in the folder",
      ),
    )
  }
  return problems
}

function checkTranslation(article: Article, paths: ReadonlySet<string>, site: SiteConfig): Problem[] {
  const { translationOf } = article.front
  if (translationOf === undefined) return []
  const offset = article.frontSource.indexOf("translationOf:")
  const original = parseAddress(translationOf, site)
  if (original?.kind === "article" && original.language === article.language)
    return [
      at(
        article,
        offset,
        "translationOf",
        `${translationOf} is in the same language`,
        "name the original in another language",
      ),
    ]
  if (!paths.has(translationOf))
    return [
      at(
        article,
        offset,
        "translationOf",
        `there is no article ${translationOf}`,
        "publish the original too, or mend the address",
      ),
    ]
  return []
}

function checkAliases(article: Article, paths: ReadonlySet<string>, owners: Map<string, string>): Problem[] {
  const problems: Problem[] = []
  const offset = Math.max(0, article.frontSource.indexOf("aliases:"))
  for (const alias of article.front.aliases) {
    const owner = owners.get(alias)
    if (paths.has(alias))
      problems.push(
        at(article, offset, "aliases", `${alias} is a live article`, "remove the alias, or move that article"),
      )
    if (owner !== undefined)
      problems.push(at(article, offset, "aliases", `${alias} is an alias of ${owner} too`, "keep it in one article"))
    owners.set(alias, article.path)
  }
  return problems
}

function at(article: Article, offset: number, field: string, message: string, fix: string): Problem {
  const lines = (article.frontSource + article.body).slice(0, Math.max(0, offset)).split("\n")
  const defaultPrefix = article.path.slice(1)
  return {
    file: `${defaultPrefix}.md`,
    line: lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
    field,
    message,
    fix,
  }
}
