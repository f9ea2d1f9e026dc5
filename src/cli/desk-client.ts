// The client for the desk API: typed by Hono RPC, with retries where they can help and errors that editors understand.
import { setGlobalProxyFromEnv } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { hc } from "hono/client"
import * as v from "valibot"
import type { MediaName } from "../article/media-types.ts"
import type { DeskApp } from "../desk/app.ts"
import { toOneLine } from "../site/problem.ts"
import { isLocal } from "./commander.ts"
import { suggestPath } from "./content-folder.ts"
import { CLIError, type Report } from "./output.ts"

export interface Target {
  readonly url: string
  readonly key: string
}

const tries = 5
/** The timeout of a request, in milliseconds. */
const patience = 14_000
const safe = "It is safe to run the command again"

/** Sends requests through the proxy set in the environment, except those to this machine. @throws CLIError */
export function applyProxy(url: string): void {
  try {
    // With NODE_USE_ENV_PROXY, Node would send a local site's key to HTTP_PROXY unencrypted.
    setGlobalProxyFromEnv(isLocal(url) ? { ...process.env, no_proxy: "*" } : process.env)
  } catch {
    const set = listProxies()
    const wrong = set.find((name) => !URL.parse(process.env[name] ?? "")?.host) ?? set.join(" or ")
    throw new CLIError(`${wrong} is not set to a valid proxy URL: use http://host:port`, 2)
  }
}

/** The proxy variables that are set, in Node's order of preference. */
const listProxies = () => ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].filter((name) => process.env[name])

/** A typed client for the desk at `target.url`. Network failures and 429/5xx are retried with exponential backoff. */
export function openDesk(target: Target) {
  applyProxy(target.url)
  return hc<DeskApp>(target.url, {
    headers: { Authorization: `Bearer ${target.key}` },
    fetch: (input: string | URL | Request, init?: RequestInit) => fetchAgain(target, input, init),
  }).desk.v1
}

/** Sends a picture's bytes. @throws CLIError if the desk refuses them */
export async function sendPicture(desk: DeskClient, picture: MediaName, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const param = { name: `${picture.sha256}.${picture.extension}` }
  await expectAnswer(desk.media[":name"].$put({ param }, { init: { body } }))
}

/** A published picture's bytes, with the usual retries. @throws CLIError if the site does not have them */
export async function fetchPicture(target: Target, { sha256, extension }: MediaName): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchAgain(target, `${target.url}/media/${sha256}.${extension}`)
  if (!response.ok) throw new CLIError(`the site answered ${response.status}`, 4)
  return new Uint8Array(await response.arrayBuffer())
}

export type DeskClient = ReturnType<typeof openDesk>

/** @throws CLIError if a key sent to this address could be intercepted */
export function expectPrivateLine(url: string): void {
  if (new URL(url).protocol === "https:" || isLocal(url)) return
  throw new CLIError(`The editor's key was not sent to ${url}, because http is not encrypted. Use https`, 2)
}

class Timeout extends CLIError {}

/** Sends a request, and retries it if it fails. Every request that carries the editor's key goes through here. */
async function fetchAgain({ url }: Target, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  expectPrivateLine(url)
  let failure = ""
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await pause(150 * 2 ** attempt)
    const response = await fetchWhole(url, input, init)
    if (typeof response === "string") failure = response
    else if (response.status !== 429 && response.status < 500) return response
    else failure = `answered ${response.status}: ${(await readJson(response))?.error?.message ?? "no reason given"}.`
  }
  throw new CLIError(`${url} ${failure} ${safe}`, 4)
}

/** @returns the complete response, or the failure if a retry may help. @throws CLIError if a retry cannot help */
async function fetchWhole(url: string, input: string | URL | Request, init?: RequestInit): Promise<Response | string> {
  const { method = "GET", body } = init ?? {}
  // Changes get more time, because the desk needs longer and a slow mobile network sends only 20 kB/s.
  const size = body instanceof Uint8Array ? body.length : String(body ?? "").length
  const signal = AbortSignal.timeout(method === "GET" ? patience : 3 * patience + Math.ceil(size / 20))
  try {
    // A redirect may lead to another site or to http, so the key must not follow it.
    const response = await fetch(input, { ...init, signal, redirect: "manual" })
    if (response.headers.has("Location") && response.status < 400) throw new CLIError(explainRedirect(url, response), 4)
    const whole = await response.arrayBuffer()
    // A response with status 204, 205 or 304 must have no body, not even an empty one.
    return new Response(whole.byteLength === 0 ? null : whole, response)
  } catch (error) {
    if (error instanceof CLIError) throw error
    if (signal.aborted) throw new Timeout(`${url} did not respond in time. ${safe}`, 4)
    return explainLoss(url, (error as { cause?: Loss }).cause ?? {})
  }
}

interface Loss {
  readonly message?: string
  readonly code?: string
  readonly cause?: Error
}

/** @returns why there was no response, if a retry may help. @throws CLIError if a retry cannot help */
function explainLoss(url: string, { message = "the connection was lost", code = message, cause }: Loss): string {
  const proxy = isLocal(url) ? undefined : listProxies()[0]
  // Node reports the status of a proxy's refusal only in this message.
  const status = /^Proxy response \((\d+)\)/.exec(cause?.message ?? "")?.[1]
  if (status === "407")
    throw new CLIError(`The proxy in ${proxy} requires a user name and password: use http://name:password@host:port`, 4)
  if (status !== undefined)
    throw new CLIError(`${url} cannot be reached: the proxy in ${proxy} answered ${status}. ${safe}`, 4)
  const running = proxy === undefined ? "is the site running?" : `are the site and the proxy in ${proxy} running?`
  const said = `cannot be reached (${cause?.message ?? code}): ${running}`
  if (["ECONNREFUSED", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT"].includes(code))
    throw new CLIError(`${url} ${said} ${safe}`, 4)
  return said
}

/** Names only the origin of the target: the rest may contain a token. */
function explainRedirect(url: string, response: Response): string {
  const location = response.headers.get("Location") ?? ""
  const to = URL.parse(location, url)?.origin ?? "nowhere"
  return `${url} redirects to ${to}, but the editor's key is only sent to the address in --url. Set --url to the site's own address`
}

/** The body of a successful response, which must have the field, if given. @throws CLIError with the reason */
export async function expectAnswer<Answer extends { ok: boolean; status: number; json(): Promise<unknown> }>(
  sent: Answer | Promise<Answer>,
  field?: (keyof GoodAnswer<Answer> & string) | "revision",
): Promise<GoodAnswer<Answer>> {
  const response = await sent
  const { status } = response
  const said = await readJson(response)
  const message = said?.error?.message
  if (said === null || (!response.ok && message === undefined)) throw noDesk(`status ${status}`)
  if (response.ok && field !== undefined && !v.is(v.object({ [field]: fields[field] ?? v.array(v.unknown()) }), said))
    throw noDesk(`the response has no valid ${field}`)
  if (response.ok) return said as GoodAnswer<Answer>
  if (status === 401)
    throw new CLIError(`The site refused the key: ${message}. Set DATELINE_KEY to your editor's key`, 4)
  // As below a longer --url, or in an older version.
  if (said.error?.code === "route")
    throw new CLIError(`${message}. Set --url to the site's own address. If it is right, deploy the site`, 4)
  throw new CLIError(message ?? "", status === 409 ? 3 : status === 404 || said.error?.code === "malformed" ? 2 : 4)
}

const withTexts = (...names: string[]) => v.object(v.entriesFromList(names, v.string()))
/** What commands read of these fields of the desk's answers. All other fields that they require are lists. */
const fields: Readonly<Record<string, v.GenericSchema>> = {
  ...{ source: v.string(), key: v.string(), date: v.string(), revision: v.number() },
  articles: v.array(withTexts("path", "title", "status", "access")),
  revisions: v.array(withTexts("action", "digest", "who", "when", "message")),
  published: v.array(withTexts("path", "url")),
  previews: v.array(withTexts("path", "who", "expires")),
  editors: v.array(withTexts("name", "role")),
  members: v.array(withTexts("email", "standing")),
  member: withTexts("email"),
  // An edition may have no letter.
  letter: v.nullable(withTexts("subject", "text")),
}

const noDesk = (why: string) => new CLIError(`Not a Dateline site (${why}). Check the address in --url`, 4)

/** The JSON body, or null if it is not an object. An error message in it is put on one line. */
async function readJson(response: { json(): Promise<unknown> }): Promise<{ error?: DeskError } | null> {
  const body = (await response.json().catch(() => null)) as { error?: DeskError } | null
  if (typeof body !== "object" || body === null) return null
  if (typeof body.error?.message !== "string") delete body.error
  else body.error.message = toOneLine(body.error.message)
  return body
}

interface DeskError {
  readonly code?: string
  message: string
}

/**
 * Does work that changes the site, then flushes the purge outbox, even if the work failed or its last response was
 * lost, but not if the site hangs. If nothing was flushed, warns that readers may see old pages for longer.
 */
export async function flushAfter<T>(desk: DeskClient, warn: Report, work: () => Promise<T>): Promise<T> {
  let hung = false
  try {
    return await work()
  } catch (error) {
    hung = error instanceof Timeout
    throw error
  } finally {
    const why = hung
      ? "the site did not respond"
      : await expectAnswer(desk.purges.$post()).then(
          ({ due }) => (due > 0 ? "the platform refused" : null),
          (error: Error) => error.message,
        )
    if (why !== null)
      warn(
        `The cache was not purged (${why}): readers may see old pages for up to 6 minutes. The site retries every minute`,
      )
  }
}

type GoodAnswer<Response extends { json(): Promise<unknown> }> = Awaited<
  ReturnType<Exclude<Response, { ok: false }>["json"]>
>

/** An article as the desk lists it. */
export type Head = GoodAnswer<Awaited<ReturnType<DeskClient["articles"]["$get"]>>>["articles"][number]
export type Revision = GoodAnswer<Awaited<ReturnType<DeskClient["revisions"]["$get"]>>>["revisions"][number]

export async function fetchHeads(desk: DeskClient): Promise<Map<string, Head>> {
  const pages = await fetchPages((after) =>
    expectAnswer(desk.articles.$get({ query: { after, limit: 2000 } }), "articles"),
  )
  return new Map(pages.flatMap(({ articles }) => articles).map((head) => [head.path, head]))
}

export async function fetchPages<T extends { next: string | null }>(ask: (after: string) => Promise<T>): Promise<T[]> {
  const pages: T[] = []
  for (let after: string | null = ""; after !== null; after = pages.at(-1)?.next ?? null) {
    const page = await ask(after)
    if (page.next === after) throw noDesk("its list has no end")
    pages.push(page)
  }
  return pages
}

export async function fetchSite(desk: DeskClient) {
  const site = await expectAnswer(desk.site.$get())
  // The id is used as a file name for the folder's record.
  if (typeof site.id !== "string" || !/^[\w-]{1,100}$/.test(site.id)) throw noDesk("the response has no valid site id")
  return site
}

/** An article's revisions, newest first; null if the site has none at this address. */
export async function findRevisions(desk: DeskClient, path: string): Promise<Revision[] | null> {
  const response = await desk.revisions.$get({ query: { path } })
  return response.status === 404 ? null : (await expectAnswer(response, "revisions")).revisions
}

/** An article's revisions, newest first. @throws CLIError if the site has none at this address */
export async function fetchRevisions(desk: DeskClient, path: string): Promise<Revision[]> {
  const revisions = await findRevisions(desk, path)
  if (revisions !== null) return revisions
  const near = suggestPath(path, (await fetchHeads(desk)).keys())
  throw new CLIError(`The site has no article at ${path}. ${near}`.trim(), 2)
}

/** An article's newest revision as it was published, or null if the site has none there. */
export async function fetchSource(desk: DeskClient, path: string) {
  const response = await desk.source.$get({ query: { path } })
  return response.status === 404 ? null : expectAnswer(response, "source")
}
