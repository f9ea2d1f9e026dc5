// The address of a deployed site: its workers.dev address until `origin` in the config is a domain of its own.
import { setTimeout as pause } from "node:timers/promises"
import { CLIError } from "../output.ts"
import type { CloudflareAPI } from "./cloudflare.ts"
import type { Ask } from "./secrets.ts"

/** Nobody can register these names (RFC 2606, RFC 6761). */
const reserved = /(?:^|\.)(?:example|test|invalid|localhost)$|(?:^|\.)example\.(?:com|net|org)$/

/** The site's origin. Only production uses the configured domain. */
export function chooseOrigin(configured: string, worker: string, subdomain: string, production: boolean): string {
  const { protocol, hostname } = new URL(configured)
  if (production && protocol === "https:" && !reserved.test(hostname)) return configured
  return `https://${worker}.${subdomain}.workers.dev`
}

/** The account's workers.dev subdomain. A new account has none until its owner chooses one. @throws CLIError */
export async function chooseSubdomain(call: CloudflareAPI["call"], account: string, ask: Ask | null): Promise<string> {
  const path = "/workers/subdomain"
  const known = (await call("GET", path)) as { subdomain?: string } | null
  if (known?.subdomain) return known.subdomain
  if (ask === null)
    throw new CLIError(
      `The account has no workers.dev address yet. Choose one at https://dash.cloudflare.com/${account}/workers/onboarding, or run the command in a terminal`,
      1,
    )
  for (;;) {
    const subdomain = (
      await ask("Choose NAME for the addresses of all your Workers, https://WORKER.NAME.workers.dev", false)
    ).trim()
    if (subdomain === "") throw new CLIError("The site cannot be deployed without a workers.dev address", 1)
    try {
      return ((await call("PUT", path, { subdomain })) as { subdomain: string }).subdomain
    } catch (error) {
      console.error((error as Error).message)
    }
  }
}

/** Waits until the site answers: a new address takes a minute or two. @throws CLIError after five minutes */
export async function waitForSite(origin: string, tell: (what: string) => void): Promise<void> {
  const end = performance.now() + 5 * 60_000
  let why = ""
  while (performance.now() < end) {
    why = await askHealth(origin)
    if (why === "") return
    tell(`Waiting for ${origin} (${why})`)
    await pause(5000)
  }
  throw new CLIError(
    `The Worker is deployed, but ${origin} does not serve the site (${why}). If it is your own domain, see "Your own domain" in docs/deploy.md. Then run the command again`,
    1,
  )
}

/** Why the site does not answer, or an empty string if it does. */
async function askHealth(origin: string): Promise<string> {
  try {
    const response = await fetch(`${origin}/healthz`, { redirect: "manual", signal: AbortSignal.timeout(10_000) })
    const body = (await response.json().catch(() => null)) as { version?: unknown } | null
    return response.ok && typeof body?.version === "string" ? "" : `status ${response.status}`
  } catch (error) {
    const { cause = error } = error as Error
    return (cause as Error).message
  }
}
