// Makes somebody a member of a running site and signs them in over HTTP, with the link that their email contains.
import { linkIn, readMails } from "../browser/read-mail.ts"
import { type RunningSite, runDateline, waitFor } from "./running-site.ts"

/** @returns the Cookie header of the session */
export async function signInByMail(site: RunningSite, email: string): Promise<string> {
  const granted = runDateline(site, ["members", "grant", email])
  if (granted.code !== 0) throw new Error(granted.err)
  const cookies = new Map<string, string>()
  const send = async (path: string, form: Record<string, string>) => {
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const headers = { Origin: site.url, Cookie }
    const body = new URLSearchParams(form)
    const response = await fetch(site.url + path, { method: "POST", headers, body, redirect: "manual" })
    if (response.status >= 400) throw new Error(`${path} answered ${response.status}`)
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
  }
  await send("/sign-in", { email })
  const letter = () => readMails(site.state).findLast(({ to }) => to.includes(email))
  await waitFor(() => letter() !== undefined, "the email with the link")
  const mail = letter()
  if (mail === undefined) throw new Error("no email")
  const link = new URL(linkIn(mail, "/sign-in/confirm"))
  await send("/sign-in/confirm", { token: link.searchParams.get("token") ?? "" })
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
}
