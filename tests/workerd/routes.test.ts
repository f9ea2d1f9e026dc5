// Requests every address with every method: normally, while a store fails, and while our own code fails.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { lists } from "../../src/article/edition.ts"
import { type Route, routes } from "../../src/routes.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { planEdition } from "../../src/store/editions.ts"
import { makeFeed } from "../../src/store/gifts.ts"
import { createMember, grantMembership, withoutEnd } from "../../src/store/members.ts"
import { compose, createRig, dot, env, publish, type Rig } from "./rig.ts"

const parts: Record<string, string> = {
  region: "asia",
  country: "tajikistan",
  format: "xml",
  extension: "gif",
  iso3: "tjk",
  month: "2024-01",
  date: "2026-11-23",
}
const failures = { ok: "ok", "store down": "throw", bug: "bug" } as const
const methods = ["GET", "HEAD", "POST", "OPTIONS", "PUT"]
let rig: Rig

beforeAll(async () => {
  rig = await createRig()
  const front = { topics: ["Water"], authors: ["Water"] }
  await publish(rig, "/asia/water", compose(front, "Text.\n"), { force: true })
  await publish(rig, "/asia/tajikistan/water", compose(front, "Text.\n"), { force: true })
  await publish(rig, "/water", "---\ntitle: Water\nsummary: Of water.\n---\nText.\n", { force: true })
  parts.sha256 = await hashContent(dot)
  await rig.desk("PUT", `/media/${parts.sha256}.gif`, dot)
  const content = { title: null, intro: null, stories: [], more: 0 }
  const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
  for (const list of lists)
    await planEdition(stores, { list, date: "2026-11-23", language: "en" }, { content }, { now: 1, who: "cron" })
  const member = await createMember(env.PEOPLE, "routes@example.org", "en", Date.now())
  await grantMembership(env.PEOPLE, member.id, withoutEnd)
  parts.token = await makeFeed(env.PEOPLE, member.id, Date.now())
})

beforeEach(() => {
  for (const memory of rig.memories) memory.answers.clear()
  vi.spyOn(console, "error").mockImplementation(() => undefined)
})

afterEach(() => {
  Object.assign(rig.faults, { d1: "ok", kv: "ok", people: "ok" })
  vi.restoreAllMocks()
})

function addressOf({ path, kind }: Route): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? "water").replace("*", "nothing")
  return kind === "desk" ? "/desk/v1/site" : filled
}

/** What the route's table says about its methods. */
function allowOf(route: Route): string {
  const all = route.methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
  return [...all, "OPTIONS"].join(", ")
}

/** The caching header of a response, by route, method and status. */
function cachingOf({ by, kind, methods: own }: Route, method: string, status: number): RegExp {
  const asks = method === "GET" || method === "HEAD"
  if (by === "desk" || by === "gateway") return /^no-store$/
  const answered = own.length === 0 || own.some((one) => one === (asks ? "GET" : method))
  if (!answered) return /^no-store$/
  if (kind === "personal" || method === "POST") return /^private, no-store$/
  if (status >= 500) return /^no-store$/
  if (status === 404) return /^public, max-age=30$/
  if (kind === "digest" || kind === "digestEdition" || kind === "join") return /^private, no-cache$/
  if (kind === "media") return /^public, max-age=31536000, immutable$/
  return /^public, max-age=60, stale-if-error=86400$/
}

describe.each(routes.map((route) => [route.path, route.kind, route] as const))("%s (%s)", (_path, _kind, route) => {
  const asked = methods.flatMap((method) =>
    Object.entries(failures).map(([name, fault]) => [method, name, fault] as const),
  )

  it.each(asked)("has its caching, Allow and security headers: %s, %s", async (method, _name, fault) => {
    Object.assign(rig.faults, { d1: fault, kv: fault, people: fault })
    const response = await rig.get(addressOf(route), { method })
    const { status, headers } = response
    const bytes = (await response.arrayBuffer()).byteLength
    const where = `${method} ${addressOf(route)}: ${status}`
    expect(headers.get("Cache-Control"), where).toMatch(cachingOf(route, method, status))
    expect(headers.get("Content-Security-Policy"), where).toMatch(/default-src 'none'/)
    expect(headers.get("X-Content-Type-Options"), where).toBe("nosniff")
    for (const name of ["Dateline-Kept", "Cache-Tag", "Cloudflare-CDN-Cache-Control"])
      expect(headers.get(name), where).toBeNull()
    if (status === 405 || (status === 204 && method === "OPTIONS")) {
      expect(headers.get("Allow"), where).toBe(allowOf(route))
      expect(bytes, where).toBe(0)
    }
    if (status === 503) expect(headers.get("Retry-After"), where).toBe("10")
    const known = method === "HEAD" ? "GET" : method
    if (route.by !== "desk" && route.methods.length > 0 && !route.methods.some((one) => one === known))
      expect(status, where).toBe(method === "OPTIONS" ? 204 : 405)
    else if (fault === "ok") expect(status, where).toBeLessThan(500)
    if (fault === "ok" && method === "GET" && route.by === "pages") expect(status, where).toBe(200)
  })
})
