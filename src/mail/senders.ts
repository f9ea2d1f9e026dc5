// Sends email through Amazon SES or an email binding: editions, to one recipient at a time, and transactional email.
import { AwsClient } from "aws4fetch"
import type { SiteConfig } from "../site/site.ts"
import { automatic, createSend, type Email, encodePhrase, type Send } from "./email-layout.ts"

/**
 * `throttled`: not accepted now, retry later. `refused`: never accepted. `unknown`: perhaps accepted, so never retried.
 * Reasons are for the log and contain no address.
 */
export type Outcome =
  | { readonly kind: "accepted" /** The provider's id for the message. */; readonly message: string | null }
  | { readonly kind: "throttled" | "refused" | "unknown"; readonly reason: string }

/** Sends one email. Never throws. */
export type SendEdition = (email: Email) => Promise<Outcome>

/** Time limit for one call, in milliseconds: a queue message takes up to 40 calls, and a run at most 15 minutes. */
const callLimit = 10_000

/** The function that sends editions, or null. Cloudflare's email service is for transactional email only. */
export function createSender(env: Env, site: SiteConfig): SendEdition | null {
  const ses = readSES(env)
  if (ses !== null) return throughSES(ses, site)
  return env.EDITIONS === undefined ? null : throughBinding(env.EDITIONS, site)
}

/** How editions are sent: through Amazon SES, through a local binding that writes files, or not at all (null). */
export function nameSender(env: Env): "ses" | "local" | null {
  return readSES(env) !== null ? "ses" : env.EDITIONS === undefined ? null : "local"
}

/** Sends transactional email: through Cloudflare's binding or, where there is none (`npm run serve`), Amazon SES. */
export function createTransactionalSend(env: Env, site: SiteConfig): Send {
  const ses = readSES(env)
  if (env.EMAIL !== undefined || ses === null) return createSend(env.EMAIL, site)
  const send = throughSES(ses, site)
  return async (email) => {
    const outcome = await send(email)
    if (outcome.kind !== "accepted") throw new Error(`email ${outcome.kind}: ${outcome.reason}`)
    return undefined
  }
}

/** `api`: replaces the API's scheme and host in tests. */
function readSES(env: Env) {
  const { SES_ACCESS_KEY_ID: accessKeyId, SES_SECRET_ACCESS_KEY: secretAccessKey, SES_REGION: region } = env
  if (!accessKeyId || !secretAccessKey || !region) return null
  return { accessKeyId, secretAccessKey, region, api: env.SES_API, configurationSet: env.SES_CONFIGURATION_SET }
}

type SESSettings = NonNullable<ReturnType<typeof readSES>>

/** Amazon SES API v2, SendEmail. */
function throughSES({ configurationSet, api, ...keys }: SESSettings, site: SiteConfig): SendEdition {
  // No retries by the library: after a 5xx, the message may have been accepted.
  const client = new AwsClient({ ...keys, service: "ses", retries: 0 })
  const url = `${api ?? `https://email.${keys.region}.amazonaws.com`}/v2/email/outbound-emails`
  const from = `${encodePhrase(site.name)} <${site.contact}>`
  const part = (text: string) => ({ Data: text, Charset: "UTF-8" })
  return async ({ to, subject, text, html, headers }) => {
    const Headers = Object.entries({ ...automatic, ...headers }).map(([Name, Value]) => ({ Name, Value }))
    const Body = { Text: part(text), Html: part(html) }
    const body = JSON.stringify({
      FromEmailAddress: from,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: part(subject), Body, Headers } },
      ...(configurationSet && { ConfigurationSetName: configurationSet }),
    })
    try {
      const request = await client.sign(url, { method: "POST", headers: { "Content-Type": "application/json" }, body })
      const response = await fetch(request, { redirect: "manual", signal: AbortSignal.timeout(callLimit) })
      // The error's text may name the recipient, so keep only its type. The header holds `TYPE:DOCUMENTATION-URL`.
      const [type = ""] = (response.headers.get("x-amzn-ErrorType") ?? "").split(":")
      const answer = (await response.json().catch(() => ({}))) as { MessageId?: unknown }
      if (response.ok)
        return { kind: "accepted", message: typeof answer.MessageId === "string" ? answer.MessageId : null }
      return { kind: judge(response.status, type), reason: `${response.status} ${type}`.trim() }
    } catch (error) {
      return { kind: "unknown", reason: error instanceof Error ? error.name : "no answer" }
    }
  }
}

function judge(status: number, type: string): "throttled" | "refused" | "unknown" {
  if (status === 429 || /TooManyRequests|Throttl|LimitExceeded/.test(type)) return "throttled"
  return status >= 400 && status < 500 ? "refused" : "unknown"
}

/** Error codes of Cloudflare's email binding. After a failure, unlike a limit, the message may have been accepted. */
const bindingLimits = /E_RATE_LIMIT_EXCEEDED|E_DAILY_LIMIT_EXCEEDED/
const bindingFailures = /E_INTERNAL_SERVER_ERROR|E_DELIVERY_FAILED/

/** Sends through an email binding, which in local development writes files. */
export function throughBinding(binding: Pick<SendEmail, "send">, site: SiteConfig): SendEdition {
  const send = createSend(binding, site)
  return async (email) => {
    try {
      const { messageId = null } = (await send(email)) ?? {}
      return { kind: "accepted", message: messageId }
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown }
      const found = /\bE_[A-Z_]+/.exec(`${code} ${message}`)?.[0] ?? "refused"
      const kind = bindingLimits.test(found) ? "throttled" : bindingFailures.test(found) ? "unknown" : "refused"
      return { kind, reason: found }
    }
  }
}
