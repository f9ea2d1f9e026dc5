// The desk's client: Hono's own RPC types, retries where trying again can help, errors an editor understands.
import { hc } from "hono/client"
import type { PictureFile } from "../article/picture-types.ts"
import type { DeskApp } from "../desk/app.ts"
import { isLocal } from "./command.ts"
import { CLIError } from "./output.ts"

export interface Target {
  readonly url: string
  readonly key: string
}

const tries = 5
const goesOn = "run it again: it goes on where it stopped"

/** A typed client of the desk at `target.url`. Network failures and 429/5xx are tried again with growing pauses. */
export function openDesk(target: Target) {
  return hc<DeskApp>(target.url, {
    headers: { Authorization: `Bearer ${target.key}` },
    fetch: (input: string | URL | Request, init?: RequestInit) => fetchAgain(target, input, init),
  }).desk.v1
}

/** Sends a picture's bytes; tries again like every request. @throws CLIError when the desk refuses them */
export async function sendPicture(
  target: Target,
  { sha256, extension }: PictureFile,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const address = `${target.url}/desk/v1/media/${sha256}.${extension}`
  const headers = { Authorization: `Bearer ${target.key}` }
  await expectAnswer(await fetchAgain(target, address, { method: "PUT", headers, body: bytes }))
}

/** A published picture's bytes. @throws CLIError when the site does not have them */
export async function fetchPicture(
  target: Target,
  { sha256, extension }: Pick<PictureFile, "sha256" | "extension">,
): Promise<Uint8Array> {
  const response = await fetchAgain(target, `${target.url}/media/${sha256}.${extension}`)
  if (!response.ok) throw new CLIError(`the site answered ${response.status}`, 4)
  return new Uint8Array(await response.arrayBuffer())
}

export type DeskClient = ReturnType<typeof openDesk>

/** @throws CLIError when somebody on the way could read a key sent to this address */
export function expectPrivateLine(url: string): void {
  if (new URL(url).protocol === "https:" || isLocal(url)) return
  throw new CLIError(`The editor's key is not sent to ${url}, because http is not encrypted: use https`, 2)
}

/** Every request with the key goes through here. */
async function fetchAgain(target: Target, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  expectPrivateLine(target.url)
  // With NODE_USE_ENV_PROXY, Node would send the key to HTTP_PROXY unencrypted.
  if (isLocal(target.url)) process.env.no_proxy = "*"
  for (let attempt = 1; ; attempt++) {
    try {
      // A redirect may lead to another site or to http: the key does not follow it.
      const response = await fetch(input, { ...init, redirect: "manual" })
      if (response.status > 300 && response.status < 400) throw new CLIError(explainRedirect(target.url, response), 4)
      if (response.status !== 429 && response.status < 500) return response
      if (attempt === tries)
        throw new CLIError(`${target.url} answered ${response.status}: ${await explain(response)}; ${goesOn}`, 4)
      await response.arrayBuffer()
    } catch (error) {
      if (error instanceof CLIError) throw error
      if (attempt === tries || isRefused(error))
        throw new CLIError(`${target.url} cannot be reached: is the site running? When it is, ${goesOn}`, 4)
    }
    await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt))
  }
}

/** Only the origin of where it leads: the rest may hold a token. */
function explainRedirect(url: string, response: Response): string {
  const location = response.headers.get("Location") ?? ""
  const to = URL.canParse(location, url) ? new URL(location, url).origin : "nowhere"
  return `${url} redirects to ${to}, and the editor's key is not sent there: give the site's own address with --url`
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
  return cause?.code === "ECONNREFUSED" || cause?.code === "ENOTFOUND"
}

async function explain(response: Response): Promise<string> {
  return (await readJson(response))?.error?.message ?? "no more is known"
}

/** The body of a good answer. @throws CLIError that says what the desk refused */
export async function expectAnswer<Answer extends { ok: boolean; status: number; json(): Promise<unknown> }>(
  response: Answer,
): Promise<GoodAnswer<Answer>> {
  const said = await readJson(response)
  if (said === null || (!response.ok && said.error?.message === undefined))
    throw new CLIError(`no desk answers there (status ${response.status}): is the address of --url the site's?`, 4)
  if (response.ok) return said as GoodAnswer<Answer>
  refuse(response.status, said.error?.message ?? "")
}

async function readJson(response: { json(): Promise<unknown> }): Promise<{ error?: { message?: string } } | null> {
  try {
    const body = await response.json()
    return typeof body === "object" ? body : null
  } catch {
    return null
  }
}

function refuse(status: number, said: string): never {
  if (status === 401) throw new CLIError(`the site refused the key: ${said}. Set DATELINE_KEY to your editor's key`, 4)
  if (status === 409) throw new CLIError(said, 3)
  if (status === 404) throw new CLIError(said, 2)
  throw new CLIError(said, 4)
}

/**
 * Does work that changes the site, then flushes the purge outbox: whatever the last answer was, and whether or not it
 * arrived. Where that fails the run says so: readers see old pages for longer then.
 */
export async function flushAfter<T>(
  desk: DeskClient,
  warn: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } finally {
    const why = await desk.purges.$post().then(
      async (response) => ((await expectAnswer(response)).due > 0 ? "the platform refused" : null),
      (error: Error) => error.message,
    )
    if (why !== null)
      warn(
        `The cache was not purged (${why}): readers may see old pages for up to 6 minutes. The site tries every minute`,
      )
  }
}

type GoodAnswer<Response extends { json(): Promise<unknown> }> = Awaited<
  ReturnType<Exclude<Response, { ok: false }>["json"]>
>

/** An article as the desk lists it. */
export type Head = GoodAnswer<Awaited<ReturnType<DeskClient["articles"]["$get"]>>>["articles"][number]
export type Revision = GoodAnswer<Awaited<ReturnType<DeskClient["revisions"]["$get"]>>>["revisions"][number]

/** All articles that the site knows, by path. */
export async function fetchHeads(desk: DeskClient): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>()
  let after = ""
  for (;;) {
    const response = await desk.articles.$get({ query: { after, limit: "2000" } })
    const page = await expectAnswer(response)
    for (const head of page.articles) heads.set(head.path, head)
    if (page.next === null) return heads
    after = page.next
  }
}

/** The site's id and origin. */
export async function fetchSite(desk: DeskClient) {
  const site = await expectAnswer(await desk.site.$get())
  // The id names a file of the folder's record.
  if (!/^[\w-]{1,100}$/.test(site.id)) throw new CLIError("the site has no id that can be kept: is it a desk?", 4)
  return site
}

/** An article's newest revision as it was published; null: the site has none there. */
export async function fetchSource(
  desk: DeskClient,
  path: string,
): Promise<{ revision: number; source: string } | null> {
  const response = await desk.source.$get({ query: { path } })
  if (response.status === 404) return null
  return expectAnswer(response)
}
