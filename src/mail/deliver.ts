// Sends editions: the cron stores their recipients and queues them, and the queue's consumer calls the mail provider.
// Each step is safe to interrupt or repeat: each recipient is claimed before the call, so nobody gets an edition twice.
import { parseEditionId } from "../article/edition.ts"
import type { SiteConfig } from "../site/site.ts"
import {
  claimDelivery,
  listPlanned,
  listUnqueued,
  markQueued,
  type Recipients,
  recordAnswer,
  spreadRecipients,
  withdrawPlanned,
} from "../store/deliveries.ts"
import { listUnspread, readPlan, readWholeEdition } from "../store/editions.ts"
import { run, type Statement } from "../store/sql.ts"
import { openStores, type Stores } from "../store/stores.ts"
import { addressLetter, writeLetter } from "./edition-email.ts"
import { createSender, type SendEdition } from "./senders.ts"

/** The stores and bindings that sending editions needs. */
export interface MailContext extends Stores {
  readonly site: SiteConfig
  readonly queue: Pick<Queue<Recipients>, "sendBatch">
  /** If null, editions are planned but not sent. */
  readonly send: SendEdition | null
}

/** Editions not sent within this time, in milliseconds, are never sent, because they are no longer news. */
const sendWithin = 86_400_000
/** Recipients per message. D1 allows 1,000 queries per run; a batch of five takes two per recipient. */
const perMessage = 40
/** Maximum number of messages in one call to the queue (platform limit). */
const perCall = 100

export function createMailContext(env: Env, site: SiteConfig): MailContext {
  return { ...openStores(env), site, queue: env.MAIL, send: createSender(env, site) }
}

/** Every minute: stores the recipients of planned editions, and queues those not queued yet or lost by the queue. */
export async function sendDue(context: MailContext, now: number): Promise<void> {
  for (const edition of await listUnspread(context.catalogue)) await spreadRecipients(context, edition, now)
  if (context.send !== null) while (await queueSome(context, now));
}

/** @returns whether more recipients may be waiting */
async function queueSome({ people, catalogue, queue }: MailContext, now: number): Promise<boolean> {
  const limit = perMessage * perCall
  const waiting = await listUnqueued(people, now, limit)
  for (const { edition, subscribers } of waiting) {
    const key = parseEditionId(edition)
    const plan = key && (await readPlan(catalogue, key))
    if (plan === null || plan.at + sendWithin <= now) await withdrawPlanned(people, edition, now)
    else {
      const bodies = Array.from({ length: Math.ceil(subscribers.length / perMessage) }, (_, index) => ({
        body: { edition, subscribers: subscribers.slice(index * perMessage, (index + 1) * perMessage) },
      }))
      await queue.sendBatch(bodies)
      // Recipients are queued twice if interrupted before this line: harmless, because each is claimed only once.
      await markQueued(people, { edition, subscribers }, now)
    }
  }
  return waiting.reduce((sum, { subscribers }) => sum + subscribers.length, 0) === limit
}

/** Sends editions for a batch of queue messages. An unfinished message goes back to the queue. */
export async function consume(
  batch: Pick<MessageBatch<Recipients>, "messages">,
  context: MailContext,
  clock = Date.now,
): Promise<void> {
  // While the provider throttles or fails, further calls would fail too.
  let pausing = context.send === null
  for (const message of batch.messages) {
    let done = false
    try {
      if (!pausing) done = await deliver(message.body, context, clock)
      pausing ||= !done
      if (!done) await markQueued(context.people, message.body, clock())
    } catch (error) {
      console.error("edition not sent", message.body.edition, error instanceof Error ? error.message : "")
    }
    if (done) message.ack()
    // At most 10 minutes, because the cron would queue the recipients again after 15.
    else message.retry({ delaySeconds: Math.min(15 * 2 ** (message.attempts - 1), 600) })
  }
}

/** The delivery state for each outcome. */
const states = { accepted: "accepted", refused: "failed", throttled: "planned" } as const

/** @returns whether all recipients were processed; if not, sending must pause */
async function deliver(recipients: Recipients, context: MailContext, clock: () => number): Promise<boolean> {
  const { people, send, site } = context
  const { edition } = recipients
  const key = parseEditionId(edition)
  const whole = key && (await readWholeEdition(context, key))
  if (key === null || whole === null || whole.plannedAt + sendWithin <= clock() || send === null) return true
  const letter = writeLetter(whole, site)
  let answer: Statement | null = null
  for (const subscriber of await listPlanned(people, recipients)) {
    // Only one D1 round trip between two calls to the provider, because D1 may be far from this Worker.
    const to = await claimDelivery(people, { edition, list: key.list, subscriber }, clock(), answer)
    answer = null
    if (to === null) continue
    const outcome = await send(addressLetter(letter, to))
    if (outcome.kind !== "accepted")
      console.error("edition", outcome.kind, edition, `subscriber ${subscriber}`, outcome.reason)
    // After an unknown outcome, the delivery stays claimed, so it is never retried.
    if (outcome.kind === "unknown") return false
    const message = outcome.kind === "accepted" ? outcome.message : null
    answer = recordAnswer({ edition, subscriber }, { state: states[outcome.kind], message }, clock())
    if (outcome.kind === "throttled") {
      await run(people, ...answer)
      return false
    }
  }
  if (answer !== null) await run(people, ...answer)
  return true
}
