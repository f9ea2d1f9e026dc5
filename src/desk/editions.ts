// The desk's routes for editions of the newsletters: preview one, send it as a test, send it now.
import { Hono } from "hono/tiny"
import { editionId, type List } from "../article/edition.ts"
import { addressLetter, writeLetter } from "../mail/edition-email.ts"
import { type Preview, planNow, previewEdition, type Sent } from "../mail/plan.ts"
import { dateAt, nextDate } from "../mail/schedule.ts"
import { emailProblems, parseEmail } from "../site/email-address.ts"
import { recordAudit } from "../store/revisions.ts"
import { run } from "../store/sql.ts"
import { body, type Desk, type DeskEnv, fail, flush, problem } from "./context.ts"
import { EditionPreviewSchema, EditionSendSchema, EditionTestSchema } from "./schema.ts"

/** The token in the links of previews and test emails. It belongs to nobody, so these links change nothing. */
const noToken = "preview"

export const editionsDesk = new Hono<DeskEnv>()
  .post("/preview", body(EditionPreviewSchema), async (c) => {
    const preview = await findPreview(c.env, c.req.valid("json"))
    if ("error" in preview) return c.json(preview, 404)
    return c.json({ ...describePreview(preview), letter: writePreview(preview, c.env) })
  })
  .post("/test", body(EditionTestSchema), async (c) => {
    const { email, ...asked } = c.req.valid("json")
    const read = parseEmail(email)
    if ("problem" in read) return fail(c, 400, "malformed", emailProblems[read.problem])
    const preview = await findPreview(c.env, asked)
    if ("error" in preview) return c.json(preview, 404)
    const described = describePreview(preview)
    if (preview.edition === null) return c.json({ ...described, outcome: "empty" as const, reason: null })
    const letter = addressLetter(writeLetter(preview.edition, c.env.site), { email: read.email, token: noToken })
    const outcome = await c.env.sendTest({ ...letter, subject: `[Test] ${letter.subject}` })
    const entry = { who: c.var.editor.name, action: "test", subject: editionId(preview), detail: outcome.kind }
    await run(c.env.catalogue, ...recordAudit(entry, Date.now()))
    return c.json({ ...described, outcome: outcome.kind, reason: "reason" in outcome ? outcome.reason : null })
  })
  .post("/send", body(EditionSendSchema), async (c) => {
    const { site } = c.env
    const now = Date.now()
    const { list, language, date = nextDate(list, dateAt(now, site), "on") } = c.req.valid("json")
    const languages = site.languages.filter((one) => one === (language ?? one))
    if (languages.length === 0) return c.json(unknownLanguage(c.env), 404)
    const editions = []
    for (const one of languages) {
      const sent = await planNow(c.env, { list, date, language: one }, site, { now, who: c.var.editor.name })
      if (sent !== null) editions.push({ list, date, language: one, outcome: sent.outcome, ...describePlan(sent) })
    }
    if (editions.length === 0) return fail(c, 404, "absent", `the ${list} of ${date} cannot be sent: ${untimely}`)
    await flush(c.env)
    return c.json({ editions, sender: c.env.sender })
  })

const untimely = "you can send only today's edition, or the latest due one if no later edition has been sent"

function unknownLanguage({ site }: Desk) {
  return problem("absent", `language must be one of ${site.languages.join(", ")}`)
}

async function findPreview(
  desk: Desk,
  { list, date, language = desk.site.languages[0] }: { list: List; date?: string; language?: string },
) {
  if (!desk.site.languages.includes(language)) return unknownLanguage(desk)
  const preview = await previewEdition(desk, { list, language, date: date ?? null }, desk.site, Date.now())
  return preview ?? problem("absent", `there was no edition of the ${list} on ${date}`)
}

function writePreview({ edition }: Preview, { site }: Desk) {
  if (edition === null) return null
  const letter = writeLetter(edition, site)
  const { subject, text, html } = addressLetter(letter, { email: "", token: noToken })
  return { subject, preheader: letter.preheader, text, html }
}

function describePreview({ list, date, language, plan, since }: Preview) {
  return { list, date, language, ...describePlan({ plan, since }) }
}

function describePlan({ plan, since }: Pick<Sent, "plan" | "since">) {
  const format = (moment: number | undefined | null) => (moment == null ? null : new Date(moment).toISOString())
  return { who: plan?.who ?? null, when: format(plan?.at), since: format(since) }
}
