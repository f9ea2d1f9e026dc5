// Talks to Cloudflare for `npm run deploy`: wrangler as a child process, the API with wrangler's own login, and the
// deployed site: at its workers.dev address until `origin` in the config is a domain of its own.
import { type StdioOptions, spawn } from "node:child_process"
import { once } from "node:events"
import { join, resolve } from "node:path"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { setTimeout as pause } from "node:timers/promises"
import { stripVTControlCharacters } from "node:util"
import { applyProxy } from "../desk-client.ts"
import { CLIError } from "../output.ts"
import type { Ask } from "./secrets.ts"

const root = resolve(import.meta.dirname, "../../..")
/** Wrangler reads the same variable. */
const api = process.env.CLOUDFLARE_API_BASE_URL ?? "https://api.cloudflare.com/client/v4"
/** The API's code for a Worker that does not exist, or a workers.dev name that nobody has chosen. */
const notFound = 10_007

export interface Account {
  readonly id: string
  readonly name: string
}

const program = join(root, "node_modules/wrangler/bin/wrangler.js")
const environment = { ...process.env, WRANGLER_HIDE_BANNER: "true" }
const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/**
 * Runs another program with Node and passes signals on to it, so that it does not go on after us.
 * @param show whether it uses this terminal. Otherwise its output is returned
 * @throws CLIError if there was a signal
 */
export async function runNode(args: readonly string[], { env, show }: { env: NodeJS.ProcessEnv; show: boolean }) {
  const stdio = show ? "inherit" : (["ignore", "pipe", "pipe"] as const)
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: stdio as StdioOptions })
  let interrupted = false
  const pass = (signal: NodeJS.Signals) => {
    interrupted = true
    child.kill(signal)
  }
  for (const signal of interruptions) process.on(signal, pass)
  const read = (stream: Readable | null) => (stream === null ? "" : text(stream))
  const [[status], stdout, stderr] = await Promise.all([once(child, "close"), read(child.stdout), read(child.stderr)])
  for (const signal of interruptions) process.off(signal, pass)
  if (interrupted) throw new CLIError("The deployment was interrupted. To continue it, run the command again", 1)
  return { status: status as number | null, stdout, stderr }
}

/** Runs the project's wrangler. @param show whether it uses this terminal, where it can ask questions */
export async function runWrangler(args: readonly string[], show = false) {
  const { status, stdout, stderr } = await runNode([program, ...args], { env: environment, show })
  return { ok: status === 0, out: stdout, said: stripVTControlCharacters(`${stdout}\n${stderr}`).trim() }
}

/** @param wanted the account id in wrangler.toml or CLOUDFLARE_ACCOUNT_ID. @throws CLIError if nobody is logged in */
export async function openAccount(wanted: string | undefined) {
  const { ok, out, said } = await runWrangler(["auth", "token", "--json"])
  if (!ok) {
    const why = said.includes("Not logged in") ? "" : `${said}\n`
    throw new CLIError(
      `${why}You are not logged in to Cloudflare. Run \`npx wrangler login\`. Without a browser, set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID: docs/deploy.md says how to create a token`,
      1,
    )
  }
  const login = JSON.parse(out) as Login
  // Node's own message would repeat the token.
  if (!Object.values(login).every((part) => /^[\x21-\x7e]*$/.test(part)))
    throw new CLIError("The login contains a space, an accent or a line break. Check CLOUDFLARE_API_TOKEN", 1)
  const listed = await openAPI(login)
    .list("/accounts", "id")
    .catch((error) => {
      // A token may be allowed to use an account, but not to list it.
      if (wanted === undefined) throw error
      return []
    })
  const accounts = listed.map(({ id = "", name = "" }) => ({ id, name }))
  const account = chooseAccount(accounts, wanted)
  return { account, ...openAPI(login, `/accounts/${account.id}`) }
}

/** Chooses the account to deploy to. @throws CLIError if that is unclear or the login has no access to it */
export function chooseAccount(accounts: readonly Account[], wanted: string | undefined): Account {
  if (wanted !== undefined && accounts.length === 0) return { id: wanted, name: wanted }
  const [account, ...others] = accounts.filter(({ id }) => wanted === undefined || id === wanted)
  if (account !== undefined && others.length === 0) return account
  const list = accounts.map(({ id, name }) => `\n  ${id}  ${name}`).join("")
  if (wanted !== undefined)
    throw new CLIError(`This login has no access to the account ${wanted}. It has access to:${list}`, 1)
  if (account === undefined)
    throw new CLIError("This login lists no Cloudflare accounts. Set CLOUDFLARE_ACCOUNT_ID to your account ID", 1)
  throw new CLIError(`This login has several accounts. Set CLOUDFLARE_ACCOUNT_ID to one of them:${list}`, 1)
}

type Login =
  | { readonly type: "api_token" | "oauth"; readonly token: string }
  | { readonly type: "api_key"; readonly key: string; readonly email: string }

interface Reply {
  readonly success: boolean
  readonly result: unknown
  readonly errors?: readonly { readonly code: number; readonly message: string }[]
}

type Method = "GET" | "POST" | "PUT"
export type CloudflareAPI = ReturnType<typeof openAPI>

/** @param base the prefix of all paths */
function openAPI(login: Login, base = "") {
  applyProxy(api)
  const headers: Record<string, string> =
    login.type === "api_key"
      ? { "X-Auth-Key": login.key, "X-Auth-Email": login.email }
      : { Authorization: `Bearer ${login.token}` }

  /** The result, or null if there is no such Worker. @throws CLIError with the API's reason */
  async function call(method: Method, path: string, body?: unknown): Promise<unknown> {
    const init = { method, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) }
    let response: Response
    try {
      response = await fetch(api + base + path, { ...init, signal: AbortSignal.timeout(60_000) })
    } catch (error) {
      const { cause = error } = error as Error
      throw new CLIError(`Cloudflare's API cannot be reached (${(cause as Error).message}). Run the command again`, 1)
    }
    const reply = (await response.json().catch(() => null)) as Reply | null
    if (reply?.success) return reply.result
    if (method === "GET" && reply?.errors?.some(({ code }) => code === notFound)) return null
    const why = reply?.errors?.map(({ code, message }) => `${message} (code ${code})`).join("; ")
    throw new CLIError(`Cloudflare refused ${method} ${base}${path}: ${why ?? `status ${response.status}`}`, 1)
  }

  return {
    call,
    /**
     * All items of a paged list. Stops at the first page with nothing new, because not every list reports its length or
     * obeys `per_page`. The API allows at most 50 accounts a page.
     */
    async list(path: string, key: string): Promise<Record<string, string>[]> {
      const found = new Map<string, Record<string, string>>()
      for (let page = 1, before = -1; found.size > before; page++) {
        before = found.size
        const items = (await call("GET", `${path}?page=${page}&per_page=50`)) as Record<string, string>[]
        for (const item of items) found.set(item[key] ?? "", item)
      }
      return [...found.values()]
    },
  }
}

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
