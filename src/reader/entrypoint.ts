// The cached entrypoint's work: a canonical address and an audience become a page. No cookie ever comes here.
import { pictureTypes } from "../article/picture-types.ts"
import type { AudienceKey } from "../membership/access.ts"
import { type Address, parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import { withinDeadline } from "../store/failure.ts"
import { noChanges } from "../store/rows.ts"
import { takesPayments } from "./checkout.ts"
import { addLiveReload } from "./live-reload.ts"
import { buildFeed, buildMachinePage } from "./machines.ts"
import { encodePage, type Page, type Representation } from "./page.ts"
import {
  buildArticle,
  buildCorrections,
  buildFront,
  buildListing,
  buildSearch,
  buildService,
  failurePage,
  languageOf,
  messagePage,
  type PageContext,
  type Reading,
} from "./pages.ts"
import { readParameters } from "./parameters.ts"
import { splitTarget } from "./target.ts"

/** Stores have so long, milliseconds: a reader is answered within 2 s even if they hang. */
const storeBudget = 1_400

/** Answers a canonical address for an audience; 503 when the stores fail, 500 when our code does. */
export async function answerPage(
  url: string,
  audience: AudienceKey,
  env: Env,
  site: SiteConfig,
): Promise<Representation> {
  const started = Date.now()
  const { path, query } = splitTarget(url)
  const whole = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  const reading: Reading =
    audience === "public"
      ? { audience, bodies: { articles: env.ARTICLES } }
      : audience === "members"
        ? { audience, bodies: whole }
        : { audience: "gift", article: audience.slice("gift ".length), bodies: whole }
  const context: PageContext = { site, catalogue: env.CATALOGUE, reading, now: started, checkout: takesPayments(env) }
  const encode = (page: Page) =>
    encodePage(addLiveReload(page, env.LIVE_RELOAD), started, `page;dur=${Date.now() - started}`)
  try {
    return await encode(await withinDeadline(buildPage(context, env, path, query), storeBudget, path))
  } catch (error) {
    return encode(failurePage(error, languageOf(path, site), site, path))
  }
}

async function buildPage(context: PageContext, env: Env, path: string, query: string): Promise<Page> {
  const address = parseAddress(path, context.site)
  const parameters = readParameters(address, query, context.site)
  if (address === null) return buildArticle(context, path, null, "page")
  if (parameters === null)
    return messagePage(context.site, languageOf(path, context.site), 404, "notFound", [], noChanges)
  switch (address.kind) {
    case "article":
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
    case "search":
      return buildSearch(context, address.language, parameters)
    case "corrections":
      return buildCorrections(context, address.language, parameters.page)
    case "join":
    case "newsletter":
      return buildService(context, { kind: address.kind, language: address.language })
    case "feed":
      return buildFeed(context, address)
    case "media":
      return buildMedia(context, env, address)
    case "map":
    case "regionMap":
      return buildMap(context, env, path)
    case "personal":
      throw new Error(`${path} is the members' room's`)
    default:
      return buildMachinePage(context, address)
  }
}

async function buildMedia(context: PageContext, env: Env, address: Extract<Address, { kind: "media" }>): Promise<Page> {
  const found = await env.MEDIA.getWithMetadata<{ extension: string; at?: number }>(address.sha256, "stream")
  const type = (pictureTypes as Readonly<Record<string, string>>)[address.extension]
  if (found.value === null || type === undefined || found.metadata?.extension !== address.extension)
    return messagePage(context.site, context.site.languages[0], 404, "notFound", [], noChanges)
  // Stored before times were kept: bytes named by their hash were never other ones.
  const madeAt = found.metadata.at ?? 0
  return { ...still(context, "picture"), type, body: found.value, tags: [], etag: `"${address.sha256}"`, madeAt }
}

async function buildMap(context: PageContext, env: Env, path: string): Promise<Page> {
  const found = await env.ASSETS.fetch(context.site.origin + path)
  if (!found.ok) return messagePage(context.site, context.site.languages[0], 404, "notFound", [], noChanges)
  return { ...still(context, "map"), type: "image/svg+xml; charset=utf-8", body: await found.text(), tags: [] }
}

function still(context: PageContext, sort: "picture" | "map") {
  return { status: 200, sort, gated: false, audience: context.reading.audience, changes: noChanges }
}
