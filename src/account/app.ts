// Every address that answers one person alone: sign-in, account, gifts, joining, the links of a letter. Nothing is cached.
import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { methodNotAllowed } from "hono/method-not-allowed"
import { renderMessagePage } from "../render/layout.ts"
import type { PageAddress, PersonalAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { logBug, StoreFailure } from "../store/failure.ts"
import { accountRoutes } from "./account.ts"
import type { Door, DoorEnv } from "./door.ts"
import { feedRoutes } from "./feed.ts"
import { refuseOtherSites } from "./form.ts"
import { joinRoutes } from "./join.ts"
import { keepingRoutes } from "./keeping.ts"
import { newsletterRoutes } from "./newsletter.ts"
import { signInRoutes } from "./sign-in.ts"

export { createSend } from "../mail/send.ts"
export { readStripe } from "./stripe.ts"

export const membersApp = new Hono<DoorEnv>()

membersApp
  .use(
    methodNotAllowed({
      app: membersApp,
      onMethodNotAllowed: (c: Context<DoorEnv>, methods) => {
        const allow = { Allow: [...methods, "OPTIONS"].join(", ") }
        if (c.req.method === "OPTIONS") return c.body(null, 204, allow)
        return c.html(explain(c.env.door, c.env.language, 405, "notFound"), 405, allow)
      },
    }),
  )
  .use(refuseOtherSites)
  .route("/", newsletterRoutes)
  .route("/", joinRoutes)
  .route("/", signInRoutes)
  .route("/", accountRoutes)
  .route("/", keepingRoutes)
  .route("/", feedRoutes)

membersApp.notFound((c) => c.html(explain(c.env.door, c.env.language, 404, "notFound"), 404))
membersApp.onError((error, c) => {
  const { door, language } = c.env
  if (error instanceof HTTPException) {
    const { status } = error
    return c.html(explain(door, language, status, status === 404 ? "notFound" : "badRequest"), status)
  }
  if (!(error instanceof StoreFailure)) return c.html(explain(door, language, 500, "failed", logBug(error)), 500)
  console.error("store failed", error.message)
  c.header("Retry-After", "10")
  return c.html(explain(door, language, 503, "unavailable"), 503)
})

function explain(
  door: Door,
  language: string,
  status: number,
  name: "notFound" | "badRequest" | "unavailable" | "failed",
  id = "",
): string {
  const title = message(language, `${name}Title`)
  const text = message(language, `${name}Text`, { id })
  return renderMessagePage({ status, language, title, text, search: false }, door.site)
}

/**
 * Answers at a personal address, or a form's POST to `/newsletter` and `/join`. Routes know paths without the language's
 * prefix; the answer is for nobody else and is not kept anywhere.
 */
export async function answerMember(
  request: Request,
  address: PersonalAddress | PageAddress,
  door: Door,
): Promise<Response> {
  const { language } = address
  const page =
    address.kind === "personal"
      ? address.page
      : formatAddress({ ...address, language: door.site.languages[0] }, door.site)
  const mark = request.url.indexOf("?")
  const inner = new Request(door.site.origin + page + (mark === -1 ? "" : request.url.slice(mark)), request)
  const response = await membersApp.fetch(inner, { door, language })
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(door.security)) headers.set(name, value)
  headers.set("Cache-Control", "private, no-store")
  headers.set("X-Robots-Tag", "noindex")
  // Tokens stand in some of these addresses: no other site is to learn them.
  headers.set("Referrer-Policy", "same-origin")
  return new Response(response.body, { status: response.status, headers })
}
