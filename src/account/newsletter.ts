// The newsletter of daily headlines: signing up, confirming, preferences and unsubscribing; bounces and complaints.
import { HTTPException } from "hono/http-exception"
import { lists, nameList } from "../article/edition.ts"
import { confirmationEmail, subscriberEmail } from "../mail/account-emails.ts"
import type { Reader } from "../mail/email-layout.ts"
import { readSesEvent } from "../mail/events.ts"
import { confirmSubscription, readSnsMessage } from "../mail/sns.ts"
import { renderNewsletterForm } from "../render/boxes.ts"
import { renderButtonForm } from "../render/components.ts"
import { renderNewsletterPage } from "../render/edition-pages.ts"
import { renderPreferences } from "../render/preferences.ts"
import { readEmail } from "../site/email-address.ts"
import { formatWait, type MessageKey, message } from "../site/messages.ts"
import { StoreFailure } from "../store/failure.ts"
import { findMember } from "../store/members.ts"
import { clearLimit, consumeFor, type Limit } from "../store/rate-limits.ts"
import {
  addConfirmation,
  changeLanguage,
  endSubscription,
  findByToken,
  findConfirmation,
  findSubscriber,
  recordMailEvent,
  removeConfirmation,
  resumeEditions,
  type Subscriber,
  subscribe,
} from "../store/subscribers.ts"
import {
  type AccountContext,
  type Call,
  comesFromUs,
  goTo,
  newRoutes,
  pathTo,
  readForm,
  readText,
  showNotice,
} from "./context.ts"
import { admit, foldInbox, hashKey, hour, inAll } from "./limits.ts"

/** Limits confirmation emails across all recipients. */
const allLimit: Limit = { key: "newsletter", ...inAll }

/** Where Amazon SNS reports bounces and complaints about editions that Amazon SES sent. */
export const mailEvents = "/newsletter/events"

export const newsletterRoutes = newRoutes()
  .post("/newsletter", signUp)
  .get("/newsletter/sent", (c) => notice(c, "checkInbox", "newsletterSent"))
  .get("/newsletter/confirm", askToConfirm)
  .post("/newsletter/confirm", confirm)
  .get("/newsletter/confirmed", (c) => notice(c, "newsletterConfirmedTitle", "newsletterConfirmed"))
  .get("/newsletter/unsubscribe", showPreferences)
  .post("/newsletter/unsubscribe", unsubscribe)
  .get("/newsletter/unsubscribed", (c) => noticeWithForm(c, "newsletterUnsubscribedTitle", "newsletterUnsubscribed"))
  .post("/newsletter/preferences", changePreferences)
  .post(mailEvents, receiveMailEvent)

/** The response must not reveal whether the address is known: anything that depends on it runs after the response. */
async function signUp(c: Call): Promise<Response> {
  const { site, language } = c.env
  const typed = (await readForm(c)).get("email") ?? ""
  const again = (key: MessageKey, status: 400 | 429 | 503, words = {}) =>
    c.html(
      renderNewsletterPage(language, site, { fault: { email: typed, error: message(language, key, words) } }),
      status,
    )
  const email = readEmail(typed)
  if (email === null) return again("wrongAddress", 400)
  let wait: number
  try {
    wait = await admit(c, "newsletter", { ...allLimit, peek: true })
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    console.error("newsletter sign-up failed", error.message)
    c.header("Retry-After", "60")
    return again("newsletterTrouble", 503)
  }
  if (wait > 0) return again("newsletterTooMany", 429, { when: formatWait(wait, language) })
  c.env.waitUntil(sendConfirmation(c.env, { email, language }))
  return goTo(c, "/newsletter/sent")
}

/**
 * Sends an email that asks for confirmation, or says that the reader is already subscribed. Each inbox gets at most one
 * in 24 hours, however its address is spelled and wherever the request comes from. Failed emails are not counted. Never
 * throws, because it runs after the response.
 */
async function sendConfirmation(context: AccountContext, reader: Reader): Promise<void> {
  const now = Date.now()
  try {
    const limits = [{ key: await inboxKey(reader.email, context), most: 1, window: 24 * hour }, allLimit]
    await consumeFor(context.people, limits, now, () => writeConfirmation(context, reader, now))
  } catch (error) {
    console.error("confirmation email not sent", error instanceof Error ? error.name : "")
  }
}

async function inboxKey(email: string, context: AccountContext): Promise<string> {
  return `newsletter mailbox:${await hashKey(foldInbox(email), context)}`
}

async function writeConfirmation({ people, site, send }: AccountContext, reader: Reader, now: number) {
  const known = await findSubscriber(people, reader.email)
  if (known?.stoppedBy === null && known.lists.includes("headlines"))
    return send(subscriberEmail("Already", known, known.token, site))
  const token = await addConfirmation(people, reader, now)
  try {
    await send(confirmationEmail(reader, token, site))
  } catch (error) {
    // While email is down, rows created by strangers must not pile up.
    await removeConfirmation(people, token)
    throw error
  }
}

/** GET changes nothing, because mail scanners follow links. */
async function askToConfirm(c: Call): Promise<Response> {
  const token = c.req.query("token") ?? ""
  if ((await findConfirmation(c.env.people, token, Date.now())) === null) return expired(c)
  const label = message(c.env.language, "newsletterConfirmButton")
  const below = renderButtonForm(pathTo("/newsletter/confirm", c.env), { token }, label)
  return notice(c, "newsletterConfirmTitle", "newsletterConfirmText", { below })
}

async function confirm(c: Call): Promise<Response> {
  const { people, site, send } = c.env
  const token = (await readForm(c)).get("token") ?? ""
  const now = Date.now()
  const asked = await findConfirmation(people, token, now)
  if (asked === null) return expired(c)
  const { subscriber, added } = await subscribe(people, { ...asked, list: "headlines" }, now)
  await resumeEditions(people, subscriber.token)
  const welcome = subscriberEmail("Welcome", subscriber, subscriber.token, site)
  if (added) c.env.waitUntil(send(welcome).catch(() => console.error("welcome email not sent")))
  return goTo(c, "/newsletter/confirmed")
}

/** The page that links in newsletters open. Nothing changes until the reader presses a button. */
async function showPreferences(c: Call): Promise<Response> {
  const { people, site } = c.env
  const { token = "", list = "", saved } = c.req.query()
  const subscriber = await findByToken(people, token)
  if (subscriber === null) return noticeWithForm(c, "newsletterNothingTitle", "newsletterNothing")
  const query = `?${new URLSearchParams({ token })}`
  const paths = { stop: `/newsletter/unsubscribe${query}`, change: `/newsletter/preferences${query}` }
  const choices = describeChoices(c, subscriber, subscriber.email, await hasMembership(people, subscriber.email), paths)
  return c.html(renderPreferences({ ...choices, asked: list, saved: saved !== undefined }, site))
}

/** The lists a reader gets or may get, for the preferences and account pages. `paths`: the forms' actions. */
export function describeChoices(
  { env }: Call,
  subscriber: Subscriber | null,
  email: string,
  isMember: boolean,
  paths: { readonly stop: string; readonly change: string },
) {
  const on = new Set(subscriber?.lists)
  return {
    ...{ language: env.language, email, stop: pathTo(paths.stop, env), change: pathTo(paths.change, env) },
    lists: lists.map((list) => ({ list, on: on.has(list), may: list === "headlines" || isMember })),
    emailLanguage: subscriber?.language ?? null,
    stoppedBy: subscriber?.stoppedBy ?? null,
  }
}

const hasMembership = async (people: D1Database, email: string) =>
  ((await findMember(people, email))?.until ?? 0) > Date.now()

/**
 * Unsubscribes from a list, by the page's button or by a mail program's one-click POST (RFC 8058 §3.2), which may come
 * from any origin, may be multipart and must not be redirected. The token authorises it. Doing it twice has no further
 * effect.
 */
async function unsubscribe(c: Call): Promise<Response> {
  const token = c.req.query("token") ?? ""
  const body = await readText(c)
  const oneClick = /List-Unsubscribe["']?\s*(?:=|:|\r?\n)\s*One-Click/i.test(body)
  if (!oneClick && !comesFromUs(c.req.raw, c.env.site)) throw new HTTPException(403)
  const wanted = (oneClick ? null : new URLSearchParams(body).get("list")) ?? c.req.query("list")
  const subscriber = await findByToken(c.env.people, token)
  await endSubscription(c.env.people, token, lists.find((list) => list === wanted) ?? null)
  const left = await findByToken(c.env.people, token)
  // Neither the token nor today's link to confirm works any longer, so a new sign-up gets a new link.
  if (subscriber !== null && left === null) await clearLimit(c.env.people, await inboxKey(subscriber.email, c.env))
  if (oneClick) return c.text("Unsubscribed\n")
  return left === null ? goTo(c, "/newsletter/unsubscribed") : goToPreferences(c, token)
}

async function changePreferences(c: Call): Promise<Response> {
  const { people } = c.env
  const token = c.req.query("token") ?? ""
  const form = await readForm(c)
  const subscriber = await findByToken(people, token)
  // The token was emailed to that address, so there is no need to confirm it again.
  if (subscriber !== null) await applyChoice(c, subscriber, form, await hasMembership(people, subscriber.email))
  return goToPreferences(c, token)
}

/** Starts a subscription or changes the language, as the form requests. Only members can subscribe to the digest. */
export async function applyChoice(c: Call, reader: Reader, form: URLSearchParams, isMember: boolean): Promise<void> {
  const { people, site } = c.env
  const list = lists.find((one) => one === form.get("list"))
  if (list === "headlines" || (list === "digest" && isMember))
    await subscribe(people, { email: reader.email, language: reader.language, list }, Date.now())
  const language = site.languages.find((one) => one === form.get("language"))
  const token = language && (await findSubscriber(people, reader.email))?.token
  if (language && token) await changeLanguage(people, token, language)
}

function goToPreferences(c: Call, token: string): Response {
  return goTo(c, `/newsletter/unsubscribe?${new URLSearchParams({ token, saved: "" })}`)
}

function expired(c: Call) {
  return noticeWithForm(c, "linkGone", "newsletterStale", 410)
}

function notice(c: Call, title: MessageKey, text: MessageKey, options: Parameters<typeof showNotice>[3] = {}) {
  return showNotice(c, title, text, { ...options, words: { list: nameList("headlines", c.env.language, c.env.site) } })
}

/** A notice with the sign-up form below it. */
function noticeWithForm(c: Call, title: MessageKey, text: MessageKey, status: 200 | 410 = 200) {
  return notice(c, title, text, { status, below: renderNewsletterForm(c.env.language, c.env.site) })
}

/** 200: handled, now or earlier. 403: not from the site's topic. 429, 503: SNS will try again. */
async function receiveMailEvent(c: Call): Promise<Response> {
  const { people, snsTopic } = c.env
  if (snsTopic === null) throw new HTTPException(404)
  const now = Date.now()
  const message = await readSnsMessage(await readText(c), snsTopic, now, () => admitFetch(c))
  if (message === null) return c.text("Not a recent message from this site's topic\n", 403)
  if (message.type === "SubscriptionConfirmation") await confirmSubscription(snsTopic, message.token)
  const event = message.type === "Notification" ? readSesEvent(message.text) : null
  if (event !== null) await recordMailEvent(people, message.id, event, now)
  return c.text("OK\n")
}

/** Limits how often certificates are fetched. @throws HTTPException 429 */
async function admitFetch(c: Call): Promise<void> {
  if ((await admit(c, "events", { key: "events", ...inAll })) > 0) throw new HTTPException(429)
}
