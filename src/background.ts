// What the Worker does without a request: the cron's work of every minute, and the messages of its queues.
import { consume, createMailContext, sendDue } from "./mail/deliver.ts"
import { recordEmailEvent } from "./mail/events.ts"
import { planDueEditions } from "./mail/plan.ts"
import type { SiteConfig } from "./site/site.ts"
import type { Recipients } from "./store/deliveries.ts"
import { flushPurges, type Purge } from "./store/purges.ts"
import { hasQueued } from "./store/search.ts"
import { openStores } from "./store/stores.ts"
import { sweepPeople } from "./store/sweep.ts"

/**
 * Flushes the purge outbox, sweeps expired rows, plans and sends editions, updates the search index. If one of these
 * fails, the others still run.
 */
export async function runCron(env: Env, site: SiteConfig, purge: Purge): Promise<void> {
  const now = Date.now()
  const planning = planDueEditions(openStores(env), site, now)
  const send = () => sendDue(createMailContext(env, site), now)
  // After planning, so that the newsletters' pages show a new edition at once.
  const flush = () => flushPurges(env.CATALOGUE, purge, Date.now())
  const work = [
    planning.then(flush, flush),
    sweepPeople(env.PEOPLE, now),
    planning,
    planning.then(send, send),
    reindex(env, site, now),
  ]
  for (const result of await Promise.allSettled(work))
    if (result.status === "rejected") console.error("cron", result.reason)
}

async function reindex(env: Env, site: SiteConfig, now: number): Promise<void> {
  if (!(await hasQueued(env.CATALOGUE))) return
  const { reindexQueued } = await import("./desk/reindex.ts")
  // 100 articles at most: a Worker may query D1 1,000 times per invocation.
  for (let more = true, batches = 0; more && batches < 5; batches++)
    more = await reindexQueued(openStores(env), site, now)
}

export async function takeMessages(batch: MessageBatch, env: Env, site: SiteConfig): Promise<void> {
  // A queue's name starts with the Worker's: dateline-mail-events, dateline-staging-mail-events.
  if (!batch.queue.endsWith("-mail-events"))
    return consume(batch as MessageBatch<Recipients>, createMailContext(env, site))
  // Recording an event twice has no effect: if one fails, the whole batch is delivered again.
  for (const { body } of batch.messages) await recordEmailEvent(env.PEOPLE, body, Date.now())
}
