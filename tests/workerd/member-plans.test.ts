import { beforeAll, expect, it } from "vitest"
import { createLink, endSession, endSessions, findLink, startSession, useLink } from "../../src/store/credentials.ts"
import {
  findFeed,
  findFeedMember,
  giveArticle,
  isSaved,
  listGifts,
  listSaved,
  makeFeed,
  removeSaved,
  revokeFeed,
  revokeGift,
  saveArticle,
} from "../../src/store/gifts.ts"
import { createMember, findMemberById, grantMembership, listMembers } from "../../src/store/members.ts"
import { deletePerson, exportPerson } from "../../src/store/personal-data.ts"
import { findGift, findSession, resolveGift } from "../../src/store/sessions-and-gifts.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import { createRig, env } from "./rig.ts"

const queries = new Set<string>()

/** The people database, which records every query. */
const noting = () =>
  ({
    prepare(query: string) {
      queries.add(query)
      return env.PEOPLE.prepare(query)
    },
    batch: (statements: D1PreparedStatement[]) => env.PEOPLE.batch(statements),
  }) as unknown as D1Database

beforeAll(async () => {
  await createRig()
})

it("no query about people scans a table that grows", async () => {
  const db = noting()
  const now = Date.now()
  const member = await createMember(db, "plans@example.org", "en", now)
  await grantMembership(db, member.id, now + 1000)
  await findMemberById(db, member.id)
  await listMembers(db, "", 10)
  const session = await startSession(db, { member: member.id, former: null, now, expires: now + 1000 })
  await findSession(db, session, now)
  await endSession(db, session)
  await endSessions(db, member.id)
  const token = await createLink(db, { member: member.id, browser: "x", next: "/" }, now)
  await findLink(db, token, now)
  await useLink(db, token, { member: member.id, former: session, now, expires: now + 1000 })
  const gift = await giveArticle(db, member.id, { path: "/asia/tajikistan/x", id: "1.x" }, now, now + 1000)
  const old = { id: gift ?? "", path: "/asia/tajikistan/x", article: null, createdAt: now }
  await resolveGift(db, env.CATALOGUE, old)
  await findGift(db, gift ?? "", now)
  await listGifts(db, member.id, now)
  await revokeGift(db, member.id, gift ?? "", now)
  await saveArticle(db, member.id, "/asia/tajikistan/x", now)
  await listSaved(db, member.id)
  await isSaved(db, session, ["/asia/tajikistan/x"])
  await removeSaved(db, member.id, ["/asia/tajikistan/x"])
  const feed = await makeFeed(db, member.id, now)
  await findFeed(db, member.id)
  await findFeedMember(db, feed)
  await revokeFeed(db, member.id)
  await exportPerson(db, member)
  await deletePerson(db, member)
  await sweepPeople(db, now)
  expect(queries.size).toBeGreaterThan(30)
  const scans: string[] = []
  for (const query of queries) {
    const parameters = new Set(query.match(/\?\d+/g) ?? []).size
    const { results } = await env.PEOPLE.prepare(`EXPLAIN QUERY PLAN ${query}`)
      .bind(...Array.from({ length: parameters }, () => 1))
      .all<{ detail: string }>()
    for (const { detail } of results)
      if (/^SCAN (?!CONSTANT|\(|json_each VIRTUAL TABLE)/.test(detail)) scans.push(`${detail} ← ${query}`)
  }
  expect(scans).toEqual([])
})
