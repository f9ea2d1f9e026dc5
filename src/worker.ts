// The Cloudflare entry: the gateway for every request, the cached pages behind it, the desk, and the minute's cron.
import { WorkerEntrypoint } from "cloudflare:workers"
import config from "../dateline.config.ts"
import type { AudienceKey } from "./membership/access.ts"
import { readKeys } from "./membership/signed.ts"
import { createStandings } from "./membership/standings.ts"
import { answerPage } from "./reader/entrypoint.ts"
import { answerReader } from "./reader/gateway.ts"
import { securityHeaders } from "./reader/headers.ts"
import { answerHit } from "./reader/hit.ts"
import { createMemory, forgetTags } from "./reader/memory.ts"
import { type Fields, receiveRepresentation, sendRepresentation } from "./reader/page.ts"
import { splitTarget } from "./reader/target.ts"
import { warmUp } from "./reader/warm-up.ts"
import type { PageAddress, PersonalAddress } from "./site/addresses.ts"
import type { SiteConfig } from "./site/site.ts"
import { guardStores, logBug } from "./store/failure.ts"
import { flushPurges, type Purge } from "./store/purges.ts"
import { version } from "./version.ts"

const memory = createMemory()
const standings = createStandings()
const sites = new Map<string, SiteConfig>()
warmUp(config)

function siteOf(env: Env): SiteConfig {
  const origin = env.ORIGIN ?? config.origin
  let site = sites.get(origin)
  if (site === undefined) {
    site = { ...config, origin }
    sites.set(origin, site)
  }
  return site
}

/** Milliseconds that one call of a store may take: while a reader waits, and otherwise. */
const [deadline, longDeadline] = [1_500, 20_000]
const guarded = new WeakMap<D1Database, Env>()

/** The bindings for what readers wait for. The same for all requests: they share trips to the catalogue by it. */
function readerEnv(env: Env): Env {
  let stores = guarded.get(env.CATALOGUE)
  if (stores === undefined) {
    stores = guardStores(env, deadline)
    guarded.set(env.CATALOGUE, stores)
  }
  return stores
}

/** Set where the platform has no cache to put behind an entrypoint, as on this machine: then nothing is won by going through one. */
let uncached = false

/** The pages, cached by the platform under entrypoint, address and audience. */
export class Pages extends WorkerEntrypoint<Env, { audience: AudienceKey }> {
  override async fetch(request: Request): Promise<Response> {
    uncached = this.ctx.cache === undefined
    return sendRepresentation(
      await answerPage(request.url, this.ctx.props.audience, readerEnv(this.env), siteOf(this.env)),
    )
  }

  /** Purges this entrypoint's cache: only its owner may. Locally there is none, and nothing to purge. */
  async purge(tags: readonly string[] | "everything"): Promise<boolean> {
    const { cache } = this.ctx
    if (cache === undefined) return true
    const result = await cache.purge(tags === "everything" ? { purgeEverything: true } : { tags: [...tags] })
    return result.success
  }
}

type Exports = { Pages(options: { props: { audience: AudienceKey } }): Pick<Pages, "purge"> & Fetcher }

function exportsOf(ctx: ExecutionContext): Exports {
  return (ctx as unknown as { exports: Exports }).exports
}

function purgeOf(ctx: ExecutionContext): Purge {
  return async (tags) => {
    forgetTags(memory, tags)
    try {
      return await exportsOf(ctx)
        .Pages({ props: { audience: "public" } })
        .purge(tags)
    } catch (error) {
      console.error("purge refused", error)
      return false
    }
  }
}

// What only editors and members need is not evaluated on a reader's request: it is imported when asked for.
async function answerDesk(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const { deskApp } = await import("./desk/app.ts")
  const desk = {
    site: siteOf(env),
    version,
    catalogue: env.CATALOGUE,
    people: env.PEOPLE,
    bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
    media: env.MEDIA,
    adminKey: env.DESK_KEY,
    purge: purgeOf(ctx),
  }
  return deskApp.fetch(request, { desk }, ctx)
}

async function answerPersonal(
  request: Request,
  address: PersonalAddress | PageAddress,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { answerMember, createSend, readStripe } = await import("./account/app.ts")
  const site = siteOf(env)
  return answerMember(request, address, {
    site,
    people: env.PEOPLE,
    catalogue: env.CATALOGUE,
    bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
    send: createSend(env.EMAIL, site),
    stripe: readStripe(env),
    standings,
    sessionKeys: readKeys(env.SESSION_KEYS),
    security: await securityHeaders(site.origin, env.LIVE_RELOAD, env),
    waitUntil: (work) => ctx.waitUntil(work),
  })
}

/** What watches the site asks which version runs: no store is asked. */
function answerHealth({ method }: Request, security: Fields): Response {
  const headers = { ...security, "Cache-Control": "no-store" }
  if (method === "GET" || method === "HEAD") return Response.json({ version }, { headers })
  return new Response(null, {
    status: method === "OPTIONS" ? 204 : 405,
    headers: { ...headers, Allow: "GET, HEAD, OPTIONS" },
  })
}

async function answer(request: Request, bindings: Env, ctx: ExecutionContext): Promise<Response> {
  const { path } = splitTarget(request.url)
  if (path.startsWith("/desk/v1/")) return answerDesk(request, guardStores(bindings, longDeadline), ctx)
  const env = readerEnv(bindings)
  const site = siteOf(env)
  if (path === "/healthz") return answerHealth(request, await securityHeaders(site.origin, env.LIVE_RELOAD, env))
  return answerReader(request, {
    site,
    memory,
    pages: async (url, audience) =>
      uncached
        ? answerPage(url, audience, env, site)
        : receiveRepresentation(exportsOf(ctx).Pages({ props: { audience } }).fetch(url), url),
    people: env.PEOPLE,
    catalogue: env.CATALOGUE,
    personal: (asked, address) => answerPersonal(asked, address, env, ctx),
    standings,
    sessionKeys: readKeys(env.SESSION_KEYS),
    security: await securityHeaders(site.origin, env.LIVE_RELOAD, env),
    waitUntil: (work) => ctx.waitUntil(work),
  })
}

async function answerSafely(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  try {
    return await answer(request, env, ctx)
  } catch (error) {
    const id = logBug(error)
    const headers = { "Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8" }
    return new Response(`Something went wrong here. Request ${id}\n`, { status: 500, headers })
  }
}

export default {
  // A hit comes first, without a promise: everything that is made for a request costs a part of its time.
  fetch: (request, env, ctx) =>
    answerHit(request, memory, standings, siteOf(env).origin) ?? answerSafely(request, env, ctx),

  /** Every minute: flush the purge outbox, sweep expired rows. If one fails, the other still runs. */
  async scheduled(_controller, bindings, ctx) {
    const now = Date.now()
    const env = guardStores(bindings, longDeadline)
    const { sweepPeople } = await import("./store/personal-data.ts")
    const work = [flushPurges(env.CATALOGUE, purgeOf(ctx), now), sweepPeople(env.PEOPLE, now)]
    for (const result of await Promise.allSettled(work))
      if (result.status === "rejected") console.error("cron", result.reason)
  },
} satisfies ExportedHandler<Env>
