// The desk's route for figures: members, subscribers and the last editions, without anybody's address.
import { Hono } from "hono"
import { readStats } from "../store/stats.ts"
import type { DeskEnv } from "./desk.ts"

export const statsDesk = new Hono<DeskEnv>().get("/", async (c) => {
  const { desk } = c.env
  const { editions, ...stats } = await readStats(desk, Date.now())
  return c.json({
    ...stats,
    sender: desk.sender,
    editions: editions.map(({ at, who, recipients, planned, claimed, ...counts }) => {
      const states = { ...counts, planned: recipients, waiting: planned, sending: claimed }
      return { ...states, at: new Date(at).toISOString(), who }
    }),
  })
})
