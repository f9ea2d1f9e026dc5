// Every reader's request: one spelling, who asks, memory, then the cached pages; and back once through memory.
import type { AudienceKey } from "../membership/access.ts"
import { type Address, canonicalPath, type PageAddress, type PersonalAddress, parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import { StoreFailure, withinDeadline } from "../store/failure.ts"
import { noChanges } from "../store/rows.ts"
import { readAnswer, redirectAnswer, respondAnswer, respondStream } from "./answer.ts"
import { identifyReader, type Reader, type Recognition, visitor } from "./audience.ts"
import { answerHit } from "./hit.ts"
import { type Answer, keepAnswer, type Memory, recallAnswer } from "./memory.ts"
import { encodePage, type Fields, type Page, pageBudget, type Representation } from "./page.ts"
import { failurePage, languageOf, messagePage } from "./pages.ts"
import { formatParameters, readParameters } from "./parameters.ts"
import { splitTarget } from "./target.ts"

export interface Gateway extends Recognition {
  readonly site: SiteConfig
  readonly memory: Memory
  /** The cached entrypoint: a canonical address, for an audience. Fails when it takes too long. */
  readonly pages: (url: string, audience: AudienceKey) => Promise<Representation>
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
  return hit ?? answerSafely(request, gateway)
}

async function answerSafely(request: Request, gateway: Gateway): Promise<Response> {
  try {
    return await answerFurther(request, gateway)
  } catch (error) {
    const language = languageOf(splitTarget(request.url).path, gateway.site)
    return answerLocally(request, gateway, failurePage(error, language, gateway.site), Date.now())
  }
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
  if (path === undefined) return answerLocally(request, gateway, absence(rawPath, gateway), now)
  const parameters = readParameters(address, query, gateway.site)
  if (parameters === null) return answerLocally(request, gateway, absence(path, gateway), now)
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
  const known = identifyReader(request.headers.get("Cookie"), parameters.gift, gateway, now)
  const reader = known instanceof Promise ? await known : known
  const response = await answerTarget(request, gateway, target, reader.audience, now)
  return carryGift(carryCookie(response, reader), parameters.gift)
}

async function answerTarget(
  request: Request,
  gateway: Gateway,
  target: string,
  audience: AudienceKey,
  now: number,
): Promise<Response> {
  const open = recallAnswer(gateway.memory, target, now)
  if (open !== undefined && !open.gated && now < open.freshUntil) return respondAnswer(request, open, now, "hit")
  const key = audience === "public" ? target : `${audience} ${target}`
  const known = audience === "public" ? open : recallAnswer(gateway.memory, key, now)
  if (known !== undefined && now < known.freshUntil) return respondAnswer(request, known, now, "hit")
  const answer = await fillAnswer(gateway, key, target, audience)
  const after = Date.now()
  if (answer.status < 500) return respondAnswer(request, answer, after, "miss")
  const last = known ?? (open?.gated === false ? open : undefined)
  if (last !== undefined && after < last.staleUntil) return respondAnswer(request, last, after, "stale")
  return respondAnswer(request, answer, after, "miss")
}

/** Asks the cached pages, once for all who wait in this isolate. Without an answer in time: 503. */
async function fillAnswer(gateway: Gateway, key: string, target: string, audience: AudienceKey): Promise<Answer> {
  const { fills } = gateway.memory
  const now = Date.now()
  const others = fills.get(key)
  try {
    // The platform may end the request that others wait on without a word: nobody joins it, or waits, beyond its deadline.
    if (others !== undefined && now < others.until)
      return await withinDeadline(others.answer, others.until - now, target)
    const fill = { answer: requestAnswer(gateway, key, target, audience), until: now + pageBudget }
    fills.set(key, fill)
    const ended = fill.answer.finally(() => {
      if (fills.get(key) === fill) fills.delete(key)
    })
    gateway.waitUntil(ended.catch(() => undefined))
    return await withinDeadline(fill.answer, pageBudget, target)
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    return encodeLocally(gateway, failurePage(error, languageOf(target, gateway.site), gateway.site), Date.now())
  }
}

async function requestAnswer(gateway: Gateway, key: string, target: string, audience: AudienceKey): Promise<Answer> {
  const { memory, site } = gateway
  const { generation } = memory
  const page = await gateway.pages(site.origin + target, audience)
  // What is for everyone is kept for everyone, whoever asked.
  const kept = page.kept?.audience === "public" ? target : key
  const answer = readAnswer(page, gateway.security, memory.answers.get(kept), Date.now())
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

/** Answers with a page that needs no store. */
async function answerLocally(request: Request, gateway: Gateway, page: Page, now: number): Promise<Response> {
  return respondAnswer(request, await encodeLocally(gateway, page, now), now, "miss")
}

async function encodeLocally(gateway: Gateway, page: Page, now: number): Promise<Answer> {
  return readAnswer(await encodePage(page, now, "page;dur=0"), gateway.security, undefined, now)
}

function absence(path: string, { site }: Gateway): Page {
  return messagePage(site, languageOf(path, site), 404, "notFound", [], noChanges)
}

/** Pictures are streamed, never kept in memory. */
async function respondMedia(request: Request, gateway: Gateway, target: string): Promise<Response> {
  return respondStream(request, await gateway.pages(gateway.site.origin + target, "public"), gateway.security)
}

/** An address that takes a form's POST. */
function isForm(address: Address): address is PersonalAddress | PageAddress {
  return address.kind === "personal" || address.kind === "newsletter" || address.kind === "join"
}

function allow(gateway: Gateway, takesPosts: boolean): Fields {
  const methods = takesPosts ? allowedToo : allowed
  return { ...gateway.security, Allow: methods, "Cache-Control": "no-store" }
}
