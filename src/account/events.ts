// The endpoint of Amazon SNS, where Amazon SES reports bounces and complaints about editions.
import { HTTPException } from "hono/http-exception"
import { readSesEvent } from "../mail/events.ts"
import { confirmSubscription, readSnsMessage } from "../mail/sns.ts"
import { recordMailEvent } from "../store/mail-events.ts"
import { type Call, newRoutes, readText } from "./context.ts"
import { admit, inAll } from "./limits.ts"

export const mailEvents = "/newsletter/events"

export const eventRoutes = newRoutes().post(mailEvents, receive)

/** 200: handled, now or earlier. 403: not from the site's topic. 429, 503: try again, which SNS does. */
async function receive(c: Call): Promise<Response> {
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

/** @throws HTTPException 429 */
async function admitFetch(c: Call): Promise<void> {
  if ((await admit(c, "events", { key: "events", ...inAll })) > 0) throw new HTTPException(429)
}
