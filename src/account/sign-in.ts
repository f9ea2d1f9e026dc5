// Signing in with an emailed link: requesting it, opening it and confirming with a button. Also signing out.
import { signInEmail } from "../mail/account-emails.ts"
import { formatCookie, readCookie } from "../membership/session.ts"
import { openFields, signFields } from "../membership/signed-tokens.ts"
import { renderConfirmPage, renderSignInPage, renderSignOutPage, type SignInView } from "../render/sign-in-page.ts"
import { foldEmail, readEmail } from "../site/email-address.ts"
import { formatWait } from "../site/messages.ts"
import { hashContent } from "../store/bodies.ts"
import { createLink, createToken, endSessions, findLink, type Link, linkLasts } from "../store/credentials.ts"
import { findMember, findMemberById } from "../store/members.ts"
import { consume, consumeFor, type Limit } from "../store/rate-limits.ts"
import {
  type AccountContext,
  type Call,
  closeSession,
  findSignedIn,
  goTo,
  newRoutes,
  openSession,
  pathTo,
  readForm,
  readNext,
  readSession,
  urlTo,
} from "./context.ts"
import { admit, hashKey, inAll, ownerOf } from "./limits.ts"

const minute = 60_000
/** Limits sign-in emails to one address. */
const perAddress = { most: 5, window: 15 * minute }
/** Limits emails to one address, for each IPv4 address or IPv6 /32, so that strangers cannot lock a member out. */
const share = [
  { most: 3, window: 15 * minute },
  { most: 10, window: 1_440 * minute },
]
/** Limits sign-in emails across all recipients. */
const allLimit: Limit = { key: "sign-in", ...inAll }

/** How long to wait for the response to be sent, in milliseconds. */
const responseLeaves = 100

const browserCookie = "dateline-browser"
/**
 * Marks a browser that has signed in with an address before (OWASP's “device cookies”). That browser has its own limit,
 * so the owner can get a link however many networks request links to the address.
 */
const ownerCookie = { name: "dateline-owner", seconds: 31_536_000, purpose: "dateline-owner.v1" }
const tokenShape = /^[\w-]{43}$/

export const signInRoutes = newRoutes()
  .get("/sign-in", async (c) => {
    const next = readNext(c.req.query("next"), c.env.site)
    if (c.req.query("sent") !== undefined) return show(c, { state: "sent" })
    if ((await findSignedIn(c.req.raw, c.env)) !== null) return goOn(c, next)
    return show(c, { state: "asks", next })
  })
  .post("/sign-in", async (c) => {
    const form = await readForm(c)
    const next = readNext(form.get("next"), c.env.site)
    const email = readEmail(form.get("email"))
    if (email === null) return show(c, { state: "mistyped", next, typed: (form.get("email") ?? "").slice(0, 254) }, 422)
    const owner = await findOwner(c.req.raw, email, c.env)
    const wait = await (owner === null
      ? admitTo(c, email)
      : consume(c.env.people, [{ key: `sign-in owner:${owner}`, ...perAddress }], Date.now()))
    if (wait > 0) {
      c.header("Retry-After", String(wait))
      return show(c, { state: "tooMany", next, when: formatWait(wait, c.env.language) }, 429)
    }
    const browser = readBrowser(c) ?? createToken()
    c.header("Set-Cookie", formatCookie(browserCookie, browser, linkLasts / 1000, c.env.site.origin))
    // Nothing before the response depends on whether the address is known.
    c.env.waitUntil(sendLink(email, browser, next ?? pathTo("/account", c.env), owner !== null, c.env))
    return goTo(c, "/sign-in?sent")
  })
  .get("/sign-in/confirm", async (c) => {
    const { site, language } = c.env
    const token = c.req.query("token") ?? ""
    const link = await findLink(c.env.people, token, Date.now())
    if (!link?.works) return refuseLink(c, link)
    const browser = readBrowser(c)
    const own = browser !== null && (await hashContent(browser)) === link.browser
    return c.html(renderConfirmPage({ language, email: link.email, token, own }, site))
  })
  .post("/sign-in/confirm", async (c) => {
    const { people, site, sessionKeys } = c.env
    const token = (await readForm(c)).get("token") ?? ""
    const link = await findLink(people, token, Date.now())
    const member = link?.works ? await findMemberById(people, link.member) : null
    if (link === null || member === null || !(await openSession(c, member, token))) return refuseLink(c, link)
    const { name, seconds, purpose } = ownerCookie
    const proof = await signFields(purpose, [await hashAddress(member.email), createToken()], sessionKeys)
    c.header("Set-Cookie", formatCookie(browserCookie, "", 0, site.origin), { append: true })
    c.header("Set-Cookie", formatCookie(name, proof, seconds, site.origin), { append: true })
    return goOn(c, readNext(link.next, site))
  })
  .get("/sign-out", async (c) => {
    const { site, language } = c.env
    const signedIn = (await readSession(c.req.raw, c.env)) !== null
    return c.html(renderSignOutPage({ language, signedIn }, site))
  })
  .post("/sign-out", async (c) => {
    const everywhere = (await readForm(c)).get("everywhere") !== null
    const session = await readSession(c.req.raw, c.env)
    if (everywhere && session !== null) await endSessions(c.env.people, session.member)
    await closeSession(c, session)
    return goTo(c, "/sign-out")
  })

function show(c: Call, view: SignInView, status: 200 | 410 | 422 | 429 = 200) {
  return c.html(renderSignInPage(view, c.env.language, c.env.site), status)
}

/** Answers a link that no longer works: if its own member is signed in, they go where it led. */
async function refuseLink(c: Call, link: Link | null): Promise<Response> {
  const signedIn = link && (await findSignedIn(c.req.raw, c.env))
  if (link === null || signedIn?.member.id !== link.member) return show(c, { state: "expired", next: null }, 410)
  return goOn(c, readNext(link.next, c.env.site))
}

function goOn(c: Call, next: string | null): Response {
  return c.redirect(next === null ? urlTo("/account", c.env) : c.env.site.origin + next, 303)
}

/**
 * Counts a request against its own network's limits only, so that neither the response nor other people's remaining
 * limits reveal whether the address is known. @returns the same as `admit`
 */
async function admitTo(c: Call, email: string): Promise<number> {
  const key = `sign-in share:${await hashKey(`${ownerOf(c.req.raw)} ${foldEmail(email)}`, c.env)}`
  return admit(c, "sign-in", ...share.map((limit) => ({ key, ...limit })), { ...allLimit, peek: true })
}

/** A key for the browser if it has signed in with this address before, else null. */
async function findOwner(request: Request, email: string, { site, sessionKeys }: AccountContext) {
  const token = readCookie(request.headers.get("Cookie"), ownerCookie.name, site.origin)
  const fields = token === null ? null : await openFields(ownerCookie.purpose, token, sessionKeys)
  return fields?.[0] === (await hashAddress(email)) ? hashContent(String(fields[1])) : null
}

function hashAddress(email: string): Promise<string> {
  return hashContent(foldEmail(email))
}

/**
 * Sends a member the sign-in link, within the rate limits. For an unknown address, takes the same steps but counts,
 * stores and sends nothing. Starts after the response has been sent, so as not to delay it (threat model 56). The email
 * contains nothing that was typed.
 */
async function sendLink(email: string, browser: string, next: string, counted: boolean, context: AccountContext) {
  const { people, site, language } = context
  try {
    await scheduler.wait(responseLeaves)
    const member = await findMember(people, email)
    const key = `sign-in address:${await hashKey(member?.id ?? "", context)}`
    const limits = member === null || counted ? [] : [{ key, ...perAddress }, allLimit]
    await consumeFor(people, limits, Date.now(), async () => {
      const link = { member: member?.id ?? "", browser: await hashContent(browser), next }
      const token = await createLink(people, link, Date.now())
      const url = urlTo(`/sign-in/confirm?token=${token}`, context)
      const written = signInEmail({ email: member?.email ?? "", language }, url, site)
      if (member !== null) await context.send(written)
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    console.error("sign-in email not sent", reason.replace(/\S+@\S+/g, "…"))
  }
}

function readBrowser(c: Call): string | null {
  const value = readCookie(c.req.header("Cookie") ?? null, browserCookie, c.env.site.origin)
  return value !== null && tokenShape.test(value) ? value : null
}
