// Turns pages into the cached entrypoint's responses, and sets the security headers of every response.
import { frameOrigins } from "../article/embeds.ts"
import type { AudienceKey } from "../membership/access.ts"
import { readStripe } from "../membership/stripe-settings.ts"
import { cardScript } from "../render/contents-and-embeds.ts"
import { inlineScript, renderMessagePage } from "../render/layout.ts"
import { sheets } from "../render/style.ts"
import { memo } from "../site/memo.ts"
import type { SiteConfig } from "../site/site.ts"
import type { MembersBodies, PublicBodies } from "../store/bodies.ts"
import { logBug, StoreFailure } from "../store/failure.ts"
import { noChanges } from "../store/rows.ts"
import { browserHeader, type Cached, cachedHeader, edgeHeader, freshness, partsHeader, tagHeader } from "./freshness.ts"
import type { Fields } from "./memory.ts"

export interface Page extends Cached {
  readonly type: string
  readonly body: string | Uint8Array
  /** The cache tags by which a publish purges the page. */
  readonly tags: readonly string[]
  /** Additional headers, such as Location and Dateline-Revision. */
  readonly headers?: Readonly<Record<string, string>>
  /** A picture's validator, and when its bytes were stored, in milliseconds. */
  readonly etag?: string
  readonly madeAt?: number
}

/** The article bodies a page may be built from. The types keep public pages from reading members' bodies. */
export type Reading =
  | { readonly audience: "public"; readonly bodies: PublicBodies }
  | { readonly audience: Exclude<AudienceKey, "public">; readonly bodies: MembersBodies }

export interface PageContext {
  readonly site: SiteConfig
  readonly catalogue: D1Database
  readonly reading: Reading
  readonly now: number
  /** Whether this site takes payments for membership. */
  readonly checkout: boolean
}

export const htmlType = "text/html; charset=utf-8"
/** Defaults for a page that is open to everyone. Its builder adds the body, the tags and the changes. */
export const openPage = { status: 200, kind: "page", gated: false, audience: "public", type: htmlType } as const

/** The response for a page, with the headers that control the edge cache. The gateway adds a page's ETag. */
export function respondPage(page: Page, now: number, timing: string): Response {
  const { status, kind, gated, audience, changes, tags } = page
  const cached: Cached = { status, kind, gated, audience, changes }
  const times = freshness(cached, now)
  const headers: Record<string, string> = {
    ...page.headers,
    "Content-Type": page.type,
    "Server-Timing": timing,
    "Last-Modified": new Date(page.madeAt ?? now).toUTCString(),
    [browserHeader]: times.browser,
    [edgeHeader]: times.edge,
    [cachedHeader]: JSON.stringify(cached),
  }
  const html = page.type === htmlType && typeof page.body === "string" ? encodePage(page.body) : null
  if (html !== null) headers[partsHeader] = html.unused.join(" ")
  if (page.etag !== undefined) headers.ETag = page.etag
  if (tags.length > 0) headers[tagHeader] = tags.join(",")
  return new Response(html?.bytes ?? page.body, { status, headers })
}

/** The page for an error: 503 if a store failed, 500 with the log entry's id for a bug. */
export function failurePage(error: unknown, language: string, site: SiteConfig, what = ""): Page {
  if (!(error instanceof StoreFailure)) return messagePage(site, language, 500, [], noChanges, logBug(error, what))
  console.error("store failed", error.message)
  const page = messagePage(site, language, 503)
  return { ...page, headers: { ...page.headers, "Retry-After": "10" } }
}

/** An error page. `id`: the log entry's id, for a bug. */
export function messagePage(
  site: SiteConfig,
  language: string,
  status: 404 | 410 | 500 | 503,
  tags: readonly string[] = [],
  changes = noChanges,
  id = "",
): Page {
  const body = renderMessagePage({ status, language, search: status < 500, id }, site)
  return { ...openPage, status, body, changes, tags, headers: { "X-Robots-Tag": "noindex" } }
}

/** A redirect: 301 to an article's current address, 308 to the canonical spelling of an address. */
export function redirectPage(status: 301 | 308, to: string, tags: readonly string[], changes = noChanges): Page {
  const type = "text/plain; charset=utf-8"
  return { ...openPage, status, type, body: `${to}\n`, kind: "redirect", changes, tags, headers: { Location: to } }
}

/** Payment origins that a form may redirect to: `form-action` covers redirects too (CSP3 §6.4.1). */
function paymentOrigins(env: Partial<Env>): string[] {
  const stripe = readStripe(env)
  if (stripe === null) return []
  const standIn = stripe.api === undefined ? [] : [new URL(stripe.api).origin]
  return ["https://checkout.stripe.com", "https://billing.stripe.com", ...standIn]
}

/** Local mode only: reloads the page after the folder is published, and shows the folder's mistakes in an overlay. */
export function liveReloadScript(address: string): string {
  return `new EventSource(${JSON.stringify(address)}).onmessage=({data})=>{const text=JSON.parse(data)
if(text===null)return location.reload()
document.querySelector("#mistakes")?.remove()
if(text==="")return
const box=document.body.appendChild(document.createElement("pre"))
Object.assign(box,{id:"mistakes",dir:"ltr",textContent:text}).setAttribute("role","alert")
box.style.cssText="position:fixed;inset:auto 0 0;z-index:9;max-height:50vh;overflow:auto;margin:0;padding:1em;"+
"white-space:pre-wrap;font:14px/1.5 monospace;background:#7a1f10;color:#fff"}`
}

/** The pages' styles and scripts, which the Content-Security-Policy allows by hash. */
const parts: readonly (readonly [name: string, text: string])[] = [
  ...Object.entries(sheets),
  ["inline", inlineScript],
  ["card", cardScript],
]
const encoder = new TextEncoder()

interface Head {
  readonly text: string
  readonly bytes: Uint8Array
  /** Names of the parts that it does not contain. */
  readonly unused: readonly string[]
}

/** The heads' styles and scripts so far. Few, because pages of a kind share them. */
const heads: Head[] = []

/** Scans and encodes each head's styles and scripts only once. */
function readHead(text: string): Head {
  // Not a map: hashing so long a key takes 20 times as long as comparing it.
  const known = heads.find((head) => head.text === text)
  if (known !== undefined) return known
  const unused = parts.flatMap(([name, part]) => (text.includes(`>${part}</`) ? [] : [name]))
  const head = { text, bytes: encoder.encode(text), unused }
  if (heads.push(head) > 100) heads.shift()
  return head
}

/** A page's UTF-8 bytes, and the names of the parts that it does not use, for its policy. */
export function encodePage(page: string): { readonly bytes: Uint8Array; readonly unused: readonly string[] } {
  const start = Math.max(0, page.search(/<(?:script|style)>/))
  const end = page.indexOf("</head>", start)
  const { bytes, unused } = readHead(page.slice(start, end))
  const [top, rest] = [encoder.encode(page.slice(0, start)), encoder.encode(page.slice(end))]
  const whole = new Uint8Array(top.length + bytes.length + rest.length)
  whole.set(top)
  whole.set(bytes, top.length)
  whole.set(rest, top.length + bytes.length)
  // The card script is not in the head but at the end of the page's own markup.
  const hasCards = page.endsWith(`${cardScript}</script>`, page.lastIndexOf("</main>"))
  return { bytes: whole, unused: hasCards ? unused.filter((name) => name !== "card") : unused }
}

const hashes = new Map<string, string>()

/** Narrows the policy to the parts that a page uses. Without the card script, it allows no frames either. */
export const narrowPolicy = memo((policy: string, unused: string): string => {
  const names = unused.split(" ").filter(Boolean)
  const narrow = names.reduce((text, name) => text.replace(` ${hashes.get(name)}`, ""), policy)
  return names.includes("card") ? narrow.replace(/frame-src [^;]*; /, "") : narrow
})

/** The security headers of every response. The policy allows style sheets and scripts by hash. */
export async function prepareSecurity(origin: string, env: Partial<Env>): Promise<Fields> {
  const liveReload = env.LIVE_RELOAD
  const reload = liveReload === undefined ? [] : [await hashSource(liveReloadScript(liveReload))]
  for (const [name, text] of parts) hashes.set(name, await hashSource(text))
  const list = (names: readonly string[]) => names.map((name) => hashes.get(name)).join(" ")
  const policy = [
    "default-src 'none'",
    "img-src 'self' data:",
    "media-src 'self'",
    `frame-src ${frameOrigins.join(" ")}`,
    `style-src ${list(Object.keys(sheets))}`,
    `script-src ${[list(["inline", "card"]), ...reload].join(" ")}`,
    `connect-src 'self'${liveReload === undefined ? "" : ` ${new URL(liveReload).origin}`}`,
    ["form-action 'self'", ...paymentOrigins(env)].join(" "),
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join("; ")
  return describeSecurity(origin, policy)
}

/** Security headers with this policy. The default suits responses that load nothing. */
export function describeSecurity(
  origin: string,
  policy = "default-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'",
): Fields {
  return {
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    ...(origin.startsWith("https:") && { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }),
  }
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return `'sha256-${new Uint8Array(digest).toBase64()}'`
}

/** A plain-text 500, for a bug in the code that builds every other response. */
export function failPlainly(error: unknown, origin: string): Response {
  const { browser } = freshness({ kind: "error" }, Date.now())
  const headers = { ...describeSecurity(origin), "Content-Type": "text/plain; charset=utf-8", [browserHeader]: browser }
  return new Response(`Something went wrong. The error was logged as ${logBug(error)}.\n`, { status: 500, headers })
}
