// Signs SNS messages as Amazon does, with its own keys, and writes the X.509 certificates that go with them.
import { createSign, generateKeyPairSync, type KeyObject, randomUUID, X509Certificate } from "node:crypto"
import { rootCertificates } from "node:tls"

export const topic = "arn:aws:sns:eu-central-1:123456789012:editions"

/** Which certificate a message names. `other` is the certificate of another key than the one that signs. */
export const certificates = ["good", "other", "expired", "early"] as const

/** What to sign; what is left out is as in a good notification. */
export interface Signing {
  readonly type?: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation"
  /** An object is written as JSON. */
  readonly message?: unknown
  readonly subject?: string
  readonly topic?: string
  /** SignatureVersion: 1 is SHA-1, 2 is SHA-256. */
  readonly version?: "1" | "2"
  readonly id?: string
  /** Milliseconds. */
  readonly at?: number
  readonly certificate?: (typeof certificates)[number]
  /** Replaces fields before they are signed. */
  readonly fields?: Readonly<Record<string, string>>
}

const day = 86_400_000
const host = "https://sns.eu-central-1.amazonaws.com"

export function createSns() {
  // Made when first needed: it takes a second on a slow machine.
  const keys = new Map<"good" | "other", { publicKey: KeyObject; privateKey: KeyObject }>()
  const keyOf = (name: "good" | "other") => {
    const pair = keys.get(name) ?? generateKeyPairSync("rsa", { modulusLength: 2048 })
    keys.set(name, pair)
    return pair
  }
  return {
    /** A certificate in PEM, or null if there is none of that name. */
    certificate(name: string): string | null {
      const known = certificates.find((one) => one === name)
      if (known === undefined) return null
      const [from, until] = known === "expired" ? [-400, -1] : known === "early" ? [1, 400] : [-100, 300]
      const { publicKey } = keyOf(known === "other" ? "other" : "good")
      return writeCertificate(publicKey, keyOf("good").privateKey, Date.now() + from * day, Date.now() + until * day)
    },

    /** A signed message, as SNS posts it. */
    sign(signing: Signing): Record<string, string> {
      const { type = "Notification", message = "", version = "2", at = Date.now(), subject } = signing
      const token = `token${randomUUID().replaceAll("-", "")}`
      const topicArn = signing.topic ?? topic
      const fields: Record<string, string> = {
        Type: type,
        MessageId: signing.id ?? randomUUID(),
        TopicArn: topicArn,
        Message: typeof message === "string" ? message : JSON.stringify(message),
        Timestamp: new Date(at).toISOString(),
        ...(subject !== undefined && { Subject: subject }),
        ...(type !== "Notification" && {
          Token: token,
          SubscribeURL: `${host}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`,
        }),
        ...signing.fields,
      }
      const signed = Object.keys(fields)
        .sort()
        .map((name) => `${name}\n${fields[name]}\n`)
        .join("")
      const signature = createSign(version === "1" ? "sha1" : "sha256").update(signed)
      return {
        ...fields,
        SignatureVersion: version,
        Signature: signature.sign(keyOf("good").privateKey, "base64"),
        SigningCertURL: `${host}/SimpleNotificationService-${signing.certificate ?? "good"}.pem`,
      }
    },
  }
}

/** The certificates of real authorities, as Node reads them. */
export function listAuthorities() {
  return rootCertificates.map((pem) => {
    const { publicKey, validFrom, validTo, subject } = new X509Certificate(pem)
    const key = publicKey.export({ type: "spki", format: "der" }).toString("base64")
    return { pem, key, from: Date.parse(validFrom), until: Date.parse(validTo), subject }
  })
}

/** A DER element. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

/** An X.509 certificate of version 3 (RFC 5280 §4.1) in PEM, signed with SHA-256 and RSA. */
export function writeCertificate(publicKey: KeyObject, privateKey: KeyObject, from: number, until: number): string {
  const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
  const algorithm = sequence(der(0x06, Buffer.from("2a864886f70d01010b", "hex")), der(0x05))
  const commonName = sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("sns.amazonaws.com")))
  const name = sequence(der(0x31, commonName))
  // UTCTime until 2049, GeneralizedTime after it.
  const time = (moment: number) => {
    const text = new Date(moment).toISOString().replace(/[-:T]|\.\d+/g, "")
    return text < "2050" ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
  }
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  )
  const signature = createSign("sha256").update(content).sign(privateKey)
  const whole = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}
