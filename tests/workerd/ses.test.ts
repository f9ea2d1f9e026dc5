// Editions through Amazon SES: what the stand-in receives over HTTP, and what becomes of each of its answers.
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest"
import type { EditionContent } from "../../src/article/edition.ts"
import { type Email, encodePhrase } from "../../src/mail/email-layout.ts"
import { createSender, type SendEdition } from "../../src/mail/senders.ts"
import { countDeliveries } from "../../src/store/deliveries.ts"
import { planEdition } from "../../src/store/editions.ts"
import { findSubscriber, subscribe } from "../../src/store/subscribers.ts"
import type { Answers, SentEmail } from "../stand-ins/ses.ts"
import { createRig, env, type Rig, site } from "./rig.ts"

const ses = {
  SES_ACCESS_KEY_ID: "AKIDSTANDIN",
  SES_SECRET_ACCESS_KEY: "stand-in/secret+access-key",
  SES_REGION: "eu-central-1",
  SES_CONFIGURATION_SET: "editions",
  SES_API: inject("ses"),
}
const said: string[] = []

async function ask(what: string, method = "GET"): Promise<unknown> {
  return (await fetch(`${ses.SES_API}/test/${what}`, { method })).json()
}
async function answer(answers: Answers): Promise<void> {
  await (await fetch(`${ses.SES_API}/test/answers`, { method: "PUT", body: JSON.stringify(answers) })).text()
}
const sent = async () => (await ask("emails")) as SentEmail[]

beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.map(String).join(" ")))
  for (const what of ["emails", "refusals"]) await ask(what, "DELETE")
  await answer({})
})
afterEach(() => {
  vi.restoreAllMocks()
  for (const line of said.splice(0)) expect(line).not.toMatch(/canary|@|stand-in|AKID/i)
})

const email: Email = {
  to: "canary@example.org",
  subject: "Schnee auf dem Anzob-Pass – «نشرة»",
  text: "Text\n",
  html: "<p>Text</p>",
  headers: { "List-Unsubscribe": "<https://example.org/newsletter/unsubscribe?token=a>" },
}
const sender = (more: object = {}, name = site.name) =>
  createSender({ ...env, ...ses, ...more } as Env, { ...site, name }) as SendEdition

describe("an edition", () => {
  let rig: Rig
  const stories: EditionContent["stories"] = [
    {
      path: "/asia/tajikistan/anzob",
      title: "Snow closes the Anzob pass",
      summary: "The road to Dushanbe is closed.",
      region: "asia",
      country: "tajikistan",
      gated: false,
    },
  ]
  const content = { title: null, intro: "Good morning.", stories, more: 0 }
  const languages = ["en", "fr", "ar", "ru"] as const

  beforeEach(async () => {
    rig = await createRig({ ses })
    for (const table of ["deliveries", "subscriptions", "subscribers"])
      await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
    await env.CATALOGUE.prepare("DELETE FROM editions").run()
    const stores = { catalogue: env.CATALOGUE, bodies: { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES } }
    for (const language of languages) {
      for (const name of ["canary-1", "canary-2"])
        await subscribe(env.PEOPLE, { email: `${name}-${language}@example.org`, language, list: "headlines" }, 1)
      const key = { list: "headlines", date: "2026-11-23", language } as const
      await planEdition(stores, key, { content }, { now: Date.now(), who: "cron" })
    }
  })

  it("arrives in every language, signed, addressed to one recipient each, with their own links", async () => {
    await rig.sendEditions()
    expect(await ask("refusals")).toEqual([])
    const emails = await sent()
    expect(emails.map(({ to }) => to).sort()).toEqual(
      languages.flatMap((language) => [1, 2].map((n) => `canary-${n}-${language}@example.org`)).sort(),
    )
    const tokens = new Set<string>()
    for (const { to, from, subject, text, html, headers, configurationSet } of emails) {
      const { token = "" } = (await findSubscriber(env.PEOPLE, to)) ?? {}
      tokens.add(token)
      expect(headers["List-Unsubscribe"]).toContain(`token=${token}`)
      expect(headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click")
      expect(headers["List-Id"]).toMatch(/<[\w.-]+>$/)
      expect(headers["Auto-Submitted"]).toBe("auto-generated")
      for (const part of [text, html]) expect(part).toContain(token)
      for (const part of [subject, text, html, JSON.stringify(headers)]) expect(part).not.toMatch(/canary/i)
      expect(text).toContain("Snow closes the Anzob pass")
      expect(from).toContain(site.contact)
      expect(configurationSet).toBe("editions")
    }
    expect(tokens.size).toBe(8)
    const { results } = await env.PEOPLE.prepare("SELECT message FROM deliveries").all<{ message: string }>()
    expect(results.map(({ message }) => message).sort()).toEqual(emails.map(({ id }) => id).sort())
  })

  it("distinguishes throttled, refused and failed calls, and repeats only throttled ones", async () => {
    await answer({ to: { "canary-1-en@example.org": 400, "canary-1-fr@example.org": 500 }, next: [429] })
    for (const minutes of [0, 1, 20, 40, 60]) await rig.sendEditions(Date.now() + minutes * 60_000)
    const editions = languages.map((language) => `headlines 2026-11-23 ${language}`)
    const counts = [...(await countDeliveries(env.PEOPLE, editions, Date.now() + 7_200_000)).values()]
    const sum = (name: "accepted" | "failed" | "unknown" | "planned") =>
      counts.reduce((total, one) => total + one[name], 0)
    expect([sum("accepted"), sum("failed"), sum("unknown"), sum("planned")]).toEqual([6, 1, 1, 0])
    const calls = (await sent()).filter(({ answer }) => answer !== 429).map(({ to }) => to)
    expect(new Set(calls).size).toBe(calls.length)
    expect(calls).toHaveLength(8)
    expect(said.length).toBeGreaterThan(0)
  })
})

describe("one call", () => {
  it.each<[Answers["always"], string]>([
    [200, "accepted"],
    [400, "refused"],
    [403, "refused"],
    [429, "throttled"],
    [500, "unknown"],
    [503, "unknown"],
    ["cut", "unknown"],
    ["never", "unknown"],
  ])("answered %s is %s", async (always = 200, kind) => {
    const limit = AbortSignal.timeout
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      expect(ms).toBe(10_000)
      return limit.call(AbortSignal, always === "never" ? 300 : ms)
    })
    await answer({ always })
    const outcome = await sender()(email)
    expect(outcome.kind).toBe(kind)
    expect(JSON.stringify(outcome)).not.toMatch(/canary|@/)
    const [one] = await sent()
    expect(one).toMatchObject({ to: email.to, subject: email.subject, text: email.text, html: email.html })
    if (outcome.kind === "accepted") expect(outcome.message).toBe(one?.id)
  })

  it.each([
    ["another secret", { SES_SECRET_ACCESS_KEY: "wrong" }],
    ["another key", { SES_ACCESS_KEY_ID: "AKIDWRONG" }],
    ["another region", { SES_REGION: "us-east-1" }],
  ])("signed with %s is refused, and the reason contains neither keys nor addresses", async (_, more) => {
    const outcome = await sender(more)(email)
    expect(outcome).toEqual({ kind: "refused", reason: "403 InvalidSignatureException" })
    expect(await sent()).toEqual([])
  })

  it("is unknown if nothing listens there", async () => {
    expect((await sender({ SES_API: "http://127.0.0.1:1" })(email)).kind).toBe("unknown")
  })

  it("without a configuration set names none", async () => {
    expect((await sender({ SES_CONFIGURATION_SET: undefined })(email)).kind).toBe("accepted")
    expect((await sent())[0]?.configurationSet).toBeNull()
  })

  it.each([
    'The "Morning" \\ Post',
    "Zürcher Zeitung, früher",
    "أخبار آسيا الوسطى والقوقاز والبلدان المجاورة",
    "Post; <x@y>",
  ])("from a publication called %s has one sender", async (name) => {
    expect((await sender({}, name)(email)).kind).toBe("accepted")
    expect((await sent())[0]?.from.endsWith(` <${site.contact}>`)).toBe(true)
  })

  it("is signed right and arrives as written, whatever is in it", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 })
    const line = text.map((value) => value.replace(/[\r\n]/g, " "))
    await fc.assert(
      fc.asyncProperty(line, text, text, line, async (subject, plain, html, name) => {
        await ask("emails", "DELETE")
        const headers = { "List-Id": `${encodePhrase(name.slice(0, 60))} <headlines.example.org>`, ...email.headers }
        expect((await sender()({ ...email, subject, text: plain, html, headers })).kind).toBe("accepted")
        expect(await sent()).toMatchObject([{ subject, text: plain, html }])
      }),
      { numRuns: 100 },
    )
    expect(await ask("refusals")).toEqual([])
  })
})
