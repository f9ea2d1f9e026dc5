// What a queue and a mail provider can do to an edition: runs that die anywhere, messages that are lost, repeated and
// delivered at once, and a provider that throttles, fails and never answers.
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { consume, createMailContext, type MailContext, sendDue } from "../../src/mail/deliver.ts"
import type { Outcome } from "../../src/mail/senders.ts"
import { countDeliveries, type Recipients } from "../../src/store/deliveries.ts"
import { planEdition } from "../../src/store/editions.ts"
import type { Trip } from "../../src/store/failure.ts"
import { createRig, env, site, wrapDatabase } from "./rig.ts"

const edition = "headlines 2026-11-23 en"
const minute = 60_000

/** What the provider does with a call. `lost` and `taken` are never answered: the message was lost, or it was sent. */
type Answer = "accepted" | "throttled" | "refused" | "failed, lost" | "failed, taken"

/** When a run dies: with its step of this number, done or not. Infinity: never. */
interface Death {
  readonly steps: number
  readonly done: boolean
}

interface Round {
  /** How many minutes later it is. */
  readonly minutes: number
  readonly cron: Death
  /** Runs of the consumer at once. Each is given all messages of the queue. */
  readonly consumers: readonly Death[]
  /** Whether a message that was acknowledged comes again, and one that was left is lost. */
  readonly again: boolean
  readonly lost: boolean
}

const death = (most: number): fc.Arbitrary<Death> =>
  fc.record({
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: most }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
    done: fc.boolean(),
  })
const round: fc.Arbitrary<Round> = fc.record({
  minutes: fc.constantFrom(0, 1, 16),
  cron: death(10),
  consumers: fc.array(death(20), { minLength: 1, maxLength: 3, size: "max" }),
  again: fc.boolean(),
  lost: fc.boolean(),
})
/** What the provider answers, call by call; then it accepts. */
const script = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Answer>("accepted") },
    { weight: 1, arbitrary: fc.constantFrom<Answer>("throttled", "refused", "failed, lost", "failed, taken") },
  ),
  { maxLength: 40, size: "max" },
)

class Died extends Error {}

/** Plays rounds for so many subscribers, then lets everything work, and checks what each of them got. */
async function play(subscribers: number, answers: readonly Answer[], rounds: readonly Round[]): Promise<void> {
  await createRig()
  for (const table of ["deliveries", "subscribers"]) await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await env.CATALOGUE.prepare("DELETE FROM editions").run()
  let now = Date.now()
  await subscribeMany(subscribers, now)
  const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  const content = { title: "The morning", intro: null, stories: [], more: 0 }
  const [list, date, language] = ["headlines", "2026-11-23", "en"] as const
  await planEdition({ catalogue: env.CATALOGUE, bodies }, { list, date, language }, { content }, { now, who: "cron" })

  const received = new Map<string, number>()
  const refused = new Set<string>()
  /** Recipients who may stay unknown: the provider failed, or the run died in the step after their claim or call. */
  const unknown = new Set<string>()
  let deaths = 0
  const given = [...answers]
  let queue: Recipients[] = []

  /** What one run has; it dies after so many steps. */
  function createRun({ steps, done }: Death): MailContext {
    let left = steps
    let called: string | null = null
    const step: Trip = async (go) => {
      if (left <= 0) throw new Died()
      if (--left > 0) return go()
      deaths++
      if (called !== null) unknown.add(called)
      if (done) await go()
      throw new Died()
    }
    const stepDatabase: Trip = async (go) => {
      const result = await step(go)
      called = null
      return result
    }
    return {
      ...createMailContext(env, site),
      catalogue: wrapDatabase(env.CATALOGUE, stepDatabase),
      people: wrapDatabase(env.PEOPLE, stepDatabase),
      queue: {
        sendBatch: (messages) => {
          const bodies = [...messages].map(({ body }) => body)
          expect(bodies.length).toBeLessThanOrEqual(100)
          for (const { subscribers } of bodies) expect(subscribers.length).toBeLessThanOrEqual(40)
          return step(async () => void queue.push(...bodies)) as ReturnType<MailContext["queue"]["sendBatch"]>
        },
      },
      send: ({ to }) => {
        called = to
        return step(async (): Promise<Outcome> => {
          const answer = given.shift() ?? "accepted"
          if (answer === "throttled") return { kind: "throttled", reason: "429" }
          if (answer === "refused") {
            refused.add(to)
            return { kind: "refused", reason: "400" }
          }
          if (answer !== "failed, lost") received.set(to, (received.get(to) ?? 0) + 1)
          if (answer === "accepted") return { kind: "accepted", message: `message to ${to}` }
          unknown.add(to)
          return { kind: "unknown", reason: "500" }
        })
      },
    }
  }

  /** Delivers all that is queued. What a run leaves or retries is queued again, unless it is lost. */
  async function drain(contexts: readonly MailContext[], again: boolean, lost: boolean): Promise<void> {
    const bodies = queue
    queue = []
    const left = new Set(bodies)
    const deliver = async (context: MailContext) => {
      for (let start = 0; start < bodies.length; start += 5) {
        const messages = bodies.slice(start, start + 5).map((body) => {
          const ack = () => void left.delete(body)
          return { body, attempts: 1, ack, retry: () => undefined } as unknown as Message<Recipients>
        })
        await consume({ messages }, context, () => now)
      }
    }
    await Promise.all(contexts.map(deliver))
    queue.push(...bodies.filter((body) => (left.has(body) ? !lost : again)))
  }

  for (const { minutes, cron, consumers, again, lost } of rounds) {
    now += minutes * minute
    await sendDue(createRun(cron), now).catch((error) => expect(error).toBeInstanceOf(Died))
    await drain(consumers.map(createRun), again, lost)
    expect(Math.max(0, ...received.values()), "nobody gets two").toBeLessThanOrEqual(1)
  }
  // The machine works again, and the provider after what is left of its answers.
  for (let again = 0; again < 60; again++) {
    now += 16 * minute
    const run = createRun({ steps: Number.POSITIVE_INFINITY, done: true })
    await sendDue(run, now)
    await drain([run], false, false)
    const counts = (await countDeliveries(env.PEOPLE, [edition], now)).get(edition)
    if (counts?.planned === 0 && queue.length === 0) break
  }
  const { results } = await env.PEOPLE.prepare(
    "SELECT s.email, d.state FROM subscribers s LEFT JOIN deliveries d ON d.subscriber = s.id",
  ).all<{ email: string; state: string | null }>()
  expect(results).toHaveLength(subscribers)
  let claimed = 0
  for (const { email, state } of results) {
    const copies = received.get(email) ?? 0
    if (state === "claimed") claimed++
    else if (state === "failed") expect([copies, refused.has(email)]).toEqual([0, true])
    else expect([state, copies]).toEqual(["accepted", 1])
    if (state === "claimed" && copies === 1 && !unknown.has(email)) expect.unreachable(`${email} was accepted`)
    expect(copies).toBeLessThanOrEqual(1)
  }
  const failures = answers.filter((answer) => answer.startsWith("failed")).length
  expect(claimed, "unknown: at most the calls that failed or were cut").toBeLessThanOrEqual(failures + deaths)
  const later = now + 16 * minute
  expect((await countDeliveries(env.PEOPLE, [edition], later)).get(edition)?.unknown ?? 0).toBe(claimed)
}

async function subscribeMany(count: number, since: number): Promise<void> {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
  await env.PEOPLE.batch([
    env.PEOPLE.prepare(
      `INSERT INTO subscribers (id, email, email_folded, folding, language, token, created_at)
       ${numbers} SELECT 3 * i, i || '@example.org', i || '@example.org', 1, 'en', 'token-' || i, ?1 FROM n`,
    ).bind(since),
    env.PEOPLE.prepare(
      "INSERT INTO subscriptions (subscriber, list, since) SELECT id, 'headlines', ?1 FROM subscribers",
    ).bind(since),
  ])
}

it("nobody gets two, and everyone gets one except after an interrupted call, whatever crashes, repeats or fails", {
  timeout: 240_000,
}, async () => {
  const rounds = fc.array(round, { minLength: 1, maxLength: 6, size: "max" })
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 60 }), script, rounds, play), { numRuns: 20 })
})

it("the same for 2,000 subscribers", { timeout: 240_000 }, async () => {
  const answers = Array.from({ length: 400 }, (_, call): Answer => (call % 40 === 7 ? "throttled" : "accepted"))
  const rounds = [700, 350, 90, 1500].map((steps, index): Round => {
    const consumers = [
      { steps, done: index % 2 === 0 },
      { steps: 2 * steps, done: true },
    ]
    return { minutes: 16, cron: { steps: 12 + index, done: true }, consumers, again: true, lost: index === 1 }
  })
  await play(2_000, answers, rounds)
})
