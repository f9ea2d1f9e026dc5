// What stands at an address, for people: one trip to the catalogue, one read of bodies, one rendering.

import type { Entry, Label } from "../article/article.ts"
import { decideAccess } from "../membership/access.ts"
import { renderArticlePage } from "../render/article-page.ts"
import { renderCorrectionsPage } from "../render/corrections-page.ts"
import { renderMarkdownTwin } from "../render/feeds.ts"
import { renderFrontPage } from "../render/front-page.ts"
import { renderJoinPage } from "../render/join-page.ts"
import { renderMessagePage } from "../render/layout.ts"
import { renderListingPage } from "../render/listing-page.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { renderNewsletterPage } from "../render/newsletter-pages.ts"
import { renderSearchPage } from "../render/search-page.ts"
import type { ArticleAddress, LandingAddress } from "../site/addresses.ts"
import { listingKey } from "../site/format-address.ts"
import { type MessageKey, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type MembersBodies, type PublicBodies, readOpenBody, readWholeBody } from "../store/bodies.ts"
import { logBug, StoreFailure } from "../store/failure.ts"
import { readCorrections, readListing, readListings } from "../store/listings.ts"
import { type Lookup, lookUpArticle } from "../store/lookup.ts"
import { type Changes, noChanges } from "../store/rows.ts"
import { readSought, searchArticles } from "../store/search.ts"
import { htmlType, type Page } from "./page.ts"
import type { Parameters } from "./parameters.ts"

/** The texts that a page may be built from: the public ones have no members' texts, by its type. */
export type Reading =
  | { readonly audience: "public"; readonly bodies: PublicBodies }
  | { readonly audience: "members"; readonly bodies: MembersBodies }
  /** `article`: the id of the one that was given. */
  | { readonly audience: "gift"; readonly article: string; readonly bodies: MembersBodies }

export interface PageContext {
  readonly site: SiteConfig
  readonly catalogue: D1Database
  readonly reading: Reading
  readonly now: number
  /** Members can pay here. */
  readonly checkout: boolean
}

/** Pages that need nothing of the stores. */
export interface ServiceAddress {
  readonly kind: "join" | "newsletter"
  readonly language: string
}

const pageSize = 20

/** An article's page, or its markdown twin; also what stands at an address that may be an old one. */
export async function buildArticle(
  context: PageContext,
  path: string,
  address: ArticleAddress | null,
  form: "page" | "markdown",
): Promise<Page> {
  const { catalogue, now, site } = context
  const listing = address === null ? "" : relatedListing(address)
  const found = await lookUpArticle(catalogue, path, listing, now)
  const language = address?.language ?? languageOf(path, site)
  const tags = [`a:${path}`]
  if (found.kind === "moved") return redirectPage(site, found.to + (form === "markdown" ? ".md" : ""), tags)
  if (found.kind === "gone") return messagePage(site, language, 410, "gone", tags, noChanges)
  if (found.kind === "absent") return messagePage(site, language, 404, "notFound", tags, found.changes)
  const reading = readingOf(context.reading, found.id)
  const text = await readText(reading, found)
  const { story, changes } = found
  // What is open is one page for everyone.
  const audience = story.gated ? reading.audience : "public"
  const full = decideAccess(story, audience) === "full"
  const group = story.translations[0]?.path ?? path
  const common = {
    status: 200,
    gated: story.gated,
    audience,
    changes,
    sort: "page" as const,
    tags: [
      `a:${path}`,
      ...found.lists.map((list) => `l:${list}`),
      ...new Set([path, group, ...story.translations.map((t) => t.path)].map((p) => `g:${p}`)),
    ],
  }
  const headers = {
    "Dateline-Revision": String(story.revision),
    ...(audience === "gift" ? { "X-Robots-Tag": "noindex" } : {}),
  }
  if (form === "markdown") {
    const body = renderMarkdownTwin({ story, text, full }, site)
    const toPage = { "X-Robots-Tag": "noindex", Link: `<${site.origin}${path}>; rel="canonical"` }
    return { ...common, headers: { ...headers, ...toPage }, type: "text/markdown; charset=utf-8", body }
  }
  const html = await renderMarkdown(text, { language: story.language, media: story.media, site })
  const view = { story, html, audience, full, now }
  return { ...common, headers, type: htmlType, body: renderArticlePage(view, site) }
}

/** A gift opens the article that was given and no other, whatever stands at this address. */
function readingOf(reading: Reading, id: string): Reading {
  if (reading.audience !== "gift" || reading.article === id) return reading
  return { audience: "public", bodies: { articles: reading.bodies.articles } }
}

function readText(reading: Reading, found: Extract<Lookup, { kind: "story" }>): Promise<string> {
  return reading.audience !== "public" && found.story.gated
    ? readWholeBody(reading.bodies, found.hashes)
    : readOpenBody(reading.bodies, found.hashes)
}

function relatedListing({ language, region, country }: ArticleAddress): string {
  return country === null
    ? listingKey({ kind: "region", language, region })
    : listingKey({ kind: "country", language, region, country })
}

/** A region's, country's, topic's or author's page. */
export async function buildListing(context: PageContext, address: LandingAddress, page: number): Promise<Page> {
  const { site, catalogue, now } = context
  const key = listingKey(address)
  const { entries, more, changes } = await readListing(catalogue, key, page, pageSize, now)
  const tags = [`l:${key}`]
  const mayBeEmpty = page === 1 && (address.kind === "region" || address.kind === "country")
  if (entries.length === 0 && !mayBeEmpty) return messagePage(site, address.language, 404, "notFound", tags, changes)
  const topics = collectTopics(entries.flatMap((entry) => entry.topics))
  const title = titleOf(address, entries)
  const body = renderListingPage({ address, title, entries, page, more, topics }, site)
  return { ...common(context), changes, tags, type: htmlType, body }
}

function titleOf(address: LandingAddress, entries: readonly { topics: readonly Label[]; authors: readonly Label[] }[]) {
  if (address.kind !== "topic" && address.kind !== "author") return ""
  const labels = entries.flatMap((entry) => (address.kind === "topic" ? entry.topics : entry.authors))
  return labels.find((label) => label.slug === address.slug)?.name ?? address.slug
}

function collectTopics(labels: readonly Label[]): Label[] {
  const counts = new Map<string, { label: Label; count: number }>()
  for (const label of labels) counts.set(label.slug, { label, count: (counts.get(label.slug)?.count ?? 0) + 1 })
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, 8)
    .map(({ label }) => label)
}

/** The front page: lead, latest, and each region's newest. */
export async function buildFront(context: PageContext, language: string): Promise<Page> {
  const { site, catalogue, now } = context
  const regions = Object.keys(site.regions)
  const front = listingKey({ kind: "front", language })
  const wanted = [
    { listing: front, size: 10 },
    ...regions.map((region) => ({ listing: listingKey({ kind: "region", language, region }), size: 8 })),
  ]
  const { lists, changes } = await readListings(catalogue, wanted, now)
  const [latest = [], ...byRegion] = lists
  const lead = latest.find((entry) => entry.image !== null) ?? latest[0] ?? null
  const newest = latest.filter((entry) => entry !== lead).slice(0, 6)
  const shown = new Set([lead, ...newest].map((entry) => entry?.path))
  const body = renderFrontPage(
    {
      language,
      lead,
      latest: newest,
      regions: regions
        .map((region, index) => ({ region, entries: chooseFresh(byRegion[index] ?? [], shown) }))
        .filter(({ entries }) => entries.length > 0),
    },
    site,
  )
  return { ...common(context), changes, tags: [`l:${front}`], type: htmlType, body }
}

/** Of a region's newest, what the page does not show above; where it shows all of them, them again. */
function chooseFresh(entries: readonly Entry[], shown: ReadonlySet<string | undefined>): Entry[] {
  const fresh = entries.filter(({ path }) => !shown.has(path))
  return (fresh.length > 0 ? fresh : entries).slice(0, 4)
}

/** Results of a search, or the empty search page. */
export async function buildSearch(context: PageContext, language: string, parameters: Parameters): Promise<Page> {
  const { site, catalogue, now } = context
  const { query, page, region, topic } = parameters
  const sought = query === null ? null : readSought(query)
  const found =
    sought === null
      ? { results: [], more: false, changes: noChanges }
      : await searchArticles(catalogue, { sought, language, region, topic, page, size: pageSize }, now)
  if (found.results.length === 0 && page > 1) return messagePage(site, language, 404, "notFound", ["q:"], found.changes)
  const { results, more } = found
  const body = renderSearchPage({ language, query: query ?? "", results, page, more, region, topic }, site)
  return { ...common(context), sort: "search", changes: found.changes, tags: ["q:"], type: htmlType, body }
}

/** The public ledger of corrections. */
export async function buildCorrections(context: PageContext, language: string, page: number): Promise<Page> {
  const { entries, more, changes } = await readCorrections(context.catalogue, language, page, pageSize, context.now)
  const tags = [`l:${listingKey({ kind: "front", language })}`]
  if (entries.length === 0 && page > 1) return messagePage(context.site, language, 404, "notFound", tags, changes)
  const body = renderCorrectionsPage({ language, entries, page, more }, context.site)
  return { ...common(context), changes, tags, type: htmlType, body }
}

/** How to join, or the newsletter's box. */
export function buildService(context: PageContext, address: ServiceAddress): Page {
  const { site, checkout } = context
  const { kind, language } = address
  const body = kind === "join" ? renderJoinPage({ language, checkout }, site) : renderNewsletterPage(language, site)
  return { ...common(context), changes: noChanges, tags: [], type: htmlType, body }
}

/** What readers get for an error: 503 for a store that fails, 500 with the id of the log's entry for a bug. */
export function failurePage(error: unknown, language: string, site: SiteConfig, what = ""): Page {
  if (!(error instanceof StoreFailure))
    return messagePage(site, language, 500, "failed", [], noChanges, logBug(error, what))
  console.error("store failed", error.message)
  return messagePage(site, language, 503, "unavailable", [], noChanges)
}

/** A page that says why there is none: 404, 410, 500, 503. */
export function messagePage(
  site: SiteConfig,
  language: string,
  status: number,
  name: "notFound" | "gone" | "unavailable" | "failed",
  tags: readonly string[],
  changes: Changes,
  id = "",
): Page {
  const title = message(language, `${name}Title` as MessageKey)
  const text = message(language, `${name}Text` as MessageKey, { id })
  const body = renderMessagePage({ status, language, title, text, search: status < 500 }, site)
  const headers = { "X-Robots-Tag": "noindex" }
  return { status, type: htmlType, body, sort: "page", gated: false, audience: "public", changes, tags, headers }
}

/** 301 to where the article is now. */
function redirectPage(site: SiteConfig, to: string, tags: readonly string[]): Page {
  const headers = { Location: site.origin + to }
  const type = "text/plain; charset=utf-8"
  const body = `${site.origin}${to}\n`
  return {
    status: 301,
    type,
    body,
    sort: "redirect",
    gated: false,
    audience: "public",
    changes: noChanges,
    tags,
    headers,
  }
}

/** The language that a path's first segment names, else the default. */
export function languageOf(path: string, site: SiteConfig): string {
  const first = path.slice(1).split("/", 1)[0] ?? ""
  return site.languages.indexOf(first) > 0 ? first : site.languages[0]
}

function common(context: PageContext) {
  return { status: 200, sort: "page" as const, gated: false, audience: context.reading.audience }
}
