import { X509Certificate } from "node:crypto"
import { afterAll, beforeAll, expect, it } from "vitest"
import { computeSignature, type SesStandIn, sesAccount, startSes } from "./ses.ts"

// From Amazon's test suite for Signature Version 4.
const suite = { region: "us-east-1", service: "service", date: "20150830T123600Z" }
const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
it.each([
  ["GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
])("the stand-in computes the signature of Amazon's own example, %s", (method, target, signature) => {
  const headers = { host: "example.amazonaws.com", "x-amz-date": suite.date }
  expect(computeSignature({ method, target, headers, body: "" }, { secretAccessKey, ...suite })).toBe(signature)
})

let ses: SesStandIn
beforeAll(async () => {
  ses = await startSes()
})
afterAll(() => ses.stop())

const email = {
  FromEmailAddress: `"The Newsroom" <news@example.org>`,
  Destination: { ToAddresses: ["reader@example.org"] },
  Content: {
    Simple: {
      Subject: { Data: "Die Lage am Morgen – 23. November", Charset: "UTF-8" },
      Body: { Text: { Data: "Text", Charset: "UTF-8" }, Html: { Data: "<p>Text</p>", Charset: "UTF-8" } },
      Headers: [{ Name: "List-Unsubscribe", Value: "<https://example.org/newsletter/unsubscribe>" }],
    },
  },
  ConfigurationSetName: sesAccount.configurationSet,
}
const target = "/v2/email/outbound-emails"

/** Signs and sends a call; `change` alters the signed call before it goes out. */
function call(value: object, change: { body?: string; headers?: Record<string, string>; target?: string } = {}) {
  const body = JSON.stringify(value)
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "")
  const headers = { host: new URL(ses.url).host, "x-amz-date": date }
  const signature = computeSignature({ method: "POST", target, headers, body }, { ...sesAccount, service: "ses", date })
  const scope = `${sesAccount.accessKeyId}/${date.slice(0, 8)}/${sesAccount.region}/ses/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`
  return fetch(ses.url + (change.target ?? target), {
    method: "POST",
    headers: { "X-Amz-Date": date, "Content-Type": "application/json", authorization, ...change.headers },
    body: change.body ?? body,
  })
}

it("a good call is accepted with an id and recorded", async () => {
  const response = await call(email)
  expect(response.status).toBe(200)
  const { MessageId } = (await response.json()) as { MessageId: string }
  const emails = (await (await fetch(`${ses.url}/test/emails`)).json()) as object[]
  expect(emails).toMatchObject([{ id: MessageId, to: "reader@example.org", text: "Text", answer: 200 }])
})

it.each([
  ["one byte of the body", { body: JSON.stringify(email).replace("Text", "text") }],
  ["the address of the call", { target: `${target}?a=b` }],
  ["the time", { headers: { "X-Amz-Date": "20200101T000000Z" } }],
  ["an unsigned header of Amazon's", { headers: { "X-Amz-Security-Token": "token" } }],
  ["no signature", { headers: { authorization: "" } }],
])("a call is refused if this differs from what was signed: %s", async (_, change) => {
  expect((await call(email, change)).status).toBe(403)
})

const simple = email.Content.Simple
it.each([
  ["two recipients", { ...email, Destination: { ToAddresses: ["a@example.org", "b@example.org"] } }],
  ["a copy to somebody", { ...email, Destination: { ToAddresses: ["a@example.org"], CcAddresses: ["b@example.org"] } }],
  ["an address beyond ASCII", { ...email, Destination: { ToAddresses: ["jörg@example.org"] } }],
  ["a header beyond ASCII", change({ Headers: [{ Name: "List-Id", Value: "أخبار <headlines.example.org>" }] })],
  ["a header that SES writes", change({ Headers: [{ Name: "Message-ID", Value: "<a@example.org>" }] })],
  ["a header with a line break", change({ Headers: [{ Name: "List-Id", Value: "a\r\nBcc: b@example.org" }] })],
  ["no plain text", change({ Body: { Html: simple.Body.Html } })],
  ["no character set", change({ Subject: { Data: "Ä" } })],
])("a signed call is refused for %s", async (_, value) => {
  expect((await call(value)).status).toBe(400)
})

function change(fields: object) {
  return { ...email, Content: { Simple: { ...simple, ...fields } } }
}

it("answers are what the test sets, first those that come next, then the recipient's", async () => {
  await fetch(`${ses.url}/test/answers`, {
    method: "PUT",
    body: JSON.stringify({ next: [429, "cut"], to: { "reader@example.org": 400 }, always: 500 }),
  })
  expect((await call(email)).status).toBe(429)
  await expect(call(email)).rejects.toThrow()
  expect((await call(email)).status).toBe(400)
  expect((await call({ ...email, Destination: { ToAddresses: ["other@example.org"] } })).status).toBe(500)
})

it("the certificates of SNS are read by Node, with their dates", async () => {
  const read = async (name: string) =>
    new X509Certificate(await (await fetch(`${ses.url}/SimpleNotificationService-${name}.pem`)).text())
  const [good, expired] = [await read("good"), await read("expired")]
  expect(good.verify(good.publicKey)).toBe(true)
  expect(good.subject).toBe("CN=sns.amazonaws.com")
  expect(Date.parse(good.validTo)).toBeGreaterThan(Date.now())
  expect(Date.parse(expired.validTo)).toBeLessThan(Date.now())
})
