// The endpoint of Amazon SNS, where Amazon SES reports bounces and complaints about editions.
import { HTTPException } from "hono/http-exception"
import { readSesEvent } from "../mail/events.ts"
import { confirmSubscription, readSnsMessage } from "../mail/sns.ts"
import { recordMailEvent } from "../store/mail-events.ts"
import { type Call, newRoutes, readText } from "./context.ts"

export const mailEvents = "/newsletter/events"

export const eventRoutes = newRoutes().post(mailEvents, receive)

/** 200: handled, now or earlier. 403: not from the site's topic. 503: try again, which SNS does. */
async function receive(c: Call): Promise<Response> {
  const { people, snsTopic } = c.env
  if (snsTopic === null) throw new HTTPException(404)
  const now = Date.now()
  const message = await readSnsMessage(await readText(c), snsTopic, now)
  if (message === null) return c.text("Not a recent message from this site's topic\n", 403)
  if (message.type === "SubscriptionConfirmation") await confirmSubscription(snsTopic, message.token)
  const event = message.type === "Notification" ? readSesEvent(message.text) : null
  if (event !== null) await recordMailEvent(people, message.id, event, now)
  return c.text("OK\n")
}
