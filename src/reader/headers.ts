// Headers that every answer carries, prepared once.
import { inlineScript } from "../render/layout.ts"
import { styleSheet } from "../render/style.ts"
import { paymentOrigins, type StripeEnv } from "./checkout.ts"
import { liveReloadScript } from "./live-reload.ts"
import type { Fields } from "./page.ts"

const prepared = new Map<string, Promise<Fields>>()

/** Security headers of every answer; the policy names the page's style sheet and script by their hashes. */
export function securityHeaders(
  origin: string,
  liveReload: string | undefined,
  stripe: StripeEnv = {},
): Promise<Fields> {
  const targets = paymentOrigins(stripe)
  const key = `${origin} ${liveReload} ${targets}`
  let headers = prepared.get(key)
  if (headers === undefined) {
    headers = prepareHeaders(origin, liveReload, targets)
    prepared.set(key, headers)
  }
  return headers
}

async function prepareHeaders(
  origin: string,
  liveReload: string | undefined,
  formTargets: readonly string[],
): Promise<Fields> {
  const scripts = liveReload === undefined ? [inlineScript] : [inlineScript, liveReloadScript(liveReload)]
  const scriptHashes = await Promise.all(scripts.map(hashSource))
  const policy = [
    "default-src 'none'",
    "img-src 'self' data:",
    `style-src ${await hashSource(styleSheet)}`,
    `script-src ${scriptHashes.length > 0 ? scriptHashes.join(" ") : "'none'"}`,
    `connect-src 'self'${liveReload === undefined ? "" : ` ${new URL(liveReload).origin}`}`,
    ["form-action 'self'", ...formTargets].join(" "),
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join("; ")
  const transport = { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" }
  return {
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    ...(origin.startsWith("https:") ? transport : {}),
  }
}

async function hashSource(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))
  return `'sha256-${digest.toBase64()}'`
}
