// A simple browser for tests in workerd, with cookies and forms, and a way to sign in.

import { signSession } from "../../src/membership/session.ts"
import { startSession } from "../../src/store/credentials.ts"
import { createMember, grantMembership } from "../../src/store/members.ts"
import { env, type Rig, sessionKeys } from "./rig.ts"

/** A browser that only handles cookies. */
export interface Browser {
  readonly jar: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** Sends a form of one of our own pages. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  /** The same browser, served by another isolate. */
  at(isolate: number): Browser
}

export function openBrowser(rig: Rig, isolate = 0, jar = new Map<string, string>()): Browser {
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "))
    const response = await rig.get(path, { ...init, headers }, isolate)
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0(?:;|$)/.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
  const form = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" }
  return {
    jar,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, fields, headers = {}) =>
      ask(path, { method: "POST", body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } }),
    at: (other) => openBrowser(rig, other, jar),
  }
}

/** A browser of a member who has just signed in. `until`: the membership's end, milliseconds. */
export async function openMember(rig: Rig, email: string, until: number, isolate = 0) {
  const now = Date.now()
  const member = await createMember(env.PEOPLE, email, "en", now)
  await grantMembership(env.PEOPLE, member.id, until)
  const seconds = Math.floor(now / 1000)
  const expires = seconds + 2_592_000
  const session = await startSession(env.PEOPLE, { member: member.id, former: null, now, expires: expires * 1000 })
  const token = await signSession(
    { id: session, member: member.id, expires, checked: seconds, until: Math.floor(until / 1000) },
    sessionKeys,
  )
  const browser = openBrowser(rig, isolate)
  browser.jar.set("dateline", token)
  return { browser, member, session }
}
