// Signs in as a reader does: requests an email, opens the link in it, confirms.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { type RunningSite, runDateline, waitFor } from "../tests/whole/running-site.ts"
import type { Session } from "./browser.ts"

/** Makes someone a member and signs them in, in a browser. @returns the cookies */
export async function signIn(browser: Browser, site: RunningSite, email: string): Promise<Session> {
  const granted = runDateline(site, ["members", "grant", email])
  if (granted.code !== 0) throw new Error(granted.err)
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site.url}/sign-in`)
  await page.fill("main input[type=email]", email)
  await page.click("main form button")
  await waitFor(() => findLink(site, email) !== undefined, "the email with the link")
  await page.goto(findLink(site, email) ?? "")
  await page.click("main form button")
  await page.waitForURL("**/account")
  const session = await context.storageState()
  await context.close()
  return session
}

/** The link in the email's plain text. */
function findLink(site: RunningSite, email: string): string | undefined {
  const folder = join(site.state, "mail")
  const letters = readdirSync(folder).filter((name) => name.endsWith(".eml"))
  for (const letter of letters.map((name) => readFileSync(join(folder, name), "utf8"))) {
    const part = /Content-Type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n(?:\r\n)?--/.exec(letter)?.[1] ?? ""
    const link = /http\S+confirm\S+/.exec(Buffer.from(part, "base64").toString("utf8"))?.[0]
    if (letter.includes(email) && link !== undefined) return link
  }
  return undefined
}
