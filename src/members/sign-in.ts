// Signing in by a link in a letter: asked for, opened, confirmed by a button. Signing out.
import { Hono } from "hono"
import { writeSignInLetter } from "../mail/sign-in-letter.ts"
import { cookieName, formatCookie, readCookie } from "../membership/cookie.ts"
import { renderConfirmPage, renderSignInPage, renderSignOutPage } from "../render/sign-in-page.ts"
import { foldEmail, readEmail } from "../site/email.ts"
import { countAttempt } from "../store/attempts.ts"
import { hashContent } from "../store/bodies.ts"
import { createLink, createToken, findLink, linkLasts, useLink } from "../store/links.ts"
import { findMember, findMemberById } from "../store/members.ts"
import { endSessions } from "../store/sessions.ts"
import { pathTo, readNext } from "./addresses.ts"
import type { Door } from "./door.ts"
import { readForm } from "./form.ts"
import { hashNetwork } from "./network.ts"
import { closeSession, findVisitor, goTo, inTime, openSession, readSession, type VisitorEnv } from "./visitor.ts"

const minute = 60_000
/** Letters asked for: of one address, from one network, and in all. README, "Limits". */
const perAddress = { most: 5, window: 15 * minute }
const perNetwork = { most: 20, window: 60 * minute }
const inAll = { most: 1_000, window: 60 * minute }

/** An answer has left after so long, milliseconds. */
const answerLeaves = 100

const browserCookie = "dateline-browser"
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
    if (!(await inTime(admit(c.req.raw, email, door)))) {
      c.header("Retry-After", String(perAddress.window / 1000))
      return c.html(renderSignInPage({ language, state: "tooMany", next }, door.site), 429)
    }
    const browser = readBrowser(c.req.raw, door) ?? createToken()
    c.header("Set-Cookie", formatCookie(browserCookie, browser, linkLasts / 1000, door.site.origin))
    // Whether the address is known shows in nothing that is done before the answer.
    door.waitUntil(sendLink(email, browser, next ?? pathTo("/account", language, door), language, door))
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

/** Counts the attempt under hashes, whoever the address belongs to. */
async function admit(request: Request, email: string, door: Door): Promise<boolean> {
  const secret = door.sessionKeys[0] ?? ""
  const address = await hashContent(`${secret} ${foldEmail(email)}`)
  const network = await hashNetwork(request, secret)
  const limits = [
    { key: `sign-in address:${address}`, ...perAddress },
    { key: `sign-in network:${network}`, ...perNetwork },
    { key: "sign-in", ...inAll },
  ]
  return countAttempt(door.people, limits, Date.now())
}

/**
 * Sends a member the link; nothing to anybody else, for whom the same is done but for the sending. It begins when the
 * answer has left, which it would else hold up (threat model 56). The letter holds nothing that was typed.
 */
async function sendLink(email: string, browser: string, next: string, language: string, door: Door): Promise<void> {
  try {
    await scheduler.wait(answerLeaves)
    const member = await findMember(door.people, email)
    const link = { member: member?.id ?? "", browser: await hashContent(browser), next }
    const token = await createLink(door.people, link, Date.now())
    const url = `${door.site.origin}${pathTo("/sign-in/confirm", language, door)}?token=${token}`
    const letter = writeSignInLetter({ to: member?.email ?? "", language, url }, door.site)
    if (member !== null) await door.send(letter)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    console.error("sign-in letter not sent", said.replace(/\S+@\S+/g, "…"))
  }
}

function readBrowser(request: Request, door: Door): string | null {
  const value = readCookie(request.headers.get("Cookie"), cookieName(browserCookie, door.site.origin))
  return value !== null && tokenShape.test(value) ? value : null
}
