// Reads what providers report about emails: Amazon SES through SNS, Cloudflare's Email Service through a queue.
import * as v from "valibot"
import { type MailEvent, recordMailEvent } from "../store/subscribers.ts"

const Recipients = v.optional(v.array(v.object({ emailAddress: v.string() })), [])
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
const SesEventSchema = v.object({
  eventType: v.optional(v.string()),
  /** The name of `eventType` in feedback notifications, which are set up for a domain, not for a configuration set. */
  notificationType: v.optional(v.string()),
  mail: v.object({ messageId: v.string() }),
  bounce: v.optional(v.object({ bounceType: v.string(), bouncedRecipients: Recipients })),
  complaint: v.optional(v.object({ complaintFeedbackType: v.nullish(v.string()), complainedRecipients: Recipients })),
})

/** The bounce, complaint or rejection in an Amazon SES event; null for any other event or text. */
export function readSesEvent(text: string): MailEvent | null {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), SesEventSchema), text)
  if (!read.success) return null
  const { eventType, notificationType = eventType, mail, bounce, complaint } = read.output
  const report = (stops: MailEvent["stops"], recipients: v.InferOutput<typeof Recipients> = []) => {
    return { message: mail.messageId, emails: recipients.map(({ emailAddress }) => bareAddress(emailAddress)), stops }
  }
  switch (notificationType) {
    case "Bounce":
      return report(bounce?.bounceType === "Permanent" ? "bounce" : null, bounce?.bouncedRecipients)
    case "Complaint":
      // "not-spam" withdraws an earlier complaint.
      return complaint?.complaintFeedbackType === "not-spam"
        ? null
        : report("complaint", complaint?.complainedRecipients)
    case "Reject":
      return report(null)
    default:
      return null
  }
}

// https://developers.cloudflare.com/email-service/platform/event-subscriptions/
const PlatformEventSchema = v.object({
  type: v.pipe(v.string(), v.startsWith("cf.email.sending.message.")),
  payload: v.object({
    eventId: v.optional(v.string()),
    messageId: v.optional(v.string(), ""),
    recipient: v.optional(v.string(), ""),
    bounce: v.optional(v.object({ type: v.optional(v.string()) })),
  }),
})

/** Records a bounce or complaint that Cloudflare's Email Service put in the queue. Ignores any other message. */
export async function recordEmailEvent(people: D1Database, event: unknown, now: number): Promise<void> {
  const text = v.pipe(v.string(), v.parseJson(), PlatformEventSchema)
  const read = v.safeParse(v.union([PlatformEventSchema, text]), event)
  if (!read.success) return
  const { type, payload } = read.output
  const complained = type.endsWith(".complained")
  if (!complained && !type.endsWith(".bounced")) return
  const stops = complained ? "complaint" : payload.bounce?.type === "hard" ? "bounce" : null
  const message = payload.messageId.replace(/^<|>$/g, "")
  await recordMailEvent(
    people,
    payload.eventId ?? null,
    { message, emails: [bareAddress(payload.recipient)], stops },
    now,
  )
}

/** The address in `Name <name@example.org>`. */
function bareAddress(text: string): string {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text
}
