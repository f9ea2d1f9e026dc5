// Signing in by a link in a letter: asked for, opened, confirmed by a button. Signing out.
import { Hono } from "hono"
import { writeSignInLetter } from "../mail/sign-in-letter.ts"
import { cookieName, formatCookie, readCookie } from "../membership/cookie.ts"
import { openFields, signFields } from "../membership/signed.ts"
import { renderConfirmPage, renderSignInPage, renderSignOutPage } from "../render/sign-in-page.ts"
import { foldEmail, readEmail } from "../site/email.ts"
import { formatWait } from "../site/messages.ts"
import { hashContent } from "../store/bodies.ts"
import { createLink, createToken, endSessions, findLink, linkLasts, useLink } from "../store/credentials.ts"
import { findMember, findMemberById } from "../store/members.ts"
import { consume, consumeFor, type Limit } from "../store/rate-limits.ts"
import { pathTo, readNext } from "./addresses.ts"
import type { Door } from "./door.ts"
import { readForm } from "./form.ts"
import { hashKey, inAll, networkLimits, ownerOf } from "./network.ts"
import { closeSession, findVisitor, goTo, inTime, openSession, readSession, type VisitorEnv } from "./visitor.ts"

const minute = 60_000
/** E-mails with a link to one address. */
const perAddress = { most: 5, window: 15 * minute }
/** Of these, what one IPv4 address or IPv6 /32 may ask for: nobody else can keep a member from signing in. */
const share = [
  { most: 3, window: 15 * minute },
  { most: 10, window: 1_440 * minute },
]
/** E-mails with a link to anyone. */
const allLimit: Limit = { key: "sign-in", ...inAll }

/** An answer has left after so long, milliseconds. */
const answerLeaves = 100

const browserCookie = "dateline-browser"
/**
 * A browser that has signed in to an address before has a limit of its own (OWASP's “device cookies”): however many
 * networks ask for links to that address, its owner gets one.
 */
const ownerCookie = { name: "dateline-owner", seconds: 31_536_000, purpose: "dateline-owner.v1" }
const tokenShape = /^[\w-]{43}$/

export const signInRoutes = new Hono<VisitorEnv>()
  .get("/sign-in", async (c) => {
    const { door, language } = c.env
    const next = readNext(c.req.query("next"), door.site)
    if (c.req.query("sent") !== undefined) return c.html(renderSignInPage({ language, state: "sent" }, door.site))
    if ((await findVisitor(c.req.raw, door)) !== null)
      return c.redirect(door.site.origin + (next ?? pathTo("/account", language, door)), 303)
    return c.html(renderSignInPage({ language, state: "asks", next }, door.site))
  })
  .post("/sign-in", async (c) => {
    const { door, language } = c.env
    const form = await readForm(c.req.raw)
    const next = readNext(form.get("next"), door.site)
    const email = readEmail(form.get("email"))
    if (email === null) {
      const typed = (form.get("email") ?? "").slice(0, 254)
      return c.html(renderSignInPage({ language, state: "mistyped", next, typed }, door.site), 422)
    }
    const owner = await findOwner(c.req.raw, email, door)
    const wait = await inTime(owner === null ? admit(c.req.raw, email, door) : admitOwner(owner, door))
    if (wait > 0) {
      c.header("Retry-After", String(wait))
      const when = formatWait(wait, language)
      return c.html(renderSignInPage({ language, state: "tooMany", next, when }, door.site), 429)
    }
    const browser = readBrowser(c.req.raw, door) ?? createToken()
    c.header("Set-Cookie", formatCookie(browserCookie, browser, linkLasts / 1000, door.site.origin))
    // Whether the address is known shows in nothing that is done before the answer.
    door.waitUntil(sendLink(email, browser, next ?? pathTo("/account", language, door), language, owner !== null, door))
    return goTo(c, "/sign-in?sent")
  })
  .get("/sign-in/confirm", async (c) => {
    const { door, language } = c.env
    const token = c.req.query("token") ?? ""
    const work = tokenShape.test(token) ? findLink(door.people, token, Date.now()) : null
    const link = work === null ? null : await inTime(work)
    if (link === null) return c.html(renderSignInPage({ language, state: "expired", next: null }, door.site), 410)
    const browser = readBrowser(c.req.raw, door)
    const own = browser !== null && (await hashContent(browser)) === link.browser
    return c.html(renderConfirmPage({ language, email: link.email, token, own }, door.site))
  })
  .post("/sign-in/confirm", async (c) => {
    const { door, language } = c.env
    const token = (await readForm(c.req.raw)).get("token") ?? ""
    const work = tokenShape.test(token) ? useLink(door.people, token, Date.now()) : null
    const used = work === null ? null : await inTime(work)
    const member = used === null ? null : await inTime(findMemberById(door.people, used.member))
    if (used === null || member === null)
      return c.html(renderSignInPage({ language, state: "expired", next: null }, door.site), 410)
    c.header("Set-Cookie", await openSession(c.req.raw, member, door))
    c.header("Set-Cookie", formatCookie(browserCookie, "", 0, door.site.origin), { append: true })
    const proof = await signFields(
      ownerCookie.purpose,
      [await hashAddress(member.email), createToken()],
      door.sessionKeys,
    )
    const kept = formatCookie(ownerCookie.name, proof, ownerCookie.seconds, door.site.origin)
    c.header("Set-Cookie", kept, { append: true })
    return c.redirect(door.site.origin + (readNext(used.next, door.site) ?? pathTo("/account", language, door)), 303)
  })
  .get("/sign-out", async (c) => {
    const { door, language } = c.env
    const signedIn = (await readSession(c.req.raw, door)) !== null
    return c.html(renderSignOutPage({ language, signedIn }, door.site))
  })
  .post("/sign-out", async (c) => {
    const { door } = c.env
    const everywhere = (await readForm(c.req.raw)).get("everywhere") !== null
    const session = await readSession(c.req.raw, door)
    if (session !== null) {
      if (everywhere) await inTime(endSessions(door.people, session.member))
      c.header("Set-Cookie", await closeSession(session, door))
    }
    return goTo(c, "/sign-out")
  })

/**
 * Counts a request against its network alone: whether anybody has the address shows neither in the response nor in what
 * others may still ask for. @returns as `consume` does
 */
async function admit(request: Request, email: string, door: Door): Promise<number> {
  const networks = await networkLimits(request, door, "sign-in")
  const key = `sign-in share:${await hashKey(`${ownerOf(request)} ${foldEmail(email)}`, door)}`
  const shares = share.map((limit) => ({ key, ...limit }))
  return consume(door.people, [...networks, ...shares, { ...allLimit, peek: true }], Date.now())
}

function admitOwner(owner: string, door: Door): Promise<number> {
  return consume(door.people, [{ key: `sign-in owner:${owner}`, ...perAddress }], Date.now())
}

/** A key for the browser, when it has signed in to this address before. */
async function findOwner(request: Request, email: string, door: Door): Promise<string | null> {
  const token = readCookie(request.headers.get("Cookie"), cookieName(ownerCookie.name, door.site.origin))
  const fields = token === null ? null : await openFields(ownerCookie.purpose, token, door.sessionKeys)
  return fields?.[0] === (await hashAddress(email)) ? hashContent(String(fields[1])) : null
}

function hashAddress(email: string): Promise<string> {
  return hashContent(foldEmail(email))
}

/**
 * Sends a member the link, within the limits on e-mail. For an unknown address it takes the same steps, but counts, writes
 * and sends nothing. It starts after the response has left, which it would otherwise delay (threat model 56). The e-mail
 * holds nothing that was typed.
 */
async function sendLink(
  email: string,
  browser: string,
  next: string,
  language: string,
  counted: boolean,
  door: Door,
): Promise<void> {
  try {
    await scheduler.wait(answerLeaves)
    const member = await findMember(door.people, email)
    const key = `sign-in address:${await hashKey(member?.id ?? "", door)}`
    const limits = member === null || counted ? [] : [{ key, ...perAddress }, allLimit]
    await consumeFor(door.people, limits, Date.now(), async () => {
      const link = { member: member?.id ?? "", browser: await hashContent(browser), next }
      const token = await createLink(door.people, link, Date.now())
      const url = `${door.site.origin}${pathTo("/sign-in/confirm", language, door)}?token=${token}`
      const letter = writeSignInLetter({ to: member?.email ?? "", language, url }, door.site)
      if (member !== null) await door.send(letter)
    })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    console.error("sign-in letter not sent", said.replace(/\S+@\S+/g, "…"))
  }
}

function readBrowser(request: Request, door: Door): string | null {
  const value = readCookie(request.headers.get("Cookie"), cookieName(browserCookie, door.site.origin))
  return value !== null && tokenShape.test(value) ? value : null
}
