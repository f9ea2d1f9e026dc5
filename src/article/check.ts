// Mistakes that only show when all articles are looked at together: dead links, clashing addresses, broken translations.
import type { Token } from "marked"
import { reservedSegments } from "../routes.ts"
import { type Address, canonicalPath, parseAddress } from "../site/addresses.ts"
import type { Problem } from "../site/problem.ts"
import { createPlaces } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Article } from "./article.ts"
import { quote } from "./mistakes.ts"
import { findLinks, findPictures, isRelative } from "./references.ts"
import { lexMarkdown } from "./tokens.ts"

interface World {
  readonly site: SiteConfig
  /** Addresses that readers can open, now or once these articles are published. */
  readonly live: ReadonlySet<string>
  readonly byPath: ReadonlyMap<string, Article>
  /** Who claims an alias first. */
  readonly aliases: ReadonlyMap<string, Article>
  /** The first translation of an original into a language. */
  readonly translated: Map<string, string>
}

/**
 * Every mistake between articles, and the pictures of their texts.
 * @param articles those of the folder, drafts too
 * @param known paths of articles that are live on the site already
 * @param texts look at links and pictures of the texts too, which takes most of the time
 */
export function checkArticles(
  articles: readonly Article[],
  known: ReadonlySet<string>,
  site: SiteConfig,
  texts = true,
): Problem[] {
  const byPath = new Map(articles.map((article) => [article.path, article]))
  const published = articles.filter(({ front }) => front.status === "published")
  const live = new Set([...known, ...published.map(({ path }) => path)])
  const aliases = new Map<string, Article>()
  for (const article of published)
    for (const alias of article.front.aliases) if (!aliases.has(alias)) aliases.set(alias, article)
  const world = { site, live, byPath, aliases, translated: new Map<string, string>() }
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const article of articles) {
    const add = createAdd(article, problems)
    if (seen.has(article.path)) add.at(0, "path", "is the address of two files", "keep one of the two")
    seen.add(article.path)
    checkAliases(article, world, add)
    checkTranslation(article, world, add)
    if (texts) checkText(article, world, add)
  }
  return problems
}

interface Add {
  /** At an offset of the whole file. */
  at(offset: number, field: string, message: string, fix: string): void
  /** Where a text is in the front matter, below its key. */
  inFront(key: string, text: string, message: string, fix: string): void
  inBody(offset: number, message: string, fix: string): void
}

function createAdd({ frontSource, body, path }: Article, problems: Problem[]): Add {
  const places = createPlaces(frontSource + body)
  const at: Add["at"] = (offset, field, message, fix) =>
    problems.push({ file: `${path.slice(1)}.md`, ...places(offset), field, message, fix })
  return {
    at,
    inFront(key, text, message, fix) {
      const from = Math.max(0, frontSource.search(new RegExp(`^["']?${key}["']?[ \\t]*:`, "m")))
      at(Math.max(from, frontSource.indexOf(text, from)), key, message, fix)
    },
    inBody: (offset, message, fix) => at(frontSource.length + offset, "body", message, fix),
  }
}

function checkAliases(article: Article, { live, aliases }: World, add: Add): void {
  for (const alias of article.front.aliases) {
    const refuse = (message: string, fix: string) => add.inFront("aliases", alias, `${quote(alias)} ${message}`, fix)
    const first = aliases.get(alias)
    if (live.has(alias)) refuse("is the address of an article", "remove the alias, or move that article")
    else if (first !== undefined && first !== article)
      refuse(`is also an alias of ${first.path}`, "keep it in one of the two")
  }
}

function checkTranslation({ path, language, front }: Article, world: World, add: Add): void {
  const { translationOf } = front
  if (translationOf === undefined) return
  const original = world.byPath.get(translationOf)
  const address = parseAddress(translationOf, world.site)
  const refuse = (message: string, fix: string) => add.inFront("translationOf", translationOf, message, fix)
  if (!world.live.has(translationOf) && original === undefined)
    refuse(`${quote(translationOf)} does not exist`, "write the original's address, or publish it")
  else if (address?.kind === "article" && address.language === language)
    refuse(`${quote(translationOf)} is in the same language`, "name an article in another language")
  else if (original?.front.translationOf !== undefined && original.front.translationOf !== path)
    refuse(`${quote(translationOf)} is itself a translation`, `name the original: ${original.front.translationOf}`)
  const key = `${language} ${translationOf}`
  const other = world.translated.get(key) ?? path
  if (other !== path) refuse(`${other} is already the translation into this language`, "keep one of the two")
  else world.translated.set(key, path)
}

function checkText(article: Article, world: World, add: Add): void {
  const { body } = article
  if (!/[\]<]/.test(body)) return
  let tokens: readonly Token[]
  try {
    tokens = lexMarkdown(body)
  } catch {
    // Rendering reports it (render/markdown.ts).
    return
  }
  const find = createSearch(body)
  for (const href of findLinks(tokens)) {
    const wrong = explainLink(href, article, world)
    if (wrong) add.inBody(find(href), wrong, "fix the address, or publish what it leads to")
  }
  const findPicture = createSearch(body)
  for (const { src, alt } of findPictures(tokens)) {
    const at = findPicture(src)
    if (alt.trim() === "")
      add.inBody(at, `the picture ${quote(src)} has no alt text`, "describe it between `![` and `]`")
    if (!isRelative(src) && !isOfSite(src, world.site))
      add.inBody(at, `the picture ${quote(src)} is on another site and will not be shown`, "put it beside the file")
  }
}

/** Finds texts one after the other; where the search fails, or has failed often, the last place. */
function createSearch(body: string): (text: string) => number {
  let last = 0
  // An address that was written with escapes is not found in the whole text, and there may be thousands of them.
  let left = 100
  return (text) => {
    if (left === 0) return last
    let found = body.indexOf(text, last + 1)
    if (found === -1) {
      left--
      found = body.indexOf(text)
    }
    if (found !== -1) last = found
    return last
  }
}

function isOfSite(src: string, site: SiteConfig): boolean {
  return /^\/(?:media|maps)\//.test(src.startsWith(`${site.origin}/`) ? src.slice(site.origin.length) : src)
}

/** Why a link of an article leads nowhere; null when it leads out of the site, or somewhere. */
function explainLink(href: string, article: Article, world: World): string | null {
  const { site } = world
  if (href === "" || href.startsWith("#")) return null
  const base = `${site.origin}${article.path}`
  if (!URL.canParse(href, base)) return `the link ${quote(href)} is not a valid address`
  const url = new URL(href, base)
  if (url.origin !== new URL(site.origin).origin) return null
  const path = canonicalPath(url.pathname)?.path
  const address = path === undefined ? null : parseAddress(path, site)
  return leadsSomewhere(path, address, world) ? null : `the link ${quote(href)} leads nowhere on this site`
}

function leadsSomewhere(path: string | undefined, address: Address | null, { live, aliases }: World): boolean {
  if (path === undefined) return false
  if (live.has(path) || aliases.has(path)) return true
  if (address === null) return reservedSegments.has(path.split("/")[1] ?? "")
  if (address.kind === "markdown") return live.has(address.article.path)
  return address.kind !== "article"
}
