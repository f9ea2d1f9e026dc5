// One person, one account: for every spelling wherever it is entered, and for accounts that an earlier rule kept apart.

import { beforeEach, describe, expect, it } from "vitest"
import { foldEmail, foldingVersion } from "../../src/site/email-address.ts"
import { startSession } from "../../src/store/credentials.ts"
import { findFeedMember, listSaved } from "../../src/store/gifts.ts"
import { createMember, findMember, findMemberById, withoutEnd } from "../../src/store/members.ts"
import { foldStored } from "../../src/store/merge-people.ts"
import { findCustomer, findPayer, listPayable, recordPayment } from "../../src/store/payments.ts"
import { deletePerson, exportPerson, personalTables } from "../../src/store/personal-data.ts"
import { findGift, findSession } from "../../src/store/sessions-and-gifts.ts"
import { changeLanguage, endSubscription, findByToken, findSubscriber, subscribe } from "../../src/store/subscribers.ts"
import { openBrowser, openMember } from "./browser.ts"
import { createRig, env, type Rig } from "./rig.ts"

const people = env.PEOPLE
const spellings = [
  "nena@münchen.example",
  "NENA@MÜNCHEN.example",
  "nena@xn--mnchen-3ya.example",
  "nena@Mu\u0308nchen｡example.",
  "Nena Kerner <ne\u00adna@münchen.example>",
  "“nena”@münchen.example",
]
const folded = "nena@xn--mnchen-3ya.example"
const now = Date.now()
const day = 86_400_000

let rig: Rig
beforeEach(async () => {
  rig = await createRig()
  for (const { name } of [...personalTables, { name: "rate_limits" }]) await people.prepare(`DELETE FROM ${name}`).run()
})

async function countRows(table: string): Promise<number> {
  return (await people.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n")) ?? 0
}

describe("every spelling reaches the same account", () => {
  it("at a grant, at its revocation and in the list", async () => {
    const ids = new Set<string>()
    for (const email of spellings) {
      const response = await rig.desk("POST", "/members/grant", { email })
      const { member } = (await response.json()) as { member: { id: string; email: string } }
      expect([response.status, member.email]).toEqual([200, folded])
      ids.add(member.id)
    }
    expect([ids.size, await countRows("members"), await countRows("subscribers")]).toEqual([1, 1, 1])
    for (const email of spellings) expect((await rig.desk("POST", "/members/revoke", { email })).status).toBe(200)
  })

  it.each(spellings)("at sign-in: %s", async (email) => {
    await createMember(people, "nena@MÜNCHEN.example", "en", now)
    const browser = openBrowser(rig)
    await browser.post("/sign-in", { email })
    await rig.settle()
    expect(rig.emails.map(({ to }) => to)).toEqual([folded])
  })

  it("at the newsletter", async () => {
    for (const email of spellings) {
      await openBrowser(rig).post("/newsletter", { email })
      await rig.settle()
    }
    expect(rig.emails.map(({ to }) => to)).toEqual([folded])
    for (const email of spellings) await subscribe(people, { email, language: "en", list: "headlines" }, now)
    expect(await countRows("subscribers")).toBe(1)
    for (const email of spellings) expect(await findSubscriber(people, email)).toMatchObject({ email: folded })
  })

  it("at export and deletion, with the newsletters of another spelling", async () => {
    const member = await createMember(people, spellings[1] ?? "", "en", now)
    await subscribe(people, { email: spellings[3] ?? "", language: "fr", list: "headlines" }, now)
    expect(await exportPerson(people, member)).toMatchObject({ subscribers: [{ language: "fr" }] })
    await deletePerson(people, member)
    expect([await countRows("members"), await countRows("subscribers")]).toEqual([0, 0])
  })

  it("but a tag or a dot makes a different account", async () => {
    for (const email of ["a@example.org", "a+b@example.org", "a.b@example.org"])
      await createMember(people, email, "en", now)
    expect(await countRows("members")).toBe(3)
  })
})

it.each([
  "nena@localhost",
  "ne..na@example.org",
  "jörg@example.org",
  "nena@host.invalid",
  "nena@[1.2.3.4]",
])("%s is refused at sign-in, at the newsletter and at a grant, and nothing is stored", async (email) => {
  const browser = openBrowser(rig)
  expect((await browser.post("/sign-in", { email })).status).toBe(422)
  const refused = await browser.post("/newsletter", { email })
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain("Enter a valid email address")
  expect((await rig.desk("POST", "/members/grant", { email })).status).toBe(400)
  await rig.settle()
  expect([
    rig.emails.length,
    await countRows("members"),
    await countRows("confirmations"),
    await countRows("rate_limits"),
  ]).toEqual([0, 0, 0, 0])
})

/** An account as stored by the first rule: under its lower-case address. */
async function storeMember(
  id: string,
  email: string,
  more: Record<string, string | number | null> = {},
): Promise<void> {
  const row = { id, email, email_folded: email.toLowerCase(), language: "en", created_at: 1_000, ...more }
  const columns = Object.keys(row)
  await people
    .prepare(`INSERT INTO members (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`)
    .bind(...Object.values(row))
    .run()
}

async function storeSubscriber(id: number, email: string, token: string, lists: Record<string, number>): Promise<void> {
  await people.batch([
    people
      .prepare(
        "INSERT INTO subscribers (id, email, email_folded, language, token, created_at) VALUES (?1, ?2, ?3, 'fr', ?4, 1)",
      )
      .bind(id, email, email.toLowerCase(), token),
    ...Object.entries(lists).map(([list, since]) =>
      people.prepare("INSERT INTO subscriptions (subscriber, list, since) VALUES (?1, ?2, ?3)").bind(id, list, since),
    ),
  ])
}

const unicode = "Nena@München.example"
const punycode = "nena@xn--mnchen-3ya.example"

/** Two accounts of one person, with a row in every table that belongs to a member or a subscriber. */
async function storeTwice(
  one: Record<string, string | number | null> = {},
  other: Record<string, string | number | null> = {},
) {
  await storeMember("one", unicode, { granted_until: now + 10 * day, stripe_customer: "cus_1", ...one })
  await storeMember("two", punycode, {
    granted_until: now + day,
    created_at: 2_000,
    stripe_customer: "cus_2",
    ...other,
  })
  for (const member of ["one", "two"]) {
    await people.batch(
      [
        `INSERT INTO sessions (id, member, created_at, expires_at) VALUES ('session ${member}', '${member}', 1, ${now + day})`,
        `INSERT INTO links (hash, member, browser, next, expires_at) VALUES ('link ${member}', '${member}', 'b', '/', ${now + day})`,
        `INSERT INTO saved (member, path, at) VALUES ('${member}', '/asia/${member}', 1), ('${member}', '/asia/both', 2)`,
        `INSERT INTO gifts (id, member, path, created_at, expires_at) VALUES ('gift ${member}', '${member}', '/asia/x', ${now}, ${now + day})`,
        `INSERT INTO private_feeds (token, member, created_at) VALUES ('feed ${member}', '${member}', 1)`,
        `INSERT INTO payments (subscription, customer, member, until, cancels, at) VALUES ('sub ${member}', 'cus_of_${member}', '${member}', ${now - day}, 0, 1)`,
      ].map((query) => people.prepare(query)),
    )
  }
  await storeSubscriber(1, unicode, "token one", { headlines: 5 })
  await storeSubscriber(2, punycode, "token two", { headlines: 3, digest: 4 })
  await people
    .prepare(
      "INSERT INTO confirmations (token_hash, email, email_folded, language, expires_at) VALUES ('c', ?1, ?2, 'en', ?3)",
    )
    .bind(unicode, unicode.toLowerCase(), now + day)
    .run()
}

describe("two accounts of one person are merged", () => {
  it("without losing anything", async () => {
    await storeTwice()
    await foldStored(people, now)
    const member = await findMember(people, unicode)
    expect(member).toMatchObject({
      email: expect.stringMatching(/^nena@xn--mnchen-3ya.example$/i),
      until: now + 10 * day,
      createdAt: 1_000,
    })
    const id = member?.id ?? ""
    expect(await countRows("members")).toBe(1)
    for (const former of ["one", "two"]) {
      expect((await findMemberById(people, former))?.id).toBe(id)
      expect((await findSession(people, `session ${former}`, now))?.id).toBe(id)
      expect((await findFeedMember(people, `feed ${former}`))?.id).toBe(id)
      expect(await findGift(people, `gift ${former}`, now)).not.toBeNull()
    }
    for (const customer of ["cus_1", "cus_2"]) expect(await findCustomer(people, customer)).toBe(id)
    expect((await listSaved(people, id)).sort()).toEqual(["/asia/both", "/asia/one", "/asia/two"])
    expect((await listPayable(people, { id, email: unicode })).customers.sort()).toEqual([
      "cus_1",
      "cus_2",
      "cus_of_one",
      "cus_of_two",
    ])
    for (const table of ["links", "payments", "gifts", "sessions"])
      expect([table, (await people.prepare(`SELECT DISTINCT member FROM ${table}`).all()).results]).toEqual([
        table,
        [{ member: id }],
      ])
    const subscriber = await findSubscriber(people, punycode)
    const since = "SELECT list, since FROM subscriptions ORDER BY since"
    expect((await people.prepare(since).all()).results).toEqual([
      { list: "headlines", since: 3 },
      { list: "digest", since: 4 },
    ])
    expect(subscriber?.lists.toSorted()).toEqual(["digest", "headlines"])
    for (const token of ["token one", "token two"]) expect(await findByToken(people, token)).toEqual(subscriber)
    expect(await people.prepare("SELECT email_folded FROM confirmations").first("email_folded")).toBe(folded)
  })

  it("once: another run changes nothing", async () => {
    await storeTwice()
    await foldStored(people, now)
    const before = await dump()
    await foldStored(people, now + day)
    expect(await dump()).toEqual(before)
    for (const table of ["members", "subscribers", "confirmations"])
      expect(
        await people.prepare(`SELECT count(*) AS n FROM ${table} WHERE folding < ?1`).bind(foldingVersion).first("n"),
      ).toBe(0)
  })

  it("and can then be deleted without leaving a row in any table", async () => {
    await storeTwice()
    await foldStored(people, now)
    const member = await findMember(people, unicode)
    if (member === null) throw new Error("the member is gone")
    const exported = await exportPerson(people, member)
    expect(exported.private_feeds).toHaveLength(2)
    await deletePerson(people, member)
    for (const { name } of personalTables) expect([name, await countRows(name)]).toEqual([name, 0])
  })

  it("and links in emails to either spelling still work", async () => {
    await storeTwice()
    await foldStored(people, now)
    await changeLanguage(people, "token two", "ar")
    expect((await findByToken(people, "token one"))?.language).toBe("ar")
    await endSubscription(people, "token two", "headlines")
    expect((await findByToken(people, "token one"))?.lists).toEqual(["digest"])
    await endSubscription(people, "token one", null)
    expect([
      await countRows("subscribers"),
      await countRows("former_tokens"),
      await countRows("confirmations"),
    ]).toEqual([0, 0, 0])
  })

  it("and an edition that was sent to either spelling is not sent again, nor after a bounce of either", async () => {
    await storeTwice()
    await people.exec(
      "INSERT INTO deliveries (edition, subscriber, state, at, queued_at) VALUES ('x', 1, 'planned', 1, 1), ('x', 2, 'accepted', 1, 1), ('y', 1, 'accepted', 1, 1), ('y', 2, 'planned', 1, 1), ('z', 2, 'planned', 1, 1)",
    )
    await people.exec("UPDATE subscribers SET stopped_at = 7, stopped_by = 'bounce' WHERE id = 2")
    await foldStored(people, now)
    const { results } = await people.prepare("SELECT edition, subscriber, state FROM deliveries ORDER BY edition").all()
    expect(results).toEqual([
      { edition: "x", subscriber: 1, state: "accepted" },
      { edition: "y", subscriber: 1, state: "accepted" },
      { edition: "z", subscriber: 1, state: "planned" },
    ])
    expect(await people.prepare("SELECT stopped_at, stopped_by FROM subscribers").first()).toEqual({
      stopped_at: 7,
      stopped_by: "bounce",
    })
  })

  it("and the one paid for longest keeps its customer and subscription", async () => {
    await storeTwice(
      { paid_until: now + day, stripe_subscription: "sub_1" },
      { paid_until: now + 30 * day, stripe_subscription: "sub_2", cancels: 1 },
    )
    await foldStored(people, now)
    expect(await findMember(people, unicode)).toMatchObject({
      grantedUntil: now + 10 * day,
      paidUntil: now + 30 * day,
      stripeCustomer: "cus_2",
      stripeSubscription: "sub_2",
      cancels: 1,
    })
  })

  it("when a newer rule refolds addresses", async () => {
    await storeTwice()
    await people
      .prepare("UPDATE members SET folding = ?1")
      .bind(foldingVersion - 1)
      .run()
    await foldStored(people, now)
    expect(await countRows("members")).toBe(1)
  })

  it("even if there are three, with all ids and links still working", async () => {
    await storeTwice()
    await storeMember("three", "nena@mün\u200bchen.example", { granted_until: withoutEnd })
    await storeSubscriber(3, "nena@mün\u200bchen.example", "token three", {})
    await foldStored(people, now)
    const member = await findMember(people, punycode)
    expect(member?.until).toBe(withoutEnd)
    for (const former of ["one", "two", "three"]) expect((await findMemberById(people, former))?.id).toBe(member?.id)
    expect(
      new Set(
        (await Promise.all(["one", "two", "three"].map((name) => findByToken(people, `token ${name}`)))).map(
          (one) => one?.token,
        ),
      ).size,
    ).toBe(1)
  })

  it("and a request that began before the merge loses no data", async () => {
    await storeTwice()
    await foldStored(people, now)
    const id = (await findMember(people, unicode))?.id ?? ""
    const session = await startSession(people, {
      member: id === "one" ? "two" : "one",
      former: null,
      now,
      expires: now + day,
    })
    await foldStored(people, now + 60_000)
    expect((await findSession(people, session, now))?.id).toBe(id)
  })

  it("and a payment for a member looked up before the merge is recorded at once", async () => {
    await storeTwice()
    await foldStored(people, now)
    const id = (await findMember(people, unicode))?.id
    const payment = { customer: "cus_3", subscription: "sub_3", cancels: false, live: true, price: null, began: now }
    const recorded = await recordPayment(people, id === "one" ? "two" : "one", {
      ...payment,
      until: now + 300 * day,
      at: now,
    })
    expect([recorded, await findPayer(people, "sub_3")]).toEqual([true, id])
    expect(await findMember(people, unicode)).toMatchObject({ until: now + 300 * day, stripeSubscription: "sub_3" })
  })
})

describe("a revocation", () => {
  const revoked = { revoked_at: now - day, granted_until: 0 }

  it("stays if the other account is not active either", async () => {
    await storeTwice(revoked, { granted_until: now - 1 })
    await foldStored(people, now)
    expect(await findMember(people, unicode)).toMatchObject({ until: 0, revokedAt: now - day })
  })

  it("does not affect an active account, and restores nothing of the revoked one", async () => {
    await storeTwice(revoked, { granted_until: now + day })
    const payment = {
      customer: "cus_of_one",
      subscription: "sub one",
      cancels: false,
      live: false,
      price: null,
      began: now - 10 * day,
    }
    await foldStored(people, now)
    expect(await findMember(people, unicode)).toMatchObject({ until: now + day, revokedAt: null })
    expect([await findGift(people, "gift one", now), await findGift(people, "gift two", now)]).toEqual([
      null,
      expect.anything(),
    ])
    // The revoked subscription is renewed, but still does not count.
    await recordPayment(people, "two", { ...payment, until: now + 300 * day, at: now })
    await foldStored(people, now + 60_000)
    expect((await findMember(people, unicode))?.until).toBe(now + day)
    expect((await listPayable(people, { id: "two", email: unicode })).customers).toContain("cus_of_one")
  })
})

describe("before the cron has run", () => {
  it.each([
    unicode,
    punycode,
    "NENA@münchen.example",
  ])("%s still reaches an account stored as it was typed", async (email) => {
    await storeMember("one", unicode, { granted_until: now + day })
    await storeSubscriber(1, unicode, "token one", { headlines: 1 })
    expect(await findMember(people, email)).toMatchObject({ id: "one" })
    expect(await findSubscriber(people, email)).toMatchObject({ token: "token one" })
    expect((await createMember(people, email, "en", now)).id).toBe("one")
  })

  it("deletion includes data under the other spelling", async () => {
    await storeTwice()
    const { browser } = await openMember(rig, punycode, now + day)
    await browser.post("/account/delete", { sure: "1" })
    for (const { name } of personalTables) expect([name, await countRows(name)]).toEqual([name, 0])
  })
})

it("one run is bounded, and several fold everything", async () => {
  const rows = Array.from({ length: 60 }, (_, index) => `n${index}@münchen.example`)
  for (const [index, email] of rows.entries()) await storeMember(`m${index}`, email)
  await foldStored(people, now)
  const left = await people
    .prepare("SELECT count(*) AS n FROM members WHERE folding < ?1")
    .bind(foldingVersion)
    .first<number>("n")
  expect(left).toBe(35)
  await foldStored(people, now)
  await foldStored(people, now)
  const { results } = await people.prepare("SELECT email_folded AS folded FROM members").all<{ folded: string }>()
  expect(results.map(({ folded }) => folded).sort()).toEqual(rows.map(foldEmail).sort())
})

it("a merge moves every table in PEOPLE that refers to a member", async () => {
  const { results } = await people
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql GLOB '*[( ]member TEXT*'")
    .all<{ name: string }>()
  const known = personalTables.filter(({ by, name }) => by === "id" && name !== "members").map(({ name }) => name)
  expect(results.map(({ name }) => name).sort()).toEqual(known.sort())
})

async function dump() {
  const tables = personalTables.map(({ name, columns }) =>
    people.prepare(`SELECT ${columns} FROM ${name} ORDER BY ${columns}`),
  )
  return (await people.batch(tables)).map(({ results }) => results)
}
