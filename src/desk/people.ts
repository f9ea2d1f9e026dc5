// The desk's routes for editors and their keys, and for memberships, for admins only. Email addresses go in request
// bodies, because URLs may be logged.

import type { Context } from "hono"
import { Hono } from "hono/tiny"
import { readEnd } from "../article/dates.ts"
import { dateAt } from "../mail/schedule.ts"
import { emailProblems, parseEmail } from "../site/email-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { nameSlug } from "../site/slug.ts"
import { addEditor, listEditors, revokeEditor } from "../store/credentials.ts"
import {
  createMember,
  findMember,
  grantMembership,
  listMembers,
  revokeMembership,
  withoutEnd,
} from "../store/members.ts"
import { recordAudit } from "../store/revisions.ts"
import type { Member } from "../store/sessions-and-gifts.ts"
import { run } from "../store/sql.ts"
import { subscribe } from "../store/subscribers.ts"
import { body, type DeskEnv, fail, query } from "./context.ts"
import { EditorSchema, MemberGrantSchema, MemberRevokeSchema, membersQuery } from "./schema.ts"

const largestPage = 1_000

export const editorsDesk = new Hono<DeskEnv>()
  .get("/", async (c) => c.json({ editors: await listEditors(c.env.people) }))
  .post("/", body(EditorSchema), async (c) => {
    const { name, role } = c.req.valid("json")
    const now = Date.now()
    const like = (await listEditors(c.env.people, true)).find((one) => nameSlug(one.name) === nameSlug(name))
    if (like === undefined) await log(c, "add-editor", name, role, now)
    const key = like === undefined ? await addEditor(c.env.people, name, role, now) : null
    if (key === null) return fail(c, 409, "taken", `${like?.name ?? name} is or was an editor: choose another name`)
    return c.json({ name, role, key }, 201)
  })
  .delete("/:name", async (c) => {
    const name = c.req.param("name")
    const now = Date.now()
    const editors = await listEditors(c.env.people)
    if (!editors.some((one) => one.name === name)) return fail(c, 404, "absent", `there is no editor ${name}`)
    await log(c, "revoke-editor", name, "", now)
    await revokeEditor(c.env.people, name, now)
    return c.json({ name })
  })

export const membersDesk = new Hono<DeskEnv>()
  .get("/", query(membersQuery), async (c) => {
    const members = await listMembers(c.env.people, c.req.valid("query").after ?? "", largestPage)
    const now = Date.now()
    const next = members.length === largestPage ? (members.at(-1)?.id ?? null) : null
    return c.json({ members: members.map((member) => describeMember(member, now)), next })
  })
  .post("/grant", body(MemberGrantSchema), async (c) => {
    const wanted = c.req.valid("json")
    const read = parseEmail(wanted.email)
    if ("problem" in read) return fail(c, 400, "malformed", emailProblems[read.problem])
    const { email } = read
    const { site } = c.env
    const now = Date.now()
    const until = wanted.until === undefined ? withoutEnd : readEnd(endDate(wanted.until, now, site), site.timeZone)
    if (until === null || until <= now)
      return fail(c, 400, "malformed", "`until` must be a date in the future, such as 2027-01-31, or a date-time")
    const language = wanted.language ?? site.languages[0]
    if (!site.languages.includes(language))
      return fail(c, 400, "malformed", `language must be one of ${site.languages.join(", ")}`)
    const { id, until: before, language: spoken } = await createMember(c.env.people, email, language, now)
    await log(c, "grant", id, describeEnd(until) ?? "without end", now)
    // Only new and lapsed members are subscribed to the digest: a current member may have unsubscribed. This precedes
    // the grant, because a retry after an interruption between the two would find a current member.
    if (before <= now) await subscribe(c.env.people, { email, language: spoken, list: "digest" }, now)
    const member = await grantMembership(c.env.people, id, until)
    return c.json({ member: describeMember(member, now) })
  })
  .post("/revoke", body(MemberRevokeSchema), async (c) => {
    const now = Date.now()
    const found = await findMember(c.env.people, c.req.valid("json").email)
    if (found === null) return fail(c, 404, "absent", "no member has this address")
    await log(c, "revoke", found.id, "", now)
    const member = await revokeMembership(c.env.people, found.id, now)
    return c.json({ member: describeMember(member, now) })
  })

/** Adds to the audit log. Call before making the change in the other database, so that no change lacks an entry. */
function log(c: Context<DeskEnv>, action: string, subject: string, detail: string, now: number) {
  return run(c.env.catalogue, ...recordAudit({ who: c.var.editor.name, action, subject, detail }, now))
}

/** The date as given, or the date in a number of months. One month after 31 January is the last day of February. */
function endDate(until: string | number, now: number, site: SiteConfig): string {
  if (typeof until === "string") return until
  const end = new Date(dateAt(now, site))
  const day = end.getUTCDate()
  end.setUTCMonth(end.getUTCMonth() + until)
  if (end.getUTCDate() !== day) end.setUTCDate(0)
  return end.toISOString().slice(0, 10)
}

/** A member in the desk's responses, with times as ISO strings. */
function describeMember(member: Member, now: number) {
  const { id, email, language, until, grantedUntil, paidUntil, revokedAt } = member
  const active = until > now
  return {
    id,
    email,
    language,
    standing: revokedAt !== null ? ("revoked" as const) : active ? ("member" as const) : ("ended" as const),
    source: active ? (paidUntil >= grantedUntil ? ("paid" as const) : ("granted" as const)) : null,
    until: until === 0 ? null : describeEnd(until),
    created: new Date(member.createdAt).toISOString(),
    stripeCustomer: member.stripeCustomer,
    stripeSubscription: member.stripeSubscription,
  }
}

function describeEnd(until: number): string | null {
  return until === withoutEnd ? null : new Date(until).toISOString()
}
