// Builds the pages that people read: articles, lists of articles, the front page. Each page takes one catalogue query,
// one read of bodies and one render.
import type { ArticleRecord, Entry, Label } from "../article/article.ts"
import { withAllReferences } from "../article/text.ts"
import { audienceOf, mayReadAll } from "../membership/access.ts"
import { renderArticlePage, renderStaticPage } from "../render/article-page.ts"
import { type FrontView, renderFrontPage } from "../render/front-page.ts"
import { mostCounted, renderCorrectionsPage, renderListingPage } from "../render/listing-page.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { renderMarkdownTwin } from "../render/twin.ts"
import {
  type ArticleAddress,
  type LandingAddress,
  languageOfPath,
  type RegionAddress,
  type StaticAddress,
  sharedSlug,
} from "../site/addresses.ts"
import type { Facts } from "../site/country-facts.ts"
import { formatAddress, listingKey } from "../site/format-address.ts"
import { formatList } from "../site/messages.ts"
import { countriesOf, countryBySlug } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { type BodyHashes, readOpenBody, readWholeBody } from "../store/bodies.ts"
import { readCorrections, readListing, readListings } from "../store/listings.ts"
import { type Lookup, lookUpArticle } from "../store/lookup.ts"
import { noChanges } from "../store/rows.ts"
import { messagePage, openPage, type Page, type PageContext, redirectPage } from "./page.ts"
import { lastPage } from "./request-target.ts"

/** How many articles a page lists. */
export const pageSize = 20
/** How many more articles to suggest on a listing's last page, from the wider listing: the region's or the front's. */
const mostNext = 4

/** An article's page or its Markdown version, or a static page. Also answers for moved and deleted content. */
export async function buildArticle(
  context: PageContext,
  path: string,
  address: ArticleAddress | StaticAddress | null,
  form: "page" | "markdown",
): Promise<Page> {
  const { catalogue, now, site } = context
  const listing = address?.kind === "article" ? relatedListing(address) : ""
  const found = await lookUpArticle(catalogue, path, listing, now)
  const language = address?.language ?? languageOfPath(path, site)
  const tags = [`a:${path}`]
  const { changes } = found
  if (found.kind === "moved")
    return redirectPage(301, site.origin + found.to + (form === "markdown" ? ".md" : ""), tags, changes)
  if (found.kind === "gone") return messagePage(site, language, 410, tags, changes)
  if (found.kind === "absent") return messagePage(site, language, 404, tags, changes)
  const { story } = found
  const { reading } = context
  if (address?.kind === "page") return buildStaticPage(context, found)
  const full = mayReadAll({ id: found.id, gated: story.gated }, reading.audience)
  const text =
    full && story.gated && reading.audience !== "public"
      ? await readWholeBody(reading.bodies, found.hashes)
      : await readOpenBody(reading.bodies, found.hashes)
  // Open articles and teasers are the same for everyone.
  const audience = story.gated && full ? audienceOf(reading.audience) : "public"
  const common = {
    ...openPage,
    gated: story.gated,
    audience,
    changes,
    tags: [`a:${path}`, ...found.lists.map((list) => `l:${list}`), `g:${found.group}`],
  }
  const headers = {
    "Dateline-Revision": String(story.revision),
    ...(audience === "gift" ? { "X-Robots-Tag": "noindex" } : {}),
  }
  if (form === "markdown") {
    const body = await withAllReferences(() => renderMarkdownTwin({ story, text, full }, site))
    const toPage = { "X-Robots-Tag": "noindex", Link: `<${site.origin}${path}>; rel="canonical"` }
    return { ...common, headers: { ...headers, ...toPage }, type: "text/markdown; charset=utf-8", body }
  }
  const options = { language: story.language, media: story.media, site, path, isPart: !full }
  const html = await renderMarkdown(text, options)
  const view = { story, html, audience, full, now }
  return { ...common, headers, body: renderArticlePage(view, site) }
}

/** A static page. It has no date and is open to everyone, so only publishing changes it. */
async function buildStaticPage(context: PageContext, { story, hashes, group }: Found): Promise<Page> {
  const html = await renderOpenText(context, story, hashes)
  const headers = { "Dateline-Revision": String(story.revision) }
  const tags = [`a:${story.path}`, `g:${group}`]
  return { ...openPage, headers, changes: noChanges, tags, body: renderStaticPage(story, html, context.site) }
}

async function renderOpenText({ site, reading }: PageContext, record: ArticleRecord, hashes: BodyHashes) {
  const { path, language, media } = record
  return renderMarkdown(await readOpenBody(reading.bodies, hashes), { language, media, site, path })
}

type Found = Extract<Lookup, { kind: "story" }>

function relatedListing({ language, region, country }: ArticleAddress): string {
  return country === null
    ? listingKey({ kind: "region", language, region })
    : listingKey({ kind: "country", language, region, country })
}

/** Facts about a country. Loaded on demand, because few readers look them up. */
async function readFacts(slug: string): Promise<Facts | null> {
  const country = countryBySlug(slug)
  return country && (await import("../site/country-facts.ts")).factsOf(country.code)
}

/** The page of a region, country, topic or author. */
export async function buildListing(context: PageContext, address: LandingAddress, page: number): Promise<Page> {
  const { site, catalogue, now } = context
  const { kind, language } = address
  const key = listingKey(address)
  const wider = listingKey(
    kind === "country" ? { kind: "region", language, region: address.region } : { kind: "front", language },
  )
  const countries = kind === "region" ? listCountries(address, site) : []
  const counted = { listings: countries.map(({ listing }) => listing), most: mostCounted }
  const parts = page === 1 ? counted : undefined
  const author = kind === "author" && page === 1 ? formatAddress(address, site) : undefined
  const beside = kind === "region" ? { wider, led: true, parts } : { wider, author }
  const found = await readListing(catalogue, key, page, pageSize, now, beside)
  const { entries, more, next, counts, changes, biography } = found
  const tags = [`l:${key}`, ...(more ? [] : [`l:${wider}`]), ...(author === undefined ? [] : [`a:${author}`])]
  const mayBeEmpty = page === 1 && (kind === "region" || kind === "country" || biography !== null)
  if (entries.length === 0 && !mayBeEmpty) return messagePage(site, language, 404, tags, changes)
  const { own, namesakes } = nameListing(address, entries)
  const names = namesakes.map(({ name }) => name)
  const title = biography?.record.title ?? own ?? formatList(names, language)
  const [only] = namesakes
  if (own === undefined && biography === null && only !== undefined && namesakes.length === 1 && !more) {
    const to = formatAddress({ ...address, slug: only.slug } as LandingAddress, site)
    return redirectPage(301, site.origin + to, tags, changes)
  }
  const body = renderListingPage(
    {
      address,
      title,
      namesakes,
      entries,
      page,
      more: more && page < lastPage,
      next: next.slice(0, mostNext),
      countries: countries.map(({ country, listing }) => ({ country, stories: counts.get(listing) ?? 0 })),
      topics: collectTopics(address, entries),
      facts: kind === "country" ? await readFacts(address.country) : null,
      biography: biography && {
        record: biography.record,
        html: await renderOpenText(context, biography.record, biography.hashes),
      },
    },
    site,
  )
  const made = biography && { headers: { "Dateline-Revision": String(biography.revision) } }
  return { ...openPage, ...made, changes, tags, body }
}

/** A region's countries, each with the key of its listing. */
function listCountries({ language, region }: RegionAddress, site: SiteConfig) {
  return countriesOf(region, site).map((country) => {
    return { country, listing: listingKey({ kind: "country", language, region, country: country.slug }) }
  })
}

/** The listing's own name, and similar names that once shared its slug and now have their own (site/slug.ts). */
function nameListing(address: LandingAddress, entries: readonly Entry[]) {
  if (address.kind !== "topic" && address.kind !== "author") return { own: undefined, namesakes: [] }
  const all = entries.flatMap((entry) => (address.kind === "topic" ? entry.topics : entry.authors))
  const labels = new Map(all.map((label) => [label.slug, label]))
  const namesakes = [...labels.values()].filter(
    ({ slug }) => slug !== address.slug && sharedSlug(slug) === address.slug,
  )
  return { own: labels.get(address.slug)?.name, namesakes }
}

/** The most frequent topics of a page's articles, other than the page's own topic. */
function collectTopics(address: LandingAddress, entries: readonly Entry[]): Label[] {
  const counts = new Map<string, { label: Label; count: number }>()
  for (const label of entries.flatMap(({ topics }) => topics))
    counts.set(label.slug, { label, count: (counts.get(label.slug)?.count ?? 0) + 1 })
  if (address.kind === "topic") counts.delete(address.slug)
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, 8)
    .map(({ label }) => label)
}

/** The page that lists all corrections. */
export async function buildCorrections(context: PageContext, language: string, page: number): Promise<Page> {
  const { entries, more, changes } = await readCorrections(context.catalogue, language, page, pageSize, context.now)
  const tags = [`l:${listingKey({ kind: "front", language })}`]
  if (entries.length === 0 && page > 1) return messagePage(context.site, language, 404, tags, changes)
  const body = renderCorrectionsPage({ language, entries, page, more: more && page < lastPage }, context.site)
  return { ...openPage, changes, tags, body }
}

/** Story counts: in the second tier, the maximum among the latest, and the maximum per region. */
const tier = 3
const mostLatest = 8
const mostOfRegion = 4
const mostAbove = 1 + tier + mostLatest
/** Story counts that can be laid out in full rows of two, three or four. */
const evenCounts = [8, 6, 4, 3, 2, 1, 0]

type Choice = Omit<FrontView, "language">
type RegionStories = Choice["regions"][number]

/**
 * Chooses the front page's stories from the newest overall and the newest of each region. `chosen`: the lead set
 * by an editor, if any. The lead and the second tier prefer stories with a picture.
 */
export function chooseFront(chosen: Entry | null, newest: readonly Entry[], regions: readonly RegionStories[]): Choice {
  const lead = chosen ?? newest.find(({ image }) => image !== null) ?? newest[0] ?? null
  const shown = new Set([lead?.path])
  const takeFresh = (entries: readonly Entry[], count: number): Entry[] => {
    const taken = entries.filter(({ path }) => !shown.has(path)).slice(0, count)
    for (const { path } of taken) shown.add(path)
    return taken
  }
  const pictured = newest.filter(({ image }) => image !== null)
  const second = takeFresh([...new Set([...pictured, ...newest])], tier)
  const left = newest.filter(({ path }) => !shown.has(path)).length
  const latest = takeFresh(newest, evenCounts.find((count) => count <= Math.min(left, mostLatest)) ?? 0)
  const sections = regions.map(({ region, entries }) => ({ region, entries: takeFresh(entries, mostOfRegion) }))
  return { lead, second, latest, regions: sections.filter(({ entries }) => entries.length > 0) }
}

/** The front page in a language. Takes one D1 round trip. */
export async function buildFront({ site, catalogue, now }: PageContext, language: string): Promise<Page> {
  const regions = Object.keys(site.regions)
  const front = listingKey({ kind: "front", language })
  // Enough to fill a region's own section even if every story above it is from that region.
  const wanted = [
    { listing: front, size: mostAbove },
    ...regions.map((region) => ({
      listing: listingKey({ kind: "region", language, region }),
      size: mostAbove + mostOfRegion,
    })),
  ]
  const { lists, lead, changes } = await readListings(catalogue, wanted, now)
  const [newest = [], ...byRegion] = lists
  const sections = regions.map((region, index) => ({ region, entries: byRegion[index] ?? [] }))
  const body = renderFrontPage({ language, ...chooseFront(lead, newest, sections) }, site)
  return { ...openPage, changes, tags: [`l:${front}`], body }
}
