// Every address that answers one person alone: sign-in, account, gifts, joining, the links of a letter. Nothing is cached.
import { Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { createSend } from "../mail/send.ts"
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
import { readStripe } from "./stripe.ts"

export const membersApp = new Hono<DoorEnv>()

membersApp
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

/** What the account needs of the Worker besides its bindings. */
type Service = Pick<Door, "site" | "standings" | "sessionKeys" | "waitUntil"> & { readonly env: Env }

/**
 * Answers at a personal address, or a form's POST to `/newsletter` and `/join`. Routes know paths without the language's
 * prefix. The gateway adds the security and caching headers.
 */
export async function answerMember(
  request: Request,
  address: PersonalAddress | PageAddress,
  { env, ...service }: Service,
): Promise<Response> {
  const { language } = address
  const { site } = service
  const door: Door = {
    ...service,
    people: env.PEOPLE,
    catalogue: env.CATALOGUE,
    bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES },
    send: createSend(env.EMAIL, site),
    stripe: readStripe(env),
  }
  const page =
    address.kind === "personal" ? address.page : formatAddress({ ...address, language: site.languages[0] }, site)
  const mark = request.url.indexOf("?")
  const inner = new Request(site.origin + page + (mark === -1 ? "" : request.url.slice(mark)), request)
  const response = await membersApp.fetch(inner, { door, language })
  const headers = new Headers(response.headers)
  headers.set("X-Robots-Tag", "noindex")
  // Tokens stand in some of these addresses: no other site is to learn them.
  headers.set("Referrer-Policy", "same-origin")
  return new Response(response.body, { status: response.status, headers })
}
