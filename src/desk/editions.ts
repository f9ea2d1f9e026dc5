// The desk's routes for editions of the newsletters: send one now.
import { Hono } from "hono"
import { planNow, type Sent } from "../mail/plan.ts"
import { dateAt } from "../mail/schedule.ts"
import { body, type DeskEnv, flush, problem } from "./desk.ts"
import { EditionSendSchema } from "./schema.ts"

export const editionsDesk = new Hono<DeskEnv>().post("/send", body(EditionSendSchema), async (c) => {
  const { desk } = c.env
  const { site } = desk
  const now = Date.now()
  const { list, date = dateAt(now, site), language } = c.req.valid("json")
  const languages = language === undefined ? site.languages : site.languages.filter((one) => one === language)
  if (languages.length === 0)
    return c.json(problem("malformed", `the site has the languages ${site.languages.join(", ")}`), 400)
  const stores = { db: desk.catalogue, bodies: desk.bodies }
  const editions = []
  for (const one of languages) {
    const sent = await planNow(stores, { list, date, language: one }, site, { now, who: c.var.editor.name })
    if (sent !== null) editions.push({ list, date, language: one, ...describeSent(sent) })
  }
  if (editions.length === 0) return c.json(problem("absent", `the ${list} of ${date} cannot be sent: ${untimely}`), 404)
  await flush(desk)
  return c.json({ editions })
})

const untimely = "only today's can be, and the latest that was due if no later one was sent"

function describeSent({ outcome, plan, since }: Sent) {
  const when = plan === null ? null : new Date(plan.at).toISOString()
  return { outcome, who: plan?.who ?? null, when, since: new Date(since).toISOString() }
}
