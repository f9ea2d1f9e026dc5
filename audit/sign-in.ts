// Signing in as a reader does: ask for a letter, open the link that is in it, confirm.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { type RunningSite, waitFor } from "../tests/whole/running-site.ts"
import type { Session } from "./browser.ts"

/** Signs in somebody new in a browser. @returns the cookies */
export async function signIn(browser: Browser, site: RunningSite, email: string): Promise<Session> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${site.url}/sign-in`)
  await page.fill("main input[type=email]", email)
  await page.click("main form button")
  const folder = join(site.state, "mail")
  const findLink = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8").replaceAll("=\r\n", "").replaceAll("=3D", "="))
      .find((letter) => letter.includes(email))
      ?.match(/http:\/\/localhost:\d+\/sign-in\/confirm[^\s"<]*/)?.[0]
  await waitFor(() => findLink() !== undefined, "the letter with the link")
  await page.goto((findLink() ?? "").replaceAll("&amp;", "&"))
  await page.click("main form button")
  const session = await context.storageState()
  await context.close()
  if (session.cookies.length === 0) throw new Error("signing in gave no cookie")
  return session
}
