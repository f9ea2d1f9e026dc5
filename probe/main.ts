// `npm run probe -- URL`: checks a running site from outside. Exit code 0: no MUST fails; 1: one does; 2: the command is
// wrong; 3: the site has no article to check with yet; 4: the site cannot be checked. Bounded: 600 requests, four at a
// time, to that site only.
import { setGlobalProxyFromEnv } from "node:http"
import { parseArgs } from "node:util"
import { openSite } from "./ask.ts"
import { type Check, type Row, runCheck } from "./check.ts"
import { caching } from "./checks/caching.ts"
import { feeds } from "./checks/feeds.ts"
import { http } from "./checks/http.ts"
import { markup } from "./checks/markup.ts"
import { paywall } from "./checks/paywall.ts"
import { routes } from "./checks/routes.ts"
import { security } from "./checks/security.ts"
import { discover, type Given, NothingToRead } from "./discover.ts"
import { proveEdge } from "./edge.ts"

const usage = `Usage: npm run probe -- URL [--open PATH] [--member PATH] [--gone PATH] [--only GROUPS]

Checks a running site from outside: H (HTTP), R (routes), C (caching), S (security), P (paywall), M (markup), F (feeds).

  --open PATH     an article that everyone may read (default: the newest in the sitemap)
  --member PATH   an article for members (default: the newest in the sitemap)
  --gone PATH     an article that was unpublished
  --only GROUPS   some groups or checks only: --only "H R06"

DATELINE_COOKIE   a member's cookie, to compare what members and visitors get
DATELINE_KEY      an editor's key: publishes, changes and unpublishes a scratch article, and times what readers get (E)`

const groups: readonly (readonly Check[])[] = [http, routes, caching, security, paywall, markup, feeds]

/** Runs the checks. `key`: an editor's, for the scratch article. @returns all rows, and how many requests they took */
export async function probe(
  origin: string,
  given: Given,
  only: readonly string[] = [],
  key?: string,
): Promise<{ rows: Row[]; requests: number }> {
  const { ask, count } = openSite(origin)
  const site = await discover(origin, ask, given)
  const rows: Row[] = []
  for (const check of groups.flat()) {
    if (only.length > 0 && !only.some((part) => check.id.startsWith(part))) continue
    rows.push(...(await runCheck(check, site)))
  }
  if (key !== undefined && (only.length === 0 || only.includes("E"))) rows.push(...(await proveEdge(site, key)))
  return { rows, requests: count() }
}

function print(rows: readonly Row[]): void {
  for (const { id, level, result, url, expected, got } of rows)
    console.log(
      `${id}  ${level.padEnd(6)}  ${result}  ${url === "" ? "" : `${url}  `}${expected}${got === "" ? "" : `: ${got}`}`,
    )
}

async function main(): Promise<number> {
  const options = {
    open: { type: "string" },
    member: { type: "string" },
    gone: { type: "string" },
    only: { type: "string" },
  } as const
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>
  try {
    parsed = parseArgs({ options, allowPositionals: true })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  const [url, ...more] = parsed.positionals
  if (url === undefined || more.length > 0 || !/^https?:/.test(url) || !URL.canParse(url)) {
    console.error(usage)
    return 2
  }
  setGlobalProxyFromEnv(process.env)
  const { open, member, gone, only = "" } = parsed.values
  try {
    const given = { open, member, gone, cookie: process.env.DATELINE_COOKIE }
    const chosen = only.split(/\s+/).filter(Boolean)
    const { rows, requests } = await probe(new URL(url).origin, given, chosen, process.env.DATELINE_KEY)
    print(rows)
    const failed = rows.filter(({ result, level }) => result === "FAIL" && level === "MUST").length
    const count = (result: Row["result"]) => rows.filter((row) => row.result === result).length
    console.log(
      `\n${count("PASS")} passed, ${count("FAIL")} failed, ${count("SKIP")} skipped, with ${requests} requests`,
    )
    return failed > 0 ? 1 : 0
  } catch (error) {
    console.error(`${url} cannot be checked: ${error instanceof Error ? error.message : error}`)
    return error instanceof NothingToRead ? 3 : 4
  }
}

if (import.meta.main) process.exitCode = await main()
