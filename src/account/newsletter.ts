// The daily headlines: asking for them, confirming, changing and ending them.
import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { writeLetter } from "../mail/letter.ts"
import { draftWelcome, nameList } from "../mail/newsletter-letters.ts"
import { renderButtonForm } from "../render/components.ts"
import { renderNotice, renderPreferences, renderSignUpAgain, renderSignUpNotice } from "../render/newsletter-pages.ts"
import { readEmail } from "../site/email.ts"
import { formatWait, message } from "../site/messages.ts"
import { StoreFailure } from "../store/failure.ts"
import {
  changeLanguage,
  endSubscription,
  findByToken,
  findConfirmation,
  type List,
  lists,
  type Subscriber,
  subscribe,
} from "../store/subscribers.ts"
import { pathTo } from "./addresses.ts"
import type { DoorEnv } from "./door.ts"
import { comesFromUs, readBounded, readForm } from "./form.ts"
import { foldMailbox } from "./mailbox.ts"
import { admitSignUp, sendConfirmation } from "./sign-up.ts"
import { inTime } from "./visitor.ts"

type Ask = Context<DoorEnv>

export const newsletterRoutes = new Hono<DoorEnv>()
  .post("/newsletter", signUp)
  .get("/newsletter/sent", (c) => notice(c, "newsletterSentTitle", "newsletterSent"))
  .get("/newsletter/confirm", askToConfirm)
  .post("/newsletter/confirm", confirm)
  .get("/newsletter/confirmed", (c) => notice(c, "newsletterConfirmedTitle", "newsletterConfirmed"))
  .get("/newsletter/unsubscribe", showLetters)
  .post("/newsletter/unsubscribe", unsubscribe)
  .get("/newsletter/unsubscribed", (c) => notice(c, "newsletterUnsubscribedTitle", "newsletterUnsubscribed", true))
  .post("/newsletter/preferences", changePreferences)

/** The same answer, whatever is known of the address: what is done about it happens after the answer. */
async function signUp(c: Ask): Promise<Response> {
  const { door, language } = c.env
  const typed = (await readForm(c.req.raw)).get("email") ?? ""
  const again = (
    key: "wrongAddress" | "newsletterTooMany" | "newsletterTrouble",
    status: 400 | 429 | 503,
    words = {},
  ) => c.html(renderSignUpAgain(language, { email: typed, error: message(language, key, words) }, door.site), status)
  const email = readEmail(typed)
  if (email === null) return again("wrongAddress", 400)
  let wait: number
  try {
    wait = await inTime(admitSignUp(c.req.raw, door, Date.now()))
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    console.error("newsletter", error.message)
    c.header("Retry-After", "60")
    return again("newsletterTrouble", 503)
  }
  if (wait > 0) {
    c.header("Retry-After", String(wait))
    return again("newsletterTooMany", 429, { when: formatWait(wait, language) })
  }
  door.waitUntil(sendConfirmation(door, { email, language }, foldMailbox(email), Date.now()))
  return see(c, "/newsletter/sent")
}

/** GET changes nothing: mail scanners follow links. */
async function askToConfirm(c: Ask): Promise<Response> {
  const { door, language } = c.env
  const token = c.req.query("token") ?? ""
  const asked = await inTime(findConfirmation(door.people, token, Date.now()))
  if (asked === null) return stale(c)
  const title = message(language, "newsletterConfirmTitle", { list: nameOf(c, "headlines") })
  const text = message(language, "newsletterConfirmText")
  const label = message(language, "newsletterConfirmButton")
  return c.html(
    renderNotice(
      { language, title, text, below: renderButtonForm(pathOf(c, "/newsletter/confirm"), { token }, label) },
      door.site,
    ),
  )
}

async function confirm(c: Ask): Promise<Response> {
  const { door } = c.env
  const token = (await readForm(c.req.raw)).get("token") ?? ""
  const now = Date.now()
  const asked = await inTime(findConfirmation(door.people, token, now))
  if (asked === null) return stale(c)
  const { subscriber, added } = await inTime(subscribe(door.people, { ...asked, list: "headlines" }, now))
  const letter = writeLetter(draftWelcome(subscriber, subscriber.token, door.site), door.site)
  if (added) door.waitUntil(door.send(letter).catch(() => console.error("a welcoming letter was not sent")))
  return see(c, "/newsletter/confirmed")
}

/** The link of a letter: a button, never an act. */
async function showLetters(c: Ask): Promise<Response> {
  const { door, language } = c.env
  const { token = "", list = "", saved } = c.req.query()
  const subscriber = await inTime(findByToken(door.people, token))
  if (subscriber === null) {
    const title = message(language, "newsletterNothingTitle")
    return c.html(renderSignUpNotice({ language, title, text: message(language, "newsletterNothing") }, door.site))
  }
  const on = new Set(subscriber.subscriptions.map((one) => one.list))
  const query = `?${new URLSearchParams({ token })}`
  return c.html(
    renderPreferences(
      {
        language,
        unsubscribe: pathOf(c, "/newsletter/unsubscribe") + query,
        preferences: pathOf(c, "/newsletter/preferences") + query,
        // Anyone may have the headlines; the digest is shown to who has it.
        lists: lists
          .filter((one) => one === "headlines" || on.has(one))
          .map((one) => ({ list: one, name: nameOf(c, one), on: on.has(one) })),
        asked: list,
        emailLanguage: subscriber.language,
        saved: saved !== undefined,
      },
      door.site,
    ),
  )
}

/**
 * Ends a list, by the page's button or by a mail program's one click (RFC 8058 §3.2), which comes from anywhere, may be
 * multipart, and must not be redirected. The token is the authority; ending twice is as good as once.
 */
async function unsubscribe(c: Ask): Promise<Response> {
  const { door } = c.env
  const token = c.req.query("token") ?? ""
  const body = await readBounded(c.req.raw)
  const oneClick = /List-Unsubscribe["']?\s*(?:=|:|\r?\n)\s*One-Click/i.test(body)
  if (!oneClick && !comesFromUs(c.req.raw, door.site)) throw new HTTPException(403)
  const wanted = (oneClick ? null : new URLSearchParams(body).get("list")) ?? c.req.query("list")
  await inTime(endSubscription(door.people, token, toList(wanted)))
  if (oneClick) return c.text("Unsubscribed\n")
  const left = await inTime(findByToken(door.people, token))
  return see(c, left === null ? "/newsletter/unsubscribed" : `/newsletter/unsubscribe?${saved(token)}`)
}

async function changePreferences(c: Ask): Promise<Response> {
  const { door } = c.env
  const token = c.req.query("token") ?? ""
  const form = await readForm(c.req.raw)
  const subscriber = await inTime(findByToken(door.people, token))
  const language = form.get("language")
  if (language !== null && door.site.languages.includes(language))
    await inTime(changeLanguage(door.people, token, language))
  if (subscriber !== null && form.get("start") === "headlines") await startHeadlines(c, subscriber)
  return see(c, `/newsletter/unsubscribe?${saved(token)}`)
}

// Whoever has the token reads the letters there: nothing is left to confirm.
async function startHeadlines(c: Ask, { email, language }: Subscriber): Promise<void> {
  await inTime(subscribe(c.env.door.people, { email, language, list: "headlines" }, Date.now()))
}

function saved(token: string): string {
  return new URLSearchParams({ token, saved: "" }).toString()
}

function toList(text: string | undefined | null): List | null {
  return lists.find((list) => list === text) ?? null
}

function stale(c: Ask): Response | Promise<Response> {
  return notice(c, "newsletterStaleTitle", "newsletterStale", true, 410)
}

function notice(
  c: Ask,
  title: Parameters<typeof message>[1],
  text: Parameters<typeof message>[1],
  form = false,
  status: 200 | 410 = 200,
): Response | Promise<Response> {
  const { door, language } = c.env
  const names = { list: nameOf(c, "headlines") }
  const view = { language, title: message(language, title, names), text: message(language, text, names) }
  return c.html((form ? renderSignUpNotice : renderNotice)(view, door.site), status)
}

function nameOf(c: Ask, list: List): string {
  return nameList(list, c.env.language, c.env.door.site)
}

function pathOf(c: Ask, path: string): string {
  return pathTo(path, c.env.language, c.env.door)
}

/** After a form has done its work: a page that can be reloaded. */
function see(c: Ask, path: string): Response {
  return c.redirect(c.env.door.site.origin + pathOf(c, path), 303)
}
