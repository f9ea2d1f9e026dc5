// Finds mistakes that show only when all articles are read together: dead links, clashing addresses and the like.
import { reservedSegments } from "../routes.ts"
import { type Address, aliasPath, languageOfPath, parseAddress, sharedSlug } from "../site/addresses.ts"
import { fileOf } from "../site/format-address.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { nameSlug } from "../site/slug.ts"
import type { Article } from "./article.ts"
import { findAnchors, lexBody } from "./check-references.ts"
import { checkText } from "./check-text.ts"
import { isScheduled } from "./edition.ts"
import { kinds } from "./kinds.ts"
import { editDistance, type Mistake, nearestPath, quote, type Refusal, toProblems } from "./mistakes.ts"
import { findInFront } from "./read-front-matter.ts"
import { anchorId, decodePercent, isOwn, isSafe, resolveLink } from "./references.ts"

interface World {
  readonly site: SiteConfig
  /** Addresses of content that readers can open now, or once the folder is published. */
  readonly live: ReadonlySet<string>
  readonly byPath: ReadonlyMap<string, Article>
  /** The first article to claim each alias. */
  readonly aliases: ReadonlyMap<string, Article>
  /** The first translation found for each language and original. */
  readonly translated: Map<string, string>
  /** Addresses that lead nowhere, each with the one that was probably meant. */
  readonly guesses: Map<string, string | null>
  /** How many articles have each topic, by language. */
  readonly topics: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** The anchor ids in each article, by path, found when a link first needs them; null if the text cannot be read. */
  readonly anchors: Map<string, ReadonlySet<string> | null>
}

/** @param isItem if the value is a list, the mistake is at the first item that this accepts */
type Add = (key: string, message: string, fix: string, isItem?: (text: string) => boolean) => void

/**
 * Finds all mistakes that involve other articles, and everything in the texts that readers will not see as intended.
 * @param articles all articles in the folder, including drafts
 * @param known paths of articles already live on the site
 * @param isKept whether pages keep an HTML element; null skips the checks of texts, which take most of the time
 */
export function checkArticles(
  articles: readonly Article[],
  known: ReadonlySet<string>,
  site: SiteConfig,
  isKept: ((element: string) => boolean) | null = () => true,
): Problem[] {
  const byPath = new Map(articles.map((article) => [article.path, article]))
  const published = articles.filter(({ front }) => front.status === "published")
  const live = new Set([...known, ...published.filter(({ kind }) => !kinds[kind].isNote).map(({ path }) => path)])
  const aliases = new Map<string, Article>()
  for (const article of published)
    for (const alias of article.front.aliases) if (!aliases.has(alias)) aliases.set(alias, article)
  const world: World = {
    ...{ site, live, byPath, aliases, topics: countTopics(articles, site) },
    ...{ translated: new Map(), guesses: new Map(), anchors: new Map() },
  }
  const seen = new Set<string>()
  return articles.flatMap((article) => {
    const { path, frontSource, body } = article
    const mistakes: Mistake[] = []
    const add: Add = (field, message, fix, isItem) =>
      mistakes.push({ offset: findInFront(frontSource, [field], isItem), field, message, fix })
    if (seen.has(path))
      mistakes.push({ offset: 0, field: "path", message: "is the address of two files", fix: keepOne })
    seen.add(path)
    checkAliases(article, world, add)
    checkTranslation(article, world, add)
    checkStories(article, world, add)
    if (isKept !== null) {
      checkTopics(article, world, add)
      checkDate(article, mistakes)
      checkAuthor(article, articles, add)
      mistakes.push(...checkText(article, isKept, site, (href) => explainLink(href, article, world)))
    }
    return mistakes.length === 0 ? [] : toProblems(fileOf(path, site), frontSource + body, mistakes)
  })
}

const keepOne = "keep one of the two"

function checkAliases(article: Article, { live, aliases }: World, add: Add): void {
  for (const alias of article.front.aliases) {
    const refuse = (message: string, fix: string) =>
      add("aliases", `${quote(decodePercent(alias))} ${message}`, fix, (text) => aliasPath(text) === alias)
    const first = aliases.get(alias)
    // read-front-matter.ts already refuses an article's own address.
    if (alias === article.path) continue
    if (live.has(alias)) refuse("is the address of an article", "remove the alias, or move that article")
    else if (first !== undefined && first !== article)
      refuse(`is also an alias of ${first.path}`, "keep it in one of the two")
  }
}

function checkTranslation({ path, language, front }: Article, world: World, add: Add): void {
  const { translationOf } = front
  const address = parseAddress(translationOf ?? "", world.site)
  // read-front-matter.ts already refuses an original in the same language, and what is not an article's address.
  if (translationOf === undefined || address?.kind !== "article" || address.language === language) return
  const original = world.byPath.get(translationOf)
  const refuse = (message: string, fix: string) => add("translationOf", message, fix)
  if (!world.live.has(translationOf) && original === undefined)
    refuse(
      `${quote(translationOf)} does not exist`,
      guess(translationOf, path, world) ?? "use the original's address, or publish the original",
    )
  else if (original?.front.translationOf !== undefined && original.front.translationOf !== path)
    refuse(
      `${quote(translationOf)} is itself a translation`,
      `use the original's address: ${original.front.translationOf}`,
    )
  const key = `${language} ${translationOf}`
  const other = world.translated.get(key) ?? path
  if (other !== path) refuse(`${other} is already the translation of ${translationOf} in this language`, keepOne)
  else world.translated.set(key, path)
}

const mostGuesses = 100

/** Suggests the address in the same language that was probably meant, or null. Compares with all, so it is limited. */
function guess(wrong: string, from: string, { live, guesses, site }: World): string | null {
  if (!guesses.has(wrong) && guesses.size < mostGuesses) guesses.set(wrong, nearestPath(wrong, live))
  const near = guesses.get(wrong) ?? from
  return near === from || languageOfPath(near, site) !== languageOfPath(wrong, site) ? null : `did you mean ${near}?`
}

function checkStories({ path, front }: Article, world: World, add: Add): void {
  const { live, byPath, site } = world
  for (const story of front.stories ?? []) {
    if (live.has(story) || parseAddress(story, site)?.kind !== "article") continue
    const fix = guess(story, path, world) ?? "use a published article's address"
    const wrong = byPath.has(story) ? "is a draft" : "does not exist"
    add("stories", `${quote(story)} ${wrong}`, byPath.has(story) ? "publish it too" : fix, (text) => text === story)
  }
}

/** Reports a biography whose page no byline links to. */
function checkAuthor({ kind, slug, language, front }: Article, articles: readonly Article[], add: Add): void {
  const isNamed = (one: Article) =>
    one.language === language && one.front.authors.some((name) => nameSlug(name) === slug)
  if (kind === "author" && nameSlug(front.title) !== slug && !articles.some(isNamed))
    add("title", `no article has an author with the slug ${slug}`, `name the file ${nameSlug(front.title)}.md`)
}

function checkDate({ kind, slug }: Article, mistakes: Mistake[]): void {
  if (kind !== "digest" || isScheduled(kind, slug)) return
  const fix = `choose another date, or send it yourself: \`dateline digest send ${slug}\``
  mistakes.push({ offset: 0, field: "path", message: "is on a weekend, when no digest is sent", fix })
}

/** Counts articles by topic. Topics in the config count as very common, so that they are never taken for typos. */
function countTopics(articles: readonly Article[], site: SiteConfig): World["topics"] {
  const topics = new Map(site.languages.map((language) => [language, new Map<string, number>()]))
  const add = (language: string, name: string, count: number) => {
    const counts = topics.get(language)
    counts?.set(fold(name), (counts.get(fold(name)) ?? 0) + count)
  }
  // Articles in any language may name a topic by its slug.
  for (const [slug, names] of Object.entries(site.topics))
    for (const language of site.languages) for (const name of [slug, names[language] ?? slug]) add(language, name, 1e6)
  for (const { language, front } of articles) for (const topic of front.topics) add(language, topic, 1)
  return topics
}

const fold = (name: string) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, "-")

/** Reports likely typos: topics used in only one article and one letter away from a more common topic. */
function checkTopics({ front, language }: Article, world: World, add: Add): void {
  const topics = world.topics.get(language) ?? new Map<string, number>()
  for (const topic of front.topics) {
    const mine = fold(topic)
    const times = topics.get(mine) ?? 0
    if (times > 1) continue
    for (const [other, count] of topics)
      if (count > times && isSlip(mine, other))
        add(
          "topics",
          `${quote(topic)} is almost the same as the topic ${quote(other)}`,
          "if they are the same topic, spell them the same way",
          (text) => text === topic,
        )
  }
}

/** Whether two words differ by one letter or a swap. False if they are short or differ in first letter or digits. */
function isSlip(a: string, b: string): boolean {
  if (a === b || a[0] !== b[0] || Math.min(a.length, b.length) < 5 || a.replace(/\D/g, "") !== b.replace(/\D/g, ""))
    return false
  const distance = editDistance(a, b, 2)
  const letters = (word: string) => [...word].sort().join("")
  return distance === 1 || (distance === 2 && a.length === b.length && letters(a) === letters(b))
}

/** How people write another site's address without a scheme: `www.un.org`, `un.org`, `bbc.co.uk/news`. */
const otherSite = /^(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:(?:com|org|net|int|gov|edu|info)$|(?!md\/)[a-z]{2,}\/))/i

/** Why a link in an article leads nowhere; null if it leads off the site or to a valid target. */
function explainLink(href: string, article: Article, world: World): Refusal | null {
  const { site, live, aliases, byPath } = world
  const base = site.origin + article.path
  const fix = "fix the address, or publish the page it leads to"
  if (href === "") return { message: "a link has no address", fix: "add its address, or remove the link" }
  if (!isSafe(href))
    return {
      message: `the link ${quote(href)} is not shown to readers`,
      fix: "use an address that begins with https, http, mailto or tel, or remove the link",
    }
  if (!URL.canParse(href, base)) return { message: `the link ${quote(href)} is not a valid address`, fix }
  const url = new URL(resolveLink(href, article.path, site), base)
  if (!isOwn(url, site)) return null
  const { pathname, hash } = url
  const target = byPath.get(pathname) ?? aliases.get(aliasPath(pathname) ?? "")
  if (!live.has(pathname) && target !== article && (target === undefined || target.path === pathname)) {
    const address = parseAddress(pathname, site)
    if (address === null ? !reservedSegments.has(pathname.split("/")[1] ?? "") : !hasPage(address, world))
      return {
        message: `the link ${quote(href)} leads to a page that does not exist`,
        fix: otherSite.test(href)
          ? `if it is another site, write \`https://${href}\``
          : (guess(pathname, article.path, world) ?? fix),
      }
  }
  if (target === undefined || /^(?:#top|#fn-.*|#:~:.*)?$/.test(hash)) return null
  const anchors = anchorsOf(target, world)
  return anchors === null || anchors.has(anchorId(hash.slice(1)))
    ? null
    : { message: `the link ${quote(href)} leads to a heading or id that does not exist`, fix: "use one that exists" }
}

/** Whether an address other than a live article's has a page. Topics and authors do if a live article names them. */
function hasPage(address: Address, { byPath, live }: World): boolean {
  const of = address.kind === "feed" ? address.of : address
  if (of.kind !== "topic" && of.kind !== "author") return of.kind !== "article" && of.kind !== "page"
  const isNamed = (name: string) => [nameSlug(name), sharedSlug(nameSlug(name))].includes(of.slug)
  return [...byPath.values()].some(
    ({ path, language, front }) =>
      language === of.language && live.has(path) && (of.kind === "topic" ? front.topics : front.authors).some(isNamed),
  )
}

function anchorsOf(article: Article, { anchors }: World): ReadonlySet<string> | null {
  const known = anchors.get(article.path)
  if (known !== undefined) return known
  const tokens = lexBody(article)
  const found = tokens && findAnchors(tokens)
  anchors.set(article.path, found)
  return found
}
