// The address of the site that a command talks to, and the rule for its key: https, or http to this machine.
import { CLIError } from "./output.ts"

/** Whether an address is on this machine. `URL` has already turned `2130706433` and `127.1` into `127.0.0.1`. */
export function isLocal(url: string): boolean {
  return /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(new URL(url).hostname)
}

/**
 * A site's address without a trailing slash. What was given may hold a password, so no message repeats it.
 * @throws CLIError
 */
export function readSiteAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search + url.hash !== "")
    throw new CLIError("The address in --url or DATELINE_URL is not a site's: use https://example.org", 2)
  if (url.username + url.password !== "")
    throw new CLIError("--url and DATELINE_URL take no user name or password: put the editor's key in DATELINE_KEY", 2)
  return (url.origin + url.pathname).replace(/\/+$/, "")
}

/** @throws CLIError when somebody on the way could read a key sent to this address */
export function expectPrivateLine(url: string): void {
  if (new URL(url).protocol === "https:" || isLocal(url)) return
  throw new CLIError(`The editor's key is not sent to ${url}, because http is not encrypted: use https`, 2)
}
