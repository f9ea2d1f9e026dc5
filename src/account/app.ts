// Every personal page: sign-in, account, gifts, joining and the links in emails. None of them is cached.

import { bodyLimit } from "hono/body-limit"
import { HTTPException } from "hono/http-exception"
import { Hono } from "hono/tiny"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { createTransactionalSend } from "../mail/senders.ts"
import { readStripe } from "../membership/stripe-settings.ts"
import { renderMessagePage } from "../render/layout.ts"
import type { PageAddress, PersonalAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { logBug, StoreFailure } from "../store/failure.ts"
import { openStores } from "../store/stores.ts"
import { accountRoutes } from "./account.ts"
import { type AccountContext, type AccountEnv, type Call, comesFromUs, receive } from "./context.ts"
import { giftRoutes } from "./gifts.ts"
import { joinRoutes, webhook } from "./join.ts"
import { mailEvents, newsletterRoutes } from "./newsletter.ts"
import { previewRoutes } from "./previews.ts"
import { signInRoutes } from "./sign-in.ts"

/** Limits on request bodies, in bytes. Stripe's events are about 10 KB, but those with many items may be larger. */
const largest = new Map([
  [webhook, 1_048_576],
  // Amazon SNS's own limit on messages.
  [mailEvents, 262_144],
])
/** The limit for our forms, in bytes. They send an email address and a few words. */
const largestForm = 16_384

const refuse = () => {
  throw new HTTPException(413)
}

const app = new Hono<AccountEnv>()
app
  .use(async (c, next) => {
    await next()
    c.header("X-Robots-Tag", "noindex")
    // Some of these URLs contain tokens, which must not leak to other sites.
    c.header("Referrer-Policy", "same-origin")
  })
  .use((c, next) => {
    // One-click unsubscribe requests come from any origin (RFC 8058 §3.2); that route does its own check.
    const fromAnywhere = c.req.method !== "POST" || c.req.path === "/newsletter/unsubscribe"
    if (!fromAnywhere && !comesFromUs(c.req.raw, c.env.site)) throw new HTTPException(403)
    const maxSize = largest.get(c.req.path) ?? largestForm
    return receive(bodyLimit({ maxSize, onError: refuse })(c, next))
  })
  .route("/", newsletterRoutes)
  .route("/", joinRoutes)
  .route("/", signInRoutes)
  .route("/", accountRoutes)
  .route("/", giftRoutes)
  .route("/", previewRoutes)

app.notFound((c) => explain(c, 404))
app.onError((error, c) => {
  if (error instanceof HTTPException) return explain(c, error.status)
  if (!(error instanceof StoreFailure)) return explain(c, 500, logBug(error))
  console.error("store failed", error.message)
  c.header("Retry-After", "10")
  return explain(c, 503)
})

function explain(c: Call, status: ContentfulStatusCode, id = "") {
  const { site, language } = c.env
  return c.html(renderMessagePage({ status, language, search: false, id }, site), status)
}

/** What the account handlers need from the Worker. */
type Service = Pick<AccountContext, "site" | "statusCache" | "sessionKeys" | "waitUntil"> & { readonly env: Env }

/**
 * Handles requests to personal addresses, and form POSTs to `/newsletter` and `/join`. Routes see paths without the
 * language prefix. The gateway adds the security and caching headers.
 */
export async function answerAccount(
  request: Request,
  address: PersonalAddress | PageAddress,
  { env, ...service }: Service,
): Promise<Response> {
  const { site } = service
  const context: AccountContext = {
    ...service,
    ...openStores(env),
    language: address.language,
    send: createTransactionalSend(env, site),
    stripe: readStripe(env),
    snsTopic: env.SES_TOPIC_ARN || null,
  }
  const page =
    address.kind === "personal" ? address.page : formatAddress({ ...address, language: site.languages[0] }, site)
  const mark = request.url.indexOf("?")
  return app.fetch(new Request(site.origin + page + (mark === -1 ? "" : request.url.slice(mark)), request), context)
}
