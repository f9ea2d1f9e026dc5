// The desk's client: Hono's own RPC types, retries where trying again can help, errors an editor understands.
import { hc } from "hono/client"
import type { DeskApp } from "../desk/app.ts"
import { CLIError } from "./failure.ts"

export interface Target {
  readonly url: string
  readonly key: string
}

const tries = 5

/** A typed client of the desk at `target.url`. Network failures and 429/5xx are tried again with growing pauses. */
export function openDesk(target: Target) {
  return hc<DeskApp>(target.url, {
    headers: { Authorization: `Bearer ${target.key}` },
    fetch: (input: string | URL | Request, init?: RequestInit) => fetchAgain(target, input, init),
  }).desk.v1
}

export type DeskClient = ReturnType<typeof openDesk>

async function fetchAgain(target: Target, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(input, init)
      if (response.status !== 429 && response.status < 500) return response
      if (attempt === tries)
        throw new CLIError(`${target.url} answered ${response.status}: ${await explain(response)}`, 4)
      await response.arrayBuffer()
    } catch (error) {
      if (error instanceof CLIError) throw error
      if (attempt === tries || isRefused(error))
        throw new CLIError(
          `${target.url} cannot be reached: is the site running? Run the command again: it goes on where it stopped`,
          4,
        )
    }
    await new Promise((resolve) => setTimeout(resolve, 150 * 2 ** attempt))
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
  return cause?.code === "ECONNREFUSED" || cause?.code === "ENOTFOUND"
}

/** What the desk says in an error's body. */
export async function explain(response: { json(): Promise<unknown>; status: number }): Promise<string> {
  try {
    const body = (await response.json()) as { error?: { message?: string } }
    return body.error?.message ?? `status ${response.status}`
  } catch {
    return `status ${response.status}`
  }
}

/** The body of a good answer. @throws CLIError that says what the desk refused */
export async function expectAnswer<T>(response: { ok: boolean; status: number; json(): Promise<unknown> }): Promise<T> {
  if (response.ok) return (await response.json()) as T
  const said = await explain(response)
  if (response.status === 401)
    throw new CLIError(`the site refused the key: ${said}. Set DATELINE_KEY to your editor's key`, 4)
  if (response.status === 409) throw new CLIError(said, 3)
  if (response.status === 404) throw new CLIError(said, 2)
  throw new CLIError(said, 4)
}

/** An article as the desk lists it. */
export interface Head {
  readonly path: string
  readonly url: string
  readonly title: string
  readonly access: string
  readonly status: "live" | "scheduled" | "expired" | "gone"
  readonly date: string | null
  readonly updated: string | null
  readonly language: string
  readonly revision: number
  readonly digest: string
  readonly who: string
  readonly when: string
}

/** All articles that the site knows, by path. */
export async function fetchHeads(desk: DeskClient): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>()
  let after = ""
  for (;;) {
    const response = await desk.articles.$get({ query: { after, limit: "2000" } } as never)
    const page = await expectAnswer<{ articles: Head[]; next: string | null }>(response)
    for (const head of page.articles) heads.set(head.path, head)
    if (page.next === null) return heads
    after = page.next
  }
}

/** The site's id and origin. */
export async function fetchSite(desk: DeskClient): Promise<{ id: string; origin: string; version: string }> {
  return expectAnswer(await desk.site.$get())
}
