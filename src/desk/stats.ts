// The desk's route for figures: members, subscribers, the last editions, caches and queues, without anybody's address.
import { Hono } from "hono"
import { readStats } from "../store/stats.ts"
import type { DeskEnv } from "./desk.ts"

export const statsDesk = new Hono<DeskEnv>().get("/", async (c) => {
  const { queues } = c.env
  const [{ editions, ...stats }, mail, events, dead] = await Promise.all([
    readStats(c.env, Date.now()),
    countMessages(queues.mail),
    countMessages(queues.events),
    countMessages(queues.dead),
  ])
  return c.json({
    ...stats,
    queues: { mail, events, dead },
    sender: c.env.sender,
    editions: editions.map(({ at, who, recipients, planned, claimed, ...counts }) => {
      const states = { ...counts, planned: recipients, waiting: planned, sending: claimed }
      return { ...states, at: new Date(at).toISOString(), who }
    }),
  })
})

/** How many messages wait in a queue; null if the platform does not say. */
async function countMessages(queue: Queue): Promise<number | null> {
  try {
    return (await queue.metrics()).backlogCount
  } catch (error) {
    console.error("queue not counted", error instanceof Error ? error.message : "")
    return null
  }
}
