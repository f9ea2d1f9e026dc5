// Bounces and complaints: what Amazon SNS posts, good and bad, and what the platform puts into a queue.
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest"
import { recordEmailEvent } from "../../src/mail/events.ts"
import { readCertificate } from "../../src/mail/sns.ts"
import { findSubscriber, resumeEditions, subscribe } from "../../src/store/subscribers.ts"
import { sweepPeople } from "../../src/store/sweep.ts"
import worker from "../../src/worker.ts"
import type { Signing } from "../stand-ins/sns.ts"
import { createRig, env, type Rig } from "./rig.ts"

const api = inject("ses")
const topic = "arn:aws:sns:eu-central-1:123456789012:editions"
const host = "https://sns.eu-central-1.amazonaws.com"
const email = "Canary.Reader@example.org"
const message = "0107018f-canary-000000"

let rig: Rig
/** What the site asked of hosts elsewhere, and what was logged. */
const asked: string[] = []
const said: string[] = []
/** Answers the site's next request itself. */
let elsewhere: ((url: string) => Response | Promise<Response>) | null = null
const direct = fetch

beforeEach(async () => {
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.map(String).join(" ")))
  rig = await createRig({ topic })
  for (const table of ["rate_limits", "mail_events", "deliveries", "subscriptions", "subscribers"])
    await env.PEOPLE.prepare(`DELETE FROM ${table}`).run()
  await subscribe(env.PEOPLE, { email, language: "en", list: "headlines" }, 1)
  await subscribe(env.PEOPLE, { email: "other@example.org", language: "en", list: "headlines" }, 1)
  await env.PEOPLE.prepare(
    `INSERT INTO deliveries (edition, subscriber, state, at, queued_at, message)
     SELECT 'headlines 2026-11-23 en', id, 'accepted', 1, 1, CASE email WHEN ?1 THEN ?2 ELSE 'else' END FROM subscribers`,
  )
    .bind((await findSubscriber(env.PEOPLE, email))?.email, message)
    .run()
  asked.length = 0
  elsewhere = null
  vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
    asked.push(input)
    expect(init?.redirect).toBe("manual")
    if (elsewhere !== null) return elsewhere(input)
    expect(new URL(input).origin).toBe(host)
    return direct(input.replace(host, api), init)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  for (const line of said.splice(0)) expect(line).not.toMatch(/canary|@/i)
})

const bounce = (bounceType = "Permanent", recipient = email, id = message) => ({
  eventType: "Bounce",
  bounce: { bounceType, bounceSubType: "General", bouncedRecipients: [{ emailAddress: recipient }] },
  mail: { messageId: id, destination: [recipient] },
})
const complaint = (more = {}) => ({
  notificationType: "Complaint",
  complaint: { complainedRecipients: [{ emailAddress: `"Canary" <${email}>` }], ...more },
  mail: { messageId: "unknown" },
})

async function sign(signing: Signing): Promise<Record<string, string>> {
  return (await (await direct(`${api}/test/sign`, { method: "POST", body: JSON.stringify(signing) })).json()) as Record<
    string,
    string
  >
}

async function post(body: string | object, headers: Record<string, string> = {}): Promise<number> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "text/plain; charset=UTF-8", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }
  return (await rig.get("/newsletter/events", init)).status
}

/** What stopped mail to the reader, whether their delivery came back, and the same of the other reader. */
async function effects() {
  const { results } = await env.PEOPLE.prepare(
    "SELECT stopped_by AS stopped, bounced FROM subscribers s JOIN deliveries d ON d.subscriber = s.id ORDER BY s.id",
  ).all<{ stopped: string | null; bounced: number }>()
  return results.map(({ stopped, bounced }) => `${stopped ?? "goes on"}${bounced ? ", bounced" : ""}`)
}
const none = ["goes on", "goes on"]

describe("a notification signed by Amazon for our topic", () => {
  it.each([
    ["a permanent bounce", bounce(), "bounce, bounced"],
    ["a transient bounce", bounce("Transient"), "goes on, bounced"],
    ["a bounce of an email whose answer was lost", bounce("Permanent", email, "not-recorded"), "bounce"],
    ["a complaint, as feedback", complaint(), "complaint"],
    ["a complaint that is taken back", complaint({ complaintFeedbackType: "not-spam" }), "goes on"],
    ["a rejected email", { eventType: "Reject", mail: { messageId: message } }, "goes on, bounced"],
    ["a delivery", { eventType: "Delivery", mail: { messageId: message } }, "goes on"],
    ["no event at all", "Successfully validated SNS topic for Amazon SES event publishing.", "goes on"],
    ["an event without its fields", { eventType: "Bounce" }, "goes on"],
  ])("%s", async (_, event, effect) => {
    for (const version of ["1", "2"] as const) expect(await post(await sign({ message: event, version }))).toBe(200)
    expect(await effects()).toEqual([effect, "goes on"])
  })

  it("may have a subject", async () => {
    expect(await post(await sign({ message: bounce(), subject: "Amazon SES Email Event Notification" }))).toBe(200)
    expect(await effects()).toEqual(["bounce, bounced", "goes on"])
  })

  it("has an effect once, so that a replay does not stop an address that was confirmed again", async () => {
    const signed = await sign({ message: bounce() })
    expect(await post(signed)).toBe(200)
    await resumeEditions(env.PEOPLE, (await findSubscriber(env.PEOPLE, email))?.token ?? "")
    expect(await post(signed)).toBe(200)
    expect(await effects()).toEqual(["goes on, bounced", "goes on"])
    await sweepPeople(env.PEOPLE, Date.now() + 86_400_000)
    expect(await env.PEOPLE.prepare("SELECT count(*) AS n FROM mail_events").first("n")).toBe(0)
  })

  it("is processed once by two requests at the same time", async () => {
    const signed = await sign({ message: bounce() })
    expect(await Promise.all([post(signed), post(signed), post(signed)])).toEqual([200, 200, 200])
    expect(await effects()).toEqual(["bounce, bounced", "goes on"])
  })

  it("is answered 503 while the database fails, and then works", async () => {
    const signed = await sign({ message: bounce() })
    rig.faults.people = "throw"
    expect(await post(signed)).toBe(503)
    rig.faults.people = "ok"
    expect(await post(signed)).toBe(200)
    expect(await effects()).toEqual(["bounce, bounced", "goes on"])
  })

  it("needs its certificate fetched only once", async () => {
    await post(await sign({ message: bounce() }))
    asked.length = 0
    expect(await post(await sign({ message: bounce() }))).toBe(200)
    expect(asked).toEqual([])
  })
})

const hour = 3_600_000
describe("refused without effect", () => {
  it.each<[string, Signing]>([
    ["a foreign topic", { topic: topic.replace("editions", "other") }],
    ["the same topic in another account", { topic: topic.replace("123456789012", "999999999999") }],
    ["a certificate of another key", { certificate: "other" }],
    ["an expired certificate", { certificate: "expired" }],
    ["a certificate that is not valid yet", { certificate: "early" }],
    ["a message of more than an hour ago", { at: Date.now() - hour - 60_000 }],
    ["a message from the future", { at: Date.now() + 10 * 60_000 }],
    ["no time", { fields: { Timestamp: "yesterday" } }],
    ["an id of several lines", { fields: { MessageId: "a\nTimestamp\n2026" } }],
    ["an unknown type", { fields: { Type: "Other" } }],
    [
      "a confirmation whose URL is elsewhere",
      { type: "SubscriptionConfirmation", fields: { SubscribeURL: "https://evil.example/?a" } },
    ],
  ])("%s", async (_, signing) => {
    expect(await post(await sign({ message: bounce(), ...signing }))).toBe(403)
    expect(await effects()).toEqual(none)
    expect(asked.filter((url) => url.includes("Confirm"))).toEqual([])
  })

  const changes: [string, Record<string, string | null>][] = [
    ["another message", { Message: JSON.stringify(complaint()) }],
    ["another id", { MessageId: "another" }],
    ["another time", { Timestamp: new Date().toISOString() }],
    ["an added subject", { Subject: "Added" }],
    ["another version of the signature", { SignatureVersion: "1" }],
    ["an unknown version of the signature", { SignatureVersion: "3" }],
    ["no signature", { Signature: null }],
    ["an empty signature", { Signature: "" }],
    ["a signature that is not base64", { Signature: "%%%" }],
  ]
  it.each(changes)("a message with %s", async (_, fields) => {
    expect(await post({ ...(await sign({ message: bounce(), at: Date.now() - 1000 })), ...fields })).toBe(403)
    expect(await effects()).toEqual(none)
  })

  it.each([
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-good.pem",
    "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-good.pem",
    "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-good.pem",
    "https://evil.example/sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-good.pem",
    "https://user:secret@sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "https://sns.eu-central-1.amazonaws.com/other/SimpleNotificationService-good.pem",
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-../good.pem",
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem?x",
    "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem#x",
    "https://sns.eu-central-1.amazonaws.com\\@evil.example/SimpleNotificationService-good.pem",
    "https://SNS.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "https://s3.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "//sns.eu-central-1.amazonaws.com/SimpleNotificationService-good.pem",
    "",
  ])("a certificate at %j, without asking for it", async (SigningCertURL) => {
    expect(await post({ ...(await sign({ message: bounce() })), SigningCertURL })).toBe(403)
    expect(asked).toEqual([])
    expect(await effects()).toEqual(none)
  })

  const url = (name: string) => `${host}/SimpleNotificationService-${name}.pem`
  const good = async () => (await direct(`${api}/SimpleNotificationService-good.pem`)).text()
  it.each<[string, () => Response | Promise<Response>]>([
    ["is a redirect", () => Response.redirect("https://evil.example/good.pem", 302)],
    ["is not found", () => new Response("no", { status: 404 })],
    ["is too large", async () => new Response(`${" ".repeat(20_000)}${await good()}`)],
    ["is empty", () => new Response("")],
    ["is cut off", async () => new Response((await good()).replace(/[^\n]+\n(?=-----END)/, ""))],
    [
      "is not a certificate",
      () => new Response(`-----BEGIN CERTIFICATE-----\n${btoa("not DER")}\n-----END CERTIFICATE-----`),
    ],
  ])("a certificate that %s, and it is requested again", async (what, answer) => {
    const SigningCertURL = url(what.replaceAll(" ", "_"))
    elsewhere = answer
    for (let turn = 0; turn < 2; turn++)
      expect(await post({ ...(await sign({ message: bounce() })), SigningCertURL })).toBe(403)
    expect(asked).toEqual([SigningCertURL, SigningCertURL])
    expect(await effects()).toEqual(none)
  })

  it("a certificate while Amazon cannot be reached is answered 503, so that it comes again", async () => {
    elsewhere = () => Promise.reject(new TypeError("connection refused"))
    expect(await post({ ...(await sign({ message: bounce() })), SigningCertURL: url("unreachable") })).toBe(503)
    expect(await effects()).toEqual(none)
  })

  it.each([
    "",
    "{}",
    "[]",
    "null",
    "not JSON",
    "1",
    JSON.stringify(bounce()),
    `${"[".repeat(20_000)}`,
  ])("a body like %j", async (body) => {
    expect(await post(body, { "x-amz-sns-rawdelivery": "true" })).toBe(403)
    expect(await effects()).toEqual(none)
  })

  it("a body of more than 256 KB", async () => {
    expect(await post(" ".repeat(262_145))).toBe(413)
  })

  it("every message on a site without a topic", async () => {
    rig = await createRig()
    expect(await post(await sign({ message: bounce() }))).toBe(404)
    rig = await createRig({ topic: "editions" })
    expect(await post(await sign({ message: bounce(), topic: "editions" }))).toBe(403)
    expect(asked).toEqual([])
    expect(await effects()).toEqual(none)
  })

  it("a page of another site, which cannot sign", async () => {
    const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }
    expect(await post(await sign({ message: bounce() }), headers)).toBe(403)
    expect(await effects()).toEqual(none)
  })
})

describe("a subscription", () => {
  const confirmations = async () => (await (await direct(`${api}/test/confirmations`)).json()) as string[]

  it("is confirmed at Amazon for our topic, with the token that was signed", async () => {
    const signed = await sign({ type: "SubscriptionConfirmation", message: "You have chosen to subscribe" })
    expect(await post(signed)).toBe(200)
    expect(await confirmations()).toContain(`${topic} ${signed.Token}`)
  })

  it.each<[string, Signing]>([
    ["a foreign topic", { topic: `${topic}-2` }],
    ["a foreign certificate", { certificate: "other" }],
    ["no token", { fields: { Token: "" } }],
  ])("is not confirmed for %s", async (_, signing) => {
    const before = await confirmations()
    expect(await post(await sign({ type: "SubscriptionConfirmation", ...signing }))).toBe(403)
    expect(await confirmations()).toEqual(before)
  })

  it("that ends is acknowledged and not confirmed again", async () => {
    const before = await confirmations()
    expect(await post(await sign({ type: "UnsubscribeConfirmation" }))).toBe(200)
    expect(await confirmations()).toEqual(before)
  })

  it("is tried again if Amazon refuses", async () => {
    const signed = await sign({ type: "SubscriptionConfirmation" })
    await post(await sign({ message: "" }))
    elsewhere = () => new Response("no", { status: 500 })
    expect(await post(signed)).toBe(503)
  })
})

it("a signed message changed anywhere has no effect and is never answered 500", async () => {
  const signed = await sign({ message: bounce(), subject: "Event" })
  const names = Object.keys(signed)
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue(), fc.constantFrom(...Object.values(signed)))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), value, fc.nat(), async (name, replacement, at) => {
      asked.length = 0
      // Either the field is replaced, or one of its characters.
      const before = signed[name] ?? ""
      const other = typeof replacement === "string" && at % 2 === 0
      const cut = at % (before.length + 1)
      const changed = other ? `${before.slice(0, cut)}${replacement}${before.slice(cut + 1)}` : replacement
      fc.pre(changed !== before)
      // What is decoded may be the same bytes: base64 allows spaces.
      fc.pre(name !== "Signature" || String(changed).replace(/\s/g, "") !== before)
      expect(await post({ ...signed, [name]: changed })).toBe(403)
      expect(await effects()).toEqual(none)
      for (const url of asked)
        expect(url).toMatch(/^https:\/\/sns\.eu-central-1\.amazonaws\.com\/SimpleNotificationService-\w+\.pem$/)
    }),
    { numRuns: 150 },
  )
  expect(await post(signed)).toBe(200)
  expect(await effects()).toEqual(["bounce, bounced", "goes on"])
})

it("whatever Amazon signs is answered 200", async () => {
  const strange = fc.record(
    {
      eventType: fc.oneof(fc.constantFrom("Bounce", "Complaint", "Reject"), fc.jsonValue()),
      mail: fc.oneof(fc.record({ messageId: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()) }), fc.jsonValue()),
      bounce: fc.oneof(
        fc.record({
          bounceType: fc.constant("Permanent"),
          bouncedRecipients: fc.array(fc.record({ emailAddress: fc.string({ unit: "binary" }) })),
        }),
        fc.jsonValue(),
      ),
      complaint: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(strange, async (event) => {
      expect(await post(await sign({ message: event }))).toBe(200)
      expect((await effects())[1]).toBe("goes on")
    }),
    { numRuns: 50 },
  )
})

describe("a certificate", () => {
  it("of a real authority is read as Node reads it", async () => {
    const authorities = (await (await direct(`${api}/test/authorities`)).json()) as Record<string, string>[]
    expect(authorities.length).toBeGreaterThan(100)
    for (const { pem = "", key, from, until, subject } of authorities) {
      const read = readCertificate(pem)
      expect([subject, read?.key.toBase64(), read?.from, read?.until]).toEqual([subject, key, from, until])
    }
  })

  it("that is damaged anywhere is read in part or not at all, and never fails", async () => {
    const pem = await (await direct(`${api}/SimpleNotificationService-good.pem`)).arrayBuffer()
    const lines = new TextDecoder().decode(pem).trim().split("\n")
    const bytes = Uint8Array.fromBase64(lines.slice(1, -1).join(""))
    const wrap = (der: Uint8Array) => `${lines[0]}\n${der.toBase64()}\n${lines.at(-1)}`
    expect(readCertificate(wrap(bytes))).not.toBeNull()
    for (let end = 0; end < bytes.length; end++) expect(readCertificate(wrap(bytes.slice(0, end)))).toBeNull()
    const changes = fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), changes), (change) => {
        const damaged = bytes.slice()
        if (Array.isArray(change)) for (const [at, byte] of change) damaged[at] = byte
        else damaged.set(change)
        const read = readCertificate(wrap(damaged))
        if (read !== null) expect(read.key.length + read.from + read.until).toBeGreaterThan(0)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe("an event of the platform's Email Service", () => {
  // https://developers.cloudflare.com/email-service/platform/event-subscriptions/
  const event = (type: string, payload: object = {}) => ({
    type: `cf.email.sending.message.${type}`,
    source: { type: "email.sending", domain: "example.org" },
    payload: { eventId: crypto.randomUUID(), messageId: `<${message}>`, recipient: email, terminal: true, ...payload },
    metadata: { eventSchemaVersion: 1, eventTimestamp: "2026-11-23T07:00:00Z" },
  })

  it.each([
    ["a hard bounce", event("bounced", { bounce: { type: "hard" } }), "bounce, bounced"],
    ["a soft bounce", event("bounced", { bounce: { type: "soft" } }), "goes on, bounced"],
    ["a complaint", event("complained"), "complaint, bounced"],
    ["a complaint as text", JSON.stringify(event("complained")), "complaint, bounced"],
    ["a delivery", event("delivered"), "goes on"],
    ["an event of something else", { type: "cf.kv.namespace.created", payload: {} }, "goes on"],
    ["a bounce without its fields", { type: "cf.email.sending.message.bounced" }, "goes on"],
    ["null", null, "goes on"],
  ])("%s", async (_, body, effect) => {
    await recordEmailEvent(env.PEOPLE, body, Date.now())
    expect(await effects()).toEqual([effect, "goes on"])
  })

  it("is recorded once, however often the queue delivers it", async () => {
    const body = event("bounced", { bounce: { type: "hard" } })
    const deliver = () => {
      const messages = [{ body: null }, { body }, { body: "noise" }]
      return worker.queue({ queue: "dateline-mail-events", messages } as unknown as MessageBatch, env)
    }
    await deliver()
    expect((await effects())[0]).toBe("bounce, bounced")
    await resumeEditions(env.PEOPLE, (await findSubscriber(env.PEOPLE, email))?.token ?? "")
    await deliver()
    expect(await effects()).toEqual(["goes on, bounced", "goes on"])
  })
})

it("an address that bounced may sign up and confirm again, after which editions are sent again", async () => {
  await recordEmailEvent(
    env.PEOPLE,
    { type: "cf.email.sending.message.complained", payload: { messageId: message, recipient: email } },
    Date.now(),
  )
  expect(await findSubscriber(env.PEOPLE, email)).toMatchObject({ stoppedBy: "complaint" })
  const findStop = () =>
    env.PEOPLE.prepare("SELECT stopped_at FROM subscribers WHERE email = ?1").bind(email).first("stopped_at")
  expect(await findStop()).toEqual(expect.any(Number))
  const form = (fields: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(fields) })
  await env.PEOPLE.prepare("DELETE FROM rate_limits").run()
  await rig.get("/newsletter", form({ email }))
  await rig.settle()
  // Not the email that says "you are already subscribed", which would leave no way back.
  const [, token = ""] = /\/newsletter\/confirm\?token=(\S+)/.exec(rig.emails[0]?.text ?? "") ?? []
  expect((await effects())[0]).toMatch(/^complaint/)
  await rig.get("/newsletter/confirm", form({ token }))
  expect(await findSubscriber(env.PEOPLE, email)).toMatchObject({ stoppedBy: null })
  expect(await findStop()).toBeNull()
})

it("a stranger who knows the topic can make the site ask for only 120 certificates an hour", async () => {
  const signed = await sign({ message: bounce() })
  elsewhere = () => new Response(null, { status: 404 })
  const ask = (number: number, address: string) => {
    const SigningCertURL = `${host}/SimpleNotificationService-none${number}.pem`
    return post({ ...signed, SigningCertURL }, { "CF-Connecting-IP": address })
  }
  const statuses: number[] = []
  for (let number = 0; number < 125; number++) statuses.push(await ask(number, "198.51.100.7"))
  expect([statuses.indexOf(429), asked.length]).toEqual([120, 120])
  expect(await ask(200, "203.0.113.7")).toBe(403)
  // Amazon's own certificate, once known, is not asked for again.
  elsewhere = null
  expect(await post(signed)).toBe(200)
})
