// The cached entrypoint: turns a canonical address and an audience into a response. Cookies never reach it.

import type { Entry, Story } from "../article/article.ts"
import { fileTypes } from "../article/media-types.ts"
import type { AudienceKey } from "../membership/access.ts"
import { readStripe } from "../membership/stripe-settings.ts"
import { renderArticlePage } from "../render/article-page.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { type Address, languageOfPath, parseAddress } from "../site/addresses.ts"
import { loadLanguages } from "../site/messages.ts"
import { countriesOf } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { readPicture } from "../store/bodies.ts"
import { withinDeadline } from "../store/failure.ts"
import { noChanges } from "../store/rows.ts"
import { buildArticle, buildCorrections, buildFront, buildListing } from "./articles.ts"
import {
  failurePage,
  htmlType,
  liveReloadScript,
  messagePage,
  openPage,
  type Page,
  type PageContext,
  respondPage,
} from "./page.ts"
import { readParameters, splitTarget } from "./request-target.ts"

// Loaded on demand, because few readers request newsletters, and mostly programs request files.
const loadEditions = () => import("./editions.ts")
const loadFiles = () => import("./feeds-and-sitemaps.ts")

/** The part of a request's context that the gateway uses. */
export interface RequestContext {
  readonly exports: {
    Pages(options: { props: { audience: AudienceKey } }): {
      fetch(request: Request): Promise<Response>
      purge(tags: readonly string[] | "everything"): Promise<boolean>
    }
  }
  waitUntil(work: Promise<unknown>): void
}

/** Time limit for the stores, in milliseconds: readers get an answer within 2 s even if a store hangs. */
const storeBudget = 1_400

/** The response for a canonical address and an audience: 503 if a store fails, 500 for a bug. */
export async function answerPage(url: string, audience: AudienceKey, env: Env, site: SiteConfig): Promise<Response> {
  const now = Date.now()
  const { path, query } = splitTarget(url)
  const reading =
    audience === "public"
      ? { audience, bodies: { articles: env.ARTICLES } }
      : { audience, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
  const context: PageContext = { site, catalogue: env.CATALOGUE, reading, now, checkout: readStripe(env) !== null }
  const respond = (page: Page) => respondPage(addLiveReload(page, env.LIVE_RELOAD), now, `page;dur=${Date.now() - now}`)
  await loadLanguages([languageOfPath(path, site)])
  try {
    return respond(await withinDeadline(buildPage(context, env, path, query), storeBudget, path))
  } catch (error) {
    return respond(failurePage(error, languageOfPath(path, site), site, path))
  }
}

/** Adds `npm start`'s live-reload script to HTML pages. */
function addLiveReload(page: Page, address: string | undefined): Page {
  if (address === undefined || page.type !== htmlType || typeof page.body !== "string") return page
  const script = `<script>${liveReloadScript(address)}</script></body>`
  return { ...page, body: page.body.replace(/<\/body>/, () => script) }
}

async function buildPage(context: PageContext, env: Env, path: string, query: string): Promise<Page> {
  const address = parseAddress(path, context.site)
  const parameters = readParameters(address, query, context.site)
  if (address === null) return buildArticle(context, path, null, "page")
  if (parameters === null) return messagePage(context.site, languageOfPath(path, context.site), 404)
  switch (address.kind) {
    case "article":
    case "page":
      return buildArticle(context, path, address, "page")
    case "markdown":
      return buildArticle(context, address.article.path, address.article, "markdown")
    case "front":
      return buildFront(context, address.language)
    case "region":
    case "country":
    case "topic":
    case "author":
      return buildListing(context, address, parameters.page)
    case "pack":
      return (await loadFiles()).buildPack(context, address)
    case "search":
      return (await import("./search.ts")).buildSearch(context, address.language, parameters)
    case "corrections":
      return buildCorrections(context, address.language, parameters.page)
    case "join":
      return (await loadEditions()).buildJoin(context, address.language)
    case "newsletter":
    case "newsletterEdition":
      return (await loadEditions()).buildEdition(context, { list: "headlines", date: null, ...address })
    case "digest":
    case "digestEdition":
      return (await loadEditions()).buildEdition(context, { list: "digest", date: null, ...address })
    case "feed":
      return (await loadFiles()).buildFeed(context, address)
    case "media":
      return buildPicture(context, env, address)
    case "favicon":
    case "map":
    case "regionMap":
    case "globe":
    case "regionGlobe":
    case "worldMap":
      // If the file existed, it would have been served without the Worker (wrangler.toml).
      return messagePage(context.site, context.site.languages[0], 404)
    case "personal":
      throw new Error(`${path} is not a page`)
    default:
      return (await loadFiles()).buildFile(context, address)
  }
}

async function buildPicture(context: PageContext, env: Env, address: Address & { kind: "media" }): Promise<Page> {
  const found = await readPicture(env.MEDIA, context.catalogue, address.sha256)
  const type = fileTypes[address.extension]
  if (type === undefined || found?.extension !== address.extension)
    return messagePage(context.site, context.site.languages[0], 404)
  const { bytes: body, at: madeAt } = found
  const etag = `"${address.sha256}"`
  const headers = { "Content-Length": `${body.length}` }
  return { ...openPage, kind: "picture", type, body, etag, madeAt, headers, changes: noChanges, tags: [] }
}

// An isolate's first render takes twenty times as long as later ones, because V8 compiles regular expressions and
// templates and Intl builds its objects. So we render when the isolate starts (docs/decisions/021-warm-up.md).
/** The Markdown features that most articles use. */
const sample = `A *first* paragraph - with a [link](https://example.org/a), "quotes" and \`code\`, **strong**. It's "here".

## A heading

- An item
- Another, with a [link](/a)

1. One

> A quotation...

| a | b |
|---|---|
| 1 | 2 |
`
/** V8 compiles regular expressions separately for strings with characters beyond Latin-1. */
const samples = [sample, `${sample}\nA “quoted” paragraph – with a dash.\n`]

// Repeated, because V8 compiles a regular expression on first use and again once it is used often. The first garbage
// collections, which move everything the modules allocated, should happen at start-up too.
const times = 6
/** A fixed date, because the clock reads 0 while a Worker starts. */
const now = Date.UTC(2026, 0, 1)

/** Renders a throwaway article in the site's first language, whose messages are loaded. Needs no store or clock. */
export function warmUp(site: SiteConfig): void {
  const [language] = site.languages
  for (let time = 0; time < times; time++)
    for (const text of samples) {
      const story = composeStory(language, site)
      const html = renderMarkdown(text, { language, media: {}, site })
      if (typeof html === "string") renderArticlePage({ story, html, audience: "public", full: true, now }, site)
    }
}

function composeStory(language: string, site: SiteConfig): Story {
  const region = Object.keys(site.regions)[0] ?? ""
  const label = { slug: "a", name: "A" }
  const entry: Entry = {
    path: "/a",
    language,
    region,
    country: countriesOf(region, site)[0]?.slug ?? null,
    title: "A",
    summary: "A",
    publishedAt: Date.UTC(2020, 0, 2, 3),
    updatedAt: null,
    access: "open",
    gated: false,
    topics: [label],
    authors: [label, label],
    image: null,
    map: true,
    words: 1000,
  }
  const translations = site.languages.map((other) => ({ language: other, path: "/a", title: "A" }))
  const more = { rights: null, corrections: [], media: {}, card: null, division: "none", translations } as const
  return { ...entry, ...more, revision: 1, expiresAt: null, revisedAt: now, related: [entry] }
}
