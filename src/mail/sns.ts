// Verifies that a message sent to our public endpoint is from Amazon SNS: signature, certificate, topic and age.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
import * as v from "valibot"
import { StoreFailure } from "../store/failure.ts"

/** How old a message may be, and how far ahead Amazon's clock may be, in milliseconds. */
const oldest = 3_600_000
const ahead = 300_000

// Only `Message` may contain line breaks, because the signature covers names and values on separate lines.
const Line = v.pipe(v.string(), v.regex(/^[^\r\n]{1,2000}$/))
const EnvelopeSchema = v.object({
  Type: v.picklist(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: Line,
  TopicArn: Line,
  Message: v.string(),
  Timestamp: v.pipe(Line, v.isoTimestamp()),
  Subject: v.nullish(Line),
  Token: v.nullish(Line),
  SubscribeURL: v.nullish(Line),
  SignatureVersion: v.picklist(["1", "2"]),
  Signature: v.pipe(Line, v.base64()),
  SigningCertURL: Line,
})
type Envelope = v.InferOutput<typeof EnvelopeSchema>

/**
 * The verified message in a request's body, or null if it is not a recent message from this topic. `text`: for a
 * notification, an event of Amazon SES. `token` confirms a subscription.
 * @param topic ARN of the topic, whose region determines the only host that certificates are fetched from
 * @param admit called before a certificate is fetched, which anyone who knows the topic can trigger; may throw
 * @throws StoreFailure if Amazon cannot be reached
 */
export async function readSnsMessage(body: string, topic: string, now: number, admit: () => Promise<void>) {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), EnvelopeSchema), body)
  const host = snsHost(topic)
  if (!read.success || host === null || read.output.TopicArn !== topic) return null
  const envelope = read.output
  const { Type: type, MessageId: id, Message: text, Token, SubscribeURL } = envelope
  const age = now - Date.parse(envelope.Timestamp)
  if (!(age <= oldest && age >= -ahead)) return null
  if (type !== "Notification" && (!Token || !SubscribeURL?.startsWith(`${host}/?`))) return null
  const certificate = await findCertificate(envelope.SigningCertURL, host, admit)
  if (certificate === null || now < certificate.from || now > certificate.until) return null
  return (await isSigned(envelope, certificate)) ? { type, id, text, token: Token ?? "" } : null
}

/** The origin of SNS in the topic's region, or null if the ARN is malformed. */
function snsHost(topic: string): string | null {
  const [, partition, region] = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{1,30}):\d+:[\w-]+$/.exec(topic) ?? []
  return region === undefined ? null : `https://sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`
}

/** Confirms the endpoint's subscription to the topic. Builds the URL itself: only the token is from the message. */
export async function confirmSubscription(topic: string, token: string): Promise<void> {
  const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: topic, Token: token })
  if ((await askAmazon(`${snsHost(topic)}/?${query}`)) === null)
    throw new StoreFailure("Amazon SNS did not confirm the subscription")
}

async function isSigned(envelope: Envelope, { key }: Certificate): Promise<boolean> {
  const names =
    envelope.Type === "Notification"
      ? (["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] as const)
      : (["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"] as const)
  const lines = names.filter((name) => envelope[name] != null).map((name) => `${name}\n${envelope[name]}\n`)
  const hash = envelope.SignatureVersion === "1" ? "SHA-1" : "SHA-256"
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash }
  const publicKey = await crypto.subtle.importKey("spki", key, algorithm, false, ["verify"])
  const signature = Uint8Array.fromBase64(envelope.Signature)
  return crypto.subtle.verify(algorithm, publicKey, signature, new TextEncoder().encode(lines.join("")))
}

interface Certificate {
  /** SubjectPublicKeyInfo in DER. */
  readonly key: Uint8Array<ArrayBuffer>
  /** The validity period, in milliseconds since the epoch. */
  readonly from: number
  readonly until: number
}

/** Certificates that this isolate has fetched, by URL. Amazon replaces its certificate about once a year. */
const certificates = new Map<string, Certificate>()

// The host is not configurable, because such a setting could be misused. Tests replace `fetch` instead.
async function findCertificate(url: string, host: string, admit: () => Promise<void>): Promise<Certificate | null> {
  const known = certificates.get(url)
  if (known !== undefined) return known
  // Compared as text, so that the host does not depend on how a URL parser reads it.
  if (!url.startsWith(`${host}/`) || !/^\/SimpleNotificationService-\w{1,64}\.pem$/.test(url.slice(host.length)))
    return null
  await admit()
  const pem = await askAmazon(url)
  const certificate = pem === null ? null : readCertificate(pem)
  if (certificate !== null) certificates.set(url, certificate)
  return certificate
}

/** Size limit for an answer, in bytes: a certificate has about 2,000. */
const largestAnswer = 16_384

/** A response's text, or null if it is not a 200 or is too large. @throws StoreFailure if none arrives in time */
async function askAmazon(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) })
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > largestAnswer) return null
      chunks.push(chunk)
    }
    return response.status === 200 ? new Blob(chunks).text() : null
  } catch {
    throw new StoreFailure("Amazon SNS cannot be reached")
  }
}

/**
 * Reads a PEM certificate (RFC 5280 §4.1); null if it is malformed. It comes over TLS from Amazon's own host, which
 * vouches for it, so only its key and dates matter (docs/decisions/030-sns.md).
 */
export function readCertificate(pem: string): Certificate | null {
  const base64 = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem)?.[1]
  try {
    const [certificate] = readElements(Uint8Array.fromBase64(base64 ?? ""))
    const [content] = readElements(certificate?.content)
    const fields = readElements(content?.content)
    // The version comes first, but is omitted if it is 1.
    if (fields[0]?.tag === 0xa0) fields.shift()
    const [, , , validity, , key] = fields
    const [from, until] = readElements(validity?.content).map(readTime)
    return key === undefined || from === undefined || until === undefined ? null : { key: key.whole, from, until }
  } catch {
    return null
  }
}

type Bytes = Uint8Array<ArrayBuffer>

/** An element of DER: its tag, its content, and all of its bytes. */
interface Element {
  readonly tag: number
  readonly content: Bytes
  readonly whole: Bytes
}

/** The elements of a DER sequence's content. @throws RangeError if one is missing or cut off */
function readElements(bytes: Bytes | undefined): Element[] {
  if (bytes === undefined) throw new RangeError("DER: an element is missing")
  const elements: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0] = bytes.subarray(at)
    // A length above 127 takes as many further bytes as the low bits of the first byte say.
    const start = at + 2 + (first < 0x80 ? 0 : first & 0x7f)
    const length = first < 0x80 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0)
    const end = start + length
    if (end > bytes.length) throw new RangeError("DER: truncated")
    elements.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

/** UTCTime (`YYMMDDHHMMSSZ`, 1950 to 2049) or GeneralizedTime (`YYYYMMDDHHMMSSZ`), in milliseconds. */
function readTime({ tag, content }: Element): number {
  const text = new TextDecoder().decode(content)
  const whole = tag === 0x17 ? (text < "50" ? `20${text}` : `19${text}`) : text
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(whole) ?? []
  const time = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`)
  if (Number.isNaN(time)) throw new RangeError("DER: not a time")
  return time
}
