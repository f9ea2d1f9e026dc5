// Handles every request: finds its canonical address, route and audience; answers from memory or the cached pages.
import type { Context } from "hono"
import { Hono } from "hono/tiny"
import type { AudienceKey } from "../membership/access.ts"
import { sessionToken } from "../membership/session.ts"
import { readKeys } from "../membership/signed-tokens.ts"
import { isKnownMember, type StatusCache } from "../membership/status-cache.ts"
import { languageOfPath, type PageAddress, type PersonalAddress } from "../site/addresses.ts"
import { loadLanguages } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { callStore, guardStores, StoreFailure } from "../store/failure.ts"
import type { Purge } from "../store/purges.ts"
import { noChanges } from "../store/rows.ts"
import { createTally, type Tally } from "../store/traffic.ts"
import { carryCookies, carryGift, identifyReader, mayBeGated, visitor } from "./audience.ts"
import { answerPage, type RequestContext } from "./entrypoint.ts"
import {
  type Answer,
  createMemory,
  type Fields,
  fillOnce,
  keepAnswer,
  keyOf,
  type Memory,
  purgeWith,
  recallAnswer,
} from "./memory.ts"
import { failPlainly, failurePage, messagePage, type Page, prepareSecurity, redirectPage, respondPage } from "./page.ts"
import {
  type Asked,
  formatParameters,
  matchOrigins,
  mayLeadElsewhere,
  readTarget,
  splitTarget,
} from "./request-target.ts"
import { finish, readAnswer, respondAnswer, respondStream, type Way } from "./respond.ts"

/** What the gateway passes to the desk and the account. */
export interface Service {
  readonly env: Env
  readonly site: SiteConfig
  readonly version: string
  readonly statusCache: StatusCache
  readonly sessionKeys: readonly string[]
  readonly purge: Purge
  readonly waitUntil: (work: Promise<unknown>) => void
}

/** What the Worker supplies to the gateway. The desk and the account are loaded on demand. */
export interface Rooms {
  readonly version: string
  desk(request: Request, service: Service): Promise<Response>
  account(request: Request, address: PersonalAddress | PageAddress, service: Service): Promise<Response>
}

export interface Gateway {
  readonly memory: Memory
  readonly tally: Tally
  /** The bindings with the longer deadline, for work that no reader waits for. */
  readonly patient: Env
  /** `url`: the request's URL, if already read: reading it again would mean another call out of JavaScript. */
  fetch(request: Request, ctx: RequestContext, url?: string): Response | Promise<Response>
  render(url: string, audience: AudienceKey): Promise<Response>
  purge(ctx: RequestContext): Purge
}

/** Time limits per store call, in milliseconds: when a reader is waiting, and when none is. */
const [deadline, longDeadline] = [1_500, 20_000]
/** Time limit for the cached entrypoint, in milliseconds; longer than its own limit for the stores. */
export const pageBudget = 1_800

interface GatewayEnv {
  Bindings: { readonly ctx: RequestContext; readonly security: Fields; readonly looked: Looked }
  Variables: { asked: Asked; target: string }
}
type Call = Context<GatewayEnv>

type Found = readonly [answer: Answer, now: number, way: Way]

/** What the fast path found in memory for a request, by key. */
type Looked = ReadonlyMap<string, Answer | undefined>

export function createGateway(bindings: Env, site: SiteConfig, rooms: Rooms): Gateway {
  const env = guardStores(bindings, deadline)
  // No limit per store call here: `answerPage` sets one deadline for the whole page (entrypoint.ts).
  const pageEnv = guardStores(bindings, Number.POSITIVE_INFINITY)
  const patient = guardStores(bindings, longDeadline)
  const [memory, tally] = [createMemory(), createTally()]
  const statusCache: StatusCache = { tokens: new Map(), statuses: new Map(), pausedUntil: 0 }
  const sessionKeys = readKeys(env.SESSION_KEYS)
  const recognition = { site, statusCache, people: env.PEOPLE, catalogue: env.CATALOGUE, sessionKeys }
  let security: Promise<Fields> | undefined
  const isOurs = matchOrigins([site.origin, ...(site.otherOrigins ?? [])])
  const app = new Hono<GatewayEnv>({ getPath: ({ url }) => splitTarget(url).path })
    .use(readAddress, redirectHost)
    .all("/desk/v1/*", async (c) => finish(c.env.security, await rooms.desk(c.req.raw, serviceOf(c, patient)), "desk"))
    .use(refuseMethods, redirectSpelling)
    .get("/healthz", (c) => finish(c.env.security, Response.json({ version: rooms.version }), "health"))
    .all("*", (c) => (c.var.asked.address?.kind === "personal" || c.req.method === "POST" ? account(c) : answer(c)))
    .onError((error, c) => answerLocally(c, failurePage(error, languageOfPath(c.req.path, site), site)))

  async function readAddress(c: Call, next: () => Promise<void>) {
    c.set("asked", readTarget(c.req.url, site))
    await next()
  }

  /** Redirects (308) requests for any host but our own to the canonical path on the configured origin. */
  async function redirectHost(c: Call, next: () => Promise<void>) {
    const { path, query } = c.var.asked
    if (path === null || isOurs(c.req.url)) return next()
    return answerLocally(c, redirectPage(308, site.origin + path + (query && `?${query}`), []))
  }

  /** Answers OPTIONS requests, and methods the route does not allow (405). Unknown personal paths get a 404 later. */
  async function refuseMethods(c: Call, next: () => Promise<void>) {
    const methods = c.var.asked.route?.methods ?? ["GET"]
    const method = c.req.method === "HEAD" ? "GET" : c.req.method
    if (methods.length === 0 || methods.some((one) => one === method)) return next()
    const Allow = [...methods.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])), "OPTIONS"].join(", ")
    return finish(
      c.env.security,
      new Response(null, { status: method === "OPTIONS" ? 204 : 405, headers: { Allow } }),
      "methods",
    )
  }

  /** Redirects a variant spelling (308) to the canonical address or, if that is an old one, straight to its target. */
  async function redirectSpelling(c: Call, next: () => Promise<void>) {
    const { rawPath, path, query, formerPath, address, parameters } = c.var.asked
    if (path === null || parameters === null)
      return answerLocally(c, messagePage(site, languageOfPath(path ?? rawPath, site), 404))
    if (formerPath !== null) {
      c.set("target", formerPath)
      const response = await answerFor(c, visitor.audience)
      // A 404 means no article ever had this number: serve the front page. Any other response is final, even an error.
      if (response.status !== 404) return response
    }
    // The account reads its own parameters, such as the token in an emailed link.
    const target = path + (address?.kind === "personal" ? query && `?${query}` : formatParameters(parameters))
    c.set("target", target)
    if (path === rawPath) return next()
    let changes = noChanges
    if (address === null || mayLeadElsewhere.has(address.kind)) {
      const found = await findAnswer(c, visitor.audience)
      if (found[0].status !== 200) return carryGift(respondAnswer(c.req.raw, ...found), parameters.gift)
      // Limits the redirect's cache lifetime: once the article expires, this spelling must answer 410 too.
      changes = found[0].changes
    }
    return carryGift(await answerLocally(c, redirectPage(308, site.origin + target, [], changes)), parameters.gift)
  }

  async function account(c: Call): Promise<Response> {
    const address = c.var.asked.address as PersonalAddress | PageAddress
    return finish(c.env.security, await rooms.account(c.req.raw, address, serviceOf(c, env)), "personal")
  }

  async function answer(c: Call): Promise<Response> {
    const { address, parameters } = c.var.asked
    if (address?.kind === "media")
      return respondStream(c.req.raw, await requestPage(c, "public", pageBudget), c.env.security)
    if (address === null || !mayBeGated.has(address.kind)) return answerFor(c, visitor.audience)
    const gift = parameters?.gift ?? null
    const now = Date.now()
    const open = recall(c, c.var.target, now)
    if (open !== undefined && !open.gated && now < open.freshUntil)
      return carryGift(respondHit(c.req.raw, open, now), gift)
    // The article may have been gated since memory kept it, so members' requests always ask for their own version.
    const reader = await identifyReader(c.req.raw.headers.get("Cookie"), gift, recognition, now)
    return carryGift(carryCookies(await answerFor(c, reader.audience), reader), gift)
  }

  async function answerFor(c: Call, audience: AudienceKey): Promise<Response> {
    return respondAnswer(c.req.raw, ...(await findAnswer(c, audience)))
  }

  /** The answer in memory if fresh, else the cached page; if that fails, whatever memory still holds. */
  async function findAnswer(c: Call, audience: AudienceKey): Promise<Found> {
    const { target } = c.var
    const now = Date.now()
    const open = recall(c, target, now)
    const key = keyOf(target, audience)
    const own = audience === "public" ? open : recall(c, key, now)
    if (own !== undefined && now < own.freshUntil) {
      tally.counts.memory++
      return [own, now, "hit"]
    }
    const fill = () => requestAnswer(c, audience, open, own)
    const filled = await fillOnce(memory, key, fill, c.env.ctx, pageBudget).catch((error) => {
      if (!(error instanceof StoreFailure)) throw error
      return encode(c, failurePage(error, languageOfPath(target, site), site))
    })
    const after = Date.now()
    const last = filled.status < 500 ? undefined : (own ?? (open?.gated === false ? open : undefined))
    const isStale = last !== undefined && after < last.staleUntil
    tally.counts[isStale ? "stale" : filled.status >= 500 ? "failed" : filled.fromEdge ? "edge" : "rendered"]++
    return isStale ? [last, after, "stale"] : [filled, after, "miss"]
  }

  /** Fetches and keeps the cached page. `open`, `own`: what memory held for everyone and for this audience. */
  async function requestAnswer(c: Call, audience: AudienceKey, open?: Answer, own?: Answer): Promise<Answer> {
    const { generation } = memory
    // No time limit here: `fillOnce` sets one.
    const response = await requestPage(c, audience, Number.POSITIVE_INFINITY)
    const answer = await readAnswer(response, c.env.security, (forAll) => (forAll ? open : own))
    // A page that is the same for everyone is kept as public, even if a member asked for it.
    if (answer.freshUntil > answer.bornAt && memory.generation === generation)
      keepAnswer(memory, keyOf(c.var.target, answer.forAll ? "public" : audience), answer)
    return answer
  }

  /** The cached entrypoint's response. @throws StoreFailure if it fails or does not arrive within `ms` milliseconds */
  function requestPage(c: Call, audience: AudienceKey, ms: number): Promise<Response> {
    const [target, pages] = [c.var.target, c.env.ctx.exports.Pages({ props: { audience } })]
    // By default `fetch` follows redirects: the reader would get the target's page at the old address.
    return callStore(() => pages.fetch(new Request(site.origin + target, { redirect: "manual" })), ms, target)
  }

  /** Answers with a page that needs no store. */
  async function answerLocally(c: Call, page: Page): Promise<Response> {
    return respondAnswer(c.req.raw, await encode(c, page), Date.now(), "miss")
  }

  function encode(c: Call, page: Page): Promise<Answer> {
    return readAnswer(respondPage(page, Date.now(), "page;dur=0"), c.env.security, () => undefined)
  }

  /** Fast path: serves a fresh response from memory synchronously, else returns what memory holds for this request. */
  function look(request: Request, url: string): Response | Looked {
    // 8 is the length of `https://`. It suits `http://` too, because the host has at least one character.
    const start = url.indexOf("/", 8)
    if (request.method !== "GET" || start === -1 || !isOurs(url)) return new Map()
    const target = url.slice(start)
    const now = Date.now()
    const open = recallAnswer(memory, target, now)
    const openToAll = open !== undefined && !open.gated
    if (openToAll && now < open.freshUntil) return respondHit(request, open, now)
    const looked = new Map([[target, open]])
    if (openToAll) return looked
    const token = sessionToken(request.headers.get("Cookie"), site.origin)
    if (token === null && open !== undefined && now < open.freshUntil) return respondHit(request, open, now)
    if (token === null || !isKnownMember(statusCache, token, Math.floor(now / 1000))) return looked
    const own = recallAnswer(memory, `members ${target}`, now)
    looked.set(`members ${target}`, own)
    return own !== undefined && now < own.freshUntil ? respondHit(request, own, now) : looked
  }

  function respondHit(request: Request, answer: Answer, now: number): Response {
    tally.counts.memory++
    return respondAnswer(request, answer, now, "hit")
  }

  /** Looks up each key only once, reusing what the fast path found. */
  function recall(c: Call, key: string, now: number): Answer | undefined {
    return c.env.looked.has(key) ? c.env.looked.get(key) : recallAnswer(memory, key, now)
  }

  function serviceOf(c: Call, stores: Env): Service {
    const { ctx } = c.env
    const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work)
    return { env: stores, site, version: rooms.version, statusCache, sessionKeys, purge: purge(ctx), waitUntil }
  }

  function purge(ctx: RequestContext): Purge {
    return purgeWith(memory, (tags) => ctx.exports.Pages({ props: { audience: "public" } }).purge(tags))
  }

  async function further(request: Request, ctx: RequestContext, looked: Looked): Promise<Response> {
    security ??= prepareSecurity(site.origin, env)
    try {
      await loadLanguages([languageOfPath(splitTarget(request.url).path, site)])
      // Another request may have created the promise: `await` resumes in this request's context (store/failure.ts).
      return await app.fetch(request, { ctx, security: await security, looked })
    } catch (error) {
      return failPlainly(error, site.origin)
    }
  }

  return {
    memory,
    tally,
    patient,
    fetch(request, ctx, url = request.url) {
      try {
        const looked = look(request, url)
        return looked instanceof Response ? looked : further(request, ctx, looked)
      } catch (error) {
        return failPlainly(error, site.origin)
      }
    },
    render: (url, audience) => answerPage(url, audience, pageEnv, site),
    purge,
  }
}
