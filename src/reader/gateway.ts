// Every reader's request: one spelling, who asks, memory, then the cached pages; and back once through memory.
import type { Audience } from "../membership/access.ts"
import { type Address, canonicalPath, type PageAddress, type PersonalAddress, parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import { noChanges } from "../store/changes.ts"
import { withinDeadline } from "../store/failure.ts"
import { readAnswer, redirectAnswer, respondAnswer, respondStream } from "./answer.ts"
import { identifyReader, type Reader, type Recognition, visitor } from "./audience.ts"
import { answerHit } from "./hit.ts"
import { type Answer, keepAnswer, type Memory, recallAnswer } from "./memory.ts"
import { encodePage, type Fields, pageBudget, type Representation } from "./page.ts"
import { languageOf, messagePage } from "./pages.ts"
import { formatParameters, readParameters } from "./parameters.ts"
import { splitTarget } from "./target.ts"

export interface Gateway extends Recognition {
  readonly site: SiteConfig
  readonly memory: Memory
  /** The cached entrypoint: a canonical address, for an audience. Fails when it takes too long. */
  readonly pages: (url: string, audience: Audience) => Promise<Representation>
  /** What answers one person alone: the members' room. */
  readonly personal: (request: Request, address: PersonalAddress | PageAddress) => Promise<Response>
  readonly security: Fields
  readonly waitUntil: (work: Promise<unknown>) => void
}

const allowed = "GET, HEAD, OPTIONS"
const allowedToo = "GET, HEAD, POST, OPTIONS"

/** Answers a reader. Does no I/O when memory holds a fresh answer. */
export function answerReader(request: Request, gateway: Gateway): Response | Promise<Response> {
  const hit = answerHit(request, gateway.memory, gateway.standings, gateway.site.origin)
  return hit ?? answerFurther(request, gateway)
}

async function answerFurther(request: Request, gateway: Gateway): Promise<Response> {
  const { method } = request
  const now = Date.now()
  const { path: rawPath, query } = splitTarget(request.url)
  const path = canonicalPath(rawPath)?.path
  const address = path === undefined ? null : parseAddress(path, gateway.site)
  const takesPosts = address !== null && isForm(address)
  // The members' room knows for each of its addresses which methods it takes.
  if (takesPosts && path === rawPath && (method === "POST" || address.kind === "personal"))
    return gateway.personal(request, address)
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: allow(gateway, takesPosts) })
  const asks = method === "GET" || method === "HEAD"
  if (!asks) return new Response(null, { status: 405, headers: allow(gateway, takesPosts) })
  if (path === undefined) return answerLocally(request, gateway, rawPath, 404, now)
  const parameters = readParameters(address, query, gateway.site)
  if (parameters === null) return answerLocally(request, gateway, path, 404, now)
  const target = path + formatParameters(parameters)
  if (path !== rawPath) {
    const mayBeOld = address === null || address.kind === "article" || address.kind === "markdown"
    return carryGift(await answerMisspelt(request, gateway, target, mayBeOld, now), parameters.gift)
  }
  if (address?.kind === "media") return respondMedia(request, gateway, target)
  if (address?.kind !== "article" && address?.kind !== "markdown")
    return answerTarget(request, gateway, target, visitor.audience, now)
  const open = recallAnswer(gateway.memory, target, now)
  if (open !== undefined && !open.gated && now < open.freshUntil)
    return carryGift(respondAnswer(request, open, now, "hit"), parameters.gift)
  // What was open may be a members' article by now: whoever shows a session is asked for as a member.
  const known = identifyReader(request.headers.get("Cookie"), parameters.gift, path, gateway, now)
  const reader = known instanceof Promise ? await known : known
  const response = await answerTarget(request, gateway, target, reader.audience, now)
  return carryGift(carryCookie(response, reader), parameters.gift)
}

async function answerTarget(
  request: Request,
  gateway: Gateway,
  target: string,
  audience: Audience,
  now: number,
): Promise<Response> {
  const open = recallAnswer(gateway.memory, target, now)
  if (open !== undefined && !open.gated && now < open.freshUntil) return respondAnswer(request, open, now, "hit")
  const key = audience === "public" ? target : `${audience} ${target}`
  const known = audience === "public" ? open : recallAnswer(gateway.memory, key, now)
  if (known !== undefined && now < known.freshUntil) return respondAnswer(request, known, now, "hit")
  const answer = await fillAnswer(gateway, key, target, audience)
  const after = Date.now()
  if (answer !== null && answer.status < 500) return respondAnswer(request, answer, after, "miss")
  const last = known ?? (open?.gated === false ? open : undefined)
  if (last !== undefined && after < last.staleUntil) return respondAnswer(request, last, after, "stale")
  if (answer !== null) return respondAnswer(request, answer, after, "miss")
  return answerLocally(request, gateway, target, 503, after)
}

/** Asks the cached pages, once for all who wait in this isolate. null: they did not answer in time. */
async function fillAnswer(gateway: Gateway, key: string, target: string, audience: Audience): Promise<Answer | null> {
  const { fills } = gateway.memory
  const others = fills.get(key)
  try {
    // The platform may end the request that others wait on without a word: they have a deadline of their own.
    if (others !== undefined) return await withinDeadline(others, pageBudget, key)
    const fill = requestAnswer(gateway, key, target, audience).finally(() => fills.delete(key))
    fills.set(key, fill)
    gateway.waitUntil(fill.catch(() => undefined))
    return await fill
  } catch (error) {
    console.error("no page", error instanceof Error ? error.message : error)
    return null
  }
}

async function requestAnswer(gateway: Gateway, key: string, target: string, audience: Audience): Promise<Answer> {
  const { memory, site } = gateway
  const { generation } = memory
  const page = await gateway.pages(site.origin + target, audience)
  const answer = readAnswer(page, gateway.security, memory.answers.get(key), Date.now())
  const kept = answer.gated || audience === "public" ? key : target
  if (answer.freshUntil > answer.bornAt && memory.generation === generation) keepAnswer(memory, kept, answer)
  return answer
}

/** The cookie with a newer verification goes out only with an answer that nobody keeps. */
function carryCookie(response: Response, { cookie }: Reader): Response {
  if (cookie !== null && response.headers.get("Cache-Control") === "private, no-store")
    response.headers.append("Set-Cookie", cookie)
  return response
}

/** A gift goes along to where its article has moved. */
function carryGift(response: Response, gift: string | null): Response {
  const to = gift === null ? null : response.headers.get("Location")
  if (to !== null) response.headers.set("Location", `${to}?gift=${gift}`)
  return response
}

/** One hop from another spelling to the one address; an old address straight to its target. */
async function answerMisspelt(
  request: Request,
  gateway: Gateway,
  target: string,
  mayBeOld: boolean,
  now: number,
): Promise<Response> {
  if (mayBeOld) {
    const response = await answerTarget(request, gateway, target, visitor.audience, now)
    if (response.status === 301 || response.status === 404 || response.status >= 500) return response
  }
  return respondAnswer(request, redirectAnswer(gateway.site.origin + target, gateway.security, now), now, "miss")
}

/** A page that needs no store: an address that cannot be, or stores that do not answer. */
async function answerLocally(
  request: Request,
  gateway: Gateway,
  path: string,
  status: 404 | 503,
  now: number,
): Promise<Response> {
  const language = languageOf(path, gateway.site)
  const page = messagePage(gateway.site, language, status, status === 404 ? "notFound" : "unavailable", [], noChanges)
  const answer = readAnswer(await encodePage(page, now, "page;dur=0"), gateway.security, undefined, now)
  return respondAnswer(request, answer, now, "miss")
}

/** Pictures are streamed, never kept in memory. */
async function respondMedia(request: Request, gateway: Gateway, target: string): Promise<Response> {
  try {
    return respondStream(request, await gateway.pages(gateway.site.origin + target, "public"), gateway.security)
  } catch {
    return answerLocally(request, gateway, target, 503, Date.now())
  }
}

/** An address that takes a form's POST. */
function isForm(address: Address): address is PersonalAddress | PageAddress {
  return address.kind === "personal" || address.kind === "newsletter" || address.kind === "join"
}

function allow(gateway: Gateway, takesPosts: boolean): Fields {
  const methods = takesPosts ? allowedToo : allowed
  return { ...gateway.security, Allow: methods, "Cache-Control": "no-store" }
}
