// Editors preview, test and send editions at the desk.
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { planDueEditions } from "../../src/mail/plan.ts"
import { readWholeEdition } from "../../src/store/editions.ts"
import { openStores } from "../../src/store/stores.ts"
import { subscribe } from "../../src/store/subscribers.ts"
import { compose, createRig, env, publish, type Rig, site } from "./rig.ts"

const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
const hour = 3_600_000
/** Monday, an hour before both lists are due. */
const monday = Date.parse("2026-11-23T04:00:00Z")

let rig: Rig
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: monday })
  rig = await createRig()
  for (const table of ["articles", "listed", "revisions", "editions", "skipped_editions", "audit"])
    await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
})
afterEach(() => void vi.useRealTimers())

interface Answer {
  status: number
  date: string
  who: string | null
  when: string | null
  since: string | null
  outcome: string
  letter: Record<"subject" | "preheader" | "text" | "html", string> | null
  editions: Record<string, unknown>[]
  error?: { message: string }
}

async function ask(action: "preview" | "test" | "send", body: object): Promise<Answer> {
  const response = await rig.desk("POST", `/editions/${action}`, body)
  return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) }
}

const write = (name: string) => publish(rig, `/asia/nepal/${name}`, compose({ title: `About ${name}` }, "Text.\n"))

/** All that an editor could have written by a preview. */
async function countWrites(): Promise<unknown> {
  const tables = ["editions", "skipped_editions", "audit", "purge_outbox", "articles"]
  return Promise.all(tables.map((table) => env.CATALOGUE.prepare(`SELECT count(*) FROM ${table}`).first()))
}

it("a preview is what is sent then, with links that change nothing, and writes nothing", async () => {
  await write("rivers")
  await publish(
    rig,
    "/digest/2026-11-23",
    "---\ntitle: Of rivers\n---\nOpen.\n\n<!-- members-only -->\n\nFor members.\n",
  )
  const before = await countWrites()
  const { status, date, who, when, since, letter } = await ask("preview", { list: "digest" })
  expect({ status, date, who, when, since }).toEqual({
    status: 200,
    date: "2026-11-23",
    who: null,
    when: null,
    since: "2026-11-20T05:00:00.000Z",
  })
  expect(letter?.subject).toBe("Of rivers")
  expect(letter?.preheader).toContain("Open.")
  for (const text of [letter?.text, letter?.html]) {
    expect(text).toContain("For members.")
    expect(text).toContain("About rivers")
    expect(text).toContain("token=preview")
    // Nothing is left of what stands for a recipient's token.
    expect(text).not.toContain("\u001a")
  }
  expect(await countWrites()).toEqual(before)
  const unsubscribe = /\/newsletter\/unsubscribe\?\S+/.exec(letter?.text ?? "")?.[0] ?? ""
  expect((await rig.get(unsubscribe)).status).toBeLessThan(500)

  await ask("send", { list: "digest" })
  vi.setSystemTime(monday + hour)
  await write("mountains")
  const sent = await ask("preview", { list: "digest", date: "2026-11-23" })
  expect(sent).toMatchObject({ who: "admin", when: "2026-11-23T04:00:00.000Z", since: null, letter })
  // The next one is tomorrow's.
  const next = await ask("preview", { list: "digest" })
  expect(next).toMatchObject({ date: "2026-11-24", who: null, since: "2026-11-23T04:00:00.000Z" })
  expect(next.letter?.text).toContain("About mountains")
  expect(next.letter?.text).not.toContain("About rivers")
})

it("the email to each recipient and the web page are what the preview showed", async () => {
  await env.PEOPLE.prepare("DELETE FROM subscribers").run()
  const wanted = { email: "reader@example.org", language: "en", list: "headlines" } as const
  const { subscriber } = await subscribe(env.PEOPLE, wanted, monday)
  for (const name of ["rivers", "mountains"]) await write(name)
  await publish(rig, "/headlines/2026-11-23", "Good **morning**.\n")
  const { letter } = await ask("preview", { list: "headlines" })
  await planDueEditions(openStores(env), site, monday + hour)
  await rig.sendEditions(monday + hour)
  expect(rig.editions.map(({ to }) => to)).toEqual(["reader@example.org"])
  const [mail] = rig.editions
  const unnamed = (text = "") => text.replaceAll(subscriber.token, "preview")
  expect([mail?.subject, unnamed(mail?.text), unnamed(mail?.html)]).toEqual([
    letter?.subject,
    letter?.text,
    letter?.html,
  ])
  const page = await (await rig.get("/newsletter/2026-11-23")).text()
  expect(page).toContain("<p>Good <strong>morning</strong>.</p>")
  const order = (text = "") => [...new Set([...text.matchAll(/About (?:rivers|mountains)/g)].map(([title]) => title))]
  expect(order(page)).toEqual(order(letter?.text))
  expect(order(page)).toEqual(["About mountains", "About rivers"])
})

it("a preview says what is empty, and refuses dates in the past and languages that the site has not", async () => {
  expect(await ask("preview", { list: "headlines", language: "fr" })).toMatchObject({
    status: 200,
    letter: null,
    date: "2026-11-23",
    since: "2026-11-22T05:00:00.000Z",
  })
  // Weekends have no digest: on Saturday the next one is Monday's.
  vi.setSystemTime(Date.parse("2026-11-28T10:00:00Z"))
  expect((await ask("preview", { list: "digest" })).date).toBe("2026-11-30")
  expect(await ask("preview", { list: "digest", date: "2026-11-26" })).toMatchObject({
    status: 404,
    error: { message: "there was no edition of the digest on 2026-11-26" },
  })
  expect((await ask("preview", { list: "digest", language: "xx" })).error?.message).toContain("en, fr, ar")
  expect((await ask("preview", { list: "weekly" })).status).toBe(400)
  expect((await ask("preview", { list: "digest", date: "2026-11-31" })).error?.message).toContain("2026-11-23")
})

it("a test goes to one address, is marked as one, and plans nothing", async () => {
  await write("rivers")
  const sent = await ask("test", { list: "headlines", email: "Editor@example.org" })
  expect(sent).toMatchObject({ status: 200, outcome: "accepted", date: "2026-11-23", who: null })
  expect(rig.editions).toHaveLength(1)
  const [mail] = rig.editions
  expect(mail).toMatchObject({ to: "Editor@example.org", subject: expect.stringMatching(/^\[Test\] /) })
  expect(mail?.headers).toMatchObject({
    "List-Unsubscribe": `<${site.origin}/newsletter/unsubscribe?list=headlines&token=preview>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  })
  expect(await readWholeEdition(stores, { list: "headlines", date: "2026-11-23", language: "en" })).toBeNull()
  const { results } = await env.CATALOGUE.prepare("SELECT who, subject, detail FROM audit WHERE action = 'test'").all()
  expect(results).toEqual([{ who: "admin", subject: "headlines 2026-11-23 en", detail: "accepted" }])

  expect((await ask("test", { list: "headlines", language: "ar", email: "editor@example.org" })).outcome).toBe("empty")
  expect((await ask("test", { list: "headlines", email: "editor" })).status).toBe(400)
  expect(rig.editions).toHaveLength(1)
})

it("on a day without a digest, `send` needs the date", async () => {
  vi.setSystemTime(Date.parse("2026-11-28T10:00:00Z"))
  await write("rivers")
  expect((await ask("send", { list: "digest" })).error?.message).toContain("2026-11-30 cannot be sent")
  // Friday's was due and not sent.
  expect((await ask("send", { list: "digest", date: "2026-11-27", language: "en" })).editions).toMatchObject([
    { date: "2026-11-27", outcome: "planned" },
  ])
  vi.setSystemTime(Date.parse("2026-11-28T11:00:00Z"))
  await write("mountains")
  expect((await ask("send", { list: "digest", date: "2026-11-28", language: "en" })).editions).toMatchObject([
    { date: "2026-11-28", outcome: "planned" },
  ])
})
